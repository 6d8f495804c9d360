"""What a shopper's page may see of a storm: facts, and nothing of the shop's other orders."""

from datetime import datetime

from porchlight.domain.carrier_names import shown_name
from porchlight.domain.model import Value
from porchlight.domain.storms import Incident


class StormView(Value):
    """An incident that holds up a parcel of this order, and many others.

    Attributes:
        since: Since when they stand still.
        confirmed_at: When that was last seen.
    """

    carrier_name: str
    since: datetime
    confirmed_at: datetime


def storm_view(incident: Incident | None) -> StormView | None:
    """The incident as the page tells it; `None` without one."""
    if incident is None:
        return None
    name = shown_name(incident.lane.carrier, "")
    return StormView(carrier_name=name, since=incident.since, confirmed_at=incident.confirmed_at)
