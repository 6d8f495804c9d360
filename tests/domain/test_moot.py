"""The last look before sending: what is no longer so is not said any more (F48)."""

from datetime import date

import pytest
from porchlight.domain.decide import decide
from porchlight.domain.journeys import Journey
from porchlight.domain.moot import moot_reason
from porchlight.domain.orders import Person
from porchlight.domain.status import Status, SubStatus

from tests.domain.stories import (
    JOURNEY,
    ONE,
    TWO,
    Statement,
    Story,
    fulfilment,
    hours,
    only,
    order,
    says,
    scan,
    store_says,
)

S = Status
PACKED = store_says(order=order(), packed=[fulfilment(ONE)])


def reason(
    touchpoint: str, before: list[Statement], after: list[Statement], *, at: float = 9, later: float = 9.1
) -> str | None:
    """Why the message decided at one moment is not sent at the next."""
    story = Story(journey=only(touchpoint)).hears(PACKED, *before)
    [decision] = story.looks(at).decisions
    assert decision.outcome == "send"
    return moot_reason(story.hears(*after).state, decision, JOURNEY, hours(later))


def moving(status: Status, sub: SubStatus = SubStatus.NONE, hour: float = 8) -> Statement:
    return says(ONE, scan(hour, status, sub))


@pytest.mark.parametrize(
    ("touchpoint", "before"),
    [
        ("order_confirmed", moving(S.PRE_TRANSIT)),
        ("shipped", moving(S.IN_TRANSIT)),
        ("out_for_delivery", moving(S.OUT_FOR_DELIVERY)),
        ("delivery_attempted", moving(S.DELIVERY_ATTEMPTED)),
        ("ready_for_pickup", moving(S.AVAILABLE_FOR_PICKUP)),
        ("exception", moving(S.EXCEPTION)),
        ("delivered", moving(S.DELIVERED)),
    ],
)
def test_what_is_still_so_is_sent(touchpoint: str, before: Statement) -> None:
    assert reason(touchpoint, [before], []) is None


@pytest.mark.parametrize(
    ("touchpoint", "before", "after"),
    [
        ("out_for_delivery", moving(S.OUT_FOR_DELIVERY), moving(S.DELIVERED, hour=8.9)),
        ("shipped", moving(S.IN_TRANSIT), moving(S.OUT_FOR_DELIVERY, hour=8.9)),
        ("exception", moving(S.EXCEPTION), moving(S.IN_TRANSIT, hour=8.9)),
        ("exception", moving(S.EXCEPTION, SubStatus.WEATHER), moving(S.EXCEPTION, SubStatus.LOST, hour=8.9)),
        ("delivered", moving(S.DELIVERED), moving(S.RETURN_TO_SENDER, hour=8.9)),
        ("shipped", moving(S.IN_TRANSIT), store_says(packed=[fulfilment(TWO, updated=8.9)])),
        ("order_confirmed", moving(S.PRE_TRANSIT), store_says(order=order(updated=8.9, cancelled_at=hours(8.9)))),
    ],
)
def test_what_was_overtaken_on_its_way_is_not_sent(touchpoint: str, before: Statement, after: Statement) -> None:
    assert reason(touchpoint, [before], [after])


def test_a_silence_that_a_scan_ended_is_not_told() -> None:
    quiet = says(ONE, scan(5, S.IN_TRANSIT, code="a"))
    assert reason("stalled", [quiet], [], at=102, later=102.1) is None
    assert reason("stalled", [quiet], [says(ONE, scan(101.9, S.IN_TRANSIT, code="b"))], at=102, later=102.1)


def test_a_new_day_that_was_taken_back_is_not_told() -> None:
    named = [says(ONE, estimate=date(2026, 6, day), heard=heard) for heard, day in ((2, 3), (8, 6))]
    back = says(ONE, estimate=date(2026, 6, 3), heard=8.9)
    assert reason("delayed", named, []) is None
    assert reason("delayed", named, [back])


def test_news_that_grew_old_in_the_queue_is_not_told() -> None:
    assert reason("out_for_delivery", [moving(S.OUT_FOR_DELIVERY)], [], later=8 + 14) is None
    assert reason("out_for_delivery", [moving(S.OUT_FOR_DELIVERY)], [], later=8 + 14.1)


def test_a_touchpoint_that_left_the_journey_stands_as_decided() -> None:
    story = Story().hears(PACKED)
    [decision] = story.looks(1).decisions
    other = Journey(version="later", touchpoints=only("delivered").touchpoints)
    assert moot_reason(story.state, decision, other, hours(1)) is None


def test_an_address_that_changed_does_not_make_news_moot() -> None:
    story = Story().hears(PACKED)
    [decision] = story.looks(1).decisions
    moved = store_says(order=order(updated=2, shopper=Person(email="new@example.com")))
    assert moot_reason(story.hears(moved).state, decision, JOURNEY, hours(2)) is None


def test_deciding_and_the_last_look_agree_at_the_same_moment() -> None:
    story = Story().hears(store_says(order=order(), packed=[fulfilment(ONE, TWO)]))
    story.hears(moving(S.EXCEPTION), says(TWO, scan(7, S.DELIVERED)))
    plan = decide(story.state, {}, JOURNEY, story.situation, hours(9))
    for decision in plan.decisions:
        if decision.outcome in {"send", "merge"}:
            assert moot_reason(story.state, decision, JOURNEY, hours(9)) is None
