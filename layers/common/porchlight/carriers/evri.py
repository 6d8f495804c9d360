"""Evri (Hermes UK): polled through its parcel tracking API (JSON); it pushes nothing.

Evri documents its interfaces to contract customers only and gives them the API key. Read is the answer of the tracking
service behind evri.com, https://www.evri.com/track: `{"results": [parcel], "failures": [...]}`, or one parcel bare.

* A scan has a stage (`trackingStageCode`: 1 expected .. 5 arrived, 6 problem, A return; a suffix says by whom) and a
  finer point (`trackingPointCode`) that repeats the previous one where nothing new is known. The point counts only
  while the parcel moves: a later stage may still carry the point of the courier's round.
* Times are instants in UTC.
* The words of a point may hold the courier's note about a door or a neighbour; they are not read.
* Some answers do not repeat the tracking number.
"""

import string
from datetime import date, datetime
from urllib.parse import quote

from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, printed_time
from porchlight.carriers._roles import Keyed, PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError, UnknownParcelError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, tracking_event

STAGE_OF: dict[str, Reading] = by_code(
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "0 1",  # we expect it
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "2",  # we have it
        (Status.IN_TRANSIT, SubStatus.NONE): "3 4",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "4_COURIER",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "4_SHOP",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_LOCKER): "4_LOCKER",
        (Status.DELIVERED, SubStatus.NONE): "5 5_COURIER",
        (Status.DELIVERED, SubStatus.COLLECTED): "5_SHOP",
        (Status.EXCEPTION, SubStatus.NONE): "6 6_INFO 6_ACTION",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "A",
    }
)
POINT_OF: dict[str, Reading] = by_code(
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "EXPECTED",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "ARRIVED_PARCELSHOP COLLECTED_FROM_PARCELSHOP",
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "PROCESSING_DEPOT PROCESSING_HUB",
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "LOCAL_DEPOT_INBOUND",
        (Status.EXCEPTION, SubStatus.DELAYED): "DELAY_FIX_NWD",  # will be put right on the next working day
    }
)
MOVING = frozenset("1234")
CODE, HOST = "evri", "https://api.hermesworld.co.uk"


class _Scan(Vendor):
    time: Text = at("dateTime")
    stage: Text = at("trackingStage.trackingStageCode")
    words: Text = at("trackingStage.description")
    point: Text = at("trackingPoint.trackingPointCode")


class _Parcel(Vendor):
    number: Text = at(
        "barcode", "uniqueId", "trackingCode", "_configuredTrackingCode", "parcelIdentifiers.0.value", default=""
    )
    scans: Many[_Scan] = at("trackingEvents", default=())


class _Failure(Vendor):
    unique_id: Text = at("uniqueId")


class _Answer(Vendor):
    parcels: Many[_Parcel] = at("results", default=())
    failures: Many[_Failure] = ()


class Evri(Keyed, PollOnly):
    """The plug-in."""

    code = CODE
    name = "Evri"
    credential_fields = ("api_key",)
    budget = Budget(calls=60, seconds=60)  # none is published
    readings = STAGE_OF | POINT_OF
    clock = Clock.OFFSET
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One parcel; the postcode may be empty."""
        asked = f"uniqueIds={quote(parcel.tracking_number, safe='')}&postcode={quote(parcel.postal_code, safe='')}"
        url = f"{base_url(credentials, HOST)}/enterprise-tracking-api/v1/parcels/?{asked}"
        key = quote(credentials["api_key"], safe=string.punctuation)
        return HttpRequest(method="GET", url=url, headers={"Accept": "application/json", "apiKey": key})

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read the parcels found, or a parcel by itself."""
        answer = read_document(CODE, _Answer, body)
        if not answer.parcels and answer.failures:
            message = "evri knows no such parcel"
            raise UnknownParcelError(message)
        parcels = answer.parcels or (read_document(CODE, _Parcel, body),)
        return [_update(parcel, received_at) for parcel in parcels]


PLUGIN = Evri()


def _update(parcel: _Parcel, received_at: datetime) -> TrackingUpdate:
    events = tuple(_event(scan, received_at) for scan in parcel.scans)
    return carrier_update(CODE, parcel.number, UNKNOWN, events, None, received_at=received_at, numbered=False)


def _event(scan: _Scan, received_at: datetime) -> TrackingEvent:
    if not scan.stage:
        raise MalformedPayloadError(CODE, "trackingStageCode", "no code")
    finer = POINT_OF.get(scan.point) if scan.stage in MOVING else None
    status, sub_status = finer or STAGE_OF.get(scan.stage, UNKNOWN)
    return tracking_event(
        CODE,
        printed_time(scan.time, Place(), received_at),
        status=status,
        sub_status=sub_status,
        code=scan.stage,
        description=scan.words or scan.point,
        place=Place(),
    )
