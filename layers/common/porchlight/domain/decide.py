"""State, ledger and journey in; decisions with their reasons out.

Deciding is a function of the state, not of what just arrived: it may run as often as it likes and adds only what the
ledger does not hold yet. Whatever is due together in one bundle leaves as one message.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from porchlight.domain.bundles import as_one_message, merge_until, only_watched, others_follow, overtaken, together
from porchlight.domain.channel_choice import Wish, channel_for
from porchlight.domain.channel_guards import held_up
from porchlight.domain.channel_health import HEALTHY
from porchlight.domain.digests import digest_until
from porchlight.domain.experiments import group_of
from porchlight.domain.fallback import Try, failures, has_a_way, overdue, try_now
from porchlight.domain.guards import Case
from porchlight.domain.journeys import Journey, Touchpoint, Trigger
from porchlight.domain.judging import decision_on
from porchlight.domain.ledger import Decision, Outcome
from porchlight.domain.orders import OrderSnapshot
from porchlight.domain.purposes import Audience
from porchlight.domain.rehearsal import as_if_sent, within_caps
from porchlight.domain.rule_facts import Facts, rule_facts
from porchlight.domain.segments import condition_holds, segments_of
from porchlight.domain.shopper import NOBODY, Shopper
from porchlight.domain.siblings import Sibling
from porchlight.domain.situation import Situation
from porchlight.domain.state import OrderState, ShipmentState
from porchlight.domain.storm_guards import due_anew
from porchlight.domain.triggers import Occurrence, next_moment, occurrences
from porchlight.domain.variants import as_tried

Decided = Mapping[str, Decision]
"""The order's ledger by `decision_id`."""

ASKED_WITHIN = timedelta(hours=12)
"""Until then a carrier has been asked, as far as its account's calls go."""
MAX_ROWS = 80
"""Rows decided at once: a transaction takes 100 items. An order of more parcels is decided in several looks."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What follows from one look at an order.

    Attributes:
        decisions: New or changed ledger rows.
        look_again_at: When to decide again if nothing happens before; `None` for never.
    """

    decisions: tuple[Decision, ...]
    look_again_at: datetime | None


def decide(state: OrderState, decided: Decided, journey: Journey, situation: Situation, now: datetime) -> Plan:
    """Decide everything that is due and not decided yet.

    Nothing is decided while only fulfilments are known (F11): whom to tell is not known either, and a drop is final.

    Args:
        state: The order now.
        decided: Its ledger.
        journey: The merchant's rules.
        situation: Who would get it, and where.
        now: Aware UTC.
    """
    if state.order is None:
        return Plan((), None)
    journey, variants = as_tried(journey, state.order_id, state.order, decided.values(), situation.tallies)
    look = _Look(state, state.order, decided, journey, situation, now)
    judged: dict[tuple[object, ...], list[Decision]] = {}
    for touchpoint in journey.switched_on:
        found = look.found(touchpoint)
        for occurrence in found:
            attempt = try_now(f"{touchpoint.id}#{occurrence.key}", decided, look.failed)
            held = decided.get(attempt.decision_id)
            if (held is None or not held.is_final) and look.is_due(touchpoint, occurrence, attempt):
                case = look.case(touchpoint, occurrence, found, attempt)
                judged.setdefault(together(case), []).append(decision_on(case, journey.version, variants, attempt))
    told = {one: lead.decision_id for lead in decided.values() for one in lead.tells}
    decisions = [decision for bundle in judged.values() for decision in as_one_message(bundle, told)]
    if journey.shadow and decisions:
        decisions = within_caps(decisions, look.shopper, state.order_id, journey.limits.caps, now)
        decisions = [only_watched(one) for one in decisions]
    decisions += overtaken(decided, {one.decision_id for one in decisions}, now)
    changed = tuple(look.with_segments(one) for one in decisions if _is_news(one, decided.get(one.decision_id)))
    if len(changed) > MAX_ROWS:
        return Plan(changed[:MAX_ROWS], now + timedelta(minutes=1))
    return Plan(changed, _look_again_at(look, decisions))


