"""WooCommerce: webhooks about orders, and orders read through the REST API `wc/v3` with a consumer key.

Docs: https://developer.woocommerce.com/docs/apis/rest-api/v3/orders/ (also order-refunds, order-fulfillments,
webhooks). The raw body is signed, base64 HMAC-SHA256 with the webhook's secret; time, topic and delivery id are not. A
webhook carries the whole order as its API version writes it: v2 and v3 are read. v1 is not, its times have no zone;
nor is the legacy API, which WooCommerce 9 removed.

Times: the `_gmt` fields, UTC without an offset. Nothing says when an order was cancelled, so its last change does.

Quirks: the first delivery of a new webhook is an unsigned form, and refused. A deleted order is only named, so it is
read: in the bin it counts as cancelled. `price` is a number with all its digits; it is rounded as the order's total is.
Lines do not say whether they ship: without a way of shipping (pickup is none) and without a parcel nothing does. Money
is in the order's currency, the shop's own is not told. A draft is no order yet.

Tracking numbers are not part of WooCommerce itself. Read are the metadata of Shipment Tracking and of AST
(`_wc_shipment_tracking_items`), which hold all numbers at once: they make one packing, so that a number taken away is
gone; only where AST names the products of a number, that one is its own. They name a day, not a time. Fulfillments of
WooCommerce 10 are no part of the order: one that has them is named once more, to be read, with the credential
`fulfillments` set to `on`. An order that is completed without any number left untracked. A language comes from WPML,
Polylang or TranslatePress, consent to mail from Mailchimp.
"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import quote, urlencode

from pydantic import AliasChoices, BeforeValidator, Field, RootModel

from porchlight.access import Keyed, base_url
from porchlight.domain.exchange import Budget, Credentials, HttpRequest
from porchlight.domain.fulfilments import FulfilmentSnapshot, HoldReason, PackedItem
from porchlight.domain.orders import Destination, Item, OrderSnapshot, Person
from porchlight.domain.reading import read_json
from porchlight.domain.store_news import ChangedOrders, StoreNews, StoreUpdate
from porchlight.stores._mapping import hold, is_gift, shopper_and_recipient
from porchlight.stores._payload import CountryCode, Gmt, Id, Money, Named, Payload, Resource, Resources, Text
from porchlight.stores._signed import SignedStore
from porchlight.stores._woocommerce_parts import FulfilmentPart, RefundPart, Tracked, WithMeta, listed, packings

CODE = "woocommerce"
PAGE = 50

HELD = {  # any other status lets the order be packed
    "pending": HoldReason.AWAITING_PAYMENT,
    "on-hold": HoldReason.AWAITING_PAYMENT,
    "failed": HoldReason.AWAITING_PAYMENT,
}
CANCELLED = frozenset({"cancelled", "trash"})
COMPLETED = "completed"
PICKUP = frozenset({"local_pickup", "pickup_location"})
DRAFTS = frozenset({"checkout-draft", "auto-draft", "draft"})


class _Address(Named):
    email: Text = ""
    city: Text = ""
    state: Text = ""
    postcode: Text = ""
    country: CountryCode = ""


class _Image(Payload):
    src: Text = ""


class _Attribute(Payload):
    key: Text = ""
    display_value: object = ""


class _Line(Payload):
    id: Id
    name: Text = ""
    parent_name: Text = ""
    product_id: Text = ""
    sku: Text = ""
    quantity: int = 1
    price: Money | None = None
    image: _Image = _Image()
    meta_data: tuple[_Attribute, ...] = ()

    def item(self, decimals: int, *, ships: bool) -> Item:
        chosen = [one.display_value for one in self.meta_data if one.key and not one.key.startswith("_")]
        variant = ", ".join(value for value in chosen if isinstance(value, str)) if self.parent_name else ""
        return Item(
            line_id=self.id,
            title=self.parent_name or self.name,
            variant=variant,
            sku=self.sku,
            product_id=self.product_id,
            quantity=self.quantity,
            price=f"{self.price:.{decimals}f}" if self.price is not None else "",
            image_url=self.image.src,
            ships=ships,
        )


class _Way(Payload):
    method_id: Text = ""


class _Order(WithMeta, Resource):
    id: Id
    number: Text = ""
    status: Id
    date_created_gmt: Gmt
    date_modified_gmt: Gmt | None = None
    date_paid_gmt: Gmt | None = None
    date_completed_gmt: Gmt | None = None
    customer_id: Text = ""
    billing: _Address = _Address()
    shipping: _Address = _Address()
    currency: Text = ""
    total: Text = ""
    line_items: tuple[_Line, ...] = ()
    shipping_lines: tuple[_Way, ...] = ()
    refunds: tuple[RefundPart, ...] = ()
    language: Text = Field(default="", validation_alias=AliasChoices("wpml_language", "lang", "trp_language"))
    subscribed: Text = Field(default="", alias="mailchimp_woocommerce_is_subscribed")
    fulfillment_status: Text = Field(default="no_fulfillments", alias="_fulfillment_status")
    tracked: Annotated[tuple[Tracked, ...] | None, BeforeValidator(listed)] = Field(
        default=None, alias="_wc_shipment_tracking_items"
    )

    @property
    def changed_at(self) -> datetime:
        return self.date_modified_gmt or self.date_created_gmt

    @property
    def has_fulfilments(self) -> bool:
        return self.fulfillment_status != "no_fulfillments"

    def news(self, topic: str) -> list[StoreUpdate]:
        if self.status in DRAFTS:
            return []
        bare = StoreUpdate(source=CODE, vendor_order_id=self.id, topic=topic)
        return [self.update(topic, self.changed_at), *([bare] if self.has_fulfilments else [])]

    def update(self, topic: str, _: datetime) -> StoreUpdate:
        reason = HELD.get(self.status)
        if reason and self.date_paid_gmt:
            reason = HoldReason.OTHER
        return StoreUpdate(
            source=CODE,
            vendor_order_id=self.id,
            topic=topic,
            order=self._snapshot(),
            fulfilments=() if self.has_fulfilments else self._packings(),
            refunds=tuple(one.refund(self.currency, self.changed_at) for one in self.refunds),
            holds=(hold(self.id, self.changed_at, reason),),
        )

    def _snapshot(self) -> OrderSnapshot:
        buyers, receiver, to = (self.billing.person(),), self.shipping.person(), self.shipping
        shopper, recipient = shopper_and_recipient(self._contact(), buyers, receiver)
        to = to if to.country else self.billing
        return OrderSnapshot(
            vendor_order_id=self.id,
            number=self.number or self.id,
            updated_at=self.changed_at,
            placed_at=self.date_created_gmt,
            cancelled_at=self.changed_at if self.status in CANCELLED else None,
            shopper=shopper,
            recipient=recipient,
            destination=Destination(city=to.city, region=to.state, postal_code=to.postcode, country=to.country),
            items=tuple(self._items()),
            currency=self.currency,
            total=self.total,
            customer_id="" if self.customer_id == "0" else self.customer_id,
            marketing_consent=self.subscribed == "1",
            gift=is_gift(buyers, receiver),
        )

    def _contact(self) -> Person:
        return Person(email=self.billing.email, phone=self.billing.phone, locale=self.language.replace("_", "-"))

    def _items(self) -> list[Item]:
        decimals = len(self.total.partition(".")[2])
        carried = [way for way in self.shipping_lines if way.method_id not in PICKUP]
        ships = bool(carried or self.tracked or self.has_fulfilments)
        return [line.item(min(decimals, 6), ships=ships) for line in self.line_items]

    def _packings(self) -> tuple[FulfilmentSnapshot, ...]:
        if self.tracked is None and not self.date_completed_gmt:
            return ()
        shipping = [PackedItem(line_id=item.line_id, quantity=item.quantity) for item in self._items() if item.ships]
        sent = shipping if self.status == COMPLETED else []
        return packings(self.tracked or (), sent, self.date_completed_gmt, self.changed_at)


class _Orders(Resources[_Order]):
    one, many = "order", "orders"

    def updates(self, topic: str, _: datetime) -> list[StoreNews]:
        return [update for order in self.body for update in order.news(topic)]


class _Deleted(Resource):
    id: Id

    def update(self, topic: str, _: datetime) -> StoreUpdate:
        return StoreUpdate(source=CODE, vendor_order_id=self.id, topic=topic)


class _Deletions(Resources[_Deleted]):
    one, many = "order", "orders"


class WooCommerce(SignedStore, Keyed):
    """The plug-in."""

    credential_fields = ("shop", "consumer_key", "consumer_secret")
    budget = Budget(calls=60, seconds=60)  # none is documented; the shop's own server answers

    def order_requests(
        self,
        vendor_order_id: str,
        credentials: Credentials,
        token: str,  # noqa: ARG002 the key goes with each call
    ) -> tuple[HttpRequest, ...]:
        """The order, its refunds and, where the shop uses them, its fulfillments."""
        order = f"orders/{quote(vendor_order_id, safe='')}"
        parts = [order, f"{order}/refunds?per_page=100"]
        if credentials.get("fulfillments"):
            parts.append(f"{order}/fulfillments")
        return tuple(_get(part, credentials) for part in parts)

    def parse_order(self, bodies: Sequence[bytes], *, received_at: datetime) -> list[StoreUpdate]:
        """Read them; what is not there says nothing. Raises `MalformedPayloadError`."""
        first, *others = bodies or [b""]
        order = read_json(CODE, _Order, first)
        if order.status in DRAFTS:
            return []
        update, (refunds, fulfilments) = order.update("order", received_at), (*others, b"", b"")[:2]
        if refunds:
            told = read_json(CODE, RootModel[tuple[RefundPart, ...]], refunds).root
            update = update.model_copy(
                update={"refunds": tuple(one.refund(order.currency, order.changed_at) for one in told)}
            )
        if fulfilments:
            packed = tuple(
                one.snapshot() for one in read_json(CODE, RootModel[tuple[FulfilmentPart, ...]], fulfilments).root
            )
            update = update.model_copy(update={"fulfilments": (*update.fulfilments, *packed)})
        return [update]

    def changed_request(
        self,
        since: datetime,
        page: int,
        credentials: Credentials,
        token: str,  # noqa: ARG002 the key goes with each call
    ) -> HttpRequest:
        """One page, by the time of the change; one second earlier, because the limit itself is left out."""
        query = {
            "modified_after": f"{(since - timedelta(seconds=1)).astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
            "dates_are_gmt": "true",
            "orderby": "modified",
            "order": "asc",
            "per_page": PAGE,
            "page": page,
        }
        return _get(f"orders?{urlencode(query)}", credentials)

    def parse_changed(self, body: bytes, *, received_at: datetime) -> ChangedOrders:  # noqa: ARG002
        """Read one page; orders with fulfillments are only named. Raises `MalformedPayloadError`."""
        orders = read_json(CODE, RootModel[tuple[_Order, ...]], body).root
        return ChangedOrders(
            updates=tuple(news[-1] for news in (order.news("changed") for order in orders) if news),
            newest=max((order.changed_at for order in orders), default=None),
            more=len(orders) == PAGE,
        )


def _get(part: str, credentials: Credentials) -> HttpRequest:
    shop = credentials["shop"].removeprefix("https://").strip("/")
    key = b64encode(f"{credentials['consumer_key']}:{credentials['consumer_secret']}".encode()).decode()
    return HttpRequest(
        method="GET",
        url=f"{base_url(credentials, f'https://{shop}')}/wp-json/wc/v3/{part}",
        headers={"Authorization": f"Basic {key}", "Accept": "application/json"},
    )


PLUGIN = WooCommerce(
    code=CODE,
    name="WooCommerce",
    signature_header="x-wc-webhook-signature",
    delivery_header="x-wc-webhook-delivery-id",
    topic_header="x-wc-webhook-topic",
    bodies={
        "order.created": _Orders,
        "order.updated": _Orders,
        "order.restored": _Orders,
        "order.deleted": _Deletions,
    },
)
