"""DHL Express: MyDHL API, JSON; wall clocks with the offset beside them, places as service areas.

https://developer.dhl.com/api-reference/dhl-express-mydhl-api
A waybill that was only announced has no checkpoint yet.
"""

from http import HTTPStatus

from tools.demo.journey import Journey
from tools.demo.routes import THREE_LETTERS
from tools.demo.stories import Scan, Word
from tools.demo.vendor_api import Body, Call, Entry, Format, Reply, in_json

CODES = {
    Word.ACCEPTED: ("PU", "Shipment picked up"),
    Word.DEPARTED: ("DF", "Shipment has departed from a DHL facility"),
    Word.ARRIVED: ("AF", "Arrived at DHL Sort Facility"),
    Word.DEPOT: ("AR", "Arrived at DHL Delivery Facility"),
    Word.OUT: ("WC", "Shipment is out with courier for delivery"),
    Word.DELIVERED: ("OK", "Delivered"),
    Word.ATTEMPTED: ("NH", "Delivery attempted; recipient not home"),
    Word.READY: ("CC", "Awaiting collection by recipient as requested"),
    Word.ADDRESS: ("BA", "Address information needed"),
    Word.REFUSED: ("RD", "Recipient refused delivery"),
    Word.RETURNING: ("RT", "Returned to shipper"),
    Word.STRANGE: ("QX", "Photon relay complete"),
}
SILENT = frozenset({Word.LABEL})


def _tell(journey: Journey) -> Reply:
    shipment: dict[str, object] = {
        "shipmentTrackingNumber": journey.number,
        "status": "Success",
        "productCode": "P",
        "description": "Homeware",
        "events": [_event(journey, scan) for scan in reversed(journey.told(SILENT))],
    }
    if journey.estimate:
        shipment["estimatedDeliveryDate"] = f"{journey.estimate}T23:59:00"
    return in_json({"shipments": [shipment]})


def _event(journey: Journey, scan: Scan) -> Body:
    town, local = journey.where(scan), journey.local(scan)
    code, words = CODES[scan.word]
    area = {"code": town.name[:3].upper(), "description": f"{town.name}-{THREE_LETTERS[town.country]}"}
    return {
        "date": f"{local:%Y-%m-%d}",
        "time": f"{local:%H:%M:%S}",
        "GMTOffset": f"{local:%:z}",
        "typeCode": code,
        "description": words,
        "serviceArea": [area],
        "signedBy": "",
    }


def _unknown(_: str) -> Reply:
    problem = {"title": "No data found", "detail": "No data found", "message": "Not Found", "status": "404"}
    return in_json(problem, HTTPStatus.NOT_FOUND)


def _asked(call: Call) -> str:
    return call.query["shipmentTrackingNumber"][0]


FORMAT = Format(
    entry=Entry({"username": "{id}", "password": "{secret}"}, {"authorization": "{basic}"}),
    words=frozenset(CODES) | SILENT,
    silent=SILENT,
    asked=_asked,
    tell=_tell,
    unknown=_unknown,
    places=frozenset({"city", "country"}),
)
