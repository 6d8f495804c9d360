"""What has happened that somebody might want to know: occurrences, found in the state, never in a transition.

Because they are read from the state, an occurrence is the same whatever order the facts came in, and a repeat of a fact
makes no new one. Each has a key that is unique within its touchpoint and order, made from the facts. A touchpoint that
waits is due that long after its occurrence.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from porchlight.domain.journeys import Touchpoint, Trigger
from porchlight.domain.occurrence import Finder, Occurrence
from porchlight.domain.order_occurrences import ORDER_FINDERS
from porchlight.domain.parcel_occurrences import PARCEL_FINDERS, silent_from
from porchlight.domain.state import OrderState

__all__ = ["FINDERS", "Occurrence", "next_moment", "occurrences", "silent_from"]

FINDERS: dict[Trigger, Finder] = ORDER_FINDERS | PARCEL_FINDERS
_BY_THE_CLOCK = {*ORDER_FINDERS, Trigger.PACKED}
"""Triggers whose facts may lie ahead of the moment in which they are heard."""
_EVER = datetime.max.replace(tzinfo=UTC)


def occurrences(touchpoint: Touchpoint, state: OrderState, now: datetime) -> list[Occurrence]:
    """Everything that has happened up to `now` for this touchpoint, due or not."""
    return list(FINDERS[touchpoint.trigger](touchpoint, state, now))


def next_moment(touchpoint: Touchpoint, state: OrderState, now: datetime) -> datetime | None:
    """When this touchpoint may become due without any further fact."""
    if touchpoint.trigger not in _BY_THE_CLOCK and not touchpoint.no_scan_for:
        return None
    moments = list(_moments_to_come(touchpoint, state))
    if touchpoint.no_scan_for:
        moments += [moment for parcel in state.parcels if (moment := silent_from(touchpoint, parcel, state.order))]
    return min((moment for moment in moments if moment > now), default=None)


def _moments_to_come(touchpoint: Touchpoint, state: OrderState) -> Iterator[datetime]:
    """A store's clock may be a moment ahead of ours: what it says then becomes true without a further word.

    What runs out after so many days becomes true in the same way.
    """
    if touchpoint.trigger in _BY_THE_CLOCK:
        yield from (one.at for one in FINDERS[touchpoint.trigger](touchpoint, state, _EVER))
