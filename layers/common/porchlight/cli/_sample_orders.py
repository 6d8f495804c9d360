"""Invented orders, one per touchpoint, in the state that makes the touchpoint due: for previews and for trying texts.

They take the real way: facts are folded, the journey decides, and the decision is told.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from porchlight.cli._sample_scenes import HOUR, NOW, SCENES, Scene
from porchlight.domain.brand import Brand
from porchlight.domain.decide import decide
from porchlight.domain.facts import OrderFacts, order_id_of
from porchlight.domain.fold import fold
from porchlight.domain.fulfilments import FulfilmentSnapshot, PackedItem, Parcel
from porchlight.domain.journeys import Journey, Touchpoint, Trigger
from porchlight.domain.lanes import Lane
from porchlight.domain.ledger import Outcome
from porchlight.domain.orders import Item, OrderSnapshot, Person
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.situation import Situation
from porchlight.domain.status import Status
from porchlight.domain.store_news import StoreUpdate
from porchlight.domain.storm_looks import StormLook, Struck
from porchlight.domain.storms import Incident
from porchlight.domain.survey import TEMPLATE
from porchlight.domain.telling import Telling, telling
from porchlight.domain.times import exact
from porchlight.domain.tracking import Estimate, Place, TrackingUpdate, tracking_event

_STORE, _CONNECTION, _ORDER = "sample", "sample", "820982911946154500"
_CARRIER = "UPS"
_URL = "https://www.ups.com/track?tracknum="
_REACH = Situation(dict.fromkeys(Audience, ("email",)))
_STORM = Lane(carrier=_CARRIER.lower(), country="GB")


_ITEMS = (
    Item(line_id="1", title="Brass reading lamp", variant="Short neck", quantity=1),
    Item(line_id="2", title="Linen cushion cover", variant="50 × 50 cm, oat", sku="LINEN", quantity=2),
    Item(line_id="3", title="Wool throw", variant="Moss", quantity=1),
)


def sample(touchpoint: str, brand: Brand, locale: str, *, parcels: int = 1) -> Telling:
    """What the message of this touchpoint would tell. `touchpoint` is a key of `SCENES`.

    Args:
        touchpoint: Which.
        brand: The shop.
        locale: The reader's language.
        parcels: 1, or 2 for an order whose second parcel has not come as far; where the scene has as many.
    """
    scene = SCENES[touchpoint]
    state = fold(_facts(scene, locale, parcels if parcels in scene.parcels else scene.parcels[0]))
    journey = Journey(touchpoints=(_touchpoint(touchpoint, scene),))
    decisions = decide(state, {}, journey, _REACH._replace(storm=_SampleStorm(state, now=NOW)), NOW).decisions
    if scene.audience is Audience.MERCHANT:
        brand = brand.model_copy(update={"default_locale": locale})
    told = [one for one in decisions if one.outcome is Outcome.SEND]
    tells = telling(state, told[0], told, brand, f"{brand.shop_url}/track/#sample", NOW)
    if scene.purpose is Purpose.MARKETING:
        links = {"stop_url": f"{brand.shop_url}/api/unsubscribe/sample"}
        links |= {"answer_url": f"{brand.shop_url}/api/survey/sample"} if touchpoint == TEMPLATE else {}
        return tells.model_copy(update=links)
    return tells


class _SampleStorm(StormLook):
    """The first parcel stands still, with many others."""

    @cached_property
    def struck(self) -> tuple[Struck, ...]:
        incident = Incident(
            incident_id=f"{_STORM.name}-2026-05-05T08",
            lane=_STORM,
            since=NOW - 48 * HOUR,
            opened_at=NOW,
            confirmed_at=NOW,
            lapses_at=NOW + 24 * HOUR,
            opened_by=self.state.order_id if self.state else "",
            parcels=60,
            still=41,
        )
        return tuple(Struck(one, incident) for one in (self.state.parcels if self.state else ())[:1])


def _touchpoint(name: str, scene: Scene) -> Touchpoint:
    return Touchpoint(
        id=name,
        trigger=scene.trigger,
        audience=scene.audience,
        purpose=scene.purpose,
        urgent=True,
        fresh_for=timedelta(days=30),
        no_scan_for={Status.IN_TRANSIT: 72 * HOUR} if scene.trigger is Trigger.SILENCE else {},
        lasts=dict(scene.lasts),
    )


def _facts(scene: Scene, locale: str, parcels: int) -> OrderFacts:
    facts = OrderFacts(
        order_id=order_id_of(_STORE, _CONNECTION, _ORDER),
        store=_STORE,
        connection=_CONNECTION,
        vendor_order_id=_ORDER,
    )
    packed = _packed(parcels, NOW - _age(scene))
    placed = NOW - _age(scene) - timedelta(days=1) if parcels else NOW - 2 * HOUR
    order = OrderSnapshot(
        vendor_order_id=_ORDER,
        number="#1001",
        updated_at=placed,
        placed_at=placed,
        shopper=Person(first_name="Ada", email="ada@example.com", locale=locale),
        items=_ITEMS,
        marketing_consent=True,
        cancelled_at=NOW - HOUR if scene.cancelled else None,
        promised=Estimate(day=(NOW + timedelta(days=4)).date()) if not parcels else None,
    )
    update = StoreUpdate(source=_STORE, vendor_order_id=_ORDER, topic="orders/create", order=order, fulfilments=packed)
    facts = facts.with_store_update(update.model_copy(update=dict(scene.store)))
    if scene.trigger is Trigger.NEW_NUMBER:
        facts = facts.with_store_update(update.model_copy(update={"fulfilments": _relabelled(packed)}))
    if parcels:
        for fulfilment in facts.fulfilments if scene.whole else facts.fulfilments[:1]:
            for moved in _tracked(scene, fulfilment.parcels[0].tracking_number):
                facts = facts.with_tracking_update(moved)
    return facts


def _age(scene: Scene) -> timedelta:
    """How long ago it was packed: before its last scan."""
    return max(timedelta(days=5), (scene.hours_ago + 24) * HOUR)


def _packed(parcels: int, at: datetime) -> Sequence[FulfilmentSnapshot]:
    share = {0: (), 1: (_ITEMS,), 2: (_ITEMS[:2], _ITEMS[2:])}[parcels]
    numbers = ("1Z999AA10123456784", "1Z999AA10123456793")
    return tuple(
        FulfilmentSnapshot(
            fulfilment_id=str(index),
            updated_at=at,
            created_at=at,
            parcels=(Parcel(tracking_number=number, carrier_name=_CARRIER, tracking_url=_URL + number),),
            items=tuple(PackedItem(line_id=item.line_id, quantity=item.quantity) for item in items),
        )
        for index, (items, number) in enumerate(zip(share, numbers, strict=False))
    )


def _relabelled(packed: Sequence[FulfilmentSnapshot]) -> tuple[FulfilmentSnapshot, ...]:
    """The first parcel under another number since an hour ago."""
    number = "1Z999AA10123456802"
    parcel = Parcel(tracking_number=number, carrier_name=_CARRIER, tracking_url=_URL + number)
    return (packed[0].model_copy(update={"updated_at": NOW - HOUR, "parcels": (parcel,)}), *packed[1:])


def _tracked(scene: Scene, number: str) -> list[TrackingUpdate]:
    """What the carrier said first, and what it says now."""
    at = (NOW - scene.hours_ago * HOUR).astimezone(ZoneInfo("Europe/London"))
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
