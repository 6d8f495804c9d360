"""State follows from the set of facts: what happened, not what was heard last."""

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from porchlight.domain.facts import OrderFacts
from porchlight.domain.fold import fold
from porchlight.domain.fulfilments import FulfilmentEvent
from porchlight.domain.state import ShipmentState
from porchlight.domain.status import Action, Finality, Responsible, Status, SubStatus
from porchlight.domain.times import date_only, plausible, wall_clock
from porchlight.domain.tracking import Estimate

from tests.domain.stories import (
    ONE,
    TWO,
    Statement,
    fulfilment,
    heard,
    hours,
    order,
    parcel,
    says,
    scan,
    scans,
    store_says,
)

S = Status
PACKED = store_says(order=order(), packed=[fulfilment(ONE)])
FIRST_DAY, LATER_DAY = date(2026, 6, 4), date(2026, 6, 8)


@pytest.mark.parametrize("heard_in", list(permutations(range(3))))
def test_delivered_then_out_for_delivery_then_in_transit_in_any_order_is_delivered(heard_in: tuple[int, ...]) -> None:
    happened = [scan(10, S.IN_TRANSIT), scan(20, S.OUT_FOR_DELIVERY), scan(26, S.DELIVERED)]
    state = parcel(*[happened[index] for index in heard_in])
    assert (state.status, state.since) == (S.DELIVERED, hours(26))
    assert [event.status for event in state.events] == [S.IN_TRANSIT, S.OUT_FOR_DELIVERY, S.DELIVERED]


def test_scans_stamped_after_the_delivery_do_not_reopen_it() -> None:
    state = parcel(scan(26, S.DELIVERED), scan(27, S.OUT_FOR_DELIVERY), scan(28, S.IN_TRANSIT), scan(30, S.EXCEPTION))
    assert (state.status, state.since) == (S.DELIVERED, hours(26))


@settings(max_examples=100, deadline=None)
@given(st.lists(scans, max_size=8))
def test_a_delivered_parcel_is_left_only_by_a_return(found: list) -> None:
    state = parcel(scan(1, S.DELIVERED), *found)
    left = {S.RETURN_TO_SENDER, S.RETURNED} & {event.status for event in found}
    assert state.status in ({S.RETURN_TO_SENDER, S.RETURNED} if left else {S.DELIVERED})


@pytest.mark.parametrize(
    ("happened", "status"),
    [
        ([], S.UNKNOWN),
        ([S.PRE_TRANSIT], S.PRE_TRANSIT),
        ([S.PRE_TRANSIT, S.IN_TRANSIT, S.PRE_TRANSIT], S.IN_TRANSIT),
        ([S.IN_TRANSIT, S.UNKNOWN], S.IN_TRANSIT),
        ([S.IN_TRANSIT, S.OUT_FOR_DELIVERY, S.IN_TRANSIT], S.IN_TRANSIT),
        ([S.OUT_FOR_DELIVERY, S.DELIVERY_ATTEMPTED, S.OUT_FOR_DELIVERY, S.DELIVERED], S.DELIVERED),
        ([S.IN_TRANSIT, S.EXCEPTION, S.IN_TRANSIT], S.IN_TRANSIT),
        ([S.AVAILABLE_FOR_PICKUP, S.IN_TRANSIT], S.AVAILABLE_FOR_PICKUP),
        ([S.AVAILABLE_FOR_PICKUP, S.DELIVERED], S.DELIVERED),
        ([S.CANCELLED, S.PRE_TRANSIT], S.CANCELLED),
        ([S.CANCELLED, S.IN_TRANSIT], S.IN_TRANSIT),
        ([S.EXPIRED, S.IN_TRANSIT], S.IN_TRANSIT),
        ([S.IN_TRANSIT, S.EXPIRED], S.IN_TRANSIT),
        ([S.EXCEPTION, S.RETURN_TO_SENDER, S.IN_TRANSIT, S.OUT_FOR_DELIVERY], S.RETURN_TO_SENDER),
        ([S.RETURN_TO_SENDER, S.DELIVERED], S.RETURNED),
        ([S.DELIVERED, S.RETURN_TO_SENDER], S.RETURN_TO_SENDER),
        ([S.DELIVERED, S.RETURNED], S.RETURNED),
        ([S.DELIVERED, S.RETURN_TO_SENDER, S.DELIVERED], S.RETURNED),
        ([S.RETURNED, S.DELIVERED, S.IN_TRANSIT], S.RETURNED),
    ],
)
def test_status_after_these_scans(happened: list[Status], status: Status) -> None:
    assert parcel(*[scan(hour, one) for hour, one in enumerate(happened, 2)]).status is status


