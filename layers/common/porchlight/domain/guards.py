"""What can speak against a message. Each guard is one pure function with a name, a verdict and a sentence.

These guards look at one occurrence in its order's state; those of shopper_guards.py at who would get it. All are asked,
so that the ledger shows every verdict; the first that objects, in the order of `judging.GUARDS`, settles the outcome.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from porchlight.domain.channel_health import HEALTHY, ChannelHealth
from porchlight.domain.engagement import Habit
from porchlight.domain.experiments import HoldOut
from porchlight.domain.hold_rules import USUAL_HOLD, HoldRules
from porchlight.domain.journeys import Touchpoint, Trigger
from porchlight.domain.ledger import Outcome, Verdict
from porchlight.domain.limits import USUAL_LIMITS, Limits
from porchlight.domain.localities import NOWHERE, Locality
from porchlight.domain.purposes import Audience
from porchlight.domain.review_hold import limit_of
from porchlight.domain.shopper import NOBODY, Shopper
from porchlight.domain.siblings import Sibling
from porchlight.domain.state import OrderState, ShipmentState
from porchlight.domain.status import Status
from porchlight.domain.storm_looks import Hold
from porchlight.domain.supply import lasts_with, line_of, product_of, usual_span
from porchlight.domain.triggers import Occurrence


@dataclass(frozen=True, slots=True)
class Case:
    """One occurrence before its judges.

    Attributes:
        channel: The channel that would be used; empty when none reaches the shopper.
        others_follow: Another parcel of this order may soon give the same news.
        merge_until: Until when the first parcel of this news waits for the others; `None` when none waits.
        due_at: When the touchpoint became due: its occurrence and its wait.
        shopper: What is known of who would get it.
        place: Where the parcel goes.
        limits: How much is too much.
        hold_rules: When to ask for a review.
        heard_now: Parcels that were never heard of before.
        waited_for_review: It has a review hold, and has waited before, for that or for a better hour.
        hold_out: The group this shopper is in that gets no such messages; `None` for most.
        habits: When others tend to read: all shoppers, then each segment; asked only where the hour matters.
        storm: The storm that this alert waits for; `None` without one.
        condition: Whether the touchpoint's condition holds; a sentence when it could not be told.
        siblings: The shopper's other orders that may have news; asked only where news waits for theirs.
        digest_until: Until when it waits, or waited, for news of other orders; `None` when it never did.
        health: Of the channel.
    """

    touchpoint: Touchpoint
    occurrence: Occurrence
    state: OrderState
    now: datetime
    channel: str
    others_follow: bool
    merge_until: datetime | None
    due_at: datetime
    shopper: Shopper = NOBODY
    place: Locality = NOWHERE
    limits: Limits = USUAL_LIMITS
    hold_rules: HoldRules = USUAL_HOLD
    condition: bool | str = True
    heard_now: Collection[str] = ()
    waited_for_review: bool = False
    hold_out: HoldOut | None = None
    habits: Callable[[], tuple[Habit, ...]] = tuple
    storm: Hold | None = None
    siblings: Callable[[], tuple[Sibling, ...]] = tuple
    digest_until: datetime | None = None
    health: ChannelHealth = HEALTHY

    @property
    def for_merchant(self) -> bool:
        """No guard of a shopper's peace applies."""
        return self.touchpoint.audience is Audience.MERCHANT


_OF_THE_END = frozenset({Trigger.ORDER_CANCELLED, Trigger.REFUNDED})
# Said of nearly every message, so made once.
_STANDS = Verdict(guard="order_stands", sentence="the order stands")
_PARCEL_MOVES = Verdict(guard="order_stands", sentence="a parcel moves")
_SAYS_SO = Verdict(guard="order_stands", sentence="it is about the end of the order")
_STILL_TRUE = Verdict(guard="still_true", sentence="nothing newer has overtaken it")
_NO_CONDITION = Verdict(guard="condition", sentence="it is for every order")
_MEETS = Verdict(guard="condition", sentence="this order meets its condition")
_NOBODY_TO_WAIT_FOR = Verdict(guard="merge_window", sentence="no other parcel to wait for")


def order_stands(case: Case) -> Verdict:
    """A cancelled order gets no good news; a parcel that is on its way nevertheless is still told about."""
    moving = case.occurrence.shipment and case.occurrence.shipment.moving_since
    if case.state.cancelled and not moving and case.touchpoint.trigger not in _OF_THE_END:
        return Verdict(guard="order_stands", outcome=Outcome.DROP, sentence="the order was cancelled")
    if not case.state.cancelled:
        return _STANDS
    return _PARCEL_MOVES if moving else _SAYS_SO


def reachable(case: Case) -> Verdict:
    """There is an address for one of the touchpoint's channels."""
    if case.channel:
        whom = "the shop" if case.for_merchant else "the shopper"
        return Verdict(guard="reachable", sentence=f"{whom} can be reached by {case.channel}")
    if case.for_merchant:
        return Verdict(guard="reachable", outcome=Outcome.DROP, sentence="the shop has named no address for alerts")
    return Verdict(guard="reachable", outcome=Outcome.DROP, sentence="the order has no address for these channels")


