"""Vendor codes that no table knows: what the merchant says they mean, and what is kept of those nobody has named yet.

A merchant's mapping stands in `config/mappings.yaml` and beats the plug-in's own table. It is looked up by the code, or
by the words where a carrier sends no code; a trailing `*` stands for whatever follows.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from porchlight.domain.codes import Reading
from porchlight.domain.model import StrictValue, Value
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Labeller, TrackingEvent, TrackingUpdate

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

    def applied_to(self, update: TrackingUpdate) -> TrackingUpdate:
        """The update as the merchant reads it."""
        mine = [one for one in self.mappings if one.source == update.source]
        if not mine:
            return update
        events = tuple(_mapped(event, mine) for event in update.events)
        return update.model_copy(update={"events": events}) if events != update.events else update


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
        return self.code or _words(self.text)


def _mapped(event: TrackingEvent, mappings: Iterable[CodeMapping]) -> TrackingEvent:
    reading = next((one.reading for one in mappings if _means(one, event)), None)
    if reading is None:
        return event
    changes = {"status": reading[0], "sub_status": reading[1], "labelled_by": Labeller.MERCHANT}
    return event.model_copy(update=changes)


def _means(mapping: CodeMapping, event: TrackingEvent) -> bool:
    if mapping.code:
        return mapping.code == event.code
    pattern, words = _words(mapping.text), _words(event.description)
    return words.startswith(pattern[:-1]) if pattern.endswith("*") else words == pattern


def _words(text: str) -> str:
    return " ".join(text.casefold().split())
