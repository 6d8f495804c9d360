"""Those who call us: the store's signed webhooks and the pushes of UPS, FedEx and EasyPost, over HTTP."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from urllib.parse import urlsplit

import requests

from tools.demo.answers import Journey, fedex
from tools.demo.connections import PUSH_SECRETS, STORE_SECRET
from tools.demo.orders import Hook
from tools.demo.shop_clock import Clock
from tools.demo.stories import Word

_EASYPOST = {  # status, detail, text
    Word.LABEL: ("pre_transit", "label_created", "Shipment information received."),
    Word.ACCEPTED: ("in_transit", "received_at_origin_facility", "Item accepted at the post office."),
    Word.DEPARTED: ("in_transit", "departed_facility", "Item departed."),
    Word.ARRIVED: ("in_transit", "arrived_at_facility", "Item arrived at the processing facility."),
    Word.DEPOT: ("in_transit", "received_at_destination_facility", "Item arrived at the delivery office."),
    Word.OUT: ("out_for_delivery", "out_for_delivery", "Item out for delivery."),
    Word.DELIVERED: ("delivered", "arrived_at_destination", "Delivered."),
}


class Senders:
    """One HTTP session for all of them. `addresses` are the connections' webhook addresses by plug-in code."""

    def __init__(self, addresses: Mapping[str, str], clock: Clock) -> None:
        self._addresses = addresses
        self._clock = clock
        self._session = requests.Session()
        self._session.trust_env = False

    def store(self, hook: Hook, *, secret: str = STORE_SECRET) -> int:
        """Send a Shopify webhook; returns the HTTP status."""
        body = json.dumps(hook.body, ensure_ascii=False).encode()
        headers = {
            "X-Shopify-Topic": hook.topic,
            "X-Shopify-Webhook-Id": hashlib.sha256(hook.delivery.encode()).hexdigest()[:32],
            "X-Shopify-Hmac-Sha256": _base64(secret, body),
        }
        return self._post("shopify", body, headers)

    def ups_hint(self, number: str, *, credential: str = PUSH_SECRETS["ups"]) -> int:
        """Send a Track Alert. Nothing in it is signed, so it may only wake a poll."""
        now = self._clock.now
        alert = {
            "trackingNumber": number,
            "localActivityDate": f"{now:%Y%m%d}",
            "localActivityTime": f"{now:%H%M%S}",
            "activityLocation": {"city": "Anywhere", "country": "US"},
            "activityStatus": {"type": "I", "code": "OR", "description": "Origin Scan"},
        }
        return self._post("ups", json.dumps(alert).encode(), {"credential": credential})

    def fedex_push(self, journey: Journey) -> int:
        """Send what the API would answer, signed."""
        body = json.dumps(fedex(journey)["output"]).encode()
        return self._post("fedex", body, {"fdx-signature": _base64(PUSH_SECRETS["fedex"], body)})

    def easypost_push(self, journey: Journey, carrier: str) -> int:
        """Send the tracker after its newest scan, signed with the time."""
        body = json.dumps(self._tracker_event(journey, carrier)).encode()
        path = urlsplit(self._addresses["easypost"]).path
        stamp = self._clock.now.isoformat()
        signed = f"{stamp}POST{path}".encode() + body
        digest = hmac.new(PUSH_SECRETS["easypost"].encode(), signed, hashlib.sha256).hexdigest()
        headers = {"x-timestamp": stamp, "x-path": path, "x-hmac-signature-v2": f"hmac-sha256-hex={digest}"}
        return self._post("easypost", body, headers)

    def _tracker_event(self, journey: Journey, carrier: str) -> dict[str, object]:
        status, detail, _ = _EASYPOST[journey.scans[0].word]
        number = journey.parcel.number
        tracker = {
            "id": f"trk_{number}",
            "object": "Tracker",
            "tracking_code": number,
            "status": status,
            "status_detail": detail,
            "carrier": carrier,
            "updated_at": self._clock.now.isoformat(),
            "est_delivery_date": f"{journey.estimate}T00:00:00Z" if journey.estimate else None,
            "tracking_details": [_easypost_scan(journey, place) for place in reversed(range(len(journey.scans)))],
        }
        event = f"evt_{number}_{len(journey.scans)}"
        return {"id": event, "object": "Event", "description": "tracker.updated", "result": tracker}

    def _post(self, code: str, body: bytes, headers: dict[str, str]) -> int:
        headers = {"Content-Type": "application/json", **headers}
        return self._session.post(self._addresses[code], data=body, headers=headers, timeout=30).status_code


def _easypost_scan(journey: Journey, place: int) -> dict[str, object]:
    scan = journey.scans[place]
    status, detail, text = _EASYPOST[scan.word]
    town = journey.where(scan)
    return {
        "object": "TrackingDetail",
        "message": text,
        "status": status,
        "status_detail": detail,
        "datetime": f"{journey.when(scan):%Y-%m-%dT%H:%M:%SZ}",
        "tracking_location": {"city": town.name, "state": town.region, "country": town.country, "zip": town.postcode},
    }


def _base64(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()
