"""What a channel says against a message: its provider takes nothing, or may soon take nothing."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from porchlight.domain.channel_health import ChannelHealth, own_time, strain
from porchlight.domain.guards import Case
from porchlight.domain.journeys import Touchpoint
from porchlight.domain.ledger import Outcome, Verdict
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.shopper import History
from porchlight.domain.text_limits import text_limit_reached

UNTIL_IT_RECOVERS = timedelta(days=1)
_TAKES_MESSAGES = Verdict(guard="channel_health", sentence="the channel takes messages")


def channel_health(case: Case) -> Verdict:
    """The channel's provider takes messages, and no marketing makes it worse for a channel near its limits."""
    until = case.health.waits_until(case.now)
    if until and case.health.suspension:
        since = case.health.suspension.since
        sentence = f"{case.channel} is suspended by its provider since {since:%Y-%m-%d %H:%M} UTC"
        name = f"{case.state.order_id} {case.touchpoint.id} {case.occurrence.key}"
        own = own_time(until, name, urgent=case.touchpoint.is_urgent)
        return Verdict(guard="channel_health", outcome=Outcome.DELAY, sentence=sentence, until=own)
    strained = _strained(case.touchpoint, case.health)
    if not strained:
        return _TAKES_MESSAGES
    until = case.now + UNTIL_IT_RECOVERS
    sentence = f"marketing by {case.channel} waits: {strained}"
    return Verdict(guard="channel_health", outcome=Outcome.DELAY, sentence=sentence, until=until)


def held_up(
    touchpoint: Touchpoint,
    history: History,
    order_id: str,
    health: Callable[[str], ChannelHealth],
    now: datetime,
) -> Collection[str]:
    """Channels of a touchpoint that take nothing of it for now; not looked for where there is no other to take."""
    if len(touchpoint.channels) == 1:
        return ()

    def is_full(channel: str) -> bool:
        limited = touchpoint.audience is Audience.SHOPPER
        return limited and text_limit_reached(history, channel, order_id, touchpoint.purpose, now) is not None

    def takes_nothing(channel: str) -> bool:
        return bool(health(channel).waits_until(now) or _strained(touchpoint, health(channel)))

    return {one for one in touchpoint.channels if is_full(one) or takes_nothing(one)}


def _strained(touchpoint: Touchpoint, health: ChannelHealth) -> str:
    """A review is asked for by its limit date whatever happens, so it never waits for a channel to recover."""
    if (
        touchpoint.purpose is not Purpose.MARKETING
        or touchpoint.review_hold
        or touchpoint.audience is Audience.MERCHANT
    ):
        return ""
    return strain(health.judged)
