"""A trial: parcels in a steady flow, one account, a way of choosing whom to ask; out come the delays until we knew.

Only moments of the measured days count. What is still unknown when the trial ends is counted as later than everything
known, so a quantile that falls among them is `None`: not known within the days that were left. Calls are made minute by
minute as the release does, within the account's real token bucket.
"""

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil

from porchlight.domain.budgets import allowed_within, available, capacity, free_after
from porchlight.domain.exchange import Budget, Kind
from porchlight.domain.records import Account
from porchlight.domain.release_order import Supply
from porchlight.forecast.lives import DAY, Life, LifeMaker, Moment
from porchlight.forecast.ways import GIVE_UP, Way, moment_of

START = datetime(2026, 11, 2, tzinfo=UTC)
MINUTE = 60.0
_UNTIL_NEXT_RUN = timedelta(minutes=1)
_SAMPLE = 4000


@dataclass(frozen=True)
class Days:
    """Days until the flow is steady, days whose moments count, days to learn of them."""

    before: int = 10
    measured: int = 4
    after: int = 4

    @property
    def all(self) -> int:
        """Length of the trial."""
        return self.before + self.measured + self.after


@dataclass
class Outcome:
    """What came of a trial.

    Attributes:
        delays: Seconds until we knew, by moment.
        happened: Moments that counted, known or not.
        calls: In the measured days.
        open_parcels: Not delivered, on average of the measured days.
        supplies: Minutes of the measured days by how far the calls went.
    """

    days: Days
    delays: dict[Moment, list[float]] = field(default_factory=lambda: {moment: [] for moment in Moment})
    happened: dict[Moment, int] = field(default_factory=lambda: dict.fromkeys(Moment, 0))
    calls: int = 0
    open_parcels: float = 0.0
    supplies: Counter[Supply] = field(default_factory=Counter[Supply])

    def counts(self, at: float) -> bool:
        """Whether a moment is one of the measured days."""
        return 0 <= at - START.timestamp() - self.days.before * DAY < self.days.measured * DAY

    def delay(self, quantile: float, *moments: Moment) -> float | None:
        """Seconds; `None` when so many are not known at the end. All moments when none is named."""
        wanted = moments or tuple(Moment)
        known = sorted(delay for moment in wanted for delay in self.delays[moment])
        index = ceil(quantile * sum(self.happened[moment] for moment in wanted)) - 1
        return known[index] if 0 <= index < len(known) else None

    def known_within(self, seconds: float, *moments: Moment) -> float:
        """Share of the moments that were known in time."""
        wanted = moments or tuple(Moment)
        known = sum(delay <= seconds for moment in wanted for delay in self.delays[moment])
        return known / max(sum(self.happened[moment] for moment in wanted), 1)


def account_of(budget: Budget) -> Account:
    """An account with a full bucket."""
    return Account(
        kind=Kind.CARRIERS, name="trial/one", polls=True, budget=budget, calls=capacity(budget), counted_at=START
    )


def tried(way: Way, open_parcels: int, budget: Budget, seed: int, days: Days) -> Outcome:
    """Run one trial.

    Args:
        way: Whom to ask.
        open_parcels: How many are under way at any time.
        budget: The account's limit.
        seed: Of the parcels.
        days: How long.
    """
    outcome, account = Outcome(days), account_of(budget)
    maker, waiting = LifeMaker(seed), deque[Life]()
    a_day = parcels_a_day(open_parcels)
    for day in range(days.all):
        midnight = START.timestamp() + day * DAY
        waiting.extend(maker.packed_on(midnight, a_day))
        waiting = deque(sorted(waiting, key=lambda life: life.packed_at))
        for minute in range(24 * 60):
            now = midnight + minute * MINUTE
            while waiting and waiting[0].packed_at <= now:
                _begin(waiting.popleft(), now, way, outcome)
            account = _minute(way, account, outcome, moment_of(now))
    outcome.open_parcels /= days.measured * DAY
    return outcome


def parcels_a_day(open_parcels: int) -> int:
    """So many packed a day keep so many open."""
    lives = LifeMaker(0).packed_on(0.0, _SAMPLE)
    average = sum((life.delivered_at or life.packed_at + GIVE_UP) - life.packed_at for life in lives) / _SAMPLE
    return max(round(open_parcels / (average / DAY)), 1)


def _begin(life: Life, now: float, way: Way, outcome: Outcome) -> None:
    for moment, at in life.moments():
        outcome.happened[moment] += outcome.counts(at)
    first = START.timestamp() + outcome.days.before * DAY
    until = min(life.delivered_at or life.packed_at + GIVE_UP, first + outcome.days.measured * DAY)
    outcome.open_parcels += max(until - max(life.packed_at, first), 0.0)
    way.add(life, now)


def _minute(way: Way, account: Account, outcome: Outcome, now: datetime) -> Account:
    """Whatever is released in a minute is answered in it, paced as the release paces it."""
    calls = allowed_within(_UNTIL_NEXT_RUN, account, now)
    if calls <= 0:
        return account
    asked = way.choose(calls, now)
    for index, life in enumerate(asked, start=1):
        answered_at = now.timestamp() + free_after(index, account, now).total_seconds()
        for moment, at in life.learn(answered_at):
            if outcome.counts(at):
                outcome.delays[moment].append(answered_at - at)
        way.answered(life, answered_at)
    if outcome.counts(now.timestamp()):
        outcome.calls += len(asked)
        outcome.supplies[way.supply] += 1
    return account.model_copy(update={"calls": available(account, now) - len(asked), "counted_at": now})
