"""Correios (Brazil): the tracking API of SRO ("Rastro"), polled with a token that belongs to a posting card.

In: JSON `objetos` of `/srorastro/v1/objetos`; the older web service's XML (`buscaEventosLista`, and the plain answer of
the site) is read as well. Out: one update per object.
https://cws.correios.com.br and the guide "Rastreamento de Objetos via Web Service".

* An event is a kind and a number: `BDE` and `01`. JSON calls them `codigo` and `tipo`, XML `tipo` and `status`, while
  its `codigo` is a postcode. We write `BDE-01`.
* BDE, BDI and BDR (by address, by hand, at the counter) share their numbers.
* Times are wall clocks of Brasília throughout the country.
* `EST` takes the event before back without saying which; it is left unknown.
* `PAR-17` was "released by customs" in the old guide and is "waiting for payment" since the customs fee exists.
* `detalhe` may name who received the object and is not read.
* The token lives from `emissao` to `expiraEm`, a day.
"""

import json
from base64 import b64encode
from datetime import date, datetime
from urllib.parse import quote

from pydantic import Field

from porchlight.carriers._clock import day_first, iso_local
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, refusal
from porchlight.carriers._roles import PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery, Token
from porchlight.domain.model import Value
from porchlight.domain.reading import read_json
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import missing, plausible, wall_clock
from porchlight.domain.tracking import Estimate, Place, TrackingEvent, TrackingUpdate, tracking_event

DELIVERY_OF: dict[str, Reading] = by_code(  # numbers of BDE, BDI and BDR
    {
        (Status.DELIVERED, SubStatus.NONE): "00 01",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "35",  # another attempt follows
        (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "02 20",  # 02: goes to a post office
        (Status.DELIVERY_ATTEMPTED, SubStatus.BUSINESS_CLOSED): "25",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_POST_OFFICE): "24",  # a post office box
        (Status.IN_TRANSIT, SubStatus.NONE): "22 41 53",  # given back to Correios, waits for its lot, printed again
        (Status.IN_TRANSIT, SubStatus.DELIVERY_SCHEDULED): "32",
        (Status.IN_TRANSIT, SubStatus.RESCHEDULED): "47",  # going out was cancelled
        (Status.IN_TRANSIT, SubStatus.FORWARDED): "38",  # to the administrator of a bankrupt addressee
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "45",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "57",
        (Status.EXCEPTION, SubStatus.HELD): "03 12",  # not collected by the sender either
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "07 19 34",
        (Status.EXCEPTION, SubStatus.LOST): "09 50 51 52",  # not found; robbed
        (Status.EXCEPTION, SubStatus.DAMAGED): "28 37",
        (Status.EXCEPTION, SubStatus.DELAYED): "46 66 69",
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "43 55",  # seized; the duty is being revised
        (Status.EXCEPTION, SubStatus.DUTY_DUE): "54 58 59",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "36 42 48",  # not done, lot incomplete, not allowed by the sender
        (Status.RETURN_TO_SENDER, SubStatus.REFUSED): "04",
        (Status.RETURN_TO_SENDER, SubStatus.UNDELIVERABLE): "05 49",
        (Status.RETURN_TO_SENDER, SubStatus.ADDRESS_PROBLEM): "06 08",
        (Status.RETURN_TO_SENDER, SubStatus.RECIPIENT_MOVED): "10",
        (Status.RETURN_TO_SENDER, SubStatus.NOBODY_HOME): "21",
        (Status.RETURN_TO_SENDER, SubStatus.NOT_COLLECTED): "26",
        (Status.RETURN_TO_SENDER, SubStatus.DOCUMENTS_MISSING): "33 56",
        (Status.RETURN_TO_SENDER, SubStatus.CUSTOMS_HELD): "40",
        (Status.RETURNED, SubStatus.NONE): "23",
    }
)
EVENT_OF: dict[str, Reading] = by_code(  # all other events
    {
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "PO-00 PO-01 PO-09 CO-01",  # posted, posted late, collected
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): (
            "CD-00 CD-01 CD-02 CD-03 CMT-00 CUN-00 CUN-01 PAR-15 PAR-18"  # PAR-18: at the exporting unit
        ),
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "DO-00 DO-01 DO-02 PMT-01 RO-00 RO-01 TRI-00",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_IN_DESTINATION_COUNTRY): "PAR-16",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "PAR-21",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "PAR-10",
        (Status.IN_TRANSIT, SubStatus.PROBLEM_RESOLVED): "PAR-31",  # paid
        (Status.IN_TRANSIT, SubStatus.DELIVERY_SCHEDULED): "FC-02",
        (Status.IN_TRANSIT, SubStatus.NONE): "FC-05",  # given back to Correios
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "OEC-00 OEC-01",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_POST_OFFICE): "LDI-00 LDI-01 LDI-02 LDI-03 LDI-14",
        (Status.DELIVERY_ATTEMPTED, SubStatus.BUSINESS_CLOSED): "FC-07",
        (Status.EXCEPTION, SubStatus.HELD): "BLQ-01",  # at the sender's request
        (Status.EXCEPTION, SubStatus.MISSORTED): "FC-03",
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "FC-04",
        (Status.EXCEPTION, SubStatus.DUTY_DUE): "PAR-17",
        (Status.EXCEPTION, SubStatus.LOST): "IDC-01 IDC-02 IDC-03 IDC-04 IDC-05 IDC-06 IDC-07",  # and paid for
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "FC-01 LDE-00 LDE-09 OEC-09",
        (Status.RETURN_TO_SENDER, SubStatus.CUSTOMS_HELD): "PAR-24",
        (Status.RETURN_TO_SENDER, SubStatus.REFUSED): "PAR-26",
    }
)
STATUS_OF: dict[str, Reading] = EVENT_OF | {
    f"{kind}-{number}": reading for kind in ("BDE", "BDI", "BDR") for number, reading in DELIVERY_OF.items()
}
HOST, ZONE = "https://api.correios.com.br", "America/Sao_Paulo"


