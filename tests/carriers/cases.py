"""Finds the fixtures of every plug-in; the layout is described in fixtures/README.md."""

from collections.abc import Iterable
from pathlib import Path

from porchlight.domain.exchange import WebhookRequest
from porchlight.domain.tracking import TrackingUpdate
from porchlight.normalised import normalised
from porchlight.plugins import CARRIERS, Carrier

from tests.contract import cases
from tests.contract.cases import RECEIVED_AT

FIXTURES = Path(__file__).parent / "fixtures"
REQUIRED = {"delivered", "exception", "unknown_code", "out_of_order"}
CODES = CARRIERS.codes()


class Case(cases.Case[TrackingUpdate]):
    """One answer or one push."""

    @property
    def kind(self) -> str:
        return self.path.name.split(".")[0]

    @property
    def is_error(self) -> bool:
        return isinstance(self.expected, dict)

    def parse(self, body: bytes | None = None) -> list[TrackingUpdate]:
        return parse(CARRIERS.get(self.code), self.kind, self.body if body is None else body)

    def normalised(self, update: TrackingUpdate) -> dict[str, object]:
        return normalised(update)

    def event_ids(self, update: TrackingUpdate) -> Iterable[str]:
        return (event.event_id for event in update.events)


def parse(plugin: Carrier, kind: str, body: bytes) -> list[TrackingUpdate]:
    """Read a body the way it came in."""
    if kind == "push":
        return plugin.parse_webhook(WebhookRequest(headers={}, body=body, path="/", received_at=RECEIVED_AT))
    return plugin.parse_tracking(body, received_at=RECEIVED_AT)


def cases_of(code: str) -> list[Case]:
    """Every body of one plug-in."""
    files = sorted((FIXTURES / code).glob("*.*.*"))
    return [
        Case(code, file)
        for file in files
        if file.name.split(".")[0] in {"poll", "push"} and not file.name.endswith(".expected.json")
    ]


CASES = [case for code in CODES for case in cases_of(code)]
READABLE = [case for case in CASES if not case.is_error]
SIGNATURES = [file for code in CODES for file in sorted((FIXTURES / code).glob("signature*.json"))]
