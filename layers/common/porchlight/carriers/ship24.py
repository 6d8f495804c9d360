"""Ship24: an aggregator of some fifteen hundred couriers.

In: trackings of a number, or a push of trackings. Out: one update each. https://docs.ship24.com

* Push and poll with the key as a bearer token. A number must be registered as a tracker first; doing it again answers
  with the tracker that exists. Ship24 finds the courier by the number and takes a courier's plain name as a hint.
* `occurrenceDatetime` is the courier's wall clock, an instant only where an offset is printed or `utcOffset` is given.
  `hasNoTime` says that only the day is known. The place is one line of words, which seldom tells its zone.
* Milestone is always set, status code where Ship24 is sure; the code is the finer one. No reason is ever given for a
  failed attempt. `recipient` and `signedBy` are not read.
* A push carries the account's webhook secret as a bearer token: nothing in it is signed, so it is only a hint.
"""

from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import quote

from porchlight.carriers._movers import day_or_time, header_text, json_call, moved_update, mover, place_in
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, day_or_end, refusal, stated_at
from porchlight.carriers._roles import Keyed, Unnumbered
from porchlight.carriers._tree import Many, Vendor, at
from porchlight.domain.carrier_names import NAME_OF
from porchlight.domain.codes import UNKNOWN, Reading, by_code
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery, Trust, WebhookRequest
from porchlight.domain.reading import read_json
from porchlight.domain.signatures import require_signature
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Estimate, TrackingEvent, TrackingUpdate, tracking_event

# Milestones, then status codes.
READING_OF = by_code(
    {
        UNKNOWN: "pending",
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "info_received data_order_created",
        (Status.IN_TRANSIT, SubStatus.NONE): "in_transit",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "out_for_delivery delivery_out_for_delivery",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "failed_attempt delivery_attempted",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): (
            "available_for_pickup delivery_available_for_pickup"
        ),
        (Status.DELIVERED, SubStatus.NONE): "delivered delivery_delivered",
        (Status.EXCEPTION, SubStatus.NONE): "exception delivery_exception",
        (Status.CANCELLED, SubStatus.NONE): "data_order_cancelled",
        # A day or a place is proposed to, or chosen by, the recipient.
        (Status.IN_TRANSIT, SubStatus.DELIVERY_SCHEDULED): "data_delivery_proposed data_delivery_decided",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "transit_handover",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "transit_origin_country_departure",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_IN_DESTINATION_COUNTRY): "destination_arrival",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "customs_received",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "customs_cleared",
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "customs_exception customs_rejected",
        (Status.EXCEPTION, SubStatus.REFUSED): "delivery_refused",
        (Status.EXCEPTION, SubStatus.LOST): "exception_lost",
        (Status.EXCEPTION, SubStatus.DISPOSED): "exception_discarded",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "exception_return",
    }
)
# National posts are named by country; other couriers' codes are close to their names.
CARRIER_OF = {
    "at-post": "austrian_post",
    "au-post": "australia_post",
    "be-post": "bpost",
    "br-post": "correios_br",
    "ca-post": "canada_post",
    "ch-post": "swiss_post",
    "cn-post": "china_post",
    "dhl": "dhl_unified",
    "dk-post": "postnord",
    "dpd-fr": "dpd",
    "dpd-pl": "dpd",
    "es-post": "correos_es",
    "fr-post": "la_poste",
    "gb-post": "royal_mail",
    "it-post": "poste_italiane",
    "jp-post": "japan_post",
    "nl-post": "postnl",
    "se-post": "postnord",
    "uk-post": "royal_mail",
    "us-post": "usps",
}
HOME = "https://api.ship24.com/public/v1"
HTTP_STATUS_OF = {
    "tracker_not_found": 404,
    "unauthorized": 401,
    "no_active_subscription": 403,
    "quota_limit_reached": 429,
    "too_many_requests": 429,
    "internal_server_error": 500,
}
AUTHORIZATION = "authorization"


class _Scan(Vendor):
    time: Text = at("occurrenceDatetime")
    offset: Text = at("utcOffset")
    is_day: bool | None = at("hasNoTime", default=None)
    order: int | None = None
    words: Text = at("status")
    location: Text = ""
    courier: Text = at("courierCode")
    code: Text = at("statusCode")
    milestone: Text = at("statusMilestone")


