"""Time with its precision: what a carrier printed is kept beside our best UTC reading of it.

Carriers write three kinds of time. An instant with an offset is EXACT. A wall-clock time without a zone stays local: it
is placed on the UTC line by the zone of the scan's place where that is known (ASSUMED_ZONE), else by treating it as UTC
for sorting only, and the page shows the wall-clock words. A date stays a date (DATE_ONLY). Nobody gets a wrong day
because a date was cast to midnight UTC (design, invariant 6).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

OLDEST_PLAUSIBLE = datetime(2000, 1, 1, tzinfo=UTC)
FUTURE_TOLERANCE = timedelta(hours=26)
"""A wall-clock time read in the wrong zone can look up to 26 hours early; anything beyond is the carrier's clock."""


class TimeQuality(StrEnum):
    """How far `occurred_at` can be trusted."""

    EXACT = "exact"
    ASSUMED_ZONE = "assumed_zone"
    DATE_ONLY = "date_only"
    CLAMPED = "clamped"
    """The carrier's time was missing or impossible; the time we received it stands in."""


@dataclass(frozen=True, slots=True)
class EventTime:
    """One reading of a carrier's time.

    Attributes:
        occurred_at: Aware UTC, best effort; the sort key.
        local_time: ISO 8601 as printed: with the carrier's offset if it gave one; a bare date for a date.
        quality: How `occurred_at` was found.
    """

    occurred_at: datetime
    local_time: str
    quality: TimeQuality


def exact(moment: datetime) -> EventTime:
    """An instant whose offset the carrier printed. `moment` must be aware."""
    return EventTime(_utc(moment), moment.isoformat(timespec="seconds"), TimeQuality.EXACT)


def wall_clock(local: datetime, zone: str | None) -> EventTime:
    """A naive wall-clock time at a place in `zone` (an IANA name), or anywhere when `None`."""
    aware = local.replace(tzinfo=ZoneInfo(zone) if zone else UTC)
    return EventTime(_utc(aware), local.isoformat(timespec="seconds"), TimeQuality.ASSUMED_ZONE)


def date_only(day: date, zone: str | None) -> EventTime:
    """A date without a time of day. Sorted at noon of that day, so that no zone moves it to another day."""
    noon = datetime.combine(day, time(12), tzinfo=ZoneInfo(zone) if zone else UTC)
    return EventTime(_utc(noon), day.isoformat(), TimeQuality.DATE_ONLY)


def plausible(moment: EventTime, received_at: datetime) -> EventTime:
    """The same time, or `received_at` flagged CLAMPED when it lies in the far future or before 2000 (F32)."""
    if OLDEST_PLAUSIBLE <= moment.occurred_at <= received_at + FUTURE_TOLERANCE:
        return moment
    return EventTime(received_at.astimezone(UTC), moment.local_time, TimeQuality.CLAMPED)


def missing(received_at: datetime) -> EventTime:
    """The carrier printed no time at all."""
    return EventTime(received_at.astimezone(UTC), "", TimeQuality.CLAMPED)


def to_text(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_text(text: str) -> datetime:
    """The reverse of `to_text`."""
    return datetime.fromisoformat(text)


def _utc(moment: datetime) -> datetime:
    """In UTC. Vendors print `0001-01-01T00:00:00` for "never"; in some zones that lies before the calendar begins."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return moment.replace(tzinfo=UTC)
