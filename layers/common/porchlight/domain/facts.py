"""Everything that was ever said about one order, as sets that only grow: the input of `fold`.

Adding is idempotent and commutative: any order, any repetition and any split into batches of the same statements gives
equal facts (invariant 2). Snapshots of a store and reports of a carrier are kept per subject and per source, the latest
by the speaker's own clock; scans are kept by their natural key.
"""

import hashlib
from base64 import b32encode
from datetime import datetime
from typing import NewType

from porchlight.domain.fulfilments import FulfilmentEvent, FulfilmentSnapshot
from porchlight.domain.model import Value
from porchlight.domain.orders import OrderSnapshot
from porchlight.domain.status import MOVEMENT, Status, SubStatus
from porchlight.domain.store_news import StoreUpdate
from porchlight.domain.tracking import Estimate, TrackingEvent, TrackingUpdate

OrderId = NewType("OrderId", str)

MOST_TELLING = 199
NEWEST = 50
MAX_EVENTS_PER_SHIPMENT = MOST_TELLING + NEWEST + 1
"""Beyond it the oldest plain in-transit scans go (F25): a year of scans stays far below an item's 400 kB."""

_WEIGHT = {
    Status.DELIVERED: 0,
    Status.RETURN_TO_SENDER: 0,
    Status.RETURNED: 0,
    Status.IN_TRANSIT: 2,
    Status.UNKNOWN: 3,
}
_USUAL_WEIGHT = 1
"""What a scan tells: ends, then problems and milestones, then plain transit, then what nobody understands."""


