"""Chronopost: its SOAP tracking service, polled; it also tells what DPD and other partners scan abroad.

In: the answer to `trackSkybillV2`, or to the older `trackSkybill` without additions to the events. Out: one update.
https://ws.chronopost.fr/tracking-cxf/TrackingServiceWS?wsdl and the guide to Chronopost's web services.

* The operation asks for a number and a language, for no account; the connection's account number is not sent.
* Times have their offset, that of France also for scans abroad; one without it would be French.
* Chronopost publishes its codes only to customers. The table has those whose wording is fixed and known; a code that
  tells of a message or an instruction and not of the parcel (`SM`, `CL`) is left unknown, so it never hides a scan.
* A number that nobody knows is answered with error code 0 and no events.
* `infoCompList` holds names and addresses among other things and is not read.
"""

from datetime import date, datetime
from xml.sax.saxutils import escape

from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, printed_time, refusal
from porchlight.carriers._roles import Keyed, PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, normal_number, tracking_event

STATUS_OF: dict[str, Reading] = by_code(
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "DC EA",  # prepared at the sender's, as part of a group
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "DB DY TT",  # dropped off, at a post office, given to the driver
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "SC EC",  # sorted where it departs
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "T",
        (Status.IN_TRANSIT, SubStatus.NONE): "TS TP O RB",  # on its way; RB: to the pickup point
        (Status.IN_TRANSIT, SubStatus.ARRIVED_IN_DESTINATION_COUNTRY): "EI",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "SJ",  # problem with customs solved
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "SD",  # sorted where it is delivered
        (Status.IN_TRANSIT, SubStatus.DELIVERY_SCHEDULED): "IS",  # next Monday
        (Status.IN_TRANSIT, SubStatus.RESCHEDULED): "IA",  # by 24 hours
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "TA",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "AB",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "P",
        (Status.EXCEPTION, SubStatus.DELAYED): "A2",  # at the delivering depot
        (Status.EXCEPTION, SubStatus.HELD): "SK",  # waits for something the recipient must tell
        (Status.DELIVERED, SubStatus.NONE): "D D1 D2",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "R",
    }
)
HOST = "https://ws.chronopost.fr"
FRANCE = Place(country="FR")
QUESTION = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:cxf="http://cxf.tracking.soap.chronopost.fr/"><soapenv:Body><cxf:trackSkybillV2>'
    "<language>en_GB</language><skybillNumber>{}</skybillNumber>"
    "</cxf:trackSkybillV2></soapenv:Body></soapenv:Envelope>"
)


class _Event(Vendor):
    code: Text = ""
    date: Text = at("eventDate")
    label: Text = at("eventLabel")
    office: Text = at("officeLabel")
    postal_code: Text = at("zipCode")


class _Answer(Vendor):
    error: Text = at("return.errorCode")
    fault: Text = at("faultcode", "faultstring")
    number: Text = at("return.listEventInfoComp.skybillNumber", "return.listEvents.skybillNumber")
    events: Many[_Event] = at("return.listEventInfoComp.events", "return.listEvents.events", default=())


class Chronopost(Keyed, PollOnly):
    """The plug-in."""

    code = "chronopost"
    name = "Chronopost"
    credential_fields = ("account_number",)
    budget = Budget(calls=60, seconds=60)  # Chronopost publishes no number
    readings = STATUS_OF
    clock = Clock.OFFSET
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One number, in English, with all its events."""
        question = QUESTION.format(escape(normal_number(parcel.tracking_number)))
        return HttpRequest(
            method="POST",
            url=f"{base_url(credentials, HOST)}/tracking-cxf/TrackingServiceWS",
            headers={"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'},
            body=question.encode(),
        )

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer; a SOAP fault is the service's own problem."""
        answer = read_document(self.code, _Answer, body)
        if answer.fault:
            raise refusal(self.code, 503)
        if answer.error != "0":
            raise MalformedPayloadError(self.code, "errorCode", "missing, or an error")
        if not answer.events:
            raise refusal(self.code, 404)
        events = tuple(_scan(event, received_at) for event in answer.events)
        return [carrier_update(self.code, answer.number, UNKNOWN, events, None, received_at=received_at)]


PLUGIN = Chronopost()


def _scan(event: _Event, received_at: datetime) -> TrackingEvent:
    if not event.code:
        raise MalformedPayloadError(PLUGIN.code, "events.code", "empty")
    status, sub_status = STATUS_OF.get(event.code, UNKNOWN)
    return tracking_event(
        PLUGIN.code,
        printed_time(event.date, FRANCE, received_at),
        status=status,
        sub_status=sub_status,
        code=event.code,
        description=event.label,
        place=Place(city=event.office, postal_code=event.postal_code),
    )
