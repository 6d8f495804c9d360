"""DHL Express: polled through the MyDHL API; the older XML-PI and SOAP answers and the web site's JSON are read too.

In: JSON `shipments[]`, XML `TrackingResponse` with `AWBInfo`, or `results[]`. Out: one update per waybill.
Docs: https://developer.dhl.com/api-reference/dhl-express-mydhl-api (Tracking) and the XML-PI Reference Guide, whose
appendix lists the two-letter checkpoints.
Time: date and clock at the scan; with `requestGMTOffsetPerEvent` its offset too, then exact. Without an offset it
is read in the country that the service area names (`HONG KONG-HKG`, `Leipzig - Germany`).
Quirks: `status: Success` tells of the query, not of the parcel; a waybill without a checkpoint is only announced. The
delivery text names the signatory, which is cut off. The web site prints wordings instead of codes.
MyDHL pushes nothing; DHL's push is that of the unified API.
"""

import re
import string
from base64 import b64encode
from datetime import date, datetime
from urllib.parse import quote

from porchlight.carriers._clock import hour_of, iso_local
from porchlight.carriers._country_names import country_code
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, printed_time, refusal
from porchlight.carriers._roles import Keyed, PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import date_only, plausible
from porchlight.domain.tracking import Estimate, Place, TrackingEvent, TrackingUpdate, tracking_event
from porchlight.domain.zones import zone_of

STATUS_OF: dict[str, Reading] = by_code(  # checkpoints
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "DUMMY_PU",  # shipment information received
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "PU SA",  # picked up, accepted at a service point
        (Status.IN_TRANSIT, SubStatus.NONE): "TR SM SC PD",  # transferred through, next movement, partly delivered
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "AF CI",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "DF PO CU",  # departed, departing origin, uplifted
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "PL RW LV UV SI",  # processed, weighed, (un)loaded
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "AR",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "IC ES BN BL RR",  # in clearance, entry, broker, customs reply
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "CR",
        (Status.IN_TRANSIT, SubStatus.HANDED_TO_PARTNER): "BR HN TP",  # to the broker, handed over, to a third party
        (Status.IN_TRANSIT, SubStatus.FORWARDED): "FD",
        (Status.IN_TRANSIT, SubStatus.DELIVERY_SCHEDULED): "AD",  # agreed delivery
        (Status.IN_TRANSIT, SubStatus.PROBLEM_RESOLVED): "HO PY",  # out of held inventory, payment made
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "WC",  # with delivery courier
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "CC",  # awaiting collection by the recipient
        (Status.DELIVERED, SubStatus.NONE): "OK",
        (Status.DELIVERED, SubStatus.DELIVERED_DAMAGED): "DD",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "NH",
        (Status.DELIVERY_ATTEMPTED, SubStatus.BUSINESS_CLOSED): "CA",
        (Status.EXCEPTION, SubStatus.NONE): "ND TI",  # not delivered, trace begun
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "BA",
        (Status.EXCEPTION, SubStatus.RECIPIENT_MOVED): "CM",
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "CD UD",  # clearance delay, avoidable and not
        (Status.EXCEPTION, SubStatus.DUTY_DUE): "HP",
        (Status.EXCEPTION, SubStatus.DAMAGED): "DM",
        (Status.EXCEPTION, SubStatus.DISPOSED): "DS",
        (Status.EXCEPTION, SubStatus.SECURITY): "DP",  # denied parties
        (Status.EXCEPTION, SubStatus.HELD): "OH HI SS ST",  # on hold, held inventory, stopped, intercepted
        (Status.EXCEPTION, SubStatus.DELAYED): "MD NA TD",  # missed delivery cycle, not arrived, transport delay
        (Status.EXCEPTION, SubStatus.MISSORTED): "IR MC MS",
        (Status.EXCEPTION, SubStatus.REFUSED): "RD",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "RT",
    }
)
CODE_OF_WORDS = {  # how the web site begins a checkpoint's text
    "shipment picked up": "PU",
    "processed at": "PL",
    "departed facility in": "DF",
    "arrived at sort facility": "AF",
    "arrived at delivery facility": "AR",
    "transferred through": "TR",
    "customs status updated": "RR",
    "customs clearance status updated": "RR",
    "shipment information received": "DUMMY_PU",
    "shipment has departed from a dhl facility": "DF",
    "arrived at dhl sort facility": "AF",
    "arrived at dhl delivery facility": "AR",
    "shipment is out with courier for delivery": "WC",
    "scheduled for delivery": "AD",
    "forwarded for delivery": "FD",
    "broker notified to arrange for clearance": "BN",
    "uncontrollable clearance delay": "UD",
    "clearance delay": "CD",
    "shipment on hold": "OH",
    "address information needed": "BA",
    "delivery attempted; recipient not home": "NH",
    "delivery attempted; consignee premises closed": "CA",
    "recipient moved": "CM",
    "recipient refused delivery": "RD",
    "awaiting collection by": "CC",
    "returned to shipper": "RT",
    "processed for clearance": "IC",
    "clearance processing complete": "CR",
    "with delivery courier": "WC",
    "delivered - signed for by": "OK",
}
SUMMARY_OF: dict[str, Reading] = {"delivered": (Status.DELIVERED, SubStatus.NONE)}  # the web site's
ANNOUNCED: Reading = (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED)
HTTP_STATUS_OF = by_code({404: "404 209", 401: "401 403 100", 429: "429", 503: "500 502 503 504"})  # and of XML-PI
HOST = "https://express.api.dhl.com/mydhlapi"

_SIGNATORY = re.compile(r"\W*\bsigned for by\b.*", re.IGNORECASE | re.DOTALL)
_END_OF_DAY = "23:59"


