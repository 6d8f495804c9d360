"""UPS: polled through the Track API v1; Track Alert pushes are hints, as nothing in them is signed.

In: JSON of `/api/track/v1/details`, the older XML or SOAP TrackResponse, the tracking page's `trackDetails`, or a
Track Alert body. Out: one update per package.
Docs: https://developer.ups.com/api/reference/tracking and https://developer.ups.com/api/reference/trackalert.
Time: local date and time of the scan, and since 2023 the same in GMT beside it; with both the time is exact.
Quirks: a scan has up to three codes. The two-character activity code is the finest, then the three-digit detail code,
then the one-letter type. Type X says only "something out of the ordinary", good news such as a customs release
included, so an X whose other codes we do not know stays unknown. A list of 500 two-character codes that goes around is
that of Quantum View: there AR is a refusal, while a scan with AR says "arrived at facility". It is not used.
"""

from collections.abc import Sequence
from datetime import date, datetime
from hashlib import blake2b
from urllib.parse import quote

from porchlight.carriers._clock import digits, hour, paired
from porchlight.carriers._oauth import base_url, basic_request, read_token
from porchlight.carriers._payload import Text, refusal
from porchlight.carriers._roles import PushesAnswers, Unnumbered, Unregistered
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.carriers._ups_web import MILESTONE_OF, Detail
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError
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
from porchlight.domain.signatures import require_signature
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Estimate, Place, TrackingEvent, TrackingUpdate, tracking_event
from porchlight.domain.zones import zone_of

STATUS_OF: dict[str, Reading] = by_code(  # one-letter activity types
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "M",  # manifest: billing information received
        (Status.CANCELLED, SubStatus.NONE): "MV",  # manifest void
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "P",  # pickup
        (Status.IN_TRANSIT, SubStatus.NONE): "I",
        (Status.IN_TRANSIT, SubStatus.RESCHEDULED): "U",  # updated delivery date or time
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "DO DD W",  # freight station at origin, at destination
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "O",
        (Status.DELIVERED, SubStatus.NONE): "D",
        (Status.RETURNED, SubStatus.NONE): "RS",  # returned to shipper
    }
)
REASON_OF: dict[str, Reading] = by_code(  # activity codes and three-digit detail codes
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "MP 003",
        (Status.PRE_TRANSIT, SubStatus.AWAITING_HANDOVER): "044 045",  # in transit to UPS
        (Status.PRE_TRANSIT, SubStatus.COLLECTION_FAILED): "065",  # pickup attempted
        (Status.CANCELLED, SubStatus.NONE): "007 043",  # information voided, voided pickup
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "PU OR XD 038",  # pickup scan, origin scan, drop-off, picked up
        (Status.IN_TRANSIT, SubStatus.NONE): "1C 1D 77 DA H5 HL HM O1 SS VK 005 010 039 041 042 056",
        (Status.IN_TRANSIT, SubStatus.PROBLEM_RESOLVED): "B3 Z1",  # a hold was resolved
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "AR",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "DP",
        (
            Status.IN_TRANSIT,
            SubStatus.PROCESSED_AT_FACILITY,
        ): "YP EP WH",  # processing at facility, export, warehouse scan
        (Status.IN_TRANSIT, SubStatus.ARRIVED_IN_DESTINATION_COUNTRY): "IP",  # import scan
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "DS 071",  # destination scan, preparing for delivery
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "012 092",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "014",
        (Status.IN_TRANSIT, SubStatus.HANDED_TO_PARTNER): "025",  # transferred to the local post office
        (Status.IN_TRANSIT, SubStatus.FORWARDED): "VM UD 027 028 054 057 063",  # address or delivery change, to a shop
        (Status.IN_TRANSIT, SubStatus.DELIVERY_SCHEDULED): "MF 018 019 020",  # held for a future delivery date
        (Status.IN_TRANSIT, SubStatus.RESCHEDULED): "ZC 055",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "OT OF 006 021",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "2Q ZP 5G 017 040",  # Access Point, UPS counter
        (Status.DELIVERED, SubStatus.NONE): "FS KM 011 026",  # by UPS, by the local post office
        (Status.DELIVERED, SubStatus.COLLECTED): "2W",  # from the Access Point
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "022 023 024 060 066",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "48 49 5R 061",  # receiver absent; adult signature needed
        (Status.DELIVERY_ATTEMPTED, SubStatus.BUSINESS_CLOSED): "55 G3 L1 AY",  # first, again, last time
        (Status.DELIVERY_ATTEMPTED, SubStatus.PAYMENT_DUE): "062",  # funds required
        (
            Status.EXCEPTION,
            SubStatus.NONE,
        ): "7F 9F BE BH FF SL UP 013 029 030",  # investigation, exception, action required
        (Status.EXCEPTION, SubStatus.DELAYED): "C5 3J 046 047 048 049",
        (Status.EXCEPTION, SubStatus.WEATHER): "DJ 032 051 052 053",
        (Status.EXCEPTION, SubStatus.MISSORTED): "34",
        (Status.EXCEPTION, SubStatus.HELD): "T3 016",  # at the sender's request, in warehouse
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "AG AD 050",
        (Status.EXCEPTION, SubStatus.RECIPIENT_MOVED): "A7",
        (Status.EXCEPTION, SubStatus.DOCUMENTS_MISSING): "058",  # clearance information required
        (Status.EXCEPTION, SubStatus.DAMAGED): "059",
        (Status.EXCEPTION, SubStatus.REFUSED): "KR 064",
        (Status.EXCEPTION, SubStatus.LOST): "068",
        (Status.EXCEPTION, SubStatus.UNDELIVERABLE): "C8",  # receiver no longer in business
        (Status.EXCEPTION, SubStatus.NOT_COLLECTED): "069",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "UF 033 035 036 037",
        (Status.RETURN_TO_SENDER, SubStatus.NOT_COLLECTED): "6C",
        (Status.RETURN_TO_SENDER, SubStatus.REFUSED): "AM AQ UA",
        (Status.RETURNED, SubStatus.NONE): "034 067",
    }
)
HTTP_STATUS_OF = by_code(  # error codes of the Track API, the gateway and the XML service
    {
        404: "404 TW0001 TV1002 150022 151018 151044 151062",
        401: "401 403 UJ0001 10401 10403 250001 250002 250003 250004 250007 250009 250065",
        429: "429 10429",
        503: "500 503 10500 10503 VSS100 190001 190002",
    }
)
CODE, HOST = "ups", "https://onlinetools.ups.com"
WINDOWS = frozenset({"EDW", "CDW", "IDW", "CMT", ""})  # estimated, confirmed, imminent; committed; unnamed in alerts


