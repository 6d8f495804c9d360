"""PostNL: the Shippingstatus API v2, polled with an API key; one answer holds all events of a parcel.

In: JSON with `CompleteStatus`, or `CurrentStatus` without events, or the list of updated shipments; the older SOAP
service's fields are read as well. Out: one update per shipment.
https://developer.postnl.nl/docs/#/http/api-endpoints/send-track/shippingstatus and .../reference-data/t-t-status-codes

* Times are Dutch wall clocks, day first (`07-03-2018 23:20:05`); only expectations and updated shipments use ISO 8601.
* An event code says more than the status code; but a status of delivered, or of ready to be collected, stands even when
  the newest event is of an earlier kind. `OldStatus` repeats the events, coarser.
* An event code may be written the other way round: `01B` is `B01`.
* A field without content is an empty object, also where text is expected.
* "Delivery time has been updated" is a new date and no exception, whatever the status code beside it.
"""

from datetime import date, datetime
from typing import Annotated
from urllib.parse import quote

from pydantic import BeforeValidator, RootModel

from porchlight.carriers._clock import day_first, hour_of, iso_local
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import refusal
from porchlight.carriers._roles import Keyed, PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import missing, plausible, wall_clock
from porchlight.domain.tracking import Estimate, TrackingEvent, TrackingUpdate, newest, tracking_event

