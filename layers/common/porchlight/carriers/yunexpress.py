"""YunExpress: polled through its Open API (JSON, signed requests); pushes are signed.

https://open.yunexpress.cn ("Logistics tracking": track-service, push of trajectories, track nodes).

* A call carries the token and a signature: base64 HMAC-SHA256 under the app secret of date, method and path.
* A push carries `X-Openapi-Signature`: SHA-256 in hex of the milliseconds in `X-Openapi-Request-Timestamp`, the
  encrypt key and the body, one behind the other.
* `process_time` is the local wall clock, whatever its Z says; `process_utc_time` is the same moment in UTC. Both
  together are exact, one alone is not.
* `order_number` repeats what was asked for: waybill number, last-mile tracking number or the shop's own number. Pushes
  go by the waybill number.
* READY_FOR_PICKUP is said of freight at the cargo terminal, not of a parcel that waits for its recipient.
  DELIVERY_ATTEMPT is used both for the van's departure and for a missed recipient, so it stays unknown, as OTHER does.
* The answer of the older order API is read too. Its words end with who signed; they are cut there.
"""

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, date, datetime
from hmac import digest
from urllib.parse import quote

from pydantic import Field

from porchlight.carriers._clock import paired
from porchlight.carriers._country_names import country_code
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, refusal
from porchlight.carriers._roles import PushesAnswers, Unnumbered, Unregistered
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError, UnknownParcelError
from porchlight.domain.exchange import (
    Budget,
    Clock,
    Credentials,
    HttpRequest,
    ParcelQuery,
    Token,
    Trust,
    WebhookRequest,
)
from porchlight.domain.signatures import require_fresh, require_signature
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, tracking_event
from porchlight.domain.zones import zone_of

NODE_OF: dict[str, Reading] = by_code(
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "ORDER_CREATION PRE_ADVICING PRE_INFO",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "PICKED_UP",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "FIRST_MILE_ARRIVE TRANSIT_IN ARRIVE_CONFIRM_OC",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): (
            "FIRST_MILE_DEPART TRANSIT_OUT DEPART_CONFIRM_OC MAIN_LINE_DEPART"
        ),
        (Status.IN_TRANSIT, SubStatus.NONE): (
            "IN_TRANSIT IN_TRANSIT_CARRIER READY_FOR_OUTBOUND AIRPORT_RELEASE READY_FOR_PICKUP PICKUP_CARGO_TERMINAL"
        ),
        (Status.IN_TRANSIT, SubStatus.ARRIVED_IN_DESTINATION_COUNTRY): "MAIN_LINE_ARRIVE",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "ARRIVE_ORIN_CUSTOMS CUSTOMS_PROCESSING",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "EXPORT_CUSTOMS_COMPLETE CUSTOMS_COMPLETE CUSTOMS_RELEASE",
        (Status.IN_TRANSIT, SubStatus.HANDED_TO_PARTNER): "TRANSITHUB_ARRIVE CARRIER_PICKUP",
        (Status.DELIVERED, SubStatus.NONE): "DELIVERED",
        (Status.EXCEPTION, SubStatus.NONE): "PACKAGE_EXCEPTION DELIVERY_FAILURE",
        (Status.EXCEPTION, SubStatus.DELAYED): "CUSTOMS_DELAY",
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "CUSTOMS_HOLD CUSTOMS_INSPCTION CUSTOMS_EXCEPTION",  # so spelt
        (Status.EXCEPTION, SubStatus.HELD): "AIRPORT_HOLD",
        (Status.EXCEPTION, SubStatus.SECURITY): "AIRPORT_INSPECTION",
        (Status.EXCEPTION, SubStatus.LOST): "PACKAGE_LOST",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "RETURNED RETURNED_BACK",
        (Status.RETURNED, SubStatus.NONE): "RETURNED_TO_SENDER",
    }
)
STATUS_OF: dict[str, Reading] = by_code(  # of a parcel: letters; digits in the order API
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "F 1",
        (Status.IN_TRANSIT, SubStatus.NONE): "T 2",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "4",
        (Status.DELIVERED, SubStatus.NONE): "D 3",
        (Status.EXCEPTION, SubStatus.NONE): "E 6",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "R 7",
        (Status.CANCELLED, SubStatus.NONE): "C 5",
    }
)
NOT_FOUND = frozenset({"N", "0"})
HTTP_STATUS_OF = by_code({401: "401", 403: "403", 404: "404", 429: "429", 503: "500 503"})
CODE, HOST, PATH = "yunexpress", "https://openapi.yunexpress.cn", "/v1/track-service/info/get"
SIGNATORY = re.compile(r"\W*\bsigned( for)? by\b.*", re.IGNORECASE | re.DOTALL)
MILLISECONDS = re.compile(r"[0-9]{10,14}")


class _Event(Vendor):
    node: Text = at("track_node_code", "TrackNodeCode")
    local: Text = at("process_time", "ProcessDate")
    utc: Text = at("process_utc_time")
    description: Text = at("process_content", "ProcessContent")
    city: Text = at("process_city", "ProcessCity")
    location: Text = at("process_location", "ProcessLocation")
    region: Text = at("process_province", "ProcessProvince")
    country: Text = at("process_country", "ProcessCountry")


