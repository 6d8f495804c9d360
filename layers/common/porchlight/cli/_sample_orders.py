"""Invented orders, one per touchpoint, in the state that makes the touchpoint due: for previews and for trying texts.

They take the real way: facts are folded, the journey decides, and the decision is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from porchlight.domain.brand import Brand
from porchlight.domain.decide import Situation, decide
from porchlight.domain.facts import OrderFacts, order_id_of
from porchlight.domain.fold import fold
from porchlight.domain.fulfilments import FulfilmentSnapshot, PackedItem, Parcel
from porchlight.domain.journeys import Journey, Touchpoint, Trigger
from porchlight.domain.ledger import Outcome
from porchlight.domain.orders import Item, OrderSnapshot, Person
from porchlight.domain.purposes import Audience
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.store_news import StoreUpdate
from porchlight.domain.telling import Telling, telling
from porchlight.domain.times import exact
from porchlight.domain.tracking import Estimate, Place, TrackingUpdate, tracking_event

NOW = datetime(2026, 5, 5, 8, 30, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_STORE, _CONNECTION, _ORDER = "sample", "sample", "820982911946154500"
_CARRIER = "UPS"
_URL = "https://www.ups.com/track?tracknum="


@dataclass(frozen=True, slots=True)
class Scene:
    """A parcel's last scan and what was said about its arrival.

    Attributes:
        hours_ago: When the last scan was.
        due_in: Days until the estimated day; `None` without an estimate.
        first_due_in: The same as it was said first.
    """

    trigger: Trigger
    status: Status
    sub_status: SubStatus = SubStatus.NONE
    hours_ago: int = 1
    due_in: int | None = None
    first_due_in: int | None = None
    window: tuple[str, str] | None = None


SCENES = {
    "order_confirmed": Scene(Trigger.ORDER_PLACED, Status.UNKNOWN),
    "shipped": Scene(Trigger.FIRST_MOVEMENT, Status.IN_TRANSIT, SubStatus.ACCEPTED, due_in=2),
    "out_for_delivery": Scene(Trigger.OUT_FOR_DELIVERY, Status.OUT_FOR_DELIVERY, due_in=0, window=("11:15", "14:15")),
    "delivery_attempted": Scene(Trigger.DELIVERY_ATTEMPTED, Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME, due_in=1),
    "ready_for_pickup": Scene(Trigger.READY_FOR_PICKUP, Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT),
    "exception": Scene(Trigger.EXCEPTION, Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM),
    "delayed": Scene(Trigger.LATER_ESTIMATE, Status.IN_TRANSIT, hours_ago=5, due_in=3, first_due_in=1),
    "stalled": Scene(Trigger.SILENCE, Status.IN_TRANSIT, hours_ago=80),
    "new_number": Scene(Trigger.NEW_NUMBER, Status.PRE_TRANSIT, SubStatus.LABEL_CREATED, due_in=3),
    "delivered": Scene(Trigger.DELIVERED, Status.DELIVERED, SubStatus.LEFT_IN_SAFE_PLACE),
}

_ITEMS = (
    Item(line_id="1", title="Brass reading lamp", variant="Short neck", quantity=1),
    Item(line_id="2", title="Linen cushion cover", variant="50 × 50 cm, oat", quantity=2),
    Item(line_id="3", title="Wool throw", variant="Moss", quantity=1),
)


def sample(touchpoint: str, brand: Brand, locale: str, *, parcels: int = 1) -> Telling:
    """What the message of this touchpoint would tell. `touchpoint` is a key of `SCENES`.

    Args:
        touchpoint: Which.
        brand: The shop.
        locale: The shopper's language.
        parcels: 1, or 2 for an order whose second parcel has not come as far.
    """
    scene = SCENES[touchpoint]
    state = fold(_facts(scene, locale, 0 if scene.trigger is Trigger.ORDER_PLACED else parcels))
    limits = {Status.IN_TRANSIT: 72 * _HOUR} if scene.trigger is Trigger.SILENCE else {}
    point = Touchpoint(id=touchpoint, trigger=scene.trigger, no_scan_for=limits)
    decisions = decide(
        state, {}, Journey(touchpoints=(point,)), Situation({Audience.SHOPPER: ("email",)}), NOW
    ).decisions
    told = [one for one in decisions if one.outcome is Outcome.SEND]
    return telling(state, told[0], told, brand, f"{brand.shop_url}/track/#sample", NOW)


def _facts(scene: Scene, locale: str, parcels: int) -> OrderFacts:
    facts = OrderFacts(
        order_id=order_id_of(_STORE, _CONNECTION, _ORDER),
        store=_STORE,
        connection=_CONNECTION,
        vendor_order_id=_ORDER,
    )
    packed = _packed(parcels)
    placed = NOW - (timedelta(hours=1) if not parcels else timedelta(days=6))
    order = OrderSnapshot(
        vendor_order_id=_ORDER,
        number="#1001",
        updated_at=placed,
        placed_at=placed,
        shopper=Person(first_name="Ada", email="ada@example.com", locale=locale),
        items=_ITEMS,
        promised=Estimate(day=(NOW + timedelta(days=4)).date()) if not parcels else None,
    )
    update = StoreUpdate(source=_STORE, vendor_order_id=_ORDER, topic="orders/create", order=order, fulfilments=packed)
    facts = facts.with_store_update(update)
    if scene.trigger is Trigger.NEW_NUMBER:
        facts = facts.with_store_update(update.model_copy(update={"fulfilments": _relabelled(packed)}))
    if parcels:
        for moved in _tracked(scene, facts.fulfilments[0].parcels[0].tracking_number):
            facts = facts.with_tracking_update(moved)
    return facts


def _packed(parcels: int) -> Sequence[FulfilmentSnapshot]:
    share = {0: (), 1: (_ITEMS,), 2: (_ITEMS[:2], _ITEMS[2:])}[parcels]
    numbers = ("1Z999AA10123456784", "1Z999AA10123456793")
    return tuple(
        FulfilmentSnapshot(
            fulfilment_id=str(index),
            updated_at=NOW - timedelta(days=5),
            created_at=NOW - timedelta(days=5),
            parcels=(Parcel(tracking_number=number, carrier_name=_CARRIER, tracking_url=_URL + number),),
            items=tuple(PackedItem(line_id=item.line_id, quantity=item.quantity) for item in items),
        )
        for index, (items, number) in enumerate(zip(share, numbers, strict=False))
    )


def _relabelled(packed: Sequence[FulfilmentSnapshot]) -> tuple[FulfilmentSnapshot, ...]:
    """The first parcel under another number since an hour ago."""
    number = "1Z999AA10123456802"
    parcel = Parcel(tracking_number=number, carrier_name=_CARRIER, tracking_url=_URL + number)
    return (packed[0].model_copy(update={"updated_at": NOW - _HOUR, "parcels": (parcel,)}), *packed[1:])


def _tracked(scene: Scene, number: str) -> list[TrackingUpdate]:
    """What the carrier said first, and what it says now."""
    at = (NOW - scene.hours_ago * _HOUR).astimezone(ZoneInfo("Europe/London"))
    event = tracking_event(
        _STORE,
        exact(at),
        status=scene.status,
        sub_status=scene.sub_status,
        code="X1",
        place=Place(city="BRISTOL", country="GB"),
    )
    first = scene.due_in if scene.first_due_in is None else scene.first_due_in
    return [
        TrackingUpdate(
            tracking_number=number,
            carrier="",
            source=_STORE,
            status=scene.status,
            sub_status=scene.sub_status,
            estimate=_estimate(due, scene.window),
            reported_at=reported_at,
            events=(event,),
        )
        for due, reported_at in ((first, NOW - timedelta(days=4)), (scene.due_in, NOW))
    ]


def _estimate(due_in: int | None, window: tuple[str, str] | None) -> Estimate | None:
    if due_in is None:
        return None
    start, end = window or (None, None)
    return Estimate(day=(NOW + timedelta(days=due_in)).date(), window_start=start, window_end=end)
