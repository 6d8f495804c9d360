"""Magento Open Source and Adobe Commerce: orders read through REST; Adobe Commerce also says which one changed.

Docs: https://developer.adobe.com/commerce/webapi/rest/ (orders, shipments, creditmemos, search criteria),
https://developer.adobe.com/commerce/extensibility/webhooks/ (signature verification). An integration's access token
goes with each call. Limits of calls are the shop's own, none is documented.

Push: Adobe Commerce Webhooks, which have to be switched on to be signed: RSA-SHA256 under the key pair of the admin
panel, over the base64 text of the raw body. The webhook secret is the public key, in PEM. The signature tells no time
and the body no more than an id is taken from: the order is read. Adobe I/O Events are not taken: they can only be
subscribed by an address that answers Adobe's challenge, and prove themselves by keys that have to be fetched. Magento
Open Source has no webhooks; its changed orders are found by reading.

Times: UTC without an offset, in answers and in search criteria. Nothing says when an order was cancelled, so its last
change does. Amounts are numbers; `base_` is the shop's currency, the rest the shopper's.

Quirks: a configurable product comes as two lines, itself and the simple one that was chosen: the first is counted, also
of a bundle, whose parts may ship on their own. A number added to a shipment does not move the order's clock, so only
the webhook or the next change of the order tells of it. A page behind the last one repeats the last: the total count
says where to stop. There is no picture, product link, language, consent or tag. Returns exist in Adobe Commerce alone,
tell no time of their changes, and are not read.
"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import ClassVar
from urllib.parse import quote, urlencode

from pydantic import AliasChoices, AliasPath, Field

from porchlight.access import Keyed, base_url
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Credentials, HttpRequest, Trust, WebhookRequest
from porchlight.domain.reading import read_json
from porchlight.domain.rsa import require_rsa_signature
from porchlight.domain.store_news import ChangedOrders, StoreNews, StoreUpdate
from porchlight.stores._magento_parts import CODE, CreditMemo, Order, Shipment
from porchlight.stores._payload import Body, Id, Payload

SIGNATURE = "x-adobe-commerce-webhook-signature"
TOPIC = "order.changed"
PAGE = 50
PARTS = 100


class _Named(Body):
    """An order, a shipment or a credit memo that was saved, whole or as few fields as the merchant chose."""

    order_id: Id = Field(
        validation_alias=AliasChoices(
            AliasPath("data", "shipment", "order_id"),
            AliasPath("data", "track", "order_id"),
            AliasPath("data", "creditmemo", "order_id"),
            AliasPath("data", "order", "entity_id"),
            "order_id",
            "entity_id",
        )
    )

    def updates(self, topic: str, _: datetime) -> list[StoreNews]:
        return [StoreUpdate(source=CODE, vendor_order_id=self.order_id, topic=topic)]


class _Searched(Payload):
    page_size: int = PAGE
    current_page: int = 1


class _Page(Payload):
    items: tuple[Order, ...]
    total_count: int
    search_criteria: _Searched = _Searched()

    @property
    def has_next(self) -> bool:
        return self.search_criteria.current_page * self.search_criteria.page_size < self.total_count


class _Shipments(Payload):
    items: tuple[Shipment, ...] = ()


class _Memos(Payload):
    items: tuple[CreditMemo, ...] = ()


class Magento(Keyed):
    """The plug-in."""

    code = CODE
    name = "Magento / Adobe Commerce"
    trust = Trust.BODY
    webhook_headers = (SIGNATURE,)
    topics: ClassVar[tuple[str, ...]] = (TOPIC,)
    credential_fields = ("shop", "access_token")
    budget = Budget(calls=60, seconds=60)

    def verify_webhook(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """RSA over the body's base64. Raises `InvalidSignatureError`."""
        require_rsa_signature(request.headers.get(SIGNATURE, ""), "", secrets, b64encode(request.body))

    def delivery_id(self, request: WebhookRequest) -> str | None:  # noqa: ARG002 there is none
        """None."""
        return None

    def topic(self, request: WebhookRequest) -> str:
        """Every signed delivery names an order."""
        return TOPIC if request.headers.get(SIGNATURE) else ""

    def parse(self, topic: str, body: bytes, *, received_at: datetime) -> list[StoreNews]:
        """The order to read. Raises `MalformedPayloadError`."""
        return read_json(CODE, _Named, body).updates(topic, received_at) if topic == TOPIC else []

    def order_requests(
        self,
        vendor_order_id: str,
        credentials: Credentials,
        token: str,  # noqa: ARG002 the key goes with each call
    ) -> tuple[HttpRequest, ...]:
        """The order, its shipments and its credit memos."""
        of_order = urlencode(_criteria("order_id", "eq", vendor_order_id, PARTS))
        return (
            _get(f"orders/{quote(vendor_order_id, safe='')}", credentials),
            _get(f"shipments?{of_order}", credentials),
            _get(f"creditmemos?{of_order}", credentials),
        )

    def parse_order(self, bodies: Sequence[bytes], *, received_at: datetime) -> list[StoreUpdate]:
        """Read them; what is not there says nothing. Raises `MalformedPayloadError`."""
        first, shipments, memos = (*bodies, b"", b"", b"")[:3]
        if not first:
            raise MalformedPayloadError(CODE, "body", "nothing was answered")
        update = read_json(CODE, Order, first).update("order", received_at)
        shipped = read_json(CODE, _Shipments, shipments).items if shipments else ()
        refunded = read_json(CODE, _Memos, memos).items if memos else ()
        parts = {
            "fulfilments": tuple(one.snapshot() for one in shipped),
            "refunds": tuple(one.refund() for one in refunded if one.stands),
        }
        return [update.model_copy(update=parts)]

    def changed_request(
        self,
        since: datetime,
        page: int,
        credentials: Credentials,
        token: str,  # noqa: ARG002 the key goes with each call
    ) -> HttpRequest:
        """One page, by the time of the change."""
        criteria = _criteria("updated_at", "gteq", f"{since.astimezone(UTC):%Y-%m-%d %H:%M:%S}", PAGE) | {
            "searchCriteria[sortOrders][0][field]": "updated_at",
            "searchCriteria[sortOrders][0][direction]": "ASC",
            "searchCriteria[currentPage]": page,
        }
        return _get(f"orders?{urlencode(criteria)}", credentials)

    def parse_changed(self, body: bytes, *, received_at: datetime) -> ChangedOrders:
        """Read one page; orders with shipments or refunds are only named. Raises `MalformedPayloadError`."""
        page = read_json(CODE, _Page, body)
        return ChangedOrders(
            updates=tuple(_told(order, received_at) for order in page.items),
            newest=max((order.changed_at for order in page.items), default=None),
            more=page.has_next,
        )


def _told(order: Order, received_at: datetime) -> StoreUpdate:
    if order.has_more:
        return StoreUpdate(source=CODE, vendor_order_id=order.entity_id, topic="changed")
    return order.update("changed", received_at)


def _criteria(field: str, condition: str, value: str, size: int) -> dict[str, str | int]:
    place = "searchCriteria[filterGroups][0][filters][0]"
    return {
        f"{place}[field]": field,
        f"{place}[conditionType]": condition,
        f"{place}[value]": value,
        "searchCriteria[pageSize]": size,
    }


def _get(part: str, credentials: Credentials) -> HttpRequest:
    shop = credentials["shop"].removeprefix("https://").strip("/")
    return HttpRequest(
        method="GET",
        url=f"{base_url(credentials, f'https://{shop}')}/rest/V1/{part}",
        headers={"Authorization": f"Bearer {credentials['access_token']}", "Accept": "application/json"},
    )


PLUGIN = Magento()
