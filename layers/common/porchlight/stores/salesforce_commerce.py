"""Salesforce B2C Commerce (Demandware): orders found and read by the order search of the Open Commerce Shop API.

Docs: https://developer.salesforce.com/docs/commerce/b2c-commerce/references/ocapi-shop-api (order_search, the order
document), https://developer.salesforce.com/docs/commerce/b2c-commerce/guide/b2c-api-client-in-account-manager.html
(client credentials). The search answers one page of whole orders; limits of calls are not documented as numbers.

Push: B2C Commerce has no webhooks. A shop may have a hook or a job of its own name the order that changed, in the form
that docs/stores.md shows: `{"order_no": …}`, signed by base64 HMAC-SHA256 of the raw body under a shared secret in
`x-porchlight-signature`. The signature tells no time and the body no more than a number: the order is read. Without it
changed orders are found by reading alone. Platform events of Salesforce Order Management are another product.

Times: ISO 8601 in UTC. A shipment tells none, so the order's last change counts, for a cancellation too.

Quirks: an order in `created` waits for its payment and one that `failed` never got it: neither is told. One that was
`replaced` lives on under another number: it stands, without items. Each line belongs to one shipment; shipments may go
to several addresses, of which the first counts. Several numbers of one shipment stand in one field. Money is in the
currency the shopper paid in. There is no carrier, picture, link, language, consent, refund or return.
"""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import ROUND_CEILING, Decimal
from typing import Annotated
from urllib.parse import quote

from pydantic import Field

from porchlight.access import OAuth, base_url, basic_request
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Credentials, HttpRequest
from porchlight.domain.fulfilments import FulfilmentSnapshot, HoldReason, PackedItem
from porchlight.domain.orders import Destination, Item, OrderSnapshot, Person
from porchlight.domain.reading import read_json
from porchlight.domain.store_news import ChangedOrders, StoreUpdate
from porchlight.stores._mapping import hold, is_gift, parcels, shopper_and_recipient
from porchlight.stores._payload import CountryCode, Id, Instant, Money, Payload, Resource, Resources, Text, amount
from porchlight.stores._signed import SignedStore

CODE = "salesforce_commerce"
VERSION = "v24_5"
ACCOUNT_MANAGER = "https://account.demandware.com"
PAGE = 50

UNTOLD = frozenset({"created", "failed"})
CANCELLED, REPLACED = "cancelled", "replaced"
NOT_CONFIRMED = "not_confirmed"
SHIPPED = "shipped"
BETWEEN_NUMBERS = re.compile(r"[,;|\n]")

type Quantity = Annotated[Decimal, Field(allow_inf_nan=False, max_digits=16, ge=0)]


class _Address(Payload):
    first_name: Text = ""
    last_name: Text = ""
    full_name: Text = ""
    phone: Text = ""
    city: Text = ""
    state_code: Text = ""
    postal_code: Text = ""
    country_code: CountryCode = ""

    def person(self) -> Person:
        first = self.first_name or ("" if self.last_name else self.full_name)
        return Person(first_name=first, last_name=self.last_name, phone=self.phone)

    def destination(self) -> Destination:
        return Destination(
            city=self.city, region=self.state_code, postal_code=self.postal_code, country=self.country_code
        )


class _Buyer(Payload):
    customer_no: Text = ""
    customer_name: Text = ""
    email: Text = ""


class _Line(Payload):
    item_id: Id
    product_id: Text = ""
    product_name: Text = ""
    item_text: Text = ""
    quantity: Quantity = Decimal(1)
    base_price: Money | None = None
    shipment_id: Text = ""

    @property
    def pieces(self) -> int:
        """A started piece is one."""
        return int(self.quantity.to_integral_value(ROUND_CEILING))

    def item(self) -> Item:
        return Item(
            line_id=self.item_id,
            title=self.product_name or self.item_text,
            sku=self.product_id,
            product_id=self.product_id,
            quantity=self.pieces,
            price=amount(self.base_price),
        )


class _Shipment(Payload):
    shipment_id: Id
    shipping_status: Text = ""
    tracking_number: Text = ""
    shipping_address: _Address = _Address()

    def snapshot(self, changed_at: datetime, lines: Sequence[_Line]) -> FulfilmentSnapshot:
        found = parcels("", BETWEEN_NUMBERS.split(self.tracking_number), ())
        inside = [line for line in lines if line.shipment_id == self.shipment_id]
        return FulfilmentSnapshot(
            fulfilment_id=self.shipment_id,
            updated_at=changed_at,
            created_at=changed_at,
            cancelled=not found and self.shipping_status != SHIPPED,
            parcels=found,
            items=tuple(PackedItem(line_id=line.item_id, quantity=line.pieces) for line in inside),
        )


