"""How the store tells an order: the webhooks of each, in Shopify's Admin REST form, in the order they are sent.

Most orders are told the usual way; the others show what shops do to each other's webhooks: repeats, wrong order, late.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from tools.demo.orders import PACKED, Hook, Order
from tools.demo.routes import route_to
from tools.demo.shop_clock import at

Moment = Callable[[float], datetime]
"""The time of an hour of the demo."""

_FIRST_ID = 6_148_210_000_000_000
PRICE = 38
_AFTER_PACKING = 1.1


class Teller:
    """Writes the bodies of one order; `moment` turns the demo's hours into times."""

    def __init__(self, order: Order, moment: Moment) -> None:
        self.order = order
        self.moment = moment

    def order_hook(self, topic: str, hour: float, *, cancelled: bool = False, updated: float | None = None) -> Hook:
        """An order webhook; `updated` is the store's time of the snapshot when it is not the hour it is sent."""
        order = self.order
        stamp = self._text(order.placed)
        body = {
            "id": _FIRST_ID + order.number,
            "name": order.name,
            "created_at": stamp,
            "processed_at": stamp,
            "updated_at": self._text(hour if updated is None else updated),
            "cancelled_at": self._text(hour) if cancelled else None,
            "email": order.person.email,
            "phone": None,
            "customer_locale": order.person.locale,
            "buyer_accepts_marketing": False,
            "currency": "EUR",
            "total_price": f"{PRICE * len(order.lines)}.00",
            "test": False,
            "tags": "",
            "customer": {"first_name": order.person.first_name, "last_name": order.person.last_name},
            "billing_address": {**self._address(), **_named(order.person.first_name, order.person.last_name)},
            "shipping_address": {**self._address(), **_named(*self._receiver())},
            "line_items": [self._line(place) for place in range(len(order.lines))],
            "fulfillments": [],
        }
        return Hook(hour, topic, body, f"{topic}.{order.number}.{hour}.{cancelled}")

    def packing_hook(self, place: int, topic: str, hour: float, *, status: str = "success", of: int = -1) -> Hook:
        """A fulfilment webhook; `of` tells the fulfilment whose id it has, when the packing replaces its content."""
        packing = self.order.packings[place]
        body = {
            "id": self.fulfilment_id(place if of < 0 else of),
            "order_id": _FIRST_ID + self.order.number,
            "status": status,
            "created_at": self._text(packing.hour),
            "updated_at": self._text(hour),
            "tracking_company": packing.company,
            "tracking_numbers": [parcel.number for parcel in packing.parcels],
            "tracking_urls": [f"https://carrier.example/{parcel.number}" for parcel in packing.parcels],
            "line_items": [self._line(line) for line in packing.lines if line < len(self.order.lines)],
        }
        return Hook(hour, topic, body, f"{topic}.{self.fulfilment_id(place)}.{hour}.{status}")

    def event_hook(self, status: str, hour: float) -> Hook:
        """A scan that the store tells."""
        body = {
            "id": _FIRST_ID * 2 + self.order.number * 10 + len(status),
            "order_id": _FIRST_ID + self.order.number,
            "fulfillment_id": self.fulfilment_id(0),
            "status": status,
            "message": status.replace("_", " ").capitalize(),
            "happened_at": self._text(hour),
            "city": self.order.town,
            "country": route_to(self.order.town)[2].country,
        }
        return Hook(hour, "fulfillment_events/create", body, f"event.{self.order.number}.{status}")

    def packings(self, shift: float = 0) -> list[Hook]:
        """The usual fulfilment webhooks, so many hours late."""
        return [
            self.packing_hook(place, "fulfillments/create", packing.hour + shift)
            for place, packing in enumerate(self.order.packings)
        ]

    def fulfilment_id(self, place: int) -> int:
        """The store's id of a packing."""
        return _FIRST_ID + self.order.number * 10 + place

    def _text(self, hour: float) -> str:
        return (self.moment(hour) + timedelta(hours=1)).replace(tzinfo=None).isoformat("T", "seconds") + "+01:00"

    def _receiver(self) -> tuple[str, str]:
        person = self.order.person
        return self.order.receiver if any(self.order.receiver) else (person.first_name, person.last_name)

    def _address(self) -> dict[str, str]:
        town = route_to(self.order.town)[2]
        return {
            "address1": "1 Example Lane",
            "city": town.name,
            "province_code": town.region,
            "zip": town.postcode,
            "country_code": town.country,
        }

    def _line(self, place: int) -> dict[str, object]:
        title, _, variant = self.order.lines[place].partition(" / ")
        return {
            "id": _FIRST_ID * 3 + self.order.number * 10 + place,
            "title": title.removeprefix("~"),
            "variant_title": variant or "Default Title",
            "sku": f"LL-{self.order.number}-{place}",
            "quantity": 1,
            "price": f"{PRICE}.00",
            "requires_shipping": not title.startswith("~"),
            "gift_card": False,
        }


