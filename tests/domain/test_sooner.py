"""The shipped touchpoints for orders that can not wait: each for its own half of the orders, once they are switched on."""

import pytest
from porchlight.domain.journeys import Journey
from porchlight.domain.orders import Item
from porchlight.domain.status import Status
from porchlight.domain.tracking import Estimate

from tests.builders import store_says
from tests.domain.stories import ONE, SHIPPED, Story, fulfilment, hours, order, says, scan


def switched_on(*names: str) -> Journey:
    found = tuple(one.model_copy(update={"enabled": True}) for one in SHIPPED.touchpoints if one.id in names)
    assert len(found) == len(names)
    return SHIPPED.model_copy(update={"touchpoints": found})


def ordered(story: Story, tag: str, promised_after_days: int = 5) -> Story:
    thing = Item(line_id="1", title="Thing", tags=(tag,))
    promised = Estimate(day=hours(24 * promised_after_days).date())
    return story.hears(store_says(order=order(promised=promised).model_copy(update={"items": (thing,)})))


@pytest.mark.parametrize(("tag", "told"), [("perishable", True), ("sturdy", False)])
def test_what_spoils_is_told_of_after_a_day_without_a_scan(tag: str, told: bool) -> None:
    story = ordered(Story(journey=switched_on("stalled_perishable")), tag)
    story.hears(store_says(packed=[fulfilment(ONE)]), says(ONE, scan(5, Status.IN_TRANSIT)))
    assert story.looks(6).look_again_at == hours(5 + 24)
    story.looks(5 + 24)
    assert story.sent() == (["stalled_perishable"] if told else [])
    assert [one.template for one in story.ledger.values()] == ["stalled"]


def test_a_tag_of_the_order_counts_as_well() -> None:
    story = Story(journey=switched_on("stalled_perishable"))
    story.hears(store_says(order=order(tags=("perishable",)), packed=[fulfilment(ONE)]))
    story.hears(says(ONE, scan(5, Status.IN_TRANSIT)))
    story.looks(5 + 24)
    assert story.sent() == ["stalled_perishable"]


@pytest.mark.parametrize(("promised", "told"), [(5, True), (40, False)])
def test_what_must_be_there_by_a_day_is_told_of_sooner_in_the_week_before_it(promised: int, told: bool) -> None:
    story = ordered(Story(journey=switched_on("stalled_date_critical")), "date-critical", promised)
    story.hears(store_says(packed=[fulfilment(ONE)]), says(ONE, scan(5, Status.IN_TRANSIT)))
    story.looks(5 + 36)
    assert story.sent() == (["stalled_date_critical"] if told else [])


def test_what_spoils_and_is_not_packed_is_told_of_on_the_next_business_day() -> None:
    story = ordered(Story(journey=switched_on("not_packed_perishable")), "perishable")
    due = story.looks(0.1).look_again_at
    assert due == hours(26)  # ten o'clock of the day after a Monday
    story.looks(26)
    assert story.sent() == ["not_packed_perishable"]
