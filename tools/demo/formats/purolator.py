"""Purolator: TrackPackagesByPin of the E-Ship Web Services, SOAP 1.1; the wall clock at the depot, and no estimate.

https://www.purolator.com/en/business-solutions/e-ship-web-services
"""

import re
from xml.sax.saxutils import escape

from tools.demo.journey import Journey
from tools.demo.stories import Scan, Word
from tools.demo.vendor_api import EVERYWHERE, Call, Entry, Format, Reply, in_xml

CODES = {  # scan type, description
    Word.LABEL: ("Other", "Shipment created"),
    Word.ACCEPTED: ("ProofOfPickUp", "Picked up by Purolator at"),
    Word.DEPARTED: ("Other", "Departed sort facility"),
    Word.ARRIVED: ("Other", "Arrived at sort facility"),
    Word.DEPOT: ("Other", "Arrived at sort facility"),
    Word.OUT: ("OnDelivery", "On vehicle for delivery"),
    Word.DELIVERED: ("Delivery", "Shipment delivered to RECEPTION"),
    Word.ATTEMPTED: ("Undeliverable", "Attempted Delivery - Customer Closed"),
    Word.READY: ("Undeliverable", "Available for pickup for 5 business days from arrival date at the counter"),
    Word.ADDRESS: ("Undeliverable", "Address correction required"),
    Word.REFUSED: ("Undeliverable", "Attempted Delivery - Package Refused"),
    Word.RETURNING: ("Undeliverable", "Shipment undeliverable - Returned to sender"),
    Word.STRANGE: ("Other", "Photon relay complete"),
}
ENVELOPE = """<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<TrackPackagesByPinResponse xmlns="http://purolator.com/pws/datatypes/v1" \
xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
<ResponseInformation><Errors/><InformationalMessages i:nil="true"/></ResponseInformation>
<TrackingInformationList><TrackingInformation><PIN><Value>{pin}</Value></PIN><Scans>{scans}</Scans>
</TrackingInformation></TrackingInformationList></TrackPackagesByPinResponse></s:Body></s:Envelope>"""
SCAN = """<Scan><ScanType>{kind}</ScanType><PIN><Value>{pin}</Value></PIN><Depot><Name>{depot}</Name></Depot>
<ScanDate>{day}</ScanDate><ScanTime>{clock}</ScanTime><Description>{words}</Description><Comment/>
<SummaryScanIndicator>false</SummaryScanIndicator></Scan>"""
_PIN = re.compile(rb"<v1:PIN><v1:Value>([A-Z0-9]+)</v1:Value></v1:PIN>")


def _tell(journey: Journey) -> Reply:
    scans = "".join(_scan(journey, scan) for scan in journey.scans)
    return in_xml(ENVELOPE.format(pin=journey.number, scans=scans))


def _scan(journey: Journey, scan: Scan) -> str:
    town, local = journey.where(scan), journey.local(scan)
    kind, words = CODES[scan.word]
    return SCAN.format(
        kind=kind,
        pin=journey.number,
        depot=f"{town.name.upper()}, {town.region}",
        day=f"{local:%Y-%m-%d}",
        clock=f"{local:%H%M%S}",
        words=escape(words),
    )


def _unknown(number: str) -> Reply:
    return in_xml(ENVELOPE.format(pin=number, scans=""))


def _asked(call: Call) -> str:
    found = _PIN.search(call.body)
    return found.group(1).decode() if found else ""


FORMAT = Format(
    entry=Entry({"username": "{id}", "password": "{secret}"}, {"authorization": "{basic}"}),
    words=frozenset(CODES),
    asked=_asked,
    tell=_tell,
    unknown=_unknown,
    places=EVERYWHERE,
    estimates=False,
)
