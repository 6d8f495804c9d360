"""What is sent, what waits, what is dropped and why; each decision once."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from porchlight.domain.decide import Plan, decide
from porchlight.domain.judging import GUARDS
from porchlight.domain.ledger import Decision, Outcome
from porchlight.domain.orders import Person
from porchlight.domain.status import Status, SubStatus

from tests.domain.stories import (
    JOURNEY,
    ONE,
    THREE,
    TWO,
    Story,
    carrier_statements,
    fulfilment,
    hours,
    only,
    order,
    says,
    scan,
    scans,
    statements,
    store_says,
)

S = Status
SEND, DELAY, MERGE, DROP = Outcome.SEND, Outcome.DELAY, Outcome.MERGE, Outcome.DROP
ALL_PACKED = store_says(order=order(items=1), packed=[fulfilment(ONE)])
THREE_PARCELS = store_says(order=order(), packed=[fulfilment(ONE, TWO, THREE)])


def confirmed(*said: object) -> Story:
    """A story whose order was confirmed at once and whose parcel is known."""
    story = Story().hears(ALL_PACKED)
    story.looks(1)
    return story.hears(*said)


def decided(story: Story, touchpoint: str) -> list[Decision]:
    return [one for one in story.ledger.values() if one.touchpoint == touchpoint]


def guard(decision: Decision, name: str) -> Outcome | None:
    [verdict] = [one for one in decision.verdicts if one.guard == name]
    return verdict.outcome


# ---- one parcel, one life


def test_the_life_of_a_parcel_makes_one_message_for_each_milestone() -> None:
    story = Story().hears(ALL_PACKED)
    life = [(2, S.PRE_TRANSIT), (9, S.IN_TRANSIT), (30, S.IN_TRANSIT), (71, S.OUT_FOR_DELIVERY), (77, S.DELIVERED)]
    for hour, status in life:
        story.hears(says(ONE, scan(hour, status), heard=hour)).looks(hour)
        story.looks(hour + 1)
    assert story.sent() == ["order_confirmed", "shipped", "out_for_delivery", "delivered"]
    assert story.looks(78).look_again_at is None


def test_every_decision_keeps_its_reasons() -> None:
    story = confirmed(says(ONE, scan(5, S.IN_TRANSIT), estimate=date(2026, 6, 4)))
    story.looks(6)
    [shipped] = decided(story, "shipped")
    assert (shipped.outcome, shipped.channel, shipped.tracking_number) == (SEND, "email", ONE)
    assert (shipped.rule_version, shipped.trigger) == (JOURNEY.version, "first_movement")
    assert (shipped.happened_at, shipped.decided_at) == (hours(5), hours(6))
    assert shipped.facts == {"parcel": ONE, "status": "in_transit", "sub_status": "none", "estimate": "2026-06-04"}
    assert [verdict.guard for verdict in shipped.verdicts] == [guard.__name__ for guard in GUARDS]
    assert all(verdict.sentence for verdict in shipped.verdicts)
    assert shipped.tells == (shipped.decision_id,)
    assert shipped.reason == "nothing speaks against it"


def test_deciding_twice_adds_nothing() -> None:
    story = confirmed(says(ONE, scan(5, S.EXCEPTION, SubStatus.WEATHER)))
    assert story.looks(6).decisions
    assert story.looks(6).decisions == ()
    assert story.looks(7).decisions == ()


def test_unknown_is_never_news() -> None:
    story = confirmed(says(ONE, scan(5, S.UNKNOWN, code="??"), status=S.UNKNOWN))
    assert story.looks(6).decisions == ()


def test_nothing_is_decided_before_the_order_is_known() -> None:
    story = Story(reach=()).hears(store_says(packed=[fulfilment(ONE)]), says(ONE, scan(5, S.IN_TRANSIT)))
    plan = story.looks(6)
    assert (plan.decisions, plan.look_again_at) == ((), None)
    story.reach = ("email",)
    story.hears(store_says(order=order())).looks(7)
    assert sorted(story.sent()) == ["order_confirmed", "shipped"]


# ---- guards


def test_a_touchpoint_that_is_off_costs_no_row() -> None:
    story = Story(journey=only("order_confirmed", enabled=False)).hears(ALL_PACKED)
    assert story.looks(1) == Plan((), None)
    assert story.ledger == {}


def test_a_cancelled_order_gets_no_good_news_but_a_moving_parcel_is_told_about() -> None:
    cancelled = store_says(order=order(updated=2, cancelled_at=hours(2)))
    story = Story().hears(ALL_PACKED, cancelled, says(ONE, scan(5, S.IN_TRANSIT)))
    story.looks(6)
    sent = {"cancelled#cancelled": SEND, f"shipped#{ONE}": SEND}
    assert story.outcomes() == {"order_confirmed#order": DROP} | sent
    assert decided(story, "order_confirmed")[0].reason == "the order was cancelled"
    [told] = decided(story, "cancelled")
    assert told.facts == {"order": order().number}
    assert [one.sentence for one in told.verdicts if one.guard == "order_stands"] == [
        "it is about the end of the order"
    ]


def test_a_shopper_without_an_address_is_not_written_to_and_the_ledger_says_so() -> None:
    nobody = store_says(order=order(shopper=Person()))
    story = Story(reach=()).hears(nobody)
    story.looks(1)
    [dropped] = story.ledger.values()
    assert (dropped.outcome, guard(dropped, "reachable"), dropped.channel) == (DROP, DROP, "")


def test_the_first_channel_that_reaches_the_shopper_is_used() -> None:
    journey = only("order_confirmed", channels=["sms", "email"])
    for reach, used in ((("email",), "email"), (("email", "sms"), "sms")):
        story = Story(journey=journey, reach=reach).hears(ALL_PACKED)
        story.looks(1)
        assert [one.channel for one in story.ledger.values()] == [used]


@pytest.mark.parametrize("touchpoint", ["shipped", "out_for_delivery", "delivered", "exception", "ready_for_pickup"])
def test_news_older_than_its_limit_is_recorded_but_not_told(touchpoint: str) -> None:
    status = {
        "shipped": S.IN_TRANSIT,
        "out_for_delivery": S.OUT_FOR_DELIVERY,
        "delivered": S.DELIVERED,
        "exception": S.EXCEPTION,
        "ready_for_pickup": S.AVAILABLE_FOR_PICKUP,
    }[touchpoint]
    limit = next(one.fresh_for for one in JOURNEY.touchpoints if one.id == touchpoint) / timedelta(hours=1)
    for late, outcome in ((limit, SEND), (limit + 0.1, DROP)):
        story = Story(journey=only(touchpoint)).hears(ALL_PACKED, says(ONE, scan(5, status)))
        story.looks(5 + late)
        assert [one.outcome for one in story.ledger.values()] == [outcome]


def test_a_redriven_backlog_of_old_scans_sends_nothing() -> None:
    old = [
        scan(hour, status, code=f"c{hour}")
        for hour, status in enumerate([S.IN_TRANSIT, S.OUT_FOR_DELIVERY, S.DELIVERED], 5)
    ]
    story = confirmed(says(ONE, *old))
    story.looks(24 * 30)
    assert story.sent() == ["order_confirmed"]


def test_a_late_scan_never_tells_again() -> None:
    story = confirmed(says(ONE, scan(20, S.OUT_FOR_DELIVERY), scan(26, S.DELIVERED)))
    story.looks(27)
    before = story.sent()
    story.hears(says(ONE, scan(19, S.OUT_FOR_DELIVERY, code="late"), scan(10, S.EXCEPTION), scan(8, S.IN_TRANSIT)))
    story.looks(28)
    assert story.sent() == before == ["order_confirmed", "delivered"]


def test_what_a_later_scan_has_overtaken_is_not_told() -> None:
    story = confirmed(says(ONE, scan(5, S.IN_TRANSIT), scan(6, S.OUT_FOR_DELIVERY), scan(7, S.DELIVERED)))
    story.looks(8)
    assert story.sent() == ["order_confirmed", "delivered"]
    [van] = decided(story, "out_for_delivery")
    assert (van.outcome, van.reason) == (DROP, "overtaken: the parcel is delivered by now")


def test_an_attempt_is_still_told_when_the_depot_has_scanned_the_parcel_again() -> None:
    story = confirmed(says(ONE, scan(20, S.DELIVERY_ATTEMPTED), scan(22, S.IN_TRANSIT)))
    story.looks(23)
    assert "delivery_attempted" in story.sent()
    tomorrow = confirmed(says(ONE, scan(20, S.DELIVERY_ATTEMPTED), scan(38, S.OUT_FOR_DELIVERY)))
    tomorrow.looks(39)
    assert "delivery_attempted" not in tomorrow.sent()


def test_a_silence_is_told_once_and_clears_itself() -> None:
    story = confirmed(says(ONE, scan(5, S.IN_TRANSIT, code="a")))
    assert story.looks(6).look_again_at == hours(5 + 96)
    assert story.looks(5 + 96).look_again_at is None
    assert story.sent()[-1] == "stalled"
    story.hears(says(ONE, scan(110, S.IN_TRANSIT, code="b")))
    assert story.looks(111).look_again_at == hours(110 + 144)  # over a weekend
    assert story.sent().count("stalled") == 1
    story.looks(110 + 145)
    assert story.sent().count("stalled") == 2


def test_a_return_after_the_delivery_reopens_the_parcel_without_a_second_delivery_message() -> None:
    story = confirmed(says(ONE, scan(20, S.DELIVERED)))
    story.looks(21)
    story.hears(says(ONE, scan(40, S.RETURN_TO_SENDER), scan(60, S.DELIVERED, code="back")))
    story.looks(61)
    assert story.sent().count("delivered") == 1


def test_a_changed_estimate_is_told_once_per_day_named() -> None:
    story = confirmed(says(ONE, scan(5, S.IN_TRANSIT), estimate=date(2026, 6, 3), heard=5))
    story.looks(6)
    for hour, day in ((20, 5), (30, 5), (40, 6)):
        story.hears(says(ONE, estimate=date(2026, 6, day), heard=hour)).looks(hour)
    assert story.sent().count("delayed") == 2
    [first, _] = decided(story, "delayed")
    assert (first.facts["first_said"], first.facts["now_said"]) == ("2026-06-03", "2026-06-05")


# ---- several parcels


def test_three_parcels_within_the_window_make_one_message() -> None:
    story = Story(journey=only("shipped")).hears(THREE_PARCELS)
    plan = story.hears(says(ONE, scan(5, S.IN_TRANSIT))).looks(5)
    assert (plan.look_again_at, story.outcomes()) == (hours(5.5), {f"shipped#{ONE}": DELAY})
    assert story.hears(says(TWO, scan(5.2, S.IN_TRANSIT))).looks(5.2).look_again_at == hours(5.5)
    assert story.sent() == []
    story.hears(says(THREE, scan(5.3, S.IN_TRANSIT))).looks(5.3)
    assert sorted(story.outcomes().values()) == [MERGE, MERGE, SEND]
    [lead] = [one for one in story.ledger.values() if one.outcome is SEND]
    assert set(lead.tells) == set(story.ledger)
    merged = [one for one in story.ledger.values() if one.outcome is MERGE]
    assert {one.into for one in merged} == {lead.decision_id}
    assert all(lead.decision_id in one.reason for one in merged)


def test_the_window_ends_for_all_that_wait_together() -> None:
    story = Story(journey=only("shipped")).hears(THREE_PARCELS)
    story.hears(says(ONE, scan(5, S.IN_TRANSIT))).looks(5)
    story.hears(says(TWO, scan(5.4, S.IN_TRANSIT))).looks(5.4)
    story.looks(5.5)
    assert sorted(story.outcomes().values()) == [MERGE, SEND]
    story.hears(says(THREE, scan(9, S.IN_TRANSIT))).looks(9)
    assert story.sent() == ["shipped", "shipped"]


def test_news_waits_while_the_store_has_not_packed_everything() -> None:
    story = Story(journey=only("shipped")).hears(store_says(order=order(items=2), packed=[fulfilment(ONE)]))
    story.hears(says(ONE, scan(5, S.IN_TRANSIT))).looks(5)
    assert story.outcomes() == {f"shipped#{ONE}": DELAY}
    story.looks(5.5)
    assert story.outcomes() == {f"shipped#{ONE}": SEND}


def test_a_single_parcel_does_not_wait() -> None:
    story = Story(journey=only("shipped")).hears(ALL_PACKED, says(ONE, scan(5, S.IN_TRANSIT)))
    story.looks(5)
    assert story.outcomes() == {f"shipped#{ONE}": SEND}


@pytest.mark.parametrize(
    ("touchpoint", "before", "news"),
    [
        ("out_for_delivery", S.IN_TRANSIT, S.OUT_FOR_DELIVERY),
        ("delivered", S.OUT_FOR_DELIVERY, S.DELIVERED),
        ("delivery_attempted", S.OUT_FOR_DELIVERY, S.DELIVERY_ATTEMPTED),
        ("ready_for_pickup", S.OUT_FOR_DELIVERY, S.AVAILABLE_FOR_PICKUP),
    ],
)
def test_parcels_that_give_the_same_news_within_the_window_make_one_message(
    touchpoint: str, before: Status, news: Status
) -> None:
    pair = store_says(order=order(), packed=[fulfilment(ONE, TWO)])
    story = Story(journey=only(touchpoint)).hears(pair, says(ONE, scan(5, before)), says(TWO, scan(5, before)))
    story.hears(says(ONE, scan(9, news))).looks(9)
    assert [one.outcome for one in story.ledger.values()] == [DELAY]
    story.hears(says(TWO, scan(9.1, news))).looks(9.1)
    assert sorted(one.outcome for one in story.ledger.values()) == [MERGE, SEND]


def test_problems_of_one_bundle_leave_as_one_message_led_by_the_first_in_the_file() -> None:
    story = Story().hears(ALL_PACKED)
    story.hears(says(ONE, scan(5, S.IN_TRANSIT), estimate=date(2026, 6, 3), heard=5)).looks(5)
    story.hears(says(ONE, scan(20, S.EXCEPTION), estimate=date(2026, 6, 6), heard=20)).looks(20)
    [exception], [delayed] = decided(story, "exception"), decided(story, "delayed")
    assert (exception.outcome, delayed.outcome, delayed.into) == (SEND, MERGE, exception.decision_id)
    assert exception.tells == (exception.decision_id, delayed.decision_id)


def test_what_waited_and_is_no_longer_so_ends_as_dropped() -> None:
    story = Story(journey=only("exception")).hears(store_says(order=order(), packed=[fulfilment(ONE, TWO)]))
    story.hears(says(TWO, scan(4, S.IN_TRANSIT)), says(ONE, scan(5, S.EXCEPTION, SubStatus.MISSORTED)))
    waits_until = story.looks(5).look_again_at
    story.hears(says(ONE, scan(5.1, S.IN_TRANSIT)))
    assert story.looks(5.2).look_again_at == waits_until == hours(5) + timedelta(minutes=20)
    assert story.looks(5.4).look_again_at is None
    [dropped] = story.ledger.values()
    assert (dropped.outcome, dropped.until) == (DROP, None)
    assert dropped.reason.startswith("overtaken")


def test_news_that_came_to_nothing_does_not_shorten_the_wait_of_the_next() -> None:
    story = Story(journey=only("exception")).hears(store_says(order=order(), packed=[fulfilment(ONE, TWO)]))
    story.hears(says(TWO, scan(4, S.IN_TRANSIT)), says(ONE, scan(5, S.EXCEPTION, SubStatus.MISSORTED))).looks(5)
    story.hears(says(ONE, scan(6, S.EXCEPTION, SubStatus.WEATHER))).looks(6)
    [weather] = [one for one in story.ledger.values() if one.occurrence.endswith("weather")]
    assert (weather.outcome, weather.until) == (DELAY, hours(6) + timedelta(minutes=20))


def test_a_parcel_delivered_while_its_departure_waited_is_not_announced() -> None:
    story = Story(journey=only("out_for_delivery")).hears(store_says(order=order(), packed=[fulfilment(ONE, TWO)]))
    story.hears(says(TWO, scan(4, S.IN_TRANSIT)), says(ONE, scan(5, S.OUT_FOR_DELIVERY))).looks(5)
    story.hears(says(ONE, scan(5.2, S.DELIVERED))).looks(5.2)
    assert [one.outcome for one in story.ledger.values()] == [DROP]


def test_a_removed_parcel_does_not_keep_its_news_waiting() -> None:
    story = Story(journey=only("shipped")).hears(THREE_PARCELS, says(ONE, scan(5, S.IN_TRANSIT)))
    story.looks(5)
    story.hears(store_says(packed=[fulfilment(TWO, THREE, updated=6)])).looks(6)
    assert story.outcomes() == {f"shipped#{ONE}": DROP}


# ---- floods and properties


def test_500_replayed_scans_give_at_most_the_latest_messages() -> None:
    cycle = [S.IN_TRANSIT, S.EXCEPTION, S.IN_TRANSIT, S.OUT_FOR_DELIVERY, S.DELIVERY_ATTEMPTED]
    replay = [scan(hour, cycle[hour % 5], code=f"c{hour}") for hour in range(2, 502)]
    story = confirmed(says(ONE, *replay, scan(502, S.DELIVERED)))
    story.looks(503)
    assert story.sent() == ["order_confirmed", "delivered"]
    assert [one for one in story.ledger.values() if one.outcome is DELAY] == []


@settings(max_examples=80, deadline=None)
@given(st.lists(scans, min_size=1, max_size=40), st.integers(40, 60))
def test_a_replay_of_any_scans_gives_at_most_one_message_per_touchpoint(found: list, at: int) -> None:
    story = confirmed(says(ONE, *found))
    story.looks(at)
    assert len(story.sent()) == len(set(story.sent()))
    assert {one.outcome for one in story.ledger.values()} <= {SEND, MERGE, DROP}


looks = st.lists(st.integers(1, 12), min_size=1, max_size=9)


@settings(max_examples=120, deadline=None)
@given(statements, looks)
def test_each_decision_becomes_final_at_most_once_whatever_comes_between(said: list, gaps: list[int]) -> None:
    """`Story.looks` refuses a second final row; merges and leads must agree at every moment."""
    story, now = Story().hears(store_says(order=order(items=2))), 0.0
    for index, gap in enumerate(gaps):
        now += gap
        story.hears(*said[index : index + 1]).looks(now)
        leads = {one.decision_id: one for one in story.ledger.values() if one.outcome is SEND}
        for one in story.ledger.values():
            assert (one.outcome is DELAY) == (one.until is not None)
            if one.outcome is MERGE:
                assert one.decision_id in leads[one.into].tells
            if one.outcome is SEND:
                assert one.decision_id in one.tells
                assert set(one.tells) <= set(story.ledger)
    told = [ident for one in story.ledger.values() for ident in one.tells]
    assert len(told) == len(set(told))


@settings(max_examples=80, deadline=None)
@given(statements, looks)
def test_nothing_waits_for_ever(said: list, gaps: list[int]) -> None:
    story, now = Story().hears(THREE_PARCELS), 0.0
    for index, gap in enumerate(gaps):
        now += gap
        story.hears(*said[index : index + 1]).looks(now)
    for _ in range(20):
        next_look = story.looks(now).look_again_at
        if next_look is None:
            break
        now = (next_look - hours(0)) / timedelta(hours=1)
    assert [one for one in story.ledger.values() if one.outcome is DELAY] == []
    assert story.looks(now).look_again_at is None


@settings(max_examples=60, deadline=None)
@given(st.lists(carrier_statements, max_size=6), st.data())
def test_one_look_decides_the_same_whatever_order_the_statements_came_in(said: list, data: st.DataObject) -> None:
    one = Story().hears(THREE_PARCELS, *said)
    two = Story().hears(*data.draw(st.permutations([THREE_PARCELS, *said, *said])))
    assert one.looks(50) == two.looks(50)


# ---- parcels that nobody was asked about yet


def silent(at: float, **known: set[str]) -> Plan:
    """A look at a parcel that was packed in the first hour and never scanned."""
    story = Story(journey=only("stalled")).hears(ALL_PACKED)
    return decide(story.state, {}, story.journey, story.situation._replace(**known), hours(at))


def test_silence_is_told_of_a_parcel_whose_carrier_was_asked() -> None:
    due = next(at for at in range(400) if silent(at).decisions)
    [decision] = silent(due + 1).decisions
    assert decision.outcome is SEND


def test_a_parcel_first_heard_of_when_its_silence_was_due_is_not_called_silent() -> None:
    """A store that was connected today, a webhook that came days late."""
    due = next(at for at in range(400) if silent(at).decisions)
    [decision] = silent(due + 1, heard_now={ONE}).decisions
    assert (decision.outcome, guard(decision, "fresh")) == (DROP, DROP)
    assert silent(due - 1, heard_now={ONE}).decisions == ()


def test_whether_a_parcel_is_silent_is_left_open_until_its_carrier_was_asked() -> None:
    due = next(at for at in range(400) if silent(at).decisions)
    plan = silent(due + 1, unasked={ONE})
    assert plan.decisions == ()
    assert plan.look_again_at is not None
    assert hours(due + 1) < plan.look_again_at <= hours(due + 13)
    assert silent(due + 1, unasked={TWO}).decisions != ()
    assert silent(due - 5, unasked={ONE}).look_again_at == silent(due - 5).look_again_at, (
        "not looked at before it is due"
    )
