"""How long a product lasts with one shopper: what the merchant says of it and their purchases in, a span out.

A surprise: spans are averaged as logarithms. Half as long and twice as long are equally far off, and one purchase that
was forgotten for a year does not stretch all that follow.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import exp, log

from porchlight.domain.model import Value
from porchlight.domain.orders import Item, OrderSnapshot

BELIEVED = 2.0
"""What the merchant says of a product counts as much as this many spans between purchases."""
LONGEST = timedelta(days=400)
_DAY = timedelta(days=1)
MOST_PRODUCTS = 50
REPLENISH = "replenish"
"""What the key of such an occurrence begins with, before the line it is about."""


class Purchase(Value):
    """What one order added to a shopper's supply.

    Attributes:
        pieces: By `product_of`; of an order of very many products the first `MOST_PRODUCTS`.
    """

    order_id: str
    at: datetime
    pieces: dict[str, int] = {}


def product_of(item: Item) -> str:
    """What names the product in every order: its SKU, else the store's id of it; empty when it has neither."""
    return item.sku or item.product_id


def usual_span(lasts: Mapping[str, timedelta], item: Item) -> timedelta | None:
    """How long one piece lasts, as the merchant says by SKU or by the store's id; `None` when they say nothing."""
    return lasts.get(item.sku) or lasts.get(item.product_id)


def purchase_of(order_id: str, order: OrderSnapshot) -> Purchase:
    """What this order adds; nothing when it was cancelled."""
    pieces: dict[str, int] = {}
    for item in () if order.cancelled_at else order.items:
        product = product_of(item)
        if product and item.quantity > 0 and (product in pieces or len(pieces) < MOST_PRODUCTS):
            pieces[product] = pieces.get(product, 0) + item.quantity
    return Purchase(order_id=order_id, at=order.placed_at, pieces=pieces)


def lasts_with(product: str, pieces: int, usual: timedelta, bought: Sequence[Purchase]) -> timedelta:
    """How long so many pieces last with who bought this.

    Args:
        product: As `product_of` names it.
        pieces: At least one.
        usual: How long one piece lasts, as the merchant says.
        bought: Purchases of one shopper, in any order.
    """
    spans = [_days(span) for span in _spans(product, bought)]
    total = BELIEVED * log(usual / _DAY) + sum(log(span) for span in spans)
    one = timedelta(days=exp(total / (BELIEVED + len(spans))))
    return min(one * pieces, LONGEST)


def line_of(order: OrderSnapshot, key: str) -> Item | None:
    """The line that `replenish.<line>` is about."""
    kind, _, line = key.partition(".")
    return next((item for item in order.items if item.line_id == line), None) if kind == REPLENISH else None


def bought_since(product: str, at: datetime, bought: Sequence[Purchase]) -> bool:
    """There is more of it than this order brought."""
    return any(one.at > at and one.pieces.get(product) for one in bought)


def _spans(product: str, bought: Sequence[Purchase]) -> Iterator[timedelta]:
    """How long one piece of each purchase lasted until the next."""
    found = sorted((one for one in bought if one.pieces.get(product)), key=lambda one: (one.at, one.order_id))
    for one, following in pairwise(found):
        yield (following.at - one.at) / one.pieces[product]


def _days(span: timedelta) -> float:
    return min(max(span, _DAY), LONGEST) / _DAY
