"""The order in the generic store's messages, and what its parts share; see `_generic_format.py`."""

from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field

from porchlight.domain import orders
from porchlight.domain.model import StrictValue
from porchlight.domain.tracking import Estimate, EstimateSource
from porchlight.stores._generic_types import (
    MOST,
    Amount,
    Clock,
    Count,
    Country,
    Currency,
    Key,
    Link,
    Locale,
    Mail,
    Words,
)
from porchlight.stores._mapping import is_gift
from porchlight.stores._payload import Instant


class Part(StrictValue):
    """Refuses a field that nobody knows."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class Person(Part):
    """Who bought, or who receives."""

    first_name: Words = ""
    last_name: Words = ""
    email: Mail = ""
    phone: Words = ""
    locale: Locale = ""
    """Language the shopper used, BCP 47."""

    def value(self) -> orders.Person:
        """The same in the domain's words."""
        return orders.Person.model_validate(self.model_dump())


class Destination(Part):
    """Where the order goes. No street."""

    city: Words = ""
    region: Words = ""
    """State or province, as code or name."""
    postal_code: Words = ""
    country: Country = ""


class Promise(Part):
    """A day, and a window of it where one is known; all local to the destination."""

    day: date
    window_start: Clock = ""
    window_end: Clock = ""

    def value(self) -> Estimate:
        """The same in the domain's words."""
        start, end = self.window_start or None, self.window_end or None
        return Estimate(day=self.day, window_start=start, window_end=end, source=EstimateSource.STORE)


class Item(Part):
    """One line of the order."""

    line_id: Key
    """Your id of the line; fulfilments, refunds and returns refer to it."""
    title: Words
    variant: Words = ""
    sku: Words = ""
    product_id: Words = ""
    """Your id of the product, the same in every order."""
    quantity: Count = 1
    price: Amount = ""
    """Of one piece, in the order's `currency`."""
    image_url: Link = ""
    product_url: Link = ""
    tags: Annotated[tuple[Words, ...], Field(max_length=MOST)] = ()
    ships: bool = True
    """False for downloads, gift cards, services."""


class Order(Part):
    """The order as it is now, whole: it replaces what was said before, if `updated_at` is later."""

    number: Key
    """What the shopper sees, and looks the order up with."""
    updated_at: Instant
    """Your shop's clock; the latest one counts."""
    placed_at: Instant
    cancelled_at: Instant | None = None
    shopper: Person = Person()
    recipient: Person | None = None
    """Who receives it; leave it out when that is the shopper."""
    destination: Destination = Destination()
    items: Annotated[tuple[Item, ...], Field(max_length=MOST)] = ()
    promised: Promise | None = None
    """Promised at checkout."""
    currency: Currency = ""
    """The shop's."""
    total: Amount = ""
    shopper_currency: Currency = ""
    """What the shopper saw and paid in, where it is another one."""
    shopper_total: Amount = ""
    customer_id: Words = ""
    """Your id of the shopper's account; leave it out for a guest."""
    order_count: Annotated[int, Field(ge=1)] | None = None
    """Orders of this shopper, this one included."""
    marketing_consent: bool = False
    """The shopper agreed to mail that advertises."""
    sms_consent: bool = False
    """The shopper agreed to text messages."""
    gift: bool | None = None
    """The recipient must not see prices; when left out, true where shopper and recipient have different names."""
    test: bool = False
    tags: Annotated[tuple[Words, ...], Field(max_length=MOST)] = ()

    def value(self, order_id: str) -> orders.OrderSnapshot:
        """The same in the domain's words."""
        told = self.model_dump(exclude={"recipient", "promised", "gift"})
        shopper = self.shopper.value()
        recipient = self.recipient.value() if self.recipient else shopper
        gift = is_gift((shopper,), recipient) if self.gift is None else self.gift
        promised = self.promised.value() if self.promised else None
        own = {"vendor_order_id": order_id, "recipient": recipient, "promised": promised, "gift": gift}
        return orders.OrderSnapshot.model_validate(told | own)
