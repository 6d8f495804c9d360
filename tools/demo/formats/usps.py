"""USPS: Tracking v3, JSON; the wall clock with its offset beside it.

https://developers.usps.com/trackingv3
"""

from tools.demo.journey import Journey
from tools.demo.stories import Scan, Word
from tools.demo.vendor_api import EVERYWHERE, Body, Call, Format, Reply, in_json, oauth

CODES = {  # event code, text, category
    Word.LABEL: ("GX", "Shipping Label Created, USPS Awaiting Item", "Pre-Shipment"),
    Word.ACCEPTED: ("03", "USPS in possession of item", "Accepted"),
    Word.DEPARTED: ("T1", "Departed USPS Regional Facility", "In Transit"),
    Word.ARRIVED: ("10", "Arrived at USPS Regional Facility", "In Transit"),
    Word.DEPOT: ("07", "Arrived at Post Office", "In Transit"),
    Word.OUT: ("OF", "Out for Delivery", "Out for Delivery"),
    Word.DELIVERED: ("01", "Delivered, In/At Mailbox", "Delivered"),
    Word.ATTEMPTED: ("56", "Notice Left (No Authorized Recipient Available)", "Delivery Attempt: Action Needed"),
}


def _tell(journey: Journey) -> Reply:
    _, text, category = CODES[journey.scans[0].word]
    return in_json(
        {
            "trackingNumber": journey.number,
            "mailType": "DM",
            "status": text,
            "statusCategory": category,
            "expectedDeliveryTimeStamp": f"{journey.estimate}T21:00:00" if journey.estimate else None,
            "trackingEvents": [_scan(journey, scan) for scan in journey.scans],
        }
    )


def _scan(journey: Journey, scan: Scan) -> Body:
    town, local = journey.where(scan), journey.local(scan)
    code, text, _ = CODES[scan.word]
    return {
        "eventType": text,
        "eventTimestamp": f"{local:%Y-%m-%dT%H:%M:%S}",
        "GMTOffset": f"{local:%:z}",
        "eventCity": town.name.upper(),
        "eventState": town.region,
        "eventZIP": town.postcode,
        "eventCountry": None,
        "eventCode": code,
    }


def _unknown(_: str) -> Reply:
    problem = {"title": "A status update is not yet available on your package.", "code": "150001"}
    return in_json({"apiVersion": "/tracking/v3", "error": {"code": "400", "errors": [problem]}})


def _asked(call: Call) -> str:
    return call.last


FORMAT = Format(
    entry=oauth("/oauth2/v3/token", 28_799),
    words=frozenset(CODES),
    asked=_asked,
    tell=_tell,
    unknown=_unknown,
    places=EVERYWHERE | {"postal_code"},
)
