"""The other orders of one shopper, as far as a decision looks at them."""

from collections.abc import Collection, Iterator
from datetime import datetime

from porchlight.domain.digests import orders_beside, sibling_of
from porchlight.domain.fold import fold
from porchlight.domain.records import OrderRecord
from porchlight.domain.shopper import Shopper
from porchlight.domain.siblings import Sibling
from porchlight.domain.state import OrderState
from porchlight.pipeline.ports import Config, Orders


def siblings_of(order_id: str, orders: Orders, config: Config, now: datetime, shopper: Shopper) -> tuple[Sibling, ...]:
    """Those that may have news soon; one read each, and none for who has a single order."""
    read = read_orders(orders_beside(order_id, shopper, now), orders, config)
    asked = (sibling_of(state, record.ledger, now) for state, record in read)
    return tuple(one for one in asked if one)


def read_orders(order_ids: Collection[str], orders: Orders, config: Config) -> Iterator[tuple[OrderState, OrderRecord]]:
    """Each with its state; one that is gone is left out."""
    for order_id in order_ids:
        record = orders.read(order_id)
        if record:
            yield fold(config.mappings().applied_to(record.facts)), record