class _Address(Vendor):
    city: Text = at("city", "City")
    region: Text = at("stateProvince", "StateProvinceCode")
    postal_code: Text = at("postalCode", "PostalCode")
    country: Text = at("countryCode", "country", "CountryCode")


class _Status(Vendor):
    type: Text = at("type", "StatusType.Code", "Type")
    code: Text = at("code", "StatusCode.Code", "Code")
    detail: Text = at("statusCode", "descriptionCode")
    description: Text = at("description", "StatusType.Description", "Description")

    def reading(self) -> Reading:
        known = (
            REASON_OF.get(self.code),
            REASON_OF.get(self.detail),
            STATUS_OF.get(self.type),
            MILESTONE_OF.get(self.type),
        )
        return next((reading for reading in known if reading), UNKNOWN)


class _Activity(Vendor):
    status: _Status = at("status", "activityStatus", "Status", default=_Status())
    address: _Address = at("location.address", "activityLocation", "ActivityLocation.Address", default=_Address())
    date: Text = at("date", "localActivityDate", "Date")
    time: Text = at("time", "localActivityTime", "Time")
    gmt_date: Text = at("gmtDate", "gmtActivityDate", "GMTDate")
    gmt_time: Text = at("gmtTime", "gmtActivityTime", "GMTTime")


class _Package(Vendor):
    number: Text = at("trackingNumber", "TrackingNumber")
    summary: _Status = at("currentStatus", default=_Status())
    days: Many[dict[str, Text]] = at("deliveryDate", default=())
    rescheduled: Text = at("RescheduledDeliveryDate")
    scheduled: Text = at("scheduledDeliveryDate", "ScheduledDeliveryDate")
    window: Text = at("deliveryTime.type")
    start: Text = at("deliveryTime.startTime", "deliveryStartTime")
    end: Text = at("deliveryTime.endTime", "deliveryEndTime")
    activities: Many[_Activity] = at("activity", "Activity", default=())


class _Problem(Vendor):
    code: Text = at("code", "ErrorCode", "PrimaryErrorCode.Code")


class _Shipment(Vendor):
    packages: Many[_Package] = at("package", "Package", default=())
    warnings: Many[_Problem] = ()
    scheduled: Text = at("ScheduledDeliveryDate")


