"""The order as Shopify writes it in webhooks and REST answers; `shopify.py` has the docs."""

from collections import Counter
from datetime import datetime

from pydantic import Field

from porchlight.domain import orders
from porchlight.domain.orders import Person
from porchlight.domain.store_news import StoreUpdate
from porchlight.stores._mapping import is_gift, shopper_and_recipient
from porchlight.stores._payload import CountryCode, Id, Instant, Named, Payload, Resource, Text
from porchlight.stores._shopify_parts import CODE, Fulfilment, Refund

NO_VARIANT = "Default Title"
SUBSCRIBED = "subscribed"


class _Address(Named):
    city: Text = ""
    province: Text = ""
    province_code: Text = ""
    postal_code: Text = Field(default="", alias="zip")
    country_code: CountryCode = ""


class _Consent(Payload):
    state: Text = ""


class _Customer(Named):
    id: Text = ""
    email: Text = ""
    orders_count: int | None = None
    email_marketing_consent: _Consent = _Consent()
    sms_marketing_consent: _Consent = _Consent()


class _Money(Payload):
    amount: Text = ""


class _MoneySet(Payload):
    presentment_money: _Money = _Money()


class _Line(Payload):
    id: Id
    title: Text = ""
    variant_title: Text = ""
    sku: Text = ""
    product_id: Text = ""
    vendor: Text = ""
    price: Text = ""
    quantity: int = 1
    fulfillable_quantity: int | None = None
    requires_shipping: bool = True
    gift_card: bool = False

    def item(self, quantity: int) -> orders.Item:
        return orders.Item(
            line_id=self.id,
            title=self.title,
            variant="" if self.variant_title == NO_VARIANT else self.variant_title,
            sku=self.sku,
            product_id=self.product_id,
            quantity=quantity,
            price=self.price,
            tags=(self.vendor,) if self.vendor else (),
            ships=self.requires_shipping and not self.gift_card,
        )


class Order(Resource):
    """An order as it now stands."""

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
    presentment_currency: Text = ""
    total_price_set: _MoneySet = _MoneySet()
    test: bool = False
    tags: Text = ""
    customer: _Customer = _Customer()
    billing_address: _Address = _Address()
    shipping_address: _Address = _Address()
    line_items: tuple[_Line, ...] = ()
    fulfillments: tuple[Fulfilment, ...] = ()
    refunds: tuple[Refund, ...] = ()

    def update(self, topic: str, _: datetime) -> StoreUpdate:
        return StoreUpdate(
            source=CODE,
            vendor_order_id=self.id,
            topic=topic,
            order=self._snapshot(),
            fulfilments=tuple(part.snapshot() for part in self.fulfillments),
            refunds=tuple(one.refund() for one in self.refunds),
        )

    @property
    def changed_at(self) -> datetime:
        """By the shop's clock."""
        return self.updated_at or self.created_at

    def _snapshot(self) -> orders.OrderSnapshot:
        buyers, receiver = (self.customer.person(), self.billing_address.person()), self.shipping_address.person()
        shopper, recipient = shopper_and_recipient(self._contact(), buyers, receiver)
        abroad = self.presentment_currency != self.currency and bool(self.presentment_currency)
        return orders.OrderSnapshot(
            vendor_order_id=self.id,
            number=self.name or self.id,
            updated_at=self.changed_at,
            placed_at=self.processed_at or self.created_at,
            cancelled_at=self.cancelled_at,
            shopper=shopper,
            recipient=recipient,
            destination=self._destination(),
            items=self._items(),
            currency=self.currency,
            total=self.total_price,
            shopper_currency=self.presentment_currency if abroad else "",
            shopper_total=self.total_price_set.presentment_money.amount if abroad else "",
            customer_id=self.customer.id,
            order_count=self.customer.orders_count,
            marketing_consent=self._consents(),
            sms_consent=self.customer.sms_marketing_consent.state == SUBSCRIBED,
            gift=is_gift(buyers, receiver),
            test=self.test,
            tags=tuple(tag.strip() for tag in self.tags.split(",") if tag.strip()),
        )

    def _items(self) -> tuple[orders.Item, ...]:
        """What is still part of the order; of a cancelled one, what was ordered."""
        if self.cancelled_at:
            return tuple(line.item(line.quantity) for line in self.line_items)
        standing = [part for part in self.fulfillments if not part.is_undone]
        packed = Counter[str]()
        for line in (line for part in standing for line in part.line_items):
            packed[line.id] += line.quantity
        left = [(line, _standing(line, packed[line.id])) for line in self.line_items]
        return tuple(line.item(quantity) for line, quantity in left if quantity > 0)

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
        return standing == SUBSCRIBED if standing else self.buyer_accepts_marketing


def _standing(line: _Line, packed: int) -> int:
    return (
        line.quantity if line.fulfillable_quantity is None else min(line.quantity, packed + line.fulfillable_quantity)
    )
