"""What has happened that a shopper might want to know: occurrences, found in the state, never in a transition.

Because they are read from the state, an occurrence is the same whatever order the facts came in, and a repeat of a fact
makes no new one. Each has a key that is unique within its touchpoint and order, made from the facts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from porchlight.domain.journeys import Touchpoint, Trigger
from porchlight.domain.state import OrderState, ShipmentState
from porchlight.domain.status import Finality, Status, SubStatus
from porchlight.domain.tracking import TrackingEvent


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One thing that happened.

    Attributes:
        key: Unique within touchpoint and order.
        at: When it happened, by the teller's clock.
        shipment: The parcel it is about; `None` for the order as a whole.
        facts: What was looked at.
    """

    key: str
    at: datetime
    shipment: ShipmentState | None
    facts: dict[str, str]


SEEN_AFTER = timedelta(hours=1)
"""A number that was replaced sooner was a slip of the packer that nobody has seen."""
_NO_SCAN_TO_COME = frozenset({SubStatus.LOST, SubStatus.DISPOSED})


def occurrences(touchpoint: Touchpoint, state: OrderState, now: datetime) -> list[Occurrence]:
    """Everything that has happened up to `now` for this touchpoint."""
    return list(_FINDERS[touchpoint.trigger](touchpoint, state, now))


def next_moment(touchpoint: Touchpoint, state: OrderState, now: datetime) -> datetime | None:
    """When this touchpoint may become due without any further fact."""
    moments = list(_moments_to_come(touchpoint, state))
    if touchpoint.no_scan_for:
        moments += [moment for parcel in state.parcels if (moment := silent_from(touchpoint, parcel))]
    return min((moment for moment in moments if moment > now), default=None)


def _moments_to_come(touchpoint: Touchpoint, state: OrderState) -> Iterator[datetime]:
    """A store's clock may be a moment ahead of ours: what it says then becomes true without a further word."""
    if touchpoint.trigger is Trigger.ORDER_PLACED and state.order:
        yield state.order.placed_at
    if touchpoint.trigger is Trigger.FIRST_MOVEMENT:
        yield from (fulfilment.created_at for fulfilment in state.untracked)


def silent_from(touchpoint: Touchpoint, parcel: ShipmentState) -> datetime | None:
    """When the parcel's silence becomes worth telling; `None` when its stage has no limit.

    A parcel that was declared lost or destroyed is not silent: the exception has told more than its silence could.
    """
    if parcel.sub_status in _NO_SCAN_TO_COME:
        return None
    stage = Status.PRE_TRANSIT if parcel.status is Status.UNKNOWN else parcel.status
    limit = touchpoint.no_scan_for.get(stage)
    return parcel.last_scan_at + limit if limit and parcel.last_scan_at and parcel.is_open else None


def _order_placed(_: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:
    if state.order and state.order.placed_at <= now:
        facts = {"order": state.order.number, "items": str(len(state.order.items))}
        yield Occurrence("order", state.order.placed_at, None, facts)


def _first_movement(_: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:
    for parcel in state.parcels:
        if parcel.moving_since:
            yield _about(parcel, parcel.tracking_number, parcel.moving_since)
    for fulfilment in state.untracked:
        if fulfilment.created_at <= now:
            facts = {"parcel": "without tracking number"}
            yield Occurrence(f"untracked.{fulfilment.fulfilment_id}", fulfilment.created_at, None, facts)


def _each_day(status: Status) -> Callable[[Touchpoint, OrderState, datetime], Iterator[Occurrence]]:
    """Once per parcel and local day: a second attempt tomorrow is news, a repeated scan today is not."""

    def find(_: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:  # noqa: ARG001 one signature
        for parcel in state.parcels:
            firsts: dict[str, TrackingEvent] = {}
            for event in parcel.events:
                if event.status is status:
                    firsts.setdefault((event.local_time or event.occurred_at.isoformat())[:10], event)
            for day, event in firsts.items():
                yield _about(parcel, f"{parcel.tracking_number}.{day}", event.occurred_at)
            if not firsts and parcel.status is status and parcel.since:
                yield _about(parcel, f"{parcel.tracking_number}.{parcel.since.date()}", parcel.since)

    return find


def _once(status: Status) -> Callable[[Touchpoint, OrderState, datetime], Iterator[Occurrence]]:
    """Once per parcel."""

    def find(_: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:  # noqa: ARG001 one signature
        for parcel in state.parcels:
            if parcel.status is status and parcel.since:
                yield _about(parcel, parcel.tracking_number, parcel.since)

    return find


def _exception(_: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:  # noqa: ARG001 one signature
    """Once per parcel and reason: a carrier that repeats "weather" every night is told about once."""
    for parcel in state.parcels:
        if parcel.status is Status.EXCEPTION and parcel.since:
            yield _about(parcel, f"{parcel.tracking_number}.{parcel.sub_status}", parcel.since)


def _later_estimate(_: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:
    for parcel in state.parcels:
        first, current = parcel.first_estimate, parcel.estimate
        still_to_come = current is not None and current.day >= now.date() and parcel.finality is Finality.OPEN
        if first and current and still_to_come and current.day > first.day:
            said = {"first_said": str(first.day), "now_said": str(current.day)}
            yield _about(parcel, f"{parcel.tracking_number}.{current.day}", now, **said)


def _silence(touchpoint: Touchpoint, state: OrderState, now: datetime) -> Iterator[Occurrence]:
    for parcel in state.parcels:
        since = silent_from(touchpoint, parcel)
        if since and since <= now:
            key = f"{parcel.tracking_number}.{_last_scan_day(parcel)}"
            yield _about(parcel, key, since, last_scan=str(parcel.last_scan_at))


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
            yield _about(heirs[0], key, since, instead_of=old.tracking_number)


_FINDERS: dict[Trigger, Callable[[Touchpoint, OrderState, datetime], Iterator[Occurrence]]] = {
    Trigger.ORDER_PLACED: _order_placed,
    Trigger.FIRST_MOVEMENT: _first_movement,
    Trigger.OUT_FOR_DELIVERY: _each_day(Status.OUT_FOR_DELIVERY),
    Trigger.DELIVERY_ATTEMPTED: _each_day(Status.DELIVERY_ATTEMPTED),
    Trigger.READY_FOR_PICKUP: _once(Status.AVAILABLE_FOR_PICKUP),
    Trigger.EXCEPTION: _exception,
    Trigger.LATER_ESTIMATE: _later_estimate,
    Trigger.SILENCE: _silence,
    Trigger.DELIVERED: _once(Status.DELIVERED),
    Trigger.NEW_NUMBER: _new_number,
}


def _about(parcel: ShipmentState, key: str, at: datetime, **more: str) -> Occurrence:
    facts = {"parcel": parcel.tracking_number, "status": parcel.status.value, "sub_status": parcel.sub_status.value}
    if parcel.estimate:
        facts["estimate"] = str(parcel.estimate)
    return Occurrence(key, at, parcel, facts | more)
