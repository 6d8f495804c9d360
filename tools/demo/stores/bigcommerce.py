"""BigCommerce: webhooks that only name an order, and the V2 and V3 REST API that it is read from.

https://docs.bigcommerce.com/docs/rest-management/orders. Signed by Standard Webhooks; where there is nothing to tell,
V2 answers 204 without a body.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus

from tools.demo.orders import Hook
from tools.demo.shop import PRICE, Teller
from tools.demo.signing import hmac_base64
from tools.demo.stores.bought import FULL_NAME, Bought
from tools.demo.vendor_api import Body, Call, Entry, Reply, in_json

CODE = "bigcommerce"
SECRET = "demo-bigcommerce-client-secret"  # noqa: S105 nobody's
ENTRY = Entry({"store_hash": "demo", "access_token": "{secret}"}, {"x-auth-token": "{secret}"})
NOTHING = Reply(HTTPStatus.NO_CONTENT, b"")
NOT_FOUND = in_json({"status": 404, "title": "The requested resource was not found."}, HTTPStatus.NOT_FOUND)
_ORDERS = "/stores/demo/v2/orders"
_LISTS = ("products", "shippingaddresses", "shipments")
_SHIPPED, _TO_PACK = 2, 11


def usual(teller: Teller) -> list[Hook]:
    """That there is an order, then that there is a shipment."""
    order = teller.order
    made = _hook(teller, "store/order/created", order.placed, {"type": "order", "id": order.number})
    shipments = [
        _hook(teller, "store/shipment/created", packing.hour, _shipment_named(order.number, place))
        for place, packing in enumerate(order.packings)
    ]
    return [made, *shipments]


def unheard(_: Teller) -> list[Hook]:
    """Nothing: the store's webhooks are lost."""
    return []


def _shipment_named(number: int, place: int) -> Body:
    return {"type": "shipment", "id": number * 10 + place, "orderId": number}


def _hook(teller: Teller, scope: str, hour: float, data: Body) -> Hook:
    at = int(teller.moment(hour).timestamp())
    body = {"scope": scope, "store_id": "1000", "data": data, "created_at": at, "producer": "stores/demo"}
    digest = hashlib.sha256(f"{scope}{data}{at}".encode()).hexdigest()[:40]
    return Hook(hour, scope, {**body, "hash": digest}, digest, CODE)


def signed(_: Hook, body: bytes, delivery: str, now: datetime) -> dict[str, str]:
    """Headers of a delivery."""
    name, stamp = f"msg_{delivery}", str(int(now.timestamp()))
    signature = hmac_base64(SECRET, f"{name}.{stamp}.".encode() + body)
    return {"webhook-id": name, "webhook-timestamp": stamp, "webhook-signature": f"v1,{signature}"}


def answer(call: Call, bought: Iterable[Bought]) -> Reply:
    """One order or a part of it, or the orders that changed since a time."""
    if call.path == _ORDERS:
        return _listed(_changed(call, bought))
    number, _, part = call.path.partition("/orders/")[2].partition("/")
    found = next((one for one in bought if str(one.order.number) == number), None)
    if found is None:
        return NOT_FOUND
    return (
        _listed(_part(found, part)) if part in _LISTS else in_json({"data": [], "meta": {}} if part else _order(found))
    )


def _part(one: Bought, name: str) -> list[Body]:
    if name == "products":
        return [_product(one, place) for place in range(len(one.order.lines))]
    if name == "shippingaddresses":
        return [{**_address(one), "id": 1, "items_total": len(one.order.lines)}]
    return [_shipment(one, place) for place in range(len(one.packings))]


def _listed(rows: list[Body]) -> Reply:
    return in_json(rows) if rows else NOTHING


def _changed(call: Call, bought: Iterable[Bought]) -> list[Body]:
    since = datetime.fromisoformat(call.query["min_date_modified"][0])
    size, page = int(call.query["limit"][0]), int(call.query["page"][0])
    changed = sorted((one for one in bought if one.changed_at >= since), key=lambda one: one.changed_at)
    return [_order(one) for one in changed[size * (page - 1) : size * page]]


def _order(one: Bought) -> Body:
    packed = bool(one.packings)
    return {
        "id": one.order.number,
        "customer_id": 0,
        "status_id": _SHIPPED if packed else _TO_PACK,
        "status": "Shipped" if packed else "Awaiting Fulfillment",
        "date_created": format_datetime(one.placed_at.replace(microsecond=0)),
        "date_modified": format_datetime(one.changed_at.replace(microsecond=0)),
        "total_inc_tax": f"{one.total:.4f}",
        "items_total": len(one.order.lines),
        "currency_code": "USD",
        "default_currency_code": "USD",
        "billing_address": _address(one),
        "is_email_opt_in": False,
        "customer_locale": one.order.person.locale,
    }


def _address(one: Bought) -> Body:
    town, person = one.town, one.order.person
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "phone": "",
        "street_1": "1 Example Lane",
        "city": town.name,
        "state": town.region,
        "zip": town.postcode,
        "country": FULL_NAME[town.country],
        "country_iso2": town.country,
    }


def _product(one: Bought, place: int) -> Body:
    title, _, variant = one.order.lines[place].partition(" / ")
    return {
        "id": one.line_id(place),
        "product_id": 40 + place,
        "name": title,
        "sku": f"LL-{one.order.number}-{place}",
        "type": "physical",
        "quantity": 1,
        "price_inc_tax": f"{PRICE}.0000",
        "brand": "",
        "product_options": [{"display_name": "Style", "display_value": variant}] if variant else [],
    }


def _shipment(one: Bought, place: int) -> Body:
    packing = one.packings[place]
    return {
        "id": one.order.number * 10 + place,
        "order_id": one.order.number,
        "date_created": format_datetime(one.moment(packing.hour).replace(microsecond=0)),
        "tracking_number": ", ".join(parcel.number for parcel in packing.parcels),
        "shipping_provider": packing.company.lower(),
        "shipping_provider_display_name": packing.company,
        "tracking_carrier": "",
        "tracking_link": "",
        "items": [{"order_product_id": one.line_id(line), "quantity": 1} for line in one.lines_of(packing)],
    }