def test_returned_after_delivered_reopens_the_parcel() -> None:
    delivered = parcel(scan(5, S.DELIVERED))
    assert (delivered.finality, delivered.is_open) == (Finality.REVERSIBLE, False)
    coming_back = parcel(scan(5, S.DELIVERED), scan(9, S.RETURN_TO_SENDER))
    assert (coming_back.finality, coming_back.is_open) == (Finality.OPEN, True)
    assert parcel(scan(5, S.DELIVERED), scan(9, S.RETURNED)).finality is Finality.FINAL


def test_a_parcel_that_is_forwarded_leaves_the_pickup_point() -> None:
    state = parcel(scan(5, S.AVAILABLE_FOR_PICKUP), scan(9, S.IN_TRANSIT, SubStatus.FORWARDED))
    assert state.status is S.IN_TRANSIT


def test_an_unknown_scan_is_shown_and_changes_nothing() -> None:
    before, after = parcel(scan(5, S.IN_TRANSIT)), parcel(scan(5, S.IN_TRANSIT), scan(9, S.UNKNOWN, code="??"))
    assert (after.status, after.since, after.last_scan_at) == (before.status, before.since, before.last_scan_at)
    assert len(after.events) == 2


def test_a_parcel_of_which_only_unknown_is_said_has_no_status() -> None:
    state = parcel(scan(5, S.UNKNOWN), status=S.UNKNOWN)
    assert (state.status, state.since, state.moving_since, state.last_scan_id) == (S.UNKNOWN, None, None, "")


def test_a_status_begins_with_its_first_scan_and_a_repeat_changes_nothing() -> None:
    state = parcel(scan(5, S.IN_TRANSIT, code="a"), scan(9, S.IN_TRANSIT, code="b"))
    assert (state.since, state.last_scan_at) == (hours(5), hours(9))
    weather = parcel(
        scan(5, S.EXCEPTION, SubStatus.WEATHER), scan(9, S.EXCEPTION, SubStatus.WEATHER), scan(11, S.EXCEPTION)
    )
    assert (weather.sub_status, weather.since) == (SubStatus.WEATHER, hours(5))


def test_a_new_reason_begins_a_new_exception() -> None:
    state = parcel(scan(5, S.EXCEPTION, SubStatus.WEATHER), scan(9, S.EXCEPTION, SubStatus.ADDRESS_PROBLEM))
    assert (state.sub_status, state.since) == (SubStatus.ADDRESS_PROBLEM, hours(9))
    assert (state.action, state.responsible) == (Action.FIX_ADDRESS, Responsible.RECIPIENT)


@pytest.mark.parametrize("turned", [False, True])
def test_dates_without_a_time_end_at_the_furthest_stage_of_the_day(turned: bool) -> None:
    day = date_only(date(2026, 6, 3), "Europe/Berlin")
    stages = [S.IN_TRANSIT, S.OUT_FOR_DELIVERY, S.DELIVERY_ATTEMPTED, S.AVAILABLE_FOR_PICKUP]
    said = [scan(day, one) for one in stages]
    assert parcel(*(said[::-1] if turned else said)).status is S.AVAILABLE_FOR_PICKUP
    assert parcel(*said, scan(day, S.DELIVERED)).status is S.DELIVERED


def test_an_impossible_time_is_flagged_and_stands_where_it_was_heard() -> None:
    ancient = plausible(wall_clock(hours(0).replace(year=1970, tzinfo=None), None), hours(6))
    state = parcel(scan(5, S.IN_TRANSIT), scan(ancient, S.EXCEPTION))
    assert (state.status, state.since) == (S.EXCEPTION, hours(6))


def test_a_summary_counts_where_there_is_no_scan() -> None:
    state = parcel(status=S.IN_TRANSIT, heard_at=7)
    assert (state.status, state.since, state.moving_since, state.decided_by) == (S.IN_TRANSIT, hours(7), hours(7), "")


def only_parcel(*said: Statement) -> ShipmentState:
    return fold(heard([PACKED, *said])).shipments[0]


