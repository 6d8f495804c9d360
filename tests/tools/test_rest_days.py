"""The shipped days of rest are what the pinned library says, and reach far enough ahead."""

from datetime import UTC, datetime, timedelta

import pytest
from porchlight.domain.rest_days import calendar_of

from tools.rest_days import FILE, YEARS, lines, rest_of

PLACES = ["AE", "BR", "CN", "DE", "GB", "IL", "IN", "JP", "SA", "US"]
SHIPPED = FILE.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("country", PLACES)
def test_shipped_file_is_what_the_library_says(country: str) -> None:
    assert [line for line in SHIPPED if line.startswith(f"{country}\t")] == list(lines([country]))


@pytest.mark.parametrize(("country", "region"), [("DE", "BY"), ("US", "CA"), ("CN", None), ("SA", None)])
def test_what_is_written_is_read_again(country: str, region: str | None) -> None:
    assert calendar_of(country, region or "") == rest_of(country, region)


def test_every_line_is_a_place_and_its_calendar() -> None:
    places = [tuple(line.split("\t")) for line in SHIPPED if not line.startswith("#")]
    assert {len(fields) for fields in places} == {6}
    assert len({fields[:2] for fields in places}) == len(places)
    assert len([fields for fields in places if not fields[1]]) == 250


def test_file_reaches_two_years_ahead() -> None:
    """When this fails, move `YEARS` in tools/rest_days.py on and write the file anew."""
    assert (datetime.now(UTC) + timedelta(days=730)).year in YEARS
