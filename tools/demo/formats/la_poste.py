"""La Poste: Suivi v2, JSON; French time with its offset, and no place.

https://developer.laposte.fr/products/suivi
"""

from http import HTTPStatus
from zoneinfo import ZoneInfo

from tools.demo.journey import Journey
from tools.demo.stories import Scan, Word
from tools.demo.vendor_api import Body, Call, Entry, Format, Reply, in_json

CODES = {
    Word.LABEL: ("DR1", "Your Colissimo will soon be handed over to us."),
    Word.ACCEPTED: ("PC1", "Your parcel has been dropped off at a postal point."),
    Word.DEPARTED: ("ET1", "Your parcel is on its way."),
    Word.ARRIVED: ("ET4", "Your parcel is on its way."),
    Word.DEPOT: ("EP1", "Your parcel has arrived at its delivery site."),
    Word.OUT: ("MD2", "Your parcel is being prepared for delivery."),
    Word.DELIVERED: ("DI1", "Your parcel has been delivered."),
    Word.READY: ("AG1", "Your parcel is waiting for you at a pick-up point."),
    Word.RETURNING: ("RE1", "Your parcel is being returned to its sender."),
    Word.RETURNED: ("DI2", "Your parcel has been delivered to its sender."),
    Word.STRANGE: ("QX7", "Photon relay complete."),
}
FINAL = frozenset({Word.DELIVERED, Word.RETURNED})
FRANCE = ZoneInfo("Europe/Paris")


def _tell(journey: Journey) -> Reply:
    shipment = {
        "idShip": journey.number,
        "holder": 4,
        "product": "colissimo",
        "isFinal": journey.scans[0].word in FINAL,
        "entryDate": _time(journey, journey.scans[-1]),
        "timeline": [],
        "event": [_event(journey, scan) for scan in journey.scans],
        "contextData": {"originCountry": "FR", "arrivalCountry": journey.route[2].country},
        "url": f"https://www.laposte.fr/outils/suivre-vos-envois?code={journey.number}",
        "estimDate": f"{journey.estimate}T12:00:00+01:00" if journey.estimate else None,
    }
    return in_json({"lang": "en_GB", "scope": "open", "returnCode": 200, "shipment": shipment})


def _event(journey: Journey, scan: Scan) -> Body:
    code, label = CODES[scan.word]
    return {"code": code, "label": label, "date": _time(journey, scan)}


def _time(journey: Journey, scan: Scan) -> str:
    return journey.when(scan).astimezone(FRANCE).isoformat("T", "seconds")


def _unknown(number: str) -> Reply:
    problem = {"returnCode": 404, "returnMessage": "No item with this number.", "idShip": number}
    return in_json({"lang": "en_GB", "scope": "open", **problem}, HTTPStatus.NOT_FOUND)


def _asked(call: Call) -> str:
    return call.last


FORMAT = Format(
    entry=Entry({"okapi_key": "{secret}"}, {"x-okapi-key": "{secret}"}),
    words=frozenset(CODES),
    asked=_asked,
    tell=_tell,
    unknown=_unknown,
    places=frozenset(),
)
