"""Plain schedules that the hold is held against: when each would have asked. `None`: it never would have.

All but the two that know the arrival count days and look at nothing else, as most review apps do by default. None uses
a later fact than its own moment.
"""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from tools.review_hold.orders import Order

type Schedule = Callable[[Order], datetime | None]

HEADLINE = "arrival_5_or_promise_2"


def _after_fulfilment(days: int) -> Schedule:
    return lambda order: order.handed_over + timedelta(days=days) if order.handed_over else None


def _after_order(days: int) -> Schedule:
    return lambda order: order.purchased + timedelta(days=days)


def _after_promise(days: int) -> Schedule:
    return lambda order: _promised(order, days)


def _arrival_or_promise(order: Order) -> datetime | None:
    """Five days after arrival; two days after the promised day when nothing has arrived by then."""
    fallback = _promised(order, 2)
    if order.delivered and (fallback is None or order.delivered <= fallback):
        return order.delivered + timedelta(days=5)
    return fallback


def _promised(order: Order, days: int) -> datetime | None:
    return datetime.combine(order.promised, time(), UTC) + timedelta(days=days) if order.promised else None


SCHEDULES: dict[str, Schedule] = {
    HEADLINE: _arrival_or_promise,
    "really_asked": lambda order: order.really_asked,
    "fulfilment_14": _after_fulfilment(14),
    "fulfilment_21": _after_fulfilment(21),
    "fulfilment_30": _after_fulfilment(30),
    "order_30": _after_order(30),
    "promise_5": _after_promise(5),
}
"""By name; what a name means in words stands in docs/review-hold.md."""
