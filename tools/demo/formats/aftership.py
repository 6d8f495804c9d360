"""AfterShip: trackings, API 2026-07, JSON; times with their offset, countries in three letters.

https://www.aftership.com/docs/tracking. A number must be registered; a push is signed with a base64 HMAC of its body.
"""

import json
from http import HTTPStatus

from tools.demo.journey import Journey
from tools.demo.routes import THREE_LETTERS
from tools.demo.signing import hmac_base64
from tools.demo.stories import Scan, Word
from tools.demo.vendor_api import Body, Call, Entry, Format, Push, Registration, Reply, Sending, in_json

CODES = {  # tag, sub-tag, the carrier's words
    Word.LABEL: ("InfoReceived", "InfoReceived_001", "Shipment information received"),
    Word.ACCEPTED: ("InTransit", "InTransit_002", "Accepted by carrier"),
    Word.DEPARTED: ("InTransit", "InTransit_007", "Departed from facility"),
    Word.ARRIVED: ("InTransit", "InTransit_003", "Arrived at facility"),
    Word.DEPOT: ("InTransit", "InTransit_003", "Arrived at delivery depot"),
    Word.OUT: ("OutForDelivery", "OutForDelivery_001", "Out for delivery"),
    Word.DELIVERED: ("Delivered", "Delivered_001", "Delivered"),
    Word.ATTEMPTED: ("AttemptFail", "AttemptFail_002", "Nobody was home"),
    Word.READY: ("AvailableForPickup", "AvailableForPickup_001", "Ready to be collected"),
    Word.COLLECTED: ("Delivered", "Delivered_002", "Collected"),
    Word.ADDRESS: ("Exception", "Exception_007", "Address incorrect"),
    Word.REFUSED: ("Exception", "Exception_003", "Refused"),
    Word.LOST: ("Exception", "Exception_013", "Lost"),
    Word.RETURNING: ("Exception", "Exception_010", "On its way back to the sender"),
    Word.RETURNED: ("Exception", "Exception_011", "Returned to the sender"),
    Word.STRANGE: ("Photon", "Photon_042", "Photon relay complete"),
}
SLUGS = {"yanwen": "yanwen", "ups": "ups"}
SECRET = "demo-aftership-secret"  # noqa: S105 nobody's


def _tracking(journey: Journey) -> Body:
    newest = next(iter(journey.scans), None)
    tag, subtag, _ = CODES[newest.word] if newest else ("Pending", "Pending_001", "")
    day = {"type": "specific", "source": "Carrier", "datetime": f"{journey.estimate}", "datetime_max": None}
    return {
        "id": f"trk{journey.number.lower()}",
        "tracking_number": journey.number,
        "slug": SLUGS.get(journey.mover),
        "active": True,
        "updated_at": journey.when(newest).isoformat() if newest else None,
        "tag": tag,
        "subtag": subtag,
        "latest_estimated_delivery": day if journey.estimate else None,
        "checkpoints": [_checkpoint(journey, scan) for scan in reversed(journey.scans)],
    }


def _checkpoint(journey: Journey, scan: Scan) -> Body:
    tag, subtag, words = CODES[scan.word]
    town = journey.where(scan)
    return {
        "checkpoint_time": journey.local(scan).isoformat("T", "seconds"),
        "city": town.name,
        "state": town.region or None,
        "postal_code": town.postcode,
        "country_region": THREE_LETTERS[town.country],
        "message": words,
        "tag": tag,
        "subtag": subtag,
        "source": "carrier",
    }


def _answer(code: int, data: Body) -> Body:
    return {"meta": {"code": code}, "data": data}


def _tell(journey: Journey) -> Reply:
    return in_json(_answer(200, {"pagination": {"total": 1}, "trackings": [_tracking(journey)]}))


def _unknown(_: str) -> Reply:
    return in_json(_answer(200, {"pagination": {"total": 0}, "trackings": []}))


def _confirm(journey: Journey) -> Reply:
    return in_json(_answer(201, _tracking(journey)), HTTPStatus.CREATED)


def _push(journey: Journey, _: Sending) -> tuple[bytes, dict[str, str]]:
    event = {
        "event": "tracking_update",
        "event_id": f"{journey.number}-{len(journey.scans)}",
        "msg": _tracking(journey),
    }
    body = json.dumps(event).encode()
    return body, {"aftership-hmac-sha256": hmac_base64(SECRET, body)}


def _is_registration(call: Call) -> bool:
    return call.method == "POST"


def _asked(call: Call) -> str:
    if _is_registration(call):
        return str(json.loads(call.body)["tracking_number"])
    return call.query["tracking_numbers"][0]


FORMAT = Format(
    entry=Entry({"api_key": "{secret}"}, {"as-api-key": "{secret}"}),
    words=frozenset(CODES),
    asked=_asked,
    tell=_tell,
    unknown=_unknown,
    places=frozenset({"city", "region", "postal_code", "country"}),
    registration=Registration(_is_registration, _confirm),
    push=Push(lambda: SECRET, _push),
)
