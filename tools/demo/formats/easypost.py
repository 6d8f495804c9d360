"""EasyPost: trackers, JSON; instants in UTC.

https://docs.easypost.com/docs/trackers
A tracker is made once and asked for after; it pushes each change, signed over time, method, path and body.
"""

import json
from datetime import UTC

from tools.demo.journey import Journey
from tools.demo.signing import hmac_hex
from tools.demo.stories import Scan, Word
from tools.demo.vendor_api import Body, Call, Entry, Format, Push, Registration, Reply, Sending, in_json

CODES = {  # status, detail, text
    Word.LABEL: ("pre_transit", "label_created", "Shipment information received."),
    Word.ACCEPTED: ("in_transit", "received_at_origin_facility", "Item accepted at the post office."),
    Word.DEPARTED: ("in_transit", "departed_facility", "Item departed."),
    Word.ARRIVED: ("in_transit", "arrived_at_facility", "Item arrived at the processing facility."),
    Word.DEPOT: ("in_transit", "received_at_destination_facility", "Item arrived at the delivery office."),
    Word.OUT: ("out_for_delivery", "out_for_delivery", "Item out for delivery."),
    Word.DELIVERED: ("delivered", "arrived_at_destination", "Delivered."),
    Word.READY: ("available_for_pickup", "arrived_at_pickup_location", "Item waits at the post office."),
    Word.REFUSED: ("failure", "refused", "Item refused."),
    Word.LOST: ("failure", "lost", "Item lost."),
    Word.RETURNING: ("return_to_sender", "return", "Item on its way back."),
    Word.STRANGE: ("unknown", "unknown", "Photon relay complete."),
}
CARRIERS = {"canada_post": "CanadaPost", "royal_mail": "RoyalMail"}
SECRET = "demo-easypost-secret"  # noqa: S105 nobody's


def _tracker(journey: Journey) -> Body:
    newest = next(iter(journey.scans), None)
    status, detail, _ = CODES[newest.word] if newest else ("unknown", "unknown", "")
    return {
        "id": f"trk_{journey.number}",
        "object": "Tracker",
        "tracking_code": journey.number,
        "status": status,
        "status_detail": detail,
        "carrier": CARRIERS.get(journey.mover, ""),
        "updated_at": f"{journey.when(newest).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if newest else None,
        "est_delivery_date": f"{journey.estimate}T00:00:00Z" if journey.estimate else None,
        "tracking_details": [_detail(journey, scan) for scan in reversed(journey.scans)],
    }


def _detail(journey: Journey, scan: Scan) -> Body:
    status, detail, text = CODES[scan.word]
    town = journey.where(scan)
    return {
        "object": "TrackingDetail",
        "message": text,
        "status": status,
        "status_detail": detail,
        "datetime": f"{journey.when(scan):%Y-%m-%dT%H:%M:%SZ}",
        "tracking_location": {"city": town.name, "state": town.region, "country": town.country, "zip": town.postcode},
    }


def _tell(journey: Journey) -> Reply:
    return in_json({"trackers": [_tracker(journey)], "has_more": False})


def _unknown(_: str) -> Reply:
    return in_json({"trackers": [], "has_more": False})


def _push(journey: Journey, sending: Sending) -> tuple[bytes, dict[str, str]]:
    event = f"evt_{journey.number}_{len(journey.scans)}"
    told = {"id": event, "object": "Event", "description": "tracker.updated", "result": _tracker(journey)}
    body, stamp = json.dumps(told).encode(), sending.now.isoformat()
    digest = hmac_hex(SECRET, f"{stamp}POST{sending.path}".encode() + body)
    return body, {
        "x-timestamp": stamp,
        "x-path": sending.path,
        "x-hmac-signature-v2": f"hmac-sha256-hex={digest}",
    }


def _is_registration(call: Call) -> bool:
    return call.method == "POST"


def _asked(call: Call) -> str:
    if _is_registration(call):
        return str(json.loads(call.body)["tracker"]["tracking_code"])
    return call.query["tracking_code"][0]


FORMAT = Format(
    entry=Entry({"api_key": "{secret}"}, {"authorization": "{key_alone}"}),
    words=frozenset(CODES),
    asked=_asked,
    tell=_tell,
    unknown=_unknown,
    places=frozenset({"city", "region", "postal_code", "country"}),
    registration=Registration(_is_registration, lambda journey: in_json(_tracker(journey))),
    push=Push(lambda: SECRET, _push),
)
