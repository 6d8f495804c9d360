"""What a carrier's API says about a parcel: the scans of its story in that carrier's own form and codes.

One function per vendor, from a `Journey` (a parcel, its route, the shop's time) to the body of an answer. Tables map
the story's words to the vendor's codes; a word that a vendor's table lacks can not be played with that vendor.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tools.demo.orders import Parcel
from tools.demo.routes import Route, Town
from tools.demo.stories import Scan, Word

Body = dict[str, object]


@dataclass(frozen=True, slots=True)
class Journey:
    """A parcel on its route, at an hour of the demo that began at `start`."""

    parcel: Parcel
    route: Route
    start: datetime
    hour: float

    @property
    def scans(self) -> list[Scan]:
        """What the carrier shows, newest first; empty while it does not know the number."""
        return self.parcel.story.seen(self.hour)

    @property
    def estimate(self) -> date | None:
        """The day it names."""
        day = self.parcel.story.estimate(self.hour)
        return None if day is None else (self.start + timedelta(days=day)).date()

    def when(self, scan: Scan) -> datetime:
        """Of a scan, UTC."""
        return self.start + timedelta(hours=scan.hour)

    def where(self, scan: Scan) -> Town:
        """Of a scan."""
        return self.route[scan.stop]


_UPS = {  # type, code, detail, text
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


def ups(journey: Journey) -> Body:
    """Track API v1; local time and GMT."""
    number = journey.parcel.number
    if not journey.scans:
        warnings = [{"code": "TW0001", "message": "Tracking Information Not Found"}]
        return {"trackResponse": {"shipment": [{"inquiryNumber": number, "warnings": warnings}]}}
    days = [{"type": "SDD", "date": f"{journey.estimate:%Y%m%d}"}] if journey.estimate else []
    _, _, detail, text = _UPS[journey.scans[0].word]
    package = {
        "trackingNumber": number,
        "deliveryDate": days,
        "activity": [_ups_activity(journey, scan) for scan in journey.scans],
        "currentStatus": {"code": detail, "description": text, "simplifiedTextDescription": text},
        "packageCount": 1,
    }
    return {"trackResponse": {"shipment": [{"inquiryNumber": number, "package": [package]}]}}


def _ups_activity(journey: Journey, scan: Scan) -> Body:
    town, moment = journey.where(scan), journey.when(scan)
    kind, code, detail, text = _UPS[scan.word]
    local = town.local(moment)
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


_FEDEX = {  # event type, text, reason, its text
    Word.LABEL: ("OC", "Shipment information sent to FedEx", "", ""),
    Word.ACCEPTED: ("PU", "Picked up", "", ""),
    Word.DEPARTED: ("DP", "Left FedEx origin facility", "", ""),
    Word.ARRIVED: ("AR", "Arrived at FedEx hub", "", ""),
    Word.DEPOT: ("AF", "At local FedEx facility", "", ""),
    Word.OUT: ("OD", "On FedEx vehicle for delivery", "", ""),
    Word.DELIVERED: ("DL", "Delivered", "014", "Left at front door. Signature Service not requested."),
    Word.STRANGE: ("ZX", "Photon relay complete", "", ""),
}


def fedex(journey: Journey) -> Body:
    """Track API v1; ISO times with the offset of the place."""
    info = {"trackingNumber": journey.parcel.number, "trackingNumberUniqueId": "", "carrierCode": "FDXE"}
    result: Body = {"trackingNumberInfo": info}
    if journey.scans:
        kind, text, _, _ = _FEDEX[journey.scans[0].word]
        moments = [{"type": "ESTIMATED_DELIVERY", "dateTime": f"{journey.estimate}T00:00:00"}]
        result["latestStatusDetail"] = {"code": kind, "derivedCode": kind, "description": text}
        result["dateAndTimes"] = moments if journey.estimate else []
        result["scanEvents"] = [_fedex_scan(journey, scan) for scan in journey.scans]
    else:
        result["error"] = {"code": "TRACKING.TRACKINGNUMBER.NOTFOUND", "message": "Tracking number cannot be found."}
    complete = {"trackingNumber": journey.parcel.number, "trackResults": [result]}
    return {"transactionId": "demo", "output": {"completeTrackResults": [complete]}}


def _fedex_scan(journey: Journey, scan: Scan) -> Body:
    town = journey.where(scan)
    kind, text, reason, explanation = _FEDEX[scan.word]
    return {
        "date": town.local(journey.when(scan)).isoformat("T", "seconds"),
        "eventType": kind,
        "eventDescription": text,
        "exceptionCode": reason,
        "exceptionDescription": explanation,
        "scanLocation": {"city": town.name, "stateOrProvinceCode": town.region, "countryCode": town.country},
    }


_USPS = {  # event code, text, category
    Word.LABEL: ("GX", "Shipping Label Created, USPS Awaiting Item", "Pre-Shipment"),
    Word.ACCEPTED: ("03", "USPS in possession of item", "Accepted"),
    Word.DEPARTED: ("T1", "Departed USPS Regional Facility", "In Transit"),
    Word.ARRIVED: ("10", "Arrived at USPS Regional Facility", "In Transit"),
    Word.DEPOT: ("07", "Arrived at Post Office", "In Transit"),
    Word.OUT: ("OF", "Out for Delivery", "Out for Delivery"),
    Word.DELIVERED: ("01", "Delivered, In/At Mailbox", "Delivered"),
    Word.ATTEMPTED: ("56", "Notice Left (No Authorized Recipient Available)", "Delivery Attempt: Action Needed"),
}


def usps(journey: Journey) -> Body:
    """Tracking v3; the wall clock with its offset beside it."""
    if not journey.scans:
        problem = {"title": "A status update is not yet available on your package.", "code": "150001"}
        return {"apiVersion": "/tracking/v3", "error": {"code": "400", "errors": [problem]}}
    _, text, category = _USPS[journey.scans[0].word]
    return {
        "trackingNumber": journey.parcel.number,
        "mailType": "DM",
        "status": text,
        "statusCategory": category,
        "expectedDeliveryTimeStamp": f"{journey.estimate}T21:00:00" if journey.estimate else None,
        "trackingEvents": [_usps_scan(journey, scan) for scan in journey.scans],
    }


def _usps_scan(journey: Journey, scan: Scan) -> Body:
    town = journey.where(scan)
    local = town.local(journey.when(scan))
    code, text, _ = _USPS[scan.word]
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


_DHL = {  # coarse status, the division's own code
    Word.LABEL: ("pre-transit", "PRENOTIFICATION_RECEIVED"),
    Word.ACCEPTED: ("transit", "PARCEL_HANDED_OVER_TO_DHL"),
    Word.DEPARTED: ("transit", "PARCEL_SORTED_AT_HUB"),
    Word.ARRIVED: ("transit", "PARCEL_ARRIVED_AT_HUB"),
    Word.DEPOT: ("transit", "PARCEL_ARRIVED_AT_LOCAL_DEPOT"),
    Word.OUT: ("transit", "OUT_FOR_DELIVERY"),
    Word.DELIVERED: ("delivered", "DELIVERED"),
}


def dhl(journey: Journey) -> Body:
    """Shipment Tracking - Unified."""
    if not journey.scans:
        return {"title": "No result found", "detail": "No shipment with given tracking number found.", "status": 404}
    shipment = {
        "id": journey.parcel.number,
        "service": "parcel-nl",
        "origin": {"address": {"countryCode": journey.route[0].country}},
        "destination": {"address": {"countryCode": journey.route[2].country}},
        "status": _dhl_scan(journey, journey.scans[0]),
        "estimatedTimeOfDelivery": f"{journey.estimate}T00:00:00" if journey.estimate else None,
        "events": [_dhl_scan(journey, scan) for scan in journey.scans],
    }
    return {"shipments": [shipment]}


def _dhl_scan(journey: Journey, scan: Scan) -> Body:
    town = journey.where(scan)
    coarse, own = _DHL[scan.word]
    return {
        "timestamp": town.local(journey.when(scan)).isoformat("T", "seconds"),
        "statusCode": coarse,
        "status": own,
        "location": {"address": {"addressLocality": town.name, "countryCode": town.country}},
    }


ANSWERS: dict[str, Callable[[Journey], Body]] = {"ups": ups, "fedex": fedex, "usps": usps, "dhl_unified": dhl}
