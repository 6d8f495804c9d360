"""One thing that has happened that somebody might want to know."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from porchlight.domain.journeys import Touchpoint
from porchlight.domain.state import OrderState, ShipmentState


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One thing that happened.

    Attributes:
        key: Unique within touchpoint and order.
        at: When it happened, by the teller's clock.
        shipment: The parcel it is about; `None` for the order as a whole.
        facts: What was looked at.
    """

    key: str
    at: datetime
    shipment: ShipmentState | None
    facts: dict[str, str]


type Finder = Callable[[Touchpoint, OrderState, datetime], Iterator[Occurrence]]
"""Everything that has happened up to a moment for a touchpoint of one trigger."""


def about(parcel: ShipmentState, key: str, at: datetime, **more: str) -> Occurrence:
    """An occurrence of one parcel, with what was looked at."""
    facts = {"parcel": parcel.tracking_number, "status": parcel.status.value, "sub_status": parcel.sub_status.value}
    if parcel.estimate:
        facts["estimate"] = str(parcel.estimate)
    return Occurrence(key, at, parcel, facts | more)
