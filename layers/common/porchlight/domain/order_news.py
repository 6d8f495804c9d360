"""What the store's own news names, beyond parcels: money, lines that came and went, a hold, what runs out."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from porchlight.domain.fulfilments import HoldReason
from porchlight.domain.journeys import Trigger
from porchlight.domain.ledger import Decision
from porchlight.domain.model import Value
from porchlight.domain.orders import Item
from porchlight.domain.plain import NAME, plain_line
from porchlight.domain.state import OrderState
from porchlight.domain.told_items import packed, shown
from porchlight.domain.view import ItemView, item_view

MAX_REFUNDS = 5
_AMOUNT = re.compile(r"\d{1,12}(?:\.\d{1,4})?")
_CURRENCY = re.compile(r"[A-Z]{3}")


class Money(Value):
    """An amount as the store wrote it: decimal text and an ISO 4217 code."""

    amount: str
    currency: str


class StormNews(Value):
    """An incident as a message names it; `day` is since when its parcels stand still."""

    carrier: str
    country: str
    still: int
    parcels: int
    day: date


class OrderNews(Value):
    """What a message names of the order itself; all empty where the news is about parcels alone.

    Attributes:
        refunds: What went back, where the store says how much.
        refunded: Lines it went back for.
        added: Lines that an edit brought; `removed` those it took away.
        held_for: Why the order is not packed for now.
        runs_out: Lines that may soon be used up.
        storm: What holds up its parcel, and many others.
    """

    refunds: tuple[Money, ...] = ()
    refunded: tuple[ItemView, ...] = ()
    added: tuple[ItemView, ...] = ()
    removed: tuple[ItemView, ...] = ()
    held_for: HoldReason | None = None
    runs_out: tuple[ItemView, ...] = ()
    storm: StormNews | None = None


def order_news(state: OrderState, lead: Decision, told: Sequence[Decision], lines: dict[str, Item]) -> OrderNews:
    """What the occurrences of `lead` and `told` name; a cancellation tells its refunds too. `lines` by line id."""
    keys = {one.occurrence for one in (lead, *told)}
    refunds = [one for one in state.refunds if _belongs(one.refund_id, keys, lead)]
    edits = [one for one in state.edits if f"edit.{one.edit_id}" in keys]
    held = [one.reason for one in state.holds if f"hold.{one.hold_id}.{one.reason}" in keys]
    low = [item for item in lines.values() if f"replenish.{item.line_id}" in keys]
    amounts = [Money(amount=one.amount, currency=one.currency) for one in refunds if _is_told(one.amount, one.currency)]
    return OrderNews(
        refunds=tuple(amounts[:MAX_REFUNDS]),
        refunded=shown(packed([item for one in refunds for item in one.items], lines)),
        added=shown(packed([item for one in edits for item in one.added], lines)),
        removed=shown(packed([item for one in edits for item in one.removed], lines)),
        held_for=held[0] if held else None,
        runs_out=shown([item_view(item, item.quantity) for item in low]),
        storm=_storm(lead.facts) if lead.trigger == Trigger.STORM else None,
    )


def _storm(facts: Mapping[str, str]) -> StormNews:
    """As it was decided: what is known by now may be less."""
    return StormNews(
        carrier=plain_line(facts["carrier"], NAME),
        country=facts["country"],
        still=int(facts["still"]),
        parcels=int(facts["parcels"]),
        day=date.fromisoformat(facts["since"]),
    )


def _belongs(refund_id: str, keys: set[str], lead: Decision) -> bool:
    return f"refund.{refund_id}" in keys or lead.trigger == Trigger.ORDER_CANCELLED


def _is_told(amount: str, currency: str) -> bool:
    """An amount that can be read and is not nothing."""
    readable = _AMOUNT.fullmatch(amount) and _CURRENCY.fullmatch(currency)
    return bool(readable) and float(amount) > 0
