"""What to expect of an account before it is connected: a trial on a small scale, and what its polls cost.

A thousand made-up parcels are asked about under a limit that is scaled down with them, so the answer takes seconds and
is rough: a tenth either way. `python -m tools.polling` runs the same trial at full size.
"""

from math import ceil

from porchlight.domain.budgets import refill_rate
from porchlight.domain.exchange import Budget
from porchlight.domain.model import Value
from porchlight.domain.release_order import Supply
from porchlight.forecast.lives import DAY, Moment
from porchlight.forecast.trial import Days, Outcome, tried
from porchlight.forecast.ways import Planned

USD_PER_POLL = 0.0000062
"""docs/benchmarks.md: the polls of 1,000 shipments cost 0.112 USD at list prices, 18 polls each."""
IN_TIME = 7200.0
"""Seconds after which news is still of use at the door."""
_PARCELS = 1000
_DAYS = Days(before=7, measured=3, after=4)
_UNLIMITED = Budget(calls=10_000_000, seconds=60)
_TYPICAL = 0.5
_MOST = 0.95


class Freshness(Value):
    """How long after a moment we know of it.

    Attributes:
        median_hours: `None` when more than half are not known within four days; likewise `p95_hours`.
        in_time: Share known within two hours.
        known: Share known within four days.
    """

    median_hours: float | None
    p95_hours: float | None
    in_time: float
    known: float


class Plan(Value):
    """What to expect.

    Attributes:
        calls_allowed: A day; a tenth of the vendor's limit is kept free so that no window ever exceeds it.
        calls_wanted: A day, if the limit were no matter.
        calls_used: A day.
        fixed_interval_hours: How often each parcel would be asked about if all took equal turns.
        supply: How far the calls go most of the time.
    """

    open_parcels: int
    calls_allowed: int
    calls_wanted: int
    calls_used: int
    fixed_interval_hours: float
    supply: Supply
    freshness: dict[Moment, Freshness]
    usd_a_month: float


def plan(open_parcels: int, budget: Budget, *, eager: bool = False) -> Plan:
    """Expect this of an account with that many parcels under way."""
    scale = open_parcels / _PARCELS
    scaled = Budget(calls=budget.calls, seconds=budget.seconds * scale)
    outcome = tried(Planned(eager=eager), _PARCELS, scaled, 1, _DAYS)
    wanted = tried(Planned(eager=eager), _PARCELS // 4, _UNLIMITED, 1, _DAYS)
    allowed = refill_rate(budget) * DAY
    used = scale * outcome.calls / _DAYS.measured
    return Plan(
        open_parcels=open_parcels,
        calls_allowed=round(allowed),
        calls_wanted=round(4 * scale * wanted.calls / _DAYS.measured),
        calls_used=round(used),
        fixed_interval_hours=round(24 * open_parcels / allowed, 2),
        supply=outcome.supplies.most_common(1)[0][0],
        freshness={moment: freshness(outcome, moment) for moment in Moment},
        usd_a_month=round(30 * used * USD_PER_POLL, 2),
    )


def freshness(outcome: Outcome, *moments: Moment) -> Freshness:
    """Of the moments named, or of all."""
    return Freshness(
        median_hours=_hours(outcome.delay(_TYPICAL, *moments)),
        p95_hours=_hours(outcome.delay(_MOST, *moments)),
        in_time=round(outcome.known_within(IN_TIME, *moments), 4),
        known=round(outcome.known_within(outcome.days.after * DAY, *moments), 4),
    )


def limit_for(calls_a_day: int, budget: Budget) -> int:
    """Calls the vendor must allow in the budget's time for so many a day."""
    return ceil(calls_a_day / (refill_rate(budget) * DAY) * budget.calls)


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 3600, 2)
