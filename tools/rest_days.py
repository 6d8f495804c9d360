"""`python -m tools.rest_days`: writes `domain/rest_days.txt`, the days on which nobody works, by country and region.

In: the library `holidays`, pinned in requirements-dev.txt. Out: one line a place, as the head of the file explains. A
region that rests on the same days as its country has no line. Run it after each new version of the library, which
brings the dates that governments have proclaimed since.
"""

import warnings
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

import holidays
from porchlight.domain.rest_days import Calendar, plain

FILE = Path(__file__).parents[1] / "layers" / "common" / "porchlight" / "domain" / "rest_days.txt"
YEARS = range(2016, 2036)
_FIRST, _AFTER = date(YEARS[0], 1, 1), date(YEARS[-1] + 1, 1, 1)
_DAYS = [_FIRST + timedelta(days=number) for number in range((_AFTER - _FIRST).days)]
_HEAD = f"""\
# Written by `python -m tools.rest_days` from holidays {holidays.__version__} (MIT licence); not meant for editing.
# A line is a place, its fields parted by tabs: country; code and names of the region, parted by |, none for the whole
# country; days of its weekend, 1 is Monday; days of rest in every year; days of rest in one; working days among these.
# {YEARS[0]} to {YEARS[-1]}.
"""


def lines(codes: Iterable[str] = ()) -> Iterator[str]:
    """The file line by line, of all countries or of some."""
    everywhere = holidays.list_supported_countries(include_aliases=False)
    for country in sorted(codes or everywhere):
        usual = rest_of(country)
        yield _line(country, "", usual)
        for region, names in sorted(_names(country, everywhere[country]).items()):
            rest = rest_of(country, region)
            if rest != usual:
                yield _line(country, "|".join([plain(region), *sorted(names)]), rest)


def rest_of(country: str, region: str | None = None) -> Calendar:
    """When a country or one of its regions rests, by the library."""
    with warnings.catch_warnings(action="ignore"):  # years that a country's calendar does not reach
        calendar = holidays.country_holidays(country, subdiv=region, years=YEARS)
    ends = {day: day.weekday() in calendar._get_weekend(day) for day in _DAYS}  # noqa: SLF001 it may change by year
    weekend = frozenset(day.isoweekday() for day in _DAYS[-7:] if ends[day])
    rests = {day for day in _DAYS if (day not in calendar.weekend_workdays if ends[day] else day in calendar)}
    yearly = frozenset.intersection(*(frozenset(f"{day:%m%d}" for day in rests if day.year == year) for year in YEARS))
    usual = {day for day in _DAYS if day.isoweekday() in weekend}
    expected = usual | {day for day in _DAYS if f"{day:%m%d}" in yearly}
    return Calendar(weekend, yearly, frozenset(rests - expected), frozenset(expected - rests))


def _names(country: str, regions: Iterable[str]) -> Mapping[str, set[str]]:
    aliases = getattr(holidays, country).subdivisions_aliases
    return {region: {plain(name) for name, code in aliases.items() if code == region} for region in regions}


def _line(country: str, region: str, rest: Calendar) -> str:
    weekend = "".join(str(day) for day in sorted(rest.weekend))
    return "\t".join((country, region, weekend, " ".join(sorted(rest.yearly)), _dates(rest.once), _dates(rest.works)))


def _dates(days: frozenset[date]) -> str:
    years = sorted({day.year for day in days})
    return " ".join(f"{year}:{','.join(sorted(f'{day:%m%d}' for day in days if day.year == year))}" for year in years)


if __name__ == "__main__":
    FILE.write_text(_HEAD + "".join(f"{line}\n" for line in lines()), encoding="utf-8")
    print(f"{FILE}: {FILE.stat().st_size} bytes")
