"""What a storm means for one order: who is told of it, and which single alerts wait for its end.

Only a parcel that stands still itself is concerned; one that moves on such a lane has news of its own. The weather is
asked for only then, so that an order whose parcels move costs nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from porchlight.domain.carrier_names import shown_name
from porchlight.domain.draws import position
from porchlight.domain.journeys import Journey, Touchpoint, Trigger
from porchlight.domain.lanes import HELD_UP, Lane, half_day_end, lane_of, lane_parcel
from porchlight.domain.ledger import Decision
from porchlight.domain.localities import NOWHERE, Locality
from porchlight.domain.occurrence import Occurrence, about
from porchlight.domain.purposes import Audience
from porchlight.domain.state import OrderState, ShipmentState
from porchlight.domain.status import Status
from porchlight.domain.storms import Incident, stands_still

SPREAD = timedelta(hours=2)
"""Over so long a time the orders of a storm are looked at again, and not all in one minute."""

_ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)
"""Of a look at nothing."""

type Storms = Callable[[Lane], Incident | None]
"""The incident on a lane that goes on now."""


class Hold(NamedTuple):
    """A single alert whose parcel stands still in a storm.

    Attributes:
        ask_again_at: Whether the storm is over is not known before.
        latest: It is told then, storm or not.
    """

    incident: Incident
    ask_again_at: datetime
    latest: datetime


class Struck(NamedTuple):
    """A parcel that stands still, and the incident of its lane."""

    parcel: ShipmentState
    incident: Incident


@dataclass(frozen=True)  # no slots: they leave no place for what is computed once
class StormLook:
    """One look at an order on account of storms. `None` as journey: no order, no storm."""

    state: OrderState | None = None
    journey: Journey | None = None
    storms: Storms = lambda _: None
    place: Locality = NOWHERE
    now: datetime = _ANY_DAY

    @cached_property
    def struck(self) -> tuple[Struck, ...]:
        """The order's parcels that stand still in a storm, by number."""
        return tuple(self._struck())

    def _struck(self) -> Iterator[Struck]:
        if self.state is None or self.journey is None:
            return
        for parcel in self.state.parcels:
            lane = self._lane_it_rests_on(parcel, self.state, self.journey)
            incident = self.storms(lane) if lane and tells_of_storms(self.journey) else None
            if incident:
                yield Struck(parcel, incident)

    def _lane_it_rests_on(self, parcel: ShipmentState, state: OrderState, journey: Journey) -> Lane | None:
        """The lane of a parcel that stands still. Nearly every look ends at the first line."""
        scanned = parcel.last_scan_at
        if not scanned or (parcel.status is not Status.EXCEPTION and self.now - scanned < journey.storms.no_scan_for):
            return None
        row = lane_parcel(parcel, state)
        rests = row is not None and stands_still(row, journey.storms, self.place, self.now)
        return lane_of(parcel, state) if rests else None

    def found(self, touchpoint: Touchpoint) -> list[Occurrence]:
        """Each incident once, about the first of the order's parcels that stands still in it.

        The merchant is told by the one order whose look opened it.
        """
        firsts: dict[str, Struck] = {}
        for one in self.struck:
            if touchpoint.audience is Audience.SHOPPER or one.incident.opened_by == one_order(self.state):
                firsts.setdefault(one.incident.incident_id, one)
        return [storm_news(one.parcel, one.incident) for one in firsts.values()]

    def hold(self, touchpoint: Touchpoint, about_parcel: ShipmentState | None, due_at: datetime) -> Hold | None:
        """Why this alert waits; `None` when it is about no storm, or its audience hears of storms in no other way."""
        if about_parcel is None or self.journey is None or not is_of_a_lane(touchpoint, about_parcel):
            return None
        of = (one.incident for one in self.struck if one.parcel.tracking_number == about_parcel.tracking_number)
        incident = next(of, None)
        if incident is None or touchpoint.audience not in told_audiences(self.journey):
            return None
        return Hold(incident, self.ask_again_at, due_at + self.journey.storms.hold_at_most)

    @property
    def ask_again_at(self) -> datetime:
        """The same whenever it is asked within a half day, and another for each order."""
        spread = SPREAD * position(one_order(self.state), "storm")
        return half_day_end(self.now - spread) + spread

    @property
    def next_look(self) -> datetime | None:
        """While a storm goes on, its orders see to it that it is looked at."""
        return self.ask_again_at if self.struck else None


NO_STORMS = StormLook()


def one_order(state: OrderState | None) -> str:
    """Its key; empty without an order."""
    return state.order_id if state else ""


def told_audiences(journey: Journey) -> set[Audience]:
    """Who hears of storms as such."""
    return {one.audience for one in journey.switched_on if one.trigger is Trigger.STORM}


def tells_of_storms(journey: Journey) -> bool:
    """Whether anybody hears of them; else nothing is written, looked at or held."""
    return journey.storms.enabled and bool(told_audiences(journey))


def is_of_a_lane(touchpoint: Touchpoint, parcel: ShipmentState) -> bool:
    """Whether an alert about this parcel says what the storm says already. What is urgent never waits for one."""
    if touchpoint.is_urgent:
        return False
    if touchpoint.trigger is Trigger.EXCEPTION:
        return parcel.status is Status.EXCEPTION and parcel.sub_status in HELD_UP
    return touchpoint.trigger in {Trigger.SILENCE, Trigger.LATER_ESTIMATE}


def still_struck(parcel: ShipmentState, state: OrderState, told: Decision) -> bool:
    """Whether a parcel whose storm is about to be told still stands: nothing but its carrier's excuse came since."""
    row = lane_parcel(parcel, state)
    return row is not None and (row.reported or str(parcel.last_scan_at) == told.facts.get("last_scan"))


def storm_news(parcel: ShipmentState, incident: Incident) -> Occurrence:
    """The incident as news of an order; its time is when it was last seen, for so long it is no old news."""
    return about(
        parcel,
        incident.incident_id,
        incident.confirmed_at,
        incident=incident.incident_id,
        carrier=shown_name(incident.lane.carrier, ""),
        country=incident.lane.country,
        still=str(incident.still),
        parcels=str(incident.parcels),
        since=str(incident.since.date()),
        last_scan=str(parcel.last_scan_at),
    )
