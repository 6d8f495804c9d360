"""How groups of shoppers read: everybody, and each segment. Counts of a week in, a habit out.

A group's habit fades like a shopper's, by half in 60 days, so it is kept by weeks: within one nothing fades, and after
half a year the little that is left is forgotten.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from porchlight.domain.deeds import Deed
from porchlight.domain.engagement import PARTS, Habit, part_of_week, weight_of

EVERYBODY = "all"
SEGMENT = "segment."
WEEKS = 26
SHARDS = 4
"""Rows that one week of a group is counted in, so that no single one is written by everybody."""
_MIDDLE = timedelta(days=3.5)


class Counted(NamedTuple):
    """What one deed adds to a group.

    Attributes:
        week: Its Monday, as `2026-06-01`.
        part: Of the week, as `engagement.part_of_week` numbers them.
        shard: 0 to `SHARDS` - 1, always the same for one person.
    """

    week: str
    part: int
    weight: float
    shard: int


class Week(NamedTuple):
    """What was seen in one week, or in a shard of it.

    Attributes:
        weights: By part of the week.
    """

    week: str
    weights: Sequence[float]


def groups_of(segments: Iterable[str]) -> tuple[str, ...]:
    """The groups of an order in these segments, the widest first."""
    return (EVERYBODY, *(SEGMENT + one for one in segments))


def counted(deed: Deed, zone: ZoneInfo, person: str) -> Counted:
    """What a deed on the clock of `zone` adds to each group of this person."""
    shard = sum(person.encode()) % SHARDS
    return Counted(week_of(deed.at), part_of_week(deed.at, zone), weight_of(deed.act), shard)


def week_of(at: datetime) -> str:
    """The Monday of its week, by UTC."""
    day = at.astimezone(UTC).date()
    return str(day - timedelta(days=day.weekday()))


def habit_of(weeks: Iterable[Week]) -> Habit:
    """Many weeks as one habit; each counts from its middle."""
    habit = Habit()
    for week in sorted(weeks, key=lambda one: one.week):
        middle = datetime.fromisoformat(week.week).replace(tzinfo=UTC) + _MIDDLE
        faded = habit.faded(middle)
        habit = Habit(weights=tuple(faded[part] + week.weights[part] for part in range(PARTS)), at=middle)
    return habit
