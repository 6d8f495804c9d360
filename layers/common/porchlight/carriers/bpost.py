"""bpost: the tracking of Shipping Manager's items (XML), polled with the account's passphrase.

In: `itemTracking`, with a `stateInfo` for each scan; the public Track & Trace's answer (JSON `items`) is read as well.
Out: one update. https://bpost.freshdesk.com/support/solutions/articles/4000037653 (integration manual, examples, XSDs)
and https://track.bpost.cloud.

* XML times have their offset. JSON has Belgian wall clocks, day and time apart.
* bpost gives the list of state codes only to customers. The table has those that are known for certain; another one
  stays unknown, so a parcel's history may have gaps, but no wrong news.
* In JSON only the active step has a code, the events have sentences: one scan is made of the active step, at the time
  of the newest event. Steps are written in any case (`delivered`, `out_for_delivery_byCar`).
* `deliveryTime` is when it was delivered; only the planned window is an estimate.
* A `systemException` is bpost's own problem, a `businessException` has a code.
"""

from base64 import b64encode
from datetime import date, datetime
from urllib.parse import quote

from porchlight.carriers._clock import hour_of, iso_local, iso_time
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, printed_time, refusal
from porchlight.carriers._roles import Keyed, PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Estimate, Place, TrackingEvent, TrackingUpdate, tracking_event

