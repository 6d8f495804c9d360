"""Since when a parcel has been silent for too long, as its page says: by the touchpoints that would tell it."""

from datetime import datetime

from porchlight.domain.journeys import Journey, Touchpoint, Trigger
from porchlight.domain.localities import locality_of
from porchlight.domain.parcel_occurrences import silent_from
from porchlight.domain.purposes import Audience
from porchlight.domain.rule_facts import rule_facts
from porchlight.domain.segments import condition_holds
from porchlight.domain.shopper import NOBODY
from porchlight.domain.state import OrderState, ShipmentState


def silent_since(parcel: ShipmentState, state: OrderState, journey: Journey, now: datetime) -> datetime | None:
    """Its last scan, where a touchpoint that is on and for this order finds that too long ago."""
    for one in journey.switched_on:
        if one.trigger is Trigger.SILENCE and one.audience is Audience.SHOPPER:
            limit = silent_from(one, parcel, state.order)
            if limit and limit <= now and _is_for(one, parcel, state, journey, now):
                return parcel.last_scan_at
    return None


def _is_for(touchpoint: Touchpoint, parcel: ShipmentState, state: OrderState, journey: Journey, now: datetime) -> bool:
    """Whether the order meets its condition, as far as the page knows: it does not know the shopper."""
    if not touchpoint.program or state.order is None:
        return not touchpoint.program
    local_now = now.astimezone(locality_of(state.order.destination).zone)
    facts = rule_facts(state, state.order, NOBODY, parcel, local_now)
    return condition_holds(touchpoint.program, journey.segments, facts) is True
