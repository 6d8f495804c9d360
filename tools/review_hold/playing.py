"""Each order lived through day by day: the hold is asked every morning until it asks the shopper."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from porchlight.domain.hold_rules import HoldRules
from porchlight.domain.problems import Outside
from porchlight.domain.review_hold import Timing, when_to_ask

from tools.review_hold.orders import Order
from tools.review_hold.schedules import SCHEDULES

MORNING = time(9)
DAY = timedelta(days=1)
RULES = HoldRules(no_scan_for={})
"""The product's defaults, but for silence: the file has no scans that a parcel could fail to get."""
NOTHING_ELSE_KNOWN = Outside()


@dataclass(frozen=True, slots=True)
class Played:
    """What happened to one order.

    Attributes:
        naive: For each schedule that asks: the morning it asks, and the hold's word on that morning.
    """

    order: Order
    asked: datetime
    limit: datetime
    naive: dict[str, tuple[datetime, Timing]]

    def delay(self, schedule: str) -> int:
        """Days later than this schedule; negative for earlier."""
        return (self.asked - self.naive[schedule][0]).days


def play(order: Order, rules: HoldRules = RULES) -> Played:
    """Look every morning from the day of the order on."""
    now = morning_from(order.purchased)
    timing = _look(order, rules, now)
    while not timing.ask:
        now += DAY
        timing = _look(order, rules, now)
    moments = {name: schedule(order) for name, schedule in SCHEDULES.items()} if order.score else {}
    mornings = {name: morning_from(moment) for name, moment in moments.items() if moment}
    naive = {name: (morning, _look(order, rules, morning)) for name, morning in mornings.items()}
    return Played(order=order, asked=now, limit=timing.limit or now, naive=naive)


def _look(order: Order, rules: HoldRules, now: datetime) -> Timing:
    return when_to_ask(order.known_at(now), NOTHING_ELSE_KNOWN, rules, now)


def morning_from(moment: datetime) -> datetime:
    """The first morning that is not before it."""
    morning = datetime.combine(moment.date(), MORNING, moment.tzinfo)
    return morning if morning >= moment else morning + DAY
