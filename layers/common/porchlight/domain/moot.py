"""The last look before sending: is what was decided still worth saying?

Between a decision and its sending lie a queue, throttling and perhaps an outage; the state is folded again and the
guards that depend on it are asked again.
"""

from datetime import datetime

from porchlight.domain.guards import Case, fresh, order_stands, still_true
from porchlight.domain.journeys import Journey, Touchpoint, Trigger
from porchlight.domain.ledger import Decision
from porchlight.domain.state import OrderState
from porchlight.domain.storm_looks import still_struck
from porchlight.domain.triggers import Occurrence, occurrences


def moot_reason(state: OrderState, decision: Decision, journey: Journey, now: datetime) -> str | None:
    """Why the message is no longer worth sending, or `None` when it is.

    A touchpoint that has left the journey since is judged by nothing: what was decided stands.
    """
    touchpoint = next((one for one in journey.touchpoints if one.id == decision.touchpoint), None)
    if touchpoint is None:
        return None
    parcels = {parcel.tracking_number: parcel for parcel in state.parcels}
    parcel = parcels.get(decision.tracking_number)
    if decision.tracking_number and parcel is None:
        return "the parcel is no longer part of the order"
    stands = touchpoint.trigger is Trigger.STORM and parcel is not None and still_struck(parcel, state, decision)
    if not stands and decision.occurrence not in {one.key for one in occurrences(touchpoint, state, now)}:
        return "overtaken: no longer so by the time it was to be sent"
    occurrence = Occurrence(decision.occurrence, decision.happened_at, parcel, decision.facts)
    case = Case(
        touchpoint=touchpoint,
        occurrence=occurrence,
        state=state,
        now=now,
        channel=decision.channel,
        others_follow=False,
        merge_until=None,
        # What the review hold or a supply lets wait is as old as the decision that let it go.
        due_at=decision.decided_at if _waits_long(touchpoint) else decision.due_at or decision.happened_at,
    )
    verdicts = (order_stands(case), fresh(case), still_true(case))
    return next((verdict.sentence for verdict in verdicts if verdict.outcome), None)


def _waits_long(touchpoint: Touchpoint) -> bool:
    return touchpoint.review_hold or touchpoint.trigger is Trigger.REPLENISH
