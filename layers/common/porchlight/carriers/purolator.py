"""Purolator: polled through the E-Ship Web Services' TrackPackagesByPin (SOAP 1.1, V1); it pushes nothing.

https://www.purolator.com/en/business-solutions/e-ship-web-services (Tracking Service); the help of
https://eshiponline.purolator.com (Tracking Details) explains the wordings.

* Basic authentication with the production key and its password; V1.2 also takes the account's `user_token`.
  `devwebservices.purolator.com` is the sandbox.
* Date and time are the wall clock at the depot, whose name ends with its province (`BURNABY, BC`; Québec is `PQ`).
* `ScanType` is coarse and not to be trusted: `Other` and `Undeliverable` also hold created labels, sorting and parcels
  that wait at the counter. There the description decides, one of Purolator's fixed English wordings; any other wording
  stays unknown. So do the finer meanings of the two types that are clear.
* A list without scans is the proper answer for a number that Purolator does not know.
* The JSON behind purolator.com is read as well. Its events have codes, finer than scan types; those whose wording is
  known are in the table.
* Who signed stands in the details, sometimes at the end of the description too; neither is kept.
"""

import re
from base64 import b64encode
from datetime import date, datetime
from xml.sax.saxutils import escape

from porchlight.carriers._clock import digits, iso_local
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, day_or_end, refusal
from porchlight.carriers._roles import Keyed, PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import missing, plausible, wall_clock
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, tracking_event
from porchlight.domain.transitions import in_order, walk
from porchlight.domain.zones import ZONE_OF_REGION, zone_of

STATUS_OF: dict[str, Reading] = by_code(  # scan types; numbers: event codes of the web site
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "3010",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "ProofOfPickUp 2380",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "1300",
        (Status.IN_TRANSIT, SubStatus.NONE): "InternationalOutbound 0300 2300 4060 4100 7220 7520 7525 7810",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "OnDelivery 4200",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "9550",
        (Status.DELIVERED, SubStatus.NONE): "Delivery 9000 DEL",  # DEL: of the parcel
    }
)
WORDINGS: dict[Reading, tuple[str, ...]] = {  # lower case, without what `_wording` takes away
    (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): (
        "shipment created",
        "shipment created - interim manifest received",
        "shipment created - final manifest received",
        "shipper created a label",
        "label information electronically submitted",
    ),
    (Status.IN_TRANSIT, SubStatus.ACCEPTED): (
        "received by purolator",
        "picked up by purolator at",
        "received by purolator for processing at",
    ),
    (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): ("arrived at sort facility",),
    (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): ("departed sort facility",),
    (Status.IN_TRANSIT, SubStatus.NONE): (
        "shipment in transit",
        "in transit in u.s",
        "new tracking number assigned",  # at a sort centre
    ),
    (Status.IN_TRANSIT, SubStatus.PROBLEM_RESOLVED): ("corrective action - currently in transit",),
    (Status.IN_TRANSIT, SubStatus.RESCHEDULED): ("delivery rescheduled", "customer requested pm delivery"),
    (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): ("pending customs clearance",),
    (Status.IN_TRANSIT, SubStatus.FORWARDED): (
        "shipment redirected",
        "resolution complete - shipment redirected",
        "transferring to shipping centre - please wait for further instructions",  # comes as a Delivery
    ),
    (Status.OUT_FOR_DELIVERY, SubStatus.NONE): ("on vehicle for delivery", "on purolator vehicle for delivery"),
    (Status.DELIVERY_ATTEMPTED, SubStatus.BUSINESS_CLOSED): ("attempted delivery - customer closed",),
    (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): ("attempted delivery - receiver unavailable",),
    (Status.EXCEPTION, SubStatus.REFUSED): ("attempted delivery - package refused",),
    (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): ("address correction required",),
    (Status.EXCEPTION, SubStatus.HELD): ("scheduled delivery appointment required",),
    (Status.EXCEPTION, SubStatus.WEATHER): ("delayed due to weather",),
    (Status.EXCEPTION, SubStatus.DELAYED): (
        "mechanical delay - currently in transit",
        "delayed - incomplete shipment",
    ),
    (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): (
        "available for pickup for 5 business days from arrival date at the counter",
        "shipment available for pickup. unable to contact customer",
        "receiver contacted. shipment available for pickup",
        "receiver contacted, no answer. shipment available for pickup",
        "shipper contacted. shipment available for pickup",
    ),
    (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_POST_OFFICE): ("item available for receiver to pick up at post office",),
    (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_LOCKER): ("item held for pickup at locker",),
    (Status.DELIVERED, SubStatus.COLLECTED): ("package removed from locker",),
    (Status.RETURN_TO_SENDER, SubStatus.NOT_COLLECTED): (
        "shipment unclaimed - to be returned to sender",
        "returned to sender. shipment no longer available for pickup",
    ),
    (Status.RETURN_TO_SENDER, SubStatus.NONE): (
        "shipment undeliverable - returned to sender",
        "unable to deliver - item returned to sender",
        "unable to deliver - item returned to shipper",
    ),
}
READING_OF = {wording: reading for reading, wordings in WORDINGS.items() for wording in wordings}
CODE, HOST, SERVICE = "purolator", "https://webservices.purolator.com", "http://purolator.com/pws/service/v1"
SIGNED = "shipment delivered to"
_DASH = re.compile(r" *- +")
ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:v1="http://purolator.com/pws/datatypes/v1">
<soap:Header><v1:RequestContext><v1:Version>1.2</v1:Version><v1:Language>en</v1:Language><v1:GroupID/>\
<v1:RequestReference>porchlight</v1:RequestReference>{token}</v1:RequestContext></soap:Header>
<soap:Body><v1:TrackPackagesByPinRequest><v1:PINs><v1:PIN><v1:Value>{pin}</v1:Value></v1:PIN></v1:PINs>\
</v1:TrackPackagesByPinRequest></soap:Body></soap:Envelope>"""


class _Scan(Vendor):
    type: Text = at("ScanType", "code")
    depot: Text = at("Depot.Name")
    city: Text = at("location.city")
    region: Text = at("location.provinceState")
    country: Text = at("location.countryCode")
    day: Text = at("ScanDate")
    time: Text = at("ScanTime")
    moment: Text = at("dateTime")
    description: Text = at("Description", "description")


class _Parcel(Vendor):
    pin: Text = at("PIN.Value", "pin")
    status: Text = at("status.code")
    expected: Text = at("estimatedDeliveryDate")
    scans: Many[_Scan] = at("Scans.Scan", "events", default=())


class _Parcels(Vendor):
    parcels: Many[_Parcel] = at("TrackingInformation", "package", default=())


class _Problem(Vendor):
    code: Text = at("Code")


class _Answer(Vendor):
    found: _Parcels | None = at("TrackingInformationList", default=None)
    searches: Many[dict[str, object]] = at("searchResult", default=())
    shipments: Many[_Parcels] = at("shipment", default=())
    problems: Many[_Problem] = at("ResponseInformation.Errors.Error", default=())


class Purolator(Keyed, PollOnly):
    """The plug-in."""

    code = CODE
    name = "Purolator"
    credential_fields = ("username", "password")
    budget = Budget(calls=60, seconds=60)  # no number published
    readings = STATUS_OF | READING_OF
    clock = Clock.PLACE
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """All scans of one parcel, in English."""
        key = b64encode(f"{credentials['username']}:{credentials['password']}".encode()).decode()
        account = credentials.get("user_token", "")
        filled = ENVELOPE.format(
            pin=escape(parcel.tracking_number),
            token=f"<v1:UserToken>{escape(account)}</v1:UserToken>" if account else "",
        )
        return HttpRequest(
            method="POST",
            url=f"{base_url(credentials, HOST)}/EWS/V1/Tracking/TrackingService.asmx",
            headers={
                "Authorization": f"Basic {key}",
                "Content-Type": "text/xml; charset=utf-8",
                "SOAPAction": f'"{SERVICE}/TrackPackagesByPin"',
            },
            body=filled.encode(),
        )

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer; a parcel without scans is not known yet."""
        answer = read_document(CODE, _Answer, body)
        lists = (answer.found,) if answer.found else answer.shipments
        if answer.problems or not (lists or answer.searches):
            raise MalformedPayloadError(CODE, "TrackingInformationList", "an error answer, or none at all")
        found = [_update(parcel, received_at) for listed in lists for parcel in listed.parcels if parcel.scans]
        if not found:
            raise refusal(CODE, 404)
        return found


