"""How a channel is: whether its provider has suspended it, and how near it is to that.

A suspension is met by the first message that is refused. From then on nobody calls the provider but one message now and
then, which asks; the pauses between two askings double. What was suspended is over with the first message that leaves.
Writers put a version over the version they read, so that of many who meet or ask at once one counts.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from porchlight.domain.draws import position
from porchlight.domain.effects import share
from porchlight.domain.model import Value

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=15), timedelta(hours=2)
"""Asking costs one call that is refused, so the longest pause is short: who is back should not wait for half a day."""
ASKING = timedelta(minutes=5)
"""How long the one that asks may take; when it dies over it, another asks after that."""
SPREAD = timedelta(minutes=30)
"""What has waited comes back within this, each message at its own time, so that not all of it comes at once."""
DAYS = 14
"""Messages of so many days are judged by. SES judges by a representative volume, whose span it does not say."""
FEWEST = 100
"""Of fewer messages one bounce would be a large share."""
BOUNCES_REVIEWED, COMPLAINTS_REVIEWED = 0.05, 0.001
"""From these shares on SES puts an account under review; from 10 % and 0.5 % on it pauses the sending (AWS, Reputation
metrics messages, https://docs.aws.amazon.com/ses/latest/dg/reputationdashboardmessages.html; the numbers as quoted by
SendOps' guide to bounce rates, read 2026-11-22)."""


class Suspension(Value):
    """The provider takes nothing, or took nothing once.

    Attributes:
        version: Grows with each change; 1 is the first.
        since: When the first message was refused.
        ask_at: Nobody asks the provider before.
        asked: How often it has refused since then.
        reason: What it said.
        over_since: When a message left again; `None` while nothing leaves.
    """

    version: int
    since: datetime
    ask_at: datetime
    asked: int
    reason: str
    over_since: datetime | None = None

    def waits_until(self, now: datetime) -> datetime | None:
        """Until when nothing is sent; `None` when it may be asked, or is over.

        A time that nobody can have meant was written by a clock that goes wrong, and is not waited for.
        """
        is_meant = now < self.ask_at <= now + LONGEST_PAUSE + ASKING
        return self.ask_at if is_meant and self.over_since is None else None

    def asked_by_one(self, now: datetime) -> "Suspension":
        """While one message asks, the others wait."""
        return self.model_copy(update={"version": self.version + 1, "ask_at": now + ASKING})

    def ended(self, now: datetime) -> "Suspension":
        """A message has left."""
        return self.model_copy(update={"version": self.version + 1, "over_since": now})


def refused(before: Suspension | None, reason: str, now: datetime) -> Suspension:
    """The suspension after the provider has refused a message.

    Args:
        before: As stored; `None` when there never was one.
        reason: What the provider said.
        now: Aware UTC.
    """
    goes_on = before is not None and before.over_since is None
    asked = before.asked if before and goes_on else 0
    return Suspension(
        version=before.version + 1 if before else 1,
        since=before.since if before and goes_on else now,
        ask_at=now + min(FIRST_PAUSE * (1 << min(asked, 8)), LONGEST_PAUSE),
        asked=asked + 1,
        reason=reason,
    )


def own_time(until: datetime, name: str, *, urgent: bool) -> datetime:
    """When what waits until then comes back: what is urgent first, the rest each at its own time."""
    return until if urgent else until + SPREAD * position("comes back", name)


class Harm(StrEnum):
    """What a provider holds against a channel."""

    BOUNCE = "bounces"
    COMPLAINT = "complaints"


class Judged(NamedTuple):
    """What the provider judges the channel by.

    Attributes:
        sent: Messages of the last `DAYS` days.
        bounces: That came back for good.
        complaints: That somebody called spam.
    """

    sent: int = 0
    bounces: int = 0
    complaints: int = 0


class ChannelHealth(NamedTuple):
    """What is known of one channel."""

    suspension: Suspension | None = None
    judged: Judged = Judged()

    def waits_until(self, now: datetime) -> datetime | None:
        """Until when it is known to take nothing."""
        return self.suspension.waits_until(now) if self.suspension else None


HEALTHY = ChannelHealth()


def strain(judged: Judged) -> str:
    """Why the provider may soon suspend the channel, empty while it is surely not above what is reviewed.

    The lower end of the share's 95 % interval counts: it lies above the limit well before the share reaches what pauses
    an account, and never for one unlucky message.
    """
    if judged.sent < FEWEST:
        return ""
    shares = (
        (judged.bounces, BOUNCES_REVIEWED, "came back"),
        (judged.complaints, COMPLAINTS_REVIEWED, "were called spam"),
    )
    for count, limit, what in shares:
        if share(count, judged.sent).low > limit:
            return f"{count} of {judged.sent} messages of {DAYS} days {what}, from {limit:.1%} on it is reviewed"
    return ""
