"""Sendcloud: an aggregator of the parcels whose labels were made there.

In: tracking of a parcel (API 2, and API 3, which nests it in `data`), the parcels themselves, which have a status but
no history, or a `parcel_status_changed` webhook. Out: one update per parcel. https://sendcloud.dev/api/v2/tracking and https://sendcloud.dev/docs/webhooks

* Push and poll (API 2, whose format is settled); Basic authentication with public and secret key. It follows every
  parcel it made: there is nothing to register.
* Times are UTC by documentation; a webhook's are milliseconds since 1970. A webhook tells the newest status alone.
* A status has a number in webhooks and a fixed wording in the tracking API (`parent_status`): both are in the table,
  wordings in lower case without blanks and marks.
* API 2 does not repeat the tracking number. A parcel has none until its label is made; a webhook before that gives an
  update without a number, which no order will claim.
* The signature covers the body, not its time. Names, streets and telephones in the webhook are not read.
"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated
from urllib.parse import quote

from pydantic import BeforeValidator

from porchlight.carriers._movers import mover
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, day_or_end, refusal
from porchlight.carriers._roles import Keyed, Unnumbered, Unregistered
from porchlight.carriers._tree import Many, Vendor, at
from porchlight.domain.codes import UNKNOWN, Reading, by_code, stated
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery, Trust, WebhookRequest
from porchlight.domain.reading import read_json
from porchlight.domain.signatures import hmac_hex, require_signature
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import EventTime, exact, missing, plausible
from porchlight.domain.tracking import Estimate, Place, TrackingEvent, TrackingUpdate, normal_number, tracking_event

READING_OF = by_code(
    {
        UNKNOWN: "1337 unknownstatus unknownstatuscheckcarriertracktracepageformoreinsights",
        # Nothing has been handed over yet: no label, its announcement failed, somebody asked for it to be cancelled.
        (Status.PRE_TRANSIT, SubStatus.NONE): (
            "999 nolabel 1002 announcementfailed 1999 cancellationrequested 2001 submittingcancellationrequest"
        ),
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): ("1 announced 1000 readytosend 1001 beingannounced announcing"),
        (Status.PRE_TRANSIT, SubStatus.AWAITING_HANDOVER): "13 announcednotcollected",
        (Status.PRE_TRANSIT, SubStatus.COLLECTION_FAILED): "15 errorcollecting",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "22 shipmentpickedupbydriver",
        (Status.IN_TRANSIT, SubStatus.NONE): (
            "3 enroutetosortingcenter enroutetosortingcentre 6 notsorted 91 parcelenroute 62993 deliverymethodchanged"
        ),
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "5 sorted 7 beingsorted",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "62990 atsortingcentre atsortingcenter",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "62989 atcustoms",
        (Status.IN_TRANSIT, SubStatus.RESCHEDULED): "62994 deliverydatechanged",
        (Status.IN_TRANSIT, SubStatus.FORWARDED): "62995 deliveryaddresschanged",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "92 driverenroute",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "12 awaitingcustomerpickup",
        (Status.DELIVERED, SubStatus.NONE): "11 delivered",
        (Status.DELIVERED, SubStatus.COLLECTED): "93 shipmentcollectedbycustomer",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "8 deliveryattemptfailed",
        (Status.EXCEPTION, SubStatus.NONE): "62996 exception",
        (Status.EXCEPTION, SubStatus.DELAYED): "4 deliverydelayed",
        (Status.EXCEPTION, SubStatus.UNDELIVERABLE): "80 unabletodeliver",
        (Status.EXCEPTION, SubStatus.REFUSED): "62991 refusedbyrecipient",
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "62997 addressinvalid",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "62992 returnedtosender",  # said when it turns back as well
        (Status.CANCELLED, SubStatus.NONE): "1998 cancelledupstream 2000 cancelled",
    }
)
CARRIER_OF = {
    "bpost": "bpost",
    "brt": "dpd",
    "colissimo": "la_poste",
    "correos": "correos_es",
    "dhl": "dhl_unified",
    "dhl_de": "dhl_parcel_de",
    "dpd_gb": "dpd",
    "gls_de": "gls",
    "gls_es": "gls",
    "gls_fr": "gls",
    "gls_it": "gls",
    "hermes_c2c_gb": "evri",
    "hermes_gb": "evri",
    "inpost_gb": "inpost",
    "inpost_it": "inpost",
    "inpost_pl": "inpost",
    "post_at": "austrian_post",
    "poste_it": "poste_italiane",
    "poste_it_delivery": "poste_italiane",
    "royal_mailv2": "royal_mail",
    "ups": "ups",
}
HOME = "https://panel.sendcloud.sc/api/v2"
HTTP_STATUS_OF = {"not_found": 404, "unauthorized": 401, "throttled": 429}
SIGNATURE = "sendcloud-signature"

type Given = Annotated[Text, BeforeValidator(lambda value: "" if value is False else value)]
"""A text for which Sendcloud writes `false` when there is none."""


class _Scan(Vendor):
    time: Text = at("carrier_update_timestamp", "timestamp", "event_timestamp")
    status: Text = at("parent_status", "status")
    words: Text = at("carrier_message", "description")
    city: Text = at("location_details.city")
    country: Text = at("location_details.country")
    postal_code: Text = at("location_details.postal_code")


class _Parcel(Vendor):
    number: Given = at("tracking_number", "tracking_numbers.0.tracking_number", "tracking_numbers.0")
    carrier: Given = at("carrier_code", "carrier.code")
    expected: Text = at("expected_delivery_date", "details.expected_delivery_date")
    status_id: Text = at("status.id")
    status: Text = at("status.message")
    scans: Many[_Scan] | None = at("statuses", "events", default=None)


class _Answer(Vendor):
    error: Text = at("error.code", "errors.0.code", "error")
    action: Text = ""
    parcels: Many[_Parcel] = at("data", "parcel", "parcels", default=())


class _Event(Vendor):
    action: str
    sent: int = at("timestamp", default=0)
    changed: int | None = at("carrier_status_change_timestamp", default=None)
    parcel: _Parcel = at("parcel", default=_Parcel())


class Sendcloud(Keyed, Unregistered, Unnumbered):
    """The plug-in."""

    code = "sendcloud"
    name = "Sendcloud"
    trust: Trust | None = Trust.BODY
    webhook_headers = (SIGNATURE,)
    credential_fields = ("public_key", "secret_key")
    budget = Budget(calls=15, seconds=1)
    readings = READING_OF
    clock = Clock.ZONE
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One parcel."""
        url = f"{base_url(credentials, HOME)}/tracking/{quote(parcel.tracking_number, safe='')}"
        user = b64encode(f"{credentials['public_key']}:{credentials['secret_key']}".encode()).decode()
        return HttpRequest(
            method="GET", url=url, headers={"Authorization": f"Basic {user}", "Accept": "application/json"}
        )

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read one parcel of API 2 or 3, or an error in its place."""
        answer = read_json(self.code, _Answer, body)
        if answer.error:
            raise refusal(self.code, HTTP_STATUS_OF.get(answer.error, 400))
        if answer.action:
            raise MalformedPayloadError(self.code, "action", "a webhook, not an answer")
        parcels = answer.parcels or (read_json(self.code, _Parcel, body),)
        if any(parcel.scans is None and not parcel.status_id for parcel in parcels):
            raise MalformedPayloadError(self.code, "statuses", "absent")
        return [_told(parcel, received_at) for parcel in parcels]

    def verify_webhook(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """HMAC of the body."""
        given = request.headers.get(SIGNATURE)
        require_signature(given, secrets, lambda secret: hmac_hex(secret, request.body))

    def parse_webhook(self, request: WebhookRequest) -> list[TrackingUpdate]:
        """Read an event; those about anything but a parcel's status say nothing about one."""
        event = read_json(self.code, _Event, request.body)
        if event.action != "parcel_status_changed":
            return []
        status = event.parcel.status_id, event.parcel.status
        if not any(status):
            raise MalformedPayloadError(self.code, "parcel.status", "absent")
        scan = tracking_event(
            self.code,
            _moment(event.changed or event.sent, request.received_at),
            status=_reading(*status)[0],
            sub_status=_reading(*status)[1],
            code=event.parcel.status_id,
            description=event.parcel.status,
        )
        return [_update(event.parcel, _reading(*status), (scan,), request.received_at)]


