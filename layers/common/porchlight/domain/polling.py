"""The poll budget planner: what an answer is worth, and when to ask when calls are few.

The worth of asking about a parcel is the chance that something that matters to the shopper (out for delivery, trouble,
delivered) has happened since the last answer. It follows from what is known: the stage and how long it lasts, the
promised day, the hour at the destination. `Supply.AMPLE` leaves the times to `domain.cadence`; the worth decides only
which of several due polls goes first. With `SHORT` calls a parcel is asked about when news has become likely enough,
with `SCANT` calls once, when it is probably delivered. `PLENTY` asks earlier than the cadence where news is likely.

The figures are assumptions of ours for parcels to homes, rounded; docs/polling.md says what they rest on and what
happens when they are wrong: answers come later, never wrong.
"""

import math
from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from porchlight.domain.cadence import Watched, next_poll_at
from porchlight.domain.model import Value
from porchlight.domain.release_order import Supply
from porchlight.domain.shards import Urgency
from porchlight.domain.status import Status
from porchlight.domain.zones import ZONE_OF_COUNTRY

OUT_BY = tuple(share / 100 for share in (0, 0, 0, 0, 0, 1, 6, 22, 50, 75, 90, 96, 99, *(100,) * 12))
"""Share of a day's parcels that are out for delivery by each full hour at the destination."""
DELIVERED_BY = tuple(
    share / 100
    for share in (0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 10, 20, 31, 42, 53, 63, 73, 82, 89, 94, 98, 100, 100, 100, 100)
)
"""The same for delivered."""
_TROUBLE_AN_HOUR = 0.0006
"""Chance of an exception in an hour under way: four in a hundred parcels in three days."""

_MIDDLE_ZONES = {
    "US": "America/Chicago",
    "CA": "America/Toronto",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "MX": "America/Mexico_City",
}
"""Where the country alone does not say: within two hours for most people."""
_WORTH = {Urgency.LIKELY: 0.12, Urgency.POSSIBLE: 0.03}
_ASK_AT = {Supply.PLENTY: 0.05, Supply.SHORT: 0.25, Supply.SCANT: 0.6}
_STEP = timedelta(minutes=10)
_HOUR = timedelta(hours=1)
_FARTHEST = timedelta(days=10)


class Turn(Value):
    """When a parcel is to be asked about, and how much the answer is worth then."""

    due_at: datetime
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class _Outlook:
    """On which day the next thing that matters happens, given that it did not before.

    Attributes:
        first: Number of the day of the first chance of `by_day`; days before have `before`, those after `beyond`.
        by_hour: When in that day.
        trouble: An exception may come at any hour.
    """

    first: int
    by_day: tuple[float, ...]
    beyond: float
    by_hour: tuple[float, ...] = OUT_BY
    before: float = 0.0
    trouble: float = 0.0

    def on(self, day: int) -> float:
        index = day - self.first
        if index < 0:
            return self.before
        return self.by_day[index] if index < len(self.by_day) else self.beyond

    def chance(self, begin: datetime, end: datetime) -> float:
        """That it happens between two wall clocks, the day's chance spread over the day by `by_hour`."""
        day, last = begin.toordinal(), end.toordinal()
        none = math.exp(-self.trouble * ((end - begin) / _HOUR)) / (1 - self.on(day) * _share(self.by_hour, begin))
        for whole in range(day, last):
            none *= 1 - self.on(whole)
        return 1 - none * (1 - self.on(last) * _share(self.by_hour, end))


def next_turn(
    parcel: Watched, now: datetime, *, supply: Supply = Supply.AMPLE, retry_after: float | None = None
) -> Turn | None:
    """When to ask again and how urgent that is; `None` to stop asking.

    Args:
        parcel: What we know; a failed poll knows nothing, so its urgency is for the caller to keep.
        now: Aware UTC, the time of the last answer.
        supply: How far the account's calls go. Fewer calls never make a turn earlier, more never later.
        retry_after: Seconds the carrier asked us to wait; never asked sooner than that.
    """
    due_at = next_poll_at(parcel, now, retry_after=retry_after)
    if due_at is None:
        return None
    if supply is Supply.PLENTY and not parcel.failures and not retry_after:
        due_at = _likely_at(parcel, now, supply, due_at)
    elif supply is not Supply.AMPLE and not parcel.failures:
        due_at = max(due_at, _likely_at(parcel, now, supply, now + _FARTHEST))
    return Turn(due_at=due_at, urgency=urgency_at(parcel, now, due_at))


