"""Where parcels go: towns along a route with their postcodes, and the wall clock's distance from UTC there."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Town:
    """A stop on the way."""

    name: str
    region: str
    postcode: str
    country: str
    zone: str

    def local(self, moment: datetime) -> datetime:
        """The wall clock there, with its offset as carriers print it."""
        there = moment.astimezone(ZoneInfo(self.zone))
        return there.replace(tzinfo=timezone(there.utcoffset() or timedelta()))


Route = tuple[Town, Town, Town]
"""Start, hub, place of delivery."""

_NEWARK = Town("Newark", "NJ", "07102", "US", "America/New_York")
_HODGKINS = Town("Hodgkins", "IL", "60525", "US", "America/Chicago")
_MEMPHIS = Town("Memphis", "TN", "38118", "US", "America/Chicago")
_BRISTOL = Town("Bristol", "", "BS1 4QA", "GB", "Europe/London")
_LEIPZIG = Town("Leipzig", "", "04435", "DE", "Europe/Berlin")

_US_TOWNS = {
    "Asheville": Town("Asheville", "NC", "28801", "US", "America/New_York"),
    "Madison": Town("Madison", "WI", "53703", "US", "America/Chicago"),
    "Portland": Town("Portland", "ME", "04101", "US", "America/New_York"),
    "Austin": Town("Austin", "TX", "78701", "US", "America/Chicago"),
    "Savannah": Town("Savannah", "GA", "31401", "US", "America/New_York"),
}
_FAR_TOWNS = {
    "Freiburg": Town("Freiburg", "", "79098", "DE", "Europe/Berlin"),
    "Lyon": Town("Lyon", "", "69002", "FR", "Europe/Paris"),
    "Sevilla": Town("Sevilla", "", "41001", "ES", "Europe/Madrid"),
    "Torino": Town("Torino", "", "10121", "IT", "Europe/Rome"),
    "Dubai": Town("Dubai", "", "00000", "AE", "Asia/Dubai"),
    "Halifax": Town("Halifax", "NS", "B3H 1A1", "CA", "America/Halifax"),
}


def route_to(town: str) -> Route:
    """The route that ends there."""
    if town in _US_TOWNS:
        hub = _MEMPHIS if town in {"Austin", "Savannah"} else _HODGKINS
        return _NEWARK, hub, _US_TOWNS[town]
    return _BRISTOL, _LEIPZIG, _FAR_TOWNS[town]
