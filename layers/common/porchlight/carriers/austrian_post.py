"""Österreichische Post: polled through GetParcelDetail of its customer services (JSON); it pushes nothing here.

https://www.post.at/en/g/c/interfaces ("Tracking", Basic authentication with the contract's user) and
https://secure.post.at/downloads/EventReasonList.xlsx (event types, reasons, tracking states).

* An event has a type and a reason; the reason is finer. Its tracking state is that of the parcel when the answer was
  made, the same in all events, so it counts only in events without a type.
* Times are Austrian wall clocks, abroad too.
* Read as well: the same fields in XML, as in the event files that Post sends by SFTP, and the answer behind post.at,
  whose parcel has a state and whose events have only words.
* The consignee's name in a delivery event and the remark, which may name a person, are never read.
* Notices (NNI, PKI, SIN) tell nothing about the parcel and are in no table.
"""

import json
from base64 import b64encode
from datetime import date, datetime

from porchlight.carriers._clock import hour
from porchlight.carriers._countries import two_letters
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, day_or_end, refusal
from porchlight.carriers._roles import Keyed, PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError, UnknownParcelError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import EventTime, exact, missing, plausible, wall_clock
from porchlight.domain.tracking import Estimate, Place, TrackingEvent, TrackingUpdate, tracking_event

TYPE_OF: dict[str, Reading] = by_code(
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "AVI",
        (Status.PRE_TRANSIT, SubStatus.COLLECTION_FAILED): "PUH",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "ANA ANI PUP",  # in Austria, abroad, collected
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "BEI",
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "VER",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "BAU EXP",
        (Status.IN_TRANSIT, SubStatus.NONE): "TRA LAA LAG",  # in and out of a warehouse
        (Status.IN_TRANSIT, SubStatus.ARRIVED_IN_DESTINATION_COUNTRY): "IMP",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "CUS",
        (Status.IN_TRANSIT, SubStatus.HANDED_TO_PARTNER): "PUG",
        (Status.IN_TRANSIT, SubStatus.FORWARDED): "WLT",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "AZT",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.NONE): "HIA",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "ZUH",
        (Status.DELIVERED, SubStatus.NONE): "ZUS",
        (Status.EXCEPTION, SubStatus.NONE): "CLA KAM",  # being clarified; can not be completed
        (Status.EXCEPTION, SubStatus.DELAYED): "VEH",  # obstacle in distribution
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "CUD",
        (Status.EXCEPTION, SubStatus.DAMAGED): "DAM",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "RTS",
    }
)
REASON_OF: dict[str, Reading] = by_code(
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "SE",
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "EZ XX",
        (Status.IN_TRANSIT, SubStatus.RESCHEDULED): "NZ SF",  # another attempt follows
        (Status.IN_TRANSIT, SubStatus.DELIVERY_SCHEDULED): "TV",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "AT",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_POST_OFFICE): "HO",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_LOCKER): "EAW UPB",  # pick-up station, pick-up box
        (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "BN",
        (Status.DELIVERED, SubStatus.NONE): "ZA ZB ZE ZK ZM ZP",  # to whom: person, deputy, colleague, flat mate
        (Status.DELIVERED, SubStatus.COLLECTED): "ZAW",
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "BC",
        (Status.EXCEPTION, SubStatus.DAMAGED): "BF BS",
        (Status.RETURN_TO_SENDER, SubStatus.REFUSED): "AR",
        (Status.RETURN_TO_SENDER, SubStatus.UNDELIVERABLE): "RS",
    }
)
STATE_OF: dict[str, Reading] = by_code(  # two letters: of the interfaces; words: of post.at
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "AV PENDING_INFORMATION PARCEL_STAMP AVISO",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "AN",
        (Status.IN_TRANSIT, SubStatus.NONE): "IV DELIVERY_HAND_OVER IN_DISTRIBUTION",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "CUSTOMS_CLEARANCE DELIVERY_IN_CUSTOMS",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "IZ IN_DELIVERY",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.NONE): "EB NOTIFIED READY_FOR_PICK_UP",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "READY_FOR_PICK_UP_POINT",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_LOCKER): "READY_FOR_PICK_UP_STATION READY_FOR_PICK_UP_BOX",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "NOT_REACHABLE",
        (Status.DELIVERED, SubStatus.NONE): "ZU DELIVERED",
        (Status.DELIVERED, SubStatus.LEFT_IN_SAFE_PLACE): "DELIVERY_PARKED",
        (Status.EXCEPTION, SubStatus.DELAYED): "RU DELIVERY_DELAYED DELIVERY_INTERUPTED",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "RE DELIVERY_IN_RETURN",
    }
)
REFUSALS = by_code({401: "401 Unauthorized", 404: "404 NotFound INVALID_ARGUMENT_IDENTITY_CODE"})
CODE, HOST, ZONE = "austrian_post", "https://customerservices.post.at", "Europe/Vienna"


