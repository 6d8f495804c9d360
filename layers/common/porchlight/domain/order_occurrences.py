"""What has happened to an order as a whole, before it leaves, while its parcels arrive, and after."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from porchlight.domain.journeys import Touchpoint, Trigger
from porchlight.domain.occurrence import Finder, Occurrence, about
from porchlight.domain.state import OrderState
from porchlight.domain.status import Status
from porchlight.domain.supply import usual_span

WITH_CANCELLATION = timedelta(hours=1)
"""A store that cancels an order refunds it in the same breath."""


def _order_placed(_: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:
    if state.order and state.order.placed_at <= now:
        facts = {"order": state.order.number, "items": str(len(state.order.items))}
        yield Occurrence("order", state.order.placed_at, None, facts)


def _first_movement(_: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:
    for parcel in state.parcels:
        if parcel.moving_since:
            yield about(parcel, parcel.tracking_number, parcel.moving_since)
    for fulfilment in state.untracked:
        if fulfilment.created_at <= now:
            facts = {"parcel": "without tracking number"}
            yield Occurrence(f"untracked.{fulfilment.fulfilment_id}", fulfilment.created_at, None, facts)


def _order_edited(_: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:
    for edit in state.edits:
        if edit.edited_at <= now:
            changed = {"added": str(len(edit.added)), "removed": str(len(edit.removed))}
            yield Occurrence(f"edit.{edit.edit_id}", edit.edited_at, None, changed)


def _order_held(touchpoint: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:
    """A part of the order waits at the merchant's: out of stock, unpaid, scheduled."""
    wanted = touchpoint.hold_reasons
    for hold in state.holds:
        if hold.updated_at <= now and (not wanted or hold.reason in wanted):
            yield Occurrence(f"hold.{hold.hold_id}.{hold.reason}", hold.updated_at, None, {"reason": hold.reason.value})


def _order_cancelled(_: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:
    order = state.order
    if order and order.cancelled_at and order.cancelled_at <= now:
        yield Occurrence("cancelled", order.cancelled_at, None, {"order": order.number})


def _refunded(_: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:
    """Each refund once; one that comes with a cancellation is told by the cancellation's own message."""
    cancelled_at = state.order.cancelled_at if state.order else None
    for refund in state.refunds:
        comes_with_it = cancelled_at is not None and abs(refund.refunded_at - cancelled_at) <= WITH_CANCELLATION
        if refund.refunded_at <= now and not comes_with_it:
            yield Occurrence(f"refund.{refund.refund_id}", refund.refunded_at, None, {"items": str(len(refund.items))})


def _not_packed(_: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:
    """From the moment it was placed, for as long as something that ships is in no parcel; a wait makes it a delay."""
    order = state.order
    waits = order is not None and any(item.ships for item in order.items) and not state.fully_packed
    if order and waits and not state.cancelled and order.placed_at <= now:
        yield Occurrence("not_packed", order.placed_at, None, {"parcels": str(len(state.parcels))})


def _split(_: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:
    """The second parcel shows that the order comes in several; once, however many follow."""
    packed = sorted(parcel.packed_at for parcel in state.parcels if parcel.packed_at)
    if len(packed) > 1 and packed[1] <= now:
        yield Occurrence("split", packed[1], None, {"parcels": str(len(packed))})


def _part_arrived(_: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:
    """A parcel has arrived and others are still to come."""
    if state.all_delivered or (len(state.parcels) < 2 and state.fully_packed):  # noqa: PLR2004 one is no part
        return
    for parcel in state.parcels:
        if parcel.status is Status.DELIVERED and parcel.since and parcel.since <= now:
            counts = {"arrived": str(state.count(Status.DELIVERED)), "of": str(len(state.parcels))}
            yield about(parcel, parcel.tracking_number, parcel.since, **counts)


def _all_arrived(_: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:
    """Nothing is missing any more; counted from the last parcel."""
    arrived = [parcel.since for parcel in state.parcels if parcel.since]
    if state.all_delivered and arrived and max(arrived) <= now:
        yield Occurrence("all_arrived", max(arrived), None, {"parcels": str(len(state.parcels))})


def _replenish(touchpoint: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:
    """Each product whose supply is known to run low, from when it arrived: `supply_guards` say when it does."""
    arrived = [parcel.since for parcel in state.parcels if parcel.since and parcel.status is Status.DELIVERED]
    if not (state.order and state.all_delivered and arrived):
        return
    for item in state.order.items:
        if usual_span(touchpoint.lasts, item) and max(arrived) <= now:
            yield Occurrence(f"replenish.{item.line_id}", max(arrived), None, {"sku": item.sku})


ORDER_FINDERS: dict[Trigger, Finder] = {
    Trigger.ORDER_PLACED: _order_placed,
    Trigger.ORDER_EDITED: _order_edited,
    Trigger.ORDER_HELD: _order_held,
    Trigger.ORDER_CANCELLED: _order_cancelled,
    Trigger.REFUNDED: _refunded,
    Trigger.NOT_PACKED: _not_packed,
    Trigger.FIRST_MOVEMENT: _first_movement,
    Trigger.SPLIT: _split,
    Trigger.PART_ARRIVED: _part_arrived,
    Trigger.ALL_ARRIVED: _all_arrived,
    Trigger.REPLENISH: _replenish,
}