class _Answer(Vendor):
    shipments: Many[_Shipment] = at("trackResponse.shipment", "Shipment", default=())
    details: Many[Detail] = at("trackDetails", default=())
    errors: Many[_Problem] = at("response.errors", "errors", "Response.Error", "detail.Errors.ErrorDetail", default=())


class Ups(Unregistered, Unnumbered, PushesAnswers):
    """The plug-in."""

    code = CODE
    name = "UPS"
    trust: Trust | None = Trust.HINT
    webhook_headers = ("credential",)
    credential_fields = ("client_id", "client_secret")
    budget = Budget(calls=50, seconds=10)  # UPS publishes no number; its gateway answers 10429
    readings = STATUS_OF | REASON_OF | MILESTONE_OF
    clock = Clock.MIXED
    checked_on = date(2026, 11, 22)

    def token_request(self, credentials: Credentials) -> HttpRequest | None:
        """Client credentials by Basic authentication."""
        url = f"{base_url(credentials, HOST)}/security/v1/oauth/token"
        return basic_request(url, credentials["client_id"], credentials["client_secret"])

    def parse_token(self, body: bytes) -> Token:
        """Read the token or the refusal."""
        _refuse(read_document(self.code, _Answer, body).errors)
        return read_token(self.code, body)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:
        """`transId` must differ between requests, so it is a digest of this one."""
        headers = {
            "Authorization": f"Bearer {token}",
            "transId": blake2b(f"{parcel.tracking_number} {token}".encode(), digest_size=16).hexdigest(),
            "transactionSrc": "porchlight",
        }
        details = f"/api/track/v1/details/{quote(parcel.tracking_number, safe='')}?locale=en_US"
        return HttpRequest(method="GET", url=base_url(credentials, HOST) + details, headers=headers)

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer, or an alert."""
        answer = read_document(self.code, _Answer, body)
        _refuse(answer.errors)
        if answer.details:
            return _from_page(answer.details, received_at)
        if not answer.shipments:
            activity = read_document(self.code, _Activity, body)
            package = read_document(self.code, _Package, body).model_copy(update={"activities": (activity,)})
            return [_update(package, "", received_at)]
        found = [
            _update(package, shipment.scheduled, received_at)
            for shipment in answer.shipments
            for package in shipment.packages
        ]
        if not found:
            _refuse(tuple(problem for shipment in answer.shipments for problem in shipment.warnings))
            raise MalformedPayloadError(self.code, "shipment", "no package")
        return found

    def verify_webhook(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """The credential given at subscription comes back as it is."""
        require_signature(request.headers.get("credential"), secrets, lambda secret: secret)


PLUGIN = Ups()


def _refuse(problems: tuple[_Problem, ...]) -> None:
    for problem in problems[:1]:
        raise refusal(CODE, HTTP_STATUS_OF.get(problem.code, 400))


def _from_page(details: tuple[Detail, ...], received_at: datetime) -> list[TrackingUpdate]:
    known = [_Package.model_validate(detail.form()) for detail in details if not detail.is_unknown]
    if not known:
        raise refusal(CODE, 404)
    return [_update(package, "", received_at) for package in known]


def _update(package: _Package, scheduled: str, received_at: datetime) -> TrackingUpdate:
    events = tuple(_event(activity, received_at) for activity in package.activities)
    estimate = _estimate(package, scheduled)
    return carrier_update(CODE, package.number, package.summary.reading(), events, estimate, received_at=received_at)


def _event(activity: _Activity, received_at: datetime) -> TrackingEvent:
    status = activity.status
    if not (status.code or status.detail or status.type):
        raise MalformedPayloadError(CODE, "activity.status", "no code")
    place = Place(**activity.address.model_dump())
    return tracking_event(
        CODE,
        paired((activity.date, activity.time), (activity.gmt_date, activity.gmt_time), zone_of(place), received_at),
        status=status.reading()[0],
        sub_status=status.reading()[1],
        code=status.code or status.detail or status.type,
        description=status.description,
        place=place,
    )


def _estimate(package: _Package, scheduled: str) -> Estimate | None:
    dated = {day.get("type"): day.get("date") for day in package.days}  # DEL, the day it was delivered, is no estimate
    stated_days = (dated.get("RDD"), dated.get("SDD"), package.rescheduled, package.scheduled, scheduled)
    day = digits(next((text for text in stated_days if text), ""))
    if day is None:
        return None
    start, end = (package.start, package.end) if package.window in WINDOWS else ("", "")
    return Estimate(day=day.date(), window_start=hour(start), window_end=hour(end))
