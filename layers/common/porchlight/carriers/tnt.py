"""TNT: polled through ExpressConnect Tracking v3; nothing is pushed.

In: XML `TrackResponse` with `Consignment`. Out: one update per consignment that TNT knows; `CNF` is "not found".
Docs: ExpressConnect Tracking V3.1 Technical Guide, https://express.tnt.com/expresswebservices-website/app/tracking.html;
new accounts get FedEx's APIs. The request is XML in the form field `xml_in`, the key is basic authentication.
Time: local date and time of the depot. The depot's country is not printed; origin, destination and domestic lanes tell.
Quirks: TNT publishes the four summary codes but no list of status codes. Its status texts are fixed for each code; a
known text is read where we do not know the code, and no other text decides. The summary is coarser than the scans.
Signatories are not read.
"""

from base64 import b64encode
from datetime import date, datetime
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from porchlight.carriers._clock import digits
from porchlight.carriers._country_names import country_code
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, refusal
from porchlight.carriers._roles import Keyed, PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import EventTime, date_only, missing, plausible, wall_clock
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, newest, tracking_event
from porchlight.domain.zones import zone_of

SUMMARY_OF: dict[str, Reading] = {
    "DEL": (Status.DELIVERED, SubStatus.NONE),
    "INT": (Status.IN_TRANSIT, SubStatus.NONE),
    "EXC": (Status.EXCEPTION, SubStatus.NONE),
}
STATUS_OF: dict[str, Reading] = by_code(
    {
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "PU CI",  # collected, received at the origin depot
        (Status.IN_TRANSIT, SubStatus.NONE): "TR OS",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "AS IS IR",
        (Status.IN_TRANSIT, SubStatus.HANDED_TO_PARTNER): "PA",  # delivery by mail
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "OD",
        (Status.DELIVERED, SubStatus.NONE): "OK",
        (Status.EXCEPTION, SubStatus.DELAYED): "NR MLA LAA LAC",  # in transit, connection, authorities, congestion
        (Status.EXCEPTION, SubStatus.DAMAGED): "CDB FDB",  # packaging damaged, repacked
    }
)
STATUS_OF_WORDS: dict[str, Reading] = {
    "shipment collected from customer": (Status.IN_TRANSIT, SubStatus.ACCEPTED),
    "shipment received at origin depot": (Status.IN_TRANSIT, SubStatus.ACCEPTED),
    "shipment in transit": (Status.IN_TRANSIT, SubStatus.NONE),
    "shipment received at transit point": (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY),
    "shipment received at tnt location": (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY),
    "shipment arrived at tnt location": (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY),
    "pre-arrival customs clearance in progress": (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED),
    "customs clearance in progress": (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED),
    "released by customs": (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED),
    "onforwarded for delivery": (Status.IN_TRANSIT, SubStatus.HANDED_TO_PARTNER),
    "delivery date/time slot agreed with receiver": (Status.IN_TRANSIT, SubStatus.DELIVERY_SCHEDULED),
    "out for delivery": (Status.OUT_FOR_DELIVERY, SubStatus.NONE),
    "shipment delivered in good condition": (Status.DELIVERED, SubStatus.NONE),
    "consignment delivered to residential": (Status.DELIVERED, SubStatus.NONE),
    "shipment delivered damaged": (Status.DELIVERED, SubStatus.DELIVERED_DAMAGED),
    "customer not home. follow up actions underway": (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME),
    "closed on delivery attempt. follow up actions underway": (Status.DELIVERY_ATTEMPTED, SubStatus.BUSINESS_CLOSED),
    "contact with receiver required to agree delivery date/time": (Status.EXCEPTION, SubStatus.HELD),
    "delay. recovery action underway": (Status.EXCEPTION, SubStatus.DELAYED),
    "connection delay. recovery actions underway": (Status.EXCEPTION, SubStatus.DELAYED),
    "shipment rerouted. recovery actions underway": (Status.EXCEPTION, SubStatus.MISSORTED),
}
AT_DESTINATION = frozenset({Status.OUT_FOR_DELIVERY, Status.DELIVERED, Status.DELIVERY_ATTEMPTED})
NOT_FOUND = "CNF"
HOST = "https://express.tnt.com/expressconnect"


