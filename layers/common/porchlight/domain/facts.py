"""Everything that was ever said about one order, as sets that only grow: the input of `fold`.

Adding is idempotent and commutative: any order, any repetition and any split into batches of the same statements gives
equal facts (invariant 2). Snapshots of a store and reports of a carrier are kept per subject and per source, the latest
by the speaker's own clock; scans are kept by their natural key.
"""

import hashlib
from base64 import b32encode
from collections.abc import Callable
from datetime import datetime
from typing import NewType, Self

from porchlight.domain.forgetting import shipment_without_people, tracking_without_people, update_without_people
from porchlight.domain.fulfilments import (
    Edit,
    FulfilmentEvent,
    FulfilmentSnapshot,
    HoldSnapshot,
    Refund,
    ReturnSnapshot,
)
from porchlight.domain.model import Value
from porchlight.domain.orders import OrderSnapshot
from porchlight.domain.shipment_facts import MAX_EVENTS_PER_SHIPMENT, USUAL_WEIGHT, WEIGHT, ShipmentFacts, doubt
from porchlight.domain.store_news import StoreUpdate
from porchlight.domain.tracking import TrackingUpdate

OrderId = NewType("OrderId", str)


def order_id_of(store: str, connection: str, vendor_order_id: str) -> OrderId:
    """Our key of an order: opaque, and the same however often the store tells us (26 lower-case characters)."""
    digest = hashlib.sha256("\x1f".join((store, connection, vendor_order_id)).encode()).digest()[:16]
    return OrderId(b32encode(digest).decode().rstrip("=").lower())


class Numbering(Value):
    """A fulfilment had this number.

    Attributes:
        named_at: Since when, as far as the store has told us.
    """

    tracking_number: str
    fulfilment_id: str
    named_at: datetime


class OrderFacts(Value):
    """What was said about one order.

    Attributes:
        order_id: Our key.
        store: Plug-in code of the store that owns the order; `connection` is the merchant's account there.
        order: `None` while only fulfilments have been heard of (F11).
        fulfilments: Latest of each, by id.
        fulfilment_events: Scans the store reported without naming the parcel.
        shipments: By tracking number, superseded and returned ones included.
        numbered: Every number that a fulfilment ever had, and since when.
        erased: Somebody asked for the personal data to be forgotten; no later word brings it back.
    """

    order_id: str
    store: str
    connection: str
    vendor_order_id: str
    order: OrderSnapshot | None = None
    fulfilments: tuple[FulfilmentSnapshot, ...] = ()
    fulfilment_events: tuple[FulfilmentEvent, ...] = ()
    shipments: tuple[ShipmentFacts, ...] = ()
    numbered: tuple[Numbering, ...] = ()
    refunds: tuple[Refund, ...] = ()
    returns: tuple[ReturnSnapshot, ...] = ()
    holds: tuple[HoldSnapshot, ...] = ()
    edits: tuple[Edit, ...] = ()
    erased: bool = False

    def with_store_update(self, update: StoreUpdate) -> "OrderFacts":
        """These facts and what the store says now."""
        update = update_without_people(update) if self.erased else update
        events = {(item.fulfilment_id, item.event.event_id): item for item in self.fulfilment_events}
        for item in update.events:
            key = (item.fulfilment_id, item.event.event_id)
            events[key] = min(events.get(key, item), item, key=lambda one: (doubt(one.event), _canonical(one)))
        return self.model_copy(
            update={
                "order": _later(self.order, update.order),
                "fulfilments": _by_id(
                    (*self.fulfilments, *update.fulfilments), lambda one: one.fulfilment_id, lambda one: one.updated_at
                ),
                "fulfilment_events": _most_telling(events),
                "numbered": _numbered(self.numbered, update.fulfilments),
                "refunds": _by_id(
                    (*self.refunds, *update.refunds), lambda one: one.refund_id, lambda one: one.refunded_at
                ),
                "returns": _by_id(
                    (*self.returns, *update.returns), lambda one: one.return_id, lambda one: one.updated_at
                ),
                "holds": _by_id((*self.holds, *update.holds), lambda it: it.hold_id, lambda it: it.updated_at),
                "edits": _by_id((*self.edits, *update.edits), lambda it: it.edit_id, lambda it: it.edited_at),
            }
        )

    def without_personal_data(self) -> Self:
        """These facts without who bought and who receives; no later word of the store brings them back."""
        said = StoreUpdate(
            source=self.store,
            vendor_order_id=self.vendor_order_id,
            topic="",
            order=self.order,
            fulfilments=self.fulfilments,
            events=self.fulfilment_events,
            returns=self.returns,
        )
        left = update_without_people(said)
        return self.model_copy(
            update={
                "erased": True,
                "order": left.order,
                "fulfilments": left.fulfilments,
                "fulfilment_events": left.events,
                "returns": left.returns,
                "shipments": tuple(map(shipment_without_people, self.shipments)),
            }
        )

    def with_tracking_update(self, update: TrackingUpdate) -> "OrderFacts":
        """These facts and what a carrier says now."""
        update = tracking_without_people(update) if self.erased else update
        number = update.tracking_number
        known = {shipment.tracking_number: shipment for shipment in self.shipments}
        known[number] = known.get(number, ShipmentFacts(tracking_number=number)).with_update(update)
        return self.model_copy(update={"shipments": tuple(known[key] for key in sorted(known))})


def _most_telling(events: dict[tuple[str, str], FulfilmentEvent]) -> tuple[FulfilmentEvent, ...]:
    def place(key: tuple[str, str]) -> tuple[int, float, tuple[str, str]]:
        event = events[key].event
        return WEIGHT.get(event.status, USUAL_WEIGHT), -event.occurred_at.timestamp(), key

    return tuple(events[key] for key in sorted(sorted(events, key=place)[:MAX_EVENTS_PER_SHIPMENT]))


def _later(mine: OrderSnapshot | None, theirs: OrderSnapshot | None) -> OrderSnapshot | None:
    stated = [snapshot for snapshot in (mine, theirs) if snapshot]
    return max(stated, key=lambda snapshot: (snapshot.updated_at, _canonical(snapshot)), default=None)


def _by_id[S: Value](
    snapshots: tuple[S, ...], name: Callable[[S], str], clock: Callable[[S], datetime]
) -> tuple[S, ...]:
    """The latest snapshot of each thing, by the store's own clock."""
    latest: dict[str, S] = {}
    for snapshot in snapshots:
        held = latest.setdefault(name(snapshot), snapshot)
        if held is not snapshot:
            latest[name(snapshot)] = max(held, snapshot, key=lambda one: (clock(one), _canonical(one)))
    return tuple(latest[key] for key in sorted(latest))


def _numbered(held: tuple[Numbering, ...], heard: tuple[FulfilmentSnapshot, ...]) -> tuple[Numbering, ...]:
    first = {(one.tracking_number, one.fulfilment_id): one for one in held}
    for one in heard:
        for parcel in one.parcels:
            key = parcel.tracking_number, one.fulfilment_id
            said = Numbering(tracking_number=key[0], fulfilment_id=key[1], named_at=one.updated_at)
            first[key] = min(first.get(key, said), said, key=lambda numbering: numbering.named_at)
    return tuple(first[key] for key in sorted(first))


def _canonical(value: Value) -> str:
    return value.model_dump_json()
