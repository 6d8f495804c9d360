"""The correction after a label was replaced: once, only when somebody may have seen the old number."""

from datetime import timedelta

from porchlight.domain.journeys import Trigger
from porchlight.domain.status import Status

from tests.builders import store_says
from tests.domain.stories import ONE, THREE, TWO, Story, fulfilment, hours, only, order, says, scan

JOURNEY = only("new_number")


def told(*said: object, at: float = 20) -> list[str]:
    story = Story(journey=JOURNEY).hears(store_says(order=order(), packed=[fulfilment(ONE)]), *said)
    story.looks(at)
    return [one.tracking_number for one in story.ledger.values() if one.outcome == "send"]


def renamed(number: str, updated: float) -> object:
    return store_says(packed=[fulfilment(number, updated=updated)])


def test_a_replaced_number_is_corrected_once() -> None:
    story = Story(journey=JOURNEY).hears(store_says(order=order(), packed=[fulfilment(ONE)]), renamed(TWO, 10))
    for at in (11, 12, 30):
        story.looks(at)
    assert story.sent() == ["new_number"]
    [decision] = story.ledger.values()
    assert (decision.tracking_number, decision.facts["instead_of"]) == (TWO, ONE)
    assert decision.happened_at == hours(10)


def test_a_slip_of_the_packer_is_not_told() -> None:
    assert told(renamed(TWO, 1.5)) == []


def test_a_number_that_was_scanned_is_another_parcel_and_no_replacement() -> None:
    assert told(says(ONE, scan(5, Status.IN_TRANSIT)), renamed(TWO, 10)) == []


def test_a_label_that_was_voided_beside_another_is_corrected() -> None:
    both = store_says(packed=[fulfilment(ONE, TWO, updated=10)])
    assert told(both, says(ONE, scan(11, Status.CANCELLED))) == [TWO]


def test_a_chain_of_labels_names_the_last_one() -> None:
    assert set(told(renamed(TWO, 6), renamed(THREE, 12))) == {THREE}


def test_the_trigger_waits_for_the_stores_clock() -> None:
    story = Story(journey=JOURNEY).hears(store_says(order=order(), packed=[fulfilment(ONE)]), renamed(TWO, 10))
    story.looks(9)
    assert story.ledger == {}
    assert JOURNEY.touchpoints[0].trigger is Trigger.NEW_NUMBER
    assert JOURNEY.touchpoints[0].fresh_for > timedelta(days=1)
