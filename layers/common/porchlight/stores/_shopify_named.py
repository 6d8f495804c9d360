"""What Shopify only names, and how it is read: returns, holds, privacy requests; `shopify.py` has the docs.

Returns and holds exist in the GraphQL Admin API alone, and their webhooks tell no time, some not even the order. So a
webhook names the order, `Return/<id>` or `FulfillmentOrder/<id>`, and one query answers all three with the order's id,
its returns and its fulfilment orders. An answer that names no order says nothing: deleted, or without the scope.
"""

import json
import re
from datetime import datetime
from typing import ClassVar

from pydantic import AliasChoices, AliasPath, Field

from porchlight.domain.fulfilments import HoldReason, HoldSnapshot, PackedItem, Parcel, ReturnSnapshot, ReturnState
from porchlight.domain.store_news import PrivacyKind, PrivacyRequest, StoreNews, StoreUpdate
from porchlight.stores._mapping import parcels
from porchlight.stores._payload import Body, Id, Instant, Payload, Text

CODE = "shopify"

RETURN_STATE_OF = {
    "REQUESTED": ReturnState.REQUESTED,
    "OPEN": ReturnState.APPROVED,
    "DECLINED": ReturnState.DECLINED,
    "CANCELED": ReturnState.CANCELLED,
    "CLOSED": ReturnState.CLOSED,
}
PART = re.compile("(?:Return|FulfillmentOrder)/[0-9]{1,20}")
ON_HOLD, SCHEDULED = "ON_HOLD", "SCHEDULED"
REASON_OF = {  # every other reason is `OTHER`
    "AWAITING_PAYMENT": HoldReason.AWAITING_PAYMENT,
    "HIGH_RISK_OF_FRAUD": HoldReason.FRAUD_CHECK,
    "INCORRECT_ADDRESS": HoldReason.ADDRESS_PROBLEM,
    "INVENTORY_OUT_OF_STOCK": HoldReason.OUT_OF_STOCK,
}


def tail(gid: str) -> str:
    """`1` of `gid://shopify/Return/1`."""
    return gid.rpartition("/")[2]


_FIELDS = """
legacyResourceId
updatedAt
fulfillmentOrders(first: 20) { nodes { id status updatedAt fulfillmentHolds { reason } } }
returns(first: 10) {
  nodes {
    id
    status
    returnLineItems(first: 20) {
      nodes { quantity ... on ReturnLineItem { fulfillmentLineItem { lineItem { id } } } }
    }
    reverseFulfillmentOrders(first: 3) {
      nodes {
        reverseDeliveries(first: 3) {
          nodes {
            deliverable { ... on ReverseDeliveryShippingDeliverable { tracking { carrierName number url } } }
          }
        }
      }
    }
  }
}
"""
QUERY = f"""
query ($id: ID!) {{
  node(id: $id) {{
    ... on Order {{ ...told }}
    ... on Return {{ order {{ ...told }} }}
    ... on FulfillmentOrder {{ order {{ ...told }} }}
  }}
}}
fragment told on Order {{ {_FIELDS} }}
"""


def is_part(name: str) -> bool:
    """Whether this names a part of an order rather than an order."""
    return PART.fullmatch(name) is not None


def query(name: str) -> bytes:
    """Body of the call that asks for an order, or for the order of a part; `name` as a webhook named it."""
    gid = f"gid://shopify/{name if is_part(name) else f'Order/{name}'}"
    return json.dumps({"query": QUERY, "variables": {"id": gid}}).encode()


class _Hold(Payload):
    reason: Text = ""


class _FulfilmentOrder(Payload):
    id: Id
    status: Text = ""
    updated_at: Instant = Field(alias="updatedAt")
    holds: tuple[_Hold, ...] = Field(default=(), alias="fulfillmentHolds")

    def snapshot(self) -> HoldSnapshot:
        """Packing later on purpose is a hold too: a pre-order."""
        told = (REASON_OF.get(hold.reason, HoldReason.OTHER) for hold in self.holds)
        reason = HoldReason.SCHEDULED if self.status == SCHEDULED else next(told, HoldReason.OTHER)
        held = self.status in {ON_HOLD, SCHEDULED}
        return HoldSnapshot(
            hold_id=tail(self.id),
            updated_at=self.updated_at,
            held=held,
            reason=reason if held else HoldReason.OTHER,
        )


class _Tracking(Payload):
    carrier: Text = Field(default="", alias="carrierName")
    number: Text = ""
    url: Text = ""


class _Delivery(Payload):
    tracking: _Tracking = Field(default=_Tracking(), validation_alias=AliasPath("deliverable", "tracking"))


class _WayBack(Payload):
    deliveries: tuple[_Delivery, ...] = Field(default=(), validation_alias=AliasPath("reverseDeliveries", "nodes"))


