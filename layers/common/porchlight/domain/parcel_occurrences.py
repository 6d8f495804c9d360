"""What has happened to a parcel. Finders read the state, so the same facts give the same occurrences in any order."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from porchlight.domain.journeys import Touchpoint, Trigger
from porchlight.domain.localities import NOWHERE, locality_of
from porchlight.domain.occurrence import Finder, Occurrence, about
from porchlight.domain.orders import OrderSnapshot
from porchlight.domain.state import OrderState, ShipmentState
from porchlight.domain.status import Finality, Status, SubStatus
from porchlight.domain.tracking import TrackingEvent

SEEN_AFTER = timedelta(hours=1)
"""A number that was replaced sooner was a slip of the packer that nobody has seen."""
_NO_SCAN_TO_COME = frozenset({SubStatus.LOST, SubStatus.DISPOSED})


def silent_from(touchpoint: Touchpoint, parcel: ShipmentState, order: OrderSnapshot | None) -> datetime | None:
    """When the parcel's silence becomes worth telling; `None` when its stage has no limit.

    Business days are those of where the order goes.

    A parcel that was declared lost or destroyed is not silent: the exception has told more than its silence could.
    """
    if parcel.sub_status in _NO_SCAN_TO_COME:
        return None
    stage = Status.PRE_TRANSIT if parcel.status is Status.UNKNOWN else parcel.status
    limit = touchpoint.no_scan_for.get(stage)
    if not (limit and parcel.last_scan_at and parcel.is_open):
        return None
    by_the_day = limit.business_days or limit.clock
    place = locality_of(order.destination) if order and by_the_day else NOWHERE
    return limit.after(parcel.last_scan_at, place.zone, place.rests)


def _each_day(status: Status) -> Finder:
    """Once per parcel and local day: a second attempt tomorrow is news, a repeated scan today is not."""

    def find(_: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:  # noqa: ARG001 one signature
        for parcel in state.parcels:
            firsts: dict[str, TrackingEvent] = {}
            for event in parcel.events:
                if event.status is status:
                    firsts.setdefault((event.local_time or event.occurred_at.isoformat())[:10], event)
            for day, event in firsts.items():
                yield about(parcel, f"{parcel.tracking_number}.{day}", event.occurred_at)
            if not firsts and parcel.status is status and parcel.since:
                yield about(parcel, f"{parcel.tracking_number}.{parcel.since.date()}", parcel.since)

    return find


def _once(status: Status) -> Finder:
    """Once per parcel."""

    def find(_: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:  # noqa: ARG001 one signature
        for parcel in state.parcels:
            if parcel.status is status and parcel.since:
                yield about(parcel, parcel.tracking_number, parcel.since)

    return find


def _exception(touchpoint: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:  # noqa: ARG001
    """Once per parcel and reason: a carrier that repeats "weather" every night is told about once."""
    for parcel in state.parcels:
        if parcel.status is Status.EXCEPTION and parcel.since and _is_meant(touchpoint, parcel.sub_status):
            yield about(parcel, f"{parcel.tracking_number}.{parcel.sub_status}", parcel.since)


def _later_estimate(_: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:
    for parcel in state.parcels:
        first, current = parcel.first_estimate, parcel.estimate
        still_to_come = current is not None and current.day >= now.date() and parcel.finality is Finality.OPEN
        if first and current and still_to_come and current.day > first.day:
            said = {"first_said": str(first.day), "now_said": str(current.day)}
            yield about(parcel, f"{parcel.tracking_number}.{current.day}", now, **said)


def _silence(touchpoint: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:
    for parcel in state.parcels:
        since = silent_from(touchpoint, parcel, state.order)
        if since and since <= now:
            key = f"{parcel.tracking_number}.{_last_scan_day(parcel)}"
            yield about(parcel, key, since, last_scan=str(parcel.last_scan_at))


def _last_scan_day(parcel: ShipmentState) -> str:
    """The day of the last scan, which stays the same when another source tells that scan more finely."""
    last = next((event for event in reversed(parcel.events) if event.event_id == parcel.last_scan_id), None)
    return (last.local_time or last.occurred_at.isoformat())[:10] if last else "no_scan"


def _new_number(_: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:
    """A label was replaced after a shopper may have seen its number, and before anything was scanned under it."""
    parcels = {parcel.tracking_number: parcel for parcel in state.parcels}
    for old in state.shipments:
        heirs = [parcels[number] for number in old.replaced_by if number in parcels]
        named = [heir.named_at for heir in heirs if heir.named_at]
        if old.moving_since or not old.named_at or not named:
            continue
        since = max(min(named), old.named_at)
        if since - old.named_at >= SEEN_AFTER and since <= now:
            key = f"{old.tracking_number}.{heirs[0].tracking_number}"
            yield about(heirs[0], key, since, instead_of=old.tracking_number)


def _is_meant(touchpoint: Touchpoint, reason: SubStatus) -> bool:
    return reason not in touchpoint.other_reasons_than and (not touchpoint.reasons or reason in touchpoint.reasons)


CUSTOMS_STEPS = frozenset(
    {
        SubStatus.CUSTOMS_STARTED,
        SubStatus.CUSTOMS_CLEARED,
        SubStatus.CUSTOMS_HELD,
        SubStatus.DUTY_DUE,
        SubStatus.DOCUMENTS_MISSING,
    }
)


def _customs(touchpoint: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:  # noqa: ARG001
    """Each step at the border once; a step that another has followed is no news any more."""
    for parcel in state.parcels:
        step, since = _step_at_the_border(parcel)
        if since and _is_meant(touchpoint, step):
            yield about(parcel, f"{parcel.tracking_number}.{step}", since, step=step.value)


def _step_at_the_border(parcel: ShipmentState) -> tuple[SubStatus, datetime | None]:
    """The latest step and when it was first told; by scans, or by the carrier's summary where no scan tells any."""
    steps = [event for event in parcel.truth.deciding if event.sub_status in CUSTOMS_STEPS]
    if not steps:
        return parcel.sub_status, parcel.since if parcel.sub_status in CUSTOMS_STEPS else None
    latest = steps[-1].sub_status
    return latest, next(event.occurred_at for event in steps if event.sub_status is latest)


