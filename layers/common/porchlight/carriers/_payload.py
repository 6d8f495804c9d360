"""What several carriers' bodies have in common: nulls for texts, ISO times with or without an offset, HTTP error codes.

Not a plug-in: it knows no vendor, and a vendor's quirks never move here.
"""

from datetime import datetime, time
from typing import Annotated

from pydantic import BeforeValidator

from porchlight.domain import errors
from porchlight.domain.times import EventTime, TimeQuality, exact, missing, plausible, wall_clock
from porchlight.domain.tracking import Estimate, Place
from porchlight.domain.zones import zone_of

Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
"""A text that the vendor may also leave out or send as null; empty then."""

_REFUSED = {401, 403}
_UNKNOWN = {404, 410}
_TOO_MANY = 429
_SERVER = range(500, 600)


def printed_time(text: str, place: Place, received_at: datetime) -> EventTime:
    """Read ISO 8601: EXACT with an offset, the wall clock of `place` without one, the time received when unreadable."""
    try:
        moment = datetime.fromisoformat(text)
        reading = exact(moment) if moment.tzinfo else wall_clock(moment, zone_of(place))
    except (ValueError, OverflowError):
        return missing(received_at)
    return plausible(reading, received_at)


def instant(text: str) -> datetime | None:
    """An aware time, or `None` when `text` is none or names no zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def stated_at(text: str, received_at: datetime) -> datetime:
    """When the vendor said so, in UTC: `text` if it is an instant and not in the future, else `received_at`."""
    reading = printed_time(text, Place(), received_at)
    return min(reading.occurred_at, received_at) if reading.quality is TimeQuality.EXACT else received_at


def day_or_end(text: str) -> Estimate | None:
    """An estimate in ISO 8601, local: a day, or the end of its window when a time other than midnight is printed."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return Estimate(day=moment.date(), window_end=f"{moment:%H:%M}" if moment.time() != time.min else None)


def refusal(vendor: str, status: int) -> errors.PorchlightError:
    """The error that an answer's own HTTP status stands for; an unexpected one counts as malformed."""
    if status in _UNKNOWN:
        return errors.UnknownParcelError(f"{vendor} knows no such parcel")
    if status in _REFUSED:
        return errors.RefusedCredentialsError(f"{vendor} refused the connection's credentials")
    if status == _TOO_MANY:
        return errors.RateLimitedError(f"{vendor} asks for fewer calls")
    if status in _SERVER:
        return errors.TransientError(f"{vendor} has a problem of its own")
    return errors.MalformedPayloadError(vendor, "body", "an error answer")
