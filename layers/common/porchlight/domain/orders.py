"""What a store says about an order: snapshots that replace each other by the store's own clock.

A store repeats, reorders and edits; of each order and each fulfilment the snapshot with the latest `updated_at` counts.
"""

from datetime import datetime

from porchlight.domain.model import Value
from porchlight.domain.tracking import Estimate, TrackingEvent


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
        ships: False for downloads, gift cards, services.
    """

    line_id: str
    title: str
    variant: str = ""
    sku: str = ""
    quantity: int = 1
    image_url: str = ""
    product_url: str = ""
    ships: bool = True


class OrderSnapshot(Value):
    """The store's latest word on one order.

    Attributes:
        vendor_order_id: The store's own stable id.
        number: What the shopper sees (`#1001`).
        updated_at: The store's clock; decides which snapshot counts.
        cancelled_at: `None` while the order stands.
        promised: The date the shop promised at checkout, if any.
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
    marketing_consent: bool = False
    gift: bool = False
    test: bool = False
    tags: tuple[str, ...] = ()


class Parcel(Value):
    """One tracking number of a fulfilment.

    Attributes:
        carrier: Our plug-in code where the store's carrier name is known, else an empty string.
        carrier_name: The store's own words.
    """

    tracking_number: str
    carrier: str = ""
    carrier_name: str = ""
    tracking_url: str = ""


class PackedItem(Value):
    """How many of an order line went into a fulfilment."""

    line_id: str
    quantity: int = 1


class FulfilmentSnapshot(Value):
    """The store's latest word on one packing of an order.

    Attributes:
        cancelled: The packing was undone; its parcels no longer count.
    """

    fulfilment_id: str
    updated_at: datetime
    created_at: datetime
    cancelled: bool = False
    parcels: tuple[Parcel, ...] = ()
    items: tuple[PackedItem, ...] = ()


class FulfilmentEvent(Value):
    """A scan that the store reports for a fulfilment, without naming the parcel."""

    fulfilment_id: str
    event: TrackingEvent
    estimate: Estimate | None = None


class StoreUpdate(Value):
    """Everything one delivery from a store says about one order.

    Attributes:
        order: A full snapshot, or `None` when the delivery is about fulfilments only.
    """

    source: str
    vendor_order_id: str
    topic: str
    order: OrderSnapshot | None = None
    fulfilments: tuple[FulfilmentSnapshot, ...] = ()
    events: tuple[FulfilmentEvent, ...] = ()
