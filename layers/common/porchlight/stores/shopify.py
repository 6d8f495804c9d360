"""Shopify: webhooks about orders, fulfilments and fulfilment events, as the Admin REST shapes of 2022-07 to 2026-07.

Docs: https://shopify.dev/docs/apps/build/webhooks and https://shopify.dev/docs/api/admin-rest (order, fulfillment,
fulfillmentevent). Push only. The raw body is signed with the app's client secret; time, topic and delivery id are not.
After a rotation the old secret signs for up to an hour. Every time carries the shop's offset, so it is exact.

Quirks: ids are numbers beyond 2**53. Any field can be null. REST wraps the resource in an outer key (`order`,
`orders`), webhooks do not: both are read. Money is in the shop's currency, not the shopper's. `orders/edited` is
another resource and not read: each edit sends `orders/updated` too. `shipment_status` of a fulfilment repeats its
newest event without the time and is not read. There is no product image or link.
"""

from datetime import datetime

from pydantic import Field

from porchlight.domain import fulfilments, orders
from porchlight.domain.orders import Person
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.store_news import StoreUpdate
from porchlight.domain.times import EventTime, TimeQuality, exact, missing, plausible
from porchlight.domain.tracking import Estimate, EstimateSource, Place, tracking_event
from porchlight.stores._mapping import is_gift, parcels, shopper_and_recipient
from porchlight.stores._payload import CountryCode, Id, Instant, Named, Payload, PrintedTime, Resource, Resources, Text
from porchlight.stores._roles import Unread
from porchlight.stores._signed import SignedStore

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
NO_VARIANT = "Default Title"


class _Address(Named):
    city: Text = ""
    province: Text = ""
    province_code: Text = ""
    postal_code: Text = Field(default="", alias="zip")
    country_code: CountryCode = ""


class _Consent(Payload):
    state: Text = ""


class _Customer(Named):
    email: Text = ""
    email_marketing_consent: _Consent = _Consent()


class _Line(Payload):
    id: Id
    title: Text = ""
    variant_title: Text = ""
    sku: Text = ""
    quantity: int = 1
    requires_shipping: bool = True
    gift_card: bool = False

    def item(self) -> orders.Item:
        return orders.Item(
            line_id=self.id,
            title=self.title,
            variant="" if self.variant_title == NO_VARIANT else self.variant_title,
            sku=self.sku,
            quantity=self.quantity,
            ships=self.requires_shipping and not self.gift_card,
        )


class _Fulfilment(Payload):
    id: Id
    status: Text = ""
    created_at: Instant
    updated_at: Instant | None = None
    tracking_company: Text = ""
    tracking_number: Text = ""
    tracking_numbers: tuple[Text, ...] = ()
    tracking_url: Text = ""
    tracking_urls: tuple[Text, ...] = ()
    line_items: tuple[_Line, ...] = ()

    def snapshot(self) -> fulfilments.FulfilmentSnapshot:
        numbers = self.tracking_numbers or (self.tracking_number,)
        urls = self.tracking_urls or (self.tracking_url,)
        return fulfilments.FulfilmentSnapshot(
            fulfilment_id=self.id,
            updated_at=self.updated_at or self.created_at,
            created_at=self.created_at,
            cancelled=self.status in UNDONE,
            parcels=parcels(self.tracking_company, numbers, urls),
            items=tuple(fulfilments.PackedItem(line_id=line.id, quantity=line.quantity) for line in self.line_items),
        )


class _LoneFulfilment(_Fulfilment, Resource):
    order_id: Id

    def update(self, topic: str, _: datetime) -> StoreUpdate:
        return StoreUpdate(source=CODE, vendor_order_id=self.order_id, topic=topic, fulfilments=(self.snapshot(),))


class _Event(Resource):
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


class _Order(Resource):
    id: Id
    name: Text = ""
    created_at: Instant
    processed_at: Instant | None = None
    updated_at: Instant | None = None
    cancelled_at: Instant | None = None
    email: Text = ""
    phone: Text = ""
    customer_locale: Text = ""
    buyer_accepts_marketing: bool = False
    currency: Text = ""
    total_price: Text = ""
    test: bool = False
    tags: Text = ""
    customer: _Customer = _Customer()
    billing_address: _Address = _Address()
    shipping_address: _Address = _Address()
    line_items: tuple[_Line, ...] = ()
    fulfillments: tuple[_Fulfilment, ...] = ()

    def update(self, topic: str, _: datetime) -> StoreUpdate:
        order, packed = self._snapshot(), tuple(part.snapshot() for part in self.fulfillments)
        return StoreUpdate(source=CODE, vendor_order_id=self.id, topic=topic, order=order, fulfilments=packed)

    def _snapshot(self) -> orders.OrderSnapshot:
        buyers, receiver = (self.customer.person(), self.billing_address.person()), self.shipping_address.person()
        shopper, recipient = shopper_and_recipient(self._contact(), buyers, receiver)
        return orders.OrderSnapshot(
            vendor_order_id=self.id,
            number=self.name or self.id,
            updated_at=self.updated_at or self.created_at,
            placed_at=self.processed_at or self.created_at,
            cancelled_at=self.cancelled_at,
            shopper=shopper,
            recipient=recipient,
            destination=self._destination(),
            items=tuple(line.item() for line in self.line_items),
            currency=self.currency,
            total=self.total_price,
            marketing_consent=self._consents(),
            gift=is_gift(buyers, receiver),
            test=self.test,
            tags=tuple(tag.strip() for tag in self.tags.split(",") if tag.strip()),
        )

    def _contact(self) -> Person:
        return Person(
            email=self.email or self.customer.email,
            phone=self.phone or self.customer.phone or self.billing_address.phone,
            locale=self.customer_locale.replace("_", "-"),
        )

    def _destination(self) -> orders.Destination:
        to = self.shipping_address
        region = to.province_code or to.province
        return orders.Destination(city=to.city, region=region, postal_code=to.postal_code, country=to.country_code)

    def _consents(self) -> bool:
        # the customer's standing choice, where Shopify tells it, outlives the box ticked at this checkout
        standing = self.customer.email_marketing_consent.state
        return standing == "subscribed" if standing else self.buyer_accepts_marketing


class _Orders(Resources[_Order]):
    one, many = "order", "orders"


class _Fulfilments(Resources[_LoneFulfilment]):
    one, many = "fulfillment", "fulfillments"


class _Events(Resources[_Event]):
    one, many = "fulfillment_event", "fulfillment_events"


class Shopify(SignedStore, Unread):
    """The plug-in."""


PLUGIN = Shopify(
    code=CODE,
    name="Shopify",
    signature_header="x-shopify-hmac-sha256",
    delivery_header="x-shopify-webhook-id",
    topic_header="x-shopify-topic",
    bodies={
        "orders/create": _Orders,
        "orders/updated": _Orders,
        "orders/cancelled": _Orders,
        "orders/paid": _Orders,
        "orders/fulfilled": _Orders,
        "orders/partially_fulfilled": _Orders,
        "fulfillments/create": _Fulfilments,
        "fulfillments/update": _Fulfilments,
        "fulfillment_events/create": _Events,
    },
)
