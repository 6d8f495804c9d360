"""ShipEngine: tracking answers, JSON; UTC and the wall clock beside each other.

https://www.shipengine.com/docs/tracking
`tracking/start` makes it push, and answers with an empty body. A push is signed with RSA over its time and body; the
merchant is given the public key set.
"""

import json
from base64 import b64encode, urlsafe_b64encode
from functools import cache

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from tools.demo.journey import Journey
from tools.demo.stories import Scan, Word
from tools.demo.vendor_api import Body, Call, Entry, Format, Push, Registration, Reply, Sending, in_json

CODES = {  # status, detail, text
    Word.LABEL: ("NY", "ELEC_ADVICE_RECD_BY_CARRIER", "Label made"),
    Word.ACCEPTED: ("AC", "COLLECTION_MADE", "Picked up"),
    Word.DEPARTED: ("IT", "HUB_SCAN_OUT", "Departed from hub"),
    Word.ARRIVED: ("IT", "HUB_SCAN_IN", "Arrived at hub"),
    Word.DEPOT: ("IT", "RECEIVED_LOCAL_DELIVERY_DEPOT", "Arrived at delivery depot"),
    Word.OUT: ("IT", "OUT_FOR_DELIVERY", "Out for delivery"),
    Word.DELIVERED: ("DE", "DELIVERED", "Delivered"),
    Word.ATTEMPTED: ("AT", "ATTEMPTED_DELIVERY", "Delivery attempted"),
    Word.READY: ("SP", "AWAITING_COLLECTION_FROM_PICKUP_POINT", "Ready to be collected"),
    Word.COLLECTED: ("DE", "PARCEL_COLLECTED_FROM_PICKUP_POINT", "Collected"),
    Word.ADDRESS: ("EX", "ADDRESS_QUERY", "Address unclear"),
    Word.REFUSED: ("EX", "REFUSED_BY_CUSTOMER", "Refused"),
    Word.LOST: ("EX", "PARCEL_LOST", "Lost"),
    Word.RETURNING: ("EX", "RETURN_TO_SENDER", "On its way back"),
    Word.STRANGE: ("UN", "PHOTON_RELAY", "Photon relay complete"),
}
CARRIERS = {"ontrac": "ontrac", "ups": "ups"}
KEY_ID = "demo-key"
_EXPONENT, _BITS = 65_537, 2048


def _tracking(journey: Journey) -> Body:
    newest = next(iter(journey.scans), None)
    status, detail, _ = CODES[newest.word] if newest else ("UN", None, "")
    return {
        "tracking_number": journey.number,
        "carrier_code": CARRIERS.get(journey.mover, ""),
        "status_code": status,
        "status_detail_code": detail,
        "estimated_delivery_date": f"{journey.estimate}T00:00:00Z" if journey.estimate else None,
        "events": [_event(journey, scan) for scan in journey.scans],
    }


def _event(journey: Journey, scan: Scan) -> Body:
    status, detail, text = CODES[scan.word]
    town = journey.where(scan)
    return {
        "occurred_at": f"{journey.when(scan):%Y-%m-%dT%H:%M:%SZ}",
        "carrier_occurred_at": f"{journey.local(scan):%Y-%m-%dT%H:%M:%S}",
        "description": text,
        "city_locality": town.name,
        "state_province": town.region,
        "postal_code": town.postcode,
        "country_code": town.country,
        "status_code": status,
        "status_detail_code": detail,
        "signer": "",
    }


def _tell(journey: Journey) -> Reply:
    return in_json(_tracking(journey))


def _unknown(number: str) -> Reply:
    return in_json({"tracking_number": number, "status_code": "UN", "events": []})


@cache
def _key() -> RSAPrivateKey:
    return generate_private_key(_EXPONENT, _BITS)


def _key_set() -> str:
    modulus = _key().public_key().public_numbers().n
    key = {"kty": "RSA", "alg": "RS256", "kid": KEY_ID, "n": _number(modulus), "e": _number(_EXPONENT)}
    return json.dumps({"keys": [key]})


def _number(number: int) -> str:
    return urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8)).decode().rstrip("=")


def _push(journey: Journey, sending: Sending) -> tuple[bytes, dict[str, str]]:
    told = {"resource_type": "API_TRACK", "resource_url": "https://api.shipengine.com/v1/tracking"}
    body = json.dumps({**told, "data": _tracking(journey)}).encode()
    stamp = sending.now.isoformat()
    signature = _key().sign(stamp.encode() + b"." + body, PKCS1v15(), SHA256())
    return body, {
        "x-shipengine-rsa-sha256-key-id": KEY_ID,
        "x-shipengine-rsa-sha256-signature": b64encode(signature).decode(),
        "x-shipengine-timestamp": stamp,
    }


def _asked(call: Call) -> str:
    return call.query["tracking_number"][0]


FORMAT = Format(
    entry=Entry({"api_key": "{secret}"}, {"api-key": "{secret}"}),
    words=frozenset(CODES),
    asked=_asked,
    tell=_tell,
    unknown=_unknown,
    places=frozenset({"city", "region", "postal_code", "country"}),
    registration=Registration(lambda call: call.last == "start", lambda _: Reply(200, b"")),
    push=Push(_key_set, _push),
)
