"""Finds the fixtures of every plug-in; the layout is described in fixtures/README.md."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from porchlight.domain.exchange import WebhookRequest
from porchlight.domain.tracking import TrackingUpdate
from porchlight.plugins import CARRIERS, Carrier

FIXTURES = Path(__file__).parent / "fixtures"
RECEIVED_AT = datetime.fromisoformat("2026-06-01T12:00:00Z")
REQUIRED = {"delivered", "exception", "unknown_code", "out_of_order"}
CODES = CARRIERS.codes()


@dataclass(frozen=True)
class Case:
    """One body and what it must become."""

    code: str
    path: Path

    def __str__(self) -> str:
        return f"{self.code}-{self.path.stem}"

    @property
    def kind(self) -> str:
        return self.path.name.split(".")[0]

    @property
    def name(self) -> str:
        return self.path.name.split(".")[1]

    @property
    def body(self) -> bytes:
        return self.path.read_bytes()

    @property
    def expected_path(self) -> Path:
        return self.path.with_name(f"{self.path.stem}.expected.json")

    @property
    def expected(self) -> object:
        """Content of the expected file; `None` while there is none, which no parse equals."""
        return json.loads(self.expected_path.read_text()) if self.expected_path.is_file() else None

    @property
    def is_error(self) -> bool:
        return isinstance(self.expected, dict)

    def parse(self, body: bytes | None = None) -> list[TrackingUpdate]:
        """Read this case's body, or another one in its place."""
        return parse(CARRIERS.get(self.code), self.kind, self.body if body is None else body)


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
