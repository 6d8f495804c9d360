"""A journey over history says what life would have said."""

from hypothesis import given, settings
from hypothesis import strategies as st
from porchlight.domain.ledger import Outcome
from porchlight.domain.replay import difference, replayed, told
from porchlight.domain.status import Status

from tests.builders import heard, store_says
from tests.domain.stories import JOURNEY, ONE, TWO, Story, fulfilment, hours, only, order, says, scan

EMAIL = frozenset({"email"})
SCANS = (scan(5, Status.IN_TRANSIT), scan(30, Status.OUT_FOR_DELIVERY), scan(36, Status.DELIVERED))
LIFE = [store_says(order=order(), packed=[fulfilment(ONE)]), says(ONE, *SCANS, heard=36.1)]


def test_replay_tells_what_was_told_in_life() -> None:
    story = Story().hears(LIFE[0])
    story.looks(0.5)
    for index, at in enumerate((5, 30, 36), start=1):
        story.hears(says(ONE, *SCANS[:index], heard=at))
        story.looks(at + 0.1)
    ledger = replayed(heard(LIFE), JOURNEY, EMAIL, hours(500))
    assert [one.touchpoint for one in told(ledger)] == story.sent()


def test_what_changes_is_what_only_one_of_them_sends() -> None:
    facts = heard(LIFE)
    now = told(replayed(facts, JOURNEY, EMAIL, hours(500)))
    then = told(replayed(facts, only("delivered"), EMAIL, hours(500)))
    change = difference("o", now, then)
    assert change.more == ()
    assert [one.touchpoint for one in change.fewer] == ["order_confirmed", "shipped", "out_for_delivery"]


def test_message_that_both_send_at_another_time_has_moved() -> None:
    facts = heard(LIFE)
    now = told(replayed(facts, only("delivered"), EMAIL, hours(500)))
    then = told(replayed(facts, only("delivered", wait="2d"), EMAIL, hours(500)))
    change = difference("o", now, then)
    assert (change.more, change.fewer, bool(change)) == ((), (), True)
    [(was, will)] = change.moved
    assert (will.decision_id, (will.at - was.at).days) == (was.decision_id, 1)
    assert not difference("o", now, now)


def test_waits_and_silences_end_in_replay_as_in_life() -> None:
    silent = heard([LIFE[0], says(ONE, scan(5, Status.IN_TRANSIT), heard=5)])
    assert [one.touchpoint for one in told(replayed(silent, JOURNEY, EMAIL, hours(500)))][-1] == "stalled"


def test_nothing_is_told_after_the_end() -> None:
    assert [one.touchpoint for one in told(replayed(heard(LIFE), JOURNEY, EMAIL, hours(20)))] == [
        "order_confirmed",
        "shipped",
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(2, 400), st.sampled_from(list(Status)), st.sampled_from([ONE, TWO])), max_size=8))
def test_any_history_ends_and_leaves_nothing_waiting(steps: list[tuple[int, Status, str]]) -> None:
    said = [says(number, scan(at, status, code=f"{at}"), heard=at) for at, status, number in steps]
    facts = heard([store_says(order=order(), packed=[fulfilment(ONE, TWO)]), *said])
    ledger = replayed(facts, JOURNEY, EMAIL, hours(5000))
    assert all(one.outcome is not Outcome.DELAY for one in ledger.values())
