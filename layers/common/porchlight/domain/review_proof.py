"""The proof that a review hold filtered nobody: for every order when it was asked and by when it had to be.

Platforms forbid asking only those who seem happy. This report is what a merchant can show: it lists requests, not
opinions, and `fair` is false as soon as one order was passed over, asked late or asked twice.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from porchlight.domain.model import Value


class Request(Value):
    """One order in the report.

    Attributes:
        limit: The day by which it had to be asked, as it stood at the request, or stands now.
        asked_at: `None` while it waits.
    """

    order_id: str
    limit: datetime
    asked_at: datetime | None = None


class Proof(Value):
    """What happened to everybody.

    Attributes:
        waiting: Not asked yet, and not at their limit.
        passed_over: Not asked although their limit is over.
        asked_late: Asked after their limit and the time one look takes to come round.
        asked_by_limit_share: Of the orders whose request is due by now.
    """

    orders: int
    asked: int
    waiting: int
    passed_over: int
    asked_late: int
    asked_twice: int
    asked_by_limit_share: float

    @property
    def fair(self) -> bool:
        """Nobody was filtered."""
        return not (self.passed_over or self.asked_late or self.asked_twice)


def proof_of(requests: Iterable[Request], now: datetime, look_every: timedelta = timedelta(0)) -> Proof:
    """The report at `now`.

    Args:
        requests: One per order, and one more for each further request that was made.
        now: Aware UTC.
        look_every: How often orders are looked at; a request may be later than its limit by less than that.
    """
    rows = list(requests)
    times = Counter(row.order_id for row in rows)
    asked = [row for row in rows if row.asked_at]
    late = sum(row.asked_at - row.limit > look_every for row in asked if row.asked_at)
    waiting = sum(row.asked_at is None and now <= row.limit + look_every for row in rows)
    passed_over = sum(row.asked_at is None and now > row.limit + look_every for row in rows)
    due = len(asked) + passed_over
    return Proof(
        orders=len(times),
        asked=len({row.order_id for row in asked}),
        waiting=waiting,
        passed_over=passed_over,
        asked_late=late,
        asked_twice=sum(count > 1 for count in times.values()),
        asked_by_limit_share=(len(asked) - late) / due if due else 1.0,
    )
