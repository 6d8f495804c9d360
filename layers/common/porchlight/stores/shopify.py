"""Shopify: webhooks, the Admin REST shapes of 2022-07 to 2026-07, and one GraphQL query for what REST does not have.

Docs: https://shopify.dev/docs/api/webhooks, https://shopify.dev/docs/api/admin-rest/latest/resources/order
(fulfillment, refund), https://shopify.dev/docs/api/admin-graphql/latest/objects/Return (FulfillmentOrder), and for the
limit https://shopify.dev/docs/api/usage/limits: a bucket of 40 calls, two a second flow back. The raw body is signed
with the app's client secret; time, topic and delivery id are not. After a rotation the old secret signs for up to an
hour. Every time carries the shop's offset, so it is exact.

Quirks: ids are numbers beyond 2**53. Any field can be null. REST wraps the resource in an outer key (`order`,
`orders`), webhooks do not: both are read. `currency` and prices are the shop's, presentment money is what the shopper
saw; a refund is in the currency it was paid in. A line stays in the order after it was taken out: what was packed and
what may still be packed is what there is. `orders/edited` says what changed, `orders/updated` comes with it. Webhooks
about returns and holds tell no time, some not even the order, so they are only named and read (`_shopify_named.py`).
`shipment_status` of a fulfilment repeats its newest event without the time and is not read. Only orders that are
archived or cancelled can be deleted, so `orders/delete` is not read. There is no product image or link.

The list of changed orders has no pages of equal times: a longer one is asked for, up to the longest there is.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from porchlight.access import Keyed, base_url
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Credentials, HttpRequest
from porchlight.domain.reading import read_json
from porchlight.domain.store_news import ChangedOrders, StoreUpdate
from porchlight.stores._payload import Payload, Resources
from porchlight.stores._shopify_named import (
    DataRequest,
    FulfilmentOrder,
    Redaction,
    Return,
    ReverseDelivery,
    ShopRedaction,
    Told,
    is_part,
    query,
)
from porchlight.stores._shopify_order import Order
from porchlight.stores._shopify_parts import CODE, Event, LoneFulfilment, LoneRefund, OrderEdit
from porchlight.stores._signed import SignedStore

VERSION = "2026-07"
PAGE, LONGEST_PAGE = 50, 250


class _Answer(Payload):
    order: Order


class _Page(Payload):
    orders: tuple[Order, ...]


class _Orders(Resources[Order]):
    one, many = "order", "orders"


class _Fulfilments(Resources[LoneFulfilment]):
    one, many = "fulfillment", "fulfillments"


class _Events(Resources[Event]):
    one, many = "fulfillment_event", "fulfillment_events"


class _Refunds(Resources[LoneRefund]):
    one, many = "refund", "refunds"


class _Edits(Resources[OrderEdit]):
    one, many = "order_edit", "order_edits"


class Shopify(SignedStore, Keyed):
    """The plug-in."""

    credential_fields = ("shop", "access_token")
    budget = Budget(calls=40, seconds=20)

    def order_requests(
        self,
        vendor_order_id: str,
        credentials: Credentials,
        token: str,  # noqa: ARG002 the key goes with each call
    ) -> tuple[HttpRequest, ...]:
        """The order, its returns and its holds; for a part of an order the last two alone, with the order's id."""
        told = _request("graphql.json", credentials, query(vendor_order_id))
        if is_part(vendor_order_id):
            return (told,)
        return (_request(f"orders/{quote(vendor_order_id, safe='')}.json", credentials), told)

    def parse_order(self, bodies: Sequence[bytes], *, received_at: datetime) -> list[StoreUpdate]:
        """Read them; what is not there says nothing. Raises `MalformedPayloadError`."""
        if not any(bodies):
            raise MalformedPayloadError(CODE, "body", "nothing was answered")
        *first, last = bodies
        updates = [read_json(CODE, _Answer, body).order.update("order", received_at) for body in first if body]
        told = read_json(CODE, Told, last).updates("order") if last else []
        if not updates or not told:
            return updates or told
        return [updates[0].model_copy(update={"holds": told[0].holds, "returns": told[0].returns})]

    def changed_request(
        self,
        since: datetime,
        page: int,
        credentials: Credentials,
        token: str,  # noqa: ARG002 the key goes with each call
    ) -> HttpRequest:
        """A longer page where one does not suffice; past the longest, a second later: more do not change at once."""
        seconds_on = max(page - LONGEST_PAGE // PAGE, 0)
        asked = {
            "status": "any",
            "updated_at_min": f"{(since + timedelta(seconds=seconds_on)).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "order": "updated_at asc",
            "limit": min(page * PAGE, LONGEST_PAGE),
        }
        return _request(f"orders.json?{urlencode(asked)}", credentials)

    def parse_changed(self, body: bytes, *, received_at: datetime) -> ChangedOrders:
        """Read one page. Raises `MalformedPayloadError`."""
        page = read_json(CODE, _Page, body).orders
        return ChangedOrders(
            updates=tuple(order.update("changed", received_at) for order in page),
            newest=max((order.changed_at for order in page), default=None),
            more=len(page) >= PAGE,
        )


def _request(part: str, credentials: Credentials, body: bytes | None = None) -> HttpRequest:
    shop = credentials["shop"].removeprefix("https://").strip("/")
    return HttpRequest(
        method="POST" if body else "GET",
        url=f"{base_url(credentials, f'https://{shop}')}/admin/api/{VERSION}/{part}",
        headers={
            "X-Shopify-Access-Token": credentials["access_token"],
            "Content-Type": "application/json",
            "Accept": "application/json",
        },
        body=body,
    )


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
        "orders/edited": _Edits,
        "fulfillments/create": _Fulfilments,
        "fulfillments/update": _Fulfilments,
        "fulfillment_events/create": _Events,
        "fulfillment_orders/placed_on_hold": FulfilmentOrder,
        "fulfillment_orders/hold_released": FulfilmentOrder,
        "refunds/create": _Refunds,
        "returns/request": Return,
        "returns/approve": Return,
        "returns/decline": Return,
        "returns/cancel": Return,
        "returns/close": Return,
        "returns/reopen": Return,
        "returns/update": Return,
        "reverse_deliveries/attach_deliverable": ReverseDelivery,
        "customers/data_request": DataRequest,
        "customers/redact": Redaction,
        "shop/redact": ShopRedaction,
    },
)
