"""PostNL: Shippingstatus v2, JSON; Dutch wall clocks, day first, empty objects for empty fields, and no place.

https://developer.postnl.nl/docs/#/http/api-endpoints/send-track/shippingstatus
"""

from zoneinfo import ZoneInfo

from tools.demo.journey import Journey
from tools.demo.stories import Scan, Word
from tools.demo.vendor_api import Body, Call, Entry, Format, Reply, in_json

CODES = {  # event, its words, status of the shipment
    Word.LABEL: ("A01", "Shipment expected, but not yet arrived at PostNL", "1"),
    Word.ACCEPTED: ("B01", "Shipment received by PostNL", "3"),
    Word.DEPARTED: ("J01", "Shipment has been sorted", "5"),
    Word.ARRIVED: ("J01", "Shipment has been sorted", "5"),
    Word.DEPOT: ("J01", "Shipment has been sorted", "5"),
    Word.OUT: ("J05", "Driver is en route", "7"),
    Word.DELIVERED: ("I01", "Shipment delivered", "11"),
    Word.READY: ("J02", "Shipment ready for collection at the PostNL location", "12"),
    Word.STRANGE: ("Q99", "Photon relay complete", "5"),
}
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def _tell(journey: Journey) -> Reply:
    newest = journey.scans[0]
    shipment: dict[str, object] = {
        "MainBarcode": journey.number,
        "Barcode": journey.number,
        "ShipmentAmount": "1",
        "ProductCode": "003085",
        "Reference": {},
        "Event": [_event(journey, scan) for scan in journey.scans],
        "Status": {"TimeStamp": _time(journey, newest), "StatusCode": CODES[newest.word][2], "PhaseCode": "2"},
    }
    if journey.estimate:
        window = {"ETAFrom": f"{journey.estimate}T11:05:00", "ETATo": f"{journey.estimate}T15:05:00"}
        shipment["Expectation"] = window
    return in_json({"CompleteStatus": {"Shipment": shipment}})


def _event(journey: Journey, scan: Scan) -> Body:
    code, words, _ = CODES[scan.word]
    codes = {"LocationCode": "161102", "DestinationLocationCode": {}, "RouteCode": {}, "RouteName": {}}
    return {"Code": code, "Description": words, **codes, "TimeStamp": _time(journey, scan)}


def _time(journey: Journey, scan: Scan) -> str:
    return f"{journey.when(scan).astimezone(AMSTERDAM):%d-%m-%Y %H:%M:%S}"


def _unknown(_: str) -> Reply:
    return in_json({"CurrentStatus": {}, "Warnings": [{"Message": "No shipment found", "Code": "2"}]})


def _asked(call: Call) -> str:
    return call.last


FORMAT = Format(
    entry=Entry({"api_key": "{secret}"}, {"apikey": "{secret}"}),
    words=frozenset(CODES),
    asked=_asked,
    tell=_tell,
    unknown=_unknown,
    places=frozenset(),
)
