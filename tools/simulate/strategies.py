"""Three ways to treat one order: send nothing; one message per status change; what the product decides.

The second is what most systems do: the status of each scan is compared with the one stored, in the order they are heard
of, and every change is a message; five days after arrival, or two days after the promised day, a review is asked for.

The third is the product itself: `fold`, `decide` with the shipped journey and its timers, and for the request for a
review `when_to_ask`. The request is asked for here and not by the journey's touchpoint, which is off as shipped and
needs consent.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from porchlight.domain.decide import decide
from porchlight.domain.facts import OrderFacts
from porchlight.domain.fold import fold
from porchlight.domain.hold_rules import HoldRules
from porchlight.domain.journeys import Journey, Trigger
from porchlight.domain.ledger import Decision, Outcome
from porchlight.domain.localities import locality_of
from porchlight.domain.orders import Destination
from porchlight.domain.problems import Outside
from porchlight.domain.purposes import Audience
from porchlight.domain.review_hold import when_to_ask
from porchlight.domain.shopper import NOBODY, Shopper
from porchlight.domain.situation import Situation
from porchlight.domain.state import OrderState
from porchlight.domain.status import Status
from porchlight.domain.store_news import StoreUpdate
from porchlight.domain.tracking import TrackingUpdate

from tools.review_hold.schedules import HEADLINE, SCHEDULES
from tools.simulate.histories import AT_ONCE, Heard, History
from tools.simulate.messages import About, Claim, Message, status_claim

type Strategy = Callable[[History], list[Message]]

MOST_LOOKS = 500
AT_LEAST = timedelta(seconds=1)
RULES = HoldRules()
_BY_MAIL = {Audience.SHOPPER: ("email",)}
_WARNING = frozenset({Status.EXCEPTION})


def nothing(_: History) -> list[Message]:
    """Send nothing."""
    return []


def per_status(history: History) -> list[Message]:
    """One message per status change, and a request for a review by the calendar."""
    placed = Claim(About.ORDER, "order_placed")
    messages = [Message(history.order.purchased + AT_ONCE, "order_placed", frozenset({placed}))]
    stored: dict[str, Status] = {}
    for heard in history.heard:
        if heard.scan is None or not isinstance(heard.update, TrackingUpdate):
            continue
        number, status = heard.update.tracking_number, heard.scan.status
        if stored.get(number) is not status:
            stored[number] = status
            claim = status_claim(history, number, status, heard.scan.at)
            messages.append(Message(heard.at, status.value, frozenset({claim}), warns=status in _WARNING))
    asked_at = SCHEDULES[HEADLINE](history.order)
    if asked_at:
        messages.append(Message(asked_at, "review_request", asks=True))
    return sorted(messages, key=lambda one: one.at)


def for_shoppers(journey: Journey) -> Journey:
    """What the shipped journey may send a shopper: what is switched off, or for the merchant, only costs time here."""
    left = tuple(one for one in journey.touchpoints if one.enabled and one.audience is Audience.SHOPPER)
    return journey.model_copy(update={"touchpoints": tuple(one for one in left if not one.review_hold)})


@dataclass(slots=True)
class _Order:
    """An order as the product knows it at a moment."""

    facts: OrderFacts
    state: OrderState
    ledger: dict[str, Decision] = field(default_factory=dict)

    def learn(self, to_hear: deque[Heard], now: datetime) -> None:
        """Take what has been heard by now off the queue; fold once."""
        before = self.facts
        while to_hear and to_hear[0].at <= now:
            update = to_hear.popleft().update
            if isinstance(update, StoreUpdate):
                self.facts = self.facts.with_store_update(update)
            else:
                self.facts = self.facts.with_tracking_update(update)
        if self.facts is not before:
            self.state = fold(self.facts)


def ours(
    history: History, journey: Journey, shopper: Callable[[datetime], Shopper] = lambda _: NOBODY
) -> list[Message]:
    """What the product sends: looked at whenever something is heard and whenever a timer goes off."""
    order = _Order(history.placed, fold(history.placed))
    to_hear, messages = deque(history.heard), []
    now: datetime | None = history.order.purchased + AT_ONCE
    review, place = _Review(), locality_of(Destination(country=history.order.country))
    looks = 0
    while now and looks < MOST_LOOKS:
        looks, moment = looks + 1, now
        order.learn(to_hear, moment)
        situation = Situation(_BY_MAIL, partial(shopper, moment), place)
        plan = decide(order.state, order.ledger, journey, situation, moment)
        order.ledger |= {one.decision_id: one for one in plan.decisions}
        leads = [one for one in plan.decisions if one.outcome is Outcome.SEND]
        messages += [_message(lead, order.ledger, history) for lead in leads]
        messages += review.look(order.state, moment)
        moments = (to_hear[0].at if to_hear else None, plan.look_again_at, review.look_again_at)
        now = min((max(one, moment + AT_LEAST) for one in moments if one), default=None)
    return messages


@dataclass(slots=True)
class _Review:
    """The request for a review, once."""

    look_again_at: datetime | None = None
    asked: bool = False

    def look(self, state: OrderState, now: datetime) -> list[Message]:
        early = self.look_again_at is not None and now < self.look_again_at
        if self.asked or (early and not state.all_delivered):  # nothing but the last arrival brings it forward
            return []
        timing = when_to_ask(state, Outside(), RULES, now)
        self.asked, self.look_again_at = timing.ask, None if timing.ask else timing.until
        at_limit = timing.limit is not None and now >= timing.limit
        return [Message(now, "review_request", asks=True, at_limit=at_limit)] if timing.ask else []


_STATUS_OF: dict[Trigger, Status] = {
    Trigger.PACKED: Status.PRE_TRANSIT,
    Trigger.FIRST_MOVEMENT: Status.IN_TRANSIT,
    Trigger.OUT_FOR_DELIVERY: Status.OUT_FOR_DELIVERY,
    Trigger.DELIVERY_ATTEMPTED: Status.DELIVERY_ATTEMPTED,
    Trigger.EXCEPTION: Status.EXCEPTION,
    Trigger.DELIVERED: Status.DELIVERED,
    Trigger.PART_ARRIVED: Status.DELIVERED,
}
_WARNS = frozenset({Trigger.EXCEPTION, Trigger.SILENCE, Trigger.LATER_ESTIMATE, Trigger.NOT_PACKED, Trigger.ORDER_HELD})


def _message(lead: Decision, ledger: dict[str, Decision], history: History) -> Message:
    told = [ledger[one] for one in lead.tells]
    claims = frozenset(claim for decision in told for claim in _claims(decision, history))
    warns = any(decision.trigger in _WARNS for decision in told)
    return Message(lead.decided_at, lead.touchpoint, claims, warns=warns)


def _claims(decision: Decision, history: History) -> list[Claim]:
    trigger, number = Trigger(decision.trigger), decision.tracking_number
    if trigger is Trigger.ALL_ARRIVED:
        ends = [(one.number, one.delivered) for one in history.parcels]
        return [status_claim(history, name, Status.DELIVERED, end) for name, end in ends if end]
    if number and trigger in _STATUS_OF:
        return [status_claim(history, number, _STATUS_OF[trigger], decision.happened_at)]
    if number and trigger is Trigger.SILENCE:
        since = datetime.fromisoformat(decision.facts["last_scan"])
        return [Claim(About.SILENCE, f"{number}.silence.{since}", number, since=since)]
    if number and trigger in {Trigger.LATER_ESTIMATE, Trigger.EARLIER_ESTIMATE}:
        return [Claim(About.NAMED_DAY, f"{number}.day.{decision.facts['now_said']}", number)]
    return [Claim(About.ORDER, decision.decision_id)]
