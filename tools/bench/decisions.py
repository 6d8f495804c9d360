"""Decisions per second and core, and memory per order, in their dear form: conditions, a shopper's history, all guards.

Every touchpoint is switched on. The orders are those of `throughput`, with an empty ledger. A decision is one row with
its verdicts.
"""

import time
import tracemalloc
from datetime import timedelta
from statistics import median

from porchlight.config import read_journey
from porchlight.domain.conditions import checked
from porchlight.domain.decide import Plan, decide
from porchlight.domain.explaining import explain
from porchlight.domain.fold import fold
from porchlight.domain.journeys import Journey
from porchlight.domain.ledger import LedgerRow
from porchlight.domain.localities import locality_of
from porchlight.domain.orders import Destination
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.shopper import History, Sent, Shopper
from porchlight.domain.situation import Situation
from porchlight.domain.state import OrderState
from porchlight.plugins import CARRIERS

from tools.bench.throughput import NOW, ROUNDS, WARM_UP, loads_of
from tools.local_stack import ROOT

CONDITION = 'order.total >= 0.0 && order.country != "AQ" && !("no_mail" in order.tags)'
REACH = {one: frozenset({"email"}) for one in Audience}


def measure(rounds: int = ROUNDS) -> dict[str, object]:
    """Decisions per second, with and without their explanation, and what one costs."""
    journey = _demanding(read_journey(ROOT / "config" / "journeys.yaml"))
    states = [fold(facts) for code in CARRIERS.codes() for load in loads_of(code) for facts in load.known()]
    found = [_round(states, journey) for _ in range(WARM_UP + rounds)][WARM_UP:]
    decisions = found[0][0]
    both = [decided + explained for _, decided, explained in found]
    alone = [decided for _, decided, _ in found]
    return {
        "rounds": rounds,
        "orders": len(states),
        "decisions": decisions,
        "decisions_per_second": round(decisions / median(alone)),
        "decisions_per_second_best": round(decisions / min(alone)),
        "explained_decisions_per_second": round(decisions / median(both)),
        "explained_decisions_per_second_best": round(decisions / min(both)),
        "kilobytes_per_order": round(median(_peak(state, journey) for state in states) / 1000, 1),
    }


def _demanding(journey: Journey) -> Journey:
    program = checked(CONDITION)
    harder = {"enabled": True, "when": CONDITION, "program": program}
    harder_touchpoints = tuple(one.model_copy(update=harder) for one in journey.touchpoints)
    return journey.model_copy(update={"touchpoints": harder_touchpoints})


def _round(states: list[OrderState], journey: Journey) -> tuple[int, float, float]:
    begun = time.thread_time()
    plans = [_decided(state, journey) for state in states]
    decided = time.thread_time()
    for state, plan in zip(states, plans, strict=True):
        explain([LedgerRow(decision=one) for one in plan.decisions], state)
    return sum(len(plan.decisions) for plan in plans), decided - begun, time.thread_time() - decided


def _peak(state: OrderState, journey: Journey) -> int:
    """Bytes that one look at an order holds at its highest, beyond the order itself."""
    tracemalloc.start()
    _decided(state, journey)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def _decided(state: OrderState, journey: Journey) -> Plan:
    to = state.order.destination if state.order else Destination()
    return decide(state, {}, journey, Situation(REACH, _shopper, locality_of(to)), NOW)


def _shopper() -> Shopper:
    return _SHOPPER


def _sent(index: int) -> Sent:
    at, name = NOW - index * timedelta(hours=9), f"m{index}"
    return Sent(at=at, order_id="o", message_id=name, touchpoint=name, purpose=Purpose.SERVICE, channel="email")


_SHOPPER = Shopper(orders=4, history=History(version=20, sent=tuple(map(_sent, range(20)))), page_views=3)
