"""DHL: Shipment Tracking - Unified, JSON; ISO times with their offset.

https://developer.dhl.com
"""

from http import HTTPStatus

from tools.demo.journey import Journey
from tools.demo.stories import Scan, Word
from tools.demo.vendor_api import Body, Call, Entry, Format, Reply, in_json

CODES = {  # coarse status, the division's own code
    Word.LABEL: ("pre-transit", "PRENOTIFICATION_RECEIVED"),
    Word.ACCEPTED: ("transit", "PARCEL_HANDED_OVER_TO_DHL"),
    Word.DEPARTED: ("transit", "PARCEL_SORTED_AT_HUB"),
    Word.ARRIVED: ("transit", "PARCEL_ARRIVED_AT_HUB"),
    Word.DEPOT: ("transit", "PARCEL_ARRIVED_AT_LOCAL_DEPOT"),
    Word.OUT: ("transit", "OUT_FOR_DELIVERY"),
    Word.DELIVERED: ("delivered", "DELIVERED"),
}


def _tell(journey: Journey) -> Reply:
    shipment = {
        "id": journey.number,
        "service": "parcel-nl",
        "origin": {"address": {"countryCode": journey.route[0].country}},
        "destination": {"address": {"countryCode": journey.route[2].country}},
        "status": _scan(journey, journey.scans[0]),
        "estimatedTimeOfDelivery": f"{journey.estimate}T00:00:00" if journey.estimate else None,
        "events": [_scan(journey, scan) for scan in journey.scans],
    }
    return in_json({"shipments": [shipment]})


def _scan(journey: Journey, scan: Scan) -> Body:
    town = journey.where(scan)
    coarse, own = CODES[scan.word]
    return {
        "timestamp": journey.local(scan).isoformat("T", "seconds"),
        "statusCode": coarse,
        "status": own,
        "location": {"address": {"addressLocality": town.name, "countryCode": town.country}},
    }


def _unknown(_: str) -> Reply:
    detail = "No shipment with given tracking number found."
    return in_json({"title": "No result found", "detail": detail, "status": 404}, HTTPStatus.NOT_FOUND)


def _asked(call: Call) -> str:
    return call.query["trackingNumber"][0]


FORMAT = Format(
    entry=Entry({"api_key": "{secret}"}, {"dhl-api-key": "{secret}"}),
    words=frozenset(CODES),
    asked=_asked,
    tell=_tell,
    unknown=_unknown,
    places=frozenset({"city", "country"}),
)