STATUS_OF: dict[str, Reading] = by_code(  # status codes
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "1",
        (Status.PRE_TRANSIT, SubStatus.AWAITING_HANDOVER): "13 14 15",  # announced and not, or not yet, handed over
        (Status.PRE_TRANSIT, SubStatus.COLLECTION_FAILED): "4 19",  # not collected, rejected
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "2 3 23",
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "5",
        (Status.IN_TRANSIT, SubStatus.NONE): "6 21 31",  # not sorted, in storage, ready to go abroad
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "9 20",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "7",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "12",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "8",
        (Status.EXCEPTION, SubStatus.DELAYED): "16 17",  # missing in sorting, in distribution
        (Status.EXCEPTION, SubStatus.LOST): "18",
        (Status.DELIVERED, SubStatus.NONE): "11",
        (Status.DELIVERED, SubStatus.COLLECTED): "22",
        (Status.RETURN_TO_SENDER, SubStatus.UNDELIVERABLE): "27 28",
    }
)
EVENT_OF: dict[str, Reading] = by_code(  # event codes; left out: A41 customer service called, J80 and K90 no news
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "A01 A10 A71 X80",
        (Status.PRE_TRANSIT, SubStatus.AWAITING_HANDOVER): "F01 J56 J93 M01 Q19",
        (Status.PRE_TRANSIT, SubStatus.COLLECTION_FAILED): (
            "D02 D03 D04 D05 D06 D07 D08 D09 D40 F03 F04 F05 F06 F07 F08 F10 Q02 X42 X43 Y80 Y81"
        ),
        (Status.CANCELLED, SubStatus.NONE): "D41 H30 H31 R06",
        (Status.EXPIRED, SubStatus.NONE): "M03",  # the label
        (Status.IN_TRANSIT, SubStatus.NONE): "J55 Q15 S05",  # J55: on the way to an outlet
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "A73 A74 B01 B04 B06 C01 C02 V12 V13 V22 V23 V50 X40 Z80",
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): (
            "A72 J01 J06 J10 J27 J61 Q16 Q17 Q18 R01 X07 X08 X14 X15 X16 X17 X50 X51"
        ),
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "A75 J45 Q12 Q13 X01 X19",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_IN_DESTINATION_COUNTRY): "A76 X02",
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "X52",
        (Status.IN_TRANSIT, SubStatus.HANDED_TO_PARTNER): "J28",  # to Extra@Home, for its size
        # by the recipient's choice: a neighbour, an outlet, a locker, another address; or because it was not collected
        (Status.IN_TRANSIT, SubStatus.FORWARDED): "A08 A09 A11 A27 A28 A29 A30 A31 A34 A94 A99 J47 K02 K03",
        (Status.IN_TRANSIT, SubStatus.DELIVERY_SCHEDULED): "A43 J90",
        (Status.IN_TRANSIT, SubStatus.RESCHEDULED): (
            "A12 A13 A32 A35 A42 G01 G02 G03 G05 H32 J09 J14 J22 J24 J26 J36 J39 J92 J95 K01 T02 V01 V02 V03 V11 V21"
            " Y07 Y08 Y33 Y35 Y60 Y61 Y62"
        ),
        (
            Status.IN_TRANSIT,
            SubStatus.PROBLEM_RESOLVED,
        ): "A21 X68 Y23 Y24",  # paid, back in the process, address corrected
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "X03 X11 X60 X62 Y25",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "X04 X61 X65",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "J05 J59 X06 X55 Y05",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "I08 J02 J12 X05",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_LOCKER): "J23",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_POST_OFFICE): "J52 Y26",  # a post office box
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "H34 J08 J29 J41 J42 J48 K70 P20 P21 P22 P24 Y36 Y38",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "J94 K14 K71 Y02 Y10 Y42",
        (Status.DELIVERY_ATTEMPTED, SubStatus.BUSINESS_CLOSED): "J07 J17 Y43",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NO_ACCESS): "J16 K16 P23 Y41",
        (Status.DELIVERY_ATTEMPTED, SubStatus.PAYMENT_DUE): "K41",
        (Status.EXCEPTION, SubStatus.NONE): "K15",  # an error at delivery, more to follow
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "H36 J33 Y01 Y09 Y12 Y17 Y30 Y31 Y32",
        (Status.EXCEPTION, SubStatus.RECIPIENT_MOVED): "Y22",
        (Status.EXCEPTION, SubStatus.REFUSED): "Y03 Y13 Y44 Y50",
        (Status.EXCEPTION, SubStatus.DAMAGED): "Y04 Y11 Y14",
        (Status.EXCEPTION, SubStatus.LOST): "Y71",
        (Status.EXCEPTION, SubStatus.DELAYED): "K25 V04 V06 V31 Y66",
        (Status.EXCEPTION, SubStatus.WEATHER): "Y65",
        (Status.EXCEPTION, SubStatus.HELD): "K91 Y39",  # the address is closed; an appointment is needed
        (Status.EXCEPTION, SubStatus.SECURITY): "Q14 Y45",  # inspected, prohibited
        (Status.EXCEPTION, SubStatus.DISPOSED): "K92 Y29",
        (Status.EXCEPTION, SubStatus.UNDELIVERABLE): "H23 K30 Y15 Y48",
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "X30 X63 X64 X66 Y46 Y64",
        (Status.EXCEPTION, SubStatus.DUTY_DUE): "A20 A22 X67",
        (Status.EXCEPTION, SubStatus.DOCUMENTS_MISSING): "X10",
        (Status.DELIVERED, SubStatus.NONE): "I01 I03 I06 I23 J91 Z01 Z02 Z03 Z04 Z08",
        (Status.DELIVERED, SubStatus.LEFT_IN_MAILBOX): "I05 I11",
        (Status.DELIVERED, SubStatus.LEFT_WITH_NEIGHBOUR): "I10 Z05",
        (Status.DELIVERED, SubStatus.LEFT_IN_SAFE_PLACE): "I09 I12 Z09",
        (Status.DELIVERED, SubStatus.COLLECTED): "I02 I22 Z06",
        # asked for by sender or recipient, incomplete, forbidden, too large, wrong code; scans on the way back
        (Status.RETURN_TO_SENDER, SubStatus.NONE): (
            "A46 H08 H09 H10 H15 H17 H20 H22 H24 I07 K43 X20 X21 X22 X81 Y19 Y21 Y37"
        ),
        (Status.RETURN_TO_SENDER, SubStatus.REFUSED): "H01 H38",
        (Status.RETURN_TO_SENDER, SubStatus.ADDRESS_PROBLEM): "H02 H12 Y16",
        (Status.RETURN_TO_SENDER, SubStatus.NOT_COLLECTED): "H03 Y20",
        (Status.RETURN_TO_SENDER, SubStatus.DAMAGED): "H04 H35 Y18",
        (Status.RETURN_TO_SENDER, SubStatus.NOBODY_HOME): "H05 H07 Y40",
        (Status.RETURN_TO_SENDER, SubStatus.DOCUMENTS_MISSING): "Y47",
        (Status.RETURN_TO_SENDER, SubStatus.UNDELIVERABLE): "H16 H18 H25 H51 H52",  # no letter box, does not fit
        (Status.RETURNED, SubStatus.NONE): "J63 X24",
    }
)
HTTP_STATUS_OF = by_code(  # of a warning, of the gateway
    {
        404: "2",
        401: "oauth.v2.InvalidApiKey oauth.v2.FailedToResolveAPIKey steps.oauth.v2.FailedToResolveAPIKey",
        429: "policies.ratelimit.QuotaViolation policies.ratelimit.SpikeArrestViolation",
    }
)
HOST, ZONE = "https://api.postnl.nl", "Europe/Amsterdam"
ARRIVED = frozenset({Status.DELIVERED, Status.AVAILABLE_FOR_PICKUP})
AFTER_ARRIVAL = ARRIVED | {Status.RETURN_TO_SENDER, Status.RETURNED}

