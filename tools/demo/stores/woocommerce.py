"""WooCommerce: webhooks that carry the order, and the REST API wc/v3 that it is read from.

https://developer.woocommerce.com/docs/apis/rest-api/v3/orders/. Numbers stand in the metadata of Shipment Tracking, or
in WooCommerce's own Fulfillments, which are no part of the order: then a webhook is not enough, and the order is read.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from tools.demo.orders import Hook, Packing
from tools.demo.shop import PRICE, Teller
from tools.demo.signing import hmac_base64
from tools.demo.stores.bought import Bought
from tools.demo.vendor_api import Body, Call, Entry, Reply, in_json

CODE = "woocommerce"
SECRET = "demo-woocommerce-webhook"  # noqa: S105 nobody's
ENTRY = Entry(
    {"shop": "demo.example", "consumer_key": "{id}", "consumer_secret": "{secret}", "fulfillments": "on"},
    {"authorization": "{basic}"},
)
NOT_FOUND = in_json({"code": "woocommerce_rest_shop_order_invalid_id"}, HTTPStatus.NOT_FOUND)
_ORDERS = "/wp-json/wc/v3/orders"


def usual(teller: Teller) -> list[Hook]:
    """The order, then the order again with each packing."""
    hours = [teller.order.placed, *(packing.hour for packing in teller.order.packings)]
    topics = ["order.created", *["order.updated"] * len(teller.order.packings)]
    return [_hook(teller, topic, hour) for topic, hour in zip(topics, hours, strict=True)]


def _hook(teller: Teller, topic: str, hour: float) -> Hook:
    body = _order(Bought(teller.order, hour, teller.moment))
    return Hook(hour, topic, body, f"{topic}.{teller.order.number}.{hour}", CODE)


def signed(hook: Hook, body: bytes, delivery: str) -> dict[str, str]:
    """Headers of a delivery."""
    return {
        "X-WC-Webhook-Topic": hook.topic,
        "X-WC-Webhook-Delivery-ID": delivery,
        "X-WC-Webhook-Signature": hmac_base64(SECRET, body),
    }


def answer(call: Call, bought: Iterable[Bought]) -> Reply:
    """One order, its refunds or fulfillments, or the orders that changed after a time."""
    if call.path == _ORDERS:
        return in_json(_changed(call, bought))
    number, _, part = call.path.removeprefix(f"{_ORDERS}/").partition("/")
    found = next((one for one in bought if str(one.order.number) == number), None)
    if found is None:
        return NOT_FOUND
    if part:
        return in_json(_fulfillments(found) if part == "fulfillments" else [])
    return in_json(_order(found))


def _changed(call: Call, bought: Iterable[Bought]) -> list[Body]:
    after = datetime.fromisoformat(call.query["modified_after"][0]).replace(tzinfo=UTC)
    size, page = int(call.query["per_page"][0]), int(call.query["page"][0])
    changed = sorted((one for one in bought if one.changed_at > after), key=lambda one: one.changed_at)
    return [_order(one) for one in changed[size * (page - 1) : size * page]]


def _order(one: Bought) -> Body:
    order, packed = one.order, bool(one.packings)
    person = {"first_name": order.person.first_name, "last_name": order.person.last_name}
    town = one.town
    address = {"city": town.name, "state": town.region, "postcode": town.postcode, "country": town.country}
    return {
        "id": order.number,
        "number": str(order.number),
        "status": "completed" if packed else "processing",
        "currency": "EUR",
        "total": f"{one.total:.2f}",
        "customer_id": 0,
        "date_created_gmt": _gmt(one.placed_at),
        "date_modified_gmt": _gmt(one.changed_at),
        "date_paid_gmt": _gmt(one.placed_at),
        "date_completed_gmt": _gmt(one.changed_at) if packed else None,
        "billing": {**person, **address, "email": order.person.email, "phone": ""},
        "shipping": {**person, **address},
        "line_items": [_line(one, place) for place in range(len(order.lines))],
        "shipping_lines": [{"id": 1, "method_title": "Standard", "total": "0.00"}],
        "refunds": [],
        "meta_data": list(_meta(one)),
    }


def _line(one: Bought, place: int) -> Body:
    title, _, variant = one.order.lines[place].partition(" / ")
    chosen = [{"id": 1, "key": "pa_style", "display_key": "Style", "display_value": variant}] if variant else []
    return {
        "id": one.line_id(place),
        "name": f"{title} - {variant}" if variant else title,
        "parent_name": title if variant else None,
        "product_id": 90 + place,
        "sku": f"LL-{one.order.number}-{place}",
        "quantity": 1,
        "price": PRICE,
        "image": {"id": "", "src": ""},
        "meta_data": chosen,
    }


def _meta(one: Bought) -> Iterable[Body]:
    yield {"id": 1, "key": "wpml_language", "value": one.order.person.locale.partition("-")[0]}
    if one.order.fulfilments:
        yield {"id": 2, "key": "_fulfillment_status", "value": "fulfilled" if one.packings else "no_fulfillments"}
    elif one.packings:
        numbers = [_tracked(one, packing, parcel.number) for packing in one.packings for parcel in packing.parcels]
        yield {"id": 3, "key": "_wc_shipment_tracking_items", "value": numbers}


def _tracked(one: Bought, packing: Packing, number: str) -> Body:
    midnight = one.moment(packing.hour).replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "tracking_provider": "",
        "custom_tracking_provider": packing.company,
        "custom_tracking_link": "https://carrier.example/%1$s",
        "tracking_number": number,
        "date_shipped": str(int(midnight.timestamp())),
        "tracking_id": f"{one.order.number}-{number}",
    }


def _fulfillments(one: Bought) -> list[Body]:
    packed = one.packings if one.order.fulfilments else []
    return [_fulfillment(one, place, packing) for place, packing in enumerate(packed)]


def _fulfillment(one: Bought, place: int, packing: Packing) -> Body:
    packed_at = _gmt(one.moment(packing.hour))
    items = [{"item_id": one.line_id(line), "qty": 1} for line in one.lines_of(packing)]
    values = {
        "_date_fulfilled": packed_at,
        "_tracking_number": packing.parcels[0].number,
        "_tracking_url": f"https://carrier.example/{packing.parcels[0].number}",
        "_shipment_provider": packing.company.lower(),
        "_provider_name": packing.company,
        "_items": items,
    }
    return {
        "id": one.order.number * 10 + place,
        "entity_id": str(one.order.number),
        "status": "fulfilled",
        "is_fulfilled": True,
        "date_updated": packed_at,
        "date_deleted": None,
        "meta_data": [{"id": at, "key": key, "value": value} for at, (key, value) in enumerate(values.items())],
    }


def _gmt(moment: datetime) -> str:
    return f"{(moment + timedelta(microseconds=500)).astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
