"""What a carrier, an aggregator or a store says about one parcel, in one vocabulary.

A plug-in turns bytes into `TrackingUpdate`s; everything after it reads only these.
"""

import hashlib
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cached_property

from porchlight.domain.model import Value
from porchlight.domain.status import Action, Responsible, Status, SubStatus, action_for, responsible_for
from porchlight.domain.times import EventTime, TimeQuality

DESCRIPTION_LIMIT = 500
NUMBER_LIMIT = 80
"""Longer than any vendor's; numbers are part of keys."""


class Place(Value):
    """Where a scan happened, as coarse as a shopper may see: no street, no name.

    Attributes:
        country: ISO 3166-1 alpha-2 where the carrier gives it, else empty.
    """

    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""

    def __str__(self) -> str:
        """`City, Region, Postcode, Country` without the empty parts."""
        return ", ".join(part for part in (self.city, self.region, self.postal_code, self.country) if part)


class EstimateSource(StrEnum):
    """Who says so."""

    CARRIER = "carrier"
    STORE = "store"


class Estimate(Value):
    """When a parcel should arrive, no finer than its source said.

    Attributes:
        day: Local date at the destination.
        window_start: Local wall-clock `HH:MM` when the source gave a window, else `None`.
        window_end: Local wall-clock `HH:MM` (the "by" of an end-of-day promise), else `None`.
    """

    day: date
    window_start: str | None = None
    window_end: str | None = None
    source: EstimateSource = EstimateSource.CARRIER

    def __str__(self) -> str:
        """A date, or an ISO 8601 interval of local times when there is a window."""
        if self.window_start and self.window_end:
            return f"{self.day}T{self.window_start}/{self.day}T{self.window_end}"
        return f"{self.day}T{self.window_end}" if self.window_end else str(self.day)


class Labeller(StrEnum):
    """Who read the vendor's words, the most trusted first."""

    MERCHANT = "merchant"
    """A mapping in the merchant's own configuration."""
    TABLE = "table"
    """The vendor's documented code, in the plug-in's tables."""
    MODEL = "model"
    """The text classifier: a guess, and never the end of a story by itself."""


class TrackingEvent(Value):
    """One scan.

    Attributes:
        source: Code of the plug-in that told us.
        labelled_by: Who gave it its status; `confidence` says how sure the classifier was, 1 for everybody else.
        occurred_at: UTC, best effort; `local_time` is what the carrier printed; `time_quality` says how sure we are.
        code: The vendor's own code, kept beside our reading of it.
        description: The vendor's own words, capped; data, never markup.
    """

    source: str
    status: Status
    sub_status: SubStatus = SubStatus.NONE
    occurred_at: datetime
    local_time: str = ""
    time_quality: TimeQuality
    code: str = ""
    description: str = ""
    place: Place = Place()
    labelled_by: Labeller = Labeller.TABLE
    confidence: float = 1.0

    @cached_property
    def event_id(self) -> str:
        """Natural key: who said it, the vendor's code and the vendor's time. A repeat has the same id."""
        printed = self.local_time or self.description
        if self.time_quality is TimeQuality.EXACT:
            printed = self.occurred_at.isoformat()
        parts = "\x1f".join((self.source, self.code or self.description, printed))
        return hashlib.blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=9).hexdigest()

    @property
    def responsible(self) -> Responsible:
        """Who must move next."""
        return responsible_for(self.status, self.sub_status)

    @property
    def action(self) -> Action:
        """What the shopper should do."""
        return action_for(self.status, self.sub_status)


def tracking_event(  # noqa: PLR0913 one scan has this many independent facts
    source: str,
    when: EventTime,
    *,
    status: Status,
    sub_status: SubStatus = SubStatus.NONE,
    code: str = "",
    description: str = "",
    place: Place = Place(),  # noqa: B008 frozen
) -> TrackingEvent:
    """Build a scan from a reading of its time."""
    return TrackingEvent(
        source=source,
        status=status,
        sub_status=sub_status,
        occurred_at=when.occurred_at,
        local_time=when.local_time,
        time_quality=when.quality,
        code=code,
        description=" ".join(description.split())[:DESCRIPTION_LIMIT],
        place=place,
    )


class TrackingUpdate(Value):
    """Everything one answer or push says about one parcel.

    Attributes:
        tracking_number: Upper case, without spaces.
        carrier: Code of the carrier that moves it; an aggregator names another than itself, in its own lower-case word.
        source: Code of the plug-in that told us.
        status: The vendor's own summary where it gives one, else that of the newest event.
        reported_at: When the vendor made this statement, else when we received it. UTC.
        events: In the vendor's order.
    """

    tracking_number: str
    carrier: str
    source: str
    status: Status
    sub_status: SubStatus = SubStatus.NONE
    estimate: Estimate | None = None
    reported_at: datetime
    events: tuple[TrackingEvent, ...] = ()

    @property
    def delivered(self) -> bool:
        """Whether the vendor says the parcel has arrived."""
        return self.status is Status.DELIVERED

    def unmapped(self) -> tuple[TrackingEvent, ...]:
        """Scans of this update that no table knows: counted, never news (invariant 7)."""
        return tuple(event for event in self.events if event.status is Status.UNKNOWN)

    def unmapped_codes(self) -> tuple[str, ...]:
        """Their vendor codes; `(text)` for a scan without one, as its words may name a person and codes are logged."""
        return tuple(event.code or "(text)" for event in self.unmapped())


def normal_number(text: str) -> str:
    """A tracking number as we store and compare it: upper case, without white space.

    Hyphens and dots go only where they group digits, as people type them; in other numbers they may mean something.
    """
    number = text.upper()
    if not number.isalnum():
        number = "".join(one for one in number if one.isprintable() and not one.isspace())
    number = number[:NUMBER_LIMIT]
    digits = number.replace("-", "").replace(".", "")
    return digits if digits.isdecimal() else number


def newest(events: tuple[TrackingEvent, ...]) -> TrackingEvent | None:
    """The latest scan whose meaning is known; among equals the first listed, as vendors list newest first."""
    known = [event for event in events if event.status is not Status.UNKNOWN]
    return max(known, key=lambda event: event.occurred_at.astimezone(UTC), default=None)
