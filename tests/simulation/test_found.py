"""Seeds that once broke an invariant, each with what it found."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from porchlight.domain import judging
from porchlight.domain.guards import STATE_GUARDS, merge_window
from porchlight.domain.status import Status
from porchlight.pipeline import message_sending

from tests import payloads
from tests.builders import scan, tracked
from tests.simulation.faults import Calm
from tests.simulation.histories import lived, seeded_history
from tests.simulation.invariants import broken
from tests.simulation.quick import quick
from tests.simulation.scenarios import Scenario, many_orders_of_one_shopper, offers_to_one_shopper
from tests.simulation.world import START, World


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with quick():
        yield


def test_a_bounce_proves_that_the_mail_went_out() -> None:
    """The Send event was lost, the Bounce came: the mail was sent again, for only Send and Delivery counted as proof."""
    assert seeded_history(1369).broken == ()


def test_a_number_heard_of_only_after_it_was_replaced_still_leads_to_its_order() -> None:
    """The older fulfilment came last: its number was never linked, so its scans were parked instead of learned."""
    world, minute = World(0, Calm()), timedelta(minutes=1)
    world.shop(0 * minute, "orders/create", payloads.order(START))
    newer = payloads.fulfilment(START, "EV2", company="Evri", updated_at=START + 9 * minute)
    world.shop(10 * minute, "fulfillments/update", newer)
    world.shop(20 * minute, "fulfillments/create", payloads.fulfilment(START, "EV1", company="Evri"))
    for index, number in enumerate(("EV1", "EV2")):
        scans = ((START + 5 * minute, "in_transit"), (START + 40 * minute, "delivered"))
        world.aggregator(41 * minute, payloads.tracker(number, *scans, event_id=f"e{index}"))
    world.run()

    assert broken(world) == []


def test_an_intent_of_a_bad_quarter_hour_does_not_end_among_the_poison() -> None:
    """Five errors in a row sent a good intent to the dead letters, though its row was released and sent later."""
    assert seeded_history(504358).broken == ()


def test_a_parked_copy_left_by_a_dying_worker_is_of_a_scan_that_the_order_knows() -> None:
    """A slow worker parked a scan that another had just taught to the order, and died before it looked again."""
    assert seeded_history(702229).broken == ()


def test_a_parked_scan_that_its_order_does_not_know_is_still_called_lost() -> None:
    """The invariant above allows copies of known scans, and nothing else."""
    world, minute = World(0, Calm()), timedelta(minutes=1)
    world.shop(0 * minute, "orders/create", payloads.order(START))
    world.shop(10 * minute, "fulfillments/create", payloads.fulfilment(START, "EV1", company="Evri"))
    world.run()
    assert broken(world) == []
    world.table.park(tracked("EV1", scan("2026-03-10T10:00:00+00:00", Status.IN_TRANSIT)), START)
    assert broken(world) == ["nothing_waits: I6 EV1 has an order and is still parked"]


@pytest.mark.parametrize(
    ("scenario", "function", "said"),
    [
        (many_orders_of_one_shopper, "count_against_caps", "I11"),
        (offers_to_one_shopper, "when_quiet", "I13"),
        (offers_to_one_shopper, "refusal", "I12"),
    ],
)
def test_without_the_last_word_before_sending_the_invariants_complain(
    monkeypatch: pytest.MonkeyPatch, scenario: Scenario, function: str, said: str
) -> None:
    """They can fail: a sender that asks nothing breaks each of them, where deciding asked nothing either."""
    monkeypatch.setattr(message_sending, function, lambda *_, **__: None)
    monkeypatch.setattr(judging, "GUARDS", (*STATE_GUARDS, merge_window))

    assert said in " ".join(broken(lived(scenario, Calm())))


def test_a_mail_that_was_tried_again_counts_from_when_it_left() -> None:
    """It counted from its first try, so that a day later another left within a day of it."""
    assert seeded_history(147).broken == ()
