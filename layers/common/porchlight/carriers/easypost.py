"""EasyPost Trackers: an aggregator that speaks for a hundred carriers.

In: a Tracker, a list of trackers (the answer to a query by tracking code) or an Event webhook. Out: one update per
tracker, under the carrier EasyPost names. https://docs.easypost.com/docs/trackers and .../docs/webhooks

* Push and poll; Basic authentication with the API key as user name and no password.
* `datetime` is EXACT where EasyPost knew the place well enough to find its zone. For a scan with neither city nor
  postcode it "defaults to UTC": its `Z` is no more than a guess, and what is printed counts as a wall clock.
* `est_delivery_date` is a day dressed as midnight UTC, so its time is never read; `carrier_detail` may hold the local
  day and time.
* Status and detail are EasyPost's reading of the carrier; `carrier_code` is the carrier's own code, where given.
* A list without trackers is the proper answer for a number EasyPost was never asked to follow: an unknown parcel.
* A webhook carries signature v1 (body only) or v2 (time, method, path and body). v1 stays accepted, so the trust of the
  whole is BODY; a complete v2 must hold, its time included.
* Status `error` says that EasyPost could not ask, nothing about the parcel: it becomes unknown.
"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from unicodedata import normalize
from urllib.parse import quote

from pydantic import AliasPath, Field

from porchlight.carriers._clock import iso_local
from porchlight.carriers._movers import json_call, words_back
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, day_or_end, printed_time, refusal, stated_at
from porchlight.carriers._roles import Keyed
from porchlight.domain.carrier_names import carrier_named
from porchlight.domain.errors import InvalidSignatureError, MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery, Trust, WebhookRequest
from porchlight.domain.model import Value
from porchlight.domain.reading import read_json
from porchlight.domain.signatures import hmac_hex, require_fresh, require_signature
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import EventTime, plausible, wall_clock
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, normal_number, tracking_event


class _Detail(Value):
    message: Text = ""
    status: Text = ""
    status_detail: Text = ""
    datetime: Text = ""
    carrier_code: Text = ""
    city: Text = Field("", validation_alias=AliasPath("tracking_location", "city"))
    region: Text = Field("", validation_alias=AliasPath("tracking_location", "state"))
    country: Text = Field("", validation_alias=AliasPath("tracking_location", "country"))
    postal_code: Text = Field("", validation_alias=AliasPath("tracking_location", "zip"))


class _Tracker(Value):
    tracking_code: str
    status: str
    status_detail: Text = ""
    carrier: Text = ""
    updated_at: Text = ""
    est_delivery_date: Text = ""
    local_day: Text = Field("", validation_alias=AliasPath("carrier_detail", "est_delivery_date_local"))
    local_time: Text = Field("", validation_alias=AliasPath("carrier_detail", "est_delivery_time_local"))
    tracking_details: tuple[_Detail, ...] = ()


class _Error(Value):
    code: str


class _Answer(Value):
    error: _Error | None = None
    trackers: tuple[_Tracker, ...] | None = None


class _Kind(Value):
    id: Text = ""
    description: str


class _Event(Value):
    result: _Tracker


STATUS_OF = {
    "unknown": Status.UNKNOWN,
    "pre_transit": Status.PRE_TRANSIT,
    "in_transit": Status.IN_TRANSIT,
    "out_for_delivery": Status.OUT_FOR_DELIVERY,
    "available_for_pickup": Status.AVAILABLE_FOR_PICKUP,
    "delivered": Status.DELIVERED,
    "return_to_sender": Status.RETURN_TO_SENDER,
    "failure": Status.EXCEPTION,
    "cancelled": Status.CANCELLED,
    "error": Status.UNKNOWN,
}
# The details left out, arrived_at_destination and awaiting_information among them, add nothing to their status.
SUB_STATUS_OF = {
    "address_correction": SubStatus.ADDRESS_PROBLEM,
    "arrived_at_facility": SubStatus.ARRIVED_AT_FACILITY,
    "arrived_at_pickup_location": SubStatus.AT_PICKUP_POINT,
    "damaged": SubStatus.DAMAGED,
    "delayed": SubStatus.DELAYED,
    "departed_facility": SubStatus.DEPARTED_FACILITY,
    "departed_origin_facility": SubStatus.DEPARTED_FACILITY,
    "held": SubStatus.HELD,
    "label_created": SubStatus.LABEL_CREATED,
    "lost": SubStatus.LOST,
    "missorted": SubStatus.MISSORTED,
    "received_at_destination_facility": SubStatus.AT_LOCAL_DEPOT,
    "received_at_origin_facility": SubStatus.ACCEPTED,
    "refused": SubStatus.REFUSED,
    "transferred_to_destination_carrier": SubStatus.HANDED_TO_PARTNER,
    "weather_delay": SubStatus.WEATHER,
}
# Details that are exceptions by their name, though EasyPost may leave the status at in_transit.
EXCEPTIONS = {"damaged", "delayed", "delivery_exception", "failure", "held", "lost", "missorted", "refused"}
EXCEPTIONS |= {"transit_exception", "weather_delay"}
HOST = "https://api.easypost.com"
# The strings EasyPost documents; without one it finds the carrier by the number.
WORD_OF = {
    "asendia": "Asendia",
    "australia_post": "AustraliaPost",
    "canada_post": "CanadaPost",
    "canpar": "Canpar",
    "chronopost": "Chronopost",
    "dhl_ecommerce_us": "DhlEcs",
    "dhl_express": "DHLExpress",
    "dpd": "DPD",
    "evri": "Evri",
    "fedex": "FedEx",
    "japan_post": "JPPost",
    "la_poste": "LaPoste",
    "ontrac": "OnTrac",
    "postnl": "PostNL",
    "purolator": "Purolator",
    "royal_mail": "RoyalMail",
    "sendle": "Sendle",
    "sf_express": "SFExpress",
    "ups": "UPS",
    "usps": "USPS",
    "yanwen": "Yanwen",
}
CARRIER_OF = words_back(
    WORD_OF,
    {
        "evri": "hermes",
        "fedex": "fedexcrossborder fedexdefault fedexmailview fedexsamedaycity fedexsmartpost fedexuk",
        "ontrac": "ontracdirectpost ontracv3",
        "ups": "upsdap upsiparcel upsmailinnovations",
        "usps": "uspsreturns uspsship",
    },
)
HTTP_STATUS_OF = {"NOT_FOUND": 404, "UNAUTHORIZED": 401, "APIKEY.INACTIVE": 401, "FORBIDDEN": 403, "RATE_LIMITED": 429}
HTTP_STATUS_OF |= {"INTERNAL_SERVER_ERROR": 500, "SERVICE_UNAVAILABLE": 503, "GATEWAY_TIMEOUT": 504}


def _reading(status: str, detail: str) -> tuple[Status, SubStatus]:
    ours = STATUS_OF.get(status, Status.UNKNOWN)
    if ours is Status.IN_TRANSIT and detail in EXCEPTIONS:
        ours = Status.EXCEPTION
    if ours is not Status.DELIVERED and detail == "expired":
        ours = Status.EXPIRED
    return ours, SubStatus.NONE if ours is Status.UNKNOWN else SUB_STATUS_OF.get(detail, SubStatus.NONE)


_V1 = "x-hmac-signature"
_V2 = ("x-hmac-signature-v2", "x-timestamp", "x-path")


class EasyPost(Keyed):
    """The plug-in."""

    code = "easypost"
    name = "EasyPost"
    trust: Trust | None = Trust.BODY
    webhook_headers = (_V1, *_V2)
    credential_fields = ("api_key",)
    budget = Budget(calls=5, seconds=1)
    readings = {code: _reading(code, "") for code in STATUS_OF} | {
        f"in_transit/{detail}": _reading("in_transit", detail) for detail in [*SUB_STATUS_OF, *EXCEPTIONS]
    }
    clock = Clock.MIXED
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """All trackers of one code; nearly always one."""
        url = f"{base_url(credentials, HOST)}/v2/trackers?tracking_code={quote(parcel.tracking_number, safe='')}"
        return HttpRequest(method="GET", url=url, headers=_headers(credentials))

    def registration_request(
        self,
        parcel: ParcelQuery,
        credentials: Credentials,
        token: str,  # noqa: ARG002
    ) -> HttpRequest | None:
        """Make a tracker; for a number it follows already EasyPost answers with that one."""
        tracker = {"tracking_code": parcel.tracking_number}
        if parcel.carrier in WORD_OF:
            tracker["carrier"] = WORD_OF[parcel.carrier]
        url = f"{base_url(credentials, HOST)}/v2/trackers"
        return json_call("POST", url, _headers(credentials), {"tracker": tracker})

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read one tracker, a list of them, or an error answer."""
        answer = read_json(self.code, _Answer, body)
        if answer.error:
            raise refusal(self.code, HTTP_STATUS_OF.get(answer.error.code, 400))
        if answer.trackers is None:
            return [_update(read_json(self.code, _Tracker, body), received_at)]
        if not answer.trackers:
            raise refusal(self.code, 404)
        return [_update(tracker, received_at) for tracker in answer.trackers]

    def verify_webhook(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """Check v2 when all its headers are there, else v1."""
        given, stamp, path = (request.headers.get(name, "") for name in _V2)
        if not (given and stamp and path):
            _require(request.headers.get(_V1), secrets, request.body)
            return
        _require(given, secrets, f"{stamp}{request.method}{path}".encode("utf-8", "replace") + request.body)
        require_fresh(_signed_at(stamp), request.received_at)
        if not path.endswith(request.path):  # a gateway may have taken a prefix off, never changed the end
            raise InvalidSignatureError

    def delivery_id(self, request: WebhookRequest) -> str | None:
        """The event's id."""
        try:
            return read_json(self.code, _Kind, request.body).id or None
        except MalformedPayloadError:
            return None

    def parse_webhook(self, request: WebhookRequest) -> list[TrackingUpdate]:
        """Read an event; those about anything but a tracker say nothing about a parcel."""
        if not read_json(self.code, _Kind, request.body).description.startswith("tracker."):
            return []
        return [_update(read_json(self.code, _Event, request.body).result, request.received_at)]


PLUGIN = EasyPost()


def _require(given: str | None, secrets: Sequence[str], signed: bytes) -> None:
    require_signature(given, secrets, lambda secret: f"hmac-sha256-hex={hmac_hex(normalize('NFKD', secret), signed)}")


def _signed_at(stamp: str) -> datetime | None:
    """ISO 8601 or, as mail and HTTP write it, RFC 2822; `None` when it is neither or names no zone."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(stamp)
        except (ValueError, OverflowError):
            continue
        return moment if moment.tzinfo else None
    return None


def _headers(credentials: Credentials) -> dict[str, str]:
    user = b64encode(f"{credentials['api_key']}:".encode()).decode()
    return {"Authorization": f"Basic {user}", "Accept": "application/json"}


def _update(tracker: _Tracker, received_at: datetime) -> TrackingUpdate:
    number = normal_number(tracker.tracking_code)
    if not number:
        raise MalformedPayloadError(EasyPost.code, "tracking_code", "empty")
    word = "".join(character for character in tracker.carrier.lower() if character.isalnum())
    status, sub_status = _reading(tracker.status, tracker.status_detail)
    local = f"{tracker.local_day}T{tracker.local_time or '00:00'}"
    return TrackingUpdate(
        tracking_number=number,
        carrier=CARRIER_OF.get(word) or carrier_named(word) or word or EasyPost.code,
        source=EasyPost.code,
        status=status,
        sub_status=sub_status,
        estimate=day_or_end(local) if tracker.local_day else day_or_end(tracker.est_delivery_date[:10]),
        reported_at=stated_at(tracker.updated_at, received_at),
        events=tuple(_scan(detail, received_at) for detail in tracker.tracking_details),
    )


def _scan(detail: _Detail, received_at: datetime) -> TrackingEvent:
    place = Place(city=detail.city, region=detail.region, postal_code=detail.postal_code, country=detail.country)
    status, sub_status = _reading(detail.status, detail.status_detail)
    return tracking_event(
        EasyPost.code,
        _time(detail, place, received_at),
        status=status,
        sub_status=sub_status,
        code=detail.carrier_code or (detail.status if status is Status.UNKNOWN else ""),
        description=detail.message,
        place=place,
    )


def _time(detail: _Detail, place: Place, received_at: datetime) -> EventTime:
    moment = iso_local(detail.datetime)
    if moment is None or place.city or place.postal_code or not detail.datetime.endswith("Z"):
        return printed_time(detail.datetime, place, received_at)
    return plausible(wall_clock(moment, None), received_at)
