"""A parcel that polling has given up stays given up, whatever its last answer said."""

from datetime import timedelta

from tests.fakes import Parcel, Scan
from tests.journey.shop import MINUTE, START, Shop
from tests.simulation.scenarios import POLLED


def test_an_answer_without_a_scan_for_weeks_is_not_asked_for_again():
    shop = Shop()
    shop.site.parcels[POLLED] = Parcel([Scan(START + MINUTE, "OR")])
    shop.ordered_and_packed(POLLED, company="UPS")
    shop.run()
    asked = max(shop.site.calls)
    assert asked < START + timedelta(days=46)
    assert shop.state().shipments[0].events


def test_a_number_that_was_used_before_is_asked_about_like_one_without_a_scan():
    shop = Shop()
    shop.site.parcels[POLLED] = Parcel(
        [Scan(START - timedelta(days=200), "OR"), Scan(START - timedelta(days=198), "FS", "D")]
    )
    shop.ordered_and_packed(POLLED, company="UPS")
    shop.run()
    [parcel] = shop.state().parcels
    assert len(shop.site.calls) > 10
    assert (parcel.events, len(parcel.truth.set_aside)) == ((), 2)
    assert "delivered" not in shop.told()


def test_a_parcel_on_its_way_is_asked_about_until_it_arrives():
    shop = Shop()
    shop.site.parcels[POLLED] = Parcel([Scan(START + MINUTE, "OR"), Scan(START + timedelta(hours=30), "FS", "D")])
    shop.ordered_and_packed(POLLED, company="UPS")
    shop.run()
    assert len(shop.site.calls) > 3
    assert shop.state().all_delivered
