"""DPD: polled through the group's web services (SOAP, XML): a login once, then ParcelLifeCycleService per parcel.

https://esolutions.dpd.com/entwickler/dpdwebservices.aspx (Germany; host `public-ws.dpd.com/services`) and
https://wsshipper.dpd.nl/soap/ (the same services for the Netherlands and Belgium: give it as `base_url`). The login
token lives for a day and few logins a day are allowed, so one is kept for half a day. DPD's Tracking Push is not
received: it is a GET without proof of who sends it, and wants a receipt in XML for an answer.

* The answer repeats no parcel number and its milestones name no zone: a day and a wall clock in the words of the asked
  language (`8/17/2021 7:11:26 PM`, `20.01.2026, 12:23`) at a place (`Mechelen (BE)`).
* Milestones not reached yet are listed too and are no scans.
* Read as well, though not asked for: the JSON life cycle of the tracking sites (milestones and depot scans), the JSON
  of the parcel apps, which names the zone, and the event list of DPD UK, which is in British time.
* The words of a delivery end with the name of who signed; it is cut off, and of a depot scan only the heading is kept.
"""

import re
from contextlib import suppress
from datetime import date, datetime
from html import escape
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator

from porchlight.carriers._country_names import country_code
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, refusal
from porchlight.carriers._roles import PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError, PorchlightError, UnknownParcelError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery, Token
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import EventTime, exact, missing, plausible, wall_clock
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, tracking_event
from porchlight.domain.zones import zone_of

STATUS_OF: dict[str, Reading] = by_code(  # milestones: of the web service, of the Benelux, of the apps
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "SHIPMENT DATA_TRANSMITTED ORDER_CREATED",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "ACCEPTED PickedUp COLLECTED PARCEL_HANDED",
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "AT_SENDING_DEPOT SORTED PARCEL_PROCESSING",
        (Status.IN_TRANSIT, SubStatus.NONE): "ON_THE_ROAD BetweenDepots IN_TRANSIT",
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "AT_DELIVERY_DEPOT Depot AT_DELIVERY_CENTER",
        (Status.IN_TRANSIT, SubStatus.FORWARDED): "SORTED_TO_PICKUP_LOCATION",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "Courier OUT_FOR_DELIVERY IN_DELIVERY PARCEL_OUT_FOR_DELIVERY",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "ParcelShop AT_PARCELSHOP AVAILABLE_FOR_COLLECTION",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): (
            "DeliveryFailure ReturningFromDelivery UNSUCCESSFUL_DELIVERY_ATTEMPTED"
        ),
        (Status.DELIVERED, SubStatus.NONE): "DELIVERED Delivered",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "RETURN_TO_SENDER",
    }
)
SCAN_OF: dict[str, Reading] = by_code(  # depot scans: two digits; DPD UK: three; the group's new event types: letters
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "000 ENA",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "05 15 DOPKY",  # collected; dropped off at a shop
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "01 10 20 ORI ORW HUI HUS HUW HUZ",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "02",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "09",  # outbound
        (Status.IN_TRANSIT, SubStatus.NONE): "009",
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "004 DLI DLS DLW DLZ",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "12",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "17",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "03 015 DLO",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "04 14 DLR",  # the driver brought it back; not delivered
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "23 DEHD DEHDY DODEI",
        (Status.DELIVERED, SubStatus.NONE): "13 001 DEY DEYY",
        (Status.DELIVERED, SubStatus.COLLECTED): "DODEY DODEYY",
        (Status.EXCEPTION, SubStatus.HELD): "08",  # kept in the warehouse
        (Status.EXCEPTION, SubStatus.REFUSED): "DEN",
        (Status.EXCEPTION, SubStatus.NOT_COLLECTED): "DODEN DODEH",  # from the shop; handed back to the driver
        (Status.EXCEPTION, SubStatus.NONE): "ENX ORX HUX SPX DLX DEX DODEX",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "06 SPR",
    }
)
CODE, HOST, HALF_A_DAY = "dpd", "https://public-ws.dpd.com/services", 43_200.0
FORMATS = ("%m/%d/%Y %I:%M:%S %p", "%d.%m.%Y, %H:%M", "%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M:%S")
SIGNATORY = re.compile(r"\W*\b((and )?signed( for)? by\b|delivered to:).*", re.IGNORECASE | re.DOTALL)
PLACE = re.compile(r"(?P<city>[^()]*)\((?P<country>[A-Z]{2})\)\s*")
ENVELOPE = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:auth="http://dpd.com/common/service/types/Authentication/2.0"'
    ' xmlns:in="http://dpd.com/common/service/types/LoginService/2.0"'
    ' xmlns:cycle="http://dpd.com/common/service/types/ParcelLifeCycleService/2.0">'
    "<soapenv:Header>{header}</soapenv:Header><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
)
LOGIN = (
    "<in:getAuth><delisId>{user}</delisId><password>{password}</password>"
    "<messageLanguage>en_EN</messageLanguage></in:getAuth>"
)
LOGGED_IN = (
    "<auth:authentication><delisId>{user}</delisId><authToken>{token}</authToken>"
    "<messageLanguage>en_EN</messageLanguage></auth:authentication>"
)
ASKED = "<cycle:getTrackingData><parcelLabelNumber>{number}</parcelLabelNumber></cycle:getTrackingData>"