def fresh(case: Case) -> Verdict:
    """News older than `fresh_for` is history, and so is the silence of a parcel that nobody was asked about yet."""
    parcel = case.occurrence.shipment
    if case.touchpoint.trigger is Trigger.SILENCE and parcel and parcel.tracking_number in case.heard_now:
        sentence = "it had been silent before anybody here knew of it"
        return Verdict(guard="fresh", outcome=Outcome.DROP, sentence=sentence)
    age = case.now - current_from(case)
    limit = case.touchpoint.fresh_for
    if age > limit:
        sentence = f"this happened {_span(age)} ago; it is told for {_span(limit)}"
        return Verdict(guard="fresh", outcome=Outcome.DROP, sentence=sentence)
    if case.waited_for_review:
        return Verdict(guard="fresh", sentence="the review hold let it wait")
    return Verdict(guard="fresh", sentence=f"this happened {_span(max(age, timedelta(0)))} ago")


def current_from(case: Case) -> datetime:
    """What the review hold lets wait stays current until its limit: else who had a problem would never be asked."""
    limit = limit_of(case.state, case.hold_rules) if case.waited_for_review else None
    return max(moment for moment in (case.due_at, limit, runs_low_at(case)) if moment)


def runs_low_at(case: Case) -> datetime | None:
    """When the supply that this is about runs low; `None` when it is about none."""
    order = case.state.order
    item = line_of(order, case.occurrence.key) if order else None
    usual = usual_span(case.touchpoint.lasts, item) if item else None
    if order is None or item is None or usual is None:
        return None
    before = [one for one in case.shopper.bought if one.at <= order.placed_at]
    return case.occurrence.at + lasts_with(product_of(item), max(item.quantity, 1), usual, before)


def still_true(case: Case) -> Verdict:
    """A later fact has not made it moot."""
    parcel = case.occurrence.shipment
    if parcel is None or _HOLDS[case.touchpoint.trigger](parcel):
        return _STILL_TRUE
    sentence = f"overtaken: the parcel is {parcel.status.value.replace('_', ' ')} by now"
    return Verdict(guard="still_true", outcome=Outcome.DROP, sentence=sentence)


def merge_window(case: Case) -> Verdict:
    """Parcels of one order that move together make one message."""
    if not case.touchpoint.merge_window or not case.others_follow:
        return _NOBODY_TO_WAIT_FOR
    until = case.merge_until or case.now + case.touchpoint.merge_window
    if case.now < until:
        sentence = f"waits for other parcels of this order until {until:%H:%M} UTC"
        return Verdict(guard="merge_window", outcome=Outcome.DELAY, sentence=sentence, until=until)
    return Verdict(guard="merge_window", sentence="waited for other parcels long enough", until=until)


def condition(case: Case) -> Verdict:
    """The touchpoint's own condition holds for this order."""
    if case.condition is True:
        return _NO_CONDITION if not case.touchpoint.when else _MEETS
    if case.condition is False:
        sentence = f"this order does not meet: {case.touchpoint.when}"
    else:
        sentence = f"its condition could not be judged: {case.condition}"
    return Verdict(guard="condition", outcome=Outcome.DROP, sentence=sentence)


type Guard = Callable[[Case], Verdict]

STATE_GUARDS: tuple[Guard, ...] = (order_stands, condition, reachable, fresh, still_true)
"""What speaks against a message whoever would get it."""


_BEYOND_SHIPPED = frozenset(Status) - {Status.IN_TRANSIT, Status.EXCEPTION, Status.PRE_TRANSIT, Status.UNKNOWN}

_AFTER_AN_ATTEMPT = frozenset({Status.DELIVERY_ATTEMPTED, Status.IN_TRANSIT})
"""The van brings it back to the depot, where it is scanned: the closed door is still news."""


def _is_open(parcel: ShipmentState) -> bool:
    return parcel.is_open


_HOLDS: dict[Trigger, Callable[[ShipmentState], bool]] = {
    Trigger.PACKED: lambda parcel: parcel.moving_since is None and parcel.is_open,
    Trigger.FIRST_MOVEMENT: lambda parcel: parcel.status not in _BEYOND_SHIPPED,
    Trigger.CUSTOMS: lambda parcel: parcel.is_open and parcel.status not in _BEYOND_SHIPPED,
    Trigger.OUT_FOR_DELIVERY: lambda parcel: parcel.status is Status.OUT_FOR_DELIVERY,
    Trigger.DELIVERY_ATTEMPTED: lambda parcel: parcel.status in _AFTER_AN_ATTEMPT,
    Trigger.READY_FOR_PICKUP: lambda parcel: parcel.status is Status.AVAILABLE_FOR_PICKUP,
    Trigger.EXCEPTION: lambda parcel: parcel.status is Status.EXCEPTION,
    Trigger.LATER_ESTIMATE: _is_open,
    Trigger.EARLIER_ESTIMATE: _is_open,
    Trigger.SILENCE: _is_open,
    Trigger.STORM: _is_open,
    Trigger.DELIVERED: lambda parcel: parcel.status is Status.DELIVERED,
    Trigger.NEW_NUMBER: _is_open,
    Trigger.RETURNING: lambda parcel: parcel.status is Status.RETURN_TO_SENDER,
    Trigger.RETURNED: lambda parcel: parcel.status is Status.RETURNED,
    Trigger.PART_ARRIVED: lambda parcel: parcel.status is Status.DELIVERED,
}
"""Whether the news of a trigger still describes the parcel."""


def _span(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    if minutes < 120:  # noqa: PLR2004 below two hours minutes read better
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 72 * 60 else f"{minutes // 1440} days"
