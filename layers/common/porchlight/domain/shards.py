"""How the due index is cut: one shard per slice of orders for timers and messages, one per account for polls."""

SHARDS = 4
KINDS = ("messages", "ticks")


def shard_of(kind: str, order_id: str) -> str:
    """The shard of a timer (`ticks`) or a message (`messages`): spread evenly by the order's opaque key."""
    return f"{kind}#{sum(order_id.encode()) % SHARDS}"


def shards_of(kind: str) -> list[str]:
    """All shards of a kind."""
    return [f"{kind}#{index}" for index in range(SHARDS)]


def poll_shard(account: str) -> str:
    """Polls are sharded by account, so that an exhausted budget holds up nobody else."""
    return f"polls#{account}"
