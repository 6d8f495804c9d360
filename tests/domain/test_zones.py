"""The zone tables: every name exists, and places whose zone would be a guess have none."""

from zoneinfo import ZoneInfo

import pytest
from porchlight.domain.tracking import Place
from porchlight.domain.zones import REGION_OF_NAME, ZONE_OF_COUNTRY, ZONE_OF_REGION, zone_of


def test_every_zone_of_the_tables_exists() -> None:
    for zone in {*ZONE_OF_COUNTRY.values(), *ZONE_OF_REGION.values()}:
        assert ZoneInfo(zone).key == zone


def test_every_region_name_leads_to_a_zone() -> None:
    assert {(country, code) for (country, _), code in REGION_OF_NAME.items()} <= set(ZONE_OF_REGION)


def test_all_states_and_provinces_are_listed() -> None:
    counts = {country: sum(key[0] == country for key in ZONE_OF_REGION) for country in ("US", "CA", "AU", "BR")}
    assert counts == {"US": 51 + 5, "CA": 13 + 1, "AU": 8, "BR": 27}


@pytest.mark.parametrize(
    ("country", "region", "zone"),
    [
        ("US", "CA", "America/Los_Angeles"),
        ("us", "tx", "America/Chicago"),
        ("US", "New York", "America/New_York"),
        ("US", "north dakota", "America/Chicago"),
        ("CA", "ON", "America/Toronto"),
        ("CA", "Québec", "America/Toronto"),
        ("AU", "QLD", "Australia/Brisbane"),
        ("BR", "AM", "America/Manaus"),
        ("DE", "", "Europe/Berlin"),
        ("DE", "CA", "Europe/Berlin"),
        ("IN", "KA", "Asia/Kolkata"),
    ],
)
def test_place_has_the_zone_of_its_people(country: str, region: str, zone: str) -> None:
    assert zone_of(Place(country=country, region=region)) == zone


@pytest.mark.parametrize(
    ("country", "region"), [("US", ""), ("US", "XX"), ("CA", ""), ("RU", ""), ("ID", ""), ("", "CA")]
)
def test_undecided_place_has_no_zone(country: str, region: str) -> None:
    assert zone_of(Place(country=country, region=region)) is None
