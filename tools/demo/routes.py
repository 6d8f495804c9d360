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

    def zone_letters(self, moment: datetime) -> str:
        """The zone's name in short, as of that moment: `EST` or `EDT`."""
        return moment.astimezone(ZoneInfo(self.zone)).tzname() or ""


Route = tuple[Town, Town, Town]
"""Start, hub, place of delivery."""

_NEWARK = Town("Newark", "NJ", "07102", "US", "America/New_York")
_HODGKINS = Town("Hodgkins", "IL", "60525", "US", "America/Chicago")
_MEMPHIS = Town("Memphis", "TN", "38118", "US", "America/Chicago")
_BRISTOL = Town("Bristol", "", "BS1 4QA", "GB", "Europe/London")
_LEIPZIG = Town("Leipzig", "", "04435", "DE", "Europe/Berlin")
_TORONTO = Town("Toronto", "ON", "M5V 2T6", "CA", "America/Toronto")
_WINNIPEG = Town("Winnipeg", "MB", "R3C 1A1", "CA", "America/Winnipeg")
_SAO_PAULO = Town("São Paulo", "SP", "01310-100", "BR", "America/Sao_Paulo")
_BRASILIA = Town("Brasília", "DF", "70040-010", "BR", "America/Sao_Paulo")

_US_TOWNS = {
    "Asheville": Town("Asheville", "NC", "28801", "US", "America/New_York"),
    "Madison": Town("Madison", "WI", "53703", "US", "America/Chicago"),
    "Portland": Town("Portland", "ME", "04101", "US", "America/New_York"),
    "Austin": Town("Austin", "TX", "78701", "US", "America/Chicago"),
    "Savannah": Town("Savannah", "GA", "31401", "US", "America/New_York"),
}
_FAR_TOWNS = {
    "Freiburg": Town("Freiburg", "", "79098", "DE", "Europe/Berlin"),
    "Bremen": Town("Bremen", "", "28195", "DE", "Europe/Berlin"),
    "Lyon": Town("Lyon", "", "69002", "FR", "Europe/Paris"),
    "Nantes": Town("Nantes", "", "44000", "FR", "Europe/Paris"),
    "Utrecht": Town("Utrecht", "", "3511 AB", "NL", "Europe/Amsterdam"),
    "York": Town("York", "", "YO1 7HH", "GB", "Europe/London"),
    "Sevilla": Town("Sevilla", "", "41001", "ES", "Europe/Madrid"),
    "Torino": Town("Torino", "", "10121", "IT", "Europe/Rome"),
    "Dubai": Town("Dubai", "", "00000", "AE", "Asia/Dubai"),
}
_CANADIAN_TOWNS = {
    "Halifax": Town("Halifax", "NS", "B3H 1A1", "CA", "America/Halifax"),
    "Calgary": Town("Calgary", "AB", "T2P 1J9", "CA", "America/Edmonton"),
    "Vancouver": Town("Vancouver", "BC", "V6B 1A1", "CA", "America/Vancouver"),
}
_BRAZILIAN_TOWNS = {"Recife": Town("Recife", "PE", "50030-230", "BR", "America/Recife")}

THREE_LETTERS = {
    "AE": "ARE",
    "BR": "BRA",
    "CA": "CAN",
    "DE": "DEU",
    "ES": "ESP",
    "FR": "FRA",
    "GB": "GBR",
    "IT": "ITA",
    "NL": "NLD",
    "US": "USA",
}
"""The countries of all these towns as some vendors write them (ISO 3166-1 alpha-3)."""


def route_to(town: str) -> Route:
    """The route that ends there; the shop sends from four places."""
    if town in _US_TOWNS:
        hub = _MEMPHIS if town in {"Austin", "Savannah"} else _HODGKINS
        return _NEWARK, hub, _US_TOWNS[town]
    if town in _CANADIAN_TOWNS:
        return _TORONTO, _WINNIPEG, _CANADIAN_TOWNS[town]
    if town in _BRAZILIAN_TOWNS:
        return _SAO_PAULO, _BRASILIA, _BRAZILIAN_TOWNS[town]
    return _BRISTOL, _LEIPZIG, _FAR_TOWNS[town]
