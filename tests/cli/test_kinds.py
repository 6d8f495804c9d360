"""How `normalise carrier` finds out what the bytes are, shown with a carrier whose two formats cannot be confused."""

import json
from datetime import datetime
from types import SimpleNamespace

import pytest
from porchlight.cli import main, normalise
from porchlight.domain.errors import MalformedPayloadError, RefusedCredentialsError, UnknownParcelError
from porchlight.domain.exchange import WebhookRequest
from porchlight.domain.status import Status
from porchlight.domain.tracking import TrackingUpdate

CODE = "two"


class TwoFormats:
    """Answers begin with `poll`, pushes with `push`; two answers are refusals."""

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        if body == b"poll nothing":
            raise UnknownParcelError
        if body == b"poll refused":
            message = "the key is refused"
            raise RefusedCredentialsError(message)
        return self._read(body, b"poll", received_at)

    def parse_webhook(self, request: WebhookRequest) -> list[TrackingUpdate]:
        return self._read(request.body, b"push", request.received_at)

    def _read(self, body: bytes, start: bytes, now: datetime) -> list[TrackingUpdate]:
        if not body.startswith(start):
            raise MalformedPayloadError(CODE, "body", f"does not begin with {start.decode()}")
        return [TrackingUpdate(tracking_number="A1", carrier=CODE, source=CODE, status=Status.UNKNOWN, reported_at=now)]


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    registry = SimpleNamespace(get=lambda _: TwoFormats(), codes=lambda: ["two"])
    monkeypatch.setattr(normalise, "CARRIERS", registry)

    def run_on(body: bytes, *options: str) -> tuple[int, str, str]:
        file = tmp_path / "body"
        file.write_bytes(body)
        status = main(["normalise", "carrier", "two", str(file), *options])
        return status, *capsys.readouterr()

    return run_on


@pytest.mark.parametrize(
    ("body", "options"),
    [
        (b"poll", ["--kind", "poll"]),
        (b"push", ["--kind", "webhook"]),
        (b"poll", []),
        (b"push", []),
    ],
)
def test_bytes_are_read_as_what_they_are(run, body: bytes, options: list[str]) -> None:
    status, out, err = run(body, *options)
    assert (status, err) == (0, "")
    assert json.loads(out)["tracking_number"] == "A1"


@pytest.mark.parametrize(("body", "kind"), [(b"push", "poll"), (b"poll", "webhook")])
def test_named_kind_is_the_only_one_tried(run, body: bytes, kind: str) -> None:
    status, out, err = run(body, "--kind", kind)
    assert (status, out) == (2, "")
    assert f"as a {kind}: two: body: does not begin with" in err


def test_bytes_of_no_kind_are_refused_with_both_reasons_in_one_line(run) -> None:
    status, out, err = run(b"neither")
    assert (status, out) == (2, "")
    assert "as a poll: two: body: does not begin with poll; as a webhook: two: body: does not begin with push" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("body", "reason"), [(b"poll nothing", "UnknownParcelError"), (b"poll refused", "the key is refused")]
)
def test_refusal_of_the_carrier_is_told(run, body: bytes, reason: str) -> None:
    status, out, err = run(body, "--kind", "poll")
    assert (status, out) == (2, "")
    assert reason in err
