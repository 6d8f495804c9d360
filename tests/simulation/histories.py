"""Runs histories: one scenario under one plan from one seed, judged by the invariants when all has settled."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

from tests.simulation.faults import FAULTS, Calm, Chaos, Fault, OneFault, Plan
from tests.simulation.invariants import broken
from tests.simulation.scenarios import BY_NAME, SCENARIOS, Scenario
from tests.simulation.world import World


@dataclass(frozen=True)
class History:
    """How one history went.

    Attributes:
        calls: Port calls it made.
        broken: What did not hold; empty when all did.
    """

    name: str
    calls: int
    broken: tuple[str, ...]


def lived(scenario: Scenario, plan: Plan, seed: int = 0) -> World:
    """The world after this history."""
    world = World(seed, plan)
    scenario(world)
    world.run()
    return world


def judged(name: str, scenario: Scenario, plan: Plan, seed: int = 0) -> History:
    """One history."""
    world = lived(scenario, plan, seed)
    return History(name, world.points.calls, tuple(broken(world)))


@cache
def calls_of(scenario: Scenario) -> int:
    """Port calls of its calm history, which is always the same."""
    return judged("calm", scenario, Calm()).calls


def crash_histories(scenario: Scenario, faults: tuple[Fault, ...] = FAULTS, step: int = 1) -> Iterator[History]:
    """The calm history, and one for each call and fault: with n calls and two faults, all 2n+1."""
    calm = judged(f"{scenario.__name__} calm", scenario, Calm())
    yield calm
    for call in range(0, calm.calls, step):
        for fault in faults:
            yield judged(f"{scenario.__name__} {fault} at call {call}", scenario, OneFault(call, fault))


def seeded_history(seed: int) -> History:
    """Scenario, faults, delays, duplicates and order all follow from the seed."""
    rng = Random(seed)
    scenario = rng.choice(SCENARIOS)
    return judged(f"{scenario.__name__} seed {seed}", scenario, Chaos(Random(rng.random())), rng.randrange(2**32))


def named(name: str) -> Scenario:
    """A scenario by its name."""
    return BY_NAME[name]