Blank = Annotated[str, BeforeValidator(lambda value: "" if value is None or value == {} else value)]


class _Event(Vendor):
    code: Blank = at("Code")
    description: Blank = at("Description")
    time: Blank = at("TimeStamp")


class _Shipment(Vendor):
    number: Blank = at("Barcode")
    status: Blank = at("Status.StatusCode", "Status.CurrentStatusCode")
    events: Many[_Event] = at("Event", "Events.CompleteStatusResponseEvent", default=())
    begins: Blank = at("Expectation.ETAFrom")
    ends: Blank = at("Expectation.ETATo")
    day: Blank = at("DeliveryDate")


class _Answer(_Shipment):
    shipments: Many[_Shipment] = at(
        "CurrentStatus.Shipment",
        "CompleteStatus.Shipment",
        "Shipments.CurrentStatusResponseShipment",
        "Shipments.CompleteStatusResponseShipment",
        default=(),
    )
    problem: Blank = at("Warnings.0.Code", "fault.detail.errorcode")


class _Answers(RootModel[Many[_Answer]]):
    """One answer, or a list of updated shipments."""


class PostNL(Keyed, PollOnly):
    """The plug-in."""

    code = "postnl"
    name = "PostNL"
    credential_fields = ("api_key",)
    budget = Budget(calls=60, seconds=60)  # PostNL publishes no number and asks not to poll every minute
    readings = STATUS_OF | EVENT_OF
    clock = Clock.ZONE
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One barcode with all its events, in English."""
        number = quote(parcel.tracking_number, safe="")
        return HttpRequest(
            method="GET",
            url=f"{base_url(credentials, HOST)}/shipment/v2/status/barcode/{number}?detail=true&language=EN",
            headers={"apikey": quote(credentials["api_key"], safe="+/="), "Accept": "application/json"},
        )

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer; one without shipments is an error, told by its first warning or fault."""
        answers = read_document(self.code, _Answers, body).root
        shipments = [one for answer in answers for one in answer.shipments or ((answer,) if answer.number else ())]
        if not shipments:
            problem = next((answer.problem for answer in answers), "")
            raise refusal(self.code, HTTP_STATUS_OF.get(problem, 0))
        return [_update(shipment, received_at) for shipment in shipments]


PLUGIN = PostNL()


def _update(shipment: _Shipment, received_at: datetime) -> TrackingUpdate:
    events = tuple(_scan(event, received_at) for event in shipment.events)
    summary, latest = STATUS_OF.get(shipment.status, UNKNOWN), newest(events)
    if latest and (summary[0] not in ARRIVED or latest.status in AFTER_ARRIVAL):
        summary = UNKNOWN
    return carrier_update(PLUGIN.code, shipment.number, summary, events, _estimate(shipment), received_at=received_at)


def _scan(event: _Event, received_at: datetime) -> TrackingEvent:
    if not event.code:
        raise MalformedPayloadError(PLUGIN.code, "Event.Code", "empty")
    turned = event.code[2:] + event.code[:2] if event.code[:2].isdecimal() else event.code
    day, _, clock = event.time.partition(" ")
    moment = day_first(day, clock) or iso_local(event.time)
    status, sub_status = EVENT_OF.get(turned, UNKNOWN)
    return tracking_event(
        PLUGIN.code,
        plausible(wall_clock(moment, ZONE), received_at) if moment else missing(received_at),
        status=status,
        sub_status=sub_status,
        code=event.code,
        description=event.description,
    )


def _estimate(shipment: _Shipment) -> Estimate | None:
    """The expected window, else the planned day."""
    begin, end = iso_local(shipment.begins), iso_local(shipment.ends)
    if end:
        start = begin if begin and begin.date() == end.date() else None
        return Estimate(day=end.date(), window_start=hour_of(start), window_end=hour_of(end))
    day = iso_local(shipment.day)
    return Estimate(day=day.date()) if day else None
