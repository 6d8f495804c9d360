"""The same scan told by several sources is one scan: the finer telling stands, and who else told it is known.

Two tellings are copies when their times agree to two minutes, or to the minute on the wall clock (an aggregator may
have lost or invented the zone), or to the day where one of them knows no more, and their meanings do not contradict.
One source never copies itself: two scans of one source at one moment are two scans.
"""

from collections.abc import Sequence
from datetime import timedelta

from porchlight.domain.carrier_names import AGGREGATORS, ANSWERED_BY, NAME_OF
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import TimeQuality
from porchlight.domain.tracking import Labeller, TrackingEvent

SAME_MOMENT = timedelta(minutes=2)
_MINUTE = len("2026-01-01T00:00")
_DAY = len("2026-01-01")


def directness(source: str, carrier: str) -> int:
    """How directly a source knows a parcel: 0 its carrier or group, 1 another carrier, 2 an aggregator, 3 a store."""
    if source == carrier or source in ANSWERED_BY.get(carrier, ()):
        return 0
    if source in AGGREGATORS:
        return 2
    return 1 if source in NAME_OF else 3


def each_scan_once(
    events: Sequence[TrackingEvent], carrier: str
) -> tuple[list[TrackingEvent], dict[str, tuple[str, ...]]]:
    """Every scan in its finest telling, and the sources of those that several told, by `event_id`."""
    groups: list[list[TrackingEvent]] = []
    for event in sorted(events, key=lambda one: _coarseness(one, carrier)):
        alike = [group for group in groups if _is_copy(group, event)]
        if alike:
            min(alike, key=lambda group: _distance(group[0], event)).append(event)
        else:
            groups.append([event])
    told = {group[0].event_id: tuple(sorted({one.source for one in group})) for group in groups if len(group) > 1}
    return [group[0] for group in groups], told


def _coarseness(event: TrackingEvent, carrier: str) -> tuple[object, ...]:
    quality = list(TimeQuality).index(event.time_quality)
    no_reason = event.sub_status is SubStatus.NONE
    return (
        event.status is Status.UNKNOWN,
        event.labelled_by is Labeller.MODEL,
        quality,
        directness(event.source, carrier),
        no_reason,
        not event.place.city,
        event.occurred_at,
        event.event_id,
    )


def _is_copy(group: Sequence[TrackingEvent], event: TrackingEvent) -> bool:
    if any(one.source == event.source for one in group):
        return False
    return _same_time(group[0], event) and _same_meaning(group[0], event)


def _same_time(fine: TrackingEvent, coarse: TrackingEvent) -> bool:
    if TimeQuality.CLAMPED in {fine.time_quality, coarse.time_quality}:
        return False
    if TimeQuality.DATE_ONLY in {fine.time_quality, coarse.time_quality}:
        return fine.local_time[:_DAY] == coarse.local_time[:_DAY] and _same_place(fine, coarse)
    if abs(fine.occurred_at - coarse.occurred_at) <= SAME_MOMENT:
        return True
    return len(fine.local_time) >= _MINUTE and fine.local_time[:_MINUTE] == coarse.local_time[:_MINUTE]


def _same_place(fine: TrackingEvent, coarse: TrackingEvent) -> bool:
    one, other = fine.place.city.casefold(), coarse.place.city.casefold()
    return not one or not other or one == other


def _same_meaning(fine: TrackingEvent, coarse: TrackingEvent) -> bool:
    if fine.status is coarse.status:
        return fine.sub_status is coarse.sub_status or SubStatus.NONE in {fine.sub_status, coarse.sub_status}
    if fine.description and fine.description.casefold() == coarse.description.casefold():
        return True
    dated = TimeQuality.DATE_ONLY in {fine.time_quality, coarse.time_quality}
    plain = coarse.status is Status.IN_TRANSIT and coarse.sub_status is SubStatus.NONE
    return coarse.status is Status.UNKNOWN or (plain and not dated)


def _distance(fine: TrackingEvent, coarse: TrackingEvent) -> tuple[bool, bool, timedelta, str]:
    apart = abs(fine.occurred_at - coarse.occurred_at)
    return fine.status is not coarse.status, fine.sub_status is not coarse.sub_status, apart, fine.event_id
