"""Dates as helpdesks and spreadsheets write them: 2026-05-18 10:15, 05/18/2026 10:15 AM, 18.05.2026, May 18, 2026.

Where day and month are numbers, nobody can know which of 05/06/2026 is the month. It follows from another date of the
same column that leaves no choice, or from what the user says; else it is an error. With points the day is first.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, time, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class DateOrder(StrEnum):
    """What a date of numbers begins with."""

    DAY = "day-first"
    MONTH = "month-first"


_DAY = (
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
    r"(?P<first>\d{1,2})(?P<sign>[-/.])(?P<second>\d{1,2})[-/.](?P<year>\d{4})",
    r"(?:[a-z]{3,9},? )?(?P<day>\d{1,2})\.?[ -](?P<word>[a-z]{3,9})\.?[ -](?P<year>\d{4})",
    r"(?:[a-z]{3,9},? )?(?P<word>[a-z]{3,9})\.? (?P<day>\d{1,2}),? (?P<year>\d{4})",
)
_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<seconds>\d{2})(?:[.,]\d+)?)?(?: ?(?P<half>[ap])\.?m\.?)?"
_OFFSET = r"(?: ?(?P<zone>utc|gmt|z|[+-]\d{2}:?\d{2}))?"
_FORMS = [re.compile(rf"{day}(?:(?:t|,? |,? at ){_TIME}{_OFFSET})?", re.IGNORECASE) for day in _DAY]


def date_order(cells: Iterable[str]) -> DateOrder | None:
    """What the dates of a column begin with; `None` when none tells, or when they contradict each other."""
    orders = {order for match in map(_match, cells) if match and (order := _told(match))}
    return orders.pop() if len(orders) == 1 else None


def read_date(cell: str, zone: str, order: DateOrder | None) -> datetime:
    """The moment, aware; of a date alone the end of the day.

    Args:
        cell: As written.
        zone: IANA name, for what has no offset.
        order: Of dates that may be read both ways.

    Raises:
        ValueError: With words for the user, which never repeat what is in the cell.
    """
    match = _match(cell)
    if match is None:
        message = "is no date that can be read; write it as 2026-05-18 10:15"
        raise ValueError(message)
    day, clock = _day(match, order), _time(match)
    try:
        return datetime(*day, *clock, tzinfo=_zone(match["zone"], zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        message = "is no day or time of the calendar"
        raise ValueError(message) from None


def _match(cell: str) -> re.Match[str] | None:
    plain = " ".join(cell.split())
    return next((match for form in _FORMS if (match := form.fullmatch(plain))), None)


def _told(match: re.Match[str]) -> DateOrder | None:
    """What this one date begins with, if it leaves no choice."""
    found = match.groupdict()
    if found.get("first") is None or found["sign"] == ".":
        return None
    if int(found["first"]) > len(MONTHS):
        return DateOrder.DAY
    return DateOrder.MONTH if int(found["second"]) > len(MONTHS) else None


def _day(match: re.Match[str], order: DateOrder | None) -> tuple[int, int, int]:
    found = match.groupdict()
    year = int(found["year"])
    if found.get("word") is not None:
        return year, _month(found["word"]), int(found["day"])
    if found.get("first") is None:
        return year, int(found["month"]), int(found["day"])
    first, second = int(found["first"]), int(found["second"])
    begins_with = DateOrder.DAY if found["sign"] == "." else _told(match) or order
    if begins_with is None and first != second:
        message = "may be read with the day or the month first; say which with --dates day-first or --dates month-first"
        raise ValueError(message)
    return (year, first, second) if begins_with is DateOrder.MONTH else (year, second, first)


def _month(word: str) -> int:
    if word[:3].casefold() not in MONTHS:
        message = "has a month that is no English one; write it as 2026-05-18 10:15"
        raise ValueError(message)
    return MONTHS.index(word[:3].casefold()) + 1


def _time(match: re.Match[str]) -> tuple[int, int, int]:
    if match["hour"] is None:
        return time.max.hour, time.max.minute, time.max.second
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + 12 * (match["half"].casefold() == "p")
    return hour, int(match["minute"]), int(match["seconds"] or 0)


def _zone(offset: str | None, usual: str) -> tzinfo | None:
    if offset is None:
        return ZoneInfo(usual)
    return datetime.strptime(offset, "%z").tzinfo if offset[0] in "+-" else UTC