class _ReturnLine(Payload):
    quantity: int = 1
    line: Text = Field(default="", validation_alias=AliasPath("fulfillmentLineItem", "lineItem", "id"))


class _Return(Payload):
    id: Id
    status: Text
    lines: tuple[_ReturnLine, ...] = Field(default=(), validation_alias=AliasPath("returnLineItems", "nodes"))
    ways: tuple[_WayBack, ...] = Field(default=(), validation_alias=AliasPath("reverseFulfillmentOrders", "nodes"))

    def snapshot(self, updated_at: datetime) -> list[ReturnSnapshot]:
        """None for a status that nobody documented."""
        state = RETURN_STATE_OF.get(self.status)
        if state is None:
            return []
        items = tuple(PackedItem(line_id=tail(one.line), quantity=one.quantity) for one in self.lines if one.line)
        back = [self._parcel(one.tracking) for way in self.ways for one in way.deliveries]
        found = {parcel.tracking_number: parcel for parcels_of in back for parcel in parcels_of}
        return [
            ReturnSnapshot(
                return_id=tail(self.id),
                updated_at=updated_at,
                state=state,
                parcels=tuple(found.values()),
                items=items,
            )
        ]

    @staticmethod
    def _parcel(tracking: _Tracking) -> tuple[Parcel, ...]:
        return parcels(tracking.carrier, (tracking.number,), (tracking.url,))


class _Order(Payload):
    id: Id = Field(alias="legacyResourceId")
    updated_at: Instant = Field(alias="updatedAt")
    parts: tuple[_FulfilmentOrder, ...] = Field(default=(), validation_alias=AliasPath("fulfillmentOrders", "nodes"))
    returns: tuple[_Return, ...] = Field(default=(), validation_alias=AliasPath("returns", "nodes"))


class _Holder(Payload):
    order: _Order


class _Data(Payload):
    node: _Holder | _Order | None = Field(default=None, union_mode="left_to_right")


class Told(Payload):
    """What the query told."""

    data: _Data

    def updates(self, topic: str) -> list[StoreUpdate]:
        """One, or none."""
        node = self.data.node
        order = node.order if isinstance(node, _Holder) else node
        if order is None:
            return []
        returned = [snapshot for one in order.returns for snapshot in one.snapshot(order.updated_at)]
        return [
            StoreUpdate(
                source=CODE,
                vendor_order_id=order.id,
                topic=topic,
                holds=tuple(part.snapshot() for part in order.parts),
                returns=tuple(returned),
            )
        ]


class _Part(Body):
    """Names an order, or the part of one that changed."""

    kind: ClassVar[str]
    order_id: Text = Field(
        default="",
        validation_alias=AliasChoices("order_id", AliasPath("order", "id"), AliasPath("fulfillment_order", "order_id")),
    )
    gid: Id

    def updates(self, topic: str, _: datetime) -> list[StoreNews]:
        name = self.order_id or f"{self.kind}/{tail(self.gid)}"
        return [StoreUpdate(source=CODE, vendor_order_id=name, topic=topic)]


class Return(_Part):
    """A return that was asked for, approved or changed."""

    kind = "Return"
    gid: Id = Field(alias="admin_graphql_api_id")


class ReverseDelivery(_Part):
    """A label or a tracking number for the way back."""

    kind = "Return"
    gid: Id = Field(validation_alias=AliasPath("return", "admin_graphql_api_id"))


class FulfilmentOrder(_Part):
    """A part of an order that may or may not be packed."""

    kind = "FulfillmentOrder"
    gid: Id = Field(validation_alias=AliasPath("fulfillment_order", "id"))


class _Customer(Payload):
    email: Text = ""


class _DataRequest(Payload):
    id: Text = ""


class Privacy(Body):
    """A request about a shopper's data."""

    kind: ClassVar[PrivacyKind]
    shop_id: Id
    customer: _Customer
    data_request: _DataRequest = _DataRequest()
    orders: tuple[Id, ...] = Field(default=(), validation_alias=AliasChoices("orders_requested", "orders_to_redact"))

    def updates(self, _: str, __: datetime) -> list[StoreNews]:
        request = PrivacyRequest(
            source=CODE,
            kind=self.kind,
            request_id=self.data_request.id,
            vendor_order_ids=self.orders,
            email=self.customer.email if self.orders else "",  # it lists all there are: nobody is to be looked for
        )
        return [request]


class DataRequest(Privacy):
    """The shopper wants to see it."""

    kind = PrivacyKind.EXPORT_SHOPPER


class Redaction(Privacy):
    """The shopper wants it gone."""

    kind = PrivacyKind.ERASE_SHOPPER


class ShopRedaction(Body):
    """The merchant left, 48 hours ago."""

    shop_id: Id

    def updates(self, _: str, __: datetime) -> list[StoreNews]:
        return [PrivacyRequest(source=CODE, kind=PrivacyKind.ERASE_SHOP)]
