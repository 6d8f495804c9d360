"""Decisions that belong together: one message for one bundle, what else may follow, and what waited in vain."""

from collections.abc import Mapping
from datetime import datetime

from porchlight.domain.guards import Case, merge_window
from porchlight.domain.journeys import Touchpoint, Trigger
from porchlight.domain.ledger import Decision, Outcome, Verdict
from porchlight.domain.occurrence import Occurrence
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.state import OrderState
from porchlight.domain.status import Status

_WATCHED = Verdict(guard="shadow", outcome=Outcome.SHADOW, sentence="would have been sent; this journey only watches")


def only_watched(decision: Decision) -> Decision:
    """The decision of a journey that only watches: what would have been sent is recorded as that."""
    if decision.outcome is not Outcome.SEND:
        return decision
    return decision.model_copy(update={"outcome": Outcome.SHADOW, "verdicts": (*decision.verdicts, _WATCHED)})


def together(case: Case) -> tuple[str, Audience, Purpose, str]:
    """What can be one message has this in common: news for the shop never travels to a shopper, nor ads with news."""
    touchpoint = case.touchpoint
    return touchpoint.bundle or touchpoint.id, touchpoint.audience, touchpoint.purpose, case.channel


def as_one_message(bundle: list[Decision], told: Mapping[str, str]) -> list[Decision]:
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


def overtaken(decided: Mapping[str, Decision], judged: set[str], now: datetime) -> list[Decision]:
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


_NOT_MOVING = frozenset({Status.UNKNOWN, Status.PRE_TRANSIT})
_UNDER_WAY = frozenset(
    {
        Status.IN_TRANSIT,
        Status.OUT_FOR_DELIVERY,
        Status.DELIVERY_ATTEMPTED,
        Status.AVAILABLE_FOR_PICKUP,
        Status.EXCEPTION,
    }
)

BEFORE: dict[Trigger, frozenset[Status]] = {
    Trigger.PACKED: _NOT_MOVING,
    Trigger.NEW_NUMBER: _NOT_MOVING,
    Trigger.FIRST_MOVEMENT: _NOT_MOVING,
    Trigger.CUSTOMS: frozenset({Status.IN_TRANSIT, Status.EXCEPTION}),
    Trigger.OUT_FOR_DELIVERY: frozenset({Status.IN_TRANSIT}),
    Trigger.DELIVERY_ATTEMPTED: frozenset({Status.OUT_FOR_DELIVERY}),
    Trigger.DELIVERED: frozenset({Status.OUT_FOR_DELIVERY}),
    Trigger.PART_ARRIVED: frozenset({Status.OUT_FOR_DELIVERY}),
    Trigger.READY_FOR_PICKUP: frozenset({Status.OUT_FOR_DELIVERY}),
    Trigger.LATER_ESTIMATE: frozenset({Status.IN_TRANSIT}),
    Trigger.EARLIER_ESTIMATE: frozenset({Status.IN_TRANSIT}),
    Trigger.EXCEPTION: frozenset({Status.IN_TRANSIT}),
    Trigger.SILENCE: _NOT_MOVING | _UNDER_WAY,
    Trigger.RETURNING: _UNDER_WAY,
    Trigger.RETURNED: frozenset({Status.RETURN_TO_SENDER}),
}
"""The statuses from which another parcel may soon give the same news; of other triggers no parcel follows another."""


_OF_WHAT_IS_PACKED = frozenset({Trigger.PACKED, Trigger.FIRST_MOVEMENT})
"""What is not packed yet gives the same news soon."""


def others_follow(trigger: Trigger, found: list[Occurrence], state: OrderState) -> bool:
    """Another parcel of this order may soon give the same news."""
    told = {occurrence.shipment.tracking_number for occurrence in found if occurrence.shipment}
    before = BEFORE.get(trigger, frozenset())
    waiting = any(parcel.status in before and parcel.tracking_number not in told for parcel in state.parcels)
    return waiting or (trigger in _OF_WHAT_IS_PACKED and state.order is not None and not state.fully_packed)


def merge_until(touchpoint: Touchpoint, found: list[Occurrence], decided: Mapping[str, Decision]) -> datetime | None:
    """Until when the first parcel of this news waits for the others; `None` when none waits."""
    held = (decided.get(f"{touchpoint.id}#{occurrence.key}") for occurrence in found)
    waiting = (verdict for one in held if one and not one.is_final for verdict in one.verdicts)
    return min((one.until for one in waiting if one.guard == merge_window.__name__ and one.until), default=None)
