"""Yanwen: polled through its tracking API (JSON); it pushes nothing.

https://opendocs.yw56.com.cn ("Tracking": request, checkpoint codes). The merchant number is the key.

* A checkpoint prints its wall clock and, beside it, the offset in hours (`+8`), so the time is exact.
* The last mile is another carrier's; its scans come under Yanwen's codes.
* `NOTFOUND` stands for a number nobody has scanned or announced.
* Yanwen publishes groups (OR order, PU pickup, SC sorting, LH line haul, EC and IC customs, LM last mile); codes whose
  meaning within a group is not documented are unknown.
"""

import re
from datetime import date, datetime
from string import punctuation
from urllib.parse import quote

from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, printed_time, refusal
from porchlight.carriers._roles import Keyed, PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError, UnknownParcelError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import EventTime
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, tracking_event

STATUS_OF: dict[str, Reading] = by_code(
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "OR10",
        (Status.PRE_TRANSIT, SubStatus.COLLECTION_FAILED): "PU30",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "PU10",
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "SC20",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "LH20",  # left the port
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "IC50",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "IC60",
        (Status.IN_TRANSIT, SubStatus.HANDED_TO_PARTNER): "LM10",  # received by the last mile
        (Status.IN_TRANSIT, SubStatus.NONE): "LM20",
        (Status.DELIVERED, SubStatus.NONE): "LM40",
        (Status.EXCEPTION, SubStatus.NONE): "LM50 LM90",  # delivery failed for any reason; other
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "EC30 IC51 IC70",  # export, import
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "LM54",
    }
)
CODE, HOST = "yanwen", "https://api.track.yw56.com.cn"
OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>1[0-4]|0?\d)(:?(?P<minutes>[0-5]\d))?")
SUCCESS, NOT_FOUND = "0", "NOTFOUND"


class _Checkpoint(Vendor):
    code: Text = at("tracking_status")
    time: Text = at("time_stamp")
    zone: Text = at("time_zone")
    description: Text = at("message")
    place: Text = at("location")


class _Parcel(Vendor):
    number: Text = at("tracking_number", "waybill_number")
    status: Text = at("tracking_status")
    checkpoints: Many[_Checkpoint] = ()


class _Answer(Vendor):
    code: Text = ""
    parcels: Many[_Parcel] = at("result", default=())


class Yanwen(Keyed, PollOnly):
    """The plug-in."""

    code = CODE
    name = "Yanwen"
    credential_fields = ("merchant_number",)
    budget = Budget(calls=60, seconds=60)  # none is published
    readings = STATUS_OF
    clock = Clock.OFFSET
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One parcel."""
        url = f"{base_url(credentials, HOST)}/api/tracking?nums={quote(parcel.tracking_number, safe='')}"
        key = quote(credentials["merchant_number"], safe=punctuation)
        return HttpRequest(method="GET", url=url, headers={"Accept": "application/json", "Authorization": key})

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read the parcels found."""
        answer = read_document(CODE, _Answer, body)
        if answer.code != SUCCESS:
            raise refusal(CODE, 400)
        found = [parcel for parcel in answer.parcels if parcel.status != NOT_FOUND or parcel.checkpoints]
        if not found:
            message = "yanwen knows no such parcel"
            raise UnknownParcelError(message)
        return [_update(parcel, received_at) for parcel in found]


PLUGIN = Yanwen()


def _update(parcel: _Parcel, received_at: datetime) -> TrackingUpdate:
    events = tuple(_event(checkpoint, received_at) for checkpoint in parcel.checkpoints)
    summary = STATUS_OF.get(parcel.status, UNKNOWN)
    return carrier_update(CODE, parcel.number, summary, events, None, received_at=received_at)


def _event(checkpoint: _Checkpoint, received_at: datetime) -> TrackingEvent:
    if not checkpoint.code:
        raise MalformedPayloadError(CODE, "tracking_status", "no code")
    status, sub_status = STATUS_OF.get(checkpoint.code, UNKNOWN)
    return tracking_event(
        CODE,
        _when(checkpoint, received_at),
        status=status,
        sub_status=sub_status,
        code=checkpoint.code,
        description=checkpoint.description,
        place=Place(city=checkpoint.place),
    )


def _when(checkpoint: _Checkpoint, received_at: datetime) -> EventTime:
    """The two fields as one ISO text."""
    offset = OFFSET.fullmatch(checkpoint.zone)
    written = f"{offset['sign']}{offset['hours']:0>2}:{offset['minutes'] or '00'}" if offset else ""
    return printed_time(checkpoint.time + written, Place(), received_at)
