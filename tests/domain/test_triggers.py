"""What happened is read from the state: the same occurrences whatever came first, and a repeat makes no new one."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from porchlight.domain.fold import fold
from porchlight.domain.fulfilments import Refund
from porchlight.domain.journeys import Touchpoint, Trigger
from porchlight.domain.orders import Item
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import date_only, wall_clock
from porchlight.domain.tracking import TrackingEvent
from porchlight.domain.triggers import Occurrence, next_moment, occurrences, silent_from

from tests.domain.stories import (
    JOURNEY,
    ONE,
    THREE,
    TWO,
    Statement,
    carrier_statements,
    fulfilment,
    heard,
    hours,
    order,
    parcel,
    says,
    scan,
    store_says,
)

S = Status
PACKED = store_says(order=order(), packed=[fulfilment(ONE)])


ON_THE_WAY = frozenset(Trigger) - {
    Trigger.ORDER_PLACED,
    Trigger.NOT_PACKED,
    Trigger.PACKED,
    Trigger.SPLIT,
}
"""Triggers that need more than an order and its packing."""


def touchpoint(trigger: Trigger) -> Touchpoint:
    usual = (one for one in JOURNEY.touchpoints if one.trigger is trigger and not one.reasons)
    return next(usual, Touchpoint.model_construct(id=trigger.value, trigger=trigger))


def found(trigger: Trigger, *said: Statement, at: float = 500) -> list[Occurrence]:
    return occurrences(touchpoint(trigger), fold(heard([PACKED, *said])), hours(at))


def keys(trigger: Trigger, *said: Statement, at: float = 500) -> list[str]:
    return [one.key for one in found(trigger, *said, at=at)]


def test_an_order_is_placed_once_however_often_it_is_edited() -> None:
    assert keys(Trigger.ORDER_PLACED, store_says(order=order(updated=9, items=2))) == ["order"]


def test_an_order_placed_a_moment_ahead_of_our_clock_is_looked_at_when_it_comes() -> None:
    state = fold(heard([store_says(order=order(placed_at=hours(0.01)))]))
    placed = touchpoint(Trigger.ORDER_PLACED)
    assert occurrences(placed, state, hours(0)) == []
    assert next_moment(placed, state, hours(0)) == hours(0.01)
    assert next_moment(placed, state, hours(0.01)) is None


def test_each_parcel_moves_for_the_first_time_once() -> None:
    moving = [says(ONE, scan(5, S.PRE_TRANSIT), scan(6, S.IN_TRANSIT), scan(9, S.IN_TRANSIT, code="b"))]
    [occurrence] = found(Trigger.FIRST_MOVEMENT, *moving)
    assert (occurrence.key, occurrence.at) == (ONE, hours(6))


def test_a_label_is_not_a_movement() -> None:
    assert keys(Trigger.FIRST_MOVEMENT, says(ONE, scan(5, S.PRE_TRANSIT), scan(6, S.UNKNOWN))) == []


def test_a_packing_without_a_number_counts_as_shipped() -> None:
    untracked = store_says(packed=[fulfilment(ident="f9", lines=[2], created=4)])
    assert keys(Trigger.FIRST_MOVEMENT, untracked) == ["untracked.f9"]
    state = fold(heard([PACKED, untracked]))
    assert next_moment(touchpoint(Trigger.FIRST_MOVEMENT), state, hours(3)) == hours(4)


def test_out_for_delivery_is_news_once_a_day() -> None:
    days = [scan(hour, S.OUT_FOR_DELIVERY, code=f"o{hour}") for hour in (24, 25, 48, 50)]
    assert keys(Trigger.OUT_FOR_DELIVERY, says(ONE, *days)) == [f"{ONE}.2026-06-02", f"{ONE}.2026-06-03"]


@pytest.mark.parametrize("status", [S.OUT_FOR_DELIVERY, S.DELIVERY_ATTEMPTED])
def test_a_summary_without_scans_that_is_repeated_every_day_is_news_once(status: Status) -> None:
    daily = [says(ONE, status=status, heard=hour) for hour in (9, 33, 57)]
    [first] = found(Trigger(status), daily[0])
    assert (first.key, first.at) == (f"{ONE}.2026-06-01", hours(9))
    assert found(Trigger(status), *daily) == [first]


def test_the_scan_that_follows_a_summary_the_same_day_is_the_same_news() -> None:
    summary = says(ONE, status=S.OUT_FOR_DELIVERY, heard=9)
    scanned = says(ONE, scan(8.5, S.OUT_FOR_DELIVERY), heard=10)
    assert keys(Trigger.OUT_FOR_DELIVERY, summary) == keys(Trigger.OUT_FOR_DELIVERY, summary, scanned)


def test_the_day_is_the_one_the_carrier_printed() -> None:
    local = wall_clock(hours(12).replace(tzinfo=None), "America/Los_Angeles")
    assert local.occurred_at.date() == date(2026, 6, 2)
    assert keys(Trigger.DELIVERY_ATTEMPTED, says(ONE, scan(local, S.DELIVERY_ATTEMPTED))) == [f"{ONE}.2026-06-01"]
    day = date_only(date(2026, 6, 4), None)
    assert keys(Trigger.DELIVERY_ATTEMPTED, says(ONE, scan(day, S.DELIVERY_ATTEMPTED))) == [f"{ONE}.2026-06-04"]


def test_an_exception_is_news_once_for_each_reason() -> None:
    storm = [scan(hour, S.EXCEPTION, SubStatus.WEATHER, code=f"w{hour}") for hour in (5, 29, 53)]
    assert keys(Trigger.EXCEPTION, says(ONE, *storm)) == [f"{ONE}.weather"]
    assert keys(Trigger.EXCEPTION, says(ONE, *storm, scan(60, S.EXCEPTION, SubStatus.HELD))) == [f"{ONE}.held"]


def test_a_resolved_exception_is_no_news() -> None:
    assert keys(Trigger.EXCEPTION, says(ONE, scan(5, S.EXCEPTION), scan(6, S.IN_TRANSIT))) == []


@pytest.mark.parametrize(
    ("days", "at", "expected"),
    [
        ([4, 6], 40, [f"{ONE}.2026-06-06"]),
        ([6, 4], 40, []),
        ([4, 4], 40, []),
        ([4], 40, []),
        ([4, 6], 24 * 6 + 20, []),
    ],
)
def test_a_later_day_is_news_while_it_is_still_to_come(days: list[int], at: float, expected: list[str]) -> None:
    said = [says(ONE, scan(5, S.IN_TRANSIT), estimate=date(2026, 6, day), heard=10 + n) for n, day in enumerate(days)]
    assert keys(Trigger.LATER_ESTIMATE, *said, at=at) == expected


def test_a_later_day_of_a_delivered_parcel_is_no_news() -> None:
    said = [says(ONE, estimate=date(2026, 6, 4), heard=5), says(ONE, scan(8, S.DELIVERED), estimate=date(2026, 6, 6))]
    assert keys(Trigger.LATER_ESTIMATE, *said, at=10) == []


def test_silence_begins_when_the_stage_has_been_silent_for_its_limit() -> None:
    moving = says(ONE, scan(5, S.IN_TRANSIT))
    assert keys(Trigger.SILENCE, moving, at=5 + 95.9) == []
    [occurrence] = found(Trigger.SILENCE, moving, at=5 + 96)
    assert occurrence.at == hours(5 + 96)


def test_a_scan_clears_the_silence_and_the_next_one_is_another() -> None:
    first, second = scan(5, S.IN_TRANSIT, code="a"), scan(130, S.IN_TRANSIT, code="b")
    before = keys(Trigger.SILENCE, says(ONE, first), at=120)
    assert keys(Trigger.SILENCE, says(ONE, first), says(ONE, second), at=131) == []
    after = keys(Trigger.SILENCE, says(ONE, first, second), at=130 + 120)  # from Saturday, which is none of the days
    assert (len(before), len(after)) == (1, 1)
    assert before != after


def test_a_late_heard_older_scan_does_not_make_a_new_silence() -> None:
    newest, older = scan(5, S.IN_TRANSIT, code="a"), scan(4, S.IN_TRANSIT, code="b")
    assert keys(Trigger.SILENCE, says(ONE, newest), at=120) == keys(Trigger.SILENCE, says(ONE, newest, older), at=120)


def test_a_parcel_never_scanned_is_silent_from_when_it_was_packed() -> None:
    assert keys(Trigger.SILENCE, at=1 + 95.9) == []
    assert keys(Trigger.SILENCE, at=1 + 96) == [f"{ONE}.no_scan"]


@pytest.mark.parametrize("status", [S.DELIVERED, S.RETURNED, S.CANCELLED, S.AVAILABLE_FOR_PICKUP])
def test_where_no_scan_is_expected_nothing_is_silent(status: Status) -> None:
    assert silent_from(touchpoint(Trigger.SILENCE), parcel(scan(5, status)), None) is None


@pytest.mark.parametrize("reason", [SubStatus.LOST, SubStatus.DISPOSED])
def test_a_parcel_declared_lost_is_not_told_to_be_silent_as_well(reason: SubStatus) -> None:
    silence = touchpoint(Trigger.SILENCE)
    assert silent_from(silence, parcel(scan(5, S.EXCEPTION, reason)), None) is None
    assert silent_from(silence, parcel(scan(5, S.EXCEPTION, SubStatus.WEATHER)), None) is not None


def test_the_next_moment_is_the_end_of_the_first_silence() -> None:
    both = store_says(packed=[fulfilment(ONE, TWO, updated=2)])
    state = fold(heard([PACKED, both, says(ONE, scan(9, S.IN_TRANSIT)), says(TWO, scan(6, S.IN_TRANSIT))]))
    silence = touchpoint(Trigger.SILENCE)
    assert next_moment(silence, state, hours(10)) == hours(6 + 96)
    assert next_moment(silence, state, hours(6 + 96)) == hours(9 + 96)
    assert next_moment(silence, state, hours(500)) is None


def test_nothing_is_said_about_a_superseded_parcel() -> None:
    said = [says(ONE, scan(5, S.DELIVERED)), store_says(packed=[fulfilment(TWO, updated=9)])]
    assert [keys(trigger, *said, at=20) for trigger in ON_THE_WAY] == [[]] * len(ON_THE_WAY)


@pytest.mark.parametrize("status", [S.UNKNOWN, S.PRE_TRANSIT, S.CANCELLED, S.EXPIRED])
def test_what_is_not_news_for_a_shopper_triggers_nothing(status: Status) -> None:
    said = says(ONE, scan(5, status), status=status)
    news = [keys(trigger, said, at=20) for trigger in ON_THE_WAY]
    assert news == [[]] * len(ON_THE_WAY)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_occurrences_do_not_depend_on_the_order_of_statements(data: st.DataObject) -> None:
    said = data.draw(st.lists(carrier_statements, max_size=5))
    packed = store_says(order=order(), packed=[fulfilment(ONE, TWO, THREE)])
    other = data.draw(st.permutations([packed, *said, *said]))
    one, two = fold(heard([packed, *said])), fold(heard(other))
    for trigger in Trigger:
        first = occurrences(touchpoint(trigger), one, hours(70))
        assert first == occurrences(touchpoint(trigger), two, hours(70))
        assert len({occurrence.key for occurrence in first}) == len(first)


def test_facts_of_an_occurrence_hold_no_personal_data() -> None:
    buyer = order(items=1).model_copy(update={"items": (Item(line_id="1", title="Engraved: for Ada"),)})
    state = fold(heard([store_says(order=buyer, packed=[fulfilment(ONE)]), says(ONE, scan(5, S.EXCEPTION))]))
    told = str([one.facts for trigger in Trigger for one in occurrences(touchpoint(trigger), state, hours(200))])
    assert "Ada" not in told
    assert "example.com" not in told


def test_a_step_at_the_border_is_told_until_another_follows() -> None:
    held, cleared = scan(5, S.EXCEPTION, SubStatus.CUSTOMS_HELD), scan(9, S.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED)
    again = scan(7, S.EXCEPTION, SubStatus.CUSTOMS_HELD, code="again")
    customs = Touchpoint(id="customs", trigger=Trigger.CUSTOMS)

    def steps(*scans: TrackingEvent) -> list[tuple[str, datetime]]:
        return [(one.key, one.at) for one in occurrences(customs, fold(heard([PACKED, says(ONE, *scans)])), hours(500))]

    assert steps(held, again) == [(f"{ONE}.customs_held", hours(5))]
    assert steps(held, again, cleared) == [(f"{ONE}.customs_cleared", hours(9))]
    assert steps(scan(5, S.IN_TRANSIT)) == []


def test_a_step_at_the_border_that_only_a_summary_tells_is_told() -> None:
    summary = says(ONE, status=S.EXCEPTION, sub=SubStatus.DUTY_DUE, heard=6)
    duty = Touchpoint(id="duty_due", trigger=Trigger.CUSTOMS, reasons=(SubStatus.DUTY_DUE,))
    cleared = Touchpoint(id="cleared", trigger=Trigger.CUSTOMS, reasons=(SubStatus.CUSTOMS_CLEARED,))
    state = fold(heard([PACKED, summary]))
    assert [one.key for one in occurrences(duty, state, hours(500))] == [f"{ONE}.duty_due"]
    assert occurrences(cleared, state, hours(500)) == []


def test_a_reason_that_another_touchpoint_tells_is_left_to_it() -> None:
    other = Touchpoint(id="exception", trigger=Trigger.EXCEPTION, other_reasons_than=(SubStatus.LOST,))
    lost, held = (
        fold(heard([PACKED, says(ONE, scan(5, S.EXCEPTION, sub))])) for sub in (SubStatus.LOST, SubStatus.HELD)
    )
    assert occurrences(other, lost, hours(500)) == []
    assert [one.key for one in occurrences(other, held, hours(500))] == [f"{ONE}.held"]


@pytest.mark.parametrize(("refunded", "told"), [(9.5, []), (10.5, []), (12, ["refund.r1"])])
def test_a_refund_that_comes_with_a_cancellation_is_told_with_it(refunded: float, told: list[str]) -> None:
    cancelled = store_says(order=order(updated=10, cancelled_at=hours(10)))
    refund = Refund(refund_id="r1", refunded_at=hours(refunded), amount="5.00", currency="EUR")
    paid_back = cancelled.model_copy(update={"order": None, "refunds": (refund,)})
    assert keys(Trigger.REFUNDED, cancelled, paid_back) == told


def test_what_a_store_dates_ahead_of_our_clock_is_looked_at_when_it_comes() -> None:
    state = fold(heard([store_says(order=order(updated=2, cancelled_at=hours(2)))]))
    cancelled = Touchpoint(id="cancelled", trigger=Trigger.ORDER_CANCELLED)
    assert next_moment(cancelled, state, hours(1)) == hours(2)
    assert next_moment(cancelled, state, hours(2)) is None


def test_a_supply_begins_when_everything_has_arrived() -> None:
    bought = order().model_copy(update={"items": (Item(line_id="1", title="Tea", sku="TEA"),)})
    state = fold(heard([store_says(order=bought, packed=[fulfilment(ONE)]), says(ONE, scan(10, S.DELIVERED))]))
    tea = Touchpoint(id="replenish", trigger=Trigger.REPLENISH, lasts={"TEA": timedelta(days=28)})
    [supply] = occurrences(tea, state, hours(11))
    assert (supply.key, supply.at) == ("replenish.1", hours(10))