class _Parcel(Vendor):
    asked: Text = at("order_number")
    number: Text = at("track_Info.waybill_number", "track_info.waybill_number", "waybill_number", "WayBillNumber")
    other: Text = at("tracking_number", "TrackingNumber", "OrderNumber")
    status: Text = at("package_status", "track_Info.package_status", "PackageState")
    events: Many[_Event] = at(
        "track_Info.track_events", "track_info.track_events", "track_events", "OrderTrackingDetails", default=()
    )


class _Answer(Vendor):
    parcels: Many[_Parcel] | None = at("result", "response.result", "data", "Item", "Items", default=None)
    code: Text = at("code", "Code")
    success: bool | None = None


class _Token(Vendor):
    value: str = Field(min_length=1, validation_alias="accessToken")
    expires_in: float = Field(gt=0, allow_inf_nan=False, validation_alias="expiresIn")


class YunExpress(Unregistered, Unnumbered, PushesAnswers):
    """The plug-in."""

    code = CODE
    name = "YunExpress"
    trust: Trust | None = Trust.BODY_AND_TIME
    webhook_headers = ("x-openapi-signature", "x-openapi-request-timestamp")
    credential_fields = ("app_id", "app_secret", "source_key")
    budget = Budget(calls=60, seconds=60)  # none is published
    readings = NODE_OF | STATUS_OF
    clock = Clock.MIXED
    checked_on = date(2026, 11, 22)

    def token_request(self, credentials: Credentials) -> HttpRequest | None:
        """Client credentials as JSON."""
        asked = {
            "grantType": "client_credentials",
            "appId": credentials["app_id"],
            "appSecret": credentials["app_secret"],
            "sourceKey": credentials["source_key"],
        }
        url = f"{base_url(credentials, HOST)}/openapi/oauth2/token"
        headers = {"Content-Type": "application/json"}
        return HttpRequest(method="POST", url=url, headers=headers, body=json.dumps(asked).encode())

    def parse_token(self, body: bytes) -> Token:
        """Read the token."""
        token = read_document(CODE, _Token, body)
        return Token(value=token.value, expires_in=token.expires_in)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:
        """One parcel; the signature covers the path without its query."""
        asked_at = str(int(parcel.asked_at.timestamp() * 1000))
        signed = f"date={asked_at}&method=GET&uri={PATH}"
        sign = b64encode(digest(credentials["app_secret"].encode(), signed.encode(), hashlib.sha256)).decode()
        url = f"{base_url(credentials, HOST)}{PATH}?order_number={quote(parcel.tracking_number, safe='')}"
        headers = {"Accept": "application/json", "token": token, "date": asked_at, "sign": sign}
        return HttpRequest(method="GET", url=url, headers=headers)

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer of either API, or a push."""
        answer = read_document(CODE, _Answer, body)
        if answer.success is False or answer.code in HTTP_STATUS_OF:
            raise refusal(CODE, HTTP_STATUS_OF.get(answer.code, 400))
        if answer.parcels is None:
            raise MalformedPayloadError(CODE, "result", "neither a parcel nor an error")
        found = [parcel for parcel in answer.parcels if parcel.events or parcel.status not in NOT_FOUND]
        if not found:
            message = "yunexpress knows no such parcel"
            raise UnknownParcelError(message)
        return [_update(parcel, received_at) for parcel in found]

    def verify_webhook(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """Time, key and body, one behind the other."""
        time = request.headers.get("x-openapi-request-timestamp", "")
        before = time.encode("utf-8", "surrogatepass")
        require_signature(
            request.headers.get("x-openapi-signature"),
            secrets,
            lambda secret: hashlib.sha256(before + secret.encode() + request.body).hexdigest(),
        )
        readable = MILLISECONDS.fullmatch(time)
        require_fresh(datetime.fromtimestamp(int(time) / 1000, UTC) if readable else None, request.received_at)


PLUGIN = YunExpress()


def _update(parcel: _Parcel, received_at: datetime) -> TrackingUpdate:
    events = tuple(_event(event, received_at) for event in parcel.events)
    summary = STATUS_OF.get(parcel.status, UNKNOWN)
    number = parcel.asked or parcel.number or parcel.other
    return carrier_update(CODE, number, summary, events, None, received_at=received_at)


def _event(event: _Event, received_at: datetime) -> TrackingEvent:
    if not event.node and not event.description:
        raise MalformedPayloadError(CODE, "track_node_code", "no code")
    place = Place(city=event.city or event.location, region=event.region, country=country_code(event.country))
    status, sub_status = NODE_OF.get(event.node, UNKNOWN)
    return tracking_event(
        CODE,
        paired(_split(event.local), _split(event.utc), zone_of(place), received_at),
        status=status,
        sub_status=sub_status,
        code=event.node,
        description=SIGNATORY.sub("", event.description),
        place=place,
    )


def _split(text: str) -> tuple[str, str]:
    return text[:10].replace("-", ""), text[11:19]
