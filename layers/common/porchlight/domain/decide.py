"""State, ledger and journey in; decisions with their reasons out.

Deciding is a function of the state, not of what just arrived: it may run as often as it likes and adds only what the
ledger does not hold yet. Whatever is due together in one bundle leaves as one message.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from porchlight.domain.guards import Case, judge
from porchlight.domain.journeys import Journey, Touchpoint, Trigger
from porchlight.domain.ledger import Decision, Outcome, Verdict
from porchlight.domain.state import OrderState
from porchlight.domain.status import Status
from porchlight.domain.triggers import Occurrence, next_moment, occurrences

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


def decide(  # noqa: PLR0913 what a look is made of
    state: OrderState,
    decided: Decided,
    journey: Journey,
    reach: Collection[str],
    now: datetime,
    *,
    heard_now: Collection[str] = (),
    unasked: Collection[str] = (),
) -> Plan:
    """Decide everything that is due and not decided yet.

    Nothing is decided while only fulfilments are known (F11): whom to tell is not known either, and a drop is final.

    Args:
        state: The order now.
        decided: Its ledger.
        journey: The merchant's rules.
        reach: Channels that have an address for this shopper.
        now: Aware UTC.
        heard_now: Parcels that were never heard of before.
        unasked: Parcels whose carrier is about to be asked for the first time: whether they are silent is not known.
    """
    if state.order is None:
        return Plan((), None)
    judged: dict[str, list[Decision]] = {}
    for case in _cases(state, decided, journey, reach, now, heard_now, unasked):
        bundle = judged.setdefault(case.touchpoint.bundle or case.touchpoint.id, [])
        bundle.append(_judged(case, journey.version))
    told = {one: lead.decision_id for lead in decided.values() for one in lead.tells}
    decisions = [decision for bundle in judged.values() for decision in _as_one_message(bundle, told)]
    decisions += _overtaken(decided, {one.decision_id for one in decisions}, now)
    changed = tuple(one for one in decisions if _is_news(one, decided.get(one.decision_id)))
    if len(changed) > MAX_ROWS:
        return Plan(changed[:MAX_ROWS], now + timedelta(minutes=1))
    look_again_at = _look_again_at(state, decided, decisions, journey, now)
    if _is_left_open(state, journey, now, unasked):
        look_again_at = min(look_again_at or now + ASKED_WITHIN, now + ASKED_WITHIN)
    return Plan(changed, look_again_at)


def _is_left_open(state: OrderState, journey: Journey, now: datetime, unasked: Collection[str]) -> bool:
    """A silence would be told of a parcel whose carrier has not been asked."""
    silences = [one for one in journey.touchpoints if one.trigger is Trigger.SILENCE] if unasked else []
    return any(_is_unasked(one, found, unasked) for one in silences for found in occurrences(one, state, now))


def _is_unasked(touchpoint: Touchpoint, occurrence: Occurrence, unasked: Collection[str]) -> bool:
    parcel = occurrence.shipment
    return touchpoint.trigger is Trigger.SILENCE and parcel is not None and parcel.tracking_number in unasked


def _cases(  # noqa: PLR0913, PLR0917 a look is made of these
    state: OrderState,
    decided: Decided,
    journey: Journey,
    reach: Collection[str],
    now: datetime,
    heard_now: Collection[str],
    unasked: Collection[str],
) -> Iterator[Case]:
    """What is due and not decided for good."""
    for touchpoint in journey.touchpoints:
        found = [one for one in occurrences(touchpoint, state, now) if not _is_unasked(touchpoint, one, unasked)]
        for occurrence in found:
            held = decided.get(f"{touchpoint.id}#{occurrence.key}")
            if held is None or not held.is_final:
                yield _case(touchpoint, occurrence, found, state, decided, reach, now, heard_now)


def _case(  # noqa: PLR0913, PLR0917 a case is all of these
    touchpoint: Touchpoint,
    occurrence: Occurrence,
    found: list[Occurrence],
    state: OrderState,
    decided: Decided,
    reach: Collection[str],
    now: datetime,
    heard_now: Collection[str],
) -> Case:
    return Case(
        touchpoint=touchpoint,
        occurrence=occurrence,
        state=state,
        now=now,
        channel=next((channel for channel in touchpoint.channels if channel in reach), ""),
        others_follow=_others_follow(touchpoint.trigger, found, state),
        merge_until=_merge_until(touchpoint, found, decided),
        heard_now=heard_now,
    )


_BEFORE: dict[Trigger, frozenset[Status]] = {
    Trigger.FIRST_MOVEMENT: frozenset({Status.UNKNOWN, Status.PRE_TRANSIT}),
    Trigger.OUT_FOR_DELIVERY: frozenset({Status.IN_TRANSIT}),
    Trigger.DELIVERY_ATTEMPTED: frozenset({Status.OUT_FOR_DELIVERY}),
    Trigger.DELIVERED: frozenset({Status.OUT_FOR_DELIVERY}),
    Trigger.READY_FOR_PICKUP: frozenset({Status.OUT_FOR_DELIVERY}),
    Trigger.LATER_ESTIMATE: frozenset({Status.IN_TRANSIT}),
    Trigger.EXCEPTION: frozenset({Status.IN_TRANSIT}),
}
"""The statuses from which another parcel may soon give the same news."""


def _others_follow(trigger: Trigger, found: list[Occurrence], state: OrderState) -> bool:
    told = {occurrence.shipment.tracking_number for occurrence in found if occurrence.shipment}
    before = _BEFORE.get(trigger, frozenset())
    waiting = any(parcel.status in before and parcel.tracking_number not in told for parcel in state.parcels)
    return waiting or (trigger is Trigger.FIRST_MOVEMENT and state.order is not None and not state.fully_packed)


def _merge_until(touchpoint: Touchpoint, found: list[Occurrence], decided: Decided) -> datetime | None:
    held = (decided.get(f"{touchpoint.id}#{occurrence.key}") for occurrence in found)
    return min((one.until for one in held if one and one.until and not one.is_final), default=None)


def _judged(case: Case, version: str) -> Decision:
    outcome, verdicts = judge(case)
    until = case.merge_until or case.now + case.touchpoint.merge_window
    occurrence = case.occurrence
    return Decision(
        decision_id=f"{case.touchpoint.id}#{occurrence.key}",
        touchpoint=case.touchpoint.id,
        occurrence=occurrence.key,
        trigger=case.touchpoint.trigger.value,
        rule_version=version,
        outcome=outcome,
        decided_at=case.now,
        happened_at=occurrence.at,
        channel=case.channel,
        tracking_number=occurrence.shipment.tracking_number if occurrence.shipment else "",
        facts=occurrence.facts,
        verdicts=verdicts,
        until=until if outcome is Outcome.DELAY else None,
    )


def _as_one_message(bundle: list[Decision], told: Mapping[str, str]) -> list[Decision]:
    """The first that is to be sent leads; the others travel with it, or went with an earlier message."""
    bundle = [_merged(one, told[one.decision_id]) if one.decision_id in told else one for one in bundle]
    sending = [decision for decision in bundle if decision.outcome is Outcome.SEND]
    if not sending:
        return bundle
    lead = sending[0].model_copy(update={"tells": tuple(decision.decision_id for decision in sending)})
    merged = [_merged(one, lead.decision_id) for one in sending[1:]]
    return [one for one in bundle if one.outcome is not Outcome.SEND] + [lead, *merged]


def _merged(decision: Decision, into: str) -> Decision:
    verdict = Verdict(guard="one_message", outcome=Outcome.MERGE, sentence=f"told in the message {into}")
    changes = {"outcome": Outcome.MERGE, "into": into, "until": None, "verdicts": (*decision.verdicts, verdict)}
    return decision.model_copy(update=changes)


def _overtaken(decided: Decided, judged: set[str], now: datetime) -> list[Decision]:
    """What waited and is no longer so, now that its time has come: it ends as dropped, not as waiting for ever."""
    verdict = Verdict(guard="still_true", outcome=Outcome.DROP, sentence="overtaken: no longer so when its time came")
    return [
        one.model_copy(
            update={
                "outcome": Outcome.DROP,
                "decided_at": now,
                "until": None,
                "verdicts": (*one.verdicts, verdict),
            }
        )
        for one in decided.values()
        if not one.is_final and one.decision_id not in judged and one.until and one.until <= now
    ]


def _is_news(decision: Decision, held: Decision | None) -> bool:
    return held is None or held.outcome is not decision.outcome


def _look_again_at(
    state: OrderState, decided: Decided, decisions: list[Decision], journey: Journey, now: datetime
) -> datetime | None:
    final = {one.decision_id for one in decisions if one.is_final}
    waits = [one.until for one in (*decided.values(), *decisions) if one.until and one.decision_id not in final]
    moments = [next_moment(touchpoint, state, now) for touchpoint in journey.touchpoints if touchpoint.enabled]
    return min((moment for moment in (*waits, *moments) if moment and moment > now), default=None)
