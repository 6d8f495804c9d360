"""What really happens to a parcel: its scans in the order of time. Hand-over and arrival are given, the rest is drawn.

Times of the file have no zone; they are taken as UTC.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from random import Random
from typing import NamedTuple

from porchlight.domain.rest_days import rests_in
from porchlight.domain.status import Status

from tools.simulate.assumptions import FeedModel

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


class Scan(NamedTuple):
    """One scan, and the day of arrival the carrier names with it."""

    at: datetime
    status: Status
    named_day: date | None = None


class Stretch(NamedTuple):
    """A time during which the parcel had one status."""

    since: datetime
    status: Status


class Way(NamedTuple):
    """What is given of a parcel. `promised` is the end of the promised day; `None` where nobody promised one.

    Without a `country` only weekends are days of rest.
    """

    ordered: datetime
    handed_over: datetime
    delivered: datetime | None
    promised: datetime | None
    country: str = ""

    @property
    def days_late(self) -> timedelta:
        """Zero for a parcel in time, and for one that never arrives."""
        if self.delivered is None or self.promised is None:
            return timedelta(0)
        return max(self.delivered - self.promised, timedelta(0))


@dataclass(frozen=True)  # no slots: they leave no place for what is computed once
class Life:
    """One parcel, as nobody but the simulation knows it."""

    number: str
    lines: tuple[str, ...]
    packed_at: datetime
    delivered: datetime | None
    scans: tuple[Scan, ...]

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """What its status truly was, and from when."""
        found: list[Stretch] = []
        for scan in self.scans:
            if not found or found[-1].status is not scan.status:
                found.append(Stretch(scan.at, scan.status))
        return tuple(found)

    def stretch_at(self, moment: datetime) -> Stretch:
        """What its status was; the first one before any scan."""
        return self.stretches[max(0, bisect_right(self.stretches, moment, key=lambda one: one.since) - 1)]

    def arrived_by(self, moment: datetime) -> bool:
        """Whether it was there."""
        return self.delivered is not None and self.delivered <= moment

    def scanned_between(self, since: datetime, until: datetime) -> bool:
        """Whether a scan happened after `since` and not after `until`."""
        return any(since < scan.at <= until for scan in self.scans)


def life(number: str, lines: tuple[str, ...], way: Way, feed: FeedModel, rng: Random) -> Life:
    """Draw a parcel's scans."""
    packed_at = max(way.ordered + HOUR / 2, way.handed_over - rng.uniform(0.2, feed.packed_before) * DAY)
    packed_at = min(packed_at, way.handed_over)
    scans = [Scan(packed_at, Status.PRE_TRANSIT), Scan(way.handed_over, Status.IN_TRANSIT)]
    scans += _on_the_way(way, feed, rng)
    if way.delivered:
        scans += _at_the_door(way.delivered, way.handed_over, feed, rng)
    scans.sort(key=lambda scan: scan.at)
    return Life(number, lines, packed_at, way.delivered, tuple(_with_days(scans, way, feed, rng)))


def _on_the_way(way: Way, feed: FeedModel, rng: Random) -> list[Scan]:
    end = way.delivered - DAY / 2 if way.delivered else way.handed_over + rng.expovariate(1 / feed.lost_after) * DAY
    length = max(end - way.handed_over, timedelta(0))
    moments, moment = [], way.handed_over
    while (moment := moment + rng.gammavariate(2, feed.days_between_scans / 2) * DAY) < end:
        moments.append(_at_work(moment, way.country, feed, rng))
    moments = [one for one in moments if one < end]
    late = bool(way.days_late)
    if late and rng.random() < feed.rests:
        silent = way.handed_over + rng.random() * max(length - way.days_late, timedelta(0))
        moments = [one for one in moments if not silent < one < silent + way.days_late]
    scans = [Scan(one, Status.IN_TRANSIT) for one in moments]
    if length and rng.random() < (feed.exception_late if late or not way.delivered else feed.exception):
        scans.append(Scan(way.handed_over + rng.random() * length, Status.EXCEPTION))
    return scans


def _at_work(moment: datetime, country: str, feed: FeedModel, rng: Random) -> datetime:
    """The next working day at the same time, where this one is none and the carrier keeps it."""
    if rests_in(country, "", moment.date()) and rng.random() < feed.waits_for_work:
        while rests_in(country, "", moment.date()):
            moment += DAY
    return moment


def _at_the_door(delivered: datetime, handed_over: datetime, feed: FeedModel, rng: Random) -> list[Scan]:
    scans = [Scan(delivered, Status.DELIVERED)]
    room = delivered - handed_over
    if rng.random() >= feed.no_van_scan and room > 10 * HOUR:
        scans.append(Scan(delivered - rng.uniform(1, 8) * HOUR, Status.OUT_FOR_DELIVERY))
    if rng.random() < feed.attempt and room > 2 * DAY:
        door = delivered - DAY + rng.uniform(-2, 2) * HOUR
        scans += [Scan(door - 4 * HOUR, Status.OUT_FOR_DELIVERY), Scan(door, Status.DELIVERY_ATTEMPTED)]
        scans.append(Scan(door + 5 * HOUR, Status.IN_TRANSIT))
    return scans


def _with_days(scans: list[Scan], way: Way, feed: FeedModel, rng: Random) -> list[Scan]:
    """The carrier's own day: it slips while it is in the past, and is right shortly before the end."""
    if way.promised is None or rng.random() >= feed.names_day:
        return scans
    named = (way.handed_over + feed.way_share * (way.promised - way.ordered)).date()
    told = []
    for scan in scans:
        if way.delivered and way.delivered - scan.at <= feed.foresees * DAY:
            named = way.delivered.date()
        elif scan.at.date() >= named:
            named = (scan.at + feed.slips_by * DAY).date()
        told.append(scan if scan.status is Status.PRE_TRANSIT else scan._replace(named_day=named))
    return told