class _Event(Vendor):
    code: Text = at("typeCode", "ServiceEvent.EventCode")
    words: Text = at("description", "ServiceEvent.Description")
    day: Text = at("date", "Date")
    clock: Text = at("time", "Time")
    offset: Text = at("GMTOffset")
    area: Text = at("serviceArea.0.description", "ServiceArea.Description", "location")


class _Piece(Vendor):
    events: Many[_Event] = at("events", "PieceEvent.ArrayOfPieceEventItem", "PieceEvent", default=())


class _Shipment(Vendor):
    number: Text = at("shipmentTrackingNumber", "AWBNumber", "id")
    status: Text = at("status", "Status.ActionStatus", "delivery.status")
    condition: Text = at("Status.Condition.ConditionCode", "Status.Condition.0.ConditionCode")
    estimate: Text = at("estimatedDeliveryDate", "ShipmentInfo.EstDlvyDate")
    events: Many[_Event] = at(
        "events",
        "checkpoints",
        "ShipmentInfo.ShipmentEvent.ArrayOfShipmentEventItem",
        "ShipmentInfo.ShipmentEvent",
        default=(),
    )
    pieces: Many[_Piece] = at("pieces", "Pieces.PieceInfo.ArrayOfPieceInfoItem", "Pieces.PieceInfo", default=())


class _Answer(Vendor):
    shipments: Many[_Shipment] = at(
        "shipments",
        "results",
        "trackingResponse.TrackingResponse.AWBInfo.ArrayOfAWBInfoItem",
        "AWBInfo.ArrayOfAWBInfoItem",
        "AWBInfo",
        default=(),
    )
    problem: Text = at("status", "Response.Status.Condition.ConditionCode", "Response.Status.Condition.0.ConditionCode")


class DhlExpress(Keyed, PollOnly):
    """The plug-in."""

    code = "dhl_express"
    name = "DHL Express"
    credential_fields = ("username", "password")
    budget = Budget(calls=500, seconds=86_400)
    readings = STATUS_OF
    clock = Clock.MIXED
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """All checkpoints of one waybill, each with its offset."""
        number = quote(parcel.tracking_number, safe="")
        key = b64encode(f"{credentials['username']}:{credentials['password']}".encode()).decode()
        return HttpRequest(
            method="GET",
            url=f"{base_url(credentials, HOST)}/tracking?shipmentTrackingNumber={number}"
            "&trackingView=all-checkpoints&levelOfDetail=shipment&requestGMTOffsetPerEvent=true",
            headers={"Authorization": f"Basic {key}", "Accept": "application/json", "Accept-Language": "eng"},
        )

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer; a waybill that DHL does not know is left out while others are known."""
        answer = read_document(self.code, _Answer, body)
        known = [shipment for shipment in answer.shipments if not _is_missing(shipment)]
        if not known:
            missing = bool(answer.shipments)
            raise refusal(self.code, 404 if missing else HTTP_STATUS_OF.get(answer.problem, 400))
        return [_update(shipment, received_at) for shipment in known]


PLUGIN = DhlExpress()


def _is_missing(shipment: _Shipment) -> bool:
    return shipment.condition == "209" or shipment.status.lower().startswith("no shipments found")


def _update(shipment: _Shipment, received_at: datetime) -> TrackingUpdate:
    scans = shipment.events or tuple(scan for piece in shipment.pieces for scan in piece.events)
    said = shipment.status.lower()
    summary = ANNOUNCED if said == "success" and not scans else SUMMARY_OF.get(said, UNKNOWN)
    events = tuple(_event(scan, received_at) for scan in scans)
    return carrier_update(
        PLUGIN.code, shipment.number, summary, events, _estimate(shipment.estimate), received_at=received_at
    )


def _event(scan: _Event, received_at: datetime) -> TrackingEvent:
    if not (scan.code or scan.words):
        raise MalformedPayloadError(PLUGIN.code, "events.typeCode", "no code")
    place, words = _place(scan.area), " ".join(scan.words.split())
    code = scan.code or next((code for start, code in CODE_OF_WORDS.items() if words.lower().startswith(start)), "")
    status, sub_status = STATUS_OF.get(code, UNKNOWN)
    day = _day(scan.day)
    if iso_local(day) and not scan.clock:
        when = plausible(date_only(date.fromisoformat(day[:10]), zone_of(place)), received_at)
    else:
        when = printed_time(f"{day}T{scan.clock}{scan.offset}", place, received_at)
    return tracking_event(
        PLUGIN.code,
        when,
        status=status,
        sub_status=sub_status,
        code=code,
        description=_SIGNATORY.sub("", words),
        place=place,
    )


def _day(text: str) -> str:
    """`Friday, May 26, 2017` of the web site in ISO 8601; any other text as it is."""
    try:
        return datetime.strptime(text.strip(), "%A, %B %d, %Y").strftime("%Y-%m-%d")  # noqa: DTZ007 a day
    except ValueError:
        return text.strip()


def _place(area: str) -> Place:
    """`VAN NUYS,CA-USA`, `Leipzig - Germany` or `Brisbane-AU`; without a country we know, all of it is the city."""
    for dash in (" - ", "-"):
        town, _, last = area.strip(f" {string.whitespace}").rpartition(dash)
        if town and (country := country_code(last)):
            city, _, region = town.partition(",")
            return Place(city=city.strip(), region=region.strip(), country=country)
    return Place(city=" ".join(area.split()))


def _estimate(text: str) -> Estimate | None:
    """The local day, with its hour unless that is the end of the day; XML-PI adds `GMT-08:00`, which is cut off."""
    moment = iso_local(text[:16].strip())
    if moment is None:
        return None
    hour = hour_of(moment)
    return Estimate(day=moment.date(), window_end=hour if hour != _END_OF_DAY else None)
