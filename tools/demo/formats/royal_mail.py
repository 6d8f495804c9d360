"""Royal Mail: Tracking API v2, JSON; times with their offset, places as names.

https://developer.royalmail.net
"""

from http import HTTPStatus

from tools.demo.journey import Journey
from tools.demo.stories import Scan, Word
from tools.demo.vendor_api import Body, Call, Entry, Format, Reply, in_json

CODES = {  # event, its name, category of the item
    Word.LABEL: ("EVAIP", "Sender despatching item", "PRE ADVICE"),
    Word.ACCEPTED: ("EVPPA", "Accepted at Post Office", "IN TRANSIT"),
    Word.DEPARTED: ("EVODO", "Item despatched", "IN TRANSIT"),
    Word.ARRIVED: ("EVDAV", "Item received at mail centre", "IN TRANSIT"),
    Word.DEPOT: ("EVOCO", "Item received at delivery office", "IN TRANSIT"),
    Word.OUT: ("EVGPD", "Due to be delivered today", "OUT FOR DELIVERY"),
    Word.DELIVERED: ("EVKOP", "Delivered", "DELIVERED"),
    Word.ATTEMPTED: ("EVKNA", "Delivery attempted: no answer", "ATTEMPTED DELIVERY"),
    Word.READY: ("EVPLA", "Available for collection", "AVAILABLE FOR COLLECTION"),
    Word.COLLECTED: ("EVPLC", "Collected", "COLLECTED"),
    Word.STRANGE: ("EVZXQ", "Photon relay complete", "IN TRANSIT"),
}


def _tell(journey: Journey) -> Reply:
    newest = _event(journey, journey.scans[0])
    last = {f"last{name[:1].upper()}{name[1:]}": value for name, value in newest.items() if name != "locationName"}
    summary = {
        "uniqueItemId": journey.number,
        "oneDBarcode": journey.number,
        "productName": "Tracked 24",
        **last,
        "lastEventLocationName": newest["locationName"],
        "statusCategory": CODES[journey.scans[0].word][2],
    }
    piece: dict[str, object] = {
        "mailPieceId": journey.number,
        "carrierShortName": "RM",
        "summary": summary,
        "events": [_event(journey, scan) for scan in journey.scans],
    }
    if journey.estimate:
        piece["estimatedDelivery"] = {"date": f"{journey.estimate}"}
    return in_json({"mailPieces": piece})


def _event(journey: Journey, scan: Scan) -> Body:
    code, name, _ = CODES[scan.word]
    return {
        "eventCode": code,
        "eventName": name,
        "eventDateTime": journey.local(scan).isoformat("T", "seconds"),
        "locationName": journey.where(scan).name,
    }


def _unknown(number: str) -> Reply:
    error = {"errorCode": "E1142", "errorDescription": f"Barcode reference {number} isn't recognised"}
    return in_json({"httpCode": "404", "httpMessage": "Not Found", "errors": [error]}, HTTPStatus.NOT_FOUND)


def _asked(call: Call) -> str:
    return call.path.split("/")[-2]


FORMAT = Format(
    entry=Entry(
        {"client_id": "{id}", "client_secret": "{secret}"},
        {"x-ibm-client-id": "{id}", "x-ibm-client-secret": "{secret}", "x-accept-rmg-terms": "yes"},
    ),
    words=frozenset(CODES),
    asked=_asked,
    tell=_tell,
    unknown=_unknown,
    places=frozenset({"city"}),
)
