"""Canada Post: polled through Get Tracking Details (REST, XML); it pushes nothing.

https://www.canadapost-postescanada.ca/info/mc/business/productsservices/developers/services/tracking/trackingdetails.jsf
and .../developers/messagescodetables.jsf ("Tracking scan events") for the codes.

* Basic authentication with the two halves of the API key; `ct.soa-gw.canadapost.ca` is the sandbox.
* `event-time` is the wall clock at the scan. `event-time-zone` names the zone, not the offset: `EST` is printed in
  summer too, `CSTNO` is Saskatchewan, which never changes its clock. Without one the province decides.
* Midnight without a zone stands for a day: archived parcels keep no times.
* Codes come with and without leading zeros (`0174`, `20`).
* A parcel on its way back is scanned with the usual codes; delivered after a return began means returned.
* The summary and the SOAP answer, which we do not ask for, are read too; a summary has an event type, no code.
* The JSON behind the public tracking page is read as well; it prints the offset.
* The codes of delivery preferences, refunds and money collected say nothing about the parcel and are left out.
"""

from base64 import b64encode
from datetime import date, datetime
from urllib.parse import quote

from porchlight.carriers._clock import digits
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, day_or_end, printed_time, refusal
from porchlight.carriers._roles import Keyed, PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import EventTime, date_only, missing, plausible, wall_clock
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, tracking_event
from porchlight.domain.transitions import in_order, walk
from porchlight.domain.zones import ZONE_OF_REGION, zone_of

STATUS_OF: dict[str, Reading] = by_code(
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "3000 3002",  # sent by the shipper; return label
        (Status.CANCELLED, SubStatus.NONE): "190",  # retail transaction voided
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "1300 1301 1302 1303 2300 4000",  # counter, collected, mailed abroad
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): (
            "100 102 104 105 106 107 170 1240 1241 1244 2500 2501 4100"
        ),
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "113 400 405 4900",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "114 410 4202 4950 8901",
        (Status.IN_TRANSIT, SubStatus.HANDED_TO_PARTNER): "115 116",
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "4600",  # delivery office of the destination country
        (Status.IN_TRANSIT, SubStatus.NONE): "175 198 804 815 1234 1245 1703 1705 4450 4550",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_IN_DESTINATION_COUNTRY): "700 701 4310 4311",
        (Status.IN_TRANSIT, SubStatus.FORWARDED): "629 630 1225 1230 1232 1480 1490",  # elsewhere, to a post office
        (Status.IN_TRANSIT, SubStatus.RESCHEDULED): "1200 1203 1414 2414",
        (Status.IN_TRANSIT, SubStatus.DELIVERY_SCHEDULED): "1410 1444 2410",  # held at the recipient's request
        (Status.IN_TRANSIT, SubStatus.PROBLEM_RESOLVED): "1210",  # duty and taxes paid online
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "800 1487 1495 2601 4330 4400",  # also: appeal of duties
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "130 900 910 4500 5201",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "174 500",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "1435 1436 1437 1438 1443 1479 1488",  # notice card left; retried
        (Status.DELIVERY_ATTEMPTED, SubStatus.BUSINESS_CLOSED): "1411 2411",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.NONE): "1407 2407",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_POST_OFFICE): "1701",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.NOT_COLLECTED): "156",  # final notice
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_LOCKER): "1405",
        (Status.DELIVERED, SubStatus.NONE): (  # mailroom, concierge, delivery partner; photo available
            "1425 1432 1461 1462 1463 1465 1466 1467 1468 1469 1471 1472 1473 1475 1476 1496 1497 1498 1499 2001"
        ),
        (Status.DELIVERED, SubStatus.COLLECTED): "1406",  # from the locker
        (Status.DELIVERED, SubStatus.SIGNED_FOR): "20 21 1408 1409",  # signature recorded, verbal signature
        (Status.DELIVERED, SubStatus.LEFT_IN_SAFE_PLACE): "1421 1422 1423 1424 1426 1427 1428 1429 1430 1431 1433 1434",
        (Status.DELIVERED, SubStatus.LEFT_IN_MAILBOX): "1441 1442",  # community mailbox
        (Status.EXCEPTION, SubStatus.DELAYED): "160 161 162 163 621 622 623 624 625 626 627 628",
        (Status.EXCEPTION, SubStatus.WEATHER): "159",
        (Status.EXCEPTION, SubStatus.MISSORTED): "172",
        (Status.EXCEPTION, SubStatus.HELD): "118 1450 1484 1494 4700",
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "120 171 173 1412 2412",
        (Status.EXCEPTION, SubStatus.DOCUMENTS_MISSING): "117",
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "127 810",
        (Status.EXCEPTION, SubStatus.DAMAGED): "710",
        (Status.EXCEPTION, SubStatus.DISPOSED): "150",
        (Status.EXCEPTION, SubStatus.UNDELIVERABLE): "121 179 1483 1493 4650",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "167 168 169 181 183 184 1100 1418 1420 2600 2802 3001",
        (Status.RETURN_TO_SENDER, SubStatus.DOCUMENTS_MISSING): "182",
        (Status.RETURN_TO_SENDER, SubStatus.ADDRESS_PROBLEM): "1415 1416 1481 1491",
        (Status.RETURN_TO_SENDER, SubStatus.REFUSED): "1417 1482 1492",
        (Status.RETURN_TO_SENDER, SubStatus.NOT_COLLECTED): "1419",
    }
)
TYPE_OF: dict[str, Reading] = by_code(  # event types of the summary; the others are too broad to read
    {
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "OUT",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "ATTEMPTED",
        (Status.DELIVERED, SubStatus.NONE): "DELIVERED",
        (Status.DELIVERED, SubStatus.SIGNED_FOR): "SIGNATURE",
    }
)
HTTP_STATUS_OF = by_code({404: "004 404", 401: "E002 AA001 AA002 AA003 AA004 AA005 AA006 401 403", 429: "Server"})
ZONE_OF = by_code(
    {
        "America/St_Johns": "NST NDT",
        "America/Halifax": "AST ADT",
        "America/Toronto": "EST EDT",
        "America/Winnipeg": "CST CDT",
        "America/Regina": "CSTNO",
        "America/Edmonton": "MST MDT",
        "America/Vancouver": "PST PDT",
    }
)
CODE, HOST = "canada_post", "https://soa-gw.canadapost.ca"
MIDNIGHT = "00:00:00"


