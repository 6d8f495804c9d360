"""USPS Web Tools: the XML that came before Tracking v3, turned into v3's form so that one parser reads both.

In: a `TrackResponse` of one or several parcels. Out: one object per parcel in v3's names; parcels that USPS does not
know are left out as long as another is known, else the object names the error. Times are wall clocks without seconds,
or, when the time is empty, a date, which v3 writes as midnight. Newer answers add the offset.
"""

from datetime import datetime
from xml.etree.ElementTree import Element

from porchlight.domain.reading import read_xml, xml_all, xml_text

_V3_NAME_OF = {
    "EventCode": "eventCode",
    "Event": "eventType",
    "EventCity": "eventCity",
    "EventState": "eventState",
    "EventZIPCode": "eventZIP",
    "EventCountry": "eventCountry",
    "GMTOffset": "GMTOffset",
}
_HTTP_STATUS_OF = {
    "80040B1A": 401,  # authorization failure
    "-2147219302": 404,  # could not be located
    "-2147219301": 404,  # not available here
    "-2147219283": 404,  # not yet available
}


def v3_forms(vendor: str, body: bytes) -> list[dict[str, object]]:
    """Read the XML. Raises `MalformedPayloadError` when it is not well-formed."""
    root = read_xml(vendor, body)
    parcels = list(xml_all(root, "TrackInfo")) if root.tag == "TrackResponse" else []
    known = [_parcel(parcel) for parcel in parcels if parcel.find("Error") is None]
    numbers = [xml_text(root, "Number").upper(), *(xml_text(parcel, "Error/Number") for parcel in parcels)]
    status = next((_HTTP_STATUS_OF[number] for number in numbers if number in _HTTP_STATUS_OF), 400)
    return known or [{"error": {"code": status}}]


def _parcel(parcel: Element) -> dict[str, object]:
    scans = [part for part in parcel if part.tag in {"TrackSummary", "TrackDetail"} and xml_text(part, "EventDate")]
    return {
        "trackingNumber": parcel.get("ID"),
        "statusCategory": xml_text(parcel, "StatusCategory"),
        "expectedDeliveryTimeStamp": _iso(parcel, "ExpectedDelivery") or _iso(parcel, "PredictedDelivery"),
        "guaranteedDeliveryTimeStamp": _iso(parcel, "GuaranteedDelivery"),
        "trackingEvents": [
            {v3: xml_text(scan, name) for name, v3 in _V3_NAME_OF.items()} | {"eventTimestamp": _iso(scan, "Event")}
            for scan in scans
        ],
    }


def _iso(element: Element, stem: str) -> str:
    """`April 28, 2015` and `9:01 am` in ISO 8601; midnight without a time, empty without a date."""
    printed = f"{xml_text(element, f'{stem}Date')} {xml_text(element, f'{stem}Time') or '12:00 am'}"
    try:
        return datetime.strptime(printed, "%B %d, %Y %I:%M %p").isoformat()  # noqa: DTZ007 a wall clock
    except ValueError:
        return ""
