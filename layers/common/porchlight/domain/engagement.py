"""When somebody tends to read: opens, clicks and views in, the hour of the week at which a message is worth most out.

A week has fourteen parts, seven of a weekday and seven of a day at the weekend, on the reader's own clock. How reading
is spread over them is a Dirichlet model in levels: what is usual, all shoppers, their segments, then this one;
each level begins with what the one above believes, and what was seen fades. Two things may surprise: the order in which
opens are learned does not matter, and what is usual knows no peak, only that people sleep.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from porchlight.domain.localities import UTC_ZONE
from porchlight.domain.model import Value

MOST_DELAY = timedelta(hours=24)
"""No message waits longer for a better hour."""
MARGIN = timedelta(hours=1)
"""What is left of a message's freshness when its better hour comes: it still has to be sent."""
FADES_BY_HALF_IN = timedelta(days=60)
WORTH_HALF_AFTER = timedelta(hours=12)
"""News that waits this long must be read twice as likely. A constant rate, so that waiting never changes its mind."""
STRENGTH = 8.0
"""Opens that a level needs to count as much as the one above it."""
SPEAKS_FOR_ITSELF = 3.0

_STARTS = (0, 7, 9, 12, 14, 17, 20)
_HOURS = (7, 2, 3, 2, 3, 3, 4)
_AWAKE = (0.1, 0.8, 1.0, 1.0, 1.0, 1.0, 0.6)
_DAYS = (5, 2)
_SATURDAY = 6
PARTS = len(_DAYS) * len(_STARTS)
_LENGTHS = tuple(hours * days for days in _DAYS for hours in _HOURS)
_MASS = tuple(length * _AWAKE[part % len(_AWAKE)] for part, length in enumerate(_LENGTHS))
USUAL = tuple(mass / sum(_MASS) for mass in _MASS)
"""How reading is spread over the week where nothing was learned."""


class Act(StrEnum):
    """What somebody did with a message or a page."""

    OPEN = "open"
    CLICK = "click"
    OFFER_CLICK = "offer_click"
    """A link of a marketing message was followed."""
    PAGE_VIEW = "page_view"
    COMPLAINT = "complaint"


_WEIGHTS = {Act.OPEN: 0.3, Act.CLICK: 1.0, Act.OFFER_CLICK: 1.0, Act.PAGE_VIEW: 1.0}
"""Many opens are made by mail programs, long before anybody reads; a click is somebody. So is a view: only the page's
own script asks for it. When somebody complains tells nothing of when they read."""


class Habit(Value):
    """When somebody, or a group, has read.

    Attributes:
        weights: What was seen in each part of the week, as it counts at `at`; empty before the first.
        at: The latest act.
    """

    weights: tuple[float, ...] = ()
    at: datetime | None = None

    def faded(self, now: datetime) -> tuple[float, ...]:
        """What still counts of each part of the week."""
        if self.at is None or len(self.weights) != PARTS:
            return (0.0,) * PARTS
        keeps = _half(max(now - self.at, timedelta(0)), FADES_BY_HALF_IN)
        return tuple(weight * keeps for weight in self.weights)


NO_HABIT = Habit()


def learned(habit: Habit, at: datetime, zone: ZoneInfo = UTC_ZONE, act: Act = Act.OPEN) -> Habit:
    """The habit with one more act, at `at` on the clock of `zone`."""
    latest = max(at, habit.at or at)
    counts = weight_of(act) * _half(latest - at, FADES_BY_HALF_IN)
    here = part_of_week(at, zone)
    known = enumerate(habit.faded(latest))
    return Habit(weights=tuple(weight + counts if part == here else weight for part, weight in known), at=latest)


def weight_of(act: Act) -> float:
    """How much an act tells of when somebody reads; 0 for nothing."""
    return _WEIGHTS.get(act, 0.0)


def part_of_week(at: datetime, zone: ZoneInfo) -> int:
    """The index of this moment's part of the week there."""
    local = at.astimezone(zone)
    part = sum(start <= local.hour for start in _STARTS) - 1
    return part + (len(_STARTS) if local.isoweekday() >= _SATURDAY else 0)


def tendency(habits: Sequence[Habit], now: datetime) -> tuple[float, ...]:
    """How likely reading falls into each part of the week; together 1.

    Args:
        habits: The widest group first, this shopper last.
        now: Aware.
    """
    believed = USUAL
    for habit in habits:
        seen = habit.faded(now)
        total = STRENGTH + sum(seen)
        believed = tuple((STRENGTH * before + here) / total for before, here in zip(believed, seen, strict=True))
    return believed


def best_moment(
    spread: Sequence[float],
    now: datetime,
    latest: datetime,
    zone: ZoneInfo = UTC_ZONE,
    allowed: Callable[[datetime], datetime] = lambda at: at,
) -> datetime:
    """`now`, or the later moment until `latest` at which the message is worth more.

    Args:
        spread: As `tendency` tells it.
        now: Aware.
        latest: The last moment that counts.
        zone: The reader's clock.
        allowed: The first moment from one on at which one may write there.
    """
    later = (allowed(at) for at in _beginnings(now, latest, zone))
    moments = (now, *(at for at in later if now < at <= latest))
    return max(moments, key=lambda at: _rate(spread, at, zone) * _half(at - now, WORTH_HALF_AFTER))


def speaks_for_itself(habit: Habit, now: datetime) -> bool:
    """Enough is known of this one to say that it is theirs."""
    return sum(habit.faded(now)) >= SPEAKS_FOR_ITSELF


def _rate(spread: Sequence[float], at: datetime, zone: ZoneInfo) -> float:
    part = part_of_week(at, zone)
    return spread[part] / _LENGTHS[part]


def _beginnings(now: datetime, latest: datetime, zone: ZoneInfo) -> list[datetime]:
    first, last = now.astimezone(zone).date(), latest.astimezone(zone).date()
    days = [first + timedelta(days=ahead) for ahead in range(max((last - first).days, 0) + 1)]
    return [datetime.combine(day, time(hour), zone).astimezone(now.tzinfo) for day in days for hour in _STARTS]


def _half(elapsed: timedelta, half_in: timedelta) -> float:
    return float(0.5 ** (elapsed / half_in))