def _named(first_name: str, last_name: str) -> dict[str, str]:
    return {"first_name": first_name, "last_name": last_name}


def usual(teller: Teller) -> list[Hook]:
    """The order, then its packings."""
    return [teller.order_hook("orders/create", teller.order.placed), *teller.packings()]


def repeated(teller: Teller) -> list[Hook]:
    """Everything three times, once with a new delivery id."""
    once = usual(teller)
    renamed = [Hook(hook.hour, hook.topic, hook.body, f"{hook.delivery}.again") for hook in once]
    return [*once, *once, *renamed]


def order_last(teller: Teller) -> list[Hook]:
    """The packing hours before the order."""
    return [*teller.packings(), teller.order_hook("orders/create", at("Mon", "16:55"), updated=teller.order.placed)]


def backwards(teller: Teller) -> list[Hook]:
    """Updates before what they update."""
    placed = teller.order.placed
    return [
        teller.order_hook("orders/updated", placed + 0.2),
        teller.order_hook("orders/create", placed + 0.3, updated=placed),
        teller.packing_hook(0, "fulfillments/update", PACKED + 0.2),
        teller.packing_hook(0, "fulfillments/create", PACKED),
    ]


def cancelled(teller: Teller) -> list[Hook]:
    """Cancelled two hours later."""
    placed = teller.order.placed
    return [
        teller.order_hook("orders/create", placed),
        teller.order_hook("orders/cancelled", placed + 2, cancelled=True),
    ]


def cancelled_first(teller: Teller) -> list[Hook]:
    """The cancellation is heard before the order."""
    placed = teller.order.placed
    return [
        teller.order_hook("orders/cancelled", placed + 0.2, cancelled=True),
        teller.order_hook("orders/create", placed + 0.3, updated=placed),
    ]


def relabelled(teller: Teller) -> list[Hook]:
    """The packing gets another number an hour later."""
    first, *_ = teller.packings()
    later = teller.packing_hook(1, "fulfillments/update", PACKED + _AFTER_PACKING, of=0)
    return [teller.order_hook("orders/create", teller.order.placed), first, later]


def repacked(teller: Teller) -> list[Hook]:
    """The packing is undone and made again with another carrier."""
    return [
        teller.order_hook("orders/create", teller.order.placed),
        teller.packing_hook(0, "fulfillments/create", PACKED),
        teller.packing_hook(0, "fulfillments/update", PACKED + _AFTER_PACKING, status="cancelled"),
        teller.packing_hook(1, "fulfillments/create", PACKED + _AFTER_PACKING),
    ]


def by_store_events(teller: Teller) -> list[Hook]:
    """The store itself tells the scans."""
    return [
        *usual(teller),
        teller.event_hook("in_transit", at("Mon", "16:40")),
        teller.event_hook("out_for_delivery", at("Tue", "10:10")),
        teller.event_hook("delivered", at("Tue", "13:05")),
    ]


def a_day_late(teller: Teller) -> list[Hook]:
    """Nothing is heard until the next afternoon."""
    late = at("Tue", "13:20")
    order = teller.order_hook("orders/create", late, updated=teller.order.placed)
    return [order, *(Hook(late, hook.topic, hook.body, hook.delivery) for hook in teller.packings())]