PLUGIN = Purolator()


def _update(parcel: _Parcel, received_at: datetime) -> TrackingUpdate:
    events = tuple(_event(scan, received_at) for scan in parcel.scans)
    returned = walk(in_order(events))[1] is Status.RETURNED
    summary = (Status.RETURNED, SubStatus.NONE) if returned else STATUS_OF.get(parcel.status, UNKNOWN)
    return carrier_update(CODE, parcel.pin, summary, events, day_or_end(parcel.expected), received_at=received_at)


def _event(scan: _Scan, received_at: datetime) -> TrackingEvent:
    if not scan.type:
        raise MalformedPayloadError(CODE, "ScanType", "empty")
    words = " ".join(scan.description.split())
    status, sub_status = READING_OF.get(_wording(scan.description)) or STATUS_OF.get(scan.type) or UNKNOWN
    place = _place(scan.depot) if scan.depot else Place(city=scan.city, region=scan.region, country=scan.country)
    moment = iso_local(scan.moment) or digits(scan.day.replace("-", ""), scan.time)
    return tracking_event(
        CODE,
        plausible(wall_clock(moment, zone_of(place)), received_at) if moment else missing(received_at),
        status=status,
        sub_status=sub_status,
        code=scan.type,
        description=words[: len(SIGNED) - len(" to")] if words.casefold().startswith(SIGNED) else words,
        place=place,
    )


def _wording(description: str) -> str:
    """As in the table: a new number, full stops and dashes at the end left out, one blank around a dash."""
    return _DASH.sub(" - ", " ".join(description.casefold().split())).rstrip("0123456789 .-")


def _place(depot: str) -> Place:
    city, comma, region = depot.rpartition(", ")
    country = next((country for country in ("CA", "US") if (country, region) in ZONE_OF_REGION), "")
    return Place(city=city, region=region, country=country) if comma and country else Place(city=depot)
