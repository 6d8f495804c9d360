"""What one message tells: the facts a template may use, cut to size and free of surprises.

From the state, the decision that leads and the decisions it tells follows a `Telling`. It holds no markup and no
sentence; texts from outside are single lines of bounded length without control characters, links are https or empty,
lists are capped with the rest as a number. So no order, however strange, makes a mail that is too large (F47).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from porchlight.domain.brand import Brand
from porchlight.domain.carrier_names import shown_name
from porchlight.domain.journeys import Trigger
from porchlight.domain.ledger import Decision
from porchlight.domain.model import Value
from porchlight.domain.moments import Moment, printed_moment
from porchlight.domain.order_news import OrderNews, order_news
from porchlight.domain.orders import Item
from porchlight.domain.plain import first_name, link, place_name, plain_line
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.state import OrderState, ShipmentState
from porchlight.domain.status import Action, Status, SubStatus
from porchlight.domain.told_items import MAX_ITEMS, packed, shown
from porchlight.domain.tracking import Estimate
from porchlight.domain.view import ItemView, item_view, listing_items, waiting_items

MAX_WAITING = 8
MAX_PARCELS = 8
_CARRIER = 40
_STALE = timedelta(days=1)  # carriers leave an estimate standing; a day's grace keeps time zones out of it
_ABOUT_ALL = frozenset({Trigger.SPLIT, Trigger.ALL_ARRIVED})
_Parcels = list[ShipmentState]


class Scope(StrEnum):
    """How much of the order the news is about."""

    ALL = "all"
    PART = "part"
    REST = "rest"


class ToldParcel(Value):
    """One parcel as a message may show it.

    Attributes:
        carrier: As people write it; empty when unknown.
        carrier_url: The carrier's own page, https or empty.
        estimate: `None` once it has passed or the parcel is no longer open.
        first_day: What was said first, when it is later now.
        happened: When the status began, by the carrier's clock.
        last_scan: `None` before the first scan.
        silent: This message tells that no scan has come for long.
        place: City of the scan that decided, without street or postcode.
        packed_on: Day the shop packed it (UTC).
        items: What is in it; where other parcels share it (`shared_with` many), under the first one told of.
        more_items: How many lines are not listed.
    """

    number: str
    carrier: str
    carrier_url: str
    status: Status
    sub_status: SubStatus
    action: Action
    estimate: Estimate | None
    first_day: date | None
    happened: Moment | None
    last_scan: Moment | None
    silent: bool
    place: str
    packed_on: date | None
    items: tuple[ItemView, ...]
    more_items: int
    shared_with: int = 0


class Telling(Value):
    """Everything a template knows.

    Attributes:
        touchpoint: Names the template, with `variant` where it has one; `trigger` the built-in one of others.
        locale: What the store says about the shopper's language; may be empty.
        told: Parcels this message is about, as its touchpoint says; never more than `MAX_PARCELS`.
        untracked: Items this message is about that travel without a tracking number.
        others: The order's other parcels; `more_parcels` are not listed.
        total: Parcels the order has now; `done` of them have come as far as this news.
        items: The order's lines, or those no parcel holds yet (`waiting`).
        promised: What the shop promised for the whole order.
        today: Day the message is made (UTC): decides only whether a year is written.
        audience: Who reads it; a merchant is told in the shop's own language.
        purpose: Marketing says why its reader gets it.
        news: What the news names beyond parcels.
        stop_url: Where its reader refuses more like it; empty for what can not be refused.
        answer_url: Where a survey is answered, without the score that is to stand behind it; empty for others.
    """

    touchpoint: str
    variant: str = ""
    trigger: Trigger
    order: str
    first_name: str
    locale: str
    scope: Scope
    told: tuple[ToldParcel, ...]
    untracked: tuple[ItemView, ...]
    others: tuple[ToldParcel, ...]
    more_parcels: int
    total: int
    done: int
    items: tuple[ItemView, ...]
    more_items: int
    waiting: tuple[ItemView, ...]
    more_waiting: int
    ships: bool
    promised: Estimate | None
    page_url: str
    today: date
    brand: Brand
    audience: Audience = Audience.SHOPPER
    purpose: Purpose = Purpose.SERVICE
    news: OrderNews = OrderNews()
    stop_url: str = ""
    answer_url: str = ""

    @property
    def actions(self) -> tuple[Action, ...]:
        """What the shopper should do about the parcels told of, each once."""
        return tuple(dict.fromkeys(parcel.action for parcel in self.told if parcel.action is not Action.NONE))


def telling(  # noqa: PLR0913, PLR0917 a message joins these
    state: OrderState, lead: Decision, told: Sequence[Decision], brand: Brand, page_url: str, now: datetime
) -> Telling:
    """What the message of `lead` says; `told` are the decisions it tells, `page_url` is the shopper's own link."""
    order, trigger = state.order, Trigger(lead.trigger)
    lines = {item.line_id: item for item in order.items} if order else {}
    about, rest = _parted(state, lead, told)
    silent = {one.tracking_number for one in told if one.trigger == Trigger.SILENCE}
    waiting = waiting_items(state, lines)
    items = [item_view(item, item.quantity) for item in lines.values()]
    return Telling(
        touchpoint=lead.template or lead.touchpoint,
        variant=lead.variant,
        trigger=trigger,
        order=plain_line(order.number) if order else "",
        first_name=first_name(order.shopper.first_name) if order else "",
        locale=order.shopper.locale if order else "",
        scope=_scope(state, lead, about),
        told=_told(about[:MAX_PARCELS], lines, now, silent),
        untracked=_untracked(state, told, lines),
        others=tuple(_parcel(parcel, lines, 0, now, silent) for parcel in rest[:MAX_PARCELS]),
        more_parcels=max(0, len(about) - MAX_PARCELS) + max(0, len(rest) - MAX_PARCELS),
        total=len(state.parcels),
        done=sum(_is_done(trigger, parcel) for parcel in state.parcels),
        items=shown(items),
        more_items=max(0, len(items) - MAX_ITEMS),
        waiting=shown(waiting, MAX_WAITING),
        more_waiting=max(0, len(waiting) - MAX_WAITING),
        ships=any(item.ships for item in lines.values()),
        promised=order.promised if order else None,
        page_url=page_url,
        today=now.date(),
        brand=brand,
        audience=lead.audience,
        purpose=lead.purpose,
        news=order_news(state, lead, told, lines),
    )