class _Event(Vendor):
    type: Text = at("ParcelEventTypeCode", "EventTypeCode")
    reason: Text = at("ParcelEventReasonCode", "EventReasonCode")
    state: Text = at("TrackingState", "trackingStateKey")
    time: Text = at("EventTimestamp", "timestamp")
    description: Text = at("ParcelEventTypeDescription", "textEn", "text")
    city: Text = at("EventLocation", "EventCity", "eventPlaceName")
    postal_code: Text = at("EventPostalCode", "eventpostalcode")
    country: Text = at("EventCountry", "eventcountry")


class _Parcel(Vendor):
    number: Text = at("IdentCode", "activeIdentityCode")
    state: Text = at("status")
    day: Text = at("DeliveryDay", "estimatedDelivery.startDate")
    start: Text = at("DeliveryTimeFrameFrom", "estimatedDelivery.startTime")
    end: Text = at("DeliveryTimeFrameTo", "estimatedDelivery.endTime")
    events: Many[_Event] = at("ParcelEvents.ParcelEvent", "ParcelEvents", "sendungsEvents", default=())


class _Answer(Vendor):
    parcels: Many[_Parcel] | None = at("Parcels.Parcel", "Parcels", "data.einzelsendung", default=None)
    day: Text = at("DeliveryDay")
    start: Text = at("DeliveryTimeFrameFrom")
    end: Text = at("DeliveryTimeFrameTo")
    problem: Text = at("ResponseStatus.ErrorCode", "errors.0.extensions.code")


class AustrianPost(Keyed, PollOnly):
    """The plug-in."""

    code = CODE
    name = "Österreichische Post"
    credential_fields = ("username", "password")
    budget = Budget(calls=60, seconds=60)  # by contract
    readings = TYPE_OF | REASON_OF | STATE_OF
    clock = Clock.ZONE
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One parcel with all its events."""
        key = b64encode(f"{credentials['username']}:{credentials['password']}".encode()).decode()
        headers = {
            "Accept": "application/json",
            "Authorization": f"Basic {key}",
            "Content-Type": "application/json",
        }
        asked = {"IdentCode": parcel.tracking_number, "WithDescription": "true"}
        url = f"{base_url(credentials, HOST)}/api/v1/GetParcelDetail?format=json"
        return HttpRequest(method="POST", url=url, headers=headers, body=json.dumps(asked).encode())

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer of the interface, an event file or an answer of post.at."""
        answer = read_document(CODE, _Answer, body)
        if answer.problem:
            raise refusal(CODE, REFUSALS.get(answer.problem, 400))
        if "parcels" not in answer.model_fields_set:
            raise MalformedPayloadError(CODE, "Parcels", "not there")
        if not answer.parcels:
            message = "austrian_post knows no such parcel"
            raise UnknownParcelError(message)
        return [_update(parcel, answer, received_at) for parcel in answer.parcels]


PLUGIN = AustrianPost()


def _update(parcel: _Parcel, answer: _Answer, received_at: datetime) -> TrackingUpdate:
    events = tuple(_event(event, received_at) for event in parcel.events)
    summary = STATE_OF.get(parcel.state, UNKNOWN)
    estimate = _estimate(
        *((parcel.day, parcel.start, parcel.end) if parcel.day else (answer.day, answer.start, answer.end))
    )
    return carrier_update(CODE, parcel.number, summary, events, estimate, received_at=received_at)


def _event(event: _Event, received_at: datetime) -> TrackingEvent:
    code = " ".join(part for part in (event.type, event.reason) if part) or event.state
    if not code:
        raise MalformedPayloadError(CODE, "ParcelEventTypeCode", "no code")
    known = REASON_OF.get(event.reason) or TYPE_OF.get(event.type)
    status, sub_status = known or (UNKNOWN if event.type else STATE_OF.get(event.state, UNKNOWN))
    return tracking_event(
        CODE,
        _when(event.time, received_at),
        status=status,
        sub_status=sub_status,
        code=code,
        description=event.description,
        place=Place(city=event.city, postal_code=event.postal_code, country=two_letters(event.country)),
    )


def _when(text: str, received_at: datetime) -> EventTime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return missing(received_at)
    return plausible(exact(moment) if moment.tzinfo else wall_clock(moment, ZONE), received_at)


def _estimate(day: str, start: str, end: str) -> Estimate | None:
    estimate = day_or_end(day)
    return Estimate(day=estimate.day, window_start=_hour(start), window_end=_hour(end)) if estimate else None


def _hour(clock: str) -> str | None:
    return hour(f"{clock[:5]}:00") if clock else None
