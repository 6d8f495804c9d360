"""Poste Italiane and its courier SDA: the tracking service of Poste Delivery Business, polled with a token.

In: JSON `return` of `postalandlogistics/parcel/tracking`; the answer of the public search ("Dove Quando") is read as
well. Out: one update per waybill.
https://business.poste.it/professionisti-imprese/prodotti/poste-delivery-business.html; the manual comes with the
contract.

* Poste publishes no list of the three-letter `status`. What is read, in this order: the code that the manual shows,
  the fixed sentences of its tracking, the `phase`. Sentences are written with `è` or with `E'`, small or in capitals.
* A sentence may go on with a place or a date (`HEADS`). "Delivered" must match to the end, as "delivered to the
  sender" begins in the same way.
* The service prints wall clocks of Italy, the public search milliseconds.
* `returnFlag` says that the parcel is on its way back; its delivery is then a return.
* An error has a code that is documented nowhere; each counts as malformed.
* `luogo` of the public search may be an address, so only `Town (XX)` is read.
"""

import json
import re
import string
from datetime import UTC, date, datetime
from urllib.parse import quote

from porchlight.carriers._clock import iso_local
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, refusal
from porchlight.carriers._roles import OAuth, PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, carrier_update
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import EventTime, exact, missing, plausible, wall_clock
from porchlight.domain.tracking import Estimate, Place, TrackingEvent, TrackingUpdate, tracking_event

STATUS_OF: dict[str, Reading] = {
    "PCP": (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY),  # at a sorting centre
}
SENTENCE_OF: dict[str, Reading] = {
    "a seguito di acquisto da poste.it": (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED),
    "all'estero": (Status.IN_TRANSIT, SubStatus.NONE),
    "presso il paese estero in data": (Status.IN_TRANSIT, SubStatus.NONE),
    "la spedizione e' in consegna": (Status.OUT_FOR_DELIVERY, SubStatus.NONE),
    "la spedizione e' stata consegnata": (Status.DELIVERED, SubStatus.NONE),
    "con successo in data": (Status.DELIVERED, SubStatus.NONE),
    "la spedizione e' in giacenza": (Status.EXCEPTION, SubStatus.HELD),
}
HEADS: dict[str, Reading] = {
    "la spedizione e' stata presa in carico": (Status.IN_TRANSIT, SubStatus.ACCEPTED),
    "da un nostro operatore presso l'ufficio postale": (Status.IN_TRANSIT, SubStatus.ACCEPTED),
    "la spedizione e' in transito": (Status.IN_TRANSIT, SubStatus.NONE),
    "la spedizione e' in lavorazione": (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY),
    "in lavorazione presso il centro operativo postale": (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY),
    "completata la fase di verifica per lo svincolo": (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED),
    "disponibile per il ritiro": (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_POST_OFFICE),
    "consegna non andata a buon fine": (Status.DELIVERY_ATTEMPTED, SubStatus.NONE),
    "sono in corso delle verifiche sulla spedizione": (Status.EXCEPTION, SubStatus.NONE),
    "in restituzione al mittente": (Status.RETURN_TO_SENDER, SubStatus.NONE),
    "la spedizione e' in restituzione al mittente": (Status.RETURN_TO_SENDER, SubStatus.NONE),
    "la spedizione e' stata consegnata al mittente": (Status.RETURNED, SubStatus.NONE),
    "la spedizione e' stata restituita al mittente": (Status.RETURNED, SubStatus.NONE),
}
PHASE_OF: dict[str, Reading] = {
    "presa in carico": (Status.IN_TRANSIT, SubStatus.ACCEPTED),
    "in lavorazione": (Status.IN_TRANSIT, SubStatus.NONE),
    "in transito": (Status.IN_TRANSIT, SubStatus.NONE),
    "in transit": (Status.IN_TRANSIT, SubStatus.NONE),
    "in consegna": (Status.OUT_FOR_DELIVERY, SubStatus.NONE),
    "consegnata": (Status.DELIVERED, SubStatus.NONE),
}
RETURN_OF: dict[Reading, Reading] = {(Status.DELIVERED, SubStatus.NONE): (Status.RETURNED, SubStatus.NONE)}
DELIVERED_STATE = "5"  # of the public search
HOST, ZONE = "https://apiw.gp.posteitaliane.it", "Europe/Rome"
SCOPE = "https://postemarketplace.onmicrosoft.com/d6a78063-5570-4a87-bbd7-07326e6855d1/.default"
MONTHS = "gen feb mar apr mag giu lug ago set ott nov dic"  # how their names begin
_DAY = re.compile(r"(\d{1,2}) (" + MONTHS.replace(" ", "|") + r")[a-z]* (20\d\d)", re.IGNORECASE)
_TOWN = re.compile(r"(?P<town>[^()]+?) ?\((?P<province>[A-Z]{2})\)")
_ACCENTS = str.maketrans({"è": "e'", "’": "'"})


class _Event(Vendor):
    code: Text = at("status")
    sentence: Text = at("StatusDescription", "statusDescription", "statoLavorazione")
    phase: Text = ""
    clock: Text = at("data")
    milliseconds: int | None = at("dataOra", default=None)
    office: Text = at("officeDescription")
    site_place: Text = at("luogo")


