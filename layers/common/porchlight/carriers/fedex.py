"""FedEx: polled through the Track API v1; pushed by the Advanced Integrated Visibility webhook in the same form.

In: JSON with `completeTrackResults`, the older SOAP/XML TrackReply, or the web site's `TrackPackagesResponse`. Out: one
update per tracking number.
Docs: https://developer.fedex.com/api/en-us/catalog/track/v1/docs.html and .../catalog/shipment-visibility-webhook.html.
Time: ISO 8601 with the offset of the scan; without an offset the local clock, and midnight there is a mere date.
Quirks: the event type says what happened, the exception code why. Express (two digits), Ground (three digits) and
shared (letter A) reasons are separate lists: 07 is "refused", 007 is "nobody there". FedEx uses numbers again; of
several results for one number the one with the newest scan counts. The signature is base64 (one page says hex).
"""

import json
from collections.abc import Sequence
from datetime import date, datetime

from pydantic import model_validator

from porchlight.carriers._clock import hour_of, iso_local, iso_time
from porchlight.carriers._oauth import base_url, form_request, read_token
from porchlight.carriers._payload import Text, refusal
from porchlight.carriers._roles import PushesAnswers, Unnumbered, Unregistered
from porchlight.carriers._tree import Many, Vendor, at, read_document
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
from porchlight.domain.signatures import hmac_base64, require_signature
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Estimate, Place, TrackingEvent, TrackingUpdate, normal_number, tracking_event
from porchlight.domain.zones import ZONE_OF_REGION

