"""When to ask a carrier again: often where the answer matters, rarely where it can not have changed, never in vain.

| what we know                                      | ask again after |
|---------------------------------------------------|-----------------|
| out for delivery, or a courier was there          | 75 minutes      |
| the promised day is today or yesterday            | 3 hours         |
| something is wrong                                | 3 hours         |
| waiting to be collected                           | 12 hours        |
| on its way, promised day further off or unknown   | 10 hours        |
| no scan yet, first three days                     | 8 hours         |
| no scan yet, later                                | 24 hours        |
| the carrier did not answer                        | 5 minutes, doubling to 6 hours |

A parcel that arrives on its fifth day as promised is asked about at most 18 times, which the cost target rests on. A
promised day is a local one and is compared with the day in UTC: close enough for a matter of hours.

Asking stops when the parcel is final, 45 days after its last scan, or 30 days after it was packed without any scan.
"""

import hashlib
from datetime import datetime, timedelta

from porchlight.domain.model import Value
from porchlight.domain.status import Finality, Status, finality_of
from porchlight.domain.tracking import Estimate

GIVE_UP_AFTER_LAST_SCAN = timedelta(days=45)
GIVE_UP_WITHOUT_SCAN = timedelta(days=30)
_FIRST_DAYS = timedelta(days=3)
_BACK_OFF = timedelta(minutes=5)
_LONGEST_BACK_OFF = timedelta(hours=6)

_BY_STATUS = {
    Status.OUT_FOR_DELIVERY: timedelta(minutes=75),
    Status.DELIVERY_ATTEMPTED: timedelta(minutes=75),
    Status.EXCEPTION: timedelta(hours=3),
    Status.AVAILABLE_FOR_PICKUP: timedelta(hours=12),
}
_NEAR_THE_DAY = timedelta(hours=3)
_JUST_PAST = timedelta(days=1)
_ON_ITS_WAY = timedelta(hours=10)
_NOT_YET_SCANNED = timedelta(hours=8)
_LONG_NOT_SCANNED = timedelta(hours=24)
_NOT_SCANNED = frozenset({Status.UNKNOWN, Status.PRE_TRANSIT})


class Watched(Value):
    """What the cadence looks at.

    Attributes:
        since: When we began to watch this number.
        last_scan_at: `None` before the first scan.
        failures: Polls in a row that got no answer.
        country: Where it goes, for the hour there; empty when unknown.
    """

    tracking_number: str
    since: datetime
    status: Status = Status.UNKNOWN
    last_scan_at: datetime | None = None
    estimate: Estimate | None = None
    failures: int = 0
    country: str = ""


def next_poll_at(parcel: Watched, now: datetime, *, retry_after: float | None = None) -> datetime | None:
    """When to ask again; `None` to stop asking.

    Args:
        parcel: What we know.
        now: Aware UTC.
        retry_after: Seconds the carrier asked us to wait; never asked sooner than that.
    """
    if _is_over(parcel, now):
        return None
    wait = _back_off(parcel.failures) if parcel.failures else _interval(parcel, now)
    spread = wait * _spread(parcel.tracking_number)
    return now + max(wait + spread, timedelta(seconds=retry_after or 0))


def _is_over(parcel: Watched, now: datetime) -> bool:
    if finality_of(parcel.status) is not Finality.OPEN:
        return True
    if parcel.last_scan_at and parcel.status not in _NOT_SCANNED:
        return now - parcel.last_scan_at > GIVE_UP_AFTER_LAST_SCAN
    return now - parcel.since > GIVE_UP_WITHOUT_SCAN


def _interval(parcel: Watched, now: datetime) -> timedelta:
    if parcel.status in _BY_STATUS:
        return _BY_STATUS[parcel.status]
    if parcel.estimate and timedelta(0) <= now.date() - parcel.estimate.day <= _JUST_PAST:
        return _NEAR_THE_DAY
    if parcel.status in _NOT_SCANNED:
        return _NOT_YET_SCANNED if now - parcel.since < _FIRST_DAYS else _LONG_NOT_SCANNED
    return _ON_ITS_WAY


def _back_off(failures: int) -> timedelta:
    doublings: int = min(failures - 1, 12)
    return min(_BACK_OFF * (1 << doublings), _LONGEST_BACK_OFF)


def _spread(tracking_number: str) -> float:
    """Up to a tenth longer, by number: parcels packed in one minute are not asked about in one minute for ever."""
    return hashlib.blake2b(tracking_number.encode(), digest_size=1).digest()[0] / 2560
