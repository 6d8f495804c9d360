"""Storms: a large part of what one carrier has for one country stands still. One incident, not a thousand late parcels.

In: what is known of a lane's parcels, and what was found when it was last looked at. Out: the lane's weather, with its
incident. It follows from the set of parcels, in whatever order they were written. A carrier that nobody hears any more
looks like a storm as well, so one begins only where the carrier is known to answer: it was asked and did, or it has
scanned a parcel of the lane within a day.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from statistics import median_low

from porchlight.domain.effects import share
from porchlight.domain.lanes import HALF_DAY, Lane, LaneParcel
from porchlight.domain.localities import Locality
from porchlight.domain.model import Value
from porchlight.domain.storm_rules import StormRules

FORGOTTEN_AFTER = timedelta(days=10)
"""A parcel that stands still for longer is lost, or was never told of its end: it says nothing about today."""
SAME_WITHIN = timedelta(hours=48)
"""What begins again so soon after its end is the same incident, and nobody is told of it anew."""
LONGEST = timedelta(days=14)
"""What lasts longer is no incident: it is how this lane is."""
RESTS_FOR = timedelta(days=30)
"""And so long after it none is declared there."""


class Incident(Value):
    """One storm on a lane.

    Attributes:
        incident_id: `<carrier>-<country>-<hour it was opened>`; the same in every order.
        since: Begin of the half day of the last scan of the middle one of its parcels, when it was opened.
        confirmed_at: When it was last seen.
        lapses_at: It is over then, unless somebody sees it again before.
        ended_at: It was seen to be over; `None` before.
        opened_by: The order whose look opened it: its ledger tells the merchant.
        parcels: On the lane, as of the last look; `still` of them stood still. On a large lane: of a sample.
    """

    incident_id: str
    lane: Lane
    since: datetime
    opened_at: datetime
    confirmed_at: datetime
    lapses_at: datetime
    ended_at: datetime | None = None
    opened_by: str
    parcels: int
    still: int

    def is_open(self, now: datetime) -> bool:
        """Whether it goes on, as far as anybody has seen."""
        return self.ended_at is None and now < self.lapses_at

    @property
    def over_since(self) -> datetime:
        """When it ended, or will if nobody sees it again."""
        return min(self.ended_at or self.lapses_at, self.lapses_at)


class Weather(Value):
    """A lane as of its last look.

    Attributes:
        incident: The last one, also when it is over; `None` before the first.
        version: Grows with each look that is kept; 0 before the first.
    """

    lane: Lane
    looked_at: datetime
    parcels: int = 0
    still: int = 0
    incident: Incident | None = None
    version: int = 0


class Look(Value):
    """One look at a lane.

    Attributes:
        by: The order that asked.
        heard: The carrier is known to answer: it was asked about a parcel of this order lately, and did.
    """

    at: datetime
    by: str
    heard: bool


def working_time(since: datetime, until: datetime, place: Locality) -> timedelta:
    """Time between two moments, without the days on which nobody works there."""
    passed, moment, end = timedelta(0), since.astimezone(place.zone), until.astimezone(place.zone)
    while moment < end:
        midnight = (moment + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        if not place.rests(moment.date()):
            passed += min(midnight, end).astimezone(since.tzinfo) - moment.astimezone(since.tzinfo)
        moment = midnight
    return passed


def stands_still(parcel: LaneParcel, rules: StormRules, place: Locality, now: datetime) -> bool:
    """Whether it is held up, or has rested for unusually long."""
    return parcel.reported or _rests_too_long(parcel.still_since, rules, place, now)


def _rests_too_long(since: datetime, rules: StormRules, place: Locality, now: datetime) -> bool:
    rested = now - since
    if rested < rules.no_scan_for:
        return False
    return rested >= FORGOTTEN_AFTER or working_time(since, now, place) >= rules.no_scan_for


def still_ones(
    parcels: Collection[LaneParcel], rules: StormRules, place: Locality, now: datetime
) -> tuple[list[LaneParcel], int]:
    """Those that stand still, and how many there are on the lane at all."""
    counted = [one for one in parcels if now - one.still_since < FORGOTTEN_AFTER]
    # Of thousands of parcels there are a few half days only.
    too_long = {since for since in {one.still_since for one in counted} if _rests_too_long(since, rules, place, now)}
    return [one for one in counted if one.reported or one.still_since in too_long], len(counted)


def weather(
    before: Weather, parcels: Collection[LaneParcel], rules: StormRules, place: Locality, look: Look
) -> Weather:
    """The lane now. The incident before it, if any, goes on, ends, or is taken up again.

    Args:
        before: As of the last look; the first time one without parcels.
        parcels: Everything known of the lane, or a sample of it.
        rules: The merchant's numbers.
        place: Where the lane goes: its clock and its days of rest.
        look: Who looks, and when.
    """
    still, number = still_ones(parcels, rules, place, look.at)
    counts = {"parcels": number, "still": len(still)}
    found = before.model_copy(update={"looked_at": look.at, "version": before.version + 1, **counts})
    if before.incident and before.incident.is_open(look.at):
        heard = look.heard or len(still) < number
        return found.model_copy(update={"incident": _gone_on(before.incident, found, rules)}) if heard else found
    heard = look.heard or any(look.at - one.still_since < HALF_DAY for one in parcels)
    if not heard or not _is_storm(found, rules):
        return found
    return found.model_copy(update={"incident": _begun(before.incident, found, still, rules, look)})


def _is_storm(found: Weather, rules: StormRules) -> bool:
    enough = found.parcels >= rules.parcels and found.still >= rules.still
    return enough and share(found.still, found.parcels).low >= rules.share


def _gone_on(incident: Incident, found: Weather, rules: StormRules) -> Incident:
    """It needs twice as much to begin as to go on, so that it does not flicker."""
    counts = {"parcels": found.parcels, "still": found.still}
    over = share(found.still, found.parcels).value < rules.share / 2
    if over or found.looked_at - incident.opened_at >= LONGEST:
        return incident.model_copy(update={**counts, "ended_at": found.looked_at})
    return _confirmed(incident.model_copy(update=counts), found.looked_at, rules)


def _begun(last: Incident | None, found: Weather, still: list[LaneParcel], rules: StormRules, look: Look) -> Incident:
    """A new one, or the last one if that has hardly ended."""
    if last and last.over_since - last.opened_at >= LONGEST - rules.lapses_after:
        if look.at - last.over_since < RESTS_FOR:
            return last
    elif last and look.at - last.over_since < SAME_WITHIN:
        counts = {"parcels": found.parcels, "still": found.still, "ended_at": None}
        return _confirmed(last.model_copy(update=counts), look.at, rules)
    fresh = Incident(
        incident_id=f"{found.lane.name}-{look.at:%Y-%m-%dT%H}",
        lane=found.lane,
        since=median_low(one.still_since for one in still) - HALF_DAY,
        opened_at=look.at,
        confirmed_at=look.at,
        lapses_at=look.at,
        opened_by=look.by,
        parcels=found.parcels,
        still=found.still,
    )
    return _confirmed(fresh, look.at, rules)


def _confirmed(incident: Incident, at: datetime, rules: StormRules) -> Incident:
    return incident.model_copy(update={"confirmed_at": at, "lapses_at": at + rules.lapses_after})
