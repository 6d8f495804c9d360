"""Correos (Spain): the traceability service behind its locator, polled with the contract's user and password.

In: the JSON of `eventos_envio_servicio_auth`, a list with one shipment or the shipment alone; the newer gateway's names
(`events`, `eventCode`) are read as well. Out: one update.
https://localizador.correos.es/canonico/eventos_envio_servicio_auth/ and the official shop plug-ins of Grupo Correos.

* Times are Spanish wall clocks, day (`27/04/2026`) and time apart; a scan on the Canary Islands may be an hour early.
* The answer is 200 even for a number nobody knows: `error.codError` tells, "0" for found and "3" for no trace.
* A code ends in V for an event as planned, in R for one that is not. The meaning is that of Correos' own shop plug-ins;
  where they only say "in progress", that of the fixed wording. What neither tells stays unknown.
* An event without a code says nothing and is left out. Texts are Spanish.
* The envelope names the recipient; nothing of it is read but the number and the expected day.
"""

from base64 import b64encode
from datetime import date, datetime
from urllib.parse import quote

from pydantic import RootModel

from porchlight.carriers._clock import day_first
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, refusal
from porchlight.carriers._roles import Keyed, PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import date_only, missing, plausible, wall_clock
from porchlight.domain.tracking import Estimate, Place, TrackingEvent, TrackingUpdate, tracking_event

STATUS_OF: dict[str, Reading] = by_code(
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "A090000V X010000V",  # registered in advance
        (Status.PRE_TRANSIT, SubStatus.AWAITING_HANDOVER): (  # requests to collect it among them
            "A020000R A150000R O040000R SR01000V SR05000V SR070B0R SR070C0R SR070D0R SR070G0R SR070I0R SR070J0R"
            " SR070S0R SR070U0R SR070Y0R SR080A0R SR080E0R SR080F0R SR080M0R SR080N0R SR080O0R SR080R0R SR080W0R"
            " SR09000R X240000V Z010PF0R Z130000R"
        ),
        (Status.CANCELLED, SubStatus.NONE): (
            "A040000R A060000R E070000R E130000R E140000R E150000R E230000R E23E500R E310000R H01I270R H01K100V"
            " H01K110V H01K130V H01K180V H01K200V H01K220V H01K230V H01K240V H01K280V L010000R L040000R L04G000V"
            " O020BS0R O080000V VA06GO0R VA06GO0V X160000V X190000V"
        ),
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "A010000V",
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "P040000V P100000V",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "P101110V P101120V",  # from its origin, to the delivery unit
        (Status.IN_TRANSIT, SubStatus.NONE): "P110000V X020000V X040000V X060000V X070000V X110100V",
        (Status.IN_TRANSIT, SubStatus.HANDED_TO_PARTNER): "P090000V",
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "G01L010V",
        (Status.IN_TRANSIT, SubStatus.RESCHEDULED): "H06P010V H06P050V",  # another attempt is being prepared
        (Status.IN_TRANSIT, SubStatus.PROBLEM_RESOLVED): "M02E340V M02E360V",  # no longer parked
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "H020000V H250000V X080000V",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "H01I350V X390000V",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_POST_OFFICE): "L010000V",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "H010930R H01R424V X090060R X090100R X130000R",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "H01R420V",
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "H01R421V M01E020R",
        (Status.EXCEPTION, SubStatus.HELD): "M010090R M01E320R",  # parked
        (Status.DELIVERED, SubStatus.NONE): (
            "E010670V H010710V H300030V H300040V H300050V H300070V I010000V I010110V I010120V I010130V I010400V"
            " I0104E0V I011010V I011020V I011030V I01E030V I01E070V I01E090V I01E410V I01H010V I01H030V I01H040V"
            " I01H050V I01H060V I01H210V I01H220V I240300V X120000V X340000V X350000V"
        ),
        (Status.RETURN_TO_SENDER, SubStatus.NOT_COLLECTED): "L03D320R",  # the time to collect it is over
        (Status.RETURN_TO_SENDER, SubStatus.NONE): (
            "B250000R DX92002R DX92007V DX92132R DX92151R DX92153R DX92156R E23E220R E240000R H01E100R H01E110R"
            " H01E130R H01E180R H01E200R H01E220R H01E230R H01E240R H01E280R H01R220R H01R240R L01R380V L020000V"
            " L030000R L030000V L031060R L031070R L03D010R L03D045R L03D100R L03D130R L03D230R L03D240R L03D270V"
            " L03D300R L03D360R L03D370R L03DR40V L03I270R L060000R L060100R L060110R L060120R L060130R L060140R"
            " L060150R L060160R L060170R L060180R L060190R L060200R L060210R L060220R L060230R L060240R L060250R"
            " L060260R L060270R L060280R L060290R L060990R O130000V O140000V X090010R X090020R X090070R X090080R"
            " X090110R X090120R X090140R X090150R X090350R X090410R X170000V X290010R X290020R X290070R X290080R"
            " X290110R X290120R X290140R X290150R X290350R X290410R X320000V Z06E010R Z190000R Z190DC0R Z190DD0R"
            " Z190DF0R Z190DP0R Z190DR0R"
        ),
        (Status.RETURNED, SubStatus.NONE): "I020000V",
    }
)
HTTP_STATUS_OF = by_code({404: "3", 401: "401 403", 429: "429", 503: "500 503"})
HOST, ZONE, NOWHERE = "https://localizador.correos.es", "Europe/Madrid", "NO_OFI"


