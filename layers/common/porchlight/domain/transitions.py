"""Which status follows from a parcel's scans, whatever order we heard of them in.

The scans are walked in the order they happened. Which status may replace which is data: `STAYS` lists the scans that do
not displace a status, all others do. So a late scan is shown in the timeline and changes nothing, a parcel that goes
out for delivery again tomorrow may go back to in transit tonight, and a delivered one re-opens only by a return.
"""

from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import TrackingEvent

_EARLY = frozenset({Status.PRE_TRANSIT, Status.CANCELLED, Status.EXPIRED})

STAYS: dict[Status, frozenset[Status]] = {
    Status.UNKNOWN: frozenset(),
    Status.PRE_TRANSIT: frozenset(),
    Status.CANCELLED: frozenset({Status.PRE_TRANSIT, Status.EXPIRED}),
    Status.EXPIRED: frozenset(),
    Status.IN_TRANSIT: _EARLY,
    Status.OUT_FOR_DELIVERY: _EARLY,
    Status.DELIVERY_ATTEMPTED: _EARLY,
    Status.EXCEPTION: _EARLY,
    Status.AVAILABLE_FOR_PICKUP: _EARLY | {Status.IN_TRANSIT},
    Status.RETURN_TO_SENDER: frozenset(Status) - {Status.RETURNED, Status.DELIVERED, Status.RETURN_TO_SENDER},
    Status.DELIVERED: frozenset(Status) - {Status.RETURN_TO_SENDER, Status.RETURNED},
    Status.RETURNED: frozenset(Status),
}
"""For each status, the statuses of later scans that leave it as it is."""

_LEAVES_PICKUP = frozenset({SubStatus.DEPARTED_FACILITY, SubStatus.FORWARDED})
"""A parcel waiting for collection is scanned now and then; only these scans mean that it has left."""

_RANK = {status: rank for rank, status in enumerate(Status)} | {Status.DELIVERY_ATTEMPTED: 2.5}
"""Order of scans of one moment, such as dates without a time: a parcel goes to the shop after the door stayed shut."""


def in_order(events: tuple[TrackingEvent, ...]) -> tuple[TrackingEvent, ...]:
    """By when they happened."""
    return tuple(sorted(events, key=lambda event: (event.occurred_at, _RANK[event.status], event.event_id)))


def walk(events: tuple[TrackingEvent, ...]) -> tuple[TrackingEvent | None, Status]:
    """The scan that decides, and the status it leads to."""
    decisive: TrackingEvent | None = None
    status = Status.UNKNOWN
    for event in events:
        if event.status is Status.UNKNOWN or _stays(status, event):
            continue
        # What is brought back to the sender ends as returned, whatever word the carrier prints at the door.
        came_back = status is Status.RETURN_TO_SENDER and event.status is Status.DELIVERED
        if event.status is status and event.sub_status in {SubStatus.NONE, decisive.sub_status if decisive else None}:
            continue
        decisive, status = event, Status.RETURNED if came_back else event.status
    return decisive, status


def _stays(status: Status, event: TrackingEvent) -> bool:
    if status is Status.AVAILABLE_FOR_PICKUP and event.sub_status in _LEAVES_PICKUP:
        return False
    return event.status in STAYS[status]
