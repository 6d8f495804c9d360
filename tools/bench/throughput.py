"""Events per second and core: a vendor's bytes through normalise, fold and decide, in process.

The load is every fixture of every carrier plug-in that holds scans: answers to polls and pushes, JSON and XML, one scan
or a dozen. Each is read, added to an order with its items and one packing of that parcel, folded, and everything due is
decided with an empty ledger, which is the dear case: nothing has been told yet. An event is one scan.

The time is the processor's own, of one thread. A neighbour on the machine can only make a round slower, so the median
of the rounds and the best round are both reported.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from porchlight.config import read_journey
from porchlight.domain.decide import decide
from porchlight.domain.errors import PorchlightError
from porchlight.domain.exchange import WebhookRequest
from porchlight.domain.facts import OrderFacts
from porchlight.domain.fold import fold
from porchlight.domain.journeys import Journey
from porchlight.domain.purposes import Audience
from porchlight.domain.situation import Situation
from porchlight.domain.tracking import TrackingUpdate
from porchlight.plugins import CARRIERS, STORES

from tools.local_stack import ROOT

CARRIER_FIXTURES = ROOT / "tests" / "carriers" / "fixtures"
STORE_FIXTURES = ROOT / "tests" / "stores" / "fixtures" / "shopify"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ROUNDS = 25
WARM_UP = 5
SITUATION = Situation({Audience.SHOPPER: frozenset({"email"})})


@dataclass(frozen=True)
class Load:
    """One body: how to read it, the orders it is about, and how many scans it holds."""

    carrier: str
    read: Callable[[], list[TrackingUpdate]]
    orders: tuple[OrderFacts, ...]
    scans: int

    def known(self) -> list[OrderFacts]:
        """The orders with what the body says."""
        return [order.with_tracking_update(one) for order, one in zip(self.orders, self.read(), strict=True)]


def measure(rounds: int = ROUNDS) -> dict[str, object]:
    """Events and bodies per second over all carriers, and by stage."""
    journey = read_journey(ROOT / "config" / "journeys.yaml")
    loads = [load for code in CARRIERS.codes() for load in loads_of(code)]
    scans = sum(load.scans for load in loads)
    for _ in range(WARM_UP):
        _round(loads, journey)
    stages = [_round(loads, journey) for _ in range(rounds)]
    whole = [sum(stage) for stage in stages]
    names = ("normalise", "add", "fold", "decide")
    return {
        "rounds": rounds,
        "bodies": len(loads),
        "events": scans,
        "events_per_second": round(scans / median(whole)),
        "events_per_second_best": round(scans / min(whole)),
        "bodies_per_second": round(len(loads) / median(whole)),
        "bodies_per_second_best": round(len(loads) / min(whole)),
        "microseconds_per_body": {
            name: round(median(stage[index] for stage in stages) / len(loads) * 1e6, 1)
            for index, name in enumerate(names)
        },
    }


def _round(loads: list[Load], journey: Journey) -> tuple[float, float, float, float]:
    """Processor seconds of each stage."""
    clock = time.thread_time
    begun = clock()
    read = [load.read() for load in loads]
    normalised = clock()
    known = [
        order.with_tracking_update(update)
        for load, updates in zip(loads, read, strict=True)
        for order, update in zip(load.orders, updates, strict=True)
    ]
    added = clock()
    states = [fold(facts) for facts in known]
    folded = clock()
    for state in states:
        decide(state, {}, journey, SITUATION, NOW)
    return normalised - begun, added - normalised, folded - added, clock() - folded


def loads_of(code: str) -> list[Load]:
    """Every body of a carrier that holds scans."""
    files = sorted((CARRIER_FIXTURES / code).glob("p[ou]*.*.*"))
    found = (_load(code, file) for file in files if not file.name.endswith(".expected.json"))
    return [load for load in found if load and load.scans]


def _load(code: str, file: Path) -> Load | None:
    """`None` for a body that holds an error."""
    carrier, body = CARRIERS.get(code), file.read_bytes()
    request = WebhookRequest(headers={}, body=body, path="/", received_at=NOW)

    def read() -> list[TrackingUpdate]:
        if file.name.startswith("push"):
            return carrier.parse_webhook(request)
        return carrier.parse_tracking(body, received_at=NOW)

    try:
        updates = read()
    except PorchlightError:
        return None
    orders = tuple(_order(update.tracking_number) for update in updates)
    return Load(code, read, orders, sum(len(update.events) for update in updates))


def _order(number: str) -> OrderFacts:
    """An order of which one parcel is packed, under this number."""
    shopify = STORES.get("shopify")
    placed, packed = (
        shopify.parse(topic, (STORE_FIXTURES / name).read_bytes(), received_at=NOW)[0]
        for topic, name in (
            ("orders/create", "orders.create.created.json"),
            ("fulfillments/create", "fulfillments.create.two_parcels.json"),
        )
    )
    packing = packed.fulfilments[0]
    parcel = packing.parcels[0].model_copy(update={"tracking_number": number})
    packed = packed.model_copy(update={"fulfilments": (packing.model_copy(update={"parcels": (parcel,)}),)})
    empty = OrderFacts(order_id="bench", store="shopify", connection="c", vendor_order_id=placed.vendor_order_id)
    return empty.with_store_update(placed).with_store_update(packed)
