"""A carrier account's call budget as a token bucket that never lets more calls through than the vendor allows.

The bucket holds a tenth of the allowed calls and the other nine tenths flow back per window: a full bucket spent at
once plus everything that refills within the same window is then never more than the limit, in any sliding window.
"""

from datetime import datetime, timedelta

from porchlight.domain.exchange import Budget
from porchlight.domain.records import Account


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


def grant(account: Account, calls: int, now: datetime) -> tuple[float, datetime | None]:
    """What is left after spending `calls`, and `None`; or what there is, and when it will suffice."""
    if account.paused_until and account.paused_until > now:
        return account.calls, account.paused_until
    have = available(account, now)
    if have >= calls:
        return have - calls, None
    wait = (calls - have) / refill_rate(account.budget)
    return have, now + timedelta(seconds=wait)