STATE_OF: dict[str, Reading] = by_code(  # state codes of the XML
    {
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "T00",  # sorted out
        (Status.IN_TRANSIT, SubStatus.NONE): "N14 R00 R01 R02 R03 R04 R05",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "L00",  # bound to a round
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "N74 R13",
        (Status.DELIVERED, SubStatus.NONE): "U00 U01 U02 U03 U04 U05 U06 U07 U08",
    }
)
STEP_OF: dict[str, Reading] = by_code(  # steps of the public answer, in capitals
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): (
            "PREPARATION IN_PREPARATION IN_PREPARATION_INTERNATIONAL PENDING_APPROVAL STATUS_PENDING MPCPRINTED"
        ),
        (Status.PRE_TRANSIT, SubStatus.AWAITING_HANDOVER): (
            "PREPARATION_AWAITING_DROPOFF PREPARATION_AWAITING_PICKUP PREPARATION_AWAITING_PICKUPDROPOFF"
            " IN_PREPARATION_AWAITING_DROPOFF IN_PREPARATION_AWAITING_PICKUP IN_PREPARATION_AWAITING_PICKUPDROPOFF"
            " IN_PREPARATION_INTERNATIONAL_AWAITING_DROPOFF IN_PREPARATION_INTERNATIONAL_AWAITING_PICKUP"
            " IN_PREPARATION_INTERNATIONAL_AWAITING_PICKUPDROPOFF"
        ),
        (Status.IN_TRANSIT, SubStatus.NONE): (  # to a place where it can then be collected, too
            "EXPECTED AWAITING ON_THE_WAY ON_THE_WAY_TO_KARIBOO_POINT ON_THE_WAY_TO_PARCEL_LOCKER"
            " ON_THE_WAY_TO_PARCIFY_HUB ON_THE_WAY_TO_POSTAL_OFFICE ON_THE_WAY_TO_POST_OFFICE"
            " ON_THE_WAY_TO_POST_POINT ON_THE_WAY_TO_SHOP"
        ),
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): (
            "PROCESSING PROCESSING_HOME PROCESSING_INTERNATIONAL PROCESSING_KARIBOO_POINT PROCESSING_OUTBOUND_ABROAD"
            " PROCESSING_OUTBOUND_ABROAD_PARCEL_LOCKER PROCESSING_OUTBOUND_ABROAD_POST_POINT PROCESSING_OUTBOUND_BPOST"
            " PROCESSING_PARCEL_LOCKER PROCESSING_PARCEL_LOCKER_AVISE PROCESSING_POST_OFFICE PROCESSING_POST_POINT"
            " PROCESSING_SHOP"
        ),
        (Status.IN_TRANSIT, SubStatus.RESCHEDULED): "PROCESSING_SECOND_PRESENTATION",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "CUSTOMS CUSTOMS_PAYMENT_NOT_REQUIRED",
        (Status.IN_TRANSIT, SubStatus.PROBLEM_RESOLVED): "CUSTOMS_PAYMENT_SUCCESSFUL",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): (
            "ON_THE_WAY_TO_YOU OUT_FOR_DELIVERY_HOME OUT_FOR_DELIVERY_KARIBOO_POINT OUT_FOR_DELIVERY_PARCIFY_HUB"
            " OUT_FOR_DELIVERY_POST_OFFICE OUT_FOR_DELIVERY_POST_POINT OUT_FOR_DELIVERY_ONFOOT OUT_FOR_DELIVERY_BYBIKE"
            " OUT_FOR_DELIVERY_BYCAR OUT_FOR_DELIVERY_BYEBIKE OUT_FOR_DELIVERY_BYECAR"
        ),
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): (
            "AVAILABLE AVAILABLE_ADVISED_POST_POINT AVAILABLE_INTERNATIONAL_POST_POINT AVAILABLE_IN_KARIBOO_POINT"
            " AVAILABLE_IN_POST_POINT AVAILABLE_IN_POST_POINT_INTERNATIONAL AVAILABLE_IN_SHOP AVAILABLE_KARIBOO_POINT"
            " AVAILABLE_POST_POINT AVAILABLE_POST_POINT_INTERNATIONAL AVAILABLE_SHOP REDELIVERY_CAN_PICKUP_POST_POINT"
        ),
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_LOCKER): (
            "AVAILABLE_INTERNATIONAL_PARCEL_LOCKER AVAILABLE_IN_PARCEL_LOCKER AVAILABLE_IN_PARCEL_LOCKER_INTERNATIONAL"
            " AVAILABLE_PARCEL_LOCKER AVAILABLE_PARCEL_LOCKER_INTERNATIONAL"
        ),
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_POST_OFFICE): "AVAILABLE_IN_POST_OFFICE AVAILABLE_POST_OFFICE",
        (Status.EXCEPTION, SubStatus.NONE): "EXCEPTION",
        (Status.EXCEPTION, SubStatus.NOT_COLLECTED): "REDELIVERY_NO_PICKUP",
        (Status.EXCEPTION, SubStatus.DUTY_DUE): (
            "AWAITING_CUSTOMS_PAYMENT CUSTOMS_PAYMENT_CHALLENGED CUSTOMS_PAYMENT_EXPIRED CUSTOMS_PAYMENT_REFUSED"
        ),
        (Status.DELIVERED, SubStatus.NONE): "DELIVERED DELIVERED_AT_HOME DELIVERED_MANUALLY",
        (Status.DELIVERED, SubStatus.LEFT_WITH_NEIGHBOUR): "DELIVERED_AT_NEIGHBOUR DELIVERED_AT_FORCED_NB",
        (Status.DELIVERED, SubStatus.LEFT_IN_MAILBOX): "DELIVERED_IN_MAILBOX",
        (Status.DELIVERED, SubStatus.LEFT_IN_SAFE_PLACE): "DELIVERED_TO_SAFEPLACE DELIVERED_AT_FORCED_SP",
        (Status.DELIVERED, SubStatus.COLLECTED): (
            "PICKED_UP PICKED_UP_AT_INTERNATIONAL_PARCEL_LOCKER PICKED_UP_AT_INTERNATIONAL_POST_POINT"
            " PICKED_UP_IN_KARIBOO_POINT PICKED_UP_IN_PARCEL_LOCKER PICKED_UP_IN_PARCEL_LOCKER_INTERNATIONAL"
            " PICKED_UP_IN_POST_OFFICE PICKED_UP_IN_POST_POINT PICKED_UP_IN_POST_POINT_INTERNATIONAL PICKED_UP_IN_SHOP"
        ),
        (Status.RETURN_TO_SENDER, SubStatus.NONE): (  # also where the sender can collect it
            "RETURN_TO_SENDER RETURN_TO_SENDER_INTERNATIONAL ON_THE_WAY_TO_SENDER OUT_FOR_DELIVERY_SENDER"
            " BTS_AVAILABLE_PARCEL_LOCKER BTS_AVAILABLE_POST_POINT BTS_OUT_FOR_DELIVERY_HOME"
            " BTS_OUT_FOR_DELIVERY_KARIBOO_POINT BTS_OUT_FOR_DELIVERY_PARCEL_LOCKER BTS_OUT_FOR_DELIVERY_POST_OFFICE"
            " BTS_OUT_FOR_DELIVERY_POST_POINT RETOUR_AVAILABLE_POST_POINT RETOUR_OUT_FOR_DELIVERY_HOME"
            " RETOUR_OUT_FOR_DELIVERY_KARIBOO_POINT RETOUR_OUT_FOR_DELIVERY_POST_OFFICE"
            " RETOUR_OUT_FOR_DELIVERY_POST_POINT"
        ),
        (Status.RETURNED, SubStatus.NONE): (
            "BTS_DELIVERED DELIVERED_TO_SENDER DELIVERED_TO_SENDER_RETURN PICKED_UP_BY_SENDER RETOUR_DELIVERED"
        ),
    }
)
HTTP_STATUS_OF = by_code({404: "404 NO_DATA_FOUND", 401: "401 403", 429: "429"})
HOST = "https://api.parcel.bpost.cloud"
BELGIUM = Place(country="BE")


