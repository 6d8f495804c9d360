"""The review hold: it moves a request in time, and everybody is asked."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.fold import fold
from porchlight.domain.fulfilments import FulfilmentSnapshot, PackedItem, Refund, ReturnSnapshot, ReturnState
from porchlight.domain.hold_rules import HoldRules
from porchlight.domain.orders import Destination
from porchlight.domain.problems import Outside, ProblemKind, end_of, open_problems
from porchlight.domain.review_hold import Timing, limit_of, when_to_ask
from porchlight.domain.review_proof import Request, proof_of
from porchlight.domain.state import OrderState
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.store_news import StoreUpdate
from porchlight.domain.tracking import Estimate, TrackingEvent

from tests.builders import Statement, heard, store_says
from tests.domain.stories import ONE, THREE, TWO, fulfilment, hours, order, says, scan

RULES = HoldRules()
CALM = Outside()
DAY = timedelta(days=1)


def day(number: float) -> datetime:
    """This many days after the order."""
    return hours(24 * number)


def left(number: float, status: Status, sub: SubStatus = SubStatus.NONE) -> TrackingEvent:
    return scan(24 * number, status, sub)


def promised(number: int) -> Estimate:
    return Estimate(day=day(number).date())


def state_of(*statements: Statement, packed: Iterable[FulfilmentSnapshot] = (), **changes: object) -> OrderState:
    return fold(heard([store_says(order=order(**changes), packed=packed), *statements]))


def one_parcel(*scans: TrackingEvent, **changes: object) -> OrderState:
    """One parcel with these scans; promised for the tenth day."""
    return state_of(says(ONE, *scans), packed=[fulfilment(ONE)], **{"promised": promised(10)} | changes)


def look(state: OrderState, at: float, outside: Outside = CALM, rules: HoldRules = RULES) -> Timing:
    return when_to_ask(state, outside, rules, day(at))


def kinds(state: OrderState, at: float, outside: Outside = CALM) -> list[ProblemKind]:
    return [one.kind for one in open_problems(state, outside, RULES, day(at))]


ARRIVED = one_parcel(left(1, Status.IN_TRANSIT), left(4, Status.DELIVERED))


def test_a_request_waits_until_the_parcel_has_rested() -> None:
    waiting = look(ARRIVED, 8.9)
    assert not waiting.ask
    assert waiting.until == day(9)
    assert waiting.reasons == ("arrived, and rests until 2026-06-10",)
    assert look(ARRIVED, 9) == Timing(
        ask=True,
        until=day(9),
        limit=day(34),
        since=day(9),
        reasons=("everything has arrived and rested, nothing is open",),
    )


def test_a_request_waits_for_the_last_parcel() -> None:
    both = [fulfilment(ONE), fulfilment(TWO, ident="f2", lines=(2,))]
    first = says(ONE, left(4, Status.DELIVERED))
    half = state_of(first, says(TWO, left(7, Status.IN_TRANSIT)), packed=both, items=2, promised=promised(10))
    assert not look(half, 10).ask
    assert kinds(half, 8) == [ProblemKind.INCOMPLETE]
    assert "1 of 2 parcels have arrived, or more are to come" in look(half, 8).reasons
    whole = state_of(first, says(TWO, left(9, Status.DELIVERED)), packed=both, items=2, promised=promised(10))
    assert look(whole, 13.9).until == day(14)
    assert look(whole, 14).ask


def test_a_part_that_is_not_packed_yet_is_missing() -> None:
    state = state_of(says(ONE, left(4, Status.DELIVERED)), packed=[fulfilment(ONE)], items=2, promised=promised(10))
    assert not look(state, 20).ask
    assert ProblemKind.INCOMPLETE in kinds(state, 20)


def test_a_part_that_was_paid_back_is_not_waited_for() -> None:
    refund = Refund(refund_id="r1", refunded_at=day(3), items=(PackedItem(line_id="2"),))
    update = StoreUpdate(source="shopify", vendor_order_id="77", topic="refunds/create", refunds=(refund,))
    state = state_of(
        says(ONE, left(4, Status.DELIVERED)), update, packed=[fulfilment(ONE)], items=2, promised=promised(10)
    )
    assert kinds(state, 10) == [ProblemKind.REFUND]
    assert look(state, 10).until == day(17)
    assert look(state, 17).ask


def test_unstated_contents_leave_a_doubt_about_several_pieces_that_took_their_time() -> None:
    unstated = [fulfilment(ONE, lines=())]
    slow = state_of(says(ONE, left(8, Status.DELIVERED)), packed=unstated, items=2, promised=promised(10))
    assert kinds(slow, 14) == [ProblemKind.INCOMPLETE]
    assert look(slow, 14).until == day(22)
    assert look(slow, 22).ask
    quick = state_of(says(ONE, left(6, Status.DELIVERED)), packed=unstated, items=2, promised=promised(10))
    assert look(quick, 11).ask
    single = state_of(says(ONE, left(8, Status.DELIVERED)), packed=unstated, promised=promised(10))
    assert look(single, 13).ask


def test_a_parcel_without_a_number_is_taken_to_arrive_some_day() -> None:
    state = state_of(packed=[fulfilment(lines=(1,), created=24)], promised=promised(10))
    assert not look(state, 26.9).ask
    assert look(state, 27).ask
    assert kinds(state, 20) == []


def test_late_is_open_from_the_end_of_the_promised_day_until_well_after_arrival() -> None:
    on_its_way = one_parcel(left(9, Status.IN_TRANSIT))
    assert kinds(on_its_way, 10.6) == []
    assert kinds(on_its_way, 10.7) == [ProblemKind.LATE]
    late = one_parcel(left(9, Status.IN_TRANSIT), left(12, Status.DELIVERED))
    assert kinds(late, 20) == [ProblemKind.LATE]
    assert look(late, 25.9).until == day(26)
    assert look(late, 26).ask


def test_an_order_that_nobody_packs_is_late_too() -> None:
    assert kinds(state_of(promised=promised(10)), 11) == [ProblemKind.LATE]


def test_arrival_in_the_evening_of_the_promised_day_is_on_time() -> None:
    """22:30 in New York is the next day by UTC."""
    evening = TrackingEvent.model_validate(
        scan(0, Status.DELIVERED).model_dump()
        | {"occurred_at": "2026-06-12T02:30:00Z", "local_time": "2026-06-11T22:30:00-04:00"}
    )
    state = one_parcel(evening, destination=Destination(region="NY", country="US"))
    assert state.parcels[0].status is Status.DELIVERED
    assert kinds(state, 13) == []


def test_a_day_ends_where_the_order_goes() -> None:
    there = order(destination=Destination(region="NY", country="US"))
    assert end_of(date(2026, 6, 11), there) == datetime.fromisoformat("2026-06-12T04:00:00+00:00")
    assert end_of(date(2026, 6, 11), order()) == datetime.fromisoformat("2026-06-12T00:00:00+00:00")


def test_a_long_wait_is_open_though_the_promise_was_kept() -> None:
    state = one_parcel(left(34, Status.IN_TRANSIT), left(35, Status.DELIVERED), promised=promised(40))
    assert kinds(state, 41) == [ProblemKind.LONG_WAIT]
    assert look(state, 49).ask


@pytest.mark.parametrize(
    ("status", "sub", "expected"),
    [
        (Status.EXCEPTION, SubStatus.WEATHER, ProblemKind.EXCEPTION),
        (Status.EXCEPTION, SubStatus.DAMAGED, ProblemKind.DAMAGED),
        (Status.DELIVERED, SubStatus.DELIVERED_DAMAGED, ProblemKind.DAMAGED),
        (Status.RETURN_TO_SENDER, SubStatus.NONE, ProblemKind.RETURN),
    ],
)
def test_what_the_carrier_reports_is_open(status: Status, sub: SubStatus, expected: ProblemKind) -> None:
    state = one_parcel(left(3, Status.IN_TRANSIT), left(4, status, sub))
    assert kinds(state, 5) == [expected]
    assert not look(state, 12).ask


def test_silence_is_open_until_the_next_scan() -> None:
    assert kinds(one_parcel(left(1, Status.IN_TRANSIT)), 4.9) == []
    assert kinds(one_parcel(left(1, Status.IN_TRANSIT)), 5) == [ProblemKind.STALLED]
    assert kinds(one_parcel(left(1, Status.IN_TRANSIT), left(5, Status.IN_TRANSIT)), 6) == []


@pytest.mark.parametrize(
    ("state", "is_open_at"),
    [
        (ReturnState.REQUESTED, 30),
        (ReturnState.RECEIVED, 30),
        (ReturnState.CLOSED, 20),
        (ReturnState.CANCELLED, 0),
    ],
)
def test_a_return_is_open_and_stays_in_mind(state: ReturnState, is_open_at: int) -> None:
    back = ReturnSnapshot(return_id="t1", updated_at=day(6), state=state)
    update = StoreUpdate(source="shopify", vendor_order_id="77", topic="returns", returns=(back,))
    returned = state_of(says(ONE, left(4, Status.DELIVERED)), update, packed=[fulfilment(ONE)], promised=promised(10))
    assert [at for at in (19, 20.5, 30) if kinds(returned, at) == [ProblemKind.RETURN]] == [
        at for at in (19, 20.5, 30) if at <= is_open_at
    ]


def test_a_complaint_holds_until_it_is_solved_and_forgotten() -> None:
    assert look(ARRIVED, 20, Outside(complaint_since=day(5))).until == day(34)
    solved = Outside(complaint_since=day(5), complaint_solved=day(8))
    assert look(ARRIVED, 20, solved).until == day(22)
    assert look(ARRIVED, 22, solved).ask


def test_a_low_survey_score_delays_and_a_better_one_does_not() -> None:
    low = Outside(survey_score=2, surveyed_at=day(6))
    assert kinds(ARRIVED, 9, low) == [ProblemKind.LOW_SURVEY_SCORE]
    assert look(ARRIVED, 20, low).ask
    assert look(ARRIVED, 9, Outside(survey_score=3, surveyed_at=day(6))).ask


def test_at_the_limit_everybody_is_asked_whatever_is_open() -> None:
    timing = look(ARRIVED, 34, Outside(complaint_since=day(5)))
    assert timing.ask
    assert [one.kind for one in timing.problems] == [ProblemKind.COMPLAINT]
    assert timing.reasons[-1] == "asked at the limit 2026-07-05, whatever is open: everybody is asked"


def test_what_never_arrives_is_asked_about_a_month_after_the_promised_day() -> None:
    state = one_parcel(left(1, Status.IN_TRANSIT))
    assert limit_of(state, RULES) == datetime.fromisoformat("2026-07-12T00:00:00+00:00")


def test_a_promise_that_is_moved_for_ever_does_not_move_the_last_day() -> None:
    assert limit_of(state_of(promised=promised(900)), RULES) == day(180)


def test_nobody_is_asked_about_an_order_that_is_not_known() -> None:
    unknown = fold(heard([store_says(packed=[fulfilment(ONE)]), says(ONE, left(4, Status.DELIVERED))]))
    assert look(unknown, 50) == Timing(ask=False, until=None, limit=None, reasons=("the order is not known yet",))
    assert open_problems(unknown, CALM, RULES, day(50)) == ()


# ---- whatever happens ------------------------------------------------------------------------------------------------

SCANS = st.lists(
    st.builds(
        left,
        st.integers(0, 60),
        st.sampled_from(Status),
        st.sampled_from([SubStatus.NONE, SubStatus.DAMAGED, SubStatus.LOST, SubStatus.DELIVERED_DAMAGED]),
    ),
    max_size=4,
)
OUTSIDES = st.builds(
    Outside,
    complaint_since=st.none() | st.integers(0, 90).map(day),
    complaint_solved=st.none() | st.integers(0, 120).map(day),
    survey_score=st.none() | st.integers(1, 5),
    surveyed_at=st.none() | st.integers(0, 90).map(day),
)
RETURNS = st.builds(
    ReturnSnapshot, return_id=st.just("t1"), updated_at=st.integers(0, 90).map(day), state=st.sampled_from(ReturnState)
)
REFUNDS = st.builds(Refund, refund_id=st.just("r1"), refunded_at=st.integers(0, 90).map(day))


@st.composite
def histories(draw: st.DrawFn) -> OrderState:
    """Any order: up to three parcels with a number, one without, returns, refunds, promised or not, stated or not."""
    numbers = draw(st.lists(st.sampled_from([ONE, TWO, THREE, ""]), unique=True))
    lines = draw(st.booleans())
    packed = [
        fulfilment(*filter(None, [number]), ident=f"f{place}", lines=[place] if lines else [], created=place * 24)
        for place, number in enumerate(numbers, 1)
    ]
    made = draw(st.lists(RETURNS, max_size=1)), draw(st.lists(REFUNDS, max_size=1))
    update = StoreUpdate(source="s", vendor_order_id="77", topic="t", returns=tuple(made[0]), refunds=tuple(made[1]))
    told = [says(number, *draw(SCANS)) for number in numbers if number]
    promise = draw(st.none() | st.integers(0, 200).map(promised))
    return state_of(update, *told, packed=packed, items=draw(st.integers(1, 4)), promised=promise)


@given(state=histories(), outside=OUTSIDES, at=st.floats(0, 250))
def test_a_held_request_is_released_by_its_limit_and_at_the_moment_it_names(
    state: OrderState, outside: Outside, at: float
) -> None:
    timing = look(state, at, outside)
    assert timing.limit
    assert timing.until
    assert timing.limit <= day(180)
    assert timing.ask or day(at) < timing.until <= timing.limit
    assert when_to_ask(state, outside, RULES, timing.until).ask
    assert when_to_ask(state, outside, RULES, timing.limit).ask
    assert timing.reasons


@given(state=histories(), outside=OUTSIDES, at=st.floats(0, 250))
def test_nobody_is_asked_before_every_parcel_has_arrived_except_at_the_limit(
    state: OrderState, outside: Outside, at: float
) -> None:
    timing = look(state, at, outside)
    if timing.ask and timing.limit and day(at) < timing.limit:
        assert timing.problems == ()
        assert all(parcel.status is Status.DELIVERED for parcel in state.parcels)
        assert all(parcel.since and parcel.since + RULES.rest <= day(at) for parcel in state.parcels)


@given(state=histories(), outside=OUTSIDES, at=st.floats(0, 250), later=st.floats(0, 100))
def test_time_alone_never_takes_a_request_back(state: OrderState, outside: Outside, at: float, later: float) -> None:
    if look(state, at, outside).ask:
        assert look(state, at + later, outside).ask


@given(state=histories(), outside=OUTSIDES, at=st.floats(0, 250))
def test_a_problem_more_never_makes_a_request_earlier_and_never_moves_its_limit(
    state: OrderState, outside: Outside, at: float
) -> None:
    calm, troubled = look(state, at), look(state, at, outside)
    assert calm.limit == troubled.limit
    assert calm.ask or not troubled.ask
    assert calm.until
    assert troubled.until
    assert calm.until <= troubled.until


@given(state=histories(), outside=OUTSIDES, at=st.floats(0, 250), score=st.integers(RULES.low_score + 1, 5))
def test_a_good_answer_is_as_none_at_all(state: OrderState, outside: Outside, at: float, score: int) -> None:
    """Asking sooner who is happy would be choosing among them."""
    happy = outside.model_copy(update={"survey_score": score, "surveyed_at": day(1)})
    silent = outside.model_copy(update={"survey_score": None, "surveyed_at": None})
    assert look(state, at, happy) == look(state, at, silent)


@given(state=histories(), outside=OUTSIDES)
def test_who_the_shopper_is_and_what_was_paid_changes_nothing(state: OrderState, outside: Outside) -> None:
    assert state.order
    other = state.order.model_copy(
        update={"shopper": state.order.recipient, "total": "9999.00", "order_count": 40, "tags": ("vip",)}
    )
    twin = replace(state, order=other)
    moments = [0, 5, 20, 60, 150]
    assert [look(state, at, outside) for at in moments] == [look(twin, at, outside) for at in moments]


# ---- the proof -------------------------------------------------------------------------------------------------------


def request(name: str, limit: float, asked: float | None = None) -> Request:
    return Request(order_id=name, limit=day(limit), asked_at=None if asked is None else day(asked))


def test_the_proof_counts_everybody() -> None:
    proof = proof_of([request("a", 30, 9), request("b", 30, 30), request("c", 60)], day(40))
    assert (proof.orders, proof.asked, proof.waiting, proof.asked_by_limit_share) == (3, 2, 1, 1.0)
    assert proof.fair


@pytest.mark.parametrize(
    "rows",
    [
        [request("a", 30)],
        [request("a", 30, 32)],
        [request("a", 30, 9), request("a", 30, 10)],
    ],
    ids=["passed over", "late", "twice"],
)
def test_the_proof_fails_for_one_who_was_passed_over_asked_late_or_twice(rows: list[Request]) -> None:
    assert not proof_of([*rows, request("b", 30, 9)], day(40), look_every=DAY).fair


def test_a_request_may_be_late_by_one_look() -> None:
    rows = [request("a", 30, 30.9), request("b", 30)]
    assert proof_of(rows, day(30.9), look_every=DAY).fair
    assert not proof_of(rows, day(31.1), look_every=DAY).fair
