"""Counting a message against the caps of who gets it, over all their orders, before it is sent.

A cap was looked at when the message was decided; another order of the same person may have filled it since. So it is
counted here under the version of the history that was read. A crash between the two counts one too many, never one too
few.
"""

from datetime import datetime, timedelta

from porchlight.domain.errors import ConflictError
from porchlight.domain.ledger import Decision
from porchlight.domain.limits import Caps, cap_reached
from porchlight.domain.messages import Intent
from porchlight.domain.purposes import Audience
from porchlight.domain.shopper import Sent
from porchlight.pipeline.person_ports import Customers

MAX_TRIES = 5
AGAIN = timedelta(minutes=1)


def full_until(  # noqa: PLR0913, PLR0917 whom, what, and how much is too much
    decision: Decision, intent: Intent, person: str, caps: Caps, customers: Customers, now: datetime
) -> datetime | None:
    """Count it; until when it must wait where a cap is full, `None` when it may leave now."""
    if decision.audience is Audience.MERCHANT:
        return None
    for _ in range(MAX_TRIES):
        history = customers.shopper(person, now).history
        if history.has(intent.order_id, intent.message_id):
            return None
        reached = cap_reached(history, decision.purpose, caps, now)
        if reached and not decision.urgent:
            return reached.until
        sent = Sent(
            at=now,
            order_id=intent.order_id,
            message_id=intent.message_id,
            touchpoint=decision.touchpoint,
            purpose=decision.purpose,
            channel=decision.channel,
        )
        try:
            customers.keep_history(person, history.with_sent(sent))
        except ConflictError:
            continue
        return None
    return now + AGAIN
