"""TrackingMore: an aggregator of some thousand carriers.

In: the answer of `trackings/get` or `trackings/create`, or a push (API 4; 3 and 2 nest and name a little otherwise and
are read too). Out: one update per number. https://www.trackingmore.com/docs/trackingmore/

* Push and poll with the key in `Tracking-Api-Key`. A number must be registered with its carrier first; one that is
  registered already is refused with code 4101: nothing is wrong and nothing new is said.
* `checkpoint_date` is the carrier's: an instant when it prints an offset, else a wall clock of the place or a day.
* The sub-status is the finer one. `pickup` never means that the carrier picked the parcel up: it is out for delivery,
  or ready to be collected. `signed_by` is not read.
* A push signs its time alone (API 4 in headers, API 2 and 3 in `verifyInfo`, keyed by the account's e-mail): the body
  is not authenticated, so it is only a hint.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from urllib.parse import quote

from porchlight.carriers._movers import (
    day_or_time,
    header_text,
    json_call,
    moved_update,
    mover,
    place_in,
    word_for,
    words_back,
)
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, day_or_end, refusal, stated_at
from porchlight.carriers._roles import Keyed, PushesAnswers, Unnumbered
from porchlight.carriers._tree import Many, Vendor, at
from porchlight.domain.codes import UNKNOWN, Reading, by_code
from porchlight.domain.errors import InvalidSignatureError, MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery, Trust, WebhookRequest
from porchlight.domain.reading import read_json
from porchlight.domain.signatures import hmac_hex, require_fresh, require_signature
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, tracking_event

# Statuses and sub-statuses, in lower case.
READING_OF = by_code(
    {
        UNKNOWN: "pending pending001 notfound notfound002",
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "notfound001 inforeceived inforeceived001",
        (Status.IN_TRANSIT, SubStatus.NONE): "transit transit001",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "transit002",
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "transit003",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_IN_DESTINATION_COUNTRY): "transit004",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "transit005",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "transit006 transit007",  # dispatched, left the airport
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "pickup pickup001 pickup003",  # 003: will call the customer
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "pickup002",
        (Status.DELIVERED, SubStatus.NONE): "delivered delivered001 delivered004",  # 004: at the door or a neighbour's
        (Status.DELIVERED, SubStatus.COLLECTED): "delivered002",
        (Status.DELIVERED, SubStatus.SIGNED_FOR): "delivered003",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "undelivered undelivered004",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "undelivered002",
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "undelivered001 undelivered003",  # wrong, not to be found
        (Status.EXCEPTION, SubStatus.NONE): "exception exception005",
        (Status.EXCEPTION, SubStatus.NOT_COLLECTED): "exception004",
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "exception006",
        (Status.EXCEPTION, SubStatus.UNDELIVERABLE): "exception007",  # damaged, lost or thrown away
        (Status.EXCEPTION, SubStatus.REFUSED): "exception009",
        (Status.CANCELLED, SubStatus.NONE): "exception008",
        (Status.RETURNED, SubStatus.NONE): "exception010",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "exception011",
        (Status.EXPIRED, SubStatus.NONE): "expired expired001",
    }
)
WORD_OF = {
    "amazon_shipping": "amazon",
    "aramex": "aramex",
    "asendia": "asendia-usa",
    "australia_post": "australia-post",
    "austrian_post": "austria-post",
    "bpost": "belgium-post",
    "canada_post": "canada-post",
    "canpar": "canpar",
    "china_post": "china-post",
    "chronopost": "chronopost",
    "correios_br": "brazil-correios",
    "correos_es": "correos-spain",
    "dhl_ecommerce_us": "dhlglobalmail",
    "dhl_express": "dhl",
    "dhl_parcel_de": "dhl-germany",
    "dpd": "dpd",
    "evri": "hermes-uk",
    "fedex": "fedex",
    "gls": "gls",
    "inpost": "inpost-paczkomaty",
    "japan_post": "japan-post",
    "la_poste": "colissimo",
    "ontrac": "ontrac",
    "poste_italiane": "poste-italiane",
    "postnl": "postnl-parcels",
    "postnord": "sweden-posten",
    "purolator": "purolator",
    "royal_mail": "royal-mail",
    "sendle": "sendle",
    "sf_express": "sf-express",
    "swiss_post": "swiss-post",
    "tnt": "tnt",
    "ups": "ups",
    "usps": "usps",
    "yanwen": "yanwen",
    "yunexpress": "yunexpress",
}
CARRIER_OF = words_back(
    WORD_OF,
    {
        "aramex": "fastway-au fastway-nz",
        "asendia": "asendia-de asendia-hk asendia-uk",
        "bpost": "bpost bpost-international",
        "china_post": "china-ems",
        "dhl_unified": "dhl-benelux dhl-es dhl-hong-kong dhl-parcel-nl dhlparcel-nl dhl-poland dhlecommerce-asia",
        "dpd": "dpd-de dpd-ireland dpd-poland dpd-uk bartolini exapaq",
        "evri": "evri myhermes",
        "fedex": "fedex-uk opek",
        "gls": "gls-italy",
        "la_poste": "laposte",
        "poste_italiane": "italy-sda",
        "postnl": "netherlands-post postnl-3s",
        "postnord": "denmark-post postnord",
        "sf_express": "sfb2c",
        "tnt": "tnt-au tnt-click tnt-fr tnt-it tnt-reference tnt-uk",
        "ups": "ups-mi",
        "usps": "usps-international",
    },
)
HOME = "https://api.trackingmore.com/v4"
REGISTERED_ALREADY = {4101, 4016}
HTTP_STATUS_OF = {4001: 401, 4002: 401, 4017: 404, 4031: 404, 4102: 404, 4190: 429}
STAMP, SIGNATURE = "timestamp", "signature"


class _Scan(Vendor):
    time: Text = at("checkpoint_date", "Date")
    status: Text = at("checkpoint_delivery_status", "checkpoint_status")
    sub_status: Text = at("checkpoint_delivery_substatus", "substatus")
    words: Text = at("tracking_detail", "StatusDescription")
    location: Text = at("location", "Details")
    city: Text = ""
    state: Text = ""
    zip: Text = ""
    country: Text = at("country_iso2")


class _Parcel(Vendor):
    number: Text = at("tracking_number")
    carrier: Text = at("courier_code", "carrier_code")
    status: Text = at("delivery_status", "status")
    sub_status: Text = at("substatus")
    updated: Text = at("update_at", "update_date", "updated_at")
    expected: Text = at("scheduled_delivery_date")
    origin: Many[_Scan] = at("origin_info.trackinfo", default=())
    destination: Many[_Scan] = at("destination_info.trackinfo", default=())


class _Answer(Vendor):
    code: int = at("meta.code", "code", default=...)
    parcels: Many[_Parcel] = at("data.items", "data", default=())


class _Proof(Vendor):
    stamp: Text = at("verifyInfo.timeStr")
    signature: Text = at("verifyInfo.signature")


class TrackingMore(Keyed, Unnumbered, PushesAnswers):
    """The plug-in."""

    code = "trackingmore"
    name = "TrackingMore"
    trust: Trust | None = Trust.HINT
    webhook_headers = (STAMP, SIGNATURE)
    credential_fields = ("api_key",)
    budget = Budget(calls=3, seconds=1)  # of registering; asking may be done ten times a second
    readings = READING_OF
    clock = Clock.MIXED
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One number."""
        number = quote(parcel.tracking_number, safe="")
        url = f"{base_url(credentials, HOME)}/trackings/get?tracking_numbers={number}"
        return HttpRequest(method="GET", url=url, headers=_headers(credentials))

    def registration_request(
        self,
        parcel: ParcelQuery,
        credentials: Credentials,
        token: str,  # noqa: ARG002
    ) -> HttpRequest | None:
        """Make TrackingMore follow a number. Raises `UnknownParcelError` when the carrier is not known."""
        content = {"tracking_number": parcel.tracking_number, "courier_code": word_for(self.code, parcel, WORD_OF)}
        if parcel.postal_code:
            content["tracking_postal_code"] = parcel.postal_code
        return json_call("POST", f"{base_url(credentials, HOME)}/trackings/create", _headers(credentials), content)

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer or a push, which look alike."""
        answer = read_json(self.code, _Answer, body)
        if answer.code in REGISTERED_ALREADY:
            return []
        if answer.code not in {200, 201}:
            raise refusal(self.code, HTTP_STATUS_OF.get(answer.code, answer.code))
        if not answer.parcels:
            raise refusal(self.code, 404)
        return [_update(parcel, received_at) for parcel in answer.parcels]

    def verify_webhook(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """HMAC of the time alone."""
        stamp, given = request.headers.get(STAMP, ""), request.headers.get(SIGNATURE, "")
        if not stamp and not given:
            proof = _proof(request.body)
            stamp, given = proof.stamp, proof.signature
        require_signature(given, secrets, lambda secret: hmac_hex(secret, stamp.encode("utf-8", "replace")))
        require_fresh(_moment(stamp), request.received_at)


PLUGIN = TrackingMore()


def _proof(body: bytes) -> _Proof:
    try:
        return read_json(TrackingMore.code, _Proof, body)
    except MalformedPayloadError:
        raise InvalidSignatureError from None


def _moment(stamp: str) -> datetime | None:
    is_seconds = stamp.isascii() and stamp.isdecimal() and len(stamp) <= len("9999999999")
    return datetime.fromtimestamp(int(stamp), UTC) if is_seconds else None


def _headers(credentials: Credentials) -> dict[str, str]:
    return {"Tracking-Api-Key": header_text(credentials["api_key"]), "Accept": "application/json"}


def _reading(sub_status: str, status: str) -> Reading:
    return READING_OF.get(sub_status.lower()) or READING_OF.get(status.lower(), UNKNOWN)


def _update(parcel: _Parcel, received_at: datetime) -> TrackingUpdate:
    return moved_update(
        TrackingMore.code,
        mover(TrackingMore.code, parcel.carrier, CARRIER_OF),
        parcel.number,
        _reading(parcel.sub_status, parcel.status),
        tuple(_scan(scan, received_at) for scan in (*parcel.destination, *parcel.origin)),
        estimate=day_or_end(parcel.expected),
        reported_at=stated_at(parcel.updated, received_at),
    )


def _scan(scan: _Scan, received_at: datetime) -> TrackingEvent:
    parts = Place(city=scan.city, region=scan.state, postal_code=scan.zip, country=scan.country)
    place = parts if str(parts) else place_in(scan.location)
    status, sub_status = _reading(scan.sub_status, scan.status)
    return tracking_event(
        TrackingMore.code,
        day_or_time(scan.time, place, received_at),
        status=status,
        sub_status=sub_status,
        code=scan.sub_status or scan.status,
        description=scan.words,
        place=place,
    )
