"""PostNord: polled through Track and Trace v7 (JSON); it pushes to contract customers only, by their own schemes.

https://developer.postnord.com/apis/details?systemName=trackandtrace; v5 (`findByIdentifier.json`) answers alike.

* The key's only documented place is the query.
* Times end in Z or are the wall clock of the place.
* The status of a shipment, an item and an event is one enumeration and the documented meaning; event codes differ per
  country and service, and only those that say more than their status are in a table.
* A shipment has items with numbers of their own; shops know either number, so both get an update.
* A number without shipments is unknown (yet).
"""

from datetime import date, datetime
from urllib.parse import quote, urlencode

from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, day_or_end, printed_time, refusal
from porchlight.carriers._roles import Keyed, PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError, UnknownParcelError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Estimate, Place, TrackingEvent, TrackingUpdate, normal_number, tracking_event

STATUS_OF: dict[str, Reading] = by_code(
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "CREATED INFORMED",
        (Status.IN_TRANSIT, SubStatus.NONE): "EN_ROUTE",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "DELIVERY",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.NONE): "AVAILABLE_FOR_DELIVERY",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_LOCKER): "AVAILABLE_FOR_DELIVERY_PAR_LOC",
        (Status.DELIVERED, SubStatus.NONE): "DELIVERED",
        (Status.EXCEPTION, SubStatus.DELAYED): "EXPECTED_DELAY DELAYED",
        (Status.EXCEPTION, SubStatus.HELD): "STOPPED",
        (Status.EXCEPTION, SubStatus.UNDELIVERABLE): "DELIVERY_IMPOSSIBLE",
        (Status.EXCEPTION, SubStatus.REFUSED): "DELIVERY_REFUSED",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "RETURNED",  # set when the return begins
    }
)
EVENT_OF: dict[str, Reading] = by_code({(Status.OUT_FOR_DELIVERY, SubStatus.NONE): "113"})  # loaded, still EN_ROUTE
CODE, HOST = "postnord", "https://api2.postnord.com"


class _Event(Vendor):
    status: Text = ""
    code: Text = at("eventCode")
    time: Text = at("eventTime")
    description: Text = at("eventDescription")
    city: Text = at("location.city", "location.displayName", "location.name")
    postal_code: Text = at("location.postcode", "location.postCode")
    country: Text = at("location.countryCode")


class _Item(Vendor):
    number: Text = at("itemId")
    status: Text = ""
    expected: Text = at("estimatedTimeOfArrival")
    events: Many[_Event] = ()


class _Shipment(Vendor):
    number: Text = at("shipmentId")
    status: Text = ""
    expected: Text = at("estimatedTimeOfArrival")
    items: Many[_Item] = ()


class _Answer(Vendor):
    shipments: Many[_Shipment] | None = at("TrackingInformationResponse.shipments", default=None)
    faults: Many[dict[str, object]] = at("compositeFault.faults", default=())


class PostNord(Keyed, PollOnly):
    """The plug-in."""

    code = CODE
    name = "PostNord"
    credential_fields = ("api_key",)
    budget = Budget(calls=60, seconds=60)  # by plan
    readings = STATUS_OF | EVENT_OF
    clock = Clock.MIXED
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One shipment or item, in English."""
        path = f"/rest/shipment/v7/trackandtrace/id/{quote(parcel.tracking_number, safe='')}/public"
        query = urlencode({"apikey": credentials["api_key"], "locale": "en"})
        url = f"{base_url(credentials, HOST)}{path}?{query}"
        return HttpRequest(method="GET", url=url, headers={"Accept": "application/json"})

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read shipments and their items."""
        answer = read_document(CODE, _Answer, body)
        if answer.faults:
            raise refusal(CODE, 400)
        if answer.shipments is None:
            raise MalformedPayloadError(CODE, "shipments", "not there")
        if not answer.shipments:
            message = "postnord knows no such parcel"
            raise UnknownParcelError(message)
        told = [item for shipment in answer.shipments for item in _told(shipment)]
        if not told:
            raise MalformedPayloadError(CODE, "shipments", "neither a status nor a scan")
        return [_update(item, received_at) for item in told]


PLUGIN = PostNord()


def _told(shipment: _Shipment) -> list[_Item]:
    """The shipment first, then those items that have another number and something to say.

    The scans of several items are not the shipment's: one of them may be delivered long before the others.
    """
    scans = shipment.items[0].events if len(shipment.items) == 1 else ()
    whole = _Item(itemId=shipment.number, status=shipment.status, estimatedTimeOfArrival=shipment.expected)
    told = [whole.model_copy(update={"events": scans})]
    for item in shipment.items:
        if normal_number(item.number) not in {normal_number(one.number) for one in told}:
            told.append(item.model_copy(update={"expected": item.expected or shipment.expected}))
    return [item for item in told if normal_number(item.number) and (item.events or item.status in STATUS_OF)]


def _update(item: _Item, received_at: datetime) -> TrackingUpdate:
    events = tuple(_event(event, received_at) for event in item.events)
    summary = STATUS_OF.get(item.status, UNKNOWN)
    return carrier_update(CODE, item.number, summary, events, _estimate(item.expected), received_at=received_at)


def _event(event: _Event, received_at: datetime) -> TrackingEvent:
    if not (event.code or event.status):
        raise MalformedPayloadError(CODE, "eventCode", "no code")
    place = Place(city=event.city, postal_code=event.postal_code, country=event.country)
    status, sub_status = EVENT_OF.get(event.code) or STATUS_OF.get(event.status) or UNKNOWN
    return tracking_event(
        CODE,
        printed_time(event.time, place, received_at),
        status=status,
        sub_status=sub_status,
        code=event.code or event.status,
        description=event.description,
        place=place,
    )


def _estimate(text: str) -> Estimate | None:
    """The day: the hour is that of a forecast, not a promise."""
    estimate = day_or_end(text)
    return Estimate(day=estimate.day) if estimate else None
