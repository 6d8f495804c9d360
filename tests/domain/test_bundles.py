"""News of one order's parcels that follow each other within a merge window leaves as one message."""

from datetime import date, timedelta

import pytest
from porchlight.domain.bundles import BEFORE
from porchlight.domain.journeys import Journey, Touchpoint, Trigger
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import TrackingUpdate

from tests.builders import store_says
from tests.domain.stories import ONE, TWO, Story, fulfilment, order, says, scan

AT_THE_BORDER = scan(30, Status.EXCEPTION, SubStatus.CUSTOMS_HELD)
LATER_AT_THE_BORDER = scan(30.2, Status.EXCEPTION, SubStatus.CUSTOMS_HELD)
MOVES = scan(5, Status.IN_TRANSIT)
NEWS = [
    ("customs", [AT_THE_BORDER], [LATER_AT_THE_BORDER]),
    ("returning", [scan(30, Status.RETURN_TO_SENDER)], [scan(30.2, Status.RETURN_TO_SENDER)]),
    ("delivered", [scan(30, Status.DELIVERED)], [scan(30.2, Status.DELIVERED)]),
]


def waiting(trigger: str, **more: object) -> Story:
    point = {"id": trigger, "trigger": trigger, "merge_window": "20m", "fresh_for": "72h", **more}
    return Story(journey=Journey(touchpoints=(Touchpoint.model_validate(point),)))


def two_under_way(story: Story, last: Status = Status.IN_TRANSIT) -> Story:
    packed = [fulfilment(ONE), fulfilment(TWO, ident="f2", lines=(2,))]
    story.hears(store_says(order=order(items=2), packed=packed))
    return story.hears(*(says(number, MOVES, scan(29, last), heard=9) for number in (ONE, TWO)))


def estimate(number: str, day: int, heard: float) -> TrackingUpdate:
    return says(number, MOVES, estimate=date(2026, 6, day), heard=heard)


@pytest.mark.parametrize(("trigger", "first", "second"), NEWS)
def test_parcels_that_give_the_same_news_within_the_window_make_one_message(trigger, first, second) -> None:
    story = two_under_way(waiting(trigger), Status.OUT_FOR_DELIVERY if trigger == "delivered" else Status.IN_TRANSIT)
    story.hears(says(ONE, *first))
    story.looks(30.1)
    assert set(story.outcomes().values()) == {"delay"}
    story.hears(says(TWO, *second))
    story.looks(30.45)
    assert sorted(story.outcomes().values()) == ["merge", "send"]


@pytest.mark.parametrize(("trigger", "first", "second"), NEWS)
def test_news_leaves_at_the_end_of_the_window_where_nothing_follows(trigger, first, second) -> None:
    story = two_under_way(waiting(trigger), Status.OUT_FOR_DELIVERY if trigger == "delivered" else Status.IN_TRANSIT)
    story.hears(says(ONE, *first))
    due = story.looks(30.1).look_again_at
    assert due is not None
    story.looks(30.1 + 20 / 60)
    assert list(story.outcomes().values()) == ["send"]


def test_earlier_days_of_two_parcels_make_one_message() -> None:
    story = two_under_way(waiting("earlier_estimate"))
    story.hears(*(estimate(number, 6, 10) for number in (ONE, TWO)))
    story.hears(estimate(ONE, 4, 30))
    story.looks(30.1)
    story.hears(estimate(TWO, 4, 30.2))
    story.looks(30.1 + 20 / 60)
    assert sorted(story.outcomes().values()) == ["merge", "send"]


def test_two_replaced_labels_make_one_message() -> None:
    story = waiting("new_number")
    packed = [fulfilment(ONE, ident="f1"), fulfilment(TWO, ident="f2", lines=(2,))]
    story.hears(store_says(order=order(items=2), packed=packed))
    story.hears(store_says(packed=[fulfilment("1Z011", ident="f1", updated=20)]))
    story.looks(20.1)
    assert set(story.outcomes().values()) == {"delay"}
    story.hears(store_says(packed=[fulfilment("1Z012", ident="f2", lines=(2,), updated=20.2)]))
    story.looks(20.1 + 20 / 60)
    assert sorted(story.outcomes().values()) == ["merge", "send"]


def test_every_trigger_about_a_parcel_says_from_where_another_may_follow() -> None:
    of_the_order = {
        Trigger.ORDER_PLACED,
        Trigger.ORDER_EDITED,
        Trigger.ORDER_HELD,
        Trigger.ORDER_CANCELLED,
        Trigger.REFUNDED,
        Trigger.NOT_PACKED,
        Trigger.SPLIT,
        Trigger.ALL_ARRIVED,
        Trigger.REPLENISH,
        Trigger.STORM,  # one for all parcels of the order that it holds up
    }
    assert set(Trigger) - BEFORE.keys() == of_the_order


def test_template_of_another_name_is_kept_with_the_decision() -> None:
    story = two_under_way(waiting("delivered", template="delivery_check", fresh_for=timedelta(days=3)))
    story.hears(says(ONE, scan(30, Status.DELIVERED)))
    story.looks(31)
    assert [one.template for one in story.ledger.values()] == ["delivery_check"]
