"""One truth from several sources: what a store, a carrier's push and answer, and aggregators say of one parcel.

Nothing that was said is lost, and which of it counts is a function of the set of statements alone:

1. A scan that can not be this parcel's is set aside with its reason: numbers are used again after some months.
2. The same scan told by two sources is one scan: the finer telling stands, and who else told it is kept.
3. A guess of the text classifier moves a parcel, but never ends its story.
4. Where one source says "delivered" and another, asked later, does not, the more direct one is believed: the carrier
   before an aggregator, an aggregator before the store. The disagreement is kept beside the answer.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from porchlight.domain.copies import directness, each_scan_once
from porchlight.domain.shipment_facts import Report
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.strays import Label, SetAside, still_backed, strays
from porchlight.domain.tracking import Labeller, TrackingEvent
from porchlight.domain.transitions import in_order, walk

SLOW_SOURCE = timedelta(hours=6)
"""A source may be this late with a delivery before its silence about it counts as a denial."""

_ENDS = frozenset({Status.DELIVERED, Status.RETURNED, Status.RETURN_TO_SENDER, Status.CANCELLED, Status.EXPIRED})
_UNDELIVERED = frozenset({Status.IN_TRANSIT, Status.OUT_FOR_DELIVERY, Status.DELIVERY_ATTEMPTED})
_ENDING_REASONS = frozenset({SubStatus.LOST, SubStatus.DISPOSED, SubStatus.DAMAGED, SubStatus.DELIVERED_DAMAGED})
_NO_DENIAL = frozenset({Status.UNKNOWN, Status.PRE_TRANSIT, Status.DELIVERED, Status.RETURNED, Status.RETURN_TO_SENDER})
_NEVER = datetime(9000, 1, 1, tzinfo=UTC)


class Disagreement(NamedTuple):
    """One source says delivered, another does not; `believed` is one of the two."""

    delivered_by: str
    denied_by: str
    denied_status: Status
    believed: str


@dataclass(frozen=True, slots=True)
class Truth:
    """What counts of everything that was said about one parcel.

    Attributes:
        events: Each scan once, in the order they happened.
        deciding: Those of them that may move the status.
        heard_from: Sources of each scan that several told, by `event_id`.
        reports: Summaries that count; repeated daily, so they make no difference between two truths.
    """

    events: tuple[TrackingEvent, ...]
    deciding: tuple[TrackingEvent, ...]
    reports: tuple[Report, ...] = field(compare=False)
    heard_from: dict[str, tuple[str, ...]] = field(default_factory=dict)
    set_aside: tuple[SetAside, ...] = ()
    disagreement: Disagreement | None = None


def truth_of(
    carrier: str,
    events: Sequence[TrackingEvent],
    reports: Sequence[Report],
    label: Label,
    first_said: Mapping[str, datetime] | None = None,
) -> Truth:
    """What counts.

    Args:
        carrier: Code of who moves the parcel; empty when unknown.
        events: From every source, in any order.
        reports: The latest of each source.
        label: What the store knows of it.
        first_said: When each `Report.reading` was first reported; sources repeat it for weeks.
    """
    set_aside = tuple(strays(events, label))
    doubted = {id(one.event) for one in set_aside}
    kept = [event for event in events if id(event) not in doubted]
    standing = tuple(report for report in reports if still_backed(report, kept, set_aside))
    sources = {event.source for event in kept} | {report.source for report in standing}
    begun = first_said or {}
    said = {source: _said(source, kept, standing, begun) for source in sorted(sources)} if len(sources) > 1 else {}
    disagreement = _disagreement(carrier, said)
    once, heard_from = each_scan_once(kept, carrier) if len(sources) > 1 else (kept, {})
    disbelieved = _disbelieved(carrier, disagreement, sources)
    return Truth(
        events=in_order(tuple(once)),
        deciding=in_order(
            tuple(one for one in once if _may_decide(one, disbelieved) and not _refuted(one, once, carrier))
        ),
        reports=tuple(one for one in standing if one.source not in disbelieved or one.status is not Status.DELIVERED),
        heard_from=heard_from,
        set_aside=set_aside,
        disagreement=disagreement,
    )


def _may_decide(event: TrackingEvent, disbelieved: frozenset[str]) -> bool:
    if event.labelled_by is Labeller.MODEL and (event.status in _ENDS or event.sub_status in _ENDING_REASONS):
        return False
    return event.status is not Status.DELIVERED or event.source not in disbelieved


def _refuted(event: TrackingEvent, events: Sequence[TrackingEvent], carrier: str) -> bool:
    """A delivery after which a more direct source still had the parcel: its own delivery, later, is the true one."""
    if event.status is not Status.DELIVERED:
        return False
    distance, late = directness(event.source, carrier), event.occurred_at + SLOW_SOURCE
    return any(
        other.status in _UNDELIVERED and other.occurred_at >= late and directness(other.source, carrier) < distance
        for other in events
    )


def _disagreement(carrier: str, said: Mapping[str, "_Said"]) -> Disagreement | None:
    delivered = {source: one for source, one in said.items() if one.status is Status.DELIVERED}
    for source, one in sorted(delivered.items(), key=lambda pair: (directness(pair[0], carrier), pair[0])):
        late = one.since + SLOW_SOURCE
        denials = [other for other, its in said.items() if its.status not in _NO_DENIAL and its.as_of >= late]
        closest = min(denials, key=lambda other: (directness(other, carrier), other), default=None)
        if closest:
            more_direct = directness(closest, carrier) < directness(source, carrier)
            return Disagreement(source, closest, said[closest].status, closest if more_direct else source)
    return None


class _Said(NamedTuple):
    status: Status
    since: datetime
    as_of: datetime


def _said(
    source: str, events: Sequence[TrackingEvent], reports: Sequence[Report], begun: Mapping[str, datetime]
) -> _Said:
    """What one source alone says."""
    own = in_order(tuple(event for event in events if event.source == source and _may_decide(event, frozenset())))
    report = next((one for one in reports if one.source == source), None)
    decisive, status = walk(own)
    spoke = [event.occurred_at for event in own] + ([report.reported_at] if report else [])
    if report and (decisive is None or report.status is Status.DELIVERED):
        status = report.status
    if decisive and decisive.status is status:
        since = decisive.occurred_at
    else:
        since = begun.get(report.reading, report.reported_at) if report else min(spoke, default=_NEVER)
    return _Said(status, since, max(spoke, default=since))


def _disbelieved(carrier: str, disagreement: Disagreement | None, sources: Collection[str]) -> frozenset[str]:
    """Sources whose "delivered" does not count: those less direct than the one that is believed against it."""
    if disagreement is None or disagreement.believed == disagreement.delivered_by:
        return frozenset()
    limit = directness(disagreement.believed, carrier)
    return frozenset(source for source in sources if directness(source, carrier) > limit)
