"""La Poste: the Suivi v2 API, which answers for Colissimo, tracked letters and Chronopost; polled with an Okapi key.

In: JSON of `/suivi/v2/idships`, one answer or a list of them; Colissimo's own tracking services are read as well: the
timeline (`timelineCompany`, JSON or SOAP) and the older `track` (SOAP), which tells the last event alone, as
the retired Suivi v1 did.
https://developer.laposte.fr/products/suivi/latest and https://www.colissimo.entreprise.laposte.fr (web services).

* Times have their offset, that of France also for scans abroad; one without it would be French. Only Colissimo's own
  services name a place.
* The text language follows the request; we ask for English, so a scan keeps its words and its id.
* An answer has no status of its own, only `isFinal`; the newest event tells it.
* `estimDate` of a delivered item repeats when it was delivered, so only its day is read.
* `ID0` (customs information) may come at any stage and is left unknown; so is a code of three letters and a digit that
  the documentation does not list.
"""

from datetime import date, datetime
from urllib.parse import quote

from pydantic import RootModel

from porchlight.carriers._clock import day_first, iso_local, iso_time
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, refusal
from porchlight.carriers._roles import Keyed, PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Estimate, Place, TrackingEvent, TrackingUpdate, tracking_event

SUIVI_CODES: dict[str, Reading] = by_code(  # event codes of Suivi v2
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "DR1",  # declaration received
        (Status.PRE_TRANSIT, SubStatus.AWAITING_HANDOVER): "DR2",  # problem while it was prepared
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "PC1 PC2",  # taken over; in the country of dispatch
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "ET1 ET2 ET4",  # here, where it comes from, on its way
        (Status.IN_TRANSIT, SubStatus.ARRIVED_IN_DESTINATION_COUNTRY): "ET3",
        (Status.IN_TRANSIT, SubStatus.DELIVERY_SCHEDULED): "EP1",  # waiting to be presented
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "DO1",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "DO2",
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "DO3",
        (Status.EXCEPTION, SubStatus.NONE): "PB1",
        (Status.IN_TRANSIT, SubStatus.PROBLEM_RESOLVED): "PB2",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "MD1 MD2",  # MD1 only with Chronopost
        (Status.EXCEPTION, SubStatus.UNDELIVERABLE): "ND1",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "AG1",  # a post office, or the chosen shop
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "RE1",
        (Status.EXCEPTION, SubStatus.DELAYED): "DI3",
        (Status.DELIVERED, SubStatus.NONE): "DI0 DI1",  # in a batch, alone
        (Status.RETURNED, SubStatus.NONE): "DI2",
    }
)
COLISSIMO_CODES: dict[str, Reading] = by_code(  # event codes of Colissimo's own services
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "COMCFM PCHMQT",
        (Status.PRE_TRANSIT, SubStatus.COLLECTION_FAILED): "ENEMQT",  # was not in the letter box
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "PCHCFM PCHCEX DEPGUI",  # DEPGUI: dropped off at a postal point
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "TRACFM",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "EXPCFM DCHDDT",  # leaves the country, the exchange office
        (Status.IN_TRANSIT, SubStatus.ARRIVED_IN_DESTINATION_COUNTRY): "CHGCFM DCHCFM",
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "AARCFM",
        (Status.IN_TRANSIT, SubStatus.DELIVERY_SCHEDULED): "QDICFM",  # next working day
        (Status.IN_TRANSIT, SubStatus.FORWARDED): "RENLNA",  # to an address of the recipient's choice
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "MLVCFM",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "RENACP RENAVI",  # absence or force majeure; goes to a post office
        (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "RENNRV RENARV",  # comes again; the recipient may choose
        (Status.DELIVERY_ATTEMPTED, SubStatus.NO_ACCESS): "RSTFHB",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "MLVARS",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_POST_OFFICE): "RSTBRT",
        (Status.EXCEPTION, SubStatus.MISSORTED): "AARDVY",
        (Status.EXCEPTION, SubStatus.DELAYED): "RSTNCG RSTFMA",  # not today; not today for exceptional reasons
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "RENAIN RENCAD",
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "DOUDOU DOUIDD DOUEXI DOUPRO",
        # forms, certificates of origin, declaration, invoice, tax or import number, licence
        (Status.EXCEPTION, SubStatus.DOCUMENTS_MISSING): (
            "DOUAGV DOUCOI DOUCOM DOUCRR DOUDDI DOUDDM DOUDVR DOUFCI DOUFCM DOUIIR DOUNIR DOURES"
        ),
        (Status.DELIVERED, SubStatus.NONE): "LIVCFM",
        (Status.DELIVERED, SubStatus.LEFT_WITH_NEIGHBOUR): "LIVGAR LIVRTI LIVVOI",  # caretaker, either, neighbour
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "SOLREO SOLREI",
        (Status.RETURN_TO_SENDER, SubStatus.REFUSED): "RENAVA RENDIV RENSNC RENTAR",
        (Status.RETURN_TO_SENDER, SubStatus.PAYMENT_DUE): "RENSRB",
        (Status.RETURN_TO_SENDER, SubStatus.RECIPIENT_MOVED): "RENDIA",  # does not live there
        (Status.RETURNED, SubStatus.NONE): "LIVREO",
    }
)
V1_STATUS: dict[str, Reading] = by_code(  # Suivi v1, which told no more than where an item is
    {
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "PRIS_EN_CHARGE",
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "TRI_EFFECTUE",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "EN_LIVRAISON",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_POST_OFFICE): "A_RETIRER",
        (Status.DELIVERED, SubStatus.NONE): "DISTRIBUE LIVRE",
    }
)
HTTP_STATUS_OF = by_code(  # of Suivi v2 and its gateway; of Colissimo: no such number, nobody's or too old; no access
    {
        404: "400 404 101 103 104 105 RESOURCE_NOT_FOUND",  # 400: no number of theirs looks like this
        401: "401 403 UNAUTHORIZED FORBIDDEN 201 202",
        429: "429",
        503: "500 503 504 1000",
    }
)
HOST = "https://api.laposte.fr"
FRANCE = Place(country="FR")