def _earlier_estimate(_: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:
    for parcel in state.parcels:
        first, current = parcel.first_estimate, parcel.estimate
        still_to_come = current is not None and current.day >= now.date() and parcel.finality is Finality.OPEN
        if first and current and still_to_come and current.day < first.day:
            said = {"first_said": str(first.day), "now_said": str(current.day)}
            yield about(parcel, f"{parcel.tracking_number}.{current.day}", now, **said)


def _packed(_: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:
    """The store has packed it, or the carrier knows of its label; the carrier has not scanned it yet."""
    for parcel in state.parcels:
        if parcel.packed_at and parcel.packed_at <= now:
            yield about(parcel, parcel.tracking_number, parcel.packed_at)


def _storm(_: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:  # noqa: ARG001 one signature
    """No order knows of a storm by itself: storm_looks.py finds it, where the weather of the lane is known."""
    yield from ()


PARCEL_FINDERS: dict[Trigger, Finder] = {
    Trigger.PACKED: _packed,
    Trigger.CUSTOMS: _customs,
    Trigger.LATER_ESTIMATE: _later_estimate,
    Trigger.EARLIER_ESTIMATE: _earlier_estimate,
    Trigger.OUT_FOR_DELIVERY: _each_day(Status.OUT_FOR_DELIVERY),
    Trigger.DELIVERY_ATTEMPTED: _each_day(Status.DELIVERY_ATTEMPTED),
    Trigger.READY_FOR_PICKUP: _once(Status.AVAILABLE_FOR_PICKUP),
    Trigger.EXCEPTION: _exception,
    Trigger.SILENCE: _silence,
    Trigger.STORM: _storm,
    Trigger.NEW_NUMBER: _new_number,
    Trigger.RETURNING: _once(Status.RETURN_TO_SENDER),
    Trigger.RETURNED: _once(Status.RETURNED),
    Trigger.DELIVERED: _once(Status.DELIVERED),
}
