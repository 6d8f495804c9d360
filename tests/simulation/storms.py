"""A storm as a scenario. It stands apart from the others, which the seeds draw from: each of them is far smaller."""

from datetime import datetime

from porchlight.domain.lanes import Lane

from tests import payloads
from tests.simulation.scenarios import H, M
from tests.simulation.world import START, World

LANE = Lane(carrier="evri", country="US")
STUCK, MOVING = 10, 3
ENDS = 190 * H


def parcels_that_stand_still(world: World) -> None:
    """Thirteen parcels: ten rest from the first day on, two of them of one shopper; after eight days all go on."""
    for index in range(STUCK + MOVING):
        _packed(world, index)
        first = (START + 4 * H + 5 * index * M, "in_transit")
        days = range(21, 186, 24) if index >= STUCK else ()
        on_the_way = [(START + hour * H, "in_transit") for hour in days]
        end = (START + ENDS + index * M, "delivered")
        _scanned(world, index, first, *on_the_way, end)


def _packed(world: World, index: int) -> None:
    order_id, mail = 1001 + index, f"shopper{max(index, 1)}@example.com"
    world.shop(index * M, "orders/create", payloads.order(START, order_id=order_id, email=mail))
    packed = payloads.fulfilment(START, f"EV{index}", order_id=order_id, fulfilment_id=9001 + index, company="Evri")
    world.shop((20 + index) * M, "fulfillments/create", packed)


def _scanned(world: World, index: int, *scans: tuple[datetime, str]) -> None:
    for number, (at, _) in enumerate(scans):
        body = payloads.tracker(f"EV{index}", *scans[: number + 1], event_id=f"e{index}.{number}")
        world.aggregator(at - START, body)
