"""Where a message arrives: the clock there, and the days on which nobody works."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from zoneinfo import ZoneInfo

from porchlight.domain.orders import Destination
from porchlight.domain.rest_days import WEEKENDS_ONLY, rests_in
from porchlight.domain.tracking import Place as TrackingPlace
from porchlight.domain.zones import zone_of

UTC_ZONE = ZoneInfo("UTC")


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
    rests: Callable[[date], bool] = WEEKENDS_ONLY.rests


NOWHERE = Locality()
"""An order without a destination."""


def locality_of(to: Destination) -> Locality:
    """Where an order goes, as far as its destination says."""
    zone = zone_of(TrackingPlace(city=to.city, region=to.region, postal_code=to.postal_code, country=to.country))
    return Locality(
        country=to.country,
        region=to.region,
        zone=ZoneInfo(zone) if zone else UTC_ZONE,
        known=bool(zone),
        rests=partial(rests_in, to.country, to.region),
    )
