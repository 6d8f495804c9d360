"""Messages that were decided and not sent, counted as if they had been: what a rehearsal needs to be like life.

In life each message is counted when it leaves, and caps look at the count. A journey in shadow and a replay send
nothing, so the order's own ledger stands in. What the shopper got for other orders is not in it.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from porchlight.domain.ledger import Decision, Outcome, Verdict
from porchlight.domain.limits import Caps, cap_reached
from porchlight.domain.purposes import Audience
from porchlight.domain.shopper import MOST, History, Sent, Shopper
from porchlight.domain.text_limits import text_limit_reached


def as_if_sent(shopper: Shopper, order_id: str, decided: Iterable[Decision], outcomes: Collection[Outcome]) -> Shopper:
    """The shopper after this order's decisions of these outcomes have become messages."""
    rows = [one for one in decided if one.outcome in outcomes and one.audience is Audience.SHOPPER]
    told = [_sent(order_id, one) for one in rows]
    latest = sorted((*shopper.history.sent, *told), key=lambda one: one.at, reverse=True)[:MOST]
    history = shopper.history.model_copy(update={"sent": tuple(latest)})
    return shopper.model_copy(update={"history": history}) if told else shopper


def within_caps(
    decisions: Sequence[Decision], shopper: Shopper, order_id: str, caps: Caps, now: datetime
) -> list[Decision]:
    """Decisions of one look, each counted before the next: what is too much waits, as it would when it is sent."""
    history, late = shopper.history, dict[str, Verdict]()
    for one in decisions:
        if one.outcome is not Outcome.SEND or one.audience is not Audience.SHOPPER:
            continue
        waits = _waits(one, history, order_id, caps, now)
        if waits:
            late[one.decision_id] = waits
        else:
            history = history.with_sent(_sent(order_id, one))
    return [_later(one, late[lead]) if (lead := one.into or one.decision_id) in late else one for one in decisions]


def _waits(decision: Decision, history: History, order_id: str, caps: Caps, now: datetime) -> Verdict | None:
    reached = {
        "frequency_cap": None if decision.urgent else cap_reached(history, decision.purpose, caps, now),
        "text_limit": text_limit_reached(history, decision.channel, order_id, decision.purpose, now),
    }
    verdicts = (
        Verdict(guard=guard, outcome=Outcome.DELAY, sentence=one.sentence, until=one.until)
        for guard, one in reached.items()
        if one
    )
    return next(verdicts, None)


def _later(decision: Decision, verdict: Verdict) -> Decision:
    others = tuple(one for one in decision.verdicts if one.guard not in {verdict.guard, "one_message"})
    waits = {"outcome": Outcome.DELAY, "until": verdict.until, "verdicts": (*others, verdict), "into": "", "tells": ()}
    return decision.model_copy(update=waits)


def _sent(order_id: str, decision: Decision) -> Sent:
    return Sent(
        at=decision.decided_at,
        order_id=order_id,
        message_id=decision.decision_id,
        touchpoint=decision.touchpoint,
        purpose=decision.purpose,
        channel=decision.channel,
    )