class _Order(Payload):
    order_no: Id
    status: Text = ""
    confirmation_status: Text = ""
    creation_date: Instant
    last_modified: Instant | None = None
    currency: Text = ""
    order_total: Money | None = None
    guest: bool = False
    customer_info: _Buyer = _Buyer()
    billing_address: _Address = _Address()
    product_items: tuple[_Line, ...] = ()
    shipments: tuple[_Shipment, ...] = ()

    @property
    def changed_at(self) -> datetime:
        return self.last_modified or self.creation_date

    def updates(self, topic: str) -> list[StoreUpdate]:
        if self.status in UNTOLD:
            return []
        waits = self.confirmation_status == NOT_CONFIRMED and self.status != CANCELLED
        lines = () if self.status == REPLACED else self.product_items
        return [
            StoreUpdate(
                source=CODE,
                vendor_order_id=self.order_no,
                topic=topic,
                order=self._snapshot(lines),
                fulfilments=tuple(one.snapshot(self.changed_at, lines) for one in self.shipments),
                holds=(hold(self.order_no, self.changed_at, HoldReason.OTHER if waits else None),),
            )
        ]

    def _snapshot(self, lines: Sequence[_Line]) -> OrderSnapshot:
        to = self.shipments[0].shipping_address if self.shipments else _Address()
        account = Person(first_name=self.customer_info.customer_name)
        buyers, receiver = (self.billing_address.person(), account), to.person()
        contact = Person(email=self.customer_info.email, phone=self.billing_address.phone)
        shopper, recipient = shopper_and_recipient(contact, buyers, receiver)
        return OrderSnapshot(
            vendor_order_id=self.order_no,
            number=self.order_no,
            updated_at=self.changed_at,
            placed_at=self.creation_date,
            cancelled_at=self.changed_at if self.status == CANCELLED else None,
            shopper=shopper,
            recipient=recipient,
            destination=(to if to.country_code else self.billing_address).destination(),
            items=tuple(line.item() for line in lines if line.quantity),
            currency=self.currency,
            total=amount(self.order_total),
            customer_id="" if self.guest else self.customer_info.customer_no,
            gift=is_gift(buyers, receiver),
        )


class _Hit(Payload):
    data: _Order


class _Found(Payload):
    hits: tuple[_Hit, ...] = ()
    start: int = 0
    count: int = 0
    total: int

    @property
    def has_next(self) -> bool:
        return self.start + self.count < self.total


class _Named(Resource):
    order_no: Id

    def update(self, topic: str, _: datetime) -> StoreUpdate:
        return StoreUpdate(source=CODE, vendor_order_id=self.order_no, topic=topic)


class _Names(Resources[_Named]):
    one, many = "order", "orders"


class SalesforceCommerce(SignedStore, OAuth):
    """The plug-in."""

    credential_fields = ("host", "site", "client_id", "client_secret")
    budget = Budget(calls=60, seconds=60)  # none is documented

    def token_request(self, credentials: Credentials) -> HttpRequest | None:
        """Client credentials at the Account Manager."""
        url = f"{base_url(credentials, ACCOUNT_MANAGER)}/dwsso/oauth2/access_token"
        return basic_request(url, credentials["client_id"], credentials["client_secret"])

    def order_requests(self, vendor_order_id: str, credentials: Credentials, token: str) -> tuple[HttpRequest, ...]:
        """A search for the one order: it needs no other permission than the search for changes."""
        wanted = {"term_query": {"fields": ["order_no"], "operator": "is", "values": [vendor_order_id]}}
        return (_search({"query": wanted, "count": 1}, credentials, token),)

    def parse_order(self, bodies: Sequence[bytes], *, received_at: datetime) -> list[StoreUpdate]:  # noqa: ARG002
        """Read it. Raises `MalformedPayloadError`."""
        if not bodies:
            raise MalformedPayloadError(CODE, "body", "nothing was answered")
        return [update for hit in read_json(CODE, _Found, bodies[0]).hits for update in hit.data.updates("order")]

    def changed_request(self, since: datetime, page: int, credentials: Credentials, token: str) -> HttpRequest:
        """One page, by the time of the change."""
        moment = since.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        changed = {"range_filter": {"field": "last_modified", "from": moment}}
        asked = {
            "query": {"filtered_query": {"filter": changed, "query": {"match_all_query": {}}}},
            "sorts": [{"field": "last_modified", "sort_order": "asc"}],
            "start": (page - 1) * PAGE,
            "count": PAGE,
        }
        return _search(asked, credentials, token)

    def parse_changed(self, body: bytes, *, received_at: datetime) -> ChangedOrders:  # noqa: ARG002
        """Read one page. Raises `MalformedPayloadError`."""
        found = read_json(CODE, _Found, body)
        orders = [hit.data for hit in found.hits]
        return ChangedOrders(
            updates=tuple(update for order in orders for update in order.updates("changed")),
            newest=max((order.changed_at for order in orders), default=None),
            more=found.has_next,
        )


def _search(asked: dict[str, object], credentials: Credentials, token: str) -> HttpRequest:
    host = credentials["host"].removeprefix("https://").strip("/")
    site = quote(credentials["site"], safe="")
    return HttpRequest(
        method="POST",
        url=f"{base_url(credentials, f'https://{host}')}/s/{site}/dw/shop/{VERSION}/order_search",
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Accept": "application/json"},
        body=json.dumps(asked | {"select": "(**)"}).encode(),
    )


PLUGIN = SalesforceCommerce(
    code=CODE,
    name="Salesforce B2C Commerce",
    signature_header="x-porchlight-signature",
    delivery_header="x-porchlight-delivery",
    topic_header="x-porchlight-topic",
    bodies={"order.changed": _Names},
)
