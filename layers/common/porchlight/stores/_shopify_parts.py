"""Packings, scans, refunds and edits as Shopify writes them in webhooks and REST answers; `shopify.py` has the docs."""

from datetime import datetime
from decimal import Decimal

from pydantic import Field

from porchlight.domain import fulfilments
from porchlight.domain.fulfilments import PackedItem
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.store_news import StoreUpdate
from porchlight.domain.times import EventTime, TimeQuality, exact, missing, plausible
from porchlight.domain.tracking import Estimate, EstimateSource, Place, tracking_event
from porchlight.stores._mapping import parcels
from porchlight.stores._payload import CountryCode, Id, Instant, Payload, PrintedTime, Resource, Text

CODE = "shopify"

STATUS_OF = {
    "confirmed": (Status.PRE_TRANSIT, SubStatus.NONE),  # also the default when nothing else is known
    "label_purchased": (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED),
    "label_printed": (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED),
    "carrier_picked_up": (Status.IN_TRANSIT, SubStatus.ACCEPTED),
    "in_transit": (Status.IN_TRANSIT, SubStatus.NONE),
    "delayed": (Status.EXCEPTION, SubStatus.DELAYED),
    "out_for_delivery": (Status.OUT_FOR_DELIVERY, SubStatus.NONE),
    "attempted_delivery": (Status.DELIVERY_ATTEMPTED, SubStatus.NONE),
    "ready_for_pickup": (Status.AVAILABLE_FOR_PICKUP, SubStatus.NONE),
    "ready_for_recipient_pickup": (Status.AVAILABLE_FOR_PICKUP, SubStatus.NONE),
    "picked_up": (Status.DELIVERED, SubStatus.COLLECTED),  # by the shopper; the courier's is `carrier_picked_up`
    "delivered": (Status.DELIVERED, SubStatus.NONE),
    "buyer_action_required": (Status.EXCEPTION, SubStatus.HELD),
    "returning_to_sender": (Status.RETURN_TO_SENDER, SubStatus.NONE),
    "failure": (Status.EXCEPTION, SubStatus.NONE),
}
UNDONE = frozenset({"cancelled", "error", "failure"})


class PackedLine(Payload):
    """A line of a packing."""

    id: Id
    quantity: int = 1


class Fulfilment(Payload):
    """A packing, inside its order."""

    id: Id
    status: Text = ""
    created_at: Instant
    updated_at: Instant | None = None
    tracking_company: Text = ""
    tracking_number: Text = ""
    tracking_numbers: tuple[Text, ...] = ()
    tracking_url: Text = ""
    tracking_urls: tuple[Text, ...] = ()
    line_items: tuple[PackedLine, ...] = ()

    @property
    def is_undone(self) -> bool:
        """Its parcels and items no longer count."""
        return self.status in UNDONE

    def snapshot(self) -> fulfilments.FulfilmentSnapshot:
        numbers = self.tracking_numbers or (self.tracking_number,)
        urls = self.tracking_urls or (self.tracking_url,)
        return fulfilments.FulfilmentSnapshot(
            fulfilment_id=self.id,
            updated_at=self.updated_at or self.created_at,
            created_at=self.created_at,
            cancelled=self.is_undone,
            parcels=parcels(self.tracking_company, numbers, urls),
            items=tuple(PackedItem(line_id=line.id, quantity=line.quantity) for line in self.line_items),
        )


class LoneFulfilment(Fulfilment, Resource):
    """A packing that names its order."""

    order_id: Id

    def update(self, topic: str, _: datetime) -> StoreUpdate:
        return StoreUpdate(source=CODE, vendor_order_id=self.order_id, topic=topic, fulfilments=(self.snapshot(),))


class Event(Resource):
    """A scan."""

    order_id: Id
    fulfillment_id: Id
    status: Text = ""
    message: Text = ""
    happened_at: PrintedTime | None = None
    created_at: PrintedTime | None = None
    estimated_delivery_at: PrintedTime | None = None
    city: Text = ""
    province: Text = ""
    postal_code: Text = Field(default="", alias="zip")
    country: CountryCode = ""

    def update(self, topic: str, received_at: datetime) -> StoreUpdate:
        status, sub_status = STATUS_OF.get(self.status.lower(), (Status.UNKNOWN, SubStatus.NONE))
        place = Place(city=self.city, region=self.province, postal_code=self.postal_code, country=self.country)
        scan = tracking_event(
            CODE,
            self._when(received_at),
            status=status,
            sub_status=sub_status,
            code=self.status,
            description=self.message,
            place=place,
        )
        due = self.estimated_delivery_at
        # its time of day is in the shop's zone, not at the door: only the date is worth anything
        estimate = Estimate(day=due.date(), source=EstimateSource.STORE) if due else None
        event = fulfilments.FulfilmentEvent(fulfilment_id=self.fulfillment_id, event=scan, estimate=estimate)
        return StoreUpdate(source=CODE, vendor_order_id=self.order_id, topic=topic, events=(event,))

    def _when(self, received_at: datetime) -> EventTime:
        heard = self.happened_at or self.created_at
        if not heard:
            return missing(received_at)
        when = plausible(exact(heard), received_at)
        return when if self.happened_at else EventTime(when.occurred_at, when.local_time, TimeQuality.CLAMPED)


class _RefundedLine(Payload):
    line_item_id: Id
    quantity: int = 1


class _Transaction(Payload):
    kind: Text = ""
    status: Text = ""
    amount: Decimal = Field(default=Decimal(0), allow_inf_nan=False, max_digits=30)
    currency: Text = ""


class Refund(Payload):
    """Money that went back, inside its order; what a gateway refused or has not done yet did not go."""

    id: Id
    created_at: Instant
    processed_at: Instant | None = None
    refund_line_items: tuple[_RefundedLine, ...] = ()
    transactions: tuple[_Transaction, ...] = ()

    def refund(self) -> fulfilments.Refund:
        paid = [one for one in self.transactions if one.kind == "refund" and one.status == "success"]
        return fulfilments.Refund(
            refund_id=self.id,
            refunded_at=self.processed_at or self.created_at,
            amount=f"{sum(one.amount for one in paid):f}" if paid else "",
            currency=next((one.currency for one in paid), ""),
            items=tuple(PackedItem(line_id=one.line_item_id, quantity=one.quantity) for one in self.refund_line_items),
        )


class LoneRefund(Refund, Resource):
    """A refund that names its order."""

    order_id: Id

    def update(self, topic: str, _: datetime) -> StoreUpdate:
        return StoreUpdate(source=CODE, vendor_order_id=self.order_id, topic=topic, refunds=(self.refund(),))


class _Delta(Payload):
    id: Id
    delta: int = 1

    def item(self) -> PackedItem:
        return PackedItem(line_id=self.id, quantity=abs(self.delta))


class _Deltas(Payload):
    additions: tuple[_Delta, ...] = ()
    removals: tuple[_Delta, ...] = ()


class OrderEdit(Resource):
    """Lines that came or went; the order as it is now comes by `orders/updated`."""

    id: Id
    order_id: Id
    created_at: Instant
    committed_at: Instant | None = None
    line_items: _Deltas = _Deltas()

    def update(self, topic: str, _: datetime) -> StoreUpdate:
        edit = fulfilments.Edit(
            edit_id=self.id,
            edited_at=self.committed_at or self.created_at,
            added=tuple(one.item() for one in self.line_items.additions),
            removed=tuple(one.item() for one in self.line_items.removals),
        )
        return StoreUpdate(source=CODE, vendor_order_id=self.order_id, topic=topic, edits=(edit,))