PLUGIN = Sendcloud()


def _reading(number: str, words: str) -> Reading:
    squeezed = "".join(one for one in words.lower() if one.isalnum())
    return READING_OF.get(number) or READING_OF.get(squeezed, UNKNOWN)


def _moment(milliseconds: int, received_at: datetime) -> EventTime:
    try:
        return plausible(exact(datetime.fromtimestamp(milliseconds / 1000, UTC)), received_at)
    except (ValueError, OverflowError, OSError):
        return missing(received_at)


def _time(text: str, received_at: datetime) -> EventTime:
    try:
        moment = datetime.fromisoformat(text)
        return plausible(exact(moment if moment.tzinfo else moment.replace(tzinfo=UTC)), received_at)
    except (ValueError, OverflowError):
        return missing(received_at)


def _update(
    parcel: _Parcel, summary: Reading, scans: tuple[TrackingEvent, ...], received_at: datetime
) -> TrackingUpdate:
    status, sub_status = stated(summary, scans)
    return TrackingUpdate(
        tracking_number=normal_number(parcel.number),
        carrier=mover(Sendcloud.code, parcel.carrier, CARRIER_OF),
        source=Sendcloud.code,
        status=status,
        sub_status=sub_status,
        estimate=_estimate(parcel.expected),
        reported_at=received_at,
        events=scans,
    )


def _told(parcel: _Parcel, received_at: datetime) -> TrackingUpdate:
    scans = tuple(_scan(scan, received_at) for scan in parcel.scans or ())
    return _update(parcel, _reading(parcel.status_id, parcel.status), scans, received_at)


def _estimate(text: str) -> Estimate | None:
    """A day; a time behind it is midnight UTC."""
    return day_or_end(text[: len("YYYY-MM-DD")])


def _scan(scan: _Scan, received_at: datetime) -> TrackingEvent:
    place = Place(city=scan.city, postal_code=scan.postal_code, country=scan.country)
    status, sub_status = _reading("", scan.status)
    return tracking_event(
        Sendcloud.code,
        _time(scan.time, received_at),
        status=status,
        sub_status=sub_status,
        code=scan.status,
        description=scan.words,
        place=place,
    )
