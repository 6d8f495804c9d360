"""Orders, shipments and credit memos as Adobe Commerce and Magento write them in REST; `magento.py` has the docs."""

from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from typing import Annotated

from pydantic import AliasPath, BeforeValidator, Field

from porchlight.domain import fulfilments
from porchlight.domain.carrier_names import carrier_named
from porchlight.domain.fulfilments import HoldReason, PackedItem, Parcel
from porchlight.domain.orders import Destination, Item, OrderSnapshot, Person
from porchlight.domain.store_news import StoreUpdate
from porchlight.stores._mapping import hold, is_gift, parcels, shopper_and_recipient
from porchlight.stores._payload import CountryCode, Gmt, Id, Money, Payload, Resource, Text, amount

CODE = "magento"

STATE_HELD = {  # any other state lets the order be packed
    "pending_payment": HoldReason.AWAITING_PAYMENT,
    "payment_review": HoldReason.FRAUD_CHECK,  # the gateway wants somebody to look
    "holded": HoldReason.OTHER,
}
STATUS_HELD = {"fraud": HoldReason.FRAUD_CHECK}
CANCELED = "canceled"
MEMO_CANCELED = "3"
NOT_SHIPPED = frozenset({"virtual", "downloadable"})

type Quantity = Annotated[Decimal, Field(allow_inf_nan=False, max_digits=16, ge=0)]


def _flag(value: object) -> object:
    return str(value) in {"1", "True", "true"}


type Flag = Annotated[bool, BeforeValidator(_flag)]


def _whole(quantity: Decimal) -> int:
    """Fabric is sold by the metre; a started piece is one."""
    return int(quantity.to_integral_value(ROUND_CEILING))


class _Address(Payload):
    firstname: Text = ""
    lastname: Text = ""
    telephone: Text = ""
    email: Text = ""
    city: Text = ""
    region: Text = ""
    region_code: Text = ""
    postcode: Text = ""
    country_id: CountryCode = ""

    def person(self) -> Person:
        return Person(first_name=self.firstname, last_name=self.lastname, phone=self.telephone)

    def destination(self) -> Destination:
        region = self.region_code or self.region
        return Destination(city=self.city, region=region, postal_code=self.postcode, country=self.country_id)


class _Line(Payload):
    item_id: Id
    parent_item_id: Text = ""
    product_type: Text = ""
    product_id: Text = ""
    sku: Text = ""
    name: Text = ""
    is_virtual: Flag = False
    qty_ordered: Quantity = Decimal(1)
    qty_canceled: Quantity = Decimal(0)
    qty_refunded: Quantity = Decimal(0)
    qty_shipped: Quantity = Decimal(0)
    base_price: Money | None = None
    base_price_incl_tax: Money | None = None

    @property
    def standing(self) -> Decimal:
        """What was shipped, or still may be: what is refunded before it left will not leave."""
        return max(self.qty_shipped, self.qty_ordered - self.qty_canceled - self.qty_refunded)

    def item(self, quantity: Decimal) -> Item:
        return Item(
            line_id=self.item_id,
            title=self.name,
            sku=self.sku,
            product_id=self.product_id,
            quantity=_whole(quantity),
            price=amount(self.base_price if self.base_price_incl_tax is None else self.base_price_incl_tax),
            ships=not self.is_virtual and self.product_type not in NOT_SHIPPED,
        )


class _Shipping(Payload):
    address: _Address = Field(default=_Address(), validation_alias=AliasPath("shipping", "address"))


