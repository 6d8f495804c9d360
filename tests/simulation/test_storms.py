"""Storms with faults: whatever dies, fails or comes twice, alerts wait and each shopper is told once (I14)."""

from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest
from porchlight.domain import judging
from porchlight.domain.storm_guards import storm
from porchlight.pipeline import message_sending, peace

from tests.simulation.faults import KILLS, Calm, Chaos, Fault, OneFault
from tests.simulation.histories import calls_of, judged, lived
from tests.simulation.invariants import broken
from tests.simulation.quick import quick
from tests.simulation.storms import LANE, STUCK, parcels_that_stand_still
from tests.simulation.world import World

SEEDS = 12
CRASHES = 8
"""Of each kind; spread over the whole history."""


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with quick():
        yield


def _told(world: World) -> Counter[str]:
    return Counter(mail.call.tags["touchpoint"] for mail in world.provider.mails)


def test_a_storm_without_faults_is_told_to_each_shopper_once() -> None:
    world = lived(parcels_that_stand_still, Calm())

    assert broken(world) == []
    assert _told(world)["storm"] == STUCK - 1, "two of the orders are of one shopper"
    assert _told(world)["stalled"] == 0
    assert world.lanes.held[LANE] == {}


@pytest.mark.parametrize("fault", [*KILLS, Fault.FAIL_BEFORE, Fault.FAIL_AFTER, Fault.TWICE, Fault.MEANWHILE])
def test_every_fault_leaves_the_storm_told_and_the_alerts_held(fault: Fault) -> None:
    calls = calls_of(parcels_that_stand_still)
    crashes = range(calls // 3, calls, calls // CRASHES)

    found = (judged(f"{fault} at {call}", parcels_that_stand_still, OneFault(call, fault)) for call in crashes)
    assert [(one.name, one.broken) for one in found if one.broken] == []


@pytest.mark.parametrize("seed", range(SEEDS))
def test_seeded_storms_hold_every_invariant(seed: int) -> None:
    history = judged(f"seed {seed}", parcels_that_stand_still, Chaos(Random(seed)), seed)
    assert history.broken == ()


def test_without_the_guard_the_invariant_complains_of_single_alerts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "GUARDS", tuple(one for one in judging.GUARDS if one is not storm))

    said = " ".join(broken(lived(parcels_that_stand_still, Calm())))
    assert "I14 stalled#" in said
    assert "in a storm on evri-US" in said


def test_without_asking_what_was_told_the_invariant_complains_of_a_second_telling(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(judging, "GUARDS", tuple(one for one in judging.GUARDS if one is not storm))
    for stage in (message_sending, peace):
        monkeypatch.setattr(stage, "told_elsewhere", lambda *_: "")

    assert "shopper1@example.com was told 2 times of evri-US-" in " ".join(
        broken(lived(parcels_that_stand_still, Calm()))
    )
