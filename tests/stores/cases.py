"""Finds the fixtures of every store plug-in; the layout is described in fixtures/README.md."""

from collections.abc import Iterable
from pathlib import Path

from porchlight.domain.orders import StoreUpdate
from porchlight.normalised import normalised_store
from porchlight.plugins import STORES

from tests.contract import cases
from tests.contract.cases import RECEIVED_AT

FIXTURES = Path(__file__).parent / "fixtures"
REQUIRED = {"created", "updated", "cancelled", "two_parcels", "gift", "scripts", "markup"}
CODES = STORES.codes()


class Case(cases.Case[StoreUpdate]):
    """One webhook body."""

    @property
    def topic(self) -> str:
        written = self.path.stem.rpartition(".")[0]
        return next(topic for topic in STORES.get(self.code).topics if topic.replace("/", ".") == written)

    def parse(self, body: bytes | None = None) -> list[StoreUpdate]:
        return STORES.get(self.code).parse(self.topic, self.body if body is None else body, received_at=RECEIVED_AT)

    def normalised(self, update: StoreUpdate) -> dict[str, object]:
        return normalised_store(update)

    def event_ids(self, update: StoreUpdate) -> Iterable[str]:
        return (item.event.event_id for item in update.events)


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