class _State(Vendor):
    time: Text = ""
    code: Text = at("stateCode")
    description: Text = at("stateDescription")
    location: Text = ""


class _Stamp(Vendor):
    date: Text = ""
    time: Text = ""


class _Item(Vendor):
    number: Text = at("itemCode")
    states: Many[_State] = at("stateInfo", default=())
    known_step: Text = at("activeStep.knownProcessStep")
    step_name: Text = at("activeStep.name")
    words: Text = at("activeStep.label.main.EN")
    stamps: Many[_Stamp] = at("events", default=())
    start: Text = at("deliveryTimeWindow.plannedDeliveryDateWindowStart")
    end: Text = at("deliveryTimeWindow.plannedDeliveryDateWindowEnd")
    day: Text = at("expectedDeliveryTimeRange.day")
    first: Text = at("expectedDeliveryTimeRange.time1")
    last: Text = at("expectedDeliveryTimeRange.time2")


class _Answer(_Item):
    items: Many[_Item] = ()
    problem: Text = at("code", "error")
    message: Text = ""


class Bpost(Keyed, PollOnly):
    """The plug-in."""

    code = "bpost"
    name = "bpost"
    credential_fields = ("account_id", "passphrase")
    budget = Budget(calls=60, seconds=60)  # bpost publishes no number
    readings = STATE_OF | STEP_OF
    clock = Clock.MIXED
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One item with all its states."""
        number = quote(parcel.tracking_number, safe="")
        account = f"{credentials['account_id']}:{credentials['passphrase']}"
        return HttpRequest(
            method="GET",
            url=f"{base_url(credentials, HOST)}/services/trackedmail/item/{number}/trackingInfo",
            headers={"Authorization": f"Basic {b64encode(account.encode()).decode()}", "Accept": "application/xml"},
        )

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer; an exception without a code is bpost's own problem."""
        answer = read_document(self.code, _Answer, body)
        items = answer.items or ((answer,) if answer.number else ())
        if not items:
            known = HTTP_STATUS_OF.get(answer.problem, 400)
            raise refusal(self.code, 503 if answer.message and not answer.problem else known)
        return [_update(item, received_at) for item in items]


PLUGIN = Bpost()


def _update(item: _Item, received_at: datetime) -> TrackingUpdate:
    events = tuple(_state(state, received_at) for state in item.states) or _step(item, received_at)
    return carrier_update(PLUGIN.code, item.number, UNKNOWN, events, _estimate(item), received_at=received_at)


def _state(state: _State, received_at: datetime) -> TrackingEvent:
    if not state.code:
        raise MalformedPayloadError(PLUGIN.code, "stateInfo.stateCode", "empty")
    status, sub_status = STATE_OF.get(state.code, UNKNOWN)
    return tracking_event(
        PLUGIN.code,
        printed_time(state.time, BELGIUM, received_at),
        status=status,
        sub_status=sub_status,
        code=state.code,
        description=state.description,
        place=Place(city=state.location),
    )


def _step(item: _Item, received_at: datetime) -> tuple[TrackingEvent, ...]:
    """The active step as a scan."""
    step = item.known_step or item.step_name
    if not step:
        return ()
    status, sub_status = STEP_OF.get(step.upper(), UNKNOWN)
    newest = max((f"{stamp.date}T{stamp.time or '00:00:00'}" for stamp in item.stamps), default="")
    when = iso_time(newest, BELGIUM, received_at)
    return (tracking_event(PLUGIN.code, when, status=status, sub_status=sub_status, code=step, description=item.words),)


def _estimate(item: _Item) -> Estimate | None:
    """The planned window, in Belgian time."""
    start = iso_local(item.start or f"{item.day}T{item.first}")
    end = iso_local(item.end or f"{item.day}T{item.last}") or start or iso_local(item.day)
    if end is None:
        return None
    begin = start if start and start.date() == end.date() and start != end else None
    return Estimate(day=end.date(), window_start=hour_of(begin), window_end=hour_of(end))