class Order(Resource):
    """An order as it now stands."""

    entity_id: Id
    increment_id: Text = ""
    state: Text = ""
    status: Text = ""
    created_at: Gmt
    updated_at: Gmt | None = None
    customer_id: Text = ""
    customer_email: Text = ""
    customer_firstname: Text = ""
    customer_lastname: Text = ""
    base_currency_code: Text = ""
    base_grand_total: Money | None = None
    order_currency_code: Text = ""
    grand_total: Money | None = None
    billing_address: _Address = _Address()
    shippings: tuple[_Shipping, ...] = Field(
        default=(), validation_alias=AliasPath("extension_attributes", "shipping_assignments")
    )
    items: tuple[_Line, ...]

    @property
    def changed_at(self) -> datetime:
        """By the shop's clock."""
        return self.updated_at or self.created_at

    @property
    def has_more(self) -> bool:
        """Shipments or credit memos, which an order does not tell."""
        return any(line.qty_shipped or line.qty_refunded for line in self.items)

    def update(self, topic: str, _: datetime) -> StoreUpdate:
        reason = STATE_HELD.get(self.state) or STATUS_HELD.get(self.status)
        held = hold(self.entity_id, self.changed_at, None if self.state == CANCELED else reason)
        order = self._snapshot()
        return StoreUpdate(source=CODE, vendor_order_id=self.entity_id, topic=topic, order=order, holds=(held,))

    def _snapshot(self) -> OrderSnapshot:
        to = self.shippings[0].address if self.shippings else _Address()
        account = Person(first_name=self.customer_firstname, last_name=self.customer_lastname)
        buyers, receiver = (account, self.billing_address.person()), to.person()
        shopper, recipient = shopper_and_recipient(self._contact(), buyers, receiver)
        abroad = bool(self.order_currency_code) and self.order_currency_code != self.base_currency_code
        return OrderSnapshot(
            vendor_order_id=self.entity_id,
            number=self.increment_id or self.entity_id,
            updated_at=self.changed_at,
            placed_at=self.created_at,
            cancelled_at=self.changed_at if self.state == CANCELED else None,
            shopper=shopper,
            recipient=recipient,
            destination=(to if to.country_id else self.billing_address).destination(),
            items=self._items(),
            currency=self.base_currency_code,
            total=amount(self.base_grand_total),
            shopper_currency=self.order_currency_code if abroad else "",
            shopper_total=amount(self.grand_total) if abroad else "",
            customer_id=self.customer_id,
            gift=is_gift(buyers, receiver),
        )

    def _contact(self) -> Person:
        return Person(
            email=self.customer_email or self.billing_address.email,
            phone=self.billing_address.telephone,
        )

    def _items(self) -> tuple[Item, ...]:
        """A configurable product and what was chosen are two lines; the first is the one that ships."""
        lines = [line for line in self.items if not line.parent_item_id]
        left = [(line, line.qty_ordered if self.state == CANCELED else line.standing) for line in lines]
        return tuple(line.item(quantity) for line, quantity in left if quantity > 0)


class _Moved(Payload):
    order_item_id: Id
    qty: Quantity = Decimal(1)


def _moved(items: tuple[_Moved, ...]) -> tuple[PackedItem, ...]:
    return tuple(PackedItem(line_id=one.order_item_id, quantity=_whole(one.qty)) for one in items if one.qty)


class _Track(Payload):
    track_number: Text = ""
    title: Text = ""
    carrier_code: Text = ""
    created_at: Gmt | None = None
    updated_at: Gmt | None = None

    def parcels(self) -> tuple[Parcel, ...]:
        """The title is the merchant's to change, the code is not; `custom` is nobody's."""
        found = parcels(self.title or self.carrier_code, (self.track_number,), ())
        known = carrier_named(self.title) or carrier_named(self.carrier_code)
        return tuple(one.model_copy(update={"carrier": known}) for one in found)


class Shipment(Payload):
    """A packing; a number that is added later moves its own clock only."""

    entity_id: Id
    created_at: Gmt
    updated_at: Gmt | None = None
    items: tuple[_Moved, ...] = ()
    tracks: tuple[_Track, ...] = ()

    def snapshot(self) -> fulfilments.FulfilmentSnapshot:
        clocks = [self.updated_at, *(one.updated_at or one.created_at for one in self.tracks)]
        found = {parcel.tracking_number: parcel for track in self.tracks for parcel in track.parcels()}
        return fulfilments.FulfilmentSnapshot(
            fulfilment_id=self.entity_id,
            updated_at=max((clock for clock in clocks if clock), default=self.created_at),
            created_at=self.created_at,
            parcels=tuple(found.values()),
            items=_moved(self.items),
        )


class CreditMemo(Payload):
    """A refund, in the currency the shopper paid in."""

    entity_id: Id
    created_at: Gmt
    state: Text = ""
    grand_total: Money | None = None
    order_currency_code: Text = ""
    items: tuple[_Moved, ...] = ()

    @property
    def stands(self) -> bool:
        """It was not called off."""
        return self.state != MEMO_CANCELED

    def refund(self) -> fulfilments.Refund:
        return fulfilments.Refund(
            refund_id=self.entity_id,
            refunded_at=self.created_at,
            amount=amount(self.grand_total),
            currency=self.order_currency_code,
            items=_moved(self.items),
        )
