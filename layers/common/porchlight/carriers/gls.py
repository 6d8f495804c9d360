"""GLS: polled through Track And Trace V1; MyGLS, web, Dutch and earlier (REST, SOAP) answers are read too.

In: JSON `parcels[]`, `tuStatus[]`, one parcel, or XML `TuNo` with its `History`. Out: one update per parcel.
Docs: https://dev-portal.gls-group.net (Track And Trace V1, Authentication V2), https://api.mygls.hu (ParcelService).
Time: V1 prints the offset, MyGLS milliseconds. Web and SOAP print the clock at the scan, GLS Netherlands its own.
Quirks: an event's code is an event and a reason: `DELIVD.PARCELSHOP` in V1, `3.124` on the web, where codes stand in a
list of their own beside the history. A reason we do not know does not make a movement unknown, but it may make a
delivery something else, so there the parcel's own status decides. Delivered to a ParcelShop is ready to be collected.
V1 answers errors parcel by parcel with HTTP 200. GLS Group has no public push.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from urllib.parse import quote

from porchlight.carriers._clock import dotnet
from porchlight.carriers._country_names import country_code
from porchlight.carriers._oauth import base_url, basic_request, read_token
from porchlight.carriers._payload import Text, day_or_end, printed_time, refusal
from porchlight.carriers._roles import PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery, Token
from porchlight.domain.status import MOVEMENT, Status, SubStatus
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, tracking_event

STATUS_OF: dict[str, Reading] = by_code(  # of a parcel; the last line is what an earlier API called them
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "PREADVICE",
        (Status.PRE_TRANSIT, SubStatus.AWAITING_HANDOVER): "PLANNEDPICKUP INPICKUP",
        (Status.PRE_TRANSIT, SubStatus.COLLECTION_FAILED): "NOTPICKEDUP",
        (Status.CANCELLED, SubStatus.NONE): "CANCELED CANCELLED",
        (Status.IN_TRANSIT, SubStatus.NONE): "INTRANSIT IN_TRANSIT",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "ACCEPTED",
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "INWAREHOUSE",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "INDELIVERY OUT_FOR_DELIVERY",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "DELIVEREDPS",
        (Status.DELIVERED, SubStatus.NONE): "DELIVERED",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "NOTDELIVERED",
    }
)
EVENT_OF: dict[str, Reading] = by_code(  # codes of V1, spelled as GLS does; numbers of web and SOAP
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "INTIAL.PREADVICE 0.100",
        (Status.PRE_TRANSIT, SubStatus.AWAITING_HANDOVER): "INTIAL.E48_DATA",  # ready for collection by GLS
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "INTIAL.NORMAL 0.0",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "OUTBOD 1",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "INBOUD 2",
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "35.482",  # back in the last centre after an attempt
        (Status.IN_TRANSIT, SubStatus.NONE): "TRANSI",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "OUTDEL 11",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "DELIVD.PARCELSHOP 3.124 2.124",
        (Status.DELIVERED, SubStatus.NONE): "DELIVD.NORMAL 3.0",
        (Status.DELIVERED, SubStatus.COLLECTED): "DELIVD.DEL_BY_PSAPP",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "90.132",  # card left
        (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "4.40",
    }
)
STATE_OF: dict[str, Reading] = by_code(  # GLS Netherlands
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "0",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "1",
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "2",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "3",
        (Status.DELIVERED, SubStatus.NONE): "4",
    }
)
MYGLS_OF: dict[str, Reading] = by_code(  # status codes of GetParcelStatuses, without a leading zero
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "51 52 83 84",
        (Status.PRE_TRANSIT, SubStatus.AWAITING_HANDOVER): "85",
        (Status.PRE_TRANSIT, SubStatus.COLLECTION_FAILED): "88 91",
        (Status.CANCELLED, SubStatus.NONE): "87 90",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "1",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "2 22 41 47",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "3 26 27 86",
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "6 7",
        (Status.IN_TRANSIT, SubStatus.DELIVERY_SCHEDULED): "9 32",
        (Status.IN_TRANSIT, SubStatus.FORWARDED): "24 37 46 80",  # another delivery option or address
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "61 67 72 76",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "64 65",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "4",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "8 55 56",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_LOCKER): "54",
        (Status.DELIVERED, SubStatus.NONE): "5",
        (Status.DELIVERED, SubStatus.LEFT_WITH_NEIGHBOUR): "58",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "15 33",  # lack of time, outside the agreed hours
        (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "11 12 36",
        (Status.DELIVERY_ATTEMPTED, SubStatus.BUSINESS_CLOSED): "14",
        (Status.DELIVERY_ATTEMPTED, SubStatus.PAYMENT_DUE): "16",
        (Status.EXCEPTION, SubStatus.NONE): "29",  # under investigation
        (Status.EXCEPTION, SubStatus.MISSORTED): "13 21 25",
        (Status.EXCEPTION, SubStatus.REFUSED): "17 34 35",
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "18 20",
        (Status.EXCEPTION, SubStatus.WEATHER): "19",
        (Status.EXCEPTION, SubStatus.DAMAGED): "30 31",
        (Status.EXCEPTION, SubStatus.LOST): "43",
        (Status.EXCEPTION, SubStatus.DISPOSED): "28 42",
        (Status.EXCEPTION, SubStatus.NOT_COLLECTED): "57",
        (Status.EXCEPTION, SubStatus.HELD): "69",  # waits for the rest of the consignment
        (Status.EXCEPTION, SubStatus.DUTY_DUE): "68",
        (Status.EXCEPTION, SubStatus.DOCUMENTS_MISSING): "60 62 66 70 71",
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "73 74 75",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "23 40",
    }
)
HTTP_STATUS_OF = by_code(  # V1: the number is in the code, `E_404_01`
    {404: "NOT_FOUND E998 998", 401: "invalid_client invalid_grant unauthorized_client", 503: "E999 999"}
)
HOST = "https://api.gls-group.net"
NETHERLANDS = "NL"


def _prefixed(source: str, table: Mapping[str, Reading]) -> dict[str, Reading]:
    return {f"{source} {code}": reading for code, reading in table.items()}


class _Day(Vendor):
    year: Text = at("Year")
    month: Text = at("Month")
    day: Text = at("Day")
    hour: Text = at("Hour")
    minute: Text = at("Minut", "Minute")

    def __str__(self) -> str:
        clock = f"{self.hour.zfill(2)}:{self.minute.zfill(2)}"
        return f"{self.year}-{self.month.zfill(2)}-{self.day.zfill(2)}T{clock}" if self.year else ""


class _Event(Vendor):
    code: Text = at("code", "Code", "status", "state", "StatusCode")
    words: Text = at("description", "evtDscr", "Desc", "eventReasonDescr", "StatusDescription")
    moment: Text = at("eventDateTime", "timestamp", "dateTime", "StatusDate")
    day: Text = at("date")
    clock: Text = at("time")
    parts: _Day = at("Date", default=_Day())
    city: Text = at("city", "address.city", "location.city", "LocationName", "DepotCity")
    spot: str | dict[str, object] | None = at("location")  # a mere name before V1
    postal_code: Text = at("postalCode")
    country: Text = at("country", "address.countryCode", "location.country", "CountryName")

    def when(self) -> str:
        moment = dotnet(self.moment)
        if moment:
            return moment.isoformat()
        return self.moment or (f"{self.day}T{self.clock}" if self.day else str(self.parts))


class _Parcel(Vendor):
    number: Text = at("requested", "unitno", "tuNo", "TuNo", "trackingNumber", "parcelNo", "ParcelNumber", "trackid")
    status: Text = at("status", "progressBar.statusInfo", "state")
    goes_back: bool = at("progressBar.retourFlag", default=False)
    numbers: Many[str] = at("progressBar.evtNos", default=())
    events: Many[_Event] = at("events", "history", "History", "scans", "ParcelStatusList", default=())
    estimate: Text = at("estimatedDelivery", "deliveryStatus.etaTimestampMax")
    dutch: Text = at("parcelNo")
    mygls: Text = at("ParcelNumber")
    problem: Text = at("errorCode", "ExitCode.ErrorCode", "GetParcelStatusErrors.0.ErrorCode")

    def reading(self, code: str) -> Reading:
        """Of an event, by event and reason, else by the event alone where no reason changes its meaning."""
        if self.dutch:
            return STATE_OF.get(code, UNKNOWN)
        if self.mygls:
            return MYGLS_OF.get(code.lstrip("0"), UNKNOWN)
        return EVENT_OF.get(code) or EVENT_OF.get(code.partition(".")[0]) or STATUS_OF.get(code, UNKNOWN)


class _Answer(Vendor):
    single: Text = at("parcelNo", "trackingNumber", "TuNo", "ParcelNumber")
    parcels: Many[_Parcel] = at("parcels", "tuStatus", default=())
    problem: Text = at(
        "errors.0.code", "errors.0.exitCode", "lastError", "ExitCode.ErrorCode", "errorCode", "status", "error"
    )


class Gls(PollOnly):
    """The plug-in."""

    code = "gls"
    name = "GLS"
    credential_fields = ("client_id", "client_secret")
    budget = Budget(calls=60, seconds=60)
    readings = STATUS_OF | EVENT_OF | _prefixed("NL", STATE_OF) | _prefixed("MyGLS", MYGLS_OF)
    clock = Clock.MIXED
    checked_on = date(2026, 11, 22)

    def token_request(self, credentials: Credentials) -> HttpRequest | None:
        """Client credentials by Basic authentication."""
        url = f"{base_url(credentials, HOST)}/oauth2/v2/token"
        return basic_request(url, credentials["client_id"], credentials["client_secret"])

    def parse_token(self, body: bytes) -> Token:
        """Read the token or the refusal."""
        problem = read_document(self.code, _Answer, body).problem
        if problem:
            raise refusal(self.code, _http_status(problem))
        return read_token(self.code, body)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:
        """One parcel with its events, in English."""
        number = quote(parcel.tracking_number, safe="")
        return HttpRequest(
            method="GET",
            url=f"{base_url(credentials, HOST)}/track-and-trace-v1/tracking/simple/trackids/{number}?showEvents=true",
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json", "Accept-Language": "en"},
        )

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer; a parcel that GLS does not know is left out while others are known."""
        answer = read_document(self.code, _Answer, body)
        parcels = (read_document(self.code, _Parcel, body),) if answer.single else answer.parcels
        known = [parcel for parcel in parcels if parcel.problem in {"", "0"}]
        if not known:
            problem = next((parcel.problem for parcel in parcels), answer.problem)
            raise refusal(self.code, _http_status(problem))
        return [_update(parcel, received_at) for parcel in known]


