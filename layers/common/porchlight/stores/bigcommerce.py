"""BigCommerce: webhooks that only name an order or a shipment, and the order read through the V2 and V3 REST API.

Docs: https://docs.bigcommerce.com/docs/integrations/webhooks, /docs/rest-management/orders (order, products,
shippingaddresses, shipments, payment_actions/refunds). Standard Webhooks; the key is the client secret of the API
account that made the webhook, its text as it is. Times are RFC 2822 with an offset in V2, ISO 8601 in V3.

Quirks: V2 answers 204 without a body where there is nothing. A shipment has no time of change, so what is read counts
from when it was read; one that was deleted is told by the webhook alone. Merchants write several numbers into one
field, with a comma between. Nothing says when an order was cancelled, so its last change does. An incomplete order is
a checkout nobody finished. Archived is not cancelled. Money is in the currency the shopper paid in (`default_currency`;
`currency_code` is what prices were shown in); the shop's own amount is not told. There is no product image or link.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from pydantic import Field, RootModel

from porchlight.access import Keyed, base_url
from porchlight.domain.carrier_names import carrier_named
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Credentials, HttpRequest
from porchlight.domain.fulfilments import FulfilmentSnapshot, HoldReason, PackedItem, Refund
from porchlight.domain.orders import Destination, Item, OrderSnapshot, Person
from porchlight.domain.reading import read_json
from porchlight.domain.store_news import ChangedOrders, StoreNews, StoreUpdate
from porchlight.stores._mapping import hold, is_gift, parcels, shopper_and_recipient
from porchlight.stores._payload import (
    Body,
    CountryCode,
    Id,
    Instant,
    MailTime,
    MaybeMailTime,
    Money,
    Named,
    Payload,
    Text,
    amount,
)
from porchlight.stores._standard import StandardStore

CODE = "bigcommerce"
PAGE = 50
MOST = 250  # products, addresses and shipments in one answer
NOTHING = b"[]"

INCOMPLETE = 0
# by `status_id`: Pending, Awaiting Payment, Manual Verification Required; any other lets the order be packed
HELD = {1: HoldReason.AWAITING_PAYMENT, 7: HoldReason.AWAITING_PAYMENT, 12: HoldReason.OTHER}
CANCELLED = frozenset({5, 6})  # Cancelled, Declined
SEPARATORS = re.compile(r"[,;\r\n]+")


class _Named(Payload):
    id: Id
    order_id: Text = Field(default="", alias="orderId")


class _Delivery(Body):
    data: _Named
    created_at: Instant | None = None

    def updates(self, topic: str, received_at: datetime) -> list[StoreNews]:
        order = self.data.order_id if topic.startswith("store/shipment/") else self.data.id
        if not order:
            raise MalformedPayloadError(CODE, "data.orderId", "missing")
        bare = StoreUpdate(source=CODE, vendor_order_id=order, topic=topic)
        if topic != "store/shipment/deleted":
            return [bare]
        gone = self.created_at or received_at
        undone = FulfilmentSnapshot(fulfilment_id=self.data.id, updated_at=gone, created_at=gone, cancelled=True)
        return [bare.model_copy(update={"fulfilments": (undone,)}), bare]


class _Address(Named):
    email: Text = ""
    city: Text = ""
    state: Text = ""
    zip: Text = ""
    country_iso2: CountryCode = ""
    items_total: int = 0


class _Option(Payload):
    display_value: Text = ""


class _Product(Payload):
    id: Id
    product_id: Text = ""
    name: Text = ""
    sku: Text = ""
    type: Text = ""
    brand: Text = ""
    quantity: int = 1
    price_inc_tax: Money | None = None
    product_options: tuple[_Option, ...] = ()

    def item(self) -> Item:
        return Item(
            line_id=self.id,
            title=self.name,
            variant=", ".join(one.display_value for one in self.product_options if one.display_value),
            sku=self.sku,
            product_id="" if self.product_id == "0" else self.product_id,
            quantity=self.quantity,
            price=amount(self.price_inc_tax),
            tags=(self.brand,) if self.brand else (),
            ships=self.type == "physical",
        )


class _Packed(Payload):
    order_product_id: Id
    quantity: int = 1


class _Shipment(Payload):
    id: Id
    date_created: MailTime
    tracking_number: Text = ""
    shipping_provider: Text = ""
    shipping_provider_display_name: Text = ""
    tracking_carrier: Text = ""
    tracking_link: Text = ""
    generated_tracking_link: Text = ""
    items: tuple[_Packed, ...] = ()

    def snapshot(self, read_at: datetime) -> FulfilmentSnapshot:
        numbers = [number for number in SEPARATORS.split(self.tracking_number) if number.strip()]
        # a link belongs to the whole field
        urls = (self.tracking_link or self.generated_tracking_link,) if len(numbers) == 1 else ()
        return FulfilmentSnapshot(
            fulfilment_id=self.id,
            updated_at=read_at,
            created_at=self.date_created,
            parcels=parcels(self._carrier(), numbers, urls),
            items=tuple(PackedItem(line_id=one.order_product_id, quantity=one.quantity) for one in self.items),
        )

    def _carrier(self) -> str:
        words = (self.shipping_provider_display_name, self.tracking_carrier, self.shipping_provider)
        return next((one for one in words if carrier_named(one)), next(filter(None, words), ""))


class _RefundedItem(Payload):
    item_type: Text = ""
    item_id: Text = ""
    quantity: int = 0


class _Refund(Payload):
    id: Id
    created: Instant
    total_amount: Money | None = None
    items: tuple[_RefundedItem, ...] = ()

    def refund(self, currency: str) -> Refund:
        products = [one for one in self.items if one.item_type == "PRODUCT" and one.quantity]
        return Refund(
            refund_id=self.id,
            refunded_at=self.created,
            amount=amount(self.total_amount),
            currency=currency,
            items=tuple(PackedItem(line_id=one.item_id, quantity=one.quantity) for one in products),
        )


class _Refunds(Payload):
    data: tuple[_Refund, ...]


class _Head(Payload):
    """What the list of orders tells of one."""

    id: Id
    status_id: int
    date_created: MailTime
    date_modified: MaybeMailTime = None

    @property
    def changed_at(self) -> datetime:
        return self.date_modified or self.date_created


class _Order(_Head):
    customer_id: Text = ""
    customer_locale: Text = ""
    billing_address: _Address = _Address()
    default_currency_code: Text = ""
    total_inc_tax: Money | None = None
    is_email_opt_in: bool = False

    def snapshot(self, addresses: Sequence[_Address], products: Sequence[_Product]) -> OrderSnapshot:
        buyer = self.billing_address
        to = next((one for one in addresses if one.items_total), next(iter(addresses), buyer))
        contact = Person(email=buyer.email, phone=buyer.phone, locale=self.customer_locale.replace("_", "-"))
        shopper, recipient = shopper_and_recipient(contact, (buyer.person(),), to.person())
        return OrderSnapshot(
            vendor_order_id=self.id,
            number=self.id,
            updated_at=self.changed_at,
            placed_at=self.date_created,
            cancelled_at=self.changed_at if self.status_id in CANCELLED else None,
            shopper=shopper,
            recipient=recipient,
            destination=Destination(city=to.city, region=to.state, postal_code=to.zip, country=to.country_iso2),
            items=tuple(one.item() for one in products),
            currency=self.default_currency_code,
            total=amount(self.total_inc_tax),
            customer_id="" if self.customer_id == "0" else self.customer_id,
            marketing_consent=self.is_email_opt_in,
            gift=is_gift((buyer.person(),), to.person()),
        )


class BigCommerce(StandardStore, Keyed):
    """The plug-in."""

    credential_fields = ("store_hash", "access_token")
    budget = Budget(calls=150, seconds=30)

    def order_requests(
        self,
        vendor_order_id: str,
        credentials: Credentials,
        token: str,  # noqa: ARG002 the key goes with each call
    ) -> tuple[HttpRequest, ...]:
        """The order, its products, addresses, shipments and refunds."""
        order = f"orders/{quote(vendor_order_id, safe='')}"
        lists = [f"v2/{order}/{part}?limit={MOST}" for part in ("products", "shippingaddresses", "shipments")]
        return tuple(_get(part, credentials) for part in (f"v2/{order}", *lists, f"v3/{order}/payment_actions/refunds"))

    def parse_order(self, bodies: Sequence[bytes], *, received_at: datetime) -> list[StoreUpdate]:
        """Read them. Raises `MalformedPayloadError`."""
        head, *others = (*bodies, *[b""] * 5)[:5]
        products, addresses, shipments, refunds = (body.strip() or NOTHING for body in others)
        order = read_json(CODE, _Order, head)
        if order.status_id == INCOMPLETE:
            return []
        lines = read_json(CODE, RootModel[tuple[_Product, ...]], products).root
        to = read_json(CODE, RootModel[tuple[_Address, ...]], addresses).root
        packed = read_json(CODE, RootModel[tuple[_Shipment, ...]], shipments).root
        returned = read_json(CODE, _Refunds, refunds).data if refunds != NOTHING else ()
        update = StoreUpdate(
            source=CODE,
            vendor_order_id=order.id,
            topic="order",
            order=order.snapshot(to, lines),
            fulfilments=tuple(one.snapshot(received_at) for one in packed),
            refunds=tuple(one.refund(order.default_currency_code) for one in returned),
            holds=(hold(order.id, order.changed_at, HELD.get(order.status_id)),),
        )
        return [update]

    def changed_request(
        self,
        since: datetime,
        page: int,
        credentials: Credentials,
        token: str,  # noqa: ARG002 the key goes with each call
    ) -> HttpRequest:
        """One page, by the time of the change."""
        query = {"min_date_modified": since.astimezone(UTC).isoformat(timespec="seconds"), "sort": "date_modified:asc"}
        return _get(f"v2/orders?{urlencode({**query, 'limit': PAGE, 'page': page})}", credentials)

    def parse_changed(self, body: bytes, *, received_at: datetime) -> ChangedOrders:  # noqa: ARG002
        """Read one page; it only names the orders. Raises `MalformedPayloadError`."""
        orders = read_json(CODE, RootModel[tuple[_Head, ...]], body.strip() or NOTHING).root
        return ChangedOrders(
            updates=tuple(StoreUpdate(source=CODE, vendor_order_id=one.id, topic="changed") for one in orders),
            newest=max((one.changed_at for one in orders), default=None),
            more=len(orders) == PAGE,
        )


def _get(part: str, credentials: Credentials) -> HttpRequest:
    shop = f"stores/{quote(credentials['store_hash'], safe='')}"
    return HttpRequest(
        method="GET",
        url=f"{base_url(credentials, 'https://api.bigcommerce.com')}/{shop}/{part}",
        headers={"X-Auth-Token": credentials["access_token"], "Accept": "application/json"},
    )


TOPICS = {
    "order": ("created", "updated", "statusUpdated", "archived", "refund/created"),
    "shipment": ("created", "updated", "deleted"),
}
PLUGIN = BigCommerce(
    code=CODE,
    name="BigCommerce",
    topic_field="scope",
    bodies={f"store/{kind}/{one}": _Delivery for kind, events in TOPICS.items() for one in events},
)
