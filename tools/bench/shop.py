"""What the benchmark's shop and its carrier say: one order, its packing, and six scans, in the vendors' own forms."""

import json
from datetime import UTC, datetime, timedelta

SHOPPER = "shopper.{}@example.com"
SCANS = (
    ("OC", "Shipment information sent to FedEx", "", ""),
    ("PU", "Picked up", "Memphis", "TN"),
    ("DP", "Left FedEx origin facility", "Memphis", "TN"),
    ("AR", "Arrived at FedEx hub", "Indianapolis", "IN"),
    ("OD", "On FedEx vehicle for delivery", "Madison", "WI"),
    ("DL", "Delivered", "Madison", "WI"),
)
"""A usual life: type, words, place. With the order and its packing these are eight events."""
DECISIVE = (1, 4, 5)
"""The scans that a shopper hears of: moving, out for delivery, delivered."""
_PLACED_AGO = timedelta(minutes=30)
_BEGUN = datetime.now(UTC)
"""A scan keeps its moment however often it is told."""


def order(number: int, *, packed: bool = False) -> bytes:
    """One Shopify order of two lines; `packed` gives the fulfilment instead."""
    now = datetime.now(UTC)
    stamp = (now - _PLACED_AGO).isoformat(timespec="seconds")
    lines = [
        {"id": number * 10 + place, "title": title, "variant_title": "Large", "quantity": 1, "requires_shipping": True}
        for place, title in enumerate(("Enamel lantern, midnight blue", "Wool blanket with fringe"))
    ]
    if packed:
        return json.dumps(_packing(number, lines, now.isoformat(timespec="seconds"))).encode()
    person = {"first_name": "Robin", "last_name": "Example", "email": SHOPPER.format(number)}
    address = {**person, "city": "Madison", "province_code": "WI", "zip": "53703", "country_code": "US"}
    body = {
        "id": number,
        "name": f"#{number}",
        "email": person["email"],
        "created_at": stamp,
        "updated_at": stamp,
        "processed_at": stamp,
        "currency": "USD",
        "total_price": "129.00",
        "customer_locale": "en-US",
        "customer": {"id": number, **person},
        "billing_address": address,
        "shipping_address": address,
        "line_items": lines,
        "fulfillments": [],
    }
    return json.dumps(body).encode()


def tracking_number(number: int) -> str:
    """The order's one parcel."""
    return f"7946{number:08}"


def answer(number: int, scans: int) -> bytes:
    """FedEx's word on the parcel after so many scans, newest first; push and poll have one form."""
    latest = SCANS[scans - 1][0]
    result = {
        "trackingNumberInfo": {"trackingNumber": tracking_number(number), "carrierCode": "FDXG"},
        "latestStatusDetail": {"code": latest, "derivedCode": latest},
        "dateAndTimes": [{"type": "ESTIMATED_DELIVERY", "dateTime": f"{_BEGUN.date() + timedelta(days=1)}T00:00:00"}],
        "scanEvents": [_scan(place) for place in reversed(range(scans))],
    }
    complete = [{"trackingNumber": tracking_number(number), "trackResults": [result]}]
    return json.dumps({"transactionId": "bench", "output": {"completeTrackResults": complete}}).encode()


def _scan(place: int) -> dict[str, object]:
    kind, words, city, region = SCANS[place]
    return {
        "date": (_BEGUN - timedelta(minutes=20 - place)).isoformat(timespec="seconds"),
        "eventType": kind,
        "eventDescription": words,
        "exceptionCode": "",
        "exceptionDescription": "",
        "scanLocation": {"city": city, "stateOrProvinceCode": region, "postalCode": "", "countryCode": "US"},
        "derivedStatusCode": kind,
        "derivedStatus": words,
    }


def _packing(number: int, lines: list[dict[str, object]], stamp: str) -> dict[str, object]:
    return {
        "id": number * 100,
        "order_id": number,
        "status": "success",
        "created_at": stamp,
        "updated_at": stamp,
        "tracking_company": "FedEx",
        "tracking_number": tracking_number(number),
        "tracking_numbers": [tracking_number(number)],
        "line_items": lines,
    }
