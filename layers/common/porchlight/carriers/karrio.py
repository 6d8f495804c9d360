"""karrio server: an open-source aggregator that the merchant hosts, or has hosted.

In: one tracker, a list of trackers, or a `tracker_updated` webhook. Out: one update per tracker. https://docs.karrio.io

* Push and poll with an API key; the connection's `base_url` is the merchant's own server. A number must be registered
  together with its carrier first.
* `date` and `time` of an event are the carrier's wall clock, the place one line, mostly `City, Region, Country`.
  `timestamp` is that same clock with a `Z` behind it, so it is not read.
* An event has karrio's status, a reason for what went wrong where it knows one, and the carrier's own `code`, which is
  kept. Older servers give events no status; they stay unknown and the tracker's own status counts.
* The server sends the webhook's secret back in `X-Event-Id`, which signs nothing; newer documentation describes an HMAC
  of the body in `X-Karrio-Signature`, which must hold where it is sent. As either may come, a push is only a hint.
"""

from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import quote

from porchlight.carriers._clock import iso_time
from porchlight.carriers._movers import header_text, json_call, moved_update, mover, place_in, word_for, words_back
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, day_or_end, printed_time, refusal, stated_at
from porchlight.carriers._roles import Keyed, Unnumbered
from porchlight.carriers._tree import Many, Vendor, at
from porchlight.domain.codes import UNKNOWN, Reading, by_code
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery, Trust, WebhookRequest
from porchlight.domain.reading import read_json
from porchlight.domain.signatures import hmac_hex, require_signature
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import EventTime
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, tracking_event

STATUS_OF = by_code(
    {
        UNKNOWN: "unknown",
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "pending",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "picked_up",
        (Status.IN_TRANSIT, SubStatus.NONE): "in_transit",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "out_for_delivery",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "ready_for_pickup",
        (Status.DELIVERED, SubStatus.NONE): "delivered",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "delivery_failed",
        (Status.EXCEPTION, SubStatus.HELD): "on_hold",
        (Status.EXCEPTION, SubStatus.DELAYED): "delivery_delayed",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "return_to_sender",
        (Status.CANCELLED, SubStatus.NONE): "cancelled",
    }
)
REASON_OF = by_code(
    {
        (Status.EXCEPTION, SubStatus.DAMAGED): "carrier_damaged_parcel",
        (Status.EXCEPTION, SubStatus.MISSORTED): "carrier_sorting_error",
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "carrier_address_not_found consignee_incorrect_address",
        (Status.EXCEPTION, SubStatus.LOST): "carrier_parcel_lost",
        (Status.EXCEPTION, SubStatus.DELAYED): (
            "carrier_not_enough_time carrier_vehicle_issue carrier_capacity_exceeded carrier_mechanical_delay "
            "force_majeure"
        ),
        (Status.EXCEPTION, SubStatus.HELD): (
            "retailer_incorrect_data retailer_incorrect_parcel retailer_incorrect_dimensions retailer_packaging_issue "
            "parcel_being_researched regulatory_hold"
        ),
        (Status.PRE_TRANSIT, SubStatus.AWAITING_HANDOVER): "retailer_not_ready",
        (Status.CANCELLED, SubStatus.NONE): "retailer_cancelled consignee_cancelled",
        (Status.EXCEPTION, SubStatus.REFUSED): "consignee_refused",
        (Status.DELIVERY_ATTEMPTED, SubStatus.BUSINESS_CLOSED): "consignee_business_closed",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "consignee_not_available consignee_not_home",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "consignee_verification_failed consignee_safe_place_unavailable",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NO_ACCESS): "consignee_access_restricted",
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "customs_delay customs_prohibited customs_inspection",
        (Status.EXCEPTION, SubStatus.DOCUMENTS_MISSING): "customs_documentation",
        (Status.EXCEPTION, SubStatus.DUTY_DUE): "customs_duties_unpaid",
        (Status.EXCEPTION, SubStatus.WEATHER): "weather_delay natural_disaster",
        (Status.EXCEPTION, SubStatus.SECURITY): "security_issue",
    }
)
EXPLAINED = {"delivery_failed", "on_hold", "delivery_delayed"}
"""Statuses that a reason makes finer; with any other it tells of something that is over."""
WORD_OF = {
    "amazon_shipping": "amazon_shipping",
    "aramex": "aramex",
    "asendia": "asendia",
    "australia_post": "australiapost",
    "austrian_post": "post_at",
    "bpost": "bpost",
    "canada_post": "canadapost",
    "canpar": "canpar",
    "chronopost": "chronopost",
    "correos_es": "correos",
    "dhl_express": "dhl_express",
    "dhl_parcel_de": "dhl_parcel_de",
    "dhl_unified": "dhl_universal",
    "dpd": "dpd",
    "evri": "hermes",
    "fedex": "fedex",
    "gls": "gls",
    "inpost": "inpost",
    "la_poste": "laposte",
    "ontrac": "ontrac",
    "postnl": "postnl",
    "postnord": "postnord",
    "purolator": "purolator",
    "royal_mail": "royalmail",
    "sendle": "sendle",
    "sf_express": "sf_express",
    "swiss_post": "swisspost",
    "tnt": "tnt",
    "ups": "ups",
    "usps": "usps",
    "yanwen": "yanwen",
    "yunexpress": "yunexpress",
}
CARRIER_OF = words_back(
    WORD_OF,
    {
        "asendia": "asendia_us",
        "bpost": "belgian_post",
        "dhl_express": "mydhl",
        "dhl_unified": "dhl_poland dhl_parcel_nl",
        "dpd": "dpd_meta dpdhl",
        "fedex": "fedex_ws",
        "la_poste": "colissimo",
        "ups": "ups_freight",
        "usps": "usps_international usps_wt usps_wt_international",
    },
)
HOME = "https://api.karrio.io"
SIGNATURE, SECRET = "x-karrio-signature", "x-event-id"
HTTP_STATUS_OF = {"not_found": 404, "not_authenticated": 401, "authentication_failed": 401, "throttled": 429}


