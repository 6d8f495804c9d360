"""F11, F28, F29, F31: the clock that is late, doubled or wrong, and parcels that come and go."""

from datetime import timedelta

import pytest
from porchlight.pipeline.due_release import release

from tests import payloads
from tests.fakes import Parcel, Scan
from tests.journey.shop import HOUR, MINUTE, ORDER, START, Shop
from tests.simulation.scenarios import POLLED

NUMBERS = [f"1Z999AA1012345678{index}" for index in range(5)]


def test_f11_a_number_added_replaced_and_removed_stops_and_keeps_its_history() -> None:
    shop = Shop()
    shop.ordered_and_packed("EV1")
    shop.scanned(HOUR, "EV1", [(START + HOUR, "pre_transit")], "e1")
    both = payloads.fulfilment(START, "EV1", "EV2", company="Evri", updated_at=START + 2 * HOUR)
    one = payloads.fulfilment(START, "EV2", company="Evri", updated_at=START + 3 * HOUR)
    none = payloads.fulfilment(START, company="Evri", updated_at=START + 5 * HOUR)
    for index, body in enumerate((both, one, none)):
        shop.shop((2 + index) * HOUR, "fulfillments/update", body)
    shop.scanned(6 * HOUR, "EV1", [(START + HOUR, "pre_transit"), (START + 6 * HOUR, "in_transit")], "e2")
    shop.run()

    state = shop.state()
    assert state.parcels == ()
    assert {one.tracking_number: len(one.events) for one in state.shipments} == {"EV1": 2, "EV2": 0}
    assert shop.told() == ["order_confirmed", "new_number", "shipped"]


def test_f11_a_polled_number_that_is_replaced_is_no_longer_asked_about() -> None:
    shop = Shop()
    for number in NUMBERS[:2]:
        shop.site.parcels[number] = Parcel([Scan(START + MINUTE, "OR"), Scan(START + 50 * HOUR, "FS", "D")])
    shop.ordered_and_packed(NUMBERS[0], company="UPS")
    replaced = payloads.fulfilment(START, NUMBERS[1], updated_at=START + HOUR)
    shop.shop(HOUR, "fulfillments/update", replaced)
    watched: list[set[str]] = []
    shop.later(2 * HOUR, lambda: watched.append({number for _, number in shop.table.watches}))
    shop.run()

    assert watched == [{NUMBERS[1]}]


@pytest.mark.parametrize("late", [timedelta(seconds=60), 2 * HOUR], ids=str)
def test_f28_a_schedule_that_did_not_fire_catches_up_within_the_budget(late: timedelta) -> None:
    shop = Shop()
    for number in NUMBERS:
        shop.site.parcels[number] = Parcel([Scan(START + MINUTE, "OR"), Scan(START + 3 * HOUR, "FS", "D")])
    shop.ordered_and_packed(*NUMBERS, company="UPS")
    shop._last_release = START + late
    shop.run()

    assert shop.site.calls[0] >= START + late
    assert [parcel.status for parcel in shop.state().parcels] == ["delivered"] * 5
    for start in shop.site.calls:
        assert sum(start <= one < start + HOUR for one in shop.site.calls) <= 4


def test_f28_a_schedule_that_fires_twice_does_the_work_once() -> None:
    shop = Shop()
    shop.site.parcels[POLLED] = Parcel([Scan(START + MINUTE, "OR")])
    shop.shop(0 * MINUTE, "orders/create", payloads.order(START))
    shop.shop(MINUTE, "fulfillments/create", payloads.fulfilment(START, POLLED))

    def twice() -> None:
        for _ in range(3):
            release(shop._release, shop.now)

    shop.later(3 * MINUTE, twice)
    shop.later(4 * MINUTE, twice)
    calls: list[int] = []
    shop.later(50 * MINUTE, lambda: calls.append(len(shop.site.calls)))
    shop.run()

    assert calls == [2]  # one token, one answer


def test_f29_a_second_sweep_finds_the_shards_taken() -> None:
    shop = Shop()
    shop.shop(0 * MINUTE, "orders/create", payloads.order(START + 5 * MINUTE))
    released: list[int] = []

    def overlapping() -> None:
        original = shop.table.give_back

        def slow(cursor: object) -> None:
            shop.table.give_back = original  # type: ignore[method-assign]  # only the first run is slow
            released.append(release(shop._release, shop.now))
            original(cursor)  # type: ignore[arg-type]  # passed on as it came

        shop.table.give_back = slow  # type: ignore[method-assign]  # overlaps with another run
        released.append(release(shop._release, shop.now))

    shop.later(7 * MINUTE, overlapping)
    shop._last_release = START + 8 * MINUTE
    shop.run()

    assert sorted(released) == [0, 1]
    assert shop.told() == ["order_confirmed"]


@pytest.mark.parametrize("minutes", [-10, 10])
def test_f31_a_worker_whose_clock_is_off_sends_nothing_twice(minutes: int) -> None:
    """Versions and attempts fence, not clocks: every second batch is handled by a worker whose clock is wrong."""
    shop = Shop()
    handle = shop.messages._handle
    turns = iter(range(1000))

    def askew(body: str) -> None:
        true, off = shop.now, next(turns) % 2
        shop.now = true + off * minutes * MINUTE
        try:
            handle(body)
        finally:
            shop.now = true

    shop.messages._handle = askew
    shop.ordered_and_packed("EV1")
    shop.scanned(HOUR, "EV1", [(START + HOUR, "in_transit")], "e1")
    shop.scanned(9 * HOUR, "EV1", [(START + HOUR, "in_transit"), (START + 9 * HOUR, "delivered")], "e2")
    shop.run()

    assert shop.told() == ["order_confirmed", "shipped", "delivered"]


def test_f31_an_order_from_a_shop_whose_clock_is_ahead_is_confirmed_when_its_time_has_come() -> None:
    shop = Shop()
    shop.shop(0 * MINUTE, "orders/create", payloads.order(START + 7 * MINUTE))
    shop.run()

    assert shop.told() == ["order_confirmed"]
    assert shop.provider.mails[0].at >= START + 7 * MINUTE
    assert ORDER in shop.table.facts


def test_a_poll_that_fails_late_in_a_long_journey_does_not_give_the_parcel_up() -> None:
    """Thirty days without a scan end the watch; thirty days since the packing do not."""
    shop = Shop()
    day = timedelta(days=1)
    scans = [Scan(START + index * day + HOUR, "DP") for index in range(38)]
    shop.site.parcels[POLLED] = Parcel([*scans, Scan(START + 39 * day, "FS", "D")])
    shop.outage = (START + 34 * day, START + 35 * day)
    shop.ordered_and_packed(POLLED, company="UPS")
    shop.run()

    assert shop.told() == ["order_confirmed", "shipped", "delivered"]