class _Tracking(Vendor):
    number: Text = at("tracker.trackingNumber")
    updated: Text = at("metadata.generatedAt")
    code: Text = at("shipment.statusCode")
    milestone: Text = at("shipment.statusMilestone")
    courier_expects: Text = at("shipment.delivery.courierEstimatedDeliveryDate.to")
    expects: Text = at("shipment.delivery.estimatedDeliveryDate")
    scans: Many[_Scan] = at("events", default=())


class _Error(Vendor):
    code: Text = ""


class _Answer(Vendor):
    errors: Many[_Error] = ()
    tracker: dict[str, object] | None = at("data.tracker", default=None)
    trackings: tuple[_Tracking, ...] | None = at("data.trackings", "trackings", default=None)


class Ship24(Keyed, Unnumbered):
    """The plug-in."""

    code = "ship24"
    name = "Ship24"
    trust: Trust | None = Trust.HINT
    webhook_headers = (AUTHORIZATION,)
    credential_fields = ("api_key",)
    budget = Budget(calls=10, seconds=1)
    readings = READING_OF
    clock = Clock.MIXED
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """All trackers of one number; nearly always one."""
        number = quote(parcel.tracking_number, safe="")
        url = f"{base_url(credentials, HOME)}/trackers/search/{number}/results"
        return HttpRequest(method="GET", url=url, headers=_headers(credentials))

    def registration_request(
        self,
        parcel: ParcelQuery,
        credentials: Credentials,
        token: str,  # noqa: ARG002
    ) -> HttpRequest | None:
        """Make a tracker."""
        content = {
            "trackingNumber": parcel.tracking_number,
            "courierName": NAME_OF.get(parcel.carrier, ""),
            "destinationCountryCode": parcel.country,
            "destinationPostCode": parcel.postal_code,
        }
        said = {name: text for name, text in content.items() if text}
        return json_call("POST", f"{base_url(credentials, HOME)}/trackers", _headers(credentials), said)

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read trackings. A tracker that was only made gives nothing."""
        answer = read_json(self.code, _Answer, body)
        for error in answer.errors:
            raise refusal(self.code, HTTP_STATUS_OF.get(error.code, 400))
        if answer.trackings is None:
            if answer.tracker is None:
                raise MalformedPayloadError(self.code, "data.trackings", "absent")
            return []
        if not answer.trackings:
            raise refusal(self.code, 404)
        return [_update(tracking, received_at) for tracking in answer.trackings]

    def verify_webhook(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """Compare the token."""
        require_signature(request.headers.get(AUTHORIZATION), secrets, lambda secret: f"Bearer {secret}")

    def parse_webhook(self, request: WebhookRequest) -> list[TrackingUpdate]:
        """Read a push; a try-out without trackings says nothing."""
        answer = read_json(self.code, _Answer, request.body)
        if answer.trackings is None:
            raise MalformedPayloadError(self.code, "trackings", "absent")
        return [_update(tracking, request.received_at) for tracking in answer.trackings]


PLUGIN = Ship24()


def _headers(credentials: Credentials) -> dict[str, str]:
    return {"Authorization": f"Bearer {header_text(credentials['api_key'])}", "Accept": "application/json"}


def _reading(code: str, milestone: str) -> Reading:
    return READING_OF.get(code) or READING_OF.get(milestone, UNKNOWN)


def _update(tracking: _Tracking, received_at: datetime) -> TrackingUpdate:
    last = max(tracking.scans, key=lambda scan: scan.order or 0, default=_Scan())
    return moved_update(
        Ship24.code,
        mover(Ship24.code, last.courier, CARRIER_OF),
        tracking.number,
        _reading(tracking.code, tracking.milestone),
        tuple(_scan(scan, received_at) for scan in tracking.scans),
        estimate=_estimate(tracking),
        reported_at=stated_at(tracking.updated, received_at),
    )


def _estimate(tracking: _Tracking) -> Estimate | None:
    return day_or_end(tracking.courier_expects or tracking.expects)


def _scan(scan: _Scan, received_at: datetime) -> TrackingEvent:
    place = place_in(scan.location)
    status, sub_status = _reading(scan.code, scan.milestone)
    text = scan.time[: len("YYYY-MM-DD")] if scan.is_day else _with_offset(scan)
    return tracking_event(
        Ship24.code,
        day_or_time(text, place, received_at),
        status=status,
        sub_status=sub_status,
        code=scan.code or scan.milestone,
        description=scan.words,
        place=place,
    )


def _with_offset(scan: _Scan) -> str:
    clock = scan.time.partition("T")[2]
    has_offset = any(mark in clock for mark in "Z+-")
    return scan.time if has_offset or not clock else scan.time + scan.offset
