"""Whom to ask about a parcel: its carrier, that carrier's group, who it may be by its number, and aggregators last.

Aggregators cost money per parcel, so one is asked only where nobody nearer can be. Where a number fits several
carriers the cheapest is asked first, which is the one whose account allows the most calls, and the next one when that
one does not know it.
"""

from collections.abc import Collection, Iterable

from porchlight.domain.carrier_names import AGGREGATORS, ANSWERED_BY
from porchlight.domain.records import Account

LEAST_CONFIDENCE = 0.02
"""A carrier less likely than this is not worth a call."""


def accounts_to_ask(carrier: str, candidates: Collection[str], accounts: Iterable[Account]) -> tuple[str, ...]:
    """Names of the accounts to ask, in this order; empty when none can tell.

    Args:
        carrier: Code of who moves the parcel; empty when the store does not say.
        candidates: Carriers its number may belong to, used only without a carrier.
        accounts: The merchant's carrier accounts.
    """
    polled = sorted((one for one in accounts if one.polls), key=_price)
    near = (carrier,) if carrier else tuple(candidates)
    wanted = {code for one in near for code in (one, *ANSWERED_BY.get(one, ()))}
    direct = [one.name for one in polled if _code(one) in wanted - set(AGGREGATORS)]
    if carrier:
        direct.sort(key=lambda name: name.partition("/")[0] != carrier)
    others = [one.name for one in polled if _code(one) in AGGREGATORS]
    return (*direct, *others[: 1 if not direct or not carrier else 0])


def _code(account: Account) -> str:
    return account.name.partition("/")[0]


def _price(account: Account) -> tuple[float, str]:
    """Seconds that one call takes out of the budget."""
    return account.budget.seconds / account.budget.calls, account.name
