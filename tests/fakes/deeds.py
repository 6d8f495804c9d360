"""What shoppers did, and what is counted of their groups and of variants, in memory."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from porchlight.domain.deeds import NOTHING_DONE, Engagement
from porchlight.domain.effects import Tally
from porchlight.domain.engagement import PARTS, Habit
from porchlight.domain.errors import ConflictError
from porchlight.domain.groups import WEEKS, Counted, Week, habit_of, week_of
from porchlight.domain.supply import Purchase


class FakeDeeds:
    """The part of `Customers` that is about what people did. Sums are never old here, which the port allows."""

    def __init__(self) -> None:
        self.engagements: dict[str, Engagement] = {}
        self.orders: dict[str, dict[str, Purchase]] = {}
        self.weeks: dict[tuple[str, str], list[float]] = {}
        self.counted: dict[str, dict[str, Tally]] = {}

    def engagement(self, person: str) -> Engagement:
        return self.engagements.get(person, NOTHING_DONE)

    def keep_engagement(self, person: str, engagement: Engagement) -> None:
        if self.engagement(person).version != engagement.version - 1:
            message = "another deed was learned meanwhile"
            raise ConflictError(message)
        self.engagements[person] = engagement

    def note_order(self, person: str, purchase: Purchase, now: datetime) -> None:
        self.orders.setdefault(person, {})[purchase.order_id] = purchase

    def add_reading(self, groups: Sequence[str], counted: Counted) -> None:
        for group in groups:
            week = self.weeks.setdefault((group, counted.week), [0.0] * PARTS)
            week[counted.part] += counted.weight

    def habits(self, groups: Sequence[str], now: datetime) -> tuple[Habit, ...]:
        since = week_of(now - timedelta(weeks=WEEKS))
        held = self.weeks.items()
        return tuple(
            habit_of(Week(week, weights) for (named, week), weights in held if named == group and week >= since)
            for group in groups
        )

    def tally(self, touchpoint: str, variant: str, found: Tally, person: str, at: datetime) -> None:
        variants = self.counted.setdefault(touchpoint, {})
        held = variants.get(variant, Tally())
        variants[variant] = Tally(
            sent=held.sent + found.sent, successes=held.successes + found.successes, harms=held.harms + found.harms
        )

    def tallies(self, touchpoints: Collection[str], now: datetime) -> Mapping[str, Mapping[str, Tally]]:
        return {touchpoint: dict(self.counted.get(touchpoint, {})) for touchpoint in touchpoints}

    def forget(self, person: str) -> None:
        self.engagements.pop(person, None)
        self.orders.pop(person, None)
