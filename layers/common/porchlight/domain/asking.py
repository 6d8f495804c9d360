"""Whom to ask about a parcel: its carrier, that carrier's group, who it may be by its number, and aggregators last.

Aggregators cost money per parcel, so one is asked only where nobody nearer can be, or where the number alone has to
tell. Where a number fits several carriers the likeliest is asked first, of those that are about as likely the one whose
account allows the most calls, and the next one when that one does not know it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from porchlight.domain.carrier_names import AGGREGATORS, ANSWERED_BY
from porchlight.domain.records import Account

LEAST_CONFIDENCE = 0.02
"""A carrier less likely than this is not worth a call."""
NEW = timedelta(days=1)
"""A parcel packed since then is asked about at once."""


def accounts_to_ask(carrier: str, candidates: Mapping[str, float], accounts: Iterable[Account]) -> tuple[str, ...]:
    """Names of the accounts to ask, in this order; empty when none can tell.

    Args:
        carrier: Code of who moves the parcel, or of the aggregator that told of it; empty when nobody says.
        candidates: Carriers its number may belong to with their confidence, used only without a carrier.
        accounts: The merchant's carrier accounts.
    """
    polled = [one for one in accounts if one.polls]
    likely = _likely(carrier, candidates)
    direct = sorted(
        (one for one in polled if _code(one) in likely), key=lambda one: (-round(likely[_code(one)], 1), *_price(one))
    )
    aggregators = sorted(
        (one for one in polled if _code(one) in AGGREGATORS), key=lambda one: (_code(one) != carrier, *_price(one))
    )
    last_resort = aggregators[:1] if not direct or not carrier else []
    return tuple(one.name for one in (*direct, *last_resort))


def first_asked_at(tracking_number: str, packed_at: datetime | None, now: datetime, next_at: datetime) -> datetime:
    """When to ask for the first time: a new parcel now, an old one some time until `next_at`.

    Orders of 90 days are read when a store is connected. Asked about all at once they would hold up every new parcel.
    """
    if packed_at is None or now - packed_at < NEW:
        return now
    place = hashlib.blake2b(tracking_number.encode(), digest_size=2, person=b"first").digest()
    return now + (next_at - now) * (int.from_bytes(place) / 65536)


def _likely(carrier: str, candidates: Mapping[str, float]) -> dict[str, float]:
    """Whom to ask directly: a carrier, and with the same hope those of its group, itself before them."""
    found: dict[str, float] = {}
    for one, confidence in ({carrier: 1.0} if carrier else candidates).items():
        for place, code in enumerate((one, *ANSWERED_BY.get(one, ()))):
            hope = confidence - place / 10 if carrier else confidence
            found[code] = max(hope, found.get(code, 0.0))
    return {code: hope for code, hope in found.items() if code not in AGGREGATORS}


def _code(account: Account) -> str:
    return account.name.partition("/")[0]


def _price(account: Account) -> tuple[float, str]:
    """Seconds that one call takes out of the budget."""
    return account.budget.seconds / account.budget.calls, account.name