class _Event(Vendor):
    code: Text = at("code", "eventCode")
    label: Text = at("label", "labelLong", "eventLibelle")
    date: Text = at("date", "eventDate")
    city: Text = at("siteName", "eventSite")
    postal_code: Text = at("siteZipCode")


class _Step(Vendor):
    events: Many[_Event] = at("event", default=())


class _Answer(Vendor):
    number: Text = at(
        "shipment.idShip", "parcel.parcelNumber", "return.parcel.parcelNumber", "return.skybillNumber", "code"
    )
    result: Text = at("returnCode", "return.errorCode", "status.0.code", "return.status.code", "code")
    estimated: Text = at("shipment.estimDate")
    listed: Many[_Event] = at("shipment.event", "parcel.event", "return.parcel.event", default=())
    steps: Many[_Step] = at("parcel.step", default=())
    last: _Event = at("return", default=_Event())
    v1_status: object = at("status")
    v1_date: Text = at("date")
    v1_message: Text = at("message")

    def events(self) -> tuple[_Event, ...]:
        staged = tuple(event for step in self.steps for event in step.events)
        return self.listed or staged or ((self.last,) if self.last.code else self._v1())

    def _v1(self) -> tuple[_Event, ...]:
        if not isinstance(self.v1_status, str) or self.v1_status not in V1_STATUS:
            return ()
        day = day_first(self.v1_date)
        when = f"{day:%Y-%m-%dT00:00:00}" if day else self.v1_date
        return (_Event.model_validate({"code": self.v1_status, "date": when, "label": self.v1_message}),)


class _Answers(RootModel[Many[_Answer]]):
    """One answer, or those of several numbers."""


class LaPoste(Keyed, PollOnly):
    """The plug-in."""

    code = "la_poste"
    name = "La Poste"
    credential_fields = ("okapi_key",)
    budget = Budget(calls=1000, seconds=86_400)  # a new key's day
    readings = SUIVI_CODES | COLISSIMO_CODES | V1_STATUS
    clock = Clock.OFFSET
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One number, in English."""
        number = quote(parcel.tracking_number, safe="")
        return HttpRequest(
            method="GET",
            url=f"{base_url(credentials, HOST)}/suivi/v2/idships/{number}?lang=en_GB",
            headers={"X-Okapi-Key": quote(credentials["okapi_key"], safe="+/="), "Accept": "application/json"},
        )

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer; a number that La Poste does not know is left out while another is known."""
        answers = read_document(self.code, _Answers, body).root
        known = [answer for answer in answers if answer.events()]
        for answer in () if known else answers:
            raise refusal(self.code, HTTP_STATUS_OF.get(answer.result, 0))
        if not known:
            raise MalformedPayloadError(self.code, "shipment", "no answer")
        return [_update(answer, received_at) for answer in known]


PLUGIN = LaPoste()


def _update(answer: _Answer, received_at: datetime) -> TrackingUpdate:
    events = tuple(_scan(event, received_at) for event in answer.events())
    day = iso_local(answer.estimated)
    estimate = Estimate(day=day.date()) if day else None
    return carrier_update(PLUGIN.code, answer.number, UNKNOWN, events, estimate, received_at=received_at)


def _scan(event: _Event, received_at: datetime) -> TrackingEvent:
    if not event.code:
        raise MalformedPayloadError(PLUGIN.code, "event.code", "empty")
    status, sub_status = PLUGIN.readings.get(event.code, UNKNOWN)
    return tracking_event(
        PLUGIN.code,
        iso_time(event.date, FRANCE, received_at),
        status=status,
        sub_status=sub_status,
        code=event.code,
        description=event.label,
        place=Place(city=event.city, postal_code=event.postal_code),
    )