class _Parcel(Vendor):
    number: Text = at("waybillNumber", "idTracciatura")
    events: Many[_Event] = at("tracking", "listaMovimenti", default=())
    state: Text = at("stato")
    expected: Text = at("dataPrevistaConsegna")
    back: Text | bool = at("returnFlag", "flagRitorno")

    def returns(self) -> bool:
        return self.back is True or self.back == "S"


class _Answer(_Parcel):
    """The service's envelope, or the one parcel of the public search."""

    parcels: Many[_Parcel] = at("return.shipment", default=())
    error: Text = at("return.code")
    outcome: Text = at("return.outcome", "esitoRicerca")


class PosteItaliane(OAuth, PollOnly):
    """The plug-in."""

    code = "poste_italiane"
    name = "Poste Italiane"
    credential_fields = ("client_id", "client_secret")
    budget = Budget(calls=60, seconds=60)  # Poste publishes no number
    readings = (
        STATUS_OF
        | {f"sentence: {sentence}": reading for sentence, reading in (SENTENCE_OF | HEADS).items()}
        | {f"phase: {phase}": reading for phase, reading in PHASE_OF.items()}
    )
    clock = Clock.ZONE
    checked_on = date(2026, 11, 22)

    def token_request(self, credentials: Credentials) -> HttpRequest | None:
        """Client credentials, as JSON with names of Poste's own."""
        body = {
            "clientId": credentials["client_id"],
            "secretId": credentials["client_secret"],
            "scope": SCOPE,
            "grantType": "client_credentials",
        }
        return _post(credentials, "user/sessions", body, {})

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:
        """One waybill with all its events."""
        waybill = {"waybillNumber": parcel.tracking_number, "lastTracingState": "N"}
        body = {"arg0": {"shipmentsData": [waybill], "statusDescription": "E", "customerType": "DQ"}}
        path = "postalandlogistics/parcel/tracking"
        return _post(credentials, path, body, {"Authorization": f"Bearer {token}"})

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer; a waybill without events is left out while another has some."""
        answer = read_document(self.code, _Answer, body)
        parcels = answer.parcels or (answer,)
        known = [parcel for parcel in parcels if parcel.events or parcel.state == DELIVERED_STATE]
        if known:
            return [_update(parcel, received_at) for parcel in known]
        if not answer.outcome:
            raise MalformedPayloadError(self.code, "return.outcome", "none")
        raise refusal(self.code, 404 if answer.error in {"", "0"} else 400)


PLUGIN = PosteItaliane()


def _post(credentials: Credentials, path: str, body: object, headers: dict[str, str]) -> HttpRequest:
    client = quote(credentials["client_id"], safe=string.punctuation)
    return HttpRequest(
        method="POST",
        url=f"{base_url(credentials, HOST)}/gp/internet/{path}",
        headers={"POSTE_clientID": client, "Content-Type": "application/json", "Accept": "application/json"} | headers,
        body=json.dumps(body).encode(),
    )


def _update(parcel: _Parcel, received_at: datetime) -> TrackingUpdate:
    back = parcel.returns()
    summary = PHASE_OF["consegnata"] if parcel.state == DELIVERED_STATE else UNKNOWN
    events = tuple(_scan(event, received_at, back=back) for event in parcel.events)
    summary = RETURN_OF.get(summary, summary) if back else summary
    if back and summary == UNKNOWN and not any(event.status is Status.RETURNED for event in events):
        summary = (Status.RETURN_TO_SENDER, SubStatus.NONE)
    return carrier_update(PLUGIN.code, parcel.number, summary, events, _estimate(parcel), received_at=received_at)


def _scan(event: _Event, received_at: datetime, *, back: bool) -> TrackingEvent:
    if not (event.code or event.sentence):
        raise MalformedPayloadError(PLUGIN.code, "tracking.status", "neither a code nor a sentence")
    reading = _reading(event)
    status, sub_status = RETURN_OF.get(reading, reading) if back else reading
    return tracking_event(
        PLUGIN.code,
        plausible(_moment(event, received_at), received_at),
        status=status,
        sub_status=sub_status,
        code=event.code,
        description=event.sentence,
        place=_place(event.office or event.site_place, event.office),
    )


def _reading(event: _Event) -> Reading:
    words = " ".join(event.sentence.casefold().translate(_ACCENTS).split()).rstrip(".")
    head = max((head for head in HEADS if words.startswith(head)), key=len, default="")
    return (
        STATUS_OF.get(event.code)
        or SENTENCE_OF.get(words)
        or HEADS.get(head)
        or PHASE_OF.get(event.phase.casefold())
        or UNKNOWN
    )


def _moment(event: _Event, received_at: datetime) -> EventTime:
    if event.milliseconds is None:
        local = iso_local(event.clock)
        return wall_clock(local, ZONE) if local else missing(received_at)
    try:
        return exact(datetime.fromtimestamp(event.milliseconds / 1000, UTC))
    except (ValueError, OverflowError, OSError):
        return missing(received_at)


def _place(text: str, fallback: str) -> Place:
    town = _TOWN.fullmatch(text)
    return Place(city=town["town"], region=town["province"], country="IT") if town else Place(city=fallback)


def _estimate(parcel: _Parcel) -> Estimate | None:
    if not (day := _DAY.search(parcel.expected)):
        return None
    try:
        return Estimate(day=date(int(day[3]), MONTHS.split().index(day[2].casefold()) + 1, int(day[1])))
    except ValueError:
        return None