def _words(value: object) -> object:
    """The text inside `{"content": {"content": ...}}`, the first of several."""
    while isinstance(value, dict | list):
        value = value.get("content") if isinstance(value, dict) else next(iter(value), None)
    return "" if value is None else value


Words = Annotated[str, BeforeValidator(_words)]


class _Milestone(Vendor):
    code: Text = at("status", "eventCode", "eventType", "description")
    label: Words = at("label", "eventText", "eventTypeText")
    description: Words = ""
    place: Words = at("location", "eventLocation", "city")
    country: Text = at("countryCode")
    time: Words = at("date", "eventDate", "eventDateAndTime")
    clock: Text = at("time")
    zone: Text = at("eventDateAndTimeZoneId")
    reached: bool = at("statusHasBeenReached", default=True)


class _Scan(Vendor):
    code: Text = at("scanData.scanType.code")
    label: Words = at("scanDescription.label", "scanData.scanType.name")
    place: Words = at("scanData.location")
    country: Text = at("scanData.country")
    time: Words = at("date")


class _Answer(Vendor):
    fault: Text = at("faultcode")
    login: Text = at("detail.authenticationFault.errorCode", "detail.loginFault.errorCode")
    token: Text = at("return.authToken")
    number: Text = at(
        "parcellifecycleResponse.parcelLifeCycleData.shipmentInfo.parcelLabelNumber",
        "parcelNumber",
        "trackingresult.shipmentInfo.parcelLabelNumber",
    )
    steps: Many[_Milestone] = at(
        "trackingresult.statusInfo",
        "parcellifecycleResponse.parcelLifeCycleData.statusInfo",
        "parcelEvents",
        "data",
        default=(),
    )
    scans: Many[_Scan] = at("parcellifecycleResponse.parcelLifeCycleData.scanInfo.scan", default=())
    current: _Milestone = at("status", default=_Milestone())


class _Shell(Vendor):
    """What is there even for a parcel that DPD does not know."""

    found: object = at("trackingresult", "parcellifecycleResponse", "data", default=None)