def test_a_summary_that_is_repeated_began_when_it_was_first_said() -> None:
    repeated = [says(ONE, status=S.OUT_FOR_DELIVERY, heard=heard) for heard in (9, 33, 57)]
    for said in permutations(repeated):
        assert only_parcel(*said).since == hours(9)
    other = says(ONE, status=S.OUT_FOR_DELIVERY, heard=8, source="easypost")
    assert only_parcel(*repeated, other).since == hours(8)


def test_a_summary_with_another_reason_begins_anew() -> None:
    reasons = [(9, SubStatus.WEATHER), (33, SubStatus.WEATHER), (57, SubStatus.ADDRESS_PROBLEM)]
    state = only_parcel(*(says(ONE, status=S.EXCEPTION, sub=sub, heard=heard) for heard, sub in reasons))
    assert (state.sub_status, state.since) == (SubStatus.ADDRESS_PROBLEM, hours(57))


def test_an_order_stored_before_first_times_were_kept_takes_the_latest() -> None:
    facts = heard([PACKED, *(says(ONE, status=S.OUT_FOR_DELIVERY, heard=when) for when in (9, 33))])
    stored = facts.model_dump(mode="json")
    del stored["shipments"][0]["first_said"]
    assert fold(OrderFacts.model_validate(stored)).shipments[0].since == hours(33)


def test_a_summary_of_delivered_began_no_sooner_than_the_scan_it_overrides() -> None:
    too_soon, then = says(ONE, status=S.DELIVERED, heard=9), says(ONE, status=S.DELIVERED, heard=40)
    van = says(ONE, scan(30, S.OUT_FOR_DELIVERY), heard=30)
    state = only_parcel(too_soon, van, then)
    assert (state.status, state.since, state.decided_by) == (S.DELIVERED, hours(30), "")


def test_a_summary_of_delivered_counts_over_older_scans() -> None:
    state = parcel(scan(5, S.OUT_FOR_DELIVERY), status=S.DELIVERED, heard_at=9)
    assert (state.status, state.since) == (S.DELIVERED, hours(9))


def test_a_summary_of_delivered_does_not_count_over_a_newer_scan() -> None:
    assert parcel(scan(15, S.EXCEPTION), status=S.DELIVERED, heard_at=9).status is S.EXCEPTION


def test_a_summary_of_delivered_says_nothing_about_a_parcel_on_its_way_back() -> None:
    assert parcel(scan(5, S.RETURN_TO_SENDER), status=S.DELIVERED, heard_at=9).status is S.RETURN_TO_SENDER


def test_any_other_summary_yields_to_the_scans() -> None:
    assert parcel(scan(5, S.IN_TRANSIT), status=S.EXCEPTION, heard_at=9).status is S.IN_TRANSIT


def two_numbers(*said: object) -> dict[str, ShipmentState]:
    return {one.tracking_number: one for one in fold(heard(said)).shipments}


def test_a_replaced_number_stops_but_keeps_its_history() -> None:
    states = two_numbers(
        store_says(order=order(), packed=[fulfilment(ONE)]),
        says(ONE, scan(5, S.IN_TRANSIT)),
        store_says(packed=[fulfilment(TWO, updated=6)]),
        says(TWO, scan(7, S.IN_TRANSIT)),
    )
    assert (states[ONE].superseded, states[ONE].is_open, len(states[ONE].events)) == (True, False, 1)
    assert (states[TWO].superseded, states[TWO].is_open) == (False, True)


def test_the_parcel_of_a_cancelled_packing_no_longer_counts() -> None:
    state = fold(
        heard([store_says(order=order(), packed=[fulfilment(ONE), fulfilment(TWO, ident="f2", cancelled=True)])])
    )
    assert [one.tracking_number for one in state.parcels] == [ONE]
    assert [one.superseded for one in state.shipments] == [False, True]


def test_scans_that_come_before_the_fulfilment_are_kept_for_it() -> None:
    alone = two_numbers(says(ONE, scan(5, S.IN_TRANSIT)))
    assert alone[ONE].superseded
    joined = two_numbers(says(ONE, scan(5, S.IN_TRANSIT)), store_says(packed=[fulfilment(ONE)]))
    assert (joined[ONE].superseded, joined[ONE].status, joined[ONE].fulfilment_id) == (False, S.IN_TRANSIT, "f1")


def test_a_fulfilment_before_its_order_is_a_shell_that_the_order_fills() -> None:
    packed = store_says(packed=[fulfilment(ONE)])
    shell = fold(heard([packed]))
    assert (shell.order, len(shell.parcels), shell.fully_packed) == (None, 1, False)
    assert fold(heard([packed, store_says(order=order())])) == fold(heard([store_says(order=order()), packed]))


