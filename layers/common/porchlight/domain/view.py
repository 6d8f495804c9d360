"""What a shopper's page may see of an order: statuses, places and times, but no name, street, e-mail or phone.

`TrackingView` is the one deliberate twin of the order's state: a field that is not listed here can not leak.
"""

from collections.abc import Iterable
from datetime import datetime

from porchlight.domain.banners import BannerView
from porchlight.domain.carrier_names import shown_name
from porchlight.domain.fulfilments import PackedItem
from porchlight.domain.journeys import Journey
from porchlight.domain.model import Value
from porchlight.domain.orders import Item
from porchlight.domain.silences import silent_since
from porchlight.domain.state import OrderState, ShipmentState
from porchlight.domain.status import Action, Responsible, Status, SubStatus
from porchlight.domain.storm_view import StormView
from porchlight.domain.times import TimeQuality
from porchlight.domain.tracking import Estimate, TrackingEvent

MAX_EVENTS_SHOWN = 60


class ItemView(Value):
    """One line, as packed in a parcel or still waiting."""

    title: str
    variant: str = ""
    quantity: int = 1
    image_url: str = ""
    product_url: str = ""


class EventView(Value):
    """One scan.

    Attributes:
        at: UTC, for ordering and relative times.
        local: As the carrier printed it: with offset, without, a bare date, or empty.
        quality: How sure `at` is.
        text: The carrier's own words: data, to be shown as plain text.
        place: City, region and country; no postcode.
    """

    at: datetime
    local: str
    quality: TimeQuality
    status: Status
    sub_status: SubStatus
    text: str
    place: str


class EstimateView(Value):
    """When it should arrive, no finer than its source said (`HH:MM` local)."""

    day: str
    window_start: str | None = None
    window_end: str | None = None
    source: str


class ParcelView(Value):
    """One parcel.

    Attributes:
        checked_at: When a carrier last answered about it; `None` when it is only pushed to us.
        silent_since: Set while no scan has come for longer than this stage may be silent.
        first_estimate: Day that was said first, when it differs from the estimate now.
        items: What is in it; in several parcels together where `together_with` names others, and then on one of them.
        together_with: Numbers of the parcels of which the store does not say what is in them and what in this one.
    """

    number: str
    carrier: str
    carrier_name: str
    carrier_url: str
    status: Status
    sub_status: SubStatus
    responsible: Responsible
    action: Action
    since: datetime | None
    estimate: EstimateView | None
    first_estimate: str | None
    last_scan_at: datetime | None
    checked_at: datetime | None
    silent_since: datetime | None
    items: tuple[ItemView, ...]
    together_with: tuple[str, ...] = ()
    events: tuple[EventView, ...]


class TrackingView(Value):
    """Everything the tracking page shows, in one answer.

    Attributes:
        locale: The store's word on the shopper's language (BCP 47), empty when unknown; the browser's is the fallback.
        waiting: Items that no parcel holds yet.
        untracked: Items that left without a tracking number.
        banners: The shop's own lines, at most two.
        storm: The incident of the first parcel that stands still in one.
        read_at: When this answer was made.
    """

    order: str
    placed_at: datetime | None
    cancelled: bool
    locale: str
    parcels: tuple[ParcelView, ...]
    waiting: tuple[ItemView, ...]
    untracked: tuple[ItemView, ...] = ()
    banners: tuple[BannerView, ...] = ()
    storm: StormView | None = None
    read_at: datetime


def tracking_view(
    state: OrderState,
    journey: Journey,
    checked_at: dict[str, datetime],
    now: datetime,
    banners: tuple[BannerView, ...] = (),
) -> TrackingView:
    """The page of one order.

    Args:
        state: The order now.
        journey: For the silence limits of each stage.
        checked_at: When a carrier last answered, by tracking number.
        now: Aware UTC.
        banners: What the shop says above the parcels.
    """
    order = state.order
    items = {item.line_id: item for item in order.items} if order else {}
    listing = listing_items(state.parcels)
    return TrackingView(
        order=order.number if order else "",
        placed_at=order.placed_at if order else None,
        cancelled=state.cancelled,
        locale=order.shopper.locale if order else "",
        parcels=tuple(
            _parcel(
                one, items if one.tracking_number in listing else {}, checked_at, silent_since(one, state, journey, now)
            )
            for one in state.parcels
        ),
        waiting=waiting_items(state, items),
        untracked=_items_of((one for packing in state.untracked for one in packing.items), items),
        banners=banners,
        read_at=now,
    )


