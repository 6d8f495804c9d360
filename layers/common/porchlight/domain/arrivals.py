"""When an order has arrived as a whole: every parcel that counts, and whether a further one may still be on its way.

Stores do not always say what is in a parcel, and not every parcel has a number. What cannot be seen is not taken for
arrived: it is reported as a doubt, or as a part that is not known to be there.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from porchlight.domain.moments import printed_moment
from porchlight.domain.state import OrderState, ShipmentState
from porchlight.domain.status import Status


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What has arrived.

    Attributes:
        seen: Moment of arrival by tracking number.
        complete_at: When the last expected part came; `None` while one is missing. Lies ahead of now where a parcel
            without a number is taken to come by then.
        may_lack_parts: The store does not say what the parcels hold, and more pieces were ordered than parcels came.
    """

    seen: dict[str, datetime]
    complete_at: datetime | None
    may_lack_parts: bool

    @property
    def first_at(self) -> datetime | None:
        """The first arrival that was seen."""
        return min(self.seen.values(), default=None)

    @property
    def last_at(self) -> datetime | None:
        """The last arrival that was seen."""
        return max(self.seen.values(), default=None)


UNSEEN = timedelta(days=21)
"""A parcel without a number is taken to have arrived by then, as nobody will ever say so."""


def arrivals_of(state: OrderState, together_within: timedelta) -> Arrivals:
    """What has arrived of an order.

    Where nothing ships, all is there from the beginning.

    Args:
        state: The order now; its order is known.
        together_within: Pieces that are all there this soon after the order came in one parcel.
    """
    seen = {one.tracking_number: moment for one in state.parcels if (moment := _arrived_at(one))}
    assumed = [one.created_at + UNSEEN for one in state.untracked]
    everything = [*seen.values(), *assumed]
    stated = any(parcel.items for parcel in state.parcels) or any(one.items for one in state.untracked)
    missing = len(seen) < len(state.parcels) or not everything or (stated and _to_be_packed(state))
    placed = state.order.placed_at if state.order else None
    if placed and not everything and _ships_nothing(state):
        return Arrivals(seen={}, complete_at=placed, may_lack_parts=False)
    last = max(everything, default=None)
    soon = last is not None and placed is not None and last - placed <= together_within
    doubtful = not stated and len(everything) < _pieces(state) and not soon
    return Arrivals(seen=seen, complete_at=None if missing else last, may_lack_parts=doubtful)


def day_of(parcel: ShipmentState, moment: datetime) -> date:
    """The day of a parcel's arrival as its carrier printed it, else by UTC."""
    decisive = next((event for event in parcel.events if event.event_id == parcel.decided_by), None)
    printed = printed_moment(decisive)
    return printed.day if printed else moment.date()


def _arrived_at(parcel: ShipmentState) -> datetime | None:
    return (parcel.since or parcel.last_scan_at) if parcel.status is Status.DELIVERED else None


def _pieces(state: OrderState) -> int:
    return sum(item.quantity for item in state.order.items if item.ships) if state.order else 0


def _ships_nothing(state: OrderState) -> bool:
    """Downloads and gift cards only; of an order without any line nobody knows."""
    return bool(state.order and state.order.items) and _pieces(state) == 0


def _to_be_packed(state: OrderState) -> bool:
    """Pieces that are neither in a parcel nor paid back."""
    if state.fully_packed or state.order is None:
        return False
    missing = Counter({item.line_id: item.quantity for item in state.order.items if item.ships})
    groups = {frozenset({one.tracking_number, *one.together_with}): one.items for one in state.parcels}
    loose = (*(one.items for one in state.untracked), *(one.items for one in state.refunds))
    for items in (*groups.values(), *loose):
        for item in items:
            missing[item.line_id] -= item.quantity
    return any(count > 0 for count in missing.values())