class _Event(Vendor):
    json_kind: Text = at("codigo")
    kind: Text = at("tipo")
    xml_number: Text = at("status")
    stamp: Text = at("dtHrCriado.date", "dtHrCriado")
    day: Text = at("data")
    clock: Text = at("hora")
    description: Text = at("descricao")
    city: Text = at("unidade.endereco.cidade", "cidade", "unidade.nome")
    region: Text = at("unidade.endereco.uf", "uf")

    def code(self) -> str:
        kind, number = (self.kind, self.xml_number) if self.xml_number else (self.json_kind, self.kind)
        return f"{kind}-{number.zfill(2)}" if kind and number else ""


class _Object(Vendor):
    number: Text = at("codObjeto", "numero")
    events: Many[_Event] = at("eventos", "evento", default=())
    expected: Text = at("dtPrevista")
    message: Text = at("mensagem", "erro")


class _Answer(Vendor):
    objects: Many[_Object] = at("objetos", "return.objeto", "objeto", default=())


class _Card(Value):
    token: str = Field(min_length=1)
    issued: datetime = Field(alias="emissao")
    expires: datetime = Field(alias="expiraEm")


class CorreiosBr(PollOnly):
    """The plug-in."""

    code = "correios_br"
    name = "Correios"
    credential_fields = ("username", "access_code", "posting_card")
    budget = Budget(calls=60, seconds=60)  # Correios publishes no number
    readings = STATUS_OF
    clock = Clock.ZONE
    checked_on = date(2026, 11, 22)

    def token_request(self, credentials: Credentials) -> HttpRequest | None:
        """A token for the posting card, which goes in the body; user and access code in the header."""
        account = b64encode(f"{credentials['username']}:{credentials['access_code']}".encode()).decode()
        return HttpRequest(
            method="POST",
            url=f"{base_url(credentials, HOST)}/token/v1/autentica/cartaopostagem",
            headers={"Authorization": f"Basic {account}", "Content-Type": "application/json"},
            body=json.dumps({"numero": credentials["posting_card"]}).encode(),
        )

    def parse_token(self, body: bytes) -> Token:
        """Read the answer; both times are of one clock, so their difference needs no zone."""
        card = read_json(self.code, _Card, body)
        lifetime = (card.expires.replace(tzinfo=None) - card.issued.replace(tzinfo=None)).total_seconds()
        if lifetime <= 0:
            raise MalformedPayloadError(self.code, "expiraEm", "before it was issued")
        return Token(value=card.token, expires_in=lifetime)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:
        """One object with all its events."""
        number = quote(parcel.tracking_number, safe="")
        return HttpRequest(
            method="GET",
            url=f"{base_url(credentials, HOST)}/srorastro/v1/objetos/{number}?resultado=T",
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        )

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer; an object that Correios does not know is left out while another is known."""
        objects = read_document(self.code, _Answer, body).objects
        known = [one for one in objects if one.events]
        if not known:
            raise refusal(self.code, 404 if any(one.message for one in objects) else 400)
        return [_update(one, received_at) for one in known]


PLUGIN = CorreiosBr()


def _update(parcel: _Object, received_at: datetime) -> TrackingUpdate:
    events = tuple(_scan(event, received_at) for event in parcel.events)
    day = iso_local(parcel.expected)
    estimate = Estimate(day=day.date()) if day else None
    return carrier_update(PLUGIN.code, parcel.number, UNKNOWN, events, estimate, received_at=received_at)


def _scan(event: _Event, received_at: datetime) -> TrackingEvent:
    code = event.code()
    if not code:
        raise MalformedPayloadError(PLUGIN.code, "eventos.codigo", "no code")
    status, sub_status = STATUS_OF.get(code, UNKNOWN)
    moment = iso_local(event.stamp) or day_first(event.day, event.clock)
    return tracking_event(
        PLUGIN.code,
        plausible(wall_clock(moment, ZONE), received_at) if moment else missing(received_at),
        status=status,
        sub_status=sub_status,
        code=code,
        description=event.description,
        place=Place(city=event.city, region=event.region, country="BR" if event.region else ""),
    )
