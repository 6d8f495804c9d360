"""Who may call a channel's provider: everybody while it takes messages; while it is suspended, one now and then.

A suspension is noted by the first message that is refused. When its pause is over, one sender takes the turn to ask by
writing over the version that it read, and the others go on waiting: what has gathered in a day never asks all at once.
Where a sender dies with the turn, another gets it `ASKING` later; where the note is lost, the next refusal is noted.
"""

from datetime import datetime
from typing import NamedTuple

from porchlight.domain.channel_health import Suspension, refused
from porchlight.domain.errors import ChannelSuspendedError, ConflictError, TransientError
from porchlight.observability import logger
from porchlight.pipeline.channel_ports import ChannelHealths


class Turn(NamedTuple):
    """What one sender may do with a channel.

    Attributes:
        known: Its last suspension, as stored; with the turn to ask, as this sender has written it.
        asks: This sender asks whether it is over.
        is_anothers: It is suspended, and this sender leaves the provider alone.
    """

    channel: str
    known: Suspension | None = None
    asks: bool = False
    is_anothers: bool = False


def ends_at(channel: str, channels: ChannelHealths, now: datetime) -> datetime | None:
    """When the provider may be asked again; `None` when it may be called."""
    known = channels.suspension(channel, now)
    return known.waits_until(now) if known else None


def take_turn(channel: str, channels: ChannelHealths, now: datetime) -> Turn:
    """Call the provider, ask it, or leave it alone."""
    known = channels.suspension(channel, now)
    if known is None or known.over_since:
        return Turn(channel, known)
    if known.waits_until(now):
        return Turn(channel, known, is_anothers=True)
    asking = known.asked_by_one(now)
    try:
        channels.keep_suspension(channel, asking)
    except ConflictError:
        return Turn(channel, known, is_anothers=True)
    return Turn(channel, asking, asks=True)


def note_refusal(turn: Turn, error: ChannelSuspendedError, channels: ChannelHealths, now: datetime) -> None:
    """The provider takes nothing, unless it said so of this message alone; of many who find out at once one counts."""
    if error.for_this_one:
        return
    try:
        channels.keep_suspension(turn.channel, refused(turn.known, str(error), now))
    except ConflictError:
        return
    except TransientError:
        # The message is worth more than the note: the next that is refused writes it.
        logger.warning("suspension not noted", channel=turn.channel)


def note_taken(turn: Turn, message_id: str, channels: ChannelHealths, now: datetime) -> None:
    """The provider has taken a message: a suspension is over. Nothing of this decides about the message itself."""
    if turn.asks and turn.known:
        try:
            channels.keep_suspension(turn.channel, turn.known.ended(now))
        except ConflictError:
            logger.info("another has noted how the channel is", channel=turn.channel)
    channels.count_sent(turn.channel, message_id, now)
