"""The days on which nobody works: weekends and public holidays of a country, and of a region where it has its own.

Read from `rest_days.txt`, which `python -m tools.rest_days` writes from a well-kept library (decision record 0015). A
country that is not listed has a weekend and no holidays. After the last year of the file only the holidays that fall on
the same date each year remain. A region that is not listed, or not known, rests with its country.
"""

import unicodedata
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

_FILE = Path(__file__).with_name("rest_days.txt")
_PLACES_KEPT = 64
"""A warm function serves a handful of countries; a calendar takes some 15 kB."""


class Calendar(NamedTuple):
    """When a place rests.

    Attributes:
        weekend: ISO numbers of weekdays.
        yearly: Days of rest in every year, as `0101`.
        once: Other days of rest.
        works: Days of work although they fall on a weekend: some countries move working days there.
    """

    weekend: frozenset[int]
    yearly: frozenset[str] = frozenset()
    once: frozenset[date] = frozenset()
    works: frozenset[date] = frozenset()

    def rests(self, day: date) -> bool:
        """Whether nobody works there on a day."""
        if day in self.once:
            return True
        usual = day.isoweekday() in self.weekend or f"{day.month:02}{day.day:02}" in self.yearly
        return usual and day not in self.works


WEEKENDS_ONLY = Calendar(frozenset({6, 7}))


def rests_in(country: str, region: str, day: date) -> bool:
    """Whether nobody works on a day in a country, by its code, and a region of it, by code or name."""
    return calendar_of(country.strip().upper(), region.strip()).rests(day)


@lru_cache(maxsize=_PLACES_KEPT)
def calendar_of(country: str, region: str) -> Calendar:
    """The calendar of a place. The file is read once a place, which takes about a millisecond."""
    places = [line.split("\t") for line in _lines(country)]
    names = {plain(region), plain(region).removeprefix(f"{country.lower()}-")} - {""}
    regional = [fields for _, listed, *fields in places if names & set(listed.split("|"))]
    national = [fields for _, listed, *fields in places if not listed]
    return _calendar(*(regional or national)[0]) if places else WEEKENDS_ONLY


def plain(region: str) -> str:
    """A region's code or name without case and accents."""
    letters = unicodedata.normalize("NFKD", region.casefold())
    return "".join(one for one in letters if not unicodedata.combining(one))


def _lines(country: str) -> list[str]:
    with _FILE.open(encoding="utf-8") as file:
        return [line.rstrip("\n") for line in file if line.startswith(f"{country}\t")]


def _calendar(weekend: str, yearly: str, once: str, works: str) -> Calendar:
    return Calendar(frozenset(map(int, weekend)), frozenset(yearly.split()), _dates(once), _dates(works))


def _dates(written: str) -> frozenset[date]:
    years = (year.partition(":") for year in written.split())
    return frozenset(date(int(year), int(day[:2]), int(day[2:])) for year, _, days in years for day in days.split(","))
