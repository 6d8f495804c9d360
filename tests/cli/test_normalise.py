"""`normalise`: the documented seam. Bytes in, JSON lines out; bad input is one line and exit status 2."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from porchlight.cli import main
from porchlight.plugins import CARRIERS, STORES

from tests.carriers.cases import READABLE
from tests.carriers.cases import Case as CarrierCase
from tests.contract.cases import RECEIVED_AT
from tests.stores.cases import CASES
from tests.stores.cases import Case as StoreCase

KIND_OF = {"poll": "poll", "push": "webhook"}
HTML = b"<!DOCTYPE html><html><body>Bad Gateway</body></html>"


@pytest.fixture(autouse=True)
def fixtures_have_just_come_in() -> Iterator[None]:
    with time_machine.travel(RECEIVED_AT, tick=False):
        yield


def output(capsys: pytest.CaptureFixture[str], *argv: object) -> list[object]:
    """What a successful run prints, line by line."""
    assert main([str(part) for part in argv]) == 0
    written = capsys.readouterr()
    assert written.err == ""
    return [json.loads(line) for line in written.out.splitlines()]


def refusal(capsys: pytest.CaptureFixture[str], *argv: object) -> str:
    """The line a refused run prints."""
    assert main([str(part) for part in argv]) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.count("\n") == 1
    assert written.err.startswith("porchlight normalise: ")
    return written.err


@pytest.mark.parametrize("case", CASES, ids=str)
def test_store_body_is_printed_as_its_expected_file(case: StoreCase, capsys: pytest.CaptureFixture[str]) -> None:
    assert output(capsys, "normalise", "store", case.code, case.topic, case.path) == case.expected


@pytest.mark.parametrize("case", READABLE, ids=str)
def test_carrier_body_is_printed_as_its_expected_file(case: CarrierCase, capsys: pytest.CaptureFixture[str]) -> None:
    kind = KIND_OF[case.kind]
    assert output(capsys, "normalise", "carrier", case.code, case.path, "--kind", kind) == case.expected


@pytest.mark.parametrize("case", READABLE, ids=str)
def test_kind_is_found_out_when_left_out(case: CarrierCase, capsys: pytest.CaptureFixture[str]) -> None:
    assert output(capsys, "normalise", "carrier", case.code, case.path) == case.expected


def test_several_orders_are_one_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    [case] = [case for case in CASES if case.name == "several"]
    assert len(output(capsys, "normalise", "store", case.code, case.topic, case.path)) == 2


def test_output_is_plain_ascii_whatever_the_names(capsys: pytest.CaptureFixture[str]) -> None:
    case = next(case for case in CASES if case.name == "scripts")
    assert main(["normalise", "store", case.code, case.topic, str(case.path)]) == 0
    assert capsys.readouterr().out.isascii()


def test_dash_reads_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    case = CASES[0]
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(case.body)))
    assert output(capsys, "normalise", "store", case.code, case.topic, "-") == case.expected


@pytest.mark.parametrize("family", ["carrier", "store"])
@pytest.mark.parametrize("code", ["nobody", "../shopify", "_payload", "shopify.x", ""])
def test_unknown_code_is_refused(family: str, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "body.json"
    file.write_bytes(b"{}")
    topic = ["orders/create"] if family == "store" else []
    assert f"no {family} has the code {code!r}" in refusal(capsys, "normalise", family, code, *topic, file)


def test_unknown_topic_is_refused_and_the_known_ones_named(capsys: pytest.CaptureFixture[str]) -> None:
    case = CASES[0]
    line = refusal(capsys, "normalise", "store", case.code, "no/topic", case.path)
    assert "'no/topic'" in line
    assert ", ".join(STORES.get(case.code).topics) in line


@pytest.mark.parametrize("missing", ["no-such-file.json", ".", "a\0b"])
def test_unreadable_file_is_refused_by_name(missing: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert missing in refusal(capsys, "normalise", "store", "shopify", "orders/create", missing)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", HTML, b'{"id": 1', b'{"a": "\xff"}', b"[" * 300 + b"]" * 300])
def test_malformed_body_is_refused_by_every_carrier(
    body: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "body"
    file.write_bytes(body)
    for code in CARRIERS.codes():
        assert code in refusal(capsys, "normalise", "carrier", code, file)
    assert "shopify: " in refusal(capsys, "normalise", "store", "shopify", "orders/create", file)


def test_malformed_body_names_the_field_and_no_value(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "body.json"
    file.write_text('{"id": 1, "created_at": "Marit Solberg", "email": "marit@example.com"}')
    line = refusal(capsys, "normalise", "store", "shopify", "orders/create", file)
    assert "created_at" in line
    assert "arit" not in line