class _Scan(Vendor):
    code: Text = at("StatusCode")
    words: Text = at("StatusDescription")
    day: Text = at("LocalEventDate")
    clock: Text = at("LocalEventTime")
    depot: Text = at("Depot")
    depot_name: Text = at("DepotName")

    def reading(self) -> Reading:
        words = " ".join(self.words.split()).rstrip(".").lower()
        return STATUS_OF.get(self.code) or STATUS_OF_WORDS.get(words, UNKNOWN)


class _Consignment(Vendor):
    number: Text = at("ConsignmentNumber")
    summary: Text = at("SummaryCode")
    origin_depot: Text = at("OriginDepot")
    origin: Text = at("OriginCountry.CountryCode")
    destination: Text = at("DestinationCountry.CountryCode")
    scans: Many[_Scan] = at("StatusData", default=())

    def country(self, scan: _Scan) -> str:
        """Where a depot is, empty unless that is certain."""
        if self.origin == self.destination or (scan.depot and scan.depot == self.origin_depot):
            return country_code(self.origin)
        return country_code(self.destination) if scan.reading()[0] in AT_DESTINATION else ""


class _Answer(Vendor):
    consignments: Many[_Consignment] = at("Consignment", default=())


class Tnt(Keyed, PollOnly):
    """The plug-in."""

    code = "tnt"
    name = "TNT"
    credential_fields = ("username", "password")
    budget = Budget(calls=60, seconds=60)
    readings = SUMMARY_OF | STATUS_OF | STATUS_OF_WORDS
    clock = Clock.PLACE
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One consignment with all its scans, in English."""
        question = (
            '<?xml version="1.0" encoding="UTF-8" standalone="no"?><TrackRequest locale="en_GB"><SearchCriteria>'
            f"<ConsignmentNumber>{escape(parcel.tracking_number)}</ConsignmentNumber></SearchCriteria>"
            "<LevelOfDetail><Complete/></LevelOfDetail></TrackRequest>"
        )
        key = b64encode(f"{credentials['username']}:{credentials['password']}".encode()).decode()
        headers = {"Authorization": f"Basic {key}", "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode({"xml_in": question}).encode()
        return HttpRequest(method="POST", url=f"{base_url(credentials, HOST)}/track.do", headers=headers, body=body)

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer; a consignment that TNT does not know is left out while others are known."""
        consignments = read_document(self.code, _Answer, body).consignments
        known = [consignment for consignment in consignments if consignment.summary != NOT_FOUND]
        if not known:
            raise refusal(self.code, 404 if consignments else 400)
        return [_update(consignment, received_at) for consignment in known]


PLUGIN = Tnt()


def _update(consignment: _Consignment, received_at: datetime) -> TrackingUpdate:
    events = tuple(_event(consignment, scan, received_at) for scan in consignment.scans)
    summary = _summary(consignment.summary, events)
    return carrier_update(PLUGIN.code, consignment.number, summary, events, None, received_at=received_at)


def _summary(code: str, events: tuple[TrackingEvent, ...]) -> Reading:
    """Delivered always counts; an exception only beside scans without trouble, in transit only without scans."""
    latest = newest(events)
    if latest and (code == "INT" or (code == "EXC" and latest.status is not Status.IN_TRANSIT)):
        return UNKNOWN
    return SUMMARY_OF.get(code, UNKNOWN)


def _event(consignment: _Consignment, scan: _Scan, received_at: datetime) -> TrackingEvent:
    if not (scan.code or scan.words):
        raise MalformedPayloadError(PLUGIN.code, "StatusData.StatusCode", "no code")
    zone = zone_of(Place(country=consignment.country(scan)))
    status, sub_status = scan.reading()
    return tracking_event(
        PLUGIN.code,
        plausible(_when(scan, zone) or missing(received_at), received_at),
        status=status,
        sub_status=sub_status,
        code=scan.code,
        description=scan.words,
        place=Place(city=" ".join(scan.depot_name.split())),
    )


def _when(scan: _Scan, zone: str | None) -> EventTime | None:
    """`YYYYMMDD` and `HHMM`; a date without a time stays a date."""
    moment = digits(scan.day, scan.clock.ljust(6, "0"))
    if moment is None:
        return None
    return wall_clock(moment, zone) if scan.clock else date_only(moment.date(), zone)
