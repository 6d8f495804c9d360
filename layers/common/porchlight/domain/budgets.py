"""A carrier account's call budget as a token bucket that never lets more calls through than the vendor allows.

The bucket holds a tenth of the allowed calls and the other nine tenths flow back per window: a full bucket spent at
once plus everything that refills within the same window is then never more than the limit, in any sliding window.
"""

import math
from datetime import datetime, timedelta

from porchlight.domain.exchange import Budget
from porchlight.domain.records import Account

_LONGEST_STEP = 10
"""Seconds."""


def capacity(budget: Budget) -> float:
    """What the bucket holds when full; at least one call."""
    return max(budget.calls / 10, 1.0)


def refill_rate(budget: Budget) -> float:
    """Calls a second that flow back."""
    return (budget.calls - capacity(budget)) / budget.seconds


def available(account: Account, now: datetime) -> float:
    """Calls the account may make now."""
    if account.paused_until and account.paused_until > now:
        return 0.0
    elapsed = max((now - account.counted_at).total_seconds(), 0.0)
    return min(account.calls + elapsed * refill_rate(account.budget), capacity(account.budget))


def allowed_within(wait: timedelta, account: Account, now: datetime) -> int:
    """Calls the account may make from now until then."""
    if account.paused_until and account.paused_until > now:
        return 0
    return int(available(account, now) + wait.total_seconds() * refill_rate(account.budget))


def free_after(calls: int, account: Account, now: datetime) -> timedelta:
    """When the account may have made so many calls from now, rounded up to steps in which a bucketful flows back."""
    missing = calls - available(account, now)
    if missing <= 0:
        return timedelta()
    step = min(max(int(capacity(account.budget) / refill_rate(account.budget)), 1), _LONGEST_STEP)
    return timedelta(seconds=math.ceil(round(missing / refill_rate(account.budget) / step, 6)) * step)


def grant(account: Account, calls: int, now: datetime) -> tuple[float, datetime | None]:
    """What is left after spending `calls`, and `None`; or what there is, and when it will suffice.

    More calls than the bucket ever holds are granted when it is full and leave a debt: that much, once, the vendor's
    limit may be passed. Only an account that allows less than ten times what one errand needs comes to that.
    """
    if account.paused_until and account.paused_until > now:
        return account.calls, account.paused_until
    have = available(account, now)
    needed = min(calls, capacity(account.budget))
    if have >= needed:
        return have - calls, None
    wait = (needed - have) / refill_rate(account.budget)
    return have, now + timedelta(seconds=wait)
