"""USPS Web Tools: the XML that came before Tracking v3, turned into v3's form so that one parser reads both.

In: a `TrackResponse` of one or several parcels. Out of a `TrackFieldRequest` its scans have fields; out of the plain
`TrackRequest` each is a sentence of a fixed form without a year: the newest year that is not in the future is meant.
Out: one object per parcel in v3's names; parcels that USPS does not know are left out as long as another is known, else
the object names the error. Times are wall clocks without seconds, or, when the time is empty, a date, which v3 writes
as midnight. Newer answers add the offset.
"""

import re
from datetime import date, datetime
from xml.etree.ElementTree import Element

from porchlight.carriers._usps_words import READING_OF_WORDS
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
_PLACE = r"(?P<city>[A-Za-z .'-]*?),? (?P<state>[A-Z]{2}) (?P<zip>\d{5})(-\d{4})?\.?"
_DAY = r"(?P<day>[A-Z][a-z]+ \d{1,2})(, (?P<year>\d{4}))?"
_TIME = r"(?P<time>\d{1,2}:\d\d [ap]m)"
_SUMMARY = re.compile(rf"Your item was (?P<event>delivered)( to the .*?)? at {_TIME} on {_DAY} in {_PLACE}.*")
_DETAIL = re.compile(rf"{_DAY},? {_TIME},? (?P<rest>.+)")
_AFTER_WORDS = re.compile(rf",? ?{_PLACE}")
_NO_RECORD = "There is no record of that mail item"


def v3_forms(vendor: str, body: bytes, today: date) -> list[dict[str, object]]:
    """Read the XML. Raises `MalformedPayloadError` when it is not well-formed."""
    root = read_xml(vendor, body)
    parcels = list(xml_all(root, "TrackInfo")) if root.tag == "TrackResponse" else []
    known = [_parcel(parcel, today) for parcel in parcels if parcel.find("Error") is None and not _unrecorded(parcel)]
    numbers = [xml_text(root, "Number").upper(), *(xml_text(parcel, "Error/Number") for parcel in parcels)]
    fallback = 404 if any(_unrecorded(parcel) for parcel in parcels) else 400
    status = next((_HTTP_STATUS_OF[number] for number in numbers if number in _HTTP_STATUS_OF), fallback)
    return known or [{"error": {"code": status}}]


def _unrecorded(parcel: Element) -> bool:
    return xml_text(parcel, "TrackSummary").startswith(_NO_RECORD)


def _parcel(parcel: Element, today: date) -> dict[str, object]:
    scans = [part for part in parcel if part.tag in {"TrackSummary", "TrackDetail"} and xml_text(part, "EventDate")]
    return {
        "trackingNumber": parcel.get("ID"),
        "statusCategory": xml_text(parcel, "StatusCategory"),
        "expectedDeliveryTimeStamp": _iso(parcel, "ExpectedDelivery") or _iso(parcel, "PredictedDelivery"),
        "guaranteedDeliveryTimeStamp": _iso(parcel, "GuaranteedDelivery"),
        "trackingEvents": [
            {v3: xml_text(scan, name) for name, v3 in _V3_NAME_OF.items()} | {"eventTimestamp": _iso(scan, "Event")}
            for scan in scans
        ]
        or [form for part in parcel if (form := _sentence(" ".join((part.text or "").split()), today))],
    }


def _sentence(text: str, today: date) -> dict[str, object] | None:
    """Read `Your item was delivered at 8:10 am on June 1 in ...` or `May 30 11:07 am NOTICE LEFT DOVER DE 19901`."""
    found = _SUMMARY.fullmatch(text)
    if found:
        return _scan(found["event"], found, _moment(found, today))
    found = _DETAIL.fullmatch(text)
    if found is None:
        return None
    rest = found["rest"]
    words = max((words for words in READING_OF_WORDS if rest.lower().startswith(words)), key=len, default="")
    place = _AFTER_WORDS.fullmatch(rest[len(words) :]) if words else None
    return _scan(rest[: len(words)] if words else rest.rstrip("."), place, _moment(found, today))


def _scan(words: str, place: re.Match[str] | None, moment: str) -> dict[str, object]:
    where: dict[str, object] = (
        {"eventCity": place["city"], "eventState": place["state"], "eventZIP": place["zip"]} if place else {}
    )
    return where | {"eventType": words, "eventTimestamp": moment}


def _moment(found: re.Match[str], today: date) -> str:
    for year in (found["year"],) if found["year"] else (today.year, today.year - 1):
        try:
            moment = datetime.strptime(f"{found['day']}, {year} {found['time']}", "%B %d, %Y %I:%M %p")  # noqa: DTZ007
        except ValueError:
            continue
        if moment.date() <= today:
            return moment.isoformat()
    return ""


def _iso(element: Element, stem: str) -> str:
    """`April 28, 2015` and `9:01 am` in ISO 8601; midnight without a time, empty without a date."""
    printed = f"{xml_text(element, f'{stem}Date')} {xml_text(element, f'{stem}Time') or '12:00 am'}"
    try:
        return datetime.strptime(printed, "%B %d, %Y %I:%M %p").isoformat()  # noqa: DTZ007 a wall clock
    except ValueError:
        return ""
