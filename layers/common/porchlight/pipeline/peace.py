"""The last word on a person's peace, at the moment of sending: what they refuse, a hold, their caps, their quiet hours.

Several orders of one person are decided each on its own, and a message may wait for a day between its decision and its
sending; so what was asked then is asked again, and each message is counted before it leaves.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from porchlight.domain.errors import ConflictError
from porchlight.domain.ledger import Decision
from porchlight.domain.limits import Caps, cap_reached
from porchlight.domain.localities import Locality
from porchlight.domain.messages import Intent
from porchlight.domain.purposes import Purpose
from porchlight.domain.quiet_hours import quiet_until
from porchlight.domain.shopper import Sent
from porchlight.domain.storm_guards import told_elsewhere
from porchlight.domain.text_limits import text_limit_reached
from porchlight.pipeline.person_ports import Customers

MAX_TRIES = 5
RETRY = timedelta(minutes=1)
ENOUGH_TEXTS = "enough texts"


class Wait(NamedTuple):
    """A message that must not leave now."""

    until: datetime
    reason: str


def when_quiet(news: Sequence[Decision], channel: str, place: Locality, now: datetime) -> Wait | None:
    """The wait for an hour at which one may write."""
    until = None if _is_urgent(news) else quiet_until(now, channel, purpose_of(news), place)
    return Wait(until, "quiet hours") if until else None


def note_of(intent: Intent, news: Sequence[Decision], channel: str, place: Locality, now: datetime) -> Sent:
    """The message as it is remembered of who gets it, with all that learning from it will need."""
    return Sent(
        at=now,
        order_id=intent.order_id,
        message_id=intent.message_id,
        touchpoint=news[0].touchpoint,
        purpose=purpose_of(news),
        channel=channel,
        zone=place.zone.key if place.known else "",
        variant=news[0].variant,
        segments=news[0].segments,
    )


def count_against_caps(  # noqa: PLR0913 one question
    one: Sent, person: str, news: Sequence[Decision], caps: Caps, customers: Customers, *, in_doubt: bool = False
) -> Wait | None:
    """Add it to what this person got, or say until when it waits: they are held, or another order has filled a cap.

    Counted before the send: a crash between the two counts one too many, never one too few. An earlier try `in_doubt`
    may have left; it counts against no cap, as the message is one, and as a text of its own.
    """
    for _ in range(MAX_TRIES):
        known = customers.shopper(person, one.at)
        if known.held_until and known.held_until > one.at:
            return Wait(known.held_until, "held by hand")
        but_earlier_tries = known.history.but_failed if in_doubt else known.history.but
        history = but_earlier_tries(one.order_id, one.message_id)
        for told in news:  # what failed on another channel reached nobody
            history = history.but_failed(one.order_id, told.instead_of)
        if any(told_elsewhere(told, history, one.order_id) for told in news):
            return Wait(one.at + RETRY, "told with another order")
        reached = cap_reached(history, one.purpose, caps, one.at)
        if reached and not _is_urgent(news):
            return Wait(reached.until, "over a cap")
        full = text_limit_reached(history, one.channel, one.order_id, one.purpose, one.at)
        if full:
            return Wait(full.until, ENOUGH_TEXTS)
        try:
            customers.keep_history(person, history.with_sent(one))
        except ConflictError:
            continue
        return None
    return Wait(one.at + RETRY, "not counted")


def purpose_of(news: Sequence[Decision]) -> Purpose:
    """What one message with all of this is for."""
    told = {one.purpose for one in news}
    return Purpose.SERVICE if Purpose.SERVICE in told else Purpose.MARKETING


def _is_urgent(news: Sequence[Decision]) -> bool:
    return any(one.urgent for one in news)
