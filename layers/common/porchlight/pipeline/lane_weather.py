"""What an order's parcels tell of their lanes, and what the lanes tell an order: a step beside the order's change.

A parcel is written when another half day of scans began or its turn with the carrier began or ended. A lane is looked
at when an order with a parcel that stands still is, at most once in ten minutes over all processes; who looks writes
what was found for the others to read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from porchlight.domain.errors import ConflictError, TransientError
from porchlight.domain.journeys import Journey
from porchlight.domain.lanes import Lane, LaneParcel, lane_parcels
from porchlight.domain.localities import NOWHERE, Locality, locality_of
from porchlight.domain.records import OrderRecord, Tick
from porchlight.domain.state import OrderState
from porchlight.domain.storm_looks import StormLook
from porchlight.domain.storms import Incident, Look, Weather, still_ones, weather
from porchlight.observability import count, logger
from porchlight.pipeline.ports import Lanes, Queue

LOOK_EVERY = timedelta(minutes=10)
HEARD_WITHIN = timedelta(hours=24)
"""A carrier that answered about a parcel since then is not deaf."""
MOST_PARCELS = 2000
"""Looked at on one lane: the share of so many is known to two in a hundred."""
SETTLE = timedelta(seconds=5)
"""By then what was found is written, so that those called do not look themselves."""


@dataclass(frozen=True, slots=True)
class LanePorts:
    """What storms need.

    Attributes:
        updates: Where the orders of a storm are called to look.
    """

    lanes: Lanes
    updates: Queue


def storm_look(state: OrderState, record: OrderRecord, journey: Journey, ports: LanePorts, now: datetime) -> StormLook:
    """How this order sees storms; nothing is read before a parcel of it stands still."""
    place = locality_of(state.order.destination) if state.order else NOWHERE
    answers = [one.checked_at for one in record.watches.values() if one.checked_at]
    look = Look(at=now, by=state.order_id, heard=any(now - one < HEARD_WITHIN for one in answers))
    return StormLook(
        state, journey, partial(_incident, journey=journey, place=place, look=look, ports=ports), place, now
    )


def note_parcels(before: OrderState | None, after: OrderState, lanes: Lanes, *, anew: bool) -> None:
    """Write what has changed of an order's parcels on their lanes.

    Done before the order is written: who dies in between does it again. A write that fails is left out, for the next
    scan mends it and nothing of the order hangs on it.

    Args:
        before: The order as it was read; `None` for one that is new.
        after: As it will be written.
        lanes: Where to.
        anew: Write all of it: another worker may have written in between.
    """
    held, told = lane_parcels(before) if before else {}, lane_parcels(after)
    try:
        for lane, digest in told.keys() | held.keys():
            parcel = told.get((lane, digest))
            if parcel == held.get((lane, digest)) and not anew:
                continue
            if parcel:
                lanes.keep(lane, parcel)
            else:
                lanes.drop(lane, digest)
    except TransientError:
        count("LaneParcelNotKept")


def open_incident(state: OrderState, journey: Journey, lanes: Lanes, now: datetime) -> Incident | None:
    """The incident that holds up a parcel of this order, as of the last look; one read where a parcel stands still."""

    def known(lane: Lane) -> Incident | None:
        found = lanes.weather(lane)
        return found.incident if found and found.incident and found.incident.is_open(now) else None

    place = locality_of(state.order.destination) if state.order else NOWHERE
    struck = StormLook(state, journey, known, place, now).struck
    return struck[0].incident if struck else None


def _incident(lane: Lane, *, journey: Journey, place: Locality, look: Look, ports: LanePorts) -> Incident | None:
    found = ports.lanes.weather(lane)
    if found is None or look.at - found.looked_at >= LOOK_EVERY:
        found = _looked_at(found or Weather(lane=lane, looked_at=look.at), journey, place, look, ports)
    incident = found.incident
    return incident if incident and incident.is_open(look.at) else None


def _looked_at(before: Weather, journey: Journey, place: Locality, look: Look, ports: LanePorts) -> Weather:
    """Look, call the orders it concerns, and write it for the others; who comes second takes what the first found.

    The orders are called first and come a moment later: whoever dies in between calls them again, which does no harm.
    """
    parcels = ports.lanes.parcels(before.lane, MOST_PARCELS)
    found = weather(before, parcels, journey.storms, place, look)
    called = sorted(_concerned(before, found, parcels, journey, place) - {look.by})
    if called:
        ports.updates.send([Tick(order_id=one, trace=one) for one in called], group=before.lane.name, delay=SETTLE)
    try:
        ports.lanes.keep_weather(found)
    except ConflictError:
        return ports.lanes.weather(before.lane) or found
    _tell_operators(before, found, len(called))
    return found


def _concerned(
    before: Weather, found: Weather, parcels: Iterable[LaneParcel], journey: Journey, place: Locality
) -> set[str]:
    """Orders that may have to tell of it and do not know yet: all when it opens, then those that come to rest."""
    if found.incident is None or not found.incident.is_open(found.looked_at):
        return set()
    parcels = list(parcels)
    still, _ = still_ones(parcels, journey.storms, place, found.looked_at)
    if before.incident and before.incident.is_open(found.looked_at):
        known, _ = still_ones(parcels, journey.storms, place, before.looked_at)
        return {one.order_id for one in still} - {one.order_id for one in known}
    return {one.order_id for one in still}


def _tell_operators(before: Weather, found: Weather, called: int) -> None:
    was = before.incident is not None and before.incident.is_open(found.looked_at)
    now = found.incident is not None and found.incident.is_open(found.looked_at)
    if was == now or found.incident is None:
        return
    count("StormOpened" if now else "StormEnded")
    logger.info(
        "storm opened" if now else "storm ended",
        incident=found.incident.incident_id,
        still=found.still,
        parcels=found.parcels,
        called=called,
    )
