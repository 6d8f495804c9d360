"""What a store says about an order: snapshots that replace each other by the store's own clock.

A store repeats, reorders and edits; of each order and each fulfilment the snapshot with the latest `updated_at` counts.
"""

from datetime import datetime

from porchlight.domain.model import Value
from porchlight.domain.tracking import Estimate


class Person(Value):
    """Who bought, or who receives. Personal: never logged, never on the tracking page.

    Attributes:
        locale: BCP 47 (`de-DE`), empty when the store does not say.
    """

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    locale: str = ""


class Destination(Value):
    """Where the order goes, as coarse as we need for zones and estimates: no street is ever stored."""

    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""


class Item(Value):
    """One line of an order.

    Attributes:
        line_id: The store's id of the line, which fulfilments refer to.
        product_id: The store's id of the product, the same in every order.
        price: Of one piece, in the order's `currency`, as decimal text.
        tags: The product's own labels (category, vendor), where the order names them.
        ships: False for downloads, gift cards, services.
    """

    line_id: str
    title: str
    variant: str = ""
    sku: str = ""
    product_id: str = ""
    quantity: int = 1
    price: str = ""
    image_url: str = ""
    product_url: str = ""
    tags: tuple[str, ...] = ()
    ships: bool = True


class OrderSnapshot(Value):
    """The store's latest word on one order.

    Attributes:
        vendor_order_id: The store's own stable id.
        number: What the shopper sees (`#1001`).
        updated_at: The store's clock; decides which snapshot counts.
        cancelled_at: `None` while the order stands.
        promised: The date the shop promised at checkout, if any.
        currency: The shop's, with `total` as decimal text. What the shopper saw and paid is `shopper_currency` and
            `shopper_total`, empty where it is the same.
        customer_id: The store's id of the shopper's account; empty for a guest.
        order_count: Orders of this shopper, this one included; `None` when the store does not say.
        marketing_consent: To mail. `sms_consent`: to text messages.
        gift: Shopper and recipient differ; recipient must not see prices.
    """

    vendor_order_id: str
    number: str
    updated_at: datetime
    placed_at: datetime
    cancelled_at: datetime | None = None
    shopper: Person = Person()
    recipient: Person = Person()
    destination: Destination = Destination()
    items: tuple[Item, ...] = ()
    promised: Estimate | None = None
    currency: str = ""
    total: str = ""
    shopper_currency: str = ""
    shopper_total: str = ""
    customer_id: str = ""
    order_count: int | None = None
    marketing_consent: bool = False
    sms_consent: bool = False
    gift: bool = False
    test: bool = False
    tags: tuple[str, ...] = ()
