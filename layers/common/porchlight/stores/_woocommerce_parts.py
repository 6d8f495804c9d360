"""Parcels and refunds of a WooCommerce order, as the shop or its extensions write them; `woocommerce.py` has the docs.

Shipment Tracking and AST keep all numbers of an order in one piece of metadata. Where no product is named with a
number, the numbers make one packing: the store does not say which parcel holds what, and a number that was corrected
or taken away is gone with the next snapshot.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated
from urllib.parse import quote

from pydantic import AliasChoices, BeforeValidator, Field, model_validator

from porchlight.domain.fulfilments import FulfilmentSnapshot, PackedItem, Parcel, Refund
from porchlight.domain.times import date_only
from porchlight.stores._mapping import parcels
from porchlight.stores._payload import Gmt, Id, Payload, Text

POOL = "tracking"
"""Id of the packing that holds every number whose products are not told."""
PLACEHOLDER = "%1$s"


def listed(value: object) -> object:
    """PHP writes an empty list as an empty text, and a list with gaps as an object."""
    if isinstance(value, dict):
        return list(value.values())
    return value or ()


def _day(value: object) -> object:
    """A day, as a date or as the second its midnight is in UTC; anything else an extension writes tells none."""
    text = str(value).strip() if isinstance(value, str | int) else ""
    try:
        return datetime.fromtimestamp(int(text), UTC).date() if text.isdecimal() else date.fromisoformat(text[:10])
    except (ValueError, OverflowError, OSError):
        return None


class WithMeta(Payload):
    """Metadata of extensions, read as if they were fields."""

    @model_validator(mode="before")
    @classmethod
    def _meta_as_fields(cls, value: object) -> object:
        held = value.get("meta_data") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(held, list):
            return value
        told = [one for one in held if isinstance(one, dict) and one.get("value") is not None]
        return {one["key"]: one["value"] for one in told if isinstance(one.get("key"), str)} | value


class _Packed(Payload):
    item_id: Id
    qty: int = 1

    def item(self) -> PackedItem:
        return PackedItem(line_id=self.item_id, quantity=self.qty)


class Tracked(Payload):
    """One number in the metadata of Shipment Tracking or AST."""

    tracking_id: Text = ""
    tracking_number: Text = ""
    tracking_provider: Text = ""
    custom_tracking_provider: Text = ""
    custom_tracking_link: Text = ""
    date_shipped: Annotated[date | None, BeforeValidator(_day)] = None
    products_list: Annotated[tuple[_Packed, ...], BeforeValidator(listed)] = ()

    def parcels(self) -> tuple[Parcel, ...]:
        link = self.custom_tracking_link.replace(PLACEHOLDER, quote(self.tracking_number, safe=""))
        return parcels(self.custom_tracking_provider or self.tracking_provider, (self.tracking_number,), (link,))

    def items(self) -> tuple[PackedItem, ...]:
        return tuple(one.item() for one in self.products_list)


class RefundedLine(WithMeta):
    """Quantities count down from zero."""

    refunded_item_id: Text = Field(default="", alias="_refunded_item_id")
    quantity: int = 0


class RefundPart(Payload):
    """A refund, short as in the order or whole as it is read."""

    id: Id
    date_created_gmt: Gmt | None = None
    amount: Text = Field(default="", validation_alias=AliasChoices("amount", "total"))
    line_items: tuple[RefundedLine, ...] = ()

    def refund(self, currency: str, changed_at: datetime) -> Refund:
        """`changed_at` is the order's last change: an order names its refunds without their time."""
        lines = [line for line in self.line_items if line.refunded_item_id and line.quantity]
        return Refund(
            refund_id=self.id,
            refunded_at=self.date_created_gmt or changed_at,
            amount=self.amount.lstrip("-"),
            currency=currency,
            items=tuple(PackedItem(line_id=line.refunded_item_id, quantity=abs(line.quantity)) for line in lines),
        )


class FulfilmentPart(WithMeta):
    """A packing of WooCommerce's own Fulfillments."""

    id: Id
    is_fulfilled: bool = False
    date_updated: Gmt
    date_deleted: Text = ""
    fulfilled_at: Gmt | None = Field(default=None, alias="_date_fulfilled")
    number: Text = Field(default="", alias="_tracking_number")
    url: Text = Field(default="", alias="_tracking_url")
    provider: Text = Field(default="", validation_alias=AliasChoices("_shipment_provider", "_shipping_provider"))
    provider_name: Text = Field(default="", alias="_provider_name")
    items: Annotated[tuple[_Packed, ...], BeforeValidator(listed)] = Field(default=(), alias="_items")

    def snapshot(self) -> FulfilmentSnapshot:
        return FulfilmentSnapshot(
            fulfilment_id=self.id,
            updated_at=self.date_updated,
            created_at=self.fulfilled_at or self.date_updated,
            cancelled=not self.is_fulfilled or bool(self.date_deleted),
            parcels=parcels(self.provider_name or self.provider, (self.number,), (self.url,)),
            items=tuple(one.item() for one in self.items),
        )


def packings(
    tracked: Sequence[Tracked], sent: Sequence[PackedItem], completed_at: datetime | None, changed_at: datetime
) -> tuple[FulfilmentSnapshot, ...]:
    """Every packing of an order.

    Args:
        tracked: Its numbers.
        sent: Everything that has left; empty before the order is completed.
        completed_at: When it was completed first.
        changed_at: The order's last change.
    """
    named = [one for one in tracked if one.products_list]
    rest = [one for one in tracked if not one.products_list]
    own = [_packing(one.tracking_id or one.tracking_number, [one], one.items(), changed_at) for one in named]
    left = tuple(_left(sent, [item for one in named for item in one.items()]))
    pool = _packing(POOL, rest, left, changed_at, completed_at)
    return (*own, pool)


def _packing(
    name: str,
    tracked: Sequence[Tracked],
    items: tuple[PackedItem, ...],
    changed_at: datetime,
    completed_at: datetime | None = None,
) -> FulfilmentSnapshot:
    found = [parcel for one in tracked for parcel in one.parcels()]
    days = [date_only(one.date_shipped, None).occurred_at for one in tracked if one.date_shipped]
    return FulfilmentSnapshot(
        fulfilment_id=name,
        updated_at=changed_at,
        # noon of a day that has not come to noon yet is not when it was packed
        created_at=min([*days, completed_at or changed_at, changed_at]),
        cancelled=not found and not items,
        parcels=tuple({parcel.tracking_number: parcel for parcel in found}.values()),
        items=items,
    )


def _left(sent: Sequence[PackedItem], named: Sequence[PackedItem]) -> list[PackedItem]:
    left = {item.line_id: item.quantity for item in sent}
    for item in named:
        left[item.line_id] = left.get(item.line_id, 0) - item.quantity
    return [PackedItem(line_id=line_id, quantity=quantity) for line_id, quantity in left.items() if quantity > 0]
