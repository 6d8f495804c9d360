"""Orders for tests, from the same values the product uses: say what matters, the rest has a plausible default.

Times here are printed clocks and goods have names, for tests of what a person reads. `tests/domain/stories.py` counts
hours from the order and numbers its goods, for tests of what follows from what.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from porchlight.domain.facts import OrderFacts, order_id_of
from porchlight.domain.fold import fold
from porchlight.domain.fulfilments import FulfilmentEvent, FulfilmentSnapshot, PackedItem, Parcel
from porchlight.domain.orders import Item, OrderSnapshot, Person
from porchlight.domain.state import OrderState
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.store_news import StoreUpdate
from porchlight.domain.times import EventTime, exact
from porchlight.domain.tracking import Estimate, Place, TrackingEvent, TrackingUpdate, tracking_event

NOW = datetime(2026, 3, 12, 15, 0, tzinfo=UTC)
ITEMS = (
    Item(line_id="1", title="Linen table lamp", variant="Oat", quantity=1),
    Item(line_id="2", title="Beeswax candle", variant="Set of three", quantity=2),
    Item(line_id="3", title="Wool throw", quantity=1),
)

type Statement = StoreUpdate | TrackingUpdate


def at(text: str) -> datetime:
    """An aware moment from ISO 8601 with an offset."""
    return datetime.fromisoformat(text)


def snapshot(**changes: object) -> OrderSnapshot:
    """The store's word on an order, cancelled, translated or filled as `changes` say."""
    base = OrderSnapshot(
        vendor_order_id="77",
        number="#1042",
        updated_at=at("2026-03-09T08:00:00+00:00"),
        placed_at=at("2026-03-09T08:00:00+00:00"),
        shopper=Person(locale="en-GB", email="ada@example.com", first_name="Ada", last_name="Marlow"),
        items=ITEMS,
    )
    return base.model_copy(update=changes)


def packing(number: str, *lines: str, carrier: str = "ups", name: str = "UPS", url: str = "") -> FulfilmentSnapshot:
    """One parcel that holds these order lines, each in its ordered quantity."""
    quantity = {item.line_id: item.quantity for item in ITEMS}
    return FulfilmentSnapshot(
        fulfilment_id=f"f-{number}",
        updated_at=at("2026-03-10T09:00:00+00:00"),
        created_at=at("2026-03-10T09:00:00+00:00"),
        parcels=(Parcel(tracking_number=number, carrier=carrier, carrier_name=name, tracking_url=url),),
        items=tuple(PackedItem(line_id=line, quantity=quantity[line]) for line in lines),
    )


def scan(
    when: str | EventTime, status: Status, sub: SubStatus = SubStatus.NONE, text: str = "", city: str = ""
) -> TrackingEvent:
    """One scan; `when` is ISO 8601 with an offset, or any reading of a time."""
    reading = exact(at(when)) if isinstance(when, str) else when
    code = f"{status}.{sub}"
    return tracking_event(
        "ups", reading, status=status, sub_status=sub, code=code, description=text, place=Place(city=city)
    )


def tracked(
    number: str, *events: TrackingEvent, estimate: Estimate | None = None, at_: datetime = NOW
) -> TrackingUpdate:
    """What the carrier says about a parcel; its own summary is that of the last event given."""
    return TrackingUpdate(
        tracking_number=number,
        carrier="ups",
        source="ups",
        status=events[-1].status if events else Status.UNKNOWN,
        sub_status=events[-1].sub_status if events else SubStatus.NONE,
        estimate=estimate,
        reported_at=at_,
        events=events,
    )


def expected(day: str, start: str | None = None, end: str | None = None) -> Estimate:
    """A carrier's estimate."""
    return Estimate(day=date.fromisoformat(day), window_start=start, window_end=end)


def store_says(
    *,
    order: OrderSnapshot | None = None,
    packed: Iterable[FulfilmentSnapshot] = (),
    scans: Iterable[FulfilmentEvent] = (),
) -> StoreUpdate:
    """A store's statement."""
    return StoreUpdate(
        source="shopify",
        vendor_order_id="77",
        topic="orders/updated",
        order=order,
        fulfilments=tuple(packed),
        events=tuple(scans),
    )


NOTHING = OrderFacts(
    order_id=order_id_of("shopify", "shop", "77"), store="shopify", connection="shop", vendor_order_id="77"
)


def heard(statements: Iterable[Statement], facts: OrderFacts = NOTHING) -> OrderFacts:
    """What is known after these statements."""
    for one in statements:
        facts = facts.with_store_update(one) if isinstance(one, StoreUpdate) else facts.with_tracking_update(one)
    return facts


def folded(order: OrderSnapshot, *said: FulfilmentSnapshot | TrackingUpdate) -> OrderState:
    """The state of an order after all this was said."""
    rest = (one if isinstance(one, TrackingUpdate) else store_says(packed=[one]) for one in said)
    return fold(heard([store_says(order=order), *rest]))
