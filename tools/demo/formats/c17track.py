"""17TRACK: API 2.4, JSON; times with their offset, in UTC and as the carrier printed them, carriers as numbers.

https://api.17track.net/en/doc. A number must be registered, which is only confirmed; a push is signed with the SHA-256
of body and key.
"""

import hashlib
import json
from datetime import UTC

from tools.demo.journey import Journey
from tools.demo.stories import Scan, Word
from tools.demo.vendor_api import Body, Call, Entry, Format, Push, Registration, Reply, Sending, in_json

CODES = {  # stage, sub-status, the carrier's words
    Word.LABEL: ("InfoReceived", "InfoReceived", "Shipment information received"),
    Word.ACCEPTED: ("PickedUp", "InTransit_PickedUp", "Accepted by carrier"),
    Word.DEPARTED: ("Departure", "InTransit_Departure", "Departed from facility"),
    Word.ARRIVED: ("Arrival", "InTransit_Arrival", "Arrived at facility"),
    Word.DEPOT: ("Arrival", "InTransit_Arrival", "Arrived at delivery depot"),
    Word.OUT: ("OutForDelivery", "OutForDelivery_Other", "Out for delivery"),
    Word.DELIVERED: ("Delivered", "Delivered_Other", "Delivered"),
    Word.ATTEMPTED: (None, "DeliveryFailure_NoBody", "Nobody was home"),
    Word.READY: ("AvailableForPickup", "AvailableForPickup_Other", "Ready to be collected"),
    Word.ADDRESS: (None, "DeliveryFailure_InvalidAddress", "Address incorrect"),
    Word.REFUSED: (None, "Exception_Rejected", "Refused"),
    Word.LOST: (None, "Exception_Lost", "Lost"),
    Word.RETURNING: ("Returning", "Exception_Returning", "On its way back to the sender"),
    Word.RETURNED: ("Returned", "Exception_Returned", "Returned to the sender"),
    Word.STRANGE: (None, None, "Photon relay complete"),
}
NUMBERS = {"ups": (100002, "UPS"), "yanwen": (190012, "Yanwen")}
SECRET = "demo-17track-key"  # noqa: S105 nobody's
NOT_REGISTERED = -18019902


def _parcel(journey: Journey) -> Body:
    key, name = NUMBERS.get(journey.mover, (0, ""))
    newest = next((scan for scan in journey.scans if scan.word is not Word.STRANGE), None)
    said = CODES[newest.word][1] if newest else "NotFound_Other"
    status = {"status": str(said).partition("_")[0], "sub_status": said, "sub_status_descr": None}
    day = {"source": "Official", "from": None, "to": f"{journey.estimate}"}
    provider = {
        "provider": {"key": key, "name": name, "alias": name},
        "latest_sync_status": "Success",
        "events": [_event(journey, scan) for scan in journey.scans],
    }
    metrics = {"estimated_delivery_date": day if journey.estimate else None}
    told = {"latest_status": status, "time_metrics": metrics, "tracking": {"providers": [provider]}}
    return {"number": journey.number, "carrier": key, "param": None, "tag": "", "track_info": told}


def _event(journey: Journey, scan: Scan) -> Body:
    stage, sub_status, words = CODES[scan.word]
    town, local = journey.where(scan), journey.local(scan)
    place = {"country": town.country, "state": town.region or None, "city": town.name, "postal_code": town.postcode}
    return {
        "time_iso": local.isoformat("T", "seconds"),
        "time_utc": f"{local.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "time_raw": {"date": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M:%S}", "timezone": f"{local:%:z}"},
        "description": words,
        "location": town.name,
        "stage": stage,
        "sub_status": sub_status,
        "address": place,
    }


def _answer(accepted: list[Body], rejected: list[Body]) -> Reply:
    return in_json({"code": 0, "data": {"accepted": accepted, "rejected": rejected}})


def _tell(journey: Journey) -> Reply:
    return _answer([_parcel(journey)], [])


def _unknown(number: str) -> Reply:
    error = {"code": NOT_REGISTERED, "message": f"The tracking number '{number}' does not register."}
    return _answer([], [{"number": number, "error": error}])


def _confirm(journey: Journey) -> Reply:
    key, _ = NUMBERS.get(journey.mover, (0, ""))
    return _answer([{"origin": 1, "number": journey.number, "carrier": key, "email": None, "tag": None}], [])


def _push(journey: Journey, _: Sending) -> tuple[bytes, dict[str, str]]:
    body = json.dumps({"event": "TRACKING_UPDATED", "data": _parcel(journey)}).encode()
    return body, {"sign": hashlib.sha256(body + b"/" + SECRET.encode()).hexdigest()}


def _asked(call: Call) -> str:
    return str(json.loads(call.body)[0]["number"])


FORMAT = Format(
    entry=Entry({"api_key": "{secret}"}, {"17token": "{secret}"}),
    words=frozenset(CODES),
    asked=_asked,
    tell=_tell,
    unknown=_unknown,
    places=frozenset({"city", "region", "postal_code", "country"}),
    registration=Registration(lambda call: call.last == "register", _confirm),
    push=Push(lambda: SECRET, _push),
)
