"""Orders of a csv file, and what a merchant knew of each at a moment: nothing that is dated later is ever used.

Columns: `order_id`, `purchased_at`, `handed_to_carrier_at`, `delivered_at`, `promised_date`, `n_items`, `n_sellers`,
`review_score`, `review_creation_date`; others are not read. The final `status` has no date, so it is hindsight and is
not read either. Times have no zone and are all taken as one local clock.

The file names one hand-over and one arrival per order. So each order has one parcel with a number, what is in it is not
said, and what further sellers sent left the same day without a number.
"""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from porchlight.domain.facts import OrderFacts, order_id_of
from porchlight.domain.fold import fold
from porchlight.domain.fulfilments import FulfilmentSnapshot, Parcel
from porchlight.domain.orders import Destination, Item, OrderSnapshot
from porchlight.domain.state import OrderState
from porchlight.domain.status import Status
from porchlight.domain.store_news import StoreUpdate
from porchlight.domain.times import wall_clock
from porchlight.domain.tracking import Estimate, EstimateSource, TrackingEvent, TrackingUpdate, tracking_event

STORE, CARRIER = "file", "carrier"


@dataclass(frozen=True)  # no slots: they leave no place for what is computed once
class Order:
    """One row. `score` and `really_asked` are what happened to the review; the hold never sees them.

    The file does not name a `country`; who reads it may.
    """

    order_id: str
    purchased: datetime
    handed_over: datetime | None
    delivered: datetime | None
    promised: date | None
    items: int
    sellers: int
    score: int | None
    really_asked: datetime | None
    country: str = ""

    def known_at(self, now: datetime) -> OrderState:
        """The state that follows from what had happened by then."""
        left = self.handed_over is not None and self.handed_over <= now
        arrived = self.delivered is not None and self.delivered <= now
        if arrived:
            return self._after_hand_over_and_arrival if left else self._after_arrival
        return self._after_hand_over if left else self._placed

    @cached_property
    def _placed(self) -> OrderState:
        return fold(_facts(self, None, None))

    @cached_property
    def _after_hand_over(self) -> OrderState:
        return fold(_facts(self, self.handed_over, None))

    @cached_property
    def _after_arrival(self) -> OrderState:
        return fold(_facts(self, None, self.delivered))

    @cached_property
    def _after_hand_over_and_arrival(self) -> OrderState:
        return fold(_facts(self, self.handed_over, self.delivered))


def read_orders(file: Path) -> Iterator[Order]:
    """Every row of a csv or csv.gz file."""
    with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            yield _order(row)


def _order(row: dict[str, str]) -> Order:
    return Order(
        order_id=row["order_id"],
        purchased=datetime.fromisoformat(row["purchased_at"]).replace(tzinfo=UTC),
        handed_over=_moment(row["handed_to_carrier_at"]),
        delivered=_moment(row["delivered_at"]),
        promised=date.fromisoformat(row["promised_date"][:10]) if row["promised_date"] else None,
        items=_whole(row["n_items"]) or 1,
        sellers=_whole(row["n_sellers"]) or 1,
        score=_whole(row["review_score"]),
        really_asked=_moment(row["review_creation_date"]),
    )


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


def _whole(text: str) -> int | None:
    return int(float(text)) if text else None


def _facts(order: Order, left: datetime | None, arrived: datetime | None) -> OrderFacts:
    facts = OrderFacts(
        order_id=order_id_of(STORE, STORE, order.order_id),
        store=STORE,
        connection=STORE,
        vendor_order_id=order.order_id,
        order=snapshot_of(order),
    )
    packed_at = left or arrived
    if packed_at is None:
        return facts
    fulfilments = tuple(_fulfilment(seller, packed_at) for seller in range(order.sellers))
    update = StoreUpdate(source=STORE, vendor_order_id=order.order_id, topic="row", fulfilments=fulfilments)
    scans = [
        _scan(moment, status) for moment, status in ((left, Status.IN_TRANSIT), (arrived, Status.DELIVERED)) if moment
    ]
    return facts.with_store_update(update).with_tracking_update(_told(scans))


def snapshot_of(order: Order) -> OrderSnapshot:
    """What the store knows of it from the beginning."""
    promised = Estimate(day=order.promised, source=EstimateSource.STORE) if order.promised else None
    return OrderSnapshot(
        vendor_order_id=order.order_id,
        number=order.order_id[:8],
        updated_at=order.purchased,
        placed_at=order.purchased,
        promised=promised,
        destination=Destination(country=order.country),
        items=tuple(Item(line_id=str(line), title="") for line in range(order.items)),
    )


def _fulfilment(seller: int, packed_at: datetime) -> FulfilmentSnapshot:
    """The first seller's parcel is the one whose times the file has."""
    parcels = () if seller else (Parcel(tracking_number="1", carrier=CARRIER),)
    return FulfilmentSnapshot(fulfilment_id=str(seller), updated_at=packed_at, created_at=packed_at, parcels=parcels)


def _scan(moment: datetime, status: Status) -> TrackingEvent:
    when = wall_clock(moment.replace(tzinfo=None), None)
    return tracking_event(CARRIER, when, status=status, code=status.value)


def _told(scans: list[TrackingEvent]) -> TrackingUpdate:
    last = max(scans, key=lambda one: one.occurred_at)
    return TrackingUpdate(
        tracking_number="1",
        carrier=CARRIER,
        source=CARRIER,
        status=last.status,
        reported_at=last.occurred_at,
        events=tuple(scans),
    )
