"""Finds the fixtures of every store plug-in; the layout is described in fixtures/README.md."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from porchlight.domain.reading import read_answers
from porchlight.domain.store_news import StoreNews, StoreUpdate
from porchlight.normalised import normalised_store
from porchlight.plugins import STORES

from tests.contract import cases
from tests.contract.cases import RECEIVED_AT

FIXTURES = Path(__file__).parent / "fixtures"
REQUIRED = {"created", "updated", "cancelled", "two_parcels", "gift", "scripts", "markup"}
CODES = STORES.codes()


class Case(cases.Case[StoreNews]):
    """One webhook body, or the answers of what was read (`_order.`) or a page of changed orders (`_changed.`)."""

    @property
    def is_read(self) -> bool:
        """It was asked for, not pushed."""
        return self.path.name.startswith("_")

    @property
    def topic(self) -> str:
        written = self.path.stem.rpartition(".")[0]
        if self.is_read:
            return written[1:]
        return next(topic for topic in STORES.get(self.code).topics if topic.replace("/", ".") == written)

    def parse(self, body: bytes | None = None) -> Sequence[StoreNews]:
        plugin, body = STORES.get(self.code), self.body if body is None else body
        match self.topic if self.is_read else "":
            case "order":
                return plugin.parse_order(read_answers(self.code, body), received_at=RECEIVED_AT)
            case "changed":
                return plugin.parse_changed(body, received_at=RECEIVED_AT).updates
        return plugin.parse(self.topic, body, received_at=RECEIVED_AT)

    def updates(self) -> list[StoreUpdate]:
        """What it says about orders."""
        return [update for update in self.parse() if isinstance(update, StoreUpdate)]

    def normalised(self, update: StoreNews) -> dict[str, object]:
        return normalised_store(update)

    def event_ids(self, update: StoreNews) -> Iterable[str]:
        return (item.event.event_id for item in update.events) if isinstance(update, StoreUpdate) else ()


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
