"""UPS: Track API v1, JSON; each scan with its local time and the same in GMT.

https://developer.ups.com
"""

from tools.demo.journey import Journey
from tools.demo.stories import Scan, Word
from tools.demo.vendor_api import EVERYWHERE, Body, Call, Format, Reply, Sending, in_json, oauth

CODES = {  # type, code, detail, text
    Word.LABEL: ("M", "MP", "003", "Shipper created a label, UPS has not received the package yet."),
    Word.ACCEPTED: ("I", "OR", "005", "Origin Scan"),
    Word.DEPARTED: ("I", "DP", "005", "Departed from Facility"),
    Word.ARRIVED: ("I", "AR", "005", "Arrived at Facility"),
    Word.DEPOT: ("I", "DS", "071", "Preparing for Delivery"),
    Word.OUT: ("I", "OT", "021", "Out For Delivery Today"),
    Word.DELIVERED: ("D", "FS", "011", "DELIVERED"),
    Word.READY: ("I", "2Q", "040", "Delivered to UPS Access Point"),
    Word.COLLECTED: ("D", "2W", "011", "Collected by the customer"),
    Word.ADDRESS: ("X", "AD", "050", "We need more information to deliver: the apartment number is missing."),
    Word.REFUSED: ("X", "KR", "064", "The receiver has refused the delivery."),
    Word.LOST: ("X", "", "068", "The package has been reported lost."),
    Word.RETURNING: ("X", "UF", "035", "The package is on its way back to the sender."),
    Word.RETURNED: ("RS", "", "034", "Returned to the sender."),
}
SECRET = "demo-ups-alert-credential"  # noqa: S105 nobody's


def _tell(journey: Journey) -> Reply:
    days = [{"type": "SDD", "date": f"{journey.estimate:%Y%m%d}"}] if journey.estimate else []
    _, _, detail, text = CODES[journey.scans[0].word]
    package = {
        "trackingNumber": journey.number,
        "deliveryDate": days,
        "activity": [_activity(journey, scan) for scan in journey.scans],
        "currentStatus": {"code": detail, "description": text, "simplifiedTextDescription": text},
        "packageCount": 1,
    }
    return in_json({"trackResponse": {"shipment": [{"inquiryNumber": journey.number, "package": [package]}]}})


def _activity(journey: Journey, scan: Scan) -> Body:
    town, moment, local = journey.where(scan), journey.when(scan), journey.local(scan)
    kind, code, detail, text = CODES[scan.word]
    address = {"city": town.name, "stateProvince": town.region, "postalCode": "", "countryCode": town.country}
    return {
        "location": {"address": address, "slic": "4321"},
        "status": {"type": kind, "code": code, "statusCode": detail, "description": text},
        "date": f"{local:%Y%m%d}",
        "time": f"{local:%H%M%S}",
        "gmtDate": f"{moment:%Y%m%d}",
        "gmtTime": f"{moment:%H:%M:%S}",
        "gmtOffset": f"{local:%:z}",
    }


def _unknown(number: str) -> Reply:
    warnings = [{"code": "TW0001", "message": "Tracking Information Not Found"}]
    return in_json({"trackResponse": {"shipment": [{"inquiryNumber": number, "warnings": warnings}]}})


def alert(number: str, sending: Sending, credential: str = SECRET) -> tuple[Body, dict[str, str]]:
    """A Track Alert. Nothing in it is signed, so it may only wake a poll."""
    told = {
        "trackingNumber": number,
        "localActivityDate": f"{sending.now:%Y%m%d}",
        "localActivityTime": f"{sending.now:%H%M%S}",
        "activityLocation": {"city": "Anywhere", "country": "US"},
        "activityStatus": {"type": "I", "code": "OR", "description": "Origin Scan"},
    }
    return told, {"credential": credential}


def _asked(call: Call) -> str:
    return call.last


FORMAT = Format(
    entry=oauth("/security/v1/oauth/token", 14_399),
    words=frozenset(CODES),
    asked=_asked,
    tell=_tell,
    unknown=_unknown,
    places=EVERYWHERE,
)
