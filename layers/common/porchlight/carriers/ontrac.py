"""OnTrac, and LaserShip, which merged into it: polled; neither pushes.

In: XML of OnTrac's Web Services V7 (`shipments`, request type `track`) or LaserShip's tracking JSON.
Docs: "OnTrac Web Service Integration Specifications", revised 2023-09-20; its last pages list the status codes.

* OnTrac's only place for the account's password is the URL. `/OnTracTestWebServices` is the sandbox, same host.
* LaserShip's numbers begin with `L` or `1LS`; they are asked for at `t.lasership.com`, which wants no key.
* The JSON that LaserShip's address answers with since both are one company is read too.
* OnTrac prints the wall clock at its facility; LaserShip prints it beside UTC, and both together are exact.
* Errors are sentences; OnTrac documents each. A LaserShip order of several pieces has one history for all of them.
* A date in the year 1 stands for none.
* The consignee's name, address and signature are in both answers; none of it is read.
"""

from datetime import date, datetime
from urllib.parse import quote, urlencode

from porchlight.carriers._clock import paired
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, day_or_end, printed_time, refusal
from porchlight.carriers._roles import Keyed, PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import EventTime
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, tracking_event
from porchlight.domain.zones import zone_of

STATUS_OF: dict[str, Reading] = (
    by_code(  # two letters: OnTrac's; words: LaserShip's event types; four letters: of today's OnTrac
        {
            (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "XX OE OrderReceived OrderCreated EXRL INRL",
            (Status.IN_TRANSIT, SubStatus.ACCEPTED): "PU Received ORIG",  # Received is the origin scan
            (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "RD Arrived ARRD",
            (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "FCTF",
            (
                Status.IN_TRANSIT,
                SubStatus.AT_LOCAL_DEPOT,
            ): "PS SD SFCT",  # at the delivery facility, out for delivery soon
            (Status.IN_TRANSIT, SubStatus.NONE): "OS LOAD",
            (Status.IN_TRANSIT, SubStatus.RESCHEDULED): "DI",  # by request
            (Status.IN_TRANSIT, SubStatus.FORWARDED): "CA MC",  # new address by the sender, ZIP code corrected
            (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "OD OutForDelivery OFDL",
            (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "HP",  # at the local facility
            (Status.DELIVERED, SubStatus.NONE): "CL DW OK Delivered DLVD",
            (Status.DELIVERED, SubStatus.LEFT_IN_SAFE_PLACE): "Released",  # left without a signature
            (Status.DELIVERED, SubStatus.LEFT_WITH_NEIGHBOUR): "DN",
            (Status.DELIVERED, SubStatus.DELIVERED_DAMAGED): "DD",
            (Status.DELIVERY_ATTEMPTED, SubStatus.BUSINESS_CLOSED): "CO HO BCLD",
            (Status.DELIVERY_ATTEMPTED, SubStatus.NO_ACCESS): "UG",  # gate code needed
            (Status.EXCEPTION, SubStatus.NONE): "ER",  # the delivery scan was wrong
            (Status.EXCEPTION, SubStatus.DELAYED): "AN LM LR NH RB",
            (Status.EXCEPTION, SubStatus.WEATHER): "BW LW",
            (Status.EXCEPTION, SubStatus.MISSORTED): "MR MS",
            (Status.EXCEPTION, SubStatus.HELD): "AI HW",  # details needed
            (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "WA NDMI",
            (Status.EXCEPTION, SubStatus.DAMAGED): "DC UD",
            (Status.EXCEPTION, SubStatus.UNDELIVERABLE): "DR LC",
            (Status.EXCEPTION, SubStatus.REFUSED): "CR",
            (Status.RETURN_TO_SENDER, SubStatus.NONE): "RS UM",
        }
    )
)
HTTP_STATUS_OF = {
    "invalid tracking number": 404,
    "invalid tracking string": 404,
    "not found": 404,
    "invalid username or password": 401,
    "service temporarily unavailable": 503,
}
CODE, HOST, LASERSHIP = "ontrac", "https://www.shipontrac.net", "https://t.lasership.com"
NEVER = "0001-01-01"
DELIVERED: Reading = (Status.DELIVERED, SubStatus.NONE)


class _Event(Vendor):
    code: Text = at("EventCode", "Status", "EventType")
    description: Text = at("Description", "EventShortText", "EventShortDescription")
    local: Text = at("EventTime", "DateTime")
    utc: Text = at("UTCDateTime")
    stamp: Text = at("UtcEventDateTime")
    city: Text = at("City")
    region: Text = at("State")
    postal_code: Text = at("Zip", "PostalCode")
    country: Text = at("Country", default="US")


class _Piece(Vendor):
    number: Text = at("TrackingNumber")


class _Parcel(Vendor):
    number: Text = at("Tracking")
    pieces: Many[_Piece] = at("Pieces", default=())
    expected: Text = at("Exp_Del_Date", "EstimatedDeliveryDate", "ExpectedDeliveryDate")
    delivered: Text = at("Delivered")
    events: Many[_Event] = at("Events.Event", "Events", default=())
    error: Text = at("Error", "Title")

    def numbers(self) -> tuple[str, ...]:
        return tuple(piece.number for piece in self.pieces) or (self.number,)


class _Answer(Vendor):
    parcels: Many[_Parcel] = at("Shipments.Shipment", default=())
    error: Text = at("Error")


class OnTrac(Keyed, PollOnly):
    """The plug-in."""

    code = CODE
    name = "OnTrac"
    credential_fields = ("account", "password")
    budget = Budget(calls=60, seconds=60)  # no number published
    readings = STATUS_OF
    clock = Clock.MIXED
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One parcel; who is asked depends on the form of its number."""
        number = parcel.tracking_number
        if number.startswith(("L", "1LS")):
            url = f"{base_url(credentials, LASERSHIP)}/Track/{quote(number, safe='')}/json"
            return HttpRequest(method="GET", url=url, headers={"Accept": "application/json"})
        query = urlencode({"pw": credentials["password"], "tn": number, "requestType": "track"})
        account = quote(credentials["account"], safe="")
        path = f"/OnTracWebServices/OnTracServices.svc/V7/{account}/shipments?{query}"
        return HttpRequest(method="GET", url=base_url(credentials, HOST) + path, headers={"Accept": "text/xml"})

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer of either service."""
        answer = read_document(CODE, _Answer, body)
        parcels = answer.parcels or (read_document(CODE, _Parcel, body),)
        good = [parcel for parcel in parcels if not parcel.error]
        if answer.error or not good:
            raise refusal(CODE, HTTP_STATUS_OF.get((answer.error or parcels[0].error).strip(" .").casefold(), 400))
        return [_update(parcel, number, received_at) for parcel in good for number in parcel.numbers()]


PLUGIN = OnTrac()


def _update(parcel: _Parcel, number: str, received_at: datetime) -> TrackingUpdate:
    events = tuple(_event(event, received_at) for event in parcel.events)
    summary = DELIVERED if parcel.delivered.casefold() == "true" and not events else UNKNOWN
    estimate = None if parcel.expected.startswith(NEVER) else day_or_end(parcel.expected)
    return carrier_update(CODE, number, summary, events, estimate, received_at=received_at)


def _event(event: _Event, received_at: datetime) -> TrackingEvent:
    if not event.code:
        raise MalformedPayloadError(CODE, "Status", "no code")
    status, sub_status = STATUS_OF.get(event.code, UNKNOWN)
    place = Place(city=event.city, region=event.region, postal_code=event.postal_code, country=event.country)
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
    if event.stamp:
        return printed_time(event.stamp, place, received_at)
    return paired(_split(event.local), _split(event.utc), zone_of(place), received_at)


def _split(moment: str) -> tuple[str, str]:
    """Day and time of an ISO 8601 text, without fractions of a second."""
    day, _, time = moment.partition("T")
    return day.replace("-", ""), time.partition(".")[0]