class _Event(Vendor):
    code: Text = at("codEvento", "eventCode")
    day: Text = at("fecEvento", "eventDate")
    clock: Text = at("horEvento", "eventTime")
    summary: Text = at("desTextoResumen", "summaryText")
    detail: Text = at("desTextoAmpliado", "extendedText")
    office: Text = at("unidad", "unit")


class _Answer(Vendor):
    number: Text = at("codEnvio", "shippingCode")
    events: Many[_Event] = at("eventos", "events", default=())
    expected: Text = at("fec_entregasum")
    problem: Text = at("error.codError", "code")


class _Answers(RootModel[Many[_Answer]]):
    """One shipment, or a list of them."""


class CorreosEs(Keyed, PollOnly):
    """The plug-in."""

    code = "correos_es"
    name = "Correos"
    credential_fields = ("username", "password")
    budget = Budget(calls=60, seconds=60)  # Correos publishes no number
    readings = STATUS_OF
    clock = Clock.ZONE
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One number with all its events, in Spanish."""
        path = f"/canonico/eventos_envio_servicio_auth/{quote(parcel.tracking_number, safe='')}"
        account = f"{credentials['username']}:{credentials['password']}"
        return HttpRequest(
            method="GET",
            url=f"{base_url(credentials, HOST)}{path}?codIdioma=ES&indUltEvento=N",
            headers={"Authorization": f"Basic {b64encode(account.encode()).decode()}", "Accept": "application/json"},
        )

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer; a number without trace is left out while another has one."""
        answers = read_document(self.code, _Answers, body).root
        known = [answer for answer in answers if answer.events]
        for answer in () if known else answers:
            raise refusal(self.code, HTTP_STATUS_OF.get(answer.problem, 400))
        if not known:
            raise MalformedPayloadError(self.code, "eventos", "no answer")
        return [_update(answer, received_at) for answer in known]


PLUGIN = CorreosEs()


def _update(answer: _Answer, received_at: datetime) -> TrackingUpdate:
    events = tuple(_scan(event, received_at) for event in answer.events if event.code)
    expected = day_first(*answer.expected.split(" ")[:1])
    estimate = Estimate(day=expected.date()) if expected else None
    return carrier_update(PLUGIN.code, answer.number, UNKNOWN, events, estimate, received_at=received_at)


def _scan(event: _Event, received_at: datetime) -> TrackingEvent:
    status, sub_status = STATUS_OF.get(event.code, UNKNOWN)
    moment = day_first(event.day, event.clock)
    when = missing(received_at)
    if moment:
        when = wall_clock(moment, ZONE) if event.clock else date_only(moment.date(), ZONE)
    return tracking_event(
        PLUGIN.code,
        plausible(when, received_at),
        status=status,
        sub_status=sub_status,
        code=event.code,
        description=event.summary or event.detail,
        place=Place(city=event.office if event.office != NOWHERE else ""),
    )