class _Event(Vendor):
    code: Text = at("event-identifier", "event-type", "cd")
    day: Text = at("event-date", "datetime.date")
    time: Text = at("event-time", "datetime.time")
    offset: Text = at("datetime.zoneOffset")
    moment: Text = at("event-date-time")
    zone: Text = at("event-time-zone")
    description: Text = at("event-description", "descEn")
    city: Text = at("event-site", "event-location", "locationAddr.city")
    region: Text = at("event-province", "locationAddr.regionCd")
    country: Text = at("locationAddr.countryCd")


class _Parcel(Vendor):
    pin: Text = ""
    expected: Text = at("expected-delivery-date", "expectedDlvryDateTime.dlvryDate")
    changed: Text = at("changed-expected-date", "expectedDlvryDateTime.revisedDate")
    events: Many[_Event] = at("significant-events.occurrence", "events", default=())


class _Problem(Vendor):
    code: Text = at("code", "cd")


class _Answer(Vendor):
    details: Many[_Parcel] = at("tracking-detail", "pin-detail", default=())
    summaries: Many[_Parcel] = at("pin-summary", "tracking-summary.pin-summary", default=())
    scans: Many[_Event] = at("pin-summary", "tracking-summary.pin-summary", default=())
    problems: Many[_Problem] = at("message", "messages.message", "error", default=())


class CanadaPost(Keyed, PollOnly):
    """The plug-in."""

    code = CODE
    name = "Canada Post"
    credential_fields = ("username", "password")
    budget = Budget(calls=60, seconds=60)  # no number published; a key that exceeds its limit is blocked for a minute
    readings = STATUS_OF | TYPE_OF
    clock = Clock.PLACE
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """All scans of one parcel, in English."""
        key = b64encode(f"{credentials['username']}:{credentials['password']}".encode()).decode()
        headers = {
            "Accept": "application/vnd.cpc.track-v2+xml",
            "Accept-language": "en-CA",
            "Authorization": f"Basic {key}",
        }
        path = f"/vis/track/pin/{quote(parcel.tracking_number, safe='')}/detail"
        return HttpRequest(method="GET", url=base_url(credentials, HOST) + path, headers=headers)

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read details, a summary or error messages."""
        answer = read_document(CODE, _Answer, body)
        for problem in answer.problems[:1]:
            raise refusal(CODE, HTTP_STATUS_OF.get(problem.code, 400))
        summaries = tuple(
            parcel.model_copy(update={"events": (scan,)})
            for parcel, scan in zip(answer.summaries, answer.scans, strict=True)
        )
        parcels = answer.details or summaries or (read_document(CODE, _Parcel, body),)
        return [_update(parcel, received_at) for parcel in parcels]


PLUGIN = CanadaPost()


def _update(parcel: _Parcel, received_at: datetime) -> TrackingUpdate:
    events = tuple(_event(event, received_at) for event in parcel.events)
    returned = walk(in_order(events))[1] is Status.RETURNED
    summary = (Status.RETURNED, SubStatus.NONE) if returned else UNKNOWN
    estimate = day_or_end(parcel.changed or parcel.expected)
    return carrier_update(CODE, parcel.pin, summary, events, estimate, received_at=received_at)


def _event(event: _Event, received_at: datetime) -> TrackingEvent:
    if not event.code:
        raise MalformedPayloadError(CODE, "event-identifier", "no code")
    country = event.country or ("CA" if ("CA", event.region) in ZONE_OF_REGION else "")
    place = Place(city=event.city, region=event.region, country=country)
    status, sub_status = STATUS_OF.get(event.code.lstrip("0")) or TYPE_OF.get(event.code) or UNKNOWN
    return tracking_event(
        CODE,
        _when(event, place, received_at),
        status=status,
        sub_status=sub_status,
        code=event.code,
        description=event.description,
        place=place,
    )


def _when(event: _Event, place: Place, received_at: datetime) -> EventTime:
    if event.offset:
        return printed_time(f"{event.day}T{event.time}{event.offset}", place, received_at)
    day, _, time = event.moment.partition(":") if event.moment else (event.day.replace("-", ""), "", event.time)
    moment = digits(day, time)
    zone = ZONE_OF.get(event.zone) or zone_of(place)
    if moment is None:
        return missing(received_at)
    if not time or (time == MIDNIGHT and not event.zone):
        return plausible(date_only(moment.date(), zone), received_at)
    return plausible(wall_clock(moment, zone), received_at)