class _Scan(Vendor):
    day: Text = at("date")
    clock: Text = at("time")
    description: Text = ""
    location: Text = ""
    code: Text = ""
    status: Text = ""
    reason: Text = ""


class _Tracker(Vendor):
    number: str = at("tracking_number", default=...)
    carrier: Text = at("carrier_name", "info.carrier")
    status: Text = ""
    delivered: bool | None = None
    updated: Text = at("updated_at")
    expected: Text = at("estimated_delivery")
    scans: Many[_Scan] = at("events", default=())


class _Error(Vendor):
    code: Text = ""


class _Answer(Vendor):
    errors: Many[_Error] = ()
    results: tuple[_Tracker, ...] | None = None


class _Event(Vendor):
    event: str


class _TrackerEvent(Vendor):
    tracker: _Tracker = at("data", default=...)


class Karrio(Keyed, Unnumbered):
    """The plug-in."""

    code = "karrio"
    name = "karrio"
    trust: Trust | None = Trust.HINT
    webhook_headers = (SIGNATURE, SECRET)
    credential_fields = ("api_key",)
    budget = Budget(calls=60, seconds=60)
    readings = STATUS_OF | {f"delivery_failed/{reason}": reading for reason, reading in REASON_OF.items()}
    clock = Clock.PLACE
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """All trackers of one number; nearly always one."""
        number = quote(parcel.tracking_number, safe="")
        url = f"{base_url(credentials, HOME)}/v1/trackers?tracking_number={number}"
        return HttpRequest(method="GET", url=url, headers=_headers(credentials))

    def registration_request(
        self,
        parcel: ParcelQuery,
        credentials: Credentials,
        token: str,  # noqa: ARG002
    ) -> HttpRequest | None:
        """Make a tracker. Raises `UnknownParcelError` when the carrier is not known."""
        content = {"tracking_number": parcel.tracking_number, "carrier_name": word_for(self.code, parcel, WORD_OF)}
        return json_call("POST", f"{base_url(credentials, HOME)}/v1/trackers", _headers(credentials), content)

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read one tracker, a list of them, or the errors in their place."""
        answer = read_json(self.code, _Answer, body)
        for error in answer.errors:
            raise refusal(self.code, HTTP_STATUS_OF.get(error.code, 400))
        if answer.results is None:
            return [_update(read_json(self.code, _Tracker, body), received_at)]
        if not answer.results:
            raise refusal(self.code, 404)
        return [_update(tracker, received_at) for tracker in answer.results]

    def verify_webhook(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """An HMAC of the body where one is sent, else the secret itself."""
        if SIGNATURE in request.headers:
            require_signature(request.headers[SIGNATURE], secrets, lambda secret: hmac_hex(secret, request.body))
        else:
            require_signature(request.headers.get(SECRET), secrets, lambda secret: secret)

    def parse_webhook(self, request: WebhookRequest) -> list[TrackingUpdate]:
        """Read an event; those about anything but a tracker say nothing about a parcel."""
        if not read_json(self.code, _Event, request.body).event.startswith("tracker"):
            return []
        return [_update(read_json(self.code, _TrackerEvent, request.body).tracker, request.received_at)]


PLUGIN = Karrio()


def _headers(credentials: Credentials) -> dict[str, str]:
    return {"Authorization": f"Token {header_text(credentials['api_key'])}", "Accept": "application/json"}


def _reading(status: str, reason: str) -> Reading:
    finer = REASON_OF.get(reason) if status in EXPLAINED else None
    return finer or STATUS_OF.get(status, UNKNOWN)


def _update(tracker: _Tracker, received_at: datetime) -> TrackingUpdate:
    status = "delivered" if tracker.delivered and not tracker.status else tracker.status
    return moved_update(
        Karrio.code,
        mover(Karrio.code, tracker.carrier, CARRIER_OF),
        tracker.number,
        _reading(status, ""),
        tuple(_scan(scan, received_at) for scan in tracker.scans),
        estimate=day_or_end(tracker.expected),
        reported_at=stated_at(tracker.updated, received_at),
    )


def _scan(scan: _Scan, received_at: datetime) -> TrackingEvent:
    place = place_in(scan.location)
    status, sub_status = _reading(scan.status, scan.reason)
    return tracking_event(
        Karrio.code,
        _time(scan, place, received_at),
        status=status,
        sub_status=sub_status,
        code=scan.code or scan.status,
        description=scan.description,
        place=place,
    )


def _time(scan: _Scan, place: Place, received_at: datetime) -> EventTime:
    """`time` is written `16:29`, `16:29 PM` or `04:29 PM`, or is absent."""
    hour, _, rest = scan.clock.partition(":")
    minute, _, half = rest.partition(" ")
    if not (hour.isdecimal() and minute.isdecimal()):
        return iso_time(f"{scan.day}T00:00:00", place, received_at)
    late = half.upper() == "PM" and int(hour) < 12  # noqa: PLR2004 hours
    early = half.upper() == "AM" and hour == "12"
    clock = f"{(int(hour) + 12 if late else 0 if early else int(hour)):02}:{minute}"
    return printed_time(f"{scan.day}T{clock}", place, received_at)
