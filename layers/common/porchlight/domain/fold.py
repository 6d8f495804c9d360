"""From facts to state: pure, and a function of the set of facts alone (invariant 2).

A parcel's status is found by walking its scans in the order they happened (transitions.py). Its other facts are the
latest or the first of their kind. A parcel is one tracking number; packing.py says what it holds.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from porchlight.domain.facts import OrderFacts, Report, ShipmentFacts
from porchlight.domain.fulfilments import FulfilmentSnapshot, PackedItem
from porchlight.domain.orders import OrderSnapshot
from porchlight.domain.packing import Contents, Packed, packed_parcels
from porchlight.domain.status import MOVEMENT, Action, Finality, Responsible, Status, SubStatus, action_for, finality_of
from porchlight.domain.status import responsible_for as responsible_of
from porchlight.domain.tracking import Estimate, EstimateSource, TrackingEvent
from porchlight.domain.transitions import STAYS, in_order, walk


@dataclass(frozen=True, slots=True)
class ShipmentState:
    """One parcel now.

    Attributes:
        items: What is in it and in those of `together_with`, taken together.
        together_with: Parcels of which the store does not say what is in them and what in this one.
        since: When the status began (carrier's time, UTC); `None` before the first statement.
        decided_by: `event_id` of the scan that set the status; empty when a summary did.
        moving_since: First scan that proves the carrier has it.
        last_scan_at: Latest scan of known meaning, or when the parcel was packed.
        first_estimate: What was said first; with `estimate` it tells a delay.
        superseded: The store replaced or removed this number; its history stays.
    """

    tracking_number: str
    carrier: str
    carrier_name: str
    tracking_url: str
    fulfilment_id: str
    items: tuple[PackedItem, ...]
    together_with: tuple[str, ...]
    status: Status
    sub_status: SubStatus
    since: datetime | None
    decided_by: str
    packed_at: datetime | None
    moving_since: datetime | None
    last_scan_at: datetime | None
    last_scan_id: str
    estimate: Estimate | None
    first_estimate: Estimate | None
    superseded: bool
    events: tuple[TrackingEvent, ...]

    @property
    def finality(self) -> Finality:
        """Whether more scans are expected."""
        return finality_of(self.status)

    @property
    def is_open(self) -> bool:
        """More scans are expected and the number still counts."""
        return self.finality is Finality.OPEN and not self.superseded

    @property
    def responsible(self) -> Responsible:
        """Who must move next."""
        return responsible_of(self.status, self.sub_status)

    @property
    def action(self) -> Action:
        """What the shopper should do."""
        return action_for(self.status, self.sub_status)


@dataclass(frozen=True)  # no slots: they leave no place for what is computed once
class OrderState:
    """One order now.

    Attributes:
        order: `None` while the store has told us of fulfilments only.
        shipments: Every parcel, superseded ones included, by tracking number.
        untracked: Fulfilments that left without a tracking number.
        fully_packed: Every item that ships is in a fulfilment; no further parcel is expected.
    """

    order_id: str
    store: str
    order: OrderSnapshot | None
    shipments: tuple[ShipmentState, ...]
    untracked: tuple[FulfilmentSnapshot, ...]
    fully_packed: bool

    @cached_property
    def parcels(self) -> tuple[ShipmentState, ...]:
        """The parcels that count."""
        return tuple(shipment for shipment in self.shipments if not shipment.superseded)

    @property
    def cancelled(self) -> bool:
        """The store has cancelled the order."""
        return bool(self.order and self.order.cancelled_at)

    def count(self, *statuses: Status) -> int:
        """How many parcels are in one of these statuses."""
        return sum(parcel.status in statuses for parcel in self.parcels)

    @property
    def all_delivered(self) -> bool:
        """Nothing is missing: every parcel that counts has arrived and no further one is expected."""
        return bool(self.parcels) and self.fully_packed and self.count(Status.DELIVERED) == len(self.parcels)


def fold(facts: OrderFacts) -> OrderState:
    """The state that follows from everything that was said."""
    standing = [fulfilment for fulfilment in facts.fulfilments if not fulfilment.cancelled]
    said = {shipment.tracking_number: shipment for shipment in facts.shipments}
    packed = packed_parcels(standing)
    promised = facts.order.promised if facts.order else None
    shipments = []
    for number in sorted(said.keys() | packed.keys() | _numbers_once_packed(facts)):
        own = said.get(number) or ShipmentFacts(tracking_number=number)
        packing = packed.get(number)
        store_events, store_estimate = _from_the_store(facts, packing.fulfilment if packing else None)
        shipments.append(_fold_shipment(own, packing, store_events, store_estimate or promised))
    return OrderState(
        order_id=facts.order_id,
        store=facts.store,
        order=facts.order,
        shipments=tuple(shipments),
        untracked=tuple(fulfilment for fulfilment in standing if not fulfilment.parcels),
        fully_packed=_fully_packed(facts.order, standing),
    )


def _numbers_once_packed(facts: OrderFacts) -> set[str]:
    return {parcel.tracking_number for one in facts.fulfilments for parcel in one.parcels}


def _from_the_store(
    facts: OrderFacts, fulfilment: FulfilmentSnapshot | None
) -> tuple[list[TrackingEvent], Estimate | None]:
    """Scans the store reports for a fulfilment count only where they can mean one parcel alone."""
    if fulfilment is None or len(fulfilment.parcels) != 1:
        return [], None
    told = [item for item in facts.fulfilment_events if item.fulfilment_id == fulfilment.fulfilment_id]
    dated = [item for item in told if item.estimate]
    latest = max(dated, key=lambda item: (item.event.occurred_at, item.event.event_id), default=None)
    return [item.event for item in told], latest.estimate if latest else None


def _fold_shipment(
    own: ShipmentFacts,
    packing: Packed | None,
    store_events: list[TrackingEvent],
    fallback: Estimate | None,
) -> ShipmentState:
    parcel, fulfilment, contents = packing or (None, None, Contents())
    events = in_order((*own.events, *store_events))
    decisive, status = walk(events)
    standing = _standing(decisive, status, own)
    scans = [event for event in events if event.status is not Status.UNKNOWN]
    packed_at = fulfilment.created_at if fulfilment else None
    estimate = _current_estimate(own.reports)
    # A carrier that no longer says a day has not named a later one: the fallback is compared with itself alone.
    first = own.first_estimate.estimate if own.first_estimate and estimate else fallback
    return ShipmentState(
        tracking_number=own.tracking_number,
        carrier=(parcel.carrier if parcel else "") or own.carrier,
        carrier_name=parcel.carrier_name if parcel else "",
        tracking_url=parcel.tracking_url if parcel else "",
        fulfilment_id=fulfilment.fulfilment_id if fulfilment else "",
        items=contents.items,
        together_with=tuple(sorted(contents.numbers - {own.tracking_number})),
        status=standing.status,
        sub_status=standing.sub_status,
        since=standing.since,
        decided_by=standing.decided_by,
        packed_at=packed_at,
        moving_since=_moving_since(scans, standing),
        last_scan_at=scans[-1].occurred_at if scans else packed_at,
        last_scan_id=scans[-1].event_id if scans else "",
        estimate=estimate or fallback,
        first_estimate=first,
        superseded=parcel is None,
        events=events,
    )


class _Standing(NamedTuple):
    status: Status
    sub_status: SubStatus
    since: datetime | None
    decided_by: str


def _standing(decisive: TrackingEvent | None, status: Status, own: ShipmentFacts) -> _Standing:
    """Scans decide; a summary counts where there is no scan, or where it says the end and no scan does.

    Sources repeat a summary day after day, so what it says began when anybody first said it.
    """
    scanned = _Standing(status, SubStatus.NONE, None, "")
    if decisive:
        scanned = _Standing(status, decisive.sub_status, decisive.occurred_at, decisive.event_id)
    known = [report for report in own.reports if report.status is not Status.UNKNOWN]
    latest = max(known, key=lambda report: (report.reported_at, report.source), default=None)
    if latest is None or (decisive and not _ends(latest, decisive, status)):
        return scanned
    # Orders stored by an older version know no first time; theirs is the latest.
    first = own.first_said.get(latest.reading, latest.reported_at)
    return _Standing(latest.status, latest.sub_status, max(first, scanned.since or first), "")


def _ends(latest: Report, decisive: TrackingEvent, status: Status) -> bool:
    """A summary of "delivered" is news after these scans."""
    said = latest.status is Status.DELIVERED and latest.reported_at >= decisive.occurred_at
    return said and Status.DELIVERED not in STAYS[status] and status is not Status.RETURN_TO_SENDER


def _moving_since(scans: list[TrackingEvent], standing: _Standing) -> datetime | None:
    first = next((event.occurred_at for event in scans if event.status in MOVEMENT), None)
    return first or (standing.since if standing.status in MOVEMENT else None)


def _current_estimate(reports: tuple[Report, ...]) -> Estimate | None:
    stated = [report for report in reports if report.estimate]
    latest = max(stated, key=lambda report: (_by_carrier(report), report.reported_at, report.source), default=None)
    return latest.estimate if latest else None


def _by_carrier(report: Report) -> bool:
    return bool(report.estimate and report.estimate.source is EstimateSource.CARRIER)


def _fully_packed(order: OrderSnapshot | None, standing: list[FulfilmentSnapshot]) -> bool:
    if order is None:
        return False
    packed: dict[str, int] = {}
    for fulfilment in standing:
        for item in fulfilment.items:
            packed[item.line_id] = packed.get(item.line_id, 0) + item.quantity
    return all(packed.get(item.line_id, 0) >= item.quantity for item in order.items if item.ships)