def urgency_at(parcel: Watched, asked_at: datetime, due_at: datetime) -> Urgency:
    """How urgent a poll is, by the chance of news since the last answer."""
    chance = chance_of_news(parcel, asked_at, due_at)
    return next((urgency for urgency, least in _WORTH.items() if chance >= least), Urgency.ROUTINE)


def chance_of_news(parcel: Watched, asked_at: datetime, at: datetime, *, delivered: bool = False) -> float:
    """Chance, 0 to 1, that something that matters happened after `asked_at` and until `at`.

    Args:
        parcel: What the carrier said at `asked_at`.
        asked_at: Aware UTC.
        at: Aware UTC, not before `asked_at`.
        delivered: Only being delivered counts.
    """
    zone = _zone(parcel.country)
    begin = asked_at.astimezone(zone)
    return _outlook(parcel, begin, delivered=delivered).chance(begin, at.astimezone(zone))


def _likely_at(parcel: Watched, now: datetime, supply: Supply, latest: datetime) -> datetime:
    """When the chance of news suffices, or the latest time."""
    steps = range(1, int((latest - now) / _STEP))
    begin = now.astimezone(_zone(parcel.country))
    outlook = _outlook(parcel, begin, delivered=supply is Supply.SCANT)
    found = bisect_left(steps, _ASK_AT[supply], key=lambda step: outlook.chance(begin, begin + step * _STEP))
    return now + steps[found] * _STEP if found < len(steps) else latest


def _outlook(parcel: Watched, asked_at: datetime, *, delivered: bool) -> _Outlook:  # noqa: PLR0911 one return a stage
    last_day = (parcel.last_scan_at or asked_at).astimezone(asked_at.tzinfo).toordinal()
    by_hour = DELIVERED_BY if delivered else OUT_BY
    match parcel.status:
        case Status.OUT_FOR_DELIVERY:
            return _Outlook(last_day, (0.93, 0.6), 0.4, DELIVERED_BY)
        case Status.DELIVERY_ATTEMPTED:
            return _Outlook(last_day, (0.02, 0.6), 0.3, DELIVERED_BY)
        case Status.AVAILABLE_FOR_PICKUP:
            return _Outlook(last_day, (0.2, 0.3), 0.2, DELIVERED_BY)
        case Status.EXCEPTION:
            return _Outlook(last_day, (0.02, 0.25), 0.25, by_hour)
        case Status.UNKNOWN | Status.PRE_TRANSIT if parcel.estimate is None:
            # Not handed over when we asked: whatever its age, the journey is still ahead of it.
            return _Outlook(asked_at.toordinal(), (0.0, 0.08, 0.2), 0.25, by_hour, trouble=_TROUBLE_AN_HOUR)
    if parcel.estimate is None:
        packed_on = parcel.since.astimezone(asked_at.tzinfo).toordinal()
        return _Outlook(packed_on, (0.01, 0.1, 0.25), 0.3, by_hour, trouble=_TROUBLE_AN_HOUR)
    day_before = parcel.estimate.day.toordinal() - 1
    return _Outlook(day_before, (0.1, 0.75, 0.5, 0.4), 0.25, by_hour, before=0.02, trouble=_TROUBLE_AN_HOUR)


def _share(by_hour: tuple[float, ...], moment: datetime) -> float:
    """Straight lines between full hours."""
    hour, part = moment.hour, moment.minute / 60
    return by_hour[hour] + (by_hour[hour + 1] - by_hour[hour]) * part


@cache
def _zone(country: str) -> tzinfo:
    """Most people's zone; UTC for a country we do not know."""
    return ZoneInfo(ZONE_OF_COUNTRY.get(country) or _MIDDLE_ZONES.get(country, "UTC"))
