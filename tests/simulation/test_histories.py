"""Histories with faults, judged by the invariants of `invariants.py`; `python -m tests.simulation` runs many more."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.simulation.faults import KILLS, Calm, Fault
from tests.simulation.histories import History, calls_of, crash_histories, lived, seeded_history
from tests.simulation.quick import quick
from tests.simulation.scenarios import (
    SCENARIOS,
    Scenario,
    aggregator_that_copies_and_contradicts,
    hint_wakes_a_poll,
    later_day_then_silence,
    mail_that_bounces,
    number_replaced_while_both_are_polled,
    scan_and_fulfilment_in_one_second,
    store_that_is_read,
    three_parcels_that_move_together,
)
from tests.simulation.world import START, World

SEEDS = 600
CRASH_HISTORIES = 40
"""Of each scenario; those with more calls are sampled here, and run whole by `make simulate-faults`."""


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with quick():
        yield


def _told(world: World) -> list[str]:
    return [mail.call.tags["touchpoint"] for mail in world.provider.mails]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_every_crash_point_leaves_nothing_lost_and_nothing_twice(scenario: Scenario) -> None:
    """F17: killed before or after the effect of each port call, then left to the retries."""
    step = max(1, round(2 * calls_of(scenario) / CRASH_HISTORIES))

    assert _broken(crash_histories(scenario, KILLS, step)) == []


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
@pytest.mark.parametrize("fault", [Fault.FAIL_BEFORE, Fault.FAIL_AFTER, Fault.TWICE, Fault.MEANWHILE])
def test_errors_and_second_workers_do_no_harm(scenario: Scenario, fault: Fault) -> None:
    """F14, F19, F24: a call fails, its reply is lost, another worker does the same work, or everything else, meanwhile."""
    step = max(1, round(calls_of(scenario) / 4))

    assert _broken(crash_histories(scenario, (fault,), step)) == []


def test_a_scan_and_its_fulfilment_meet_however_they_interleave() -> None:
    """F11: between looking for the order and parking the scan, the order may be written."""
    assert _broken(crash_histories(scan_and_fulfilment_in_one_second, (Fault.MEANWHILE,))) == []


@pytest.mark.parametrize("first", range(0, SEEDS, 100))
def test_seeded_histories_hold_every_invariant(first: int) -> None:
    assert _broken(seeded_history(seed) for seed in range(first, first + 100)) == []


def test_a_history_follows_from_its_seed() -> None:
    assert seeded_history(7) == seeded_history(7)


def test_parcels_that_move_together_make_one_message_each_time() -> None:

    told = Counter(_told(lived(three_parcels_that_move_together, Calm())))

    assert told == {"order_confirmed": 1, "shipped": 1, "out_for_delivery": 1, "delivered": 1}


def test_a_hint_alone_never_becomes_news() -> None:

    world = lived(hint_wakes_a_poll, Calm())

    (delivered,) = [mail for mail in world.provider.mails if mail.call.tags["touchpoint"] == "delivered"]
    asked = [call for call in world.site.calls if call <= delivered.at]
    assert (delivered.at - asked[-1]).total_seconds() < 60
    assert "1ZNOBODY" not in world.table.numbers


def test_mail_stops_after_a_hard_bounce() -> None:

    assert _told(lived(mail_that_bounces, Calm())) == ["order_confirmed"]


def test_a_copy_that_says_delivered_too_early_is_not_believed() -> None:

    world = lived(aggregator_that_copies_and_contradicts, Calm())

    [delivered] = [mail for mail in world.provider.mails if mail.call.tags["touchpoint"] == "delivered"]
    assert delivered.at > START + timedelta(hours=50)


def test_a_new_label_is_corrected_once_and_its_parcel_told_to_the_end() -> None:

    told = _told(lived(number_replaced_while_both_are_polled, Calm()))

    assert told == ["order_confirmed", "new_number", "shipped", "delivered"]


def test_what_no_webhook_told_is_found_in_both_shops() -> None:

    world = lived(store_that_is_read, Calm())

    assert {facts.vendor_order_id for facts, _ in world.table.facts.values()} == {"3001", "3002", "4001", "4002"}
    assert Counter(_told(world))["order_confirmed"] == 2


def test_a_whole_day_without_faults_tells_the_story_once() -> None:

    told = _told(lived(later_day_then_silence, Calm()))

    assert told == ["order_confirmed", "shipped", "delayed", "stalled", "delivered"]


def _broken(histories: Iterator[History]) -> list[tuple[str, tuple[str, ...]]]:
    return [(history.name, history.broken) for history in histories if history.broken]