def test_store_scans_count_for_the_only_parcel_of_their_packing() -> None:
    told = FulfilmentEvent(
        fulfilment_id="f1", event=scan(5, S.OUT_FOR_DELIVERY, source="shopify"), estimate=Estimate(day=FIRST_DAY)
    )
    one = two_numbers(store_says(order=order(), packed=[fulfilment(ONE)], scans=[told]))
    assert (one[ONE].status, one[ONE].estimate) == (S.OUT_FOR_DELIVERY, Estimate(day=FIRST_DAY))
    both = two_numbers(store_says(order=order(), packed=[fulfilment(ONE, TWO)], scans=[told]))
    assert {state.status for state in both.values()} == {S.UNKNOWN}


def test_a_box_of_two_packings_holds_the_items_of_both() -> None:
    packed = [fulfilment(ONE, lines=[1]), fulfilment(ONE, ident="f2", lines=[2], created=3)]
    state = fold(heard([store_says(order=order(items=2), packed=packed)]))
    assert [item.line_id for item in state.shipments[0].items] == ["1", "2"]
    assert (state.shipments[0].packed_at, state.fully_packed) == (hours(1), True)


def test_a_number_that_a_packing_lists_twice_is_one_parcel() -> None:
    state = fold(heard([store_says(order=order(), packed=[fulfilment(ONE, ONE)])]))
    assert [len(one.items) for one in state.shipments] == [1]


def test_an_order_is_fully_packed_when_every_piece_that_ships_is_packed() -> None:
    two = order(items=2)
    download = two.items[1].model_copy(update={"ships": False})
    part = [fulfilment(ONE, lines=[1])]
    assert not fold(heard([store_says(order=two, packed=part)])).fully_packed
    assert fold(
        heard([store_says(order=two.model_copy(update={"items": (two.items[0], download)}), packed=part)])
    ).fully_packed
    pair = two.items[0].model_copy(update={"quantity": 2})
    assert not fold(heard([store_says(order=two.model_copy(update={"items": (pair,)}), packed=part)])).fully_packed


def test_all_delivered_waits_for_what_is_not_packed_yet() -> None:
    half = [store_says(order=order(items=2), packed=[fulfilment(ONE, lines=[1])]), says(ONE, scan(5, S.DELIVERED))]
    assert not fold(heard(half)).all_delivered
    rest = [store_says(packed=[fulfilment(TWO, ident="f2", lines=[2])]), says(TWO, scan(6, S.DELIVERED))]
    assert fold(heard([*half, *rest])).all_delivered


def test_a_packing_without_a_number_is_known_as_untracked() -> None:
    state = fold(heard([store_says(order=order(), packed=[fulfilment()])]))
    assert ([one.fulfilment_id for one in state.untracked], state.parcels) == (["f1"], ())


def test_the_latest_estimate_of_the_carrier_counts() -> None:
    state = two_numbers(
        store_says(order=order(promised=Estimate(day=date(2026, 6, 2))), packed=[fulfilment(ONE)]),
        says(ONE, estimate=LATER_DAY, heard=9),
        says(ONE, estimate=FIRST_DAY, heard=5),
    )[ONE]
    assert (state.estimate, state.first_estimate) == (Estimate(day=LATER_DAY), Estimate(day=FIRST_DAY))


def test_what_the_shop_promised_stands_in_until_the_carrier_says_a_day() -> None:
    promise = Estimate(day=LATER_DAY)
    state = two_numbers(store_says(order=order(promised=promise), packed=[fulfilment(ONE)]))[ONE]
    assert (state.estimate, state.first_estimate) == (promise, promise)


def test_a_withdrawn_estimate_is_not_a_later_one() -> None:
    state = two_numbers(
        store_says(order=order(promised=Estimate(day=LATER_DAY)), packed=[fulfilment(ONE)]),
        says(ONE, estimate=FIRST_DAY, heard=5),
        says(ONE, scan(8, S.OUT_FOR_DELIVERY), heard=9),
    )[ONE]
    assert state.estimate == state.first_estimate == Estimate(day=LATER_DAY)


def test_last_scan_is_the_packing_before_there_is_a_scan() -> None:
    state = parcel()
    assert (state.last_scan_at, state.last_scan_id, state.packed_at) == (hours(1), "", hours(1))
