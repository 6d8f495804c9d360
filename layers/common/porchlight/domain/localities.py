"""Where a message arrives: the clock there, and the days on which nobody works."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from porchlight.domain.orders import Destination
from porchlight.domain.tracking import Place as TrackingPlace
from porchlight.domain.zones import zone_of

UTC_ZONE = ZoneInfo("UTC")
_SATURDAY = 6


def _weekend(day: date) -> bool:
    return day.isoweekday() >= _SATURDAY


@dataclass(frozen=True, slots=True)
class Locality:
    """Where somebody is, as coarse as rules need.

    Attributes:
        zone: The clock; UTC when nobody knows.
        known: Whether the zone is known.
        rests: Whether a day is a weekend or a holiday there.
    """

    country: str = ""
    region: str = ""
    zone: ZoneInfo = UTC_ZONE
    known: bool = False
    rests: Callable[[date], bool] = _weekend


NOWHERE = Locality()
"""An order without a destination."""


def locality_of(to: Destination) -> Locality:
    """Where an order goes, as far as its destination says."""
    zone = zone_of(TrackingPlace(city=to.city, region=to.region, postal_code=to.postal_code, country=to.country))
    return Locality(country=to.country, region=to.region, zone=ZoneInfo(zone) if zone else UTC_ZONE, known=bool(zone))
