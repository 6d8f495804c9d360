"""Everything that was ever said about one parcel, as sets that only grow; see facts.py.

Scans are kept by their natural key, reports per source by the speaker's own clock.
"""

from datetime import datetime

from porchlight.domain.carrier_names import AGGREGATORS, NAME_OF
from porchlight.domain.model import Value
from porchlight.domain.status import MOVEMENT, Status, SubStatus
from porchlight.domain.tracking import Estimate, Labeller, TrackingEvent, TrackingUpdate

MOST_TELLING = 199
NEWEST = 50
MAX_EVENTS_PER_SHIPMENT = MOST_TELLING + NEWEST + 1
"""Beyond it the oldest plain in-transit scans go (F25): a year of scans stays far below an item's 400 kB."""

WEIGHT = {
    Status.DELIVERED: 0,
    Status.RETURN_TO_SENDER: 0,
    Status.RETURNED: 0,
    Status.IN_TRANSIT: 2,
    Status.UNKNOWN: 3,
}
USUAL_WEIGHT = 1
"""What a scan tells: ends, then problems and milestones, then plain transit, then what nobody understands."""


class Report(Value):
    """One source's own summary of a parcel, without scans."""

    source: str
    reported_at: datetime
    status: Status
    sub_status: SubStatus = SubStatus.NONE
    estimate: Estimate | None = None

    @property
    def reading(self) -> str:
        """Status and reason, as a key."""
        return f"{self.status}.{self.sub_status}"


class ShipmentFacts(Value):
    """What was said about one tracking number.

    Attributes:
        events: By `event_id`.
        reports: Latest of each source.
        first_said: When each `Report.reading` was first reported, by whichever source.
        first_estimates: The earliest-reported estimate of each source, the yardstick of "later than first said".
    """

    tracking_number: str
    carrier: str = ""
    events: tuple[TrackingEvent, ...] = ()
    reports: tuple[Report, ...] = ()
    first_said: dict[str, datetime] = {}
    first_estimates: tuple[Report, ...] = ()

    def with_update(self, update: TrackingUpdate) -> "ShipmentFacts":
        """These facts and those of `update`."""
        report = Report(
            source=update.source,
            reported_at=update.reported_at,
            status=update.status,
            sub_status=update.sub_status,
            estimate=update.estimate,
        )
        return ShipmentFacts(
            tracking_number=self.tracking_number,
            carrier=min(filter(None, (self.carrier, update.carrier)), key=_nearness, default=""),
            events=_union(self.events, update.events),
            reports=_latest_reports((*self.reports, report)),
            first_said=_first_said(self.first_said, report),
            first_estimates=_earliest_estimates((*self.first_estimates, report)),
        )


def _nearness(carrier: str) -> tuple[bool, bool, str]:
    """An aggregator that does not know who moves a parcel names itself; a word of its own is better than that."""
    return carrier in AGGREGATORS, carrier not in NAME_OF, carrier


def _latest_reports(reports: tuple[Report, ...]) -> tuple[Report, ...]:
    latest: dict[str, Report] = {}
    for report in reports:
        held = latest.setdefault(report.source, report)
        if held is not report:
            latest[report.source] = max(held, report, key=lambda one: (one.reported_at, _canonical(one)))
    return tuple(latest[key] for key in sorted(latest))


def _first_said(held: dict[str, datetime], report: Report) -> dict[str, datetime]:
    first = min(held.get(report.reading, report.reported_at), report.reported_at)
    return dict(sorted({**held, report.reading: first}.items()))


def _earliest_estimates(reports: tuple[Report, ...]) -> tuple[Report, ...]:
    earliest: dict[str, Report] = {}
    for report in reports:
        held = earliest.setdefault(report.source, report) if report.estimate else report
        if held is not report:
            earliest[report.source] = min(held, report, key=lambda one: (one.reported_at, _canonical(one)))
    return tuple(earliest[key] for key in sorted(earliest))


def _union(mine: tuple[TrackingEvent, ...], theirs: tuple[TrackingEvent, ...]) -> tuple[TrackingEvent, ...]:
    events: dict[str, TrackingEvent] = {}
    for event in (*mine, *theirs):
        held = events.setdefault(event.event_id, event)
        if held is not event and held != event:
            events[event.event_id] = min(held, event, key=doubt)
    return tuple(sorted(_compacted(list(events.values())), key=_place_in_time))


def _compacted(events: list[TrackingEvent]) -> list[TrackingEvent]:
    """The scans worth keeping: the most telling, the newest, and the one that proves the first movement.

    Each part keeps the best by a fixed order, whatever their number, so batches may be compacted in any split.
    """
    if len(events) <= MOST_TELLING:
        return events
    newest_first = sorted(events, key=_place_in_time, reverse=True)
    telling = sorted(newest_first, key=lambda event: WEIGHT.get(event.status, USUAL_WEIGHT))
    known = [event for event in newest_first if event.status is not Status.UNKNOWN]
    moving = [event for event in newest_first if event.status in MOVEMENT]
    return list({one.event_id: one for one in (*telling[:MOST_TELLING], *known[:NEWEST], *moving[-1:])}.values())


def _place_in_time(event: TrackingEvent) -> tuple[datetime, str]:
    return event.occurred_at, event.event_id


_TRUST = {labeller: rank for rank, labeller in enumerate(Labeller)}


def doubt(event: TrackingEvent) -> tuple[bool, int, bool, datetime, str]:
    """Of two readings of one scan: a mapped code, who mapped it, a place (and so its zone), the time first heard of.

    A scan without a usable time is stamped anew each time it is told; only the first stamp says something.
    """
    return (
        event.status is Status.UNKNOWN,
        _TRUST[event.labelled_by],
        not event.place.country,
        event.occurred_at,
        _canonical(event),
    )


def _canonical(value: Value) -> str:
    return value.model_dump_json()
