"""News that failed on one channel is told on the next: which messages have failed, and which try of them comes now.

A message has failed when its channel refused it or takes none for this address, when it came back, or, if it is
urgent, when its channel tells of deliveries and told of none in time. One that was seen to arrive has not, whatever
else is said of it. Each channel is tried once; a second try is a row of its own, `<touchpoint>#<occurrence>#2`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from porchlight.domain.journeys import Journey, Touchpoint
from porchlight.domain.ledger import Decision, Message, MessageState, Outcome, Verdict
from porchlight.domain.purposes import Audience
from porchlight.domain.shopper import Shopper

HARD_BOUNCE = "hard_bounce"
"""Noted beside `bounce` when the address is gone for good: an absence note is reported as a bounce too."""
_READ = frozenset({"open", "click", "complaint"})
"""Somebody had it before them, the one who calls it spam as well."""
_CAME_BACK = frozenset({"bounce", "reject", HARD_BOUNCE})
_GONE = frozenset({"reject", HARD_BOUNCE})
_GIVEN_UP = frozenset({MessageState.SKIPPED, MessageState.FAILED})


class Progress(NamedTuple):
    """What became of what was sent.

    Attributes:
        messages: By the decision that led to each.
        tell_of_delivery: Channels whose provider says when a message has arrived.
    """

    messages: Mapping[str, Message] = {}
    tell_of_delivery: Collection[str] = ()


class Try(NamedTuple):
    """One try to tell a piece of news.

    Attributes:
        decision_id: Its row.
        failed: The decisions whose messages failed before it, by channel.
        instead_of: The last of them; empty for the first try.
        verdict: Why there is a further try; `None` for the first.
    """

    decision_id: str
    failed: Mapping[str, str] = {}
    instead_of: str = ""
    verdict: Verdict | None = None

    def as_known(self, shopper: Shopper, order_id: str) -> Shopper:
        """The shopper without the messages that never reached them: those count against no cap."""
        history = shopper.history
        for lead in self.failed.values():
            history = history.but_failed(order_id, lead)
        return shopper.model_copy(update={"history": history}) if self.failed else shopper


def has_arrived(message: Message) -> bool:
    """It was seen to arrive, and not to come back for good afterwards."""
    return bool(_READ & message.seen.keys()) or ("delivery" in message.seen and not _GONE & message.seen.keys())


def failures(decided: Mapping[str, Decision], progress: Progress, patience: timedelta, now: datetime) -> dict[str, str]:
    """Why each message that has failed did, in words, by its decision.

    Args:
        decided: The ledger.
        progress: What became of its messages.
        patience: How long an urgent message may take to arrive.
        now: Aware UTC.
    """
    found = {key: _failure(decided[key], one, progress, patience, now) for key, one in progress.messages.items()}
    return {key: reason for key, reason in found.items() if reason}


def try_now(first: str, decided: Mapping[str, Decision], failed: Mapping[str, str]) -> Try:
    """The try that is made now, or was made last, of the decision whose first try is `first`."""
    made, number = Try(first), 1
    while (row := decided.get(made.decision_id)) and (lead := row.into or row.decision_id) in failed:
        channel, number = decided[lead].channel, number + 1
        verdict = Verdict(guard="fallback", sentence=f"the message by {channel} {failed[lead]}")
        made = Try(f"{first}#{number}", {**made.failed, channel: lead}, lead, verdict)
    return made


def has_a_way(touchpoint: Touchpoint, tried: Collection[str], reach: Collection[str]) -> bool:
    """Nothing was tried yet, or another channel is left that has an address."""
    return not tried or any(one in reach and one not in tried for one in touchpoint.channels)


def overdue(
    journey: Journey,
    known: Iterable[Decision],
    progress: Progress,
    reach: Mapping[Audience, Collection[str]],
    now: datetime,
) -> Iterator[datetime]:
    """When the urgent messages that are not known to have arrived count as failed.

    Told only where another channel reaches the shopper, so that a shop with one channel pays for no timer.
    """
    several = {one.id: one for one in journey.switched_on if len(one.channels) > 1}
    ledger = {one.decision_id: one for one in known} if several else {}
    for one in ledger.values():
        touchpoint = several.get(one.touchpoint)
        if touchpoint is None or not _is_awaited(one, progress) or one.outcome is not Outcome.SEND:
            continue
        is_news = (one.due_at or one.happened_at) + touchpoint.fresh_for > now
        if is_news and has_a_way(touchpoint, _tried(one, ledger), reach.get(one.audience, ())):
            message = progress.messages.get(one.decision_id, Message())
            if message.state not in _GIVEN_UP and not has_arrived(message):
                yield (message.sent_at or now) + journey.fallback_after


def _tried(decision: Decision, ledger: Mapping[str, Decision]) -> set[str]:
    channels = {decision.channel}
    while before := ledger.get(decision.instead_of):
        decision = before
        channels.add(decision.channel)
    return channels


def _failure(decision: Decision, message: Message, progress: Progress, patience: timedelta, now: datetime) -> str:
    if has_arrived(message):
        return ""
    if message.has_no_way:
        return "could not be sent"
    if _CAME_BACK & message.seen.keys():
        return "came back"
    late = message.sent_at is not None and message.sent_at + patience <= now
    if late and message.state is MessageState.SENT and _is_awaited(decision, progress):
        return f"did not arrive within {int(patience.total_seconds() // 60)} minutes"
    return ""


def _is_awaited(decision: Decision, progress: Progress) -> bool:
    return decision.urgent and decision.channel in progress.tell_of_delivery
