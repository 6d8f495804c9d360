"""GLS: Track And Trace V1, JSON; times with an offset that has no colon, and no estimate.

https://dev-portal.gls-group.net; an event is told as `EVENT.REASON`, spelled as GLS does. An unknown parcel is answered
with HTTP 200 and an error of its own.
"""

from tools.demo.journey import Journey
from tools.demo.stories import Scan, Word
from tools.demo.vendor_api import Body, Call, Format, Reply, in_json, oauth

CODES = {  # event, its words, status of the parcel
    Word.LABEL: ("INTIAL.PREADVICE", "The parcel data was entered into the GLS IT system.", "PREADVICE"),
    Word.ACCEPTED: ("INTIAL.NORMAL", "The parcel was handed over to GLS.", "INTRANSIT"),
    Word.DEPARTED: ("OUTBOD.NORMAL", "The parcel has left the parcel center.", "INTRANSIT"),
    Word.ARRIVED: ("INBOUD.NORMAL", "The parcel has reached the parcel center.", "INTRANSIT"),
    Word.DEPOT: ("INBOUD.NORMAL", "The parcel has reached the parcel center.", "INWAREHOUSE"),
    Word.OUT: ("OUTDEL.NORMAL", "The parcel is expected to be delivered during the day.", "INDELIVERY"),
    Word.DELIVERED: ("DELIVD.NORMAL", "The parcel has been delivered.", "DELIVERED"),
    Word.READY: ("DELIVD.PARCELSHOP", "The parcel has been delivered at the ParcelShop.", "DELIVEREDPS"),
    Word.COLLECTED: ("DELIVD.DEL_BY_PSAPP", "The parcel has been collected at the ParcelShop.", "DELIVERED"),
    Word.STRANGE: ("PHOTON.NORMAL", "Photon relay complete.", "INTRANSIT"),
}


def _tell(journey: Journey) -> Reply:
    newest = journey.scans[0]
    parcel = {
        "requested": journey.number,
        "unitno": journey.number[:11],
        "status": CODES[newest.word][2],
        "statusDateTime": _time(journey, newest),
        "events": [_event(journey, scan) for scan in journey.scans],
    }
    return in_json({"parcels": [parcel]})


def _event(journey: Journey, scan: Scan) -> Body:
    town = journey.where(scan)
    code, words, _ = CODES[scan.word]
    place = {"city": town.name, "postalCode": town.postcode, "country": town.country}
    return {"code": code, **place, "description": words, "eventDateTime": _time(journey, scan)}


def _time(journey: Journey, scan: Scan) -> str:
    return f"{journey.local(scan):%Y-%m-%dT%H:%M:%S%z}"


def _unknown(number: str) -> Reply:
    error = {"errorCode": "E_404_01", "errorMessage": "Resource Not Found"}
    return in_json({"parcels": [{"requested": number, **error}]})


def _asked(call: Call) -> str:
    return call.last


FORMAT = Format(
    entry=oauth("/oauth2/v2/token", 14_399),
    words=frozenset(CODES),
    asked=_asked,
    tell=_tell,
    unknown=_unknown,
    places=frozenset({"city", "postal_code", "country"}),
    estimates=False,
)