class Dpd(PollOnly):
    """The plug-in."""

    code = CODE
    name = "DPD"
    credential_fields = ("delis_id", "password")
    budget = Budget(calls=60, seconds=60)  # none is published for tracking
    readings = STATUS_OF | SCAN_OF
    clock = Clock.PLACE
    checked_on = date(2026, 11, 22)

    def token_request(self, credentials: Credentials) -> HttpRequest | None:
        """Log in."""
        login = LOGIN.format(user=escape(credentials["delis_id"]), password=escape(credentials["password"]))
        return _call(credentials, "LoginService", "getAuth", "", login)

    def parse_token(self, body: bytes) -> Token:
        """Read the token or the refusal."""
        answer = read_document(CODE, _Answer, body)
        _refuse(answer)
        if not answer.token:
            raise MalformedPayloadError(CODE, "authToken", "no token")
        return Token(value=answer.token, expires_in=HALF_A_DAY)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:
        """The milestones of one parcel; the token goes into the envelope."""
        header = LOGGED_IN.format(user=escape(credentials["delis_id"]), token=escape(token))
        asked = ASKED.format(number=escape(parcel.tracking_number))
        return _call(credentials, "ParcelLifeCycleService", "getTrackingData", header, asked)

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read any of the four answers, or a fault."""
        answer = read_document(CODE, _Answer, body)
        _refuse(answer)
        country = "GB" if answer.steps and not answer.number and answer.steps[0].code.isdecimal() else ""
        steps = answer.steps or ((answer.current,) if answer.current.time else ())
        zone = _zone(answer.current.zone) or zone_of(Place(country=country))
        events = tuple(_scanned(scan, received_at) for scan in answer.scans) or tuple(
            _milestone(step, zone, received_at) for step in steps if step.reached
        )
        summary = STATUS_OF.get(answer.current.code, UNKNOWN)
        if not events and summary == UNKNOWN:
            raise _nothing(body)
        return [carrier_update(CODE, answer.number, summary, events, None, received_at=received_at, numbered=False)]


PLUGIN = Dpd()


def _call(credentials: Credentials, service: str, operation: str, header: str, body: str) -> HttpRequest:
    headers = {
        "Content-Type": "text/xml; charset=utf-8",
        "SOAPAction": f"http://dpd.com/common/service/{service}/2.0/{operation}",
    }
    envelope = ENVELOPE.format(header=header, body=body).encode()
    url = f"{base_url(credentials, HOST)}/{service}/V2_0/"
    return HttpRequest(method="POST", url=url, headers=headers, body=envelope)


def _refuse(answer: _Answer) -> None:
    if answer.login or answer.fault:
        raise refusal(CODE, 401 if answer.login else 400)


def _nothing(body: bytes) -> PorchlightError:
    if read_document(CODE, _Shell, body).model_fields_set:
        return UnknownParcelError("dpd knows no such parcel")
    return MalformedPayloadError(CODE, "statusInfo", "neither a parcel nor a fault")


def _milestone(step: _Milestone, zone: str | None, received_at: datetime) -> TrackingEvent:
    if not step.code:
        raise MalformedPayloadError(CODE, "status", "no code")
    place = _place(step.place, step.country)
    status, sub_status = STATUS_OF.get(step.code) or SCAN_OF.get(step.code) or UNKNOWN
    return tracking_event(
        CODE,
        _when(f"{step.time} {step.clock}".strip(), zone_of(place) or zone, received_at),
        status=status,
        sub_status=sub_status,
        code=step.code,
        description=SIGNATORY.sub("", step.description or step.label),
        place=place,
    )


def _scanned(scan: _Scan, received_at: datetime) -> TrackingEvent:
    if not scan.code:
        raise MalformedPayloadError(CODE, "scanType", "no code")
    place = _place(scan.place, scan.country)
    status, sub_status = SCAN_OF.get(scan.code.removeprefix("SC_")[:2], UNKNOWN)
    return tracking_event(
        CODE,
        _when(scan.time, zone_of(place), received_at),
        status=status,
        sub_status=sub_status,
        code=scan.code,
        description=scan.label,
        place=place,
    )


def _place(text: str, country: str) -> Place:
    written = PLACE.fullmatch(text)
    if written is None:
        return Place(city=text, country=country_code(country))
    return Place(city=written["city"].strip(), country=country_code(written["country"]))


def _when(text: str, zone: str | None, received_at: datetime) -> EventTime:
    moment = _moment(text)
    if moment is None:
        return missing(received_at)
    return plausible(exact(moment) if moment.tzinfo else wall_clock(moment, zone), received_at)


def _moment(text: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.fromisoformat(text)
    for form in FORMATS:
        with suppress(ValueError):
            return datetime.strptime(text, form)  # noqa: DTZ007 a wall clock
    return None


def _zone(name: str) -> str | None:
    with suppress(ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(name).key
    return None
