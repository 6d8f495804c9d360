"""News of several orders of one shopper in one mail: who waits for whom. sections.py finds what travels together.

News with a `digest_window` waits while another order of its shopper may have news too. Each that joins waits a little
longer than those before it, so that one of them leaves first and takes the others along. What it took is merged into
it by the same write that claims it, so news travels once: with it, or by itself when the first was held or dropped.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from porchlight.domain import survey
from porchlight.domain.guards import Case, merge_window
from porchlight.domain.journeys import Touchpoint
from porchlight.domain.ledger import Decision, LedgerRow, Outcome, Verdict
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.shopper import Shopper
from porchlight.domain.siblings import Sibling
from porchlight.domain.state import OrderState
from porchlight.domain.supply import Purchase

NEARBY = timedelta(days=60)
"""An order placed longer ago than this is not asked for news."""
MOST_ORDERS = 5
"""Orders of one shopper that are looked at, the newest: each is a read."""
STEP = timedelta(minutes=5)
"""Who joins waits so much longer than the last before it: long enough for that one's message to leave."""

_ALONE = Verdict(guard="digest", sentence="not kept for news of other orders")
_NOBODY = Verdict(guard="digest", sentence="no other order of this shopper is under way")


def digest(case: Case) -> Verdict:
    """News of one shopper's orders that comes up together makes one message."""
    if not is_kept(case.touchpoint):
        return _ALONE
    until = case.digest_until
    if until is None:
        others = case.siblings()
        if not others:
            return _NOBODY
        waiting = max((one.waits_until for one in others if one.waits_until), default=case.now)
        until = waiting + STEP if waiting > case.now else case.now + case.touchpoint.digest_window
    if until <= case.now:
        return Verdict(guard="digest", sentence="waited for news of other orders long enough", until=until)
    sentence = f"waits for news of this shopper's other orders until {until:%H:%M} UTC"
    return Verdict(guard="digest", outcome=Outcome.DELAY, sentence=sentence, until=until)


def is_kept(touchpoint: Touchpoint) -> bool:
    """It may wait for news of other orders: urgent news, offers, compared variants and questions travel alone."""
    fit = touchpoint.audience is Audience.SHOPPER and touchpoint.purpose is Purpose.SERVICE
    asks = (touchpoint.template or touchpoint.id) == survey.TEMPLATE
    alone = touchpoint.is_urgent or touchpoint.experiment.variants or asks
    return bool(touchpoint.digest_window) and fit and not alone


def digest_until(held: Decision | None) -> datetime | None:
    """Until when it waits, or waited, for news of other orders; `None` when it never did."""
    ends = (one.until for one in held.verdicts if one.guard == digest.__name__) if held else iter(())
    return next((until for until in ends if until), None)


def orders_beside(order_id: str, shopper: Shopper, now: datetime) -> list[str]:
    """The shopper's other orders that may have news, the newest first."""
    recent = [one for one in shopper.bought if one.order_id != order_id and one.at > now - NEARBY]
    return [one.order_id for one in sorted(recent, key=_placed, reverse=True)[:MOST_ORDERS]]


def _placed(purchase: Purchase) -> tuple[datetime, str]:
    return purchase.at, purchase.order_id


def sibling_of(state: OrderState, ledger: Mapping[str, LedgerRow], now: datetime) -> Sibling | None:
    """What another order may have to say; `None` when everything of it has arrived or it was called off."""
    waits = [one.decision.until for one in ledger.values() if waits_for_others(one.decision) and one.decision.until]
    waits_until = max((one for one in waits if one > now), default=None)
    return Sibling(waits_until) if waits_until or is_under_way(state) else None


def is_under_way(state: OrderState) -> bool:
    """Something of it has still to be packed or to arrive."""
    if state.order is None or state.cancelled:
        return False
    return not state.fully_packed or any(parcel.is_open for parcel in state.parcels)


_FOR_OTHERS = frozenset({digest.__name__, merge_window.__name__})


def waits_for_others(decision: Decision) -> bool:
    """It waits for news of other orders, and perhaps of other parcels, and nothing else is against it."""
    against = {one.guard for one in decision.verdicts if one.outcome}
    return decision.outcome is Outcome.DELAY and digest.__name__ in against and against <= _FOR_OTHERS
