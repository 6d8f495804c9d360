"""FedEx: Track API v1, JSON; ISO times with the offset of the place.

https://developer.fedex.com
It pushes what it would answer, signed with a base64 HMAC of the body.
"""

import json

from tools.demo.journey import Journey
from tools.demo.signing import hmac_base64
from tools.demo.stories import Scan, Word
from tools.demo.vendor_api import EVERYWHERE, Body, Call, Format, Push, Reply, Sending, in_json, oauth

CODES = {  # event type, text, reason, its text
    Word.LABEL: ("OC", "Shipment information sent to FedEx", "", ""),
    Word.ACCEPTED: ("PU", "Picked up", "", ""),
    Word.DEPARTED: ("DP", "Left FedEx origin facility", "", ""),
    Word.ARRIVED: ("AR", "Arrived at FedEx hub", "", ""),
    Word.DEPOT: ("AF", "At local FedEx facility", "", ""),
    Word.OUT: ("OD", "On FedEx vehicle for delivery", "", ""),
    Word.DELIVERED: ("DL", "Delivered", "014", "Left at front door. Signature Service not requested."),
    Word.STRANGE: ("ZX", "Photon relay complete", "", ""),
}
SECRET = "demo-fedex-token"  # noqa: S105 nobody's


def _output(journey: Journey) -> Body:
    info = {"trackingNumber": journey.number, "trackingNumberUniqueId": "", "carrierCode": "FDXE"}
    kind, text, _, _ = CODES[journey.scans[0].word]
    moments = [{"type": "ESTIMATED_DELIVERY", "dateTime": f"{journey.estimate}T00:00:00"}]
    result = {
        "trackingNumberInfo": info,
        "latestStatusDetail": {"code": kind, "derivedCode": kind, "description": text},
        "dateAndTimes": moments if journey.estimate else [],
        "scanEvents": [_scan(journey, scan) for scan in journey.scans],
    }
    return {"completeTrackResults": [{"trackingNumber": journey.number, "trackResults": [result]}]}


def _scan(journey: Journey, scan: Scan) -> Body:
    town = journey.where(scan)
    kind, text, reason, explanation = CODES[scan.word]
    return {
        "date": journey.local(scan).isoformat("T", "seconds"),
        "eventType": kind,
        "eventDescription": text,
        "exceptionCode": reason,
        "exceptionDescription": explanation,
        "scanLocation": {"city": town.name, "stateOrProvinceCode": town.region, "countryCode": town.country},
    }


def _tell(journey: Journey) -> Reply:
    return in_json({"transactionId": "demo", "output": _output(journey)})


def _unknown(number: str) -> Reply:
    error = {"code": "TRACKING.TRACKINGNUMBER.NOTFOUND", "message": "Tracking number cannot be found."}
    result = {"trackingNumberInfo": {"trackingNumber": number}, "error": error}
    output = {"completeTrackResults": [{"trackingNumber": number, "trackResults": [result]}]}
    return in_json({"transactionId": "demo", "output": output})


def _push(journey: Journey, _: Sending) -> tuple[bytes, dict[str, str]]:
    body = json.dumps(_output(journey)).encode()
    return body, {"fdx-signature": hmac_base64(SECRET, body)}


def _asked(call: Call) -> str:
    return str(json.loads(call.body)["trackingInfo"][0]["trackingNumberInfo"]["trackingNumber"])


FORMAT = Format(
    entry=oauth("/oauth/token", 3_600),
    words=frozenset(CODES),
    asked=_asked,
    tell=_tell,
    unknown=_unknown,
    places=EVERYWHERE,
    push=Push(lambda: SECRET, _push),
)
