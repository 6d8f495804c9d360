"""How often something happens to an order, where the orders of one person are alike: counts in, intervals out.

Who asks once asks again, about this order and the next; so a hundred contacts of thirty people tell less than those of
a hundred. What is counted is therefore worth less by a factor, the design effect: its variance between people over that
of counts which know nothing of each other, estimated as for a ratio of sums over clusters (Cochran, Sampling
Techniques, 1977, chapter 6). In a small group it would often be too small by chance, so that of both groups together is
the least. With counts and orders so reduced, the interval of a rate is that of a Poisson count by its score, as Korn
and Graubard reduce shares (Survey Methodology 24, 1998); two of them give that of the difference as in `effects`, by
the squares of their arms (Zou and Donner, Statistics in Medicine 27, 2008).
"""

from collections.abc import Iterable
from math import ceil, sqrt
from statistics import NormalDist
from typing import NamedTuple

from porchlight.domain.effects import USUAL_CONFIDENCE, Interval

POWER = 0.8
"""How surely a difference is to be found that is there."""
MOST_ORDERS = 10_000_000
"""More than anybody waits for."""


class Counted(NamedTuple):
    """What was counted in one group.

    Attributes:
        events: Of all its orders together; one order may have several.
        variance: Of that sum, with people as they are.
    """

    people: int
    orders: int
    events: int
    variance: float

    @property
    def rate(self) -> float:
        """Events per order; 0 without orders."""
        return self.events / self.orders if self.orders else 0.0


class Comparison(NamedTuple):
    """Events per order in two groups.

    Attributes:
        difference: Of the treated group's rate to that of the control group.
        more_orders: So many more, of both groups as they are, would tell the two apart if the difference stays; 0 when
            they are told apart, `None` where that is not to be waited for.
    """

    treated: Interval
    control: Interval
    difference: Interval
    more_orders: int | None


def counted(people: Iterable[tuple[int, int]]) -> Counted:
    """One group, from the number of orders, at least one, and of events of each of its people."""
    each = list(people)
    orders, events = sum(of for of, _ in each), sum(found for _, found in each)
    usual = events / orders if orders else 0.0
    spread = sum((found - usual * of) ** 2 for of, found in each)
    return Counted(len(each), orders, events, spread * len(each) / max(1, len(each) - 1))


def compared(treated: Counted, control: Counted, confidence: float = USUAL_CONFIDENCE) -> Comparison | None:
    """Both rates and their difference; `None` while a group has no orders."""
    if not treated.orders or not control.orders:
        return None
    least = _design_effect(treated.variance + control.variance, treated.events + control.events)
    ours, theirs = (_rate(one, least, confidence) for one in (treated, control))
    value = ours.value - theirs.value
    low = value - sqrt((ours.value - ours.low) ** 2 + (theirs.high - theirs.value) ** 2)
    high = value + sqrt((ours.high - ours.value) ** 2 + (theirs.value - theirs.low) ** 2)
    difference = Interval(value, low, high)
    return Comparison(ours, theirs, difference, _more_orders(difference, treated.orders + control.orders, confidence))


def _design_effect(variance: float, events: int) -> float:
    """Never below 1: that people take turns in asking is chance."""
    return max(1.0, variance / events) if events else 1.0


def _rate(group: Counted, least: float, confidence: float) -> Interval:
    worth = max(least, _design_effect(group.variance, group.events))
    events, orders, z = group.events / worth, group.orders / worth, NormalDist().inv_cdf((1 + confidence) / 2)
    middle, reach = events + z * z / 2, z * sqrt(events + z * z / 4)
    return Interval(group.rate, max(0.0, min(group.rate, (middle - reach) / orders)), (middle + reach) / orders)


def _more_orders(difference: Interval, orders: int, confidence: float) -> int | None:
    """An interval's width falls with the root of the number of orders."""
    if difference.is_clear:
        return 0
    z, sure = NormalDist().inv_cdf((1 + confidence) / 2), NormalDist().inv_cdf(POWER)
    wanted = abs(difference.value) * 2 * z / (z + sure)
    width = difference.high - difference.low
    if not wanted or orders * (width / wanted) ** 2 > MOST_ORDERS:
        return None
    return ceil(orders * max(0.0, (width / wanted) ** 2 - 1))
