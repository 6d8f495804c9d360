"""Lanes: what one carrier has on its way to one country, and what a parcel tells of it, without anything personal."""

import hashlib
import re
from datetime import datetime, timedelta

from porchlight.domain.carrier_names import AGGREGATORS
from porchlight.domain.model import Value
from porchlight.domain.state import OrderState, ShipmentState
from porchlight.domain.status import Responsible, Status, SubStatus

HALF_DAY = timedelta(hours=12)
HELD_UP = frozenset({SubStatus.WEATHER, SubStatus.DELAYED})
"""Problems of the whole lane rather than of one parcel, in the carrier's own word."""

_ON_ITS_WAY = frozenset({Status.IN_TRANSIT, Status.OUT_FOR_DELIVERY, Status.EXCEPTION})
_OF_ITS_OWN = frozenset({SubStatus.LOST, SubStatus.DISPOSED, SubStatus.DAMAGED, SubStatus.UNDELIVERABLE})
_CODE, _COUNTRY = re.compile(r"[a-z0-9_]{1,40}"), re.compile(r"[A-Z]{2}")


class Lane(Value):
    """What one carrier has for one country.

    Attributes:
        carrier: Our code of who moves it.
        country: ISO 3166-1 alpha-2.
    """

    carrier: str
    country: str

    @property
    def name(self) -> str:
        """As a key."""
        return f"{self.carrier}-{self.country}"


class LaneParcel(Value):
    """One parcel on a lane.

    Attributes:
        digest: Of order and tracking number.
        still_since: End of the half day of its last scan: it is written anew only for another half day, so a parcel
            may have rested for twelve hours longer, never shorter.
        reported: The carrier itself says that it is held up.
    """

    digest: str
    order_id: str
    still_since: datetime
    reported: bool = False


def lane_of(parcel: ShipmentState, state: OrderState) -> Lane | None:
    """The lane it is on; `None` where nobody knows who moves it, or whereto."""
    country = state.order.destination.country if state.order else ""
    if parcel.carrier in AGGREGATORS or not _CODE.fullmatch(parcel.carrier) or not _COUNTRY.fullmatch(country):
        return None
    return Lane(carrier=parcel.carrier, country=country)


def parcel_digest(parcel: ShipmentState, state: OrderState) -> str:
    """A parcel of an order, without its number."""
    return hashlib.blake2b(f"{state.order_id}\x1f{parcel.tracking_number}".encode(), digest_size=12).hexdigest()


def lane_parcel(parcel: ShipmentState, state: OrderState) -> LaneParcel | None:
    """What it tells of its lane; `None` unless it is the carrier's turn to move it.

    A parcel that was never scanned may still lie at the shop, one at a pick-up point or at the border waits for
    somebody else, and one that was lost tells of itself alone.
    """
    waits_for = parcel.responsible in {Responsible.CARRIER, Responsible.WEATHER}
    moves = parcel.is_open and parcel.status in _ON_ITS_WAY and parcel.moving_since and parcel.last_scan_id
    if not (moves and waits_for and parcel.last_scan_at) or parcel.sub_status in _OF_ITS_OWN:
        return None
    return LaneParcel(
        digest=parcel_digest(parcel, state),
        order_id=state.order_id,
        still_since=half_day_end(parcel.last_scan_at),
        reported=parcel.status is Status.EXCEPTION and parcel.sub_status in HELD_UP,
    )


def lane_parcels(state: OrderState) -> dict[tuple[Lane, str], LaneParcel | None]:
    """What each parcel of an order tells of its lane, by lane and digest; `None` for nothing."""
    lanes = ((one, lane_of(one, state)) for one in state.parcels)
    return {(lane, parcel_digest(one, state)): lane_parcel(one, state) for one, lane in lanes if lane}


def half_day_end(moment: datetime) -> datetime:
    """The next noon or midnight, UTC."""
    return moment.replace(hour=moment.hour - moment.hour % 12, minute=0, second=0, microsecond=0) + HALF_DAY
