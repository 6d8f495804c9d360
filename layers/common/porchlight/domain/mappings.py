"""Vendor codes that no table knows: what the merchant says they mean, and what is kept of those nobody has named yet.

A merchant's mapping stands in `config/mappings.yaml` and beats the plug-in's own table. It is looked up by the code or
by the words; a trailing `*` stands for whatever follows. Facts keep what the vendor's table says, and the mapping is
applied each time a state is folded from them: so it reads old scans too, and a mapping that is taken back is gone.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from porchlight.domain.codes import Reading
from porchlight.domain.facts import OrderFacts
from porchlight.domain.model import StrictValue, Value
from porchlight.domain.shipment_facts import Report, ShipmentFacts
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Labeller, TrackingEvent, TrackingUpdate

NAME_LIMIT = 200
"""Characters: names are keys."""
NAMED = Annotated[str, Field(min_length=1, max_length=200)]


class CodeMapping(StrictValue):
    """One code, or one wording, of one vendor, and what it means.

    Attributes:
        source: Code of the plug-in that sends it: `evri`, `easypost`.
        code: The vendor's code as `unmapped` lists it.
        text: The vendor's words, in any letter case; instead of a code.
        status: As docs/normalise.md lists them; `unknown` silences a table's entry.
        sub_status: The reason, `none` if there is none.
    """

    source: NAMED
    code: str = ""
    text: str = ""
    status: Status
    sub_status: SubStatus = SubStatus.NONE

    @model_validator(mode="after")
    def _names_one_thing(self) -> Self:
        if bool(self.code.strip()) == bool(self.text.strip("* \t")):
            message = "must have a code or a text, and not both"
            raise ValueError(message)
        return self

    @property
    def reading(self) -> Reading:
        """What it means."""
        return self.status, self.sub_status


class Mappings(StrictValue):
    """`mappings.yaml`."""

    mappings: tuple[CodeMapping, ...] = ()

    @model_validator(mode="after")
    def _says_each_once(self) -> Self:
        keys = [(one.source, one.code, _words(one.text)) for one in self.mappings]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice:
            message = f"{twice[0]} {twice[1] or twice[2]!r} is mapped twice"
            raise ValueError(message)
        return self

    def names(self, event: TrackingEvent) -> bool:
        """The merchant has said what it means."""
        return self.read(event) is not event

    def read(self, event: TrackingEvent) -> TrackingEvent:
        """The scan as the merchant reads it."""
        fitting = [one for one in self.mappings if one.source == event.source and _means(one, event)]
        if not fitting:
            return event
        status, sub_status = max(fitting, key=_precision).reading
        read = {"status": status, "sub_status": sub_status, "labelled_by": Labeller.MERCHANT, "confidence": 1.0}
        return event.model_copy(update=read)

    def applied_to(self, facts: OrderFacts) -> OrderFacts:
        """Everything that was said about an order, as the merchant reads it."""
        if not self.mappings:
            return facts
        told = tuple(
            one.model_copy(update={"event": self.read(one.event)}) if self.names(one.event) else one
            for one in facts.fulfilment_events
        )
        return facts.model_copy(
            update={"shipments": tuple(map(self._read_shipment, facts.shipments)), "fulfilment_events": told}
        )

    def understood(self, update: TrackingUpdate) -> TrackingUpdate:
        """One statement as the merchant reads it, for who asks again."""
        mapped = {event: self.read(event) for event in update.events if self.names(event)}
        if not mapped:
            return update
        events = tuple(mapped.get(event, event) for event in update.events)
        status, sub_status = _summary((update.status, update.sub_status), update.source, update.events, mapped)
        return update.model_copy(update={"events": events, "status": status, "sub_status": sub_status})

    def _read_shipment(self, facts: ShipmentFacts) -> ShipmentFacts:
        mapped = {event: self.read(event) for event in facts.events if self.names(event)}
        if not mapped:
            return facts
        events = tuple(mapped.get(event, event) for event in facts.events)
        reports = tuple(_repeated(report, facts.events, mapped) for report in facts.reports)
        return facts.model_copy(update={"events": events, "reports": reports})


class UnmappedCode(Value):
    """A code that nobody has named yet, as the mapping desk keeps it.

    Attributes:
        source: Code of the plug-in that sends it.
        code: The vendor's code; empty when it sends words alone.
        text: Example of the vendor's words, the latest.
        count: How often it was met, about: functions that end take their last minute with them.
        order_id: An order in which it was met.
        guess: What the text classifier makes of it, `unknown` when it does not know either.
    """

    source: str
    code: str
    text: str
    count: int = 1
    first_seen: datetime
    last_seen: datetime
    order_id: str = ""
    guess: Status = Status.UNKNOWN
    guessed_reason: SubStatus = SubStatus.NONE
    confidence: float = 0.0

    @property
    def name(self) -> str:
        """What tells it from others of its source: the code, else the words."""
        return (self.code or _words(self.text))[:NAME_LIMIT]


def _repeated(report: Report, events: Sequence[TrackingEvent], mapped: Mapping[TrackingEvent, TrackingEvent]) -> Report:
    status, sub_status = _summary((report.status, report.sub_status), report.source, events, mapped)
    return report.model_copy(update={"status": status, "sub_status": sub_status})


def _summary(
    said: Reading, source: str, events: Sequence[TrackingEvent], mapped: Mapping[TrackingEvent, TrackingEvent]
) -> Reading:
    """A vendor's summary; one that only repeats scans which mean something else goes with the newest of them."""
    saying = [event for event in events if event.source == source and event.status is said[0]]
    if not saying or any(event not in mapped for event in saying):
        return said
    newest = mapped[max(saying, key=lambda event: (event.occurred_at, event.event_id))]
    return newest.status, newest.sub_status


def _precision(mapping: CodeMapping) -> tuple[bool, bool, int]:
    """A code before words, whole words before a beginning, a longer one before a shorter."""
    return bool(mapping.code), not mapping.text.endswith("*"), len(mapping.text)


def _means(mapping: CodeMapping, event: TrackingEvent) -> bool:
    if mapping.code:
        return mapping.code == event.code
    pattern, words = _words(mapping.text), _words(event.description)
    return words.startswith(pattern[:-1]) if pattern.endswith("*") else words == pattern


def _words(text: str) -> str:
    return " ".join(text.casefold().split())
