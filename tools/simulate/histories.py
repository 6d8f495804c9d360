"""One order of the file, lived: what truly happened, and what the shop heard of it and when.

The shop hears late, twice and out of order, as shops do. Columns and reading are those of `tools.review_hold`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import NamedTuple

from porchlight.domain.facts import OrderFacts, order_id_of
from porchlight.domain.fulfilments import FulfilmentSnapshot, PackedItem, Parcel
from porchlight.domain.status import Status
from porchlight.domain.store_news import StoreUpdate
from porchlight.domain.times import exact
from porchlight.domain.tracking import Estimate, TrackingUpdate, tracking_event

from tools.review_hold.orders import CARRIER, STORE, Order, snapshot_of
from tools.simulate.assumptions import FeedModel
from tools.simulate.lives import DAY, HOUR, Life, Scan, Way, life

AT_ONCE = timedelta(minutes=1)


class Heard(NamedTuple):
    """What reaches the shop at a moment; `scan` of what carrier said is beside it for who reads no state."""

    at: datetime
    update: StoreUpdate | TrackingUpdate
    scan: Scan | None = None


@dataclass(frozen=True, slots=True)
class History:
    """One order.

    Attributes:
        index: Its place among those drawn; with a seed it gives the shopper's dice.
        promised: End of the promised day.
        placed: What is known from the order itself.
    """

    index: int
    order: Order
    promised: datetime | None
    parcels: tuple[Life, ...]
    placed: OrderFacts
    heard: tuple[Heard, ...]

    @property
    def arrived_at(self) -> datetime | None:
        """When the last part came; `None` if one never did."""
        ends = [parcel.delivered for parcel in self.parcels]
        known = [end for end in ends if end]
        return max(known) if known and len(known) == len(ends) else None

    @property
    def late(self) -> bool:
        """Not all there when the promised day was over."""
        return self.promised is not None and (self.arrived_at is None or self.arrived_at >= self.promised)

    def parcel(self, number: str) -> Life:
        """By number."""
        return next(one for one in self.parcels if one.number == number)

    def trouble_at(self, moment: datetime, counts_for: timedelta) -> bool:
        """Truly: overdue, incomplete, or come too late a short while ago. No rule of the product is asked."""
        missing = [one for one in self.parcels if not one.arrived_by(moment)]
        overdue = self.promised is not None and moment >= self.promised
        incomplete = 0 < len(missing) < len(self.parcels)
        late = [
            one.delivered for one in self.parcels if self.promised and one.delivered and one.delivered >= self.promised
        ]
        recent = any(end <= moment < end + counts_for for end in late)
        return incomplete or recent or (overdue and bool(missing or not self.parcels))


def histories(orders: Sequence[Order], number: int, feed: FeedModel, seed: int) -> list[History]:
    """So many orders, drawn with replacement; the same seed draws the same."""
    draw = Random(seed)  # noqa: S311 a simulation
    return [_history(index, draw.choice(orders), feed, Random(f"{seed}.{index}")) for index in range(number)]  # noqa: S311


def _history(index: int, order: Order, feed: FeedModel, rng: Random) -> History:
    promised = datetime.combine(order.promised, time(), UTC) + DAY if order.promised else None
    parcels = tuple(_parcels(order, promised, feed, rng))
    facts = OrderFacts(
        order_id=order_id_of(STORE, STORE, order.order_id),
        store=STORE,
        connection=STORE,
        vendor_order_id=order.order_id,
        order=snapshot_of(order),
    )
    heard = [one for parcel in parcels for one in _heard(order, parcel, feed, rng)]
    return History(index, order, promised, parcels, facts, tuple(sorted(heard, key=lambda one: one.at)))


def _parcels(order: Order, promised: datetime | None, feed: FeedModel, rng: Random) -> list[Life]:
    handed_over, delivered = order.handed_over, order.delivered
    if delivered:  # a few rows arrive before they are handed over
        handed_over = min(handed_over or delivered, delivered - 2 * HOUR)
    if handed_over is None:
        return []
    handed_over = max(handed_over, order.purchased + HOUR)
    lines = tuple(str(line) for line in range(order.items))
    first = Way(order.purchased, handed_over, delivered, promised, order.country)
    if len(lines) == 1 or (order.sellers == 1 and rng.random() >= feed.split):
        return [life("1", lines, first, feed, rng)]
    later = handed_over + rng.random() * feed.second_later * DAY
    end = max(later + DAY, delivered + rng.uniform(-2, 4) * DAY) if delivered else None
    second = first._replace(handed_over=later, delivered=end)
    return [life("1", lines[:1], first, feed, rng), life("2", lines[1:], second, feed, rng)]


def _heard(order: Order, parcel: Life, feed: FeedModel, rng: Random) -> list[Heard]:
    said = FulfilmentSnapshot(
        fulfilment_id=parcel.number,
        updated_at=parcel.packed_at,
        created_at=parcel.packed_at,
        parcels=(Parcel(tracking_number=parcel.number, carrier=CARRIER),),
        items=tuple(PackedItem(line_id=line) for line in parcel.lines),
    )
    packed = StoreUpdate(source=STORE, vendor_order_id=order.order_id, topic="packed", fulfilments=(said,))
    heard = [Heard(parcel.packed_at + AT_ONCE, packed)]
    for scan in parcel.scans:
        at = scan.at + rng.expovariate(1 / feed.heard_after) * timedelta(minutes=1)
        if rng.random() < feed.heard_late:
            at = scan.at + rng.uniform(3, 48) * HOUR
        heard.append(Heard(at, _told(parcel.number, scan), scan))
        if rng.random() < feed.repeated:
            heard.append(heard[-1]._replace(at=at + rng.uniform(0.2, 6) * HOUR))
    return heard


def _told(number: str, scan: Scan) -> TrackingUpdate:
    event = tracking_event(CARRIER, exact(scan.at), status=scan.status, code=scan.status.value)
    return TrackingUpdate(
        tracking_number=number,
        carrier=CARRIER,
        source=CARRIER,
        status=scan.status,
        estimate=Estimate(day=scan.named_day) if scan.named_day else None,
        reported_at=scan.at,
        events=(event,),
    )


_STILL_SO: dict[Status, frozenset[Status]] = {
    Status.IN_TRANSIT: frozenset({Status.IN_TRANSIT, Status.EXCEPTION}),
    Status.DELIVERY_ATTEMPTED: frozenset({Status.DELIVERY_ATTEMPTED, Status.IN_TRANSIT}),
}


def still_so(said: Status, now: Status) -> bool:
    """Whether a status that was told still describes the parcel."""
    return now in _STILL_SO.get(said, frozenset({said}))