def _parted(state: OrderState, lead: Decision, told: Sequence[Decision]) -> tuple[_Parcels, _Parcels]:
    """The parcels the message is about, in the order of the decisions, and the others.

    Where problems of several kinds leave as one message, it is about the first kind; parcels of other kinds head the
    others, so that none is said to have a problem that it has not. News of the order's parcels as a whole is about all.
    """
    if lead.trigger in _ABOUT_ALL:
        return list(state.parcels), []
    numbers = list(dict.fromkeys(one.tracking_number for one in (lead, *told) if one.touchpoint == lead.touchpoint))
    along = {one.tracking_number for one in told}
    about = [parcel for parcel in state.parcels if parcel.tracking_number in numbers]
    about.sort(key=lambda parcel: numbers.index(parcel.tracking_number))
    others = [parcel for parcel in state.parcels if parcel.tracking_number not in numbers]
    return about, sorted(others, key=lambda parcel: parcel.tracking_number not in along)


def _is_done(trigger: Trigger, parcel: ShipmentState) -> bool:
    if trigger is Trigger.FIRST_MOVEMENT:
        return parcel.moving_since is not None
    if trigger is Trigger.OUT_FOR_DELIVERY:
        return parcel.status in {Status.OUT_FOR_DELIVERY, Status.DELIVERED}
    return parcel.status is Status.DELIVERED


def _scope(state: OrderState, lead: Decision, about: _Parcels) -> Scope:
    open_untracked = bool(state.untracked) and lead.trigger != Trigger.FIRST_MOVEMENT
    complete = state.fully_packed and not open_untracked
    if not complete or not all(_is_done(Trigger(lead.trigger), parcel) for parcel in state.parcels):
        return Scope.PART
    return Scope.ALL if len(about) == len(state.parcels) else Scope.REST


def _told(about: _Parcels, lines: dict[str, Item], now: datetime, silent: set[str]) -> tuple[ToldParcel, ...]:
    listing = listing_items(about)
    share = MAX_ITEMS // max(1, len(listing))
    shares = (share if parcel.tracking_number in listing else 0 for parcel in about)
    return tuple(_parcel(parcel, lines, most, now, silent) for parcel, most in zip(about, shares, strict=True))


def _parcel(parcel: ShipmentState, lines: dict[str, Item], share: int, now: datetime, silent: set[str]) -> ToldParcel:
    scans = {event.event_id: event for event in parcel.events}
    decisive = scans.get(parcel.decided_by)
    estimate = parcel.estimate if parcel.is_open else None
    if estimate and estimate.day < (now - _STALE).date():
        estimate = None
    first = parcel.first_estimate.day if parcel.first_estimate else None
    items = packed(parcel.items, lines)
    return ToldParcel(
        number=plain_line(parcel.tracking_number),
        carrier=plain_line(shown_name(parcel.carrier, parcel.carrier_name), _CARRIER),
        carrier_url=link(parcel.tracking_url),
        status=_known_status(parcel),
        sub_status=parcel.sub_status,
        action=parcel.action,
        estimate=estimate,
        first_day=first if estimate and first and first < estimate.day else None,
        happened=printed_moment(decisive),
        last_scan=printed_moment(scans.get(parcel.last_scan_id)),
        silent=parcel.tracking_number in silent,
        place=place_name(decisive.place.city) if decisive else "",
        packed_on=parcel.packed_at.date() if parcel.packed_at else None,
        items=shown(items, share),
        more_items=max(0, len(items) - share) if share else 0,
        shared_with=len(parcel.together_with),
    )


def _known_status(parcel: ShipmentState) -> Status:
    """A parcel that was packed and never scanned is not unknown: it waits for the carrier."""
    waits = parcel.status is Status.UNKNOWN and parcel.packed_at is not None
    return Status.PRE_TRANSIT if waits else parcel.status


def _untracked(state: OrderState, told: Sequence[Decision], lines: dict[str, Item]) -> tuple[ItemView, ...]:
    named = {one.occurrence for one in told}
    left = [item for one in state.untracked if f"untracked.{one.fulfilment_id}" in named for item in one.items]
    return shown(packed(left, lines))
