"""A parcel that polling has given up stays given up, whatever its last answer said."""

from datetime import timedelta

import pytest

from tests.fakes import Parcel, Scan
from tests.journey.shop import MINUTE, START, Shop
from tests.simulation.scenarios import POLLED


@pytest.mark.parametrize("age", [timedelta(days=46), timedelta(days=400)])
def test_an_answer_without_a_scan_for_weeks_is_heard_once_and_not_asked_for_again(age):
    shop = Shop()
    shop.site.parcels[POLLED] = Parcel([Scan(START - age, "OR")])
    shop.ordered_and_packed(POLLED, company="UPS")
    shop.run()
    assert len(shop.site.calls) == 2, "a token and one question"
    assert shop.state().shipments[0].events


def test_a_parcel_on_its_way_is_asked_about_until_it_arrives():
    shop = Shop()
    shop.site.parcels[POLLED] = Parcel([Scan(START + MINUTE, "OR"), Scan(START + timedelta(hours=30), "FS", "D")])
    shop.ordered_and_packed(POLLED, company="UPS")
    shop.run()
    assert len(shop.site.calls) > 3
    assert shop.state().all_delivered