PLUGIN = Gls()


def _http_status(problem: str) -> int:
    known = HTTP_STATUS_OF.get(problem)
    digits = problem.lstrip("E_")[:3]
    return known or (int(digits) if digits.isascii() and digits.isdecimal() else 400)


def _update(parcel: _Parcel, received_at: datetime) -> TrackingUpdate:
    summary = _back(STATE_OF if parcel.dutch else STATUS_OF, parcel.status, goes_back=parcel.goes_back)
    events = tuple(_event(parcel, event, received_at) for event in _coded(parcel))
    return carrier_update(
        PLUGIN.code, parcel.number, summary, events, day_or_end(parcel.estimate[:10]), received_at=received_at
    )


def _coded(parcel: _Parcel) -> Iterator[_Event]:
    """Events with their codes: the web lists as many codes as events, in the same order."""
    if len(parcel.numbers) != len(parcel.events):
        yield from parcel.events
        return
    for event, number in zip(parcel.events, parcel.numbers, strict=True):
        yield event.model_copy(update={"code": event.code or number})


def _event(parcel: _Parcel, event: _Event, received_at: datetime) -> TrackingEvent:
    if not (event.code or event.words):
        raise MalformedPayloadError(PLUGIN.code, "events.code", "no code")
    country = country_code(event.country)
    city = event.city or (event.spot if isinstance(event.spot, str) else "")
    place = Place(city=city, postal_code=event.postal_code, country=country)
    clock_at = Place(country=country or (NETHERLANDS if parcel.dutch else ""))
    status, sub_status = parcel.reading(event.code)
    return tracking_event(
        PLUGIN.code,
        printed_time(event.when(), clock_at, received_at),
        status=status,
        sub_status=sub_status,
        code=event.code,
        description=event.words,
        place=place,
    )


def _back(table: dict[str, Reading], code: str, *, goes_back: bool) -> Reading:
    reading = table.get(code, UNKNOWN)
    if goes_back and reading[0] in MOVEMENT:
        return (Status.RETURNED if reading[0] is Status.DELIVERED else Status.RETURN_TO_SENDER), SubStatus.NONE
    return reading