STATUS_OF: dict[str, Reading] = by_code(  # event types and derived status codes
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "OC MD RP RG",  # data sent, manifest, return label mailed
        (Status.PRE_TRANSIT, SubStatus.AWAITING_HANDOVER): "AP EP DS",  # at or on the way to the pickup
        (Status.PRE_TRANSIT, SubStatus.COLLECTION_FAILED): "PD DR",  # pickup delay, vehicle not used
        (Status.CANCELLED, SubStatus.NONE): "CA LC LP",  # shipment, return label cancelled
        (Status.EXPIRED, SubStatus.NONE): "RD",  # return label expired
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "PU PX DO IP",  # picked up, dropped off, in FedEx possession
        (Status.IN_TRANSIT, SubStatus.NONE): "IT IX IN PM AE AO CH PF PL EA EO AA SP",  # AE, AO: early, on time
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "AR OF SF",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "DP LO",
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "AF FD",
        (Status.IN_TRANSIT, SubStatus.HANDED_TO_PARTNER): "AC AX OX TR",  # post in Canada, in the US; transfer
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "CP",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "CC",
        (Status.IN_TRANSIT, SubStatus.FORWARDED): "RR RM RC HA RA PR RT",  # delivery options asked for, changed, done
        (Status.IN_TRANSIT, SubStatus.PROBLEM_RESOLVED): "AS",  # address corrected
        (Status.IN_TRANSIT, SubStatus.RESCHEDULED): "US",  # scheduled delivery updated
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "OD ED AD",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "HL HP",
        (Status.DELIVERED, SubStatus.NONE): "DL",
        (Status.EXCEPTION, SubStatus.NONE): "DE SE",
        (Status.EXCEPTION, SubStatus.DELAYED): "DD DY RL",  # delivery delay, delay, running late
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "CD",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "RS",
    }
)
DERIVED_OF = STATUS_OF | {"IN": (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED)}  # as event type: on-demand care done
REASON_OF: dict[str, Reading] = by_code(  # exception codes, read where the event type says exception
    {
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "01 30",  # not delivered, attempted after closing time
        (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "08 007",
        (Status.DELIVERY_ATTEMPTED, SubStatus.BUSINESS_CLOSED): "11 15 42",  # closed, on strike, holiday
        (Status.DELIVERY_ATTEMPTED, SubStatus.PAYMENT_DUE): "93 94",  # payment not collected, card not approved
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "03 05",  # incorrect, can not be located
        (Status.EXCEPTION, SubStatus.REFUSED): "07",
        (Status.EXCEPTION, SubStatus.DAMAGED): "10 37",  # not delivered, rewrapped
        (Status.EXCEPTION, SubStatus.MISSORTED): "12 18 28",  # wrong route, missort, at unloading
        (Status.EXCEPTION, SubStatus.SECURITY): "19 20",  # restricted articles
        (Status.EXCEPTION, SubStatus.DELAYED): "21 22 23 31 32 84 85 A52",  # missed, late plane; beyond control
        (Status.EXCEPTION, SubStatus.HELD): "36 49",  # in overgoods, with an agent
        (Status.EXCEPTION, SubStatus.DOCUMENTS_MISSING): "50 58",  # paperwork, broker unknown
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "55 63 A25",  # documentation, tax office, awaiting clearance
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "64",  # the customer's broker was told
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "65",
        (Status.IN_TRANSIT, SubStatus.PROBLEM_RESOLVED): "06",  # address corrected
        (Status.IN_TRANSIT, SubStatus.DELIVERY_SCHEDULED): "17",  # recipient asked for a later day
        (Status.IN_TRANSIT, SubStatus.FORWARDED): "29 59 A12 A13 A47",  # rerouted, held at or sent to a FedEx location
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "14",
    }
)
DELIVERED_HOW = by_code(  # exception codes beside a delivery
    {
        SubStatus.COLLECTED: "005",
        SubStatus.LEFT_WITH_NEIGHBOUR: "04",
        SubStatus.LEFT_IN_SAFE_PLACE: "014 02",
        SubStatus.DELIVERED_DAMAGED: "09",
    }
)
HTTP_STATUS_OF = by_code(  # BAD.REQUEST.ERROR is what the gateway says to an unreadable token
    {
        404: "TRACKING.TRACKINGNUMBER.NOTFOUND TRACKING.TRACKINGNUMBER.INVALID TRACKING.TRACKINGNUMBER.EMPTY"
        " TRACKING.DATA.NOTFOUND 5508 6035 9040",
        401: "NOT.AUTHORIZED.ERROR FORBIDDEN.ERROR LOGIN.REAUTHENTICATE.ERROR BAD.REQUEST.ERROR 1000",
        503: "INTERNAL.SERVER.ERROR SERVICE.UNAVAILABLE.ERROR SYSTEM.UNAVAILABLE.EXCEPTION SYSTEM.UNEXPECTED.ERROR"
        " VALIDATION.ERRCD.WSPOD 9045 9080",
    }
)
HOST = "https://apis.fedex.com"


class _Address(Vendor):
    @model_validator(mode="before")
    @classmethod
    def _of_one_line(cls, value: object) -> object:
        """`Wilmington, DE` of the web site."""
        if not isinstance(value, str) or not value:
            return value
        city, _, region = value.rpartition(", ")
        if city and ("US", region) in ZONE_OF_REGION:
            return {"city": city, "stateOrProvinceCode": region, "countryCode": "US"}
        return {"city": value}

    city: Text = at("city", "City")
    region: Text = at("stateOrProvinceCode", "StateOrProvinceCode")
    postal_code: Text = at("postalCode", "PostalCode")
    country: Text = at("countryCode", "CountryCode")


class _Scan(Vendor):
    date: Text = at("date", "Timestamp")
    clock: Text = at("time")
    offset: Text = at("gmtOffset")
    type: Text = at("eventType", "EventType", "statusCD")
    description: Text = at("eventDescription", "EventDescription", "status")
    reason: Text = at("exceptionCode", "StatusExceptionCode")
    explanation: Text = at("exceptionDescription", "StatusExceptionDescription")
    derived: Text = at("derivedStatusCode")
    address: _Address = at("scanLocation", "Address", default=_Address())


class _Summary(Vendor):
    code: Text = at("code", "Code", "eventType")
    derived: Text = at("derivedCode", "derivedStatusCode")
    reason: Text = at("ancillaryDetails.0.reason", "AncillaryDetails.Reason", "exceptionCode")


class _Moment(Vendor):
    type: Text = at("type", "Type")
    text: Text = at("dateTime", "DateOrTimestamp")


class _Problem(Vendor):
    code: Text = at("code", "Code")
    severity: Text = at("severity", "Severity", default="ERROR")


class _Result(Vendor):
    number: Text = at("trackingNumberInfo.trackingNumber", "TrackingNumber", "trackingNbr")
    key: Text = at("keyStatusCD")
    summary: _Summary = at("latestStatusDetail", "StatusDetail", default=_Summary())
    moments: Many[_Moment] = at("dateAndTimes", "DatesOrTimes", default=())
    begins: Text = at("estimatedDeliveryTimeWindow.window.begins")
    ends: Text = at("estimatedDeliveryTimeWindow.window.ends", "EstimatedDeliveryTimestamp", "estDeliveryDt")
    scans: Many[_Scan] = at("scanEvents", "Events", "scanEventList", default=())
    error: _Problem = at("error", "Notification", default=_Problem())


class _Complete(Vendor):
    results: Many[_Result] = at("trackResults", "TrackDetails", "packageList", default=())


class _Answer(Vendor):
    complete: Many[_Complete] = at(
        "output.completeTrackResults",
        "completeTrackResults",
        "CompletedTrackDetails",
        "TrackPackagesResponse",
        default=(),
    )
    errors: Many[_Problem] = at("errors", "Notifications", default=())


class FedEx(Unregistered, Unnumbered, PushesAnswers):
    """The plug-in."""

    code = "fedex"
    name = "FedEx"
    trust: Trust | None = Trust.BODY
    webhook_headers = ("fdx-signature",)
    credential_fields = ("client_id", "client_secret")
    budget = Budget(calls=1400, seconds=10)
    readings = STATUS_OF | REASON_OF | {code: (Status.DELIVERED, how) for code, how in DELIVERED_HOW.items()}
    clock = Clock.MIXED
    checked_on = date(2026, 11, 22)

    def token_request(self, credentials: Credentials) -> HttpRequest | None:
        """Client credentials in the form."""
        url = f"{base_url(credentials, HOST)}/oauth/token"
        return form_request(url, credentials["client_id"], credentials["client_secret"])

    def parse_token(self, body: bytes) -> Token:
        """Read the token or the refusal."""
        _refuse(read_document(self.code, _Answer, body).errors)
        return read_token(self.code, body)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:
        """One number, with all its scans."""
        number = {"trackingNumberInfo": {"trackingNumber": normal_number(parcel.tracking_number)}}
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "X-locale": "en_US"}
        url = f"{base_url(credentials, HOST)}/track/v1/trackingnumbers"
        body = json.dumps({"includeDetailedScans": True, "trackingInfo": [number]}).encode()
        return HttpRequest(method="POST", url=url, headers=headers, body=body)

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer; a number that FedEx can not answer is left out while others can be."""
        answer = read_document(self.code, _Answer, body)
        _refuse(answer.errors)
        results = [result for complete in answer.complete for result in complete.results]
        good = [_update(result, received_at) for result in results if not _is_error(result.error)]
        if not good:
            _refuse(tuple(result.error for result in results))
            raise MalformedPayloadError(self.code, "completeTrackResults", "no result")
        return list({update.tracking_number: update for update in sorted(good, key=_latest_scan)}.values())

    def verify_webhook(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """HMAC-SHA256 of the raw body with the project's security token."""
        require_signature(request.headers.get("fdx-signature"), secrets, lambda key: hmac_base64(key, request.body))


