"""ShipEngine, also sold as ShipStation API v2: an aggregator of its account's carriers.

In: a tracking answer, or an `API_TRACK` webhook. Out: one update. https://www.shipengine.com/docs/tracking and
https://docs.shipstation.com/apis/docs/guides/webhooks-validation

* Push and poll with the key in `API-Key`; for ShipStation the connection's `base_url` is `https://api.shipstation.com/v2`.
  Both need the carrier as well as the number. `tracking/start` makes it push, and answers with an empty body.
* `occurred_at` is UTC and `carrier_occurred_at` the wall clock there; together they give the offset. Where both print
  the same clock, the carrier's zone was not known to ShipEngine and it is read as the wall clock of the place.
  `estimated_delivery_date` is a day dressed as UTC, so its time is never read.
* The detail code is finer than the status code and counts where the table knows it. `event_code` is the carrier's own:
  kept, not read. A scan may have neither status; it stays unknown then. `signer` is not read.
* A webhook is signed with RSA. The webhook secret of the connection is the published key set, the JSON at
  https://api.shipengine.com/jwks as it stands. ShipStation v1 signs nothing and is not accepted.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from urllib.parse import urlencode

from porchlight.carriers._clock import iso_local, paired
from porchlight.carriers._movers import header_text, moved_update, mover, word_for, words_back
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, day_or_end, instant, printed_time, refusal
from porchlight.carriers._roles import Keyed, Unnumbered
from porchlight.carriers._tree import Many, Vendor, at
from porchlight.domain.codes import UNKNOWN, Reading, by_code
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery, Trust, WebhookRequest
from porchlight.domain.reading import read_json
from porchlight.domain.rsa import require_rsa_signature
from porchlight.domain.signatures import require_fresh
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import EventTime
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, tracking_event
from porchlight.domain.zones import zone_of

# Status codes have two letters; the rest are detail codes, of which ShipEngine publishes an older and a newer list.
# COD_AMOUNT_PAID and POST_TRANSIT_STATUS add nothing to the status code beside them.
READING_OF = by_code(
    {
        UNKNOWN: "UN CARRIER_STATUS_NOT_MAPPED",
        (Status.PRE_TRANSIT, SubStatus.NONE): "NY",  # not yet in the carrier's system
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): (
            "ELEC_ADVICE_RECD_BY_CARRIER SHIPMENT_CREATED AWAITING_ELECTRONIC_ADVICE"
        ),
        (Status.PRE_TRANSIT, SubStatus.AWAITING_HANDOVER): (
            "AWAITING_DESPATCH COLLECTION_REQUESTED NOT_YET_RECEIVED_BY_CARRIER AWAITING_PICKUP_DROP_OFF"
        ),
        (Status.PRE_TRANSIT, SubStatus.COLLECTION_FAILED): "COLLECTION_FAILED",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): (
            "AC COLLECTION_MADE DESPATCHED RECEIVED_BY_CARRIER RECD_BY_CARRIER_NO_ELEC_ADVICE PICKED_UP DROPPED_OFF"
        ),
        (Status.IN_TRANSIT, SubStatus.NONE): (
            "IT IN_TRANSIT INFORMATION PARCEL_OVER_LABELLED PARCEL_REPACKED "
            "PARCEL_UPDATE_NOTIFICATION_VIA_EMAIL PARCEL_UPDATE_NOTIFICATION_VIA_SMS"
        ),
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "HUB_SCAN_IN",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "HUB_SCAN_OUT",
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "RECEIVED_LOCAL_DELIVERY_DEPOT",
        (Status.IN_TRANSIT, SubStatus.HANDED_TO_PARTNER): "SUB_CONTRACTOR_RECEIVED SUB_CONTRACTOR_EVENT",
        (Status.IN_TRANSIT, SubStatus.DELIVERY_SCHEDULED): "DELIVERY_SCHEDULED DELIVERY_ARRANGED_WITH_RECIPIENT",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "CUSTOMS_PROCESSING",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "CUSTOMS_CLEARED",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "OUT_FOR_DELIVERY",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): (
            "SP AWAITING_COLLECTION_FROM_PICKUP_POINT CUSTOMER_TO_COLLECT_FROM_CARRIER"
        ),
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_POST_OFFICE): "COLLECT_AT_LOCAL_PO",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_LOCKER): "DELIVERED_TO_LOCKER_COLLECTION_POINT",
        (Status.DELIVERED, SubStatus.NONE): (
            "DE DELIVERED DELIVERED_IN_PART DELIVERED_TO_ALTERNATIVE_DELIVERY_LOCATION PROOF_OF_DELIVERY"
        ),
        (Status.DELIVERED, SubStatus.DELIVERED_DAMAGED): "DELIVERED_DAMAGED",
        (Status.DELIVERED, SubStatus.LEFT_IN_SAFE_PLACE): "DELIVERED_SPECIFIED_SAFE_PLACE",
        (Status.DELIVERED, SubStatus.LEFT_WITH_NEIGHBOUR): "DELIVERED_TO_NEIGHBOUR",
        (Status.DELIVERED, SubStatus.LEFT_IN_MAILBOX): "DELIVERED_TO_PO_BOX",
        (Status.DELIVERED, SubStatus.COLLECTED): "PARCEL_COLLECTED_FROM_PICKUP_POINT",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): (
            "AT ATTEMPTED_DELIVERY ATTEMPTED_DELIVERY_2ND ATTEMPTED_DELIVERY_3RD ATTEMPTED_DELIVERY_FINAL "
            "CUSTOMER_IDENTIFICATION_FAILED"
        ),
        (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "CUSTOMER_CARDED",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NO_ACCESS): "NO_ACCESS_TO_RECIPIENTS_ADDRESS",
        (Status.DELIVERY_ATTEMPTED, SubStatus.PAYMENT_DUE): "COD_AMOUNT_NOT_PAID INVALID_METHOD_OF_PAYMENT",
        (Status.EXCEPTION, SubStatus.NONE): "EX",
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "ADDRESS_QUERY",
        (Status.EXCEPTION, SubStatus.RECIPIENT_MOVED): "CUSTOMER_MOVED",
        (Status.EXCEPTION, SubStatus.DELAYED): "CARRIER_DELAYS DELAYED_NOT_CARRIER",
        (Status.EXCEPTION, SubStatus.HELD): "HELD_BY_CARRIER INCORRECT_DECLARATION",  # of the dimensions
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): (
            "HELD_BY_CUSTOMS HELD_BY_EXPORT_CUSTOMS HELD_BY_IMPORT_CUSTOMS HELD_BY_CARRIER_FOR_CLEARANCE_PRE_PROCESSING"
        ),
        (Status.EXCEPTION, SubStatus.MISSORTED): "MISSORTED ROUTING_ERROR",
        (Status.EXCEPTION, SubStatus.SECURITY): "HAZARDOUS_PROHIBITED",
        (Status.EXCEPTION, SubStatus.NOT_COLLECTED): "NOT_COLLECTED_FROM_PICKUP_POINT",
        (Status.EXCEPTION, SubStatus.UNDELIVERABLE): (
            "NOT_DELIVERED NOT_DELIVERED_ADDRESSEE_DECEASED PARCEL_OUTSIDE_OF_SERVICE_CAPABILITY"
        ),
        (Status.EXCEPTION, SubStatus.DAMAGED): "PARCEL_DAMAGED",
        (Status.EXCEPTION, SubStatus.DISPOSED): "PARCEL_DISPOSED",
        (Status.EXCEPTION, SubStatus.LOST): "PARCEL_LOST",
        (Status.EXCEPTION, SubStatus.REFUSED): "REFUSED_BY_CUSTOMER",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "RETURN_TO_SENDER",
        (Status.CANCELLED, SubStatus.NONE): "CANCELLED CANCELLED_BEFORE_DESPATCH",
    }
)
WORD_OF = {
    "amazon_shipping": "amazon_shipping_us",
    "aramex": "aramex_au",
    "asendia": "asendia",
    "australia_post": "australia_post",
    "canada_post": "canada_post",
    "dhl_ecommerce_us": "dhl_ecommerce",
    "dhl_express": "dhl_express",
    "dpd": "dpd",
    "evri": "hermes",
    "fedex": "fedex",
    "gls": "gls_us",
    "ontrac": "ontrac",
    "purolator": "purolator_ca",
    "royal_mail": "royal_mail",
    "sendle": "sendle",
    "tnt": "tnt",
    "ups": "ups",
    "usps": "stamps_com",
}
CARRIER_OF = words_back(
    WORD_OF,
    {
        "amazon_shipping": "amazon_shipping_uk amazon_buy_shipping",
        "dhl_ecommerce_us": "dhl_global_mail",
        "dhl_express": "dhl_express_au dhl_express_ca dhl_express_uk dhl_express_worldwide dhl_express_mydhl",
        "dpd": "dpd_uk dpd_local",
        "evri": "evri hermes_corp",
        "fedex": "fedex_uk fedex_walleted",
        "purolator": "purolator_canada",
        "ups": "ups_walleted ups_us",
        "usps": "endicia usps_one_balance",
    },
)
HOME = "https://api.shipengine.com/v1"
KEY_ID, SIGNATURE, STAMP = (
    "x-shipengine-rsa-sha256-key-id",
    "x-shipengine-rsa-sha256-signature",
    "x-shipengine-timestamp",
)
HTTP_STATUS_OF = {"not_found": 404, "unauthorized": 401, "rate_limit_exceeded": 429}
HTTP_STATUS_OF_TYPE = {"security": 401, "system": 500}


class _Scan(Vendor):
    utc: Text = at("occurred_at")
    local: Text = at("carrier_occurred_at")
    status: Text = at("status_code")
    detail: Text = at("status_detail_code")
    code: Text = at("event_code", "carrier_status_code")
    words: Text = at("description", "event_description")
    city: Text = at("city_locality")
    state: Text = at("state_province")
    postal_code: Text = ""
    country: Text = at("country_code")


class _Tracking(Vendor):
    number: Text = at("tracking_number")
    carrier: Text = at("carrier_code")
    status: Text = at("status_code")
    detail: Text = at("status_detail_code")
    expected: Text = at("estimated_delivery_date")
    scans: Many[_Scan] = at("events", default=())


class _Error(Vendor):
    code: Text = at("error_code")
    kind: Text = at("error_type")


class _Refusal(Vendor):
    errors: Many[_Error] = ()


class _Event(Vendor):
    about: str = at("resource_type", default=...)
    tracking: _Tracking = at("data", default=_Tracking())


class ShipEngine(Keyed, Unnumbered):
    """The plug-in."""

    code = "shipengine"
    name = "ShipEngine"
    trust: Trust | None = Trust.BODY_AND_TIME
    webhook_headers = (KEY_ID, SIGNATURE, STAMP)
    credential_fields = ("api_key",)
    budget = Budget(calls=200, seconds=60)
    readings = READING_OF
    clock = Clock.OFFSET
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One parcel. Raises `UnknownParcelError` when the carrier is not known."""
        url = f"{base_url(credentials, HOME)}/tracking?{_parcel(parcel)}"
        return HttpRequest(method="GET", url=url, headers=_headers(credentials))

    def registration_request(
        self,
        parcel: ParcelQuery,
        credentials: Credentials,
        token: str,  # noqa: ARG002
    ) -> HttpRequest | None:
        """Make ShipEngine push what happens to a parcel. Raises `UnknownParcelError` when the carrier is not known."""
        url = f"{base_url(credentials, HOME)}/tracking/start?{_parcel(parcel)}"
        return HttpRequest(method="POST", url=url, headers=_headers(credentials), body=b"")

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read one parcel, or the errors in its place."""
        for error in read_json(self.code, _Refusal, body).errors:
            status = HTTP_STATUS_OF.get(error.code) or HTTP_STATUS_OF_TYPE.get(error.kind, 400)
            raise refusal(self.code, status)
        return [_update(read_json(self.code, _Tracking, body), received_at)]

    def verify_webhook(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """RSA over `timestamp.body`."""
        key_id, signature, stamp = (request.headers.get(name, "") for name in (KEY_ID, SIGNATURE, STAMP))
        signed = stamp.encode("utf-8", "replace") + b"." + request.body
        require_rsa_signature(signature, key_id, secrets, signed)
        require_fresh(instant(stamp), request.received_at)

    def parse_webhook(self, request: WebhookRequest) -> list[TrackingUpdate]:
        """Read an event; those about anything but tracking say nothing about a parcel."""
        event = read_json(self.code, _Event, request.body)
        return [_update(event.tracking, request.received_at)] if event.about == "API_TRACK" else []


PLUGIN = ShipEngine()


def _parcel(parcel: ParcelQuery) -> str:
    word = word_for(ShipEngine.code, parcel, WORD_OF)
    return urlencode({"carrier_code": word, "tracking_number": parcel.tracking_number})


def _headers(credentials: Credentials) -> dict[str, str]:
    return {"API-Key": header_text(credentials["api_key"]), "Accept": "application/json"}


def _reading(status: str, detail: str) -> Reading:
    return READING_OF.get(detail.upper()) or READING_OF.get(status, UNKNOWN)


def _update(tracking: _Tracking, received_at: datetime) -> TrackingUpdate:
    return moved_update(
        ShipEngine.code,
        mover(ShipEngine.code, tracking.carrier, CARRIER_OF),
        tracking.number,
        _reading(tracking.status, tracking.detail),
        tuple(_scan(scan, received_at) for scan in tracking.scans),
        estimate=day_or_end(tracking.expected[:10]),
        reported_at=received_at,
    )


def _scan(scan: _Scan, received_at: datetime) -> TrackingEvent:
    place = Place(city=scan.city, region=scan.state, postal_code=scan.postal_code, country=scan.country)
    status, sub_status = _reading(scan.status, scan.detail)
    return tracking_event(
        ShipEngine.code,
        _time(scan, place, received_at),
        status=status,
        sub_status=sub_status,
        code=scan.code or scan.detail or scan.status,
        description=scan.words,
        place=place,
    )


def _time(scan: _Scan, place: Place, received_at: datetime) -> EventTime:
    utc, local = instant(scan.utc), iso_local(scan.local)
    if not utc or not local:
        return printed_time(scan.utc or scan.local, place, received_at)
    here, there = (_digits(clock) for clock in (local, utc.astimezone(UTC)))
    return paired(here, ("", "") if here == there else there, zone_of(place), received_at)


def _digits(moment: datetime) -> tuple[str, str]:
    return f"{moment:%Y%m%d}", f"{moment:%H%M%S}"
