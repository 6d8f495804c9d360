"""17TRACK: an aggregator of some three thousand carriers.

In: the answer of `gettrackinfo` or `register`, or a push (API 2.2 to 2.4); also the answers of API 1 and of the web
account, in which names have one letter or begin with F. Out: one update per number. https://api.17track.net/en/doc

* Push and poll with the key in `17token`; a number must be registered first. Each number of a call is accepted or
  rejected on its own; one that is registered already is rejected with a code of its own, and nothing is wrong.
* `time_iso` carries the offset 17TRACK found for the place; where the carrier printed only a day, `time_raw` says so.
  Old answers print a wall clock.
* The sub-status is finer than the stage, the stage finer than nothing; a scan of API 1 has neither and stays unknown.
* Carriers are numbers. The first provider is the mover, whatever the number that was registered.
* `sign` is a plain SHA-256 of body and key: the body is signed, its age is not. API 1, which signs inside the body, is
  not accepted as a push.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from pydantic import Field, Json

from porchlight.carriers._clock import iso_time
from porchlight.carriers._movers import day_or_time, header_text, json_call, moved_update, mover, place_in, words_back
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, day_or_end, refusal
from porchlight.carriers._roles import Keyed, Unnumbered
from porchlight.carriers._tree import Many, Vendor, at
from porchlight.domain.codes import UNKNOWN, Reading, by_code
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery, Trust, WebhookRequest
from porchlight.domain.reading import read_json
from porchlight.domain.signatures import require_signature
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, tracking_event

# Statuses, sub-statuses, the stages that are not also a status, and the numbers that API 1 has for statuses.
READING_OF = by_code(
    {
        UNKNOWN: "NotFound NotFound_Other NotFound_InvalidCode 0",
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "InfoReceived",
        (Status.IN_TRANSIT, SubStatus.NONE): "InTransit InTransit_Other 10",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "InTransit_PickedUp PickedUp",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "InTransit_Departure Departure",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "InTransit_Arrival Arrival",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "InTransit_CustomsProcessing",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "InTransit_CustomsReleased",
        (Status.EXCEPTION, SubStatus.DOCUMENTS_MISSING): "InTransit_CustomsRequiringInformation",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "OutForDelivery OutForDelivery_Other",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "AvailableForPickup AvailableForPickup_Other 30",
        (Status.DELIVERED, SubStatus.NONE): "Delivered Delivered_Other 40",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "DeliveryFailure DeliveryFailure_Other 35",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "DeliveryFailure_NoBody",
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "DeliveryFailure_InvalidAddress",
        (Status.EXCEPTION, SubStatus.REFUSED): "DeliveryFailure_Rejected Exception_Rejected",
        (Status.EXCEPTION, SubStatus.SECURITY): "DeliveryFailure_Security Exception_Security",
        (Status.EXCEPTION, SubStatus.NONE): "Exception Exception_Other 50",
        (Status.EXCEPTION, SubStatus.NOT_COLLECTED): "Exception_NoBody",
        (Status.EXCEPTION, SubStatus.DAMAGED): "Exception_Damage",
        (Status.EXCEPTION, SubStatus.DELAYED): "Exception_Delayed",
        (Status.EXCEPTION, SubStatus.LOST): "Exception_Lost",
        (Status.EXCEPTION, SubStatus.DISPOSED): "Exception_Destroyed",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "Exception_Returning Returning",
        (Status.RETURNED, SubStatus.NONE): "Exception_Returned Returned",
        (Status.CANCELLED, SubStatus.NONE): "Exception_Cancel",
        (Status.EXPIRED, SubStatus.NONE): "Expired Expired_Other 20",
    }
)
# 17TRACK finds a carrier that is not named by the form of the number.
WORD_OF = {
    "amazon_shipping": "100308",
    "aramex": "100006",
    "asendia": "100029",
    "australia_post": "1151",
    "austrian_post": "1161",
    "bpost": "2061",
    "canada_post": "3041",
    "canpar": "100146",
    "china_post": "3011",
    "chronopost": "100273",
    "correios_br": "2151",
    "correos_es": "19181",
    "dhl_ecommerce_us": "7047",
    "dhl_express": "100001",
    "dhl_parcel_de": "7041",
    "dpd": "100007",
    "evri": "100331",
    "fedex": "100003",
    "gls": "100005",
    "inpost": "100043",
    "japan_post": "10021",
    "la_poste": "6051",
    "ontrac": "100049",
    "poste_italiane": "9071",
    "postnl": "14041",
    "postnord": "19241",
    "purolator": "100042",
    "royal_mail": "11031",
    "sendle": "100123",
    "sf_express": "100012",
    "swiss_post": "19251",
    "tnt": "100004",
    "ups": "100002",
    "usps": "21051",
    "yanwen": "190012",
    "yunexpress": "190008",
}
CARRIER_OF = words_back(
    WORD_OF,
    {
        "amazon_shipping": "100309",
        "aramex": "100044 100067",
        "asendia": "100016",
        "bpost": "2063",
        "china_post": "3013",
        "dhl_unified": "7048 100047 100152 100216 100226 100245",
        "dpd": "100010 100026 100071 100072 100111 100142 100177 100204 100321",
        "fedex": "100222 100261",
        "gls": "100024 100189 100207 100208 100280 100281 100282 100283 100284 100305 100316 100384",
        "poste_italiane": "100019",
        "postnl": "14044",
        "postnord": "4011",
        "tnt": "100065 100200 100241",
    },
)
HOME = "https://api.17track.net/track/v2.4"
REGISTERED_ALREADY = {-18019901, -11010101}  # the API's code and the web account's
HTTP_STATUS_OF = {-18010001: 403, -18010002: 401, -18010003: 500, -18010004: 403, -18010005: 403}
HTTP_STATUS_OF |= {-18019902: 404, -18019903: 404, -18019909: 404, -18019907: 429, -18019908: 429}
SIGNATURE = "sign"


class _Scan(Vendor):
    time: Text = at("time_iso", "a")
    utc: Text = at("time_utc")
    raw_day: Text = at("time_raw.date")
    raw_time: Text = at("time_raw.time")
    sub_status: Text = ""
    stage: Text = ""
    words: Text = at("description", "z")
    location: Text = at("location", "c")
    city: Text = at("address.city")
    state: Text = at("address.state")
    postal_code: Text = at("address.postal_code")
    country: Text = at("address.country")


class _Provider(Vendor):
    key: Text = at("provider.key")
    name: Text = at("provider.name")
    scans: Many[_Scan] = at("events", default=())


class _Parcel(Vendor):
    """A number with what is known of it; blocks that should stand in `track_info` have been seen beside it."""

    number: Text = at("number", "no", "FTrackNo")
    carrier: Text = at("carrier", "track.w1", "FFirstCarrier")
    status: Text = at("track_info.latest_status.status", "latest_status.status", "track.e", "FTrackStateType")
    sub_status: Text = at("track_info.latest_status.sub_status", "latest_status.sub_status")
    estimate: Text = at("track_info.time_metrics.estimated_delivery_date.to", "time_metrics.estimated_delivery_date.to")
    providers: Many[_Provider] = at("track_info.tracking.providers", "tracking.providers", default=())
    first: Many[_Scan] = at("track.z1", default=())
    second: Many[_Scan] = at("track.z2", default=())
    last: Json[_Scan] | Text = Field("", alias="FLastEvent", union_mode="left_to_right")


class _Error(Vendor):
    code: int = at("error.code", default=0)


class _Counts(Vendor):
    """What the web account says of numbers that were added to it; their codes are not read one by one."""


class _Answer(Vendor):
    code: int = at("code", "Code", default=0)
    accepted: Many[_Parcel] | None = at("data.accepted", default=None)
    rejected: Many[_Error] = at("data.rejected", default=())
    old: Many[_Parcel] | None = at("dat", default=None)
    web: tuple[_Parcel, ...] | _Counts | None = Field(None, alias="Json")


class _Push(Vendor):
    event: str
    parcel: _Parcel = at("data", default=...)


class Track17(Keyed, Unnumbered):
    """The plug-in."""

    code = "17track"
    name = "17TRACK"
    trust: Trust | None = Trust.BODY
    webhook_headers = (SIGNATURE,)
    credential_fields = ("api_key",)
    budget = Budget(calls=3, seconds=1)
    readings = READING_OF
    clock = Clock.OFFSET
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One number."""
        url = f"{base_url(credentials, HOME)}/gettrackinfo"
        return json_call("POST", url, _headers(credentials), [{"number": parcel.tracking_number}])

    def registration_request(
        self,
        parcel: ParcelQuery,
        credentials: Credentials,
        token: str,  # noqa: ARG002
    ) -> HttpRequest | None:
        """Make 17TRACK follow a number."""
        number: dict[str, object] = {"number": parcel.tracking_number}
        if parcel.carrier in WORD_OF:
            number["carrier"] = int(WORD_OF[parcel.carrier])
        return json_call("POST", f"{base_url(credentials, HOME)}/register", _headers(credentials), [number])

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer of any age. Numbers that were only registered give nothing."""
        answer = read_json(self.code, _Answer, body)
        for code in (answer.code, *(error.code for error in answer.rejected)):
            if code in REGISTERED_ALREADY:
                return []
            if code < 0:
                raise refusal(self.code, HTTP_STATUS_OF.get(code, 400))
        listed = [one for one in (answer.accepted, answer.old, answer.web) if isinstance(one, tuple)]
        if not listed:
            raise MalformedPayloadError(self.code, "data", "absent")
        if not any(listed):
            raise refusal(self.code, 404)
        return [_update(parcel, received_at) for parcels in listed for parcel in parcels if parcel.status]

    def verify_webhook(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """SHA-256 of `body/key`."""
        require_signature(request.headers.get(SIGNATURE), secrets, lambda key: _digest(request.body, key))

    def parse_webhook(self, request: WebhookRequest) -> list[TrackingUpdate]:
        """Read a push; that tracking has stopped says nothing about the parcel."""
        parcel = read_json(self.code, _Push, request.body).parcel
        return [_update(parcel, request.received_at)] if parcel.status else []


PLUGIN = Track17()


def _digest(body: bytes, key: str) -> str:
    return hashlib.sha256(body + b"/" + key.encode()).hexdigest()


def _headers(credentials: Credentials) -> dict[str, str]:
    return {"17token": header_text(credentials["api_key"]), "Accept": "application/json"}


def _reading(fine: str, coarse: str) -> Reading:
    known = (READING_OF[code] for code in (fine, fine.partition("_")[0], coarse) if code in READING_OF)
    return next(known, UNKNOWN)


def _update(parcel: _Parcel, received_at: datetime) -> TrackingUpdate:
    provider = next((one for one in parcel.providers if one.key), _Provider())
    word = provider.name if provider.key and provider.key not in CARRIER_OF else provider.key or parcel.carrier
    scans = [scan for one in parcel.providers for scan in one.scans]
    scans += [*parcel.first, *parcel.second, *([parcel.last] if isinstance(parcel.last, _Scan) else [])]
    return moved_update(
        Track17.code,
        mover(Track17.code, "" if word == "0" else word, CARRIER_OF),
        parcel.number,
        _reading(parcel.sub_status, parcel.status),
        tuple(_scan(scan, received_at) for scan in scans),
        estimate=day_or_end(parcel.estimate),
        reported_at=received_at,
    )


def _scan(scan: _Scan, received_at: datetime) -> TrackingEvent:
    parts = Place(city=scan.city, region=scan.state, postal_code=scan.postal_code, country=scan.country)
    place = parts if str(parts) else place_in(scan.location)
    status, sub_status = _reading(scan.sub_status, scan.stage)
    is_day = scan.raw_day and not scan.raw_time
    time = iso_time(f"{scan.raw_day}T00:00:00", place, received_at) if is_day else None
    return tracking_event(
        Track17.code,
        time or day_or_time(scan.time or scan.utc, place, received_at),
        status=status,
        sub_status=sub_status,
        code=scan.sub_status or scan.stage,
        description=scan.words,
        place=place,
    )