PLUGIN = FedEx()


def _is_error(problem: _Problem) -> bool:
    return bool(problem.code) and problem.severity not in {"SUCCESS", "NOTE", "WARNING"}


def _refuse(problems: tuple[_Problem, ...]) -> None:
    for problem in filter(_is_error, problems):
        raise refusal(PLUGIN.code, HTTP_STATUS_OF.get(problem.code, 400))


def _latest_scan(update: TrackingUpdate) -> str:
    return max((event.occurred_at.isoformat() for event in update.events), default="")


def _update(result: _Result, received_at: datetime) -> TrackingUpdate:
    said = result.summary
    summary = _with_reason(
        DERIVED_OF.get(said.derived) or STATUS_OF.get(said.code or result.key) or UNKNOWN, said.reason
    )
    events = tuple(_event(scan, received_at) for scan in result.scans)
    return carrier_update(PLUGIN.code, result.number, summary, events, _estimate(result), received_at=received_at)


def _event(scan: _Scan, received_at: datetime) -> TrackingEvent:
    if not (scan.type or scan.derived):
        raise MalformedPayloadError(PLUGIN.code, "scanEvents.eventType", "no code")
    place = Place(**scan.address.model_dump())
    reading = _with_reason(STATUS_OF.get(scan.type) or DERIVED_OF.get(scan.derived) or UNKNOWN, scan.reason)
    return tracking_event(
        PLUGIN.code,
        iso_time(f"{scan.date}T{scan.clock}{scan.offset}" if scan.clock else scan.date, place, received_at),
        status=reading[0],
        sub_status=reading[1],
        code=scan.type or scan.derived,
        description=": ".join(text for text in (scan.description, scan.explanation) if text),
        place=place,
    )


def _with_reason(reading: Reading, reason: str) -> Reading:
    if reading[0] is Status.EXCEPTION:
        return REASON_OF.get(reason, reading)
    if reading[0] is Status.DELIVERED:
        return reading[0], DELIVERED_HOW.get(reason, reading[1])
    return reading


def _estimate(result: _Result) -> Estimate | None:
    dated = {moment.type: moment.text for moment in result.moments}  # ACTUAL_DELIVERY is no estimate
    texts = (dated.get("APPOINTMENT_DELIVERY"), result.ends, dated.get("ESTIMATED_DELIVERY"), dated.get("COMMITMENT"))
    text = next((text for text in texts if text), "")
    end, begin = iso_local(text), iso_local(result.begins) if text == result.ends else None
    if end is None:
        return None
    start = begin if begin and begin.date() == end.date() else None
    return Estimate(day=end.date(), window_start=hour_of(start), window_end=hour_of(end))
