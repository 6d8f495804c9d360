"""When a scan was, as its carrier printed it: what a shopper may be told, unlike our own reading of it in UTC."""

from datetime import date, datetime

from porchlight.domain.model import Value
from porchlight.domain.times import TimeQuality
from porchlight.domain.tracking import TrackingEvent

_BARE_DATE = len("2026-05-04")


class Moment(Value):
    """A carrier's wall clock, no finer than it was printed.

    Attributes:
        time: `HH:MM`, or `None` when only the day was said.
    """

    day: date
    time: str | None = None


def printed_moment(event: TrackingEvent | None) -> Moment | None:
    """A scan's own wall clock; nothing where we only know when we heard of it."""
    if event is None or event.time_quality is TimeQuality.CLAMPED or not event.local_time:
        return None
    printed = datetime.fromisoformat(event.local_time)
    return Moment(day=printed.date(), time=None if len(event.local_time) == _BARE_DATE else f"{printed:%H:%M}")
