"""Finds the fixtures of every store plug-in; the layout is described in fixtures/README.md."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from porchlight.domain.orders import StoreUpdate
from porchlight.plugins import STORES

FIXTURES = Path(__file__).parent / "fixtures"
RECEIVED_AT = datetime.fromisoformat("2026-06-01T12:00:00Z")
REQUIRED = {"created", "updated", "cancelled", "two_parcels", "gift", "scripts", "markup"}
CODES = STORES.codes()


@dataclass(frozen=True)
class Case:
    """One body and what it must become."""

    code: str
    path: Path

    def __str__(self) -> str:
        return f"{self.code}-{self.path.stem}"

    @property
    def name(self) -> str:
        return self.path.stem.rpartition(".")[2]

    @property
    def topic(self) -> str:
        written = self.path.stem.rpartition(".")[0]
        return next(topic for topic in STORES.get(self.code).topics if topic.replace("/", ".") == written)

    @property
    def body(self) -> bytes:
        return self.path.read_bytes()

    @property
    def expected_path(self) -> Path:
        return self.path.with_name(f"{self.path.stem}.expected.json")

    @property
    def expected(self) -> object:
        return json.loads(self.expected_path.read_text(encoding="utf-8"))

    def parse(self, body: bytes | None = None) -> list[StoreUpdate]:
        """Read this case's body, or another one in its place."""
        return STORES.get(self.code).parse(self.topic, self.body if body is None else body, received_at=RECEIVED_AT)


def cases_of(code: str) -> list[Case]:
    """Every body of one plug-in."""
    files = sorted((FIXTURES / code).glob("*.json"))
    other = (".expected.json", "signature.json")
    return [Case(code, file) for file in files if not file.name.endswith(other)]


CASES = [case for code in CODES for case in cases_of(code)]
SIGNATURES = [FIXTURES / code / "signature.json" for code in CODES]


def named(name: str) -> list[Case]:
    """The cases of this name, over all plug-ins."""
    return [case for case in CASES if case.name == name]
