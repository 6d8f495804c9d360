"""From facts to state: pure, and a function of the set of facts alone (invariant 2).

A parcel's status is found by walking its scans in the order they happened (transitions.py). Its other facts are the
latest or the first of their kind. A parcel is one tracking number; packing.py says what it holds.
"""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from porchlight.domain.copies import directness
from porchlight.domain.facts import OrderFacts
from porchlight.domain.fulfilments import FulfilmentSnapshot
from porchlight.domain.numbering import ReturnLeg, return_parcels, with_successors
from porchlight.domain.orders import OrderSnapshot
from porchlight.domain.packing import Contents, Packed, packed_parcels
from porchlight.domain.shipment_facts import Report, ShipmentFacts
from porchlight.domain.state import OrderState, ShipmentState
from porchlight.domain.status import MOVEMENT, Status, SubStatus
from porchlight.domain.strays import Label
from porchlight.domain.tracking import Estimate, EstimateSource, TrackingEvent
from porchlight.domain.transitions import STAYS, walk
from porchlight.domain.truth import truth_of


def fold(facts: OrderFacts) -> OrderState:
    """The state that follows from everything that was said."""
    standing = [fulfilment for fulfilment in facts.fulfilments if not fulfilment.cancelled]
    said = {shipment.tracking_number: shipment for shipment in facts.shipments}
    packed = packed_parcels(standing)
    coming_back = return_parcels(facts.returns, packed)
    promised = facts.order.promised if facts.order else None
    shipments = []
    for number in sorted(said.keys() | packed.keys() | coming_back.keys() | _numbers_once_packed(facts)):
        own = said.get(number) or ShipmentFacts(tracking_number=number)
        packing = packed.get(number)
        if not packing and number in coming_back:
            shipments.append(_fold_return(own, coming_back[number], facts.order))
            continue
        store_events, store_estimate = _from_the_store(facts, packing.fulfilment if packing else None)
        label = _label(facts.order, packing)
        shipments.append(_fold_shipment(own, packing, store_events, store_estimate or promised, label))
    return OrderState(
        order_id=facts.order_id,
        store=facts.store,
        order=facts.order,
        shipments=with_successors(shipments, facts, packed),
        untracked=tuple(fulfilment for fulfilment in standing if not fulfilment.parcels),
        fully_packed=_fully_packed(facts.order, standing),
        refunds=facts.refunds,
        returns=facts.returns,
        holds=tuple(hold for hold in facts.holds if hold.held),
        edits=facts.edits,
    )


def _label(order: OrderSnapshot | None, packing: Packed | None) -> Label:
    """What the store knows of a parcel; without an order only when it was packed, which merchants enter days late."""
    if order is None:
        return Label()
    known = [order.placed_at, *([packing.fulfilment.created_at] if packing and packing.fulfilment else [])]
    to = order.destination
    return Label(known_since=min(known), country=to.country, postal_code=to.postal_code, city=to.city)


def _fold_return(own: ShipmentFacts, leg: ReturnLeg, order: OrderSnapshot | None) -> ShipmentState:
    """A parcel that comes back: what is known of the shopper's address says nothing about where it arrives."""
    packing = Packed(leg.parcel, None, Contents(frozenset(), leg.items))
    state = _fold_shipment(own, packing, [], None, Label(known_since=order.placed_at if order else None))
    return replace(state, comes_back=True, return_of=leg.return_of, named_at=leg.named_at)


def _numbers_once_packed(facts: OrderFacts) -> set[str]:
    heard = {one.tracking_number for one in facts.numbered}
    return heard | {parcel.tracking_number for one in facts.fulfilments for parcel in one.parcels}


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
    label: Label,
) -> ShipmentState:
    parcel, fulfilment, contents = packing or (None, None, Contents())
    carrier = (parcel.carrier if parcel else "") or own.carrier
    truth = truth_of(carrier, (*own.events, *store_events), own.reports, label)
    decisive, status = walk(truth.deciding)
    standing = _standing(decisive, status, own, truth.reports)
    scans = [event for event in truth.events if event.status is not Status.UNKNOWN]
    packed_at = fulfilment.created_at if fulfilment else None
    spoken = _current_estimate(truth.reports, carrier)
    return ShipmentState(
        tracking_number=own.tracking_number,
        carrier=carrier,
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
        moving_since=_moving_since(truth.deciding, standing),
        last_scan_at=scans[-1].occurred_at if scans else packed_at,
        last_scan_id=scans[-1].event_id if scans else "",
        estimate=spoken.estimate if spoken else fallback,
        # A carrier that no longer says a day has not named a later one: the fallback is compared with itself alone.
        first_estimate=_first_estimate(own, spoken.source) if spoken else fallback,
        superseded=parcel is None,
        truth=truth,
    )


class _Standing(NamedTuple):
    status: Status
    sub_status: SubStatus
    since: datetime | None
    decided_by: str


def _standing(
    decisive: TrackingEvent | None, status: Status, own: ShipmentFacts, reports: tuple[Report, ...]
) -> _Standing:
    """Scans decide; a summary counts where there is no scan, or where it says the end and no scan does.

    Sources repeat a summary day after day, so what it says began when anybody first said it.
    """
    scanned = _Standing(status, SubStatus.NONE, None, "")
    if decisive:
        scanned = _Standing(status, decisive.sub_status, decisive.occurred_at, decisive.event_id)
    known = [report for report in reports if report.status is not Status.UNKNOWN]
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


def _moving_since(scans: tuple[TrackingEvent, ...], standing: _Standing) -> datetime | None:
    first = next((event.occurred_at for event in scans if event.status in MOVEMENT), None)
    return first or (standing.since if standing.status in MOVEMENT else None)


def _current_estimate(reports: tuple[Report, ...], carrier: str) -> Report | None:
    """Who knows the parcel most directly says when it comes; of two who know it alike, who spoke last."""
    stated = [report for report in reports if report.estimate]
    return min(stated, key=lambda one: _estimate_rank(one, carrier), default=None)


def _estimate_rank(report: Report, carrier: str) -> tuple[bool, int, float, str]:
    by_carrier = bool(report.estimate and report.estimate.source is EstimateSource.CARRIER)
    return not by_carrier, directness(report.source, carrier), -report.reported_at.timestamp(), report.source


def _first_estimate(own: ShipmentFacts, source: str) -> Estimate | None:
    """What the same source said first: two sources that differ have not moved the day."""
    return next((one.estimate for one in own.first_estimates if one.source == source), None)


def _fully_packed(order: OrderSnapshot | None, standing: list[FulfilmentSnapshot]) -> bool:
    if order is None:
        return False
    packed: dict[str, int] = {}
    for fulfilment in standing:
        for item in fulfilment.items:
            packed[item.line_id] = packed.get(item.line_id, 0) + item.quantity
    return all(packed.get(item.line_id, 0) >= item.quantity for item in order.items if item.ships)