def _parcel(
    parcel: ShipmentState,
    items: dict[str, Item],
    checked_at: dict[str, datetime],
    silent: datetime | None,
) -> ParcelView:
    first = parcel.first_estimate
    moved = first and parcel.estimate and first.day != parcel.estimate.day
    return ParcelView(
        number=parcel.tracking_number,
        carrier=parcel.carrier,
        carrier_name=shown_name(parcel.carrier, parcel.carrier_name),
        carrier_url=parcel.tracking_url if parcel.tracking_url.startswith("https://") else "",
        status=parcel.status,
        sub_status=parcel.sub_status,
        responsible=parcel.responsible,
        action=parcel.action,
        since=parcel.since,
        estimate=_estimate(parcel.estimate) if parcel.estimate and parcel.is_open else None,
        first_estimate=str(first.day) if first and moved else None,
        last_scan_at=parcel.last_scan_at,
        checked_at=checked_at.get(parcel.tracking_number),
        silent_since=silent,
        items=_items_of(parcel.items, items),
        together_with=parcel.together_with,
        events=tuple(_event(event, parcel) for event in reversed(parcel.events[-MAX_EVENTS_SHOWN:])),
    )


def _estimate(estimate: Estimate) -> EstimateView:
    return EstimateView(
        day=str(estimate.day),
        window_start=estimate.window_start,
        window_end=estimate.window_end,
        source=estimate.source.value,
    )


def _event(event: TrackingEvent, parcel: ShipmentState) -> EventView:
    """One scan; of one that does not count (a guess, a source that is not believed) the words alone."""
    counts = event in parcel.truth.deciding
    place = ", ".join(part for part in (event.place.city, event.place.region, event.place.country) if part)
    return EventView(
        at=event.occurred_at,
        local=event.local_time,
        quality=event.time_quality,
        status=event.status if counts else Status.UNKNOWN,
        sub_status=event.sub_status if counts else SubStatus.NONE,
        text=event.description,
        place=place,
    )


def item_view(item: Item, quantity: int) -> ItemView:
    """So many of an order line."""
    return ItemView(
        title=item.title,
        variant=item.variant,
        quantity=quantity,
        image_url=item.image_url,
        product_url=item.product_url,
    )


def _items_of(packed: Iterable[PackedItem], items: dict[str, Item]) -> tuple[ItemView, ...]:
    return tuple(item_view(items[one.line_id], one.quantity) for one in packed if one.line_id in items)


def waiting_items(state: OrderState, items: dict[str, Item]) -> tuple[ItemView, ...]:
    """What ships and is in no parcel yet; `items` by line id."""
    packed: dict[str, int] = {}
    for one in _packed_items(state):
        packed[one.line_id] = packed.get(one.line_id, 0) + one.quantity
    left = ((item, item.quantity - packed.get(item.line_id, 0)) for item in items.values() if item.ships)
    return tuple(item_view(item, quantity) for item, quantity in left if quantity > 0)


def listing_items(parcels: Iterable[ShipmentState]) -> set[str]:
    """Numbers of the parcels to list items under, so that each is listed once: of those that share, the first."""
    listing: set[str] = set()
    for parcel in parcels:
        if listing.isdisjoint(parcel.together_with):
            listing.add(parcel.tracking_number)
    return listing


def _packed_items(state: OrderState) -> list[PackedItem]:
    listing = listing_items(state.parcels)
    tracked = [item for parcel in state.parcels if parcel.tracking_number in listing for item in parcel.items]
    return tracked + [item for fulfilment in state.untracked for item in fulfilment.items]
