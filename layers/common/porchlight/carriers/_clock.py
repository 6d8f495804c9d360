"""Times as bare digits (`YYYYMMDD`, `HHMMSS`), alone or as a pair of local time and GMT; wall clocks of ISO texts.

Not a plug-in: it knows no vendor.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

from porchlight.carriers._payload import printed_time
from porchlight.domain.times import EventTime, date_only, exact, missing, plausible, wall_clock
from porchlight.domain.tracking import Place
from porchlight.domain.zones import zone_of

_WIDEST_OFFSET = timedelta(hours=14)
_DIGITS = len("YYYYMMDDHHMMSS")
_QUARTER = timedelta(minutes=15)
_DOTNET = re.compile(r"/Date\((\d{1,14})([+-]\d{4})?\)/", re.ASCII)
_MARKS = re.compile(r"[/.-]")


def digits(day: str, clock: str = "") -> datetime | None:
    """The wall clock of a day and a time (midnight when empty); `None` when either is no such text."""
    written = f"{day:.8}{clock.replace(':', '').zfill(6)}"
    if len(written) != _DIGITS or not (written.isascii() and written.isdecimal()):
        return None
    try:
        # Six times as fast as strptime, which is called twice for each scan.
        return datetime.fromisoformat(f"{_year(day):04}{written[4:8]}T{written[8:]}")
    except ValueError:
        return None


def day_first(day: str, clock: str = "") -> datetime | None:
    """The wall clock of `DD/MM/YYYY`, or with other marks, and `HH:MM[:SS]` (midnight when empty); `None` when none."""
    hours = "".join(part.zfill(2) for part in clock.partition(".")[0].split(":"))
    return digits("".join(part.zfill(2) for part in reversed(_MARKS.split(day))), hours.ljust(6, "0"))


def paired(local: tuple[str, str], gmt: tuple[str, str], zone: str | None, received_at: datetime) -> EventTime:
    """Read the same moment written twice, as (day, time) at the place and in GMT: both together are exact.

    Args:
        local: The time is empty when the carrier printed only a date.
        gmt: Both empty when the carrier printed no GMT.
        zone: Where the local clock hangs, if that is known.
        received_at: Stands in when nothing can be read.
    """
    return plausible(_paired(local, gmt, zone) or missing(received_at), received_at)


def hour(clock: str) -> str | None:
    """`HH:MM` of a time; `None` when there is none."""
    moment = digits("20000101", clock) if clock else None
    return f"{moment:%H:%M}" if moment else None


def iso_time(text: str, place: Place, received_at: datetime) -> EventTime:
    """Read ISO 8601 with two habits: a blank before the offset, and midnight without one for a mere date."""
    day = text.removesuffix("T00:00:00")
    if day != text and (moment := digits(day.replace("-", ""))):
        return plausible(date_only(moment.date(), zone_of(place)), received_at)
    return printed_time(text.replace(" -", "-").replace(" +", "+"), place, received_at)


def iso_local(text: str) -> datetime | None:
    """The wall clock of an ISO 8601 text, its offset left out; `None` when it is none."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def hour_of(moment: datetime | None) -> str | None:
    """`HH:MM`, or `None` at midnight, which is how ISO times say that only the day is known."""
    return f"{moment:%H:%M}" if moment and (moment.hour or moment.minute) else None


def dotnet(text: str) -> datetime | None:
    """`/Date(1722924060000+0300)/` with the offset it prints, UTC without one; `None` when `text` is no such date."""
    found = _DOTNET.fullmatch(text)
    if found is None:
        return None
    try:
        offset = datetime.strptime(found[2] or "+0000", "%z").tzinfo
    except ValueError:
        return None
    return datetime.fromtimestamp(int(found[1]) / 1000, UTC).astimezone(offset)


def _paired(local: tuple[str, str], gmt: tuple[str, str], zone: str | None) -> EventTime | None:
    here, there = digits(*local), digits(*gmt)
    if there and gmt[1]:
        return exact(there.replace(tzinfo=UTC).astimezone(_offset((here or there) - there)))
    if here is None:
        return None
    return wall_clock(here, zone) if local[1] else date_only(here.date(), zone)


def _offset(difference: timedelta) -> timezone:
    return timezone(difference) if abs(difference) <= _WIDEST_OFFSET and not difference % _QUARTER else UTC


def _year(day: str) -> int:
    """The year, if it is one a parcel can be in: the calendar's ends can not be converted between zones."""
    year = int(day[:4])
    if not 1900 < year < 3000:  # noqa: PLR2004
        message = "year out of range"
        raise ValueError(message)
    return year
