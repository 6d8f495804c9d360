"""Whether one field of ours agrees with theirs. Pure: two values in, a verdict out."""

import re
from datetime import datetime

from porchlight.domain.times import TimeQuality
from porchlight.domain.tracking import TrackingEvent, normal_number

_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_DAY = len("2026-06-01")


def same_number(theirs: str, ours: str, body: bytes) -> bool:
    """Equal but for blanks and case; a body that does not tell its number is known by the number it was asked for."""
    if ours:
        return normal_number(theirs) == ours
    return theirs.encode() not in body


def same_day(theirs: str, ours: str | None) -> bool:
    """The same day; the hour is told in too many ways to compare."""
    return theirs[:_DAY] == (ours or "")[:_DAY]


def same_time(theirs: str, event: TrackingEvent) -> bool:
    """The same instant where they print an offset, else the same wall clock, as fine as they print it.

    A date that they write as midnight is the date it was.
    """
    if _CLOCK.fullmatch(theirs):
        return event.local_time[11:16] == theirs.zfill(5)
    if len(theirs) <= _DAY or (event.time_quality is TimeQuality.DATE_ONLY and "T00:00" in theirs):
        return event.local_time[:_DAY] == theirs[:_DAY]
    moment = _moment(theirs)
    if moment is None:
        return event.local_time == theirs
    if moment.tzinfo and (ours := _moment(event.local_time)) and ours.tzinfo:
        return abs((moment - ours).total_seconds()) < 60  # noqa: PLR2004 a minute
    return event.local_time[:16] == f"{moment:%Y-%m-%dT%H:%M}"


def same_words(theirs: str, ours: str) -> bool:
    """The same words in any case; ours may hold more or fewer of them, as sources join and cut texts."""
    left, right = _words(theirs), _words(ours)
    return left <= right or bool(right and right <= left)


def same_place(theirs: str, event: TrackingEvent) -> bool:
    """The same place; a country may be a name to them and a code to us."""
    if not str(event.place):
        return not _words(theirs)
    return same_words(theirs, str(event.place)) or (
        bool(event.place.city) and _words(event.place.city) <= _words(theirs)
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.casefold()))


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
