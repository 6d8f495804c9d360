"""Canada Post: Get Tracking Details, XML; a wall clock and the name of its zone beside it.

https://www.canadapost-postescanada.ca/info/mc/business/productsservices/developers/services/tracking
"""

from http import HTTPStatus
from xml.sax.saxutils import escape

from tools.demo.journey import Journey
from tools.demo.stories import Scan, Word
from tools.demo.vendor_api import EVERYWHERE, Call, Entry, Format, Reply, in_xml

CODES = {
    Word.LABEL: ("3000", "Electronic information submitted by shipper"),
    Word.ACCEPTED: ("2300", "Item picked up by Canada Post"),
    Word.DEPARTED: ("0410", "Item departed"),
    Word.ARRIVED: ("0400", "Item arrived"),
    Word.DEPOT: ("0100", "Item processed"),
    Word.OUT: ("0174", "Item out for delivery"),
    Word.DELIVERED: ("1496", "Item successfully delivered"),
    Word.ATTEMPTED: ("1437", "Notice card left indicating where and when to pick up item"),
    Word.READY: ("1701", "Item available for pickup at Post Office"),
    Word.ADDRESS: ("1412", "Item requires more address information"),
    Word.RETURNING: ("1100", "Item being returned to sender"),
    Word.STRANGE: ("9876", "Photon relay complete"),
}
DETAIL = """<tracking-detail xmlns="http://www.canadapost.ca/ws/track-v2">
<pin>{number}</pin><active-exists>1</active-exists><archive-exists/><changed-expected-date/>
<destination-postal-id>{postcode}</destination-postal-id>
<expected-delivery-date>{estimate}</expected-delivery-date>
<service-name>Expedited Parcels</service-name><return-pin/>
<significant-events>{events}</significant-events>
</tracking-detail>"""
OCCURRENCE = """<occurrence><event-identifier>{code}</event-identifier><event-date>{day}</event-date>
<event-time>{clock}</event-time><event-time-zone>{zone}</event-time-zone>
<event-description>{words}</event-description><signatory-name/>
<event-site>{site}</event-site><event-province>{province}</event-province>
<event-retail-location-id/><event-retail-name/></occurrence>"""
NOT_FOUND = """<messages xmlns="http://www.canadapost.ca/ws/messages"><message>
<code>004</code><description>No Pin History</description></message></messages>"""


def _tell(journey: Journey) -> Reply:
    filled = DETAIL.format(
        number=journey.number,
        postcode=journey.route[2].postcode.replace(" ", ""),
        estimate=journey.estimate or "",
        events="".join(_occurrence(journey, scan) for scan in journey.scans),
    )
    return in_xml(filled)


def _occurrence(journey: Journey, scan: Scan) -> str:
    town, local = journey.where(scan), journey.local(scan)
    code, words = CODES[scan.word]
    return OCCURRENCE.format(
        code=code,
        day=f"{local:%Y-%m-%d}",
        clock=f"{local:%H:%M:%S}",
        zone=town.zone_letters(journey.when(scan)),
        words=escape(words),
        site=town.name.upper(),
        province=town.region,
    )


def _unknown(_: str) -> Reply:
    return in_xml(NOT_FOUND, HTTPStatus.NOT_FOUND)


def _asked(call: Call) -> str:
    return call.path.split("/")[-2]


FORMAT = Format(
    entry=Entry({"username": "{id}", "password": "{secret}"}, {"authorization": "{basic}"}),
    words=frozenset(CODES),
    asked=_asked,
    tell=_tell,
    unknown=_unknown,
    places=EVERYWHERE,
)
