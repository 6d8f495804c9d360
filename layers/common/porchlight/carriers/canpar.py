"""Canpar: polled through CanShip's add-on service, `trackByBarcodeV2` (SOAP 1.2); it pushes nothing.

https://canship.canpar.com/canshipws/services/CanparAddonsService?wsdl; `sandbox.canpar.com` is the sandbox.

In: the SOAP answer, or the JSON that the same operation gives under `/api/CanparAddons`. Out: one update per parcel.
* Tracking asks for no key. The connection's `user_id` says only that the merchant has an account; it is not sent.
* `local_date_time` is the wall clock at the terminal; `time_shift` is no offset and is not read.
* The flag `delivered` stays false beside a delivery scan, so scans alone decide.
* A parcel without scans is one that Canpar does not know.
* Canpar publishes no list of its codes. Those here are the ones whose printed meaning is known; others stay unknown.
"""

from datetime import date, datetime
from xml.sax.saxutils import escape

from porchlight.carriers._clock import digits
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, refusal
from porchlight.carriers._roles import Keyed, PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import missing, plausible, wall_clock
from porchlight.domain.tracking import Estimate, Place, TrackingEvent, TrackingUpdate, tracking_event
from porchlight.domain.transitions import in_order, walk
from porchlight.domain.zones import zone_of

STATUS_OF: dict[str, Reading] = by_code(
    {
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "PIC",  # picked up from the shipper
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "ARR",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "DPT",
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "SRT",
        (Status.IN_TRANSIT, SubStatus.HANDED_TO_PARTNER): "INO INA",  # to and at the interline carrier
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "WC",  # with courier
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "DRP",
        (Status.DELIVERED, SubStatus.NONE): "DEL NSR",  # NSR: no signature required
        (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "NH",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "NL",  # notice left
        (Status.EXCEPTION, SubStatus.DELAYED): "HLD",  # delayed at the facility
        (Status.EXCEPTION, SubStatus.WEATHER): "WXX",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "RTN",
    }
)
CODE, HOST = "canpar", "https://canship.canpar.com"
NOT_FOUND = "no shipment found"
ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" xmlns:ws="http://ws.canparaddons.canpar.com" \
xmlns:xsd="http://ws.dto.canshipws.canpar.com/xsd">
<soap:Header/><soap:Body><ws:trackByBarcodeV2><ws:request><xsd:barcode>{barcode}</xsd:barcode>\
<xsd:track_shipment>false</xsd:track_shipment></ws:request></ws:trackByBarcodeV2></soap:Body></soap:Envelope>"""


class _Event(Vendor):
    code: Text = ""
    description: Text = at("code_description_en")
    local: Text = at("local_date_time")
    city: Text = at("address.city")
    region: Text = at("address.province")
    postal_code: Text = at("address.postal_code")
    country: Text = at("address.country")


class _Parcel(Vendor):
    barcode: Text = ""
    estimated: Text = at("estimated_delivery_date")
    events: Many[_Event] = ()


class _Return(Vendor):
    error: Text = ""
    parcels: Many[_Parcel] | None = at("result.packages", "result", default=None)


class _Answer(Vendor):
    soap: _Return = at(
        "return",
        "Envelope.Body.trackByBarcodeResponse.return",
        "Envelope.Body.trackByBarcodeV2Response.return",
        default=_Return(),
    )


class Canpar(Keyed, PollOnly):
    """The plug-in."""

    code = CODE
    name = "Canpar"
    credential_fields = ("user_id",)
    budget = Budget(calls=60, seconds=60)  # no number published
    readings = STATUS_OF
    clock = Clock.PLACE
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One parcel, without the others of its shipment."""
        service = "/canshipws/services/CanparAddonsService.CanparAddonsServiceHttpSoap12Endpoint/"
        return HttpRequest(
            method="POST",
            url=base_url(credentials, HOST) + service,
            headers={"Content-Type": 'application/soap+xml; charset=utf-8; action="urn:trackByBarcodeV2"'},
            body=ENVELOPE.format(barcode=escape(parcel.tracking_number)).encode(),
        )

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read the answer in either form."""
        answer = read_document(CODE, _Answer, body).soap
        if answer.parcels is None:
            answer = read_document(CODE, _Return, body)
        if answer.error:
            raise refusal(CODE, 404 if answer.error.strip(" .").casefold() == NOT_FOUND else 400)
        if answer.parcels is None:
            raise MalformedPayloadError(CODE, "result", "missing")
        found = [_update(parcel, received_at) for parcel in answer.parcels if parcel.events]
        if not found:
            raise refusal(CODE, 404)
        return found


PLUGIN = Canpar()


def _update(parcel: _Parcel, received_at: datetime) -> TrackingUpdate:
    events = tuple(_event(event, received_at) for event in parcel.events)
    returned = walk(in_order(events))[1] is Status.RETURNED
    summary = (Status.RETURNED, SubStatus.NONE) if returned else UNKNOWN
    day = digits(parcel.estimated)
    estimate = Estimate(day=day.date()) if day else None
    return carrier_update(CODE, parcel.barcode, summary, events, estimate, received_at=received_at)


def _event(event: _Event, received_at: datetime) -> TrackingEvent:
    code = event.code.strip()  # two-letter codes are padded
    if not code:
        raise MalformedPayloadError(CODE, "events.code", "empty")
    status, sub_status = STATUS_OF.get(code, UNKNOWN)
    place = Place(city=event.city, region=event.region, postal_code=event.postal_code, country=event.country)
    day, _, time = event.local.partition(" ")
    moment = digits(day, time)
    return tracking_event(
        CODE,
        plausible(wall_clock(moment, zone_of(place)), received_at) if moment else missing(received_at),
        status=status,
        sub_status=sub_status,
        code=code,
        description=event.description,
        place=place,
    )