@dataclass(frozen=True)
class _Look:
    """One look at an order."""

    state: OrderState
    order: OrderSnapshot
    decided: Decided
    journey: Journey
    situation: Situation
    now: datetime
    made: dict[str, Facts] = field(default_factory=dict)

    @cached_property
    def shopper(self) -> Shopper:
        known = self.situation.shopper()
        if not self.journey.shadow:
            return known
        return as_if_sent(known, self.state.order_id, self.decided.values(), {Outcome.SHADOW})

    @cached_property
    def siblings(self) -> tuple[Sibling, ...]:
        return self.situation.siblings(self.shopper)

    @cached_property
    def segments(self) -> tuple[str, ...]:
        return segments_of(self.journey.segments, self._facts(None)) if self.journey.segments else ()

    def with_segments(self, one: Decision) -> Decision:
        """What is sent teaches how its segments read."""
        return one if one.outcome is not Outcome.SEND else one.model_copy(update={"segments": self.segments})

    @cached_property
    def failed(self) -> dict[str, str]:
        return failures(self.decided, self.situation.progress, self.journey.fallback_after, self.now)

    def found(self, touchpoint: Touchpoint) -> list[Occurrence]:
        """What has happened, without silences that are not known to be any."""
        if touchpoint.trigger is Trigger.STORM:
            return self.situation.storm.found(touchpoint)
        told = occurrences(touchpoint, self.state, self.now)
        if touchpoint.trigger is not Trigger.SILENCE or not self.situation.unasked:
            return told
        return [one for one in told if not one.shipment or one.shipment.tracking_number not in self.situation.unasked]

    def leaves_open(self) -> bool:
        """A silence would be told of a parcel whose carrier has not been asked."""
        if not self.situation.unasked:
            return False
        silences = [one for one in self.journey.switched_on if one.trigger is Trigger.SILENCE]
        return any(len(self.found(one)) < len(occurrences(one, self.state, self.now)) for one in silences)

    def due_at(self, touchpoint: Touchpoint, occurrence: Occurrence) -> datetime:
        return touchpoint.wait.after(occurrence.at, self.situation.place.zone, self.situation.place.rests)

    def is_due(self, touchpoint: Touchpoint, occurrence: Occurrence, attempt: Try) -> bool:
        reach = self.situation.reach.get(touchpoint.audience, ())
        return self.due_at(touchpoint, occurrence) <= self.now and has_a_way(touchpoint, attempt.failed, reach)

    def case(self, touchpoint: Touchpoint, occurrence: Occurrence, found: list[Occurrence], attempt: Try) -> Case:
        first = self.decided.get(f"{touchpoint.id}#{occurrence.key}")
        held, due_at = self.decided.get(attempt.decision_id, first), self.due_at(touchpoint, occurrence)
        channel = self._channel(touchpoint, attempt)
        return Case(
            touchpoint=touchpoint,
            occurrence=occurrence,
            state=self.state,
            now=self.now,
            channel=channel,
            health=self.situation.health(channel) if channel else HEALTHY,
            others_follow=not attempt.failed and others_follow(touchpoint.trigger, found, self.state),
            merge_until=merge_until(touchpoint, found, self.decided),
            due_at=due_anew(due_at, held),
            storm=self.situation.storm.hold(touchpoint, occurrence.shipment, due_at),
            shopper=attempt.as_known(self.shopper, self.state.order_id),
            place=self.situation.place,
            limits=self.journey.limits,
            hold_rules=self.journey.review_hold,
            condition=self._condition(touchpoint, occurrence),
            heard_now=self.situation.heard_now,
            hold_out=group_of(self.journey.hold_out, self.state.order_id, self.order),
            habits=lambda: self.situation.habits(self.segments),
            waited_for_review=touchpoint.review_hold and held is not None,
            siblings=lambda: self.siblings,
            digest_until=digest_until(held),
        )

    def _channel(self, touchpoint: Touchpoint, attempt: Try) -> str:
        shopper = self.shopper if touchpoint.audience is Audience.SHOPPER else NOBODY
        known = attempt.as_known(shopper, self.state.order_id)
        full = held_up(touchpoint, known.history, self.state.order_id, self.situation.health, self.now)
        wish = Wish(touchpoint.purpose, touchpoint.channels, self.journey.channel_costs, attempt.failed, full)
        return channel_for(wish, self.situation.reach.get(touchpoint.audience, ()), shopper, self.order)

    def _condition(self, touchpoint: Touchpoint, occurrence: Occurrence) -> bool | str:
        if not touchpoint.program:
            return True
        return condition_holds(touchpoint.program, self.journey.segments, self._facts(occurrence.shipment))

    def _facts(self, parcel: ShipmentState | None) -> Facts:
        number = parcel.tracking_number if parcel else ""
        if number not in self.made:
            local_now = self.now.astimezone(self.situation.place.zone)
            self.made[number] = rule_facts(self.state, self.order, self.shopper, parcel, local_now)
        return self.made[number]


def _is_news(decision: Decision, held: Decision | None) -> bool:
    """A delay for another reason is news: the ledger says what it waits for now, and from when on it waits."""
    return held is None or (held.outcome, held.until) != (decision.outcome, decision.until)


def _look_again_at(look: _Look, decisions: list[Decision]) -> datetime | None:
    final = {one.decision_id for one in decisions if one.is_final}
    known = (*look.decided.values(), *decisions)
    waits = [one.until for one in known if one.until and one.decision_id not in final]
    moments = [_next(touchpoint, look) for touchpoint in look.journey.switched_on]
    moments.append(look.situation.storm.next_look)
    moments += [look.now + ASKED_WITHIN] if look.leaves_open() else []
    moments += overdue(look.journey, known, look.situation.progress, look.situation.reach, look.now)
    return min((moment for moment in (*waits, *moments) if moment and moment > look.now), default=None)


def _next(touchpoint: Touchpoint, look: _Look) -> datetime | None:
    """When this touchpoint may become due without any further fact: its trigger, or the end of a wait."""
    moments = [next_moment(touchpoint, look.state, look.now)]
    if touchpoint.wait:
        found = occurrences(touchpoint, look.state, look.now)
        moments += [look.due_at(touchpoint, one) for one in found if f"{touchpoint.id}#{one.key}" not in look.decided]
    return min((moment for moment in moments if moment and moment > look.now), default=None)