def order_id_of(store: str, connection: str, vendor_order_id: str) -> OrderId:
    """Our key of an order: opaque, and the same however often the store tells us (26 lower-case characters)."""
    digest = hashlib.sha256("\x1f".join((store, connection, vendor_order_id)).encode()).digest()[:16]
    return OrderId(b32encode(digest).decode().rstrip("=").lower())


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
        first_estimate: The earliest-reported estimate, the yardstick of "later than first said".
    """

    tracking_number: str
    carrier: str = ""
    events: tuple[TrackingEvent, ...] = ()
    reports: tuple[Report, ...] = ()
    first_said: dict[str, datetime] = {}
    first_estimate: Report | None = None

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
            carrier=min(filter(None, (self.carrier, update.carrier)), default=""),
            events=_union(self.events, update.events),
            reports=_latest_reports((*self.reports, report)),
            first_said=_first_said(self.first_said, report),
            first_estimate=_earliest_estimate(self.first_estimate, report),
        )


class OrderFacts(Value):
    """What was said about one order.

    Attributes:
        order_id: Our key.
        store: Plug-in code of the store that owns the order; `connection` is the merchant's account there.
        order: `None` while only fulfilments have been heard of (F11).
        fulfilments: Latest of each, by id.
        fulfilment_events: Scans the store reported without naming the parcel.
        shipments: By tracking number, superseded ones included.
    """

    order_id: str
    store: str
    connection: str
    vendor_order_id: str
    order: OrderSnapshot | None = None
    fulfilments: tuple[FulfilmentSnapshot, ...] = ()
    fulfilment_events: tuple[FulfilmentEvent, ...] = ()
    shipments: tuple[ShipmentFacts, ...] = ()

    def with_store_update(self, update: StoreUpdate) -> "OrderFacts":
        """These facts and what the store says now."""
        events = {(item.fulfilment_id, item.event.event_id): item for item in self.fulfilment_events}
        for item in update.events:
            key = (item.fulfilment_id, item.event.event_id)
            events[key] = min(events.get(key, item), item, key=lambda one: (_doubt(one.event), _canonical(one)))
        return self.model_copy(
            update={
                "order": _later(self.order, update.order),
                "fulfilments": _latest_fulfilments((*self.fulfilments, *update.fulfilments)),
                "fulfilment_events": _most_telling(events),
            }
        )

    def with_tracking_update(self, update: TrackingUpdate) -> "OrderFacts":
        """These facts and what a carrier says now."""
        number = update.tracking_number
        known = {shipment.tracking_number: shipment for shipment in self.shipments}
        known[number] = known.get(number, ShipmentFacts(tracking_number=number)).with_update(update)
        return self.model_copy(update={"shipments": tuple(known[key] for key in sorted(known))})


def _most_telling(events: dict[tuple[str, str], FulfilmentEvent]) -> tuple[FulfilmentEvent, ...]:
    def place(key: tuple[str, str]) -> tuple[int, float, tuple[str, str]]:
        event = events[key].event
        return _WEIGHT.get(event.status, _USUAL_WEIGHT), -event.occurred_at.timestamp(), key

    return tuple(events[key] for key in sorted(sorted(events, key=place)[:MAX_EVENTS_PER_SHIPMENT]))


def _later(mine: OrderSnapshot | None, theirs: OrderSnapshot | None) -> OrderSnapshot | None:
    stated = [snapshot for snapshot in (mine, theirs) if snapshot]
    return max(stated, key=lambda snapshot: (snapshot.updated_at, _canonical(snapshot)), default=None)


def _latest_fulfilments(snapshots: tuple[FulfilmentSnapshot, ...]) -> tuple[FulfilmentSnapshot, ...]:
    latest: dict[str, FulfilmentSnapshot] = {}
    for snapshot in snapshots:
        held = latest.setdefault(snapshot.fulfilment_id, snapshot)
        if held is not snapshot:
            latest[snapshot.fulfilment_id] = max(held, snapshot, key=lambda one: (one.updated_at, _canonical(one)))
    return tuple(latest[key] for key in sorted(latest))


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


def _earliest_estimate(held: Report | None, stated: Report) -> Report | None:
    candidates = [report for report in (held, stated) if report and report.estimate]
    if len(candidates) < 2:  # noqa: PLR2004 nothing to compare
        return candidates[0] if candidates else None
    return min(candidates, key=lambda one: (one.reported_at, _canonical(one)))


def _union(mine: tuple[TrackingEvent, ...], theirs: tuple[TrackingEvent, ...]) -> tuple[TrackingEvent, ...]:
    events: dict[str, TrackingEvent] = {}
    for event in (*mine, *theirs):
        held = events.setdefault(event.event_id, event)
        if held is not event and held != event:
            events[event.event_id] = min(held, event, key=_doubt)
    return tuple(sorted(_compacted(list(events.values())), key=_place_in_time))


def _compacted(events: list[TrackingEvent]) -> list[TrackingEvent]:
    """The scans worth keeping: the most telling, the newest, and the one that proves the first movement.

    Each part keeps the best by a fixed order, whatever their number, so batches may be compacted in any split.
    """
    if len(events) <= MOST_TELLING:
        return events
    newest_first = sorted(events, key=_place_in_time, reverse=True)
    telling = sorted(newest_first, key=lambda event: _WEIGHT.get(event.status, _USUAL_WEIGHT))
    known = [event for event in newest_first if event.status is not Status.UNKNOWN]
    moving = [event for event in newest_first if event.status in MOVEMENT]
    return list({one.event_id: one for one in (*telling[:MOST_TELLING], *known[:NEWEST], *moving[-1:])}.values())


def _place_in_time(event: TrackingEvent) -> tuple[datetime, str]:
    return event.occurred_at, event.event_id


def _doubt(event: TrackingEvent) -> tuple[bool, bool, datetime, str]:
    """Of two readings of one scan: a mapped code, then a place (and so its zone), then the time it was first heard of.

    A scan without a usable time is stamped anew each time it is told; only the first stamp says something.
    """
    return event.status is Status.UNKNOWN, not event.place.country, event.occurred_at, _canonical(event)


def _canonical(value: Value) -> str:
    return value.model_dump_json()
