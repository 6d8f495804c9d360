"""How the due index is cut: by slices of orders for timers and messages, by account and urgency for polls.

Polls of the routine keep the account's own shard, which held all of them before there were urgencies.
"""

from enum import StrEnum

SHARDS = 4
KINDS = ("messages", "ticks")


class Urgency(StrEnum):
    """How much an answer is worth when a poll is due (`domain.polling`); the most urgent first."""

    LIKELY = "likely"
    """News that matters is likely."""
    POSSIBLE = "possible"
    ROUTINE = "routine"
    """News would be a surprise, or nobody was asked yet."""


def shard_of(kind: str, order_id: str) -> str:
    """The shard of a timer (`ticks`) or a message (`messages`): spread evenly by the order's opaque key."""
    return f"{kind}#{sum(order_id.encode()) % SHARDS}"


def shards_of(kind: str) -> list[str]:
    """All shards of a kind."""
    return [f"{kind}#{index}" for index in range(SHARDS)]


def poll_shard(account: str, urgency: Urgency = Urgency.ROUTINE) -> str:
    """Polls are sharded by account, so that an exhausted budget holds up nobody else, and by urgency."""
    return f"polls#{account}" if urgency is Urgency.ROUTINE else f"polls#{account}#{urgency.value}"


def urgency_of(shard: str) -> Urgency:
    """The reverse of `poll_shard`. A connection's name has no `#`."""
    last = shard.rpartition("#")[2]
    return Urgency(last) if last in {Urgency.LIKELY, Urgency.POSSIBLE} else Urgency.ROUTINE
