"""The clock: every minute, what is due leaves the index for its queue. Polls, timers and unsent messages alike.

The index is cut into shards; one run leases a shard, goes on behind what was released before, and stops at its limit,
leaving the rest due for the next minute. Every ten minutes a shard is read from its oldest entry again, so what was
released but never done is released once more. Whoever receives a job checks that it is still due, so twice is harmless.
Stores are read on the same clock.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from porchlight.domain.budgets import available
from porchlight.domain.exchange import Kind
from porchlight.domain.messages import Intent
from porchlight.domain.records import DueEntry, Job, ReadChanges, Sendable, Tick
from porchlight.domain.shards import KINDS, poll_shard, shards_of
from porchlight.observability import count
from porchlight.pipeline.ports import Accounts, Queue, Schedule

RUN_LIMIT = 2000
"""Entries one run releases at most."""
PAGE = 100
LEASE = timedelta(seconds=55)
RESCAN = timedelta(minutes=10)
SETTLE = timedelta(seconds=2)
"""Entries younger than this may still be on their way into the index."""


@dataclass(frozen=True, slots=True)
class ReleasePorts:
    """What the release needs."""

    schedule: Schedule
    accounts: Accounts
    updates: Queue
    polling: Queue
    messages: Queue
    stores: Queue


def release(ports: ReleasePorts, now: datetime) -> int:
    """Release what is due. Returns how many entries left."""
    _release_stores(ports, now)
    left = RUN_LIMIT
    for shard, allowed in _shards(ports.accounts, now):
        left -= _release_shard(shard, min(left, allowed), ports, now)
        if left <= 0:
            break
    count("DueReleased", RUN_LIMIT - left)
    return RUN_LIMIT - left


def _release_stores(ports: ReleasePorts, now: datetime) -> None:
    """Stores whose changes are to be read; one that is read already finds its progress moved."""
    for account in ports.accounts.accounts(Kind.STORES):
        if account.polls and (account.read_again_at is None or account.read_again_at <= now):
            ports.stores.send([ReadChanges(account=account.name)], group=account.name)


def _shards(accounts: Accounts, now: datetime) -> Iterator[tuple[str, int]]:
    """Messages first, then timers, then polls; for polls no more than the account may spend."""
    for kind in KINDS:
        for shard in shards_of(kind):
            yield shard, RUN_LIMIT
    for account in accounts.accounts(Kind.CARRIERS):
        if account.polls:
            yield poll_shard(account.name), int(available(account, now))


def _release_shard(shard: str, limit: int, ports: ReleasePorts, now: datetime) -> int:
    # Half a read unit tells that there is nothing to do; a lease and its return are two writes, every minute, for ever.
    if limit <= 0 or not ports.schedule.due(shard, after="", until=now - SETTLE, limit=1):
        return 0
    cursor = ports.schedule.take_shard(shard, now, now + LEASE)
    if cursor is None:
        return 0
    if cursor.rescanned_at is None or now - cursor.rescanned_at >= RESCAN:
        cursor = cursor.model_copy(update={"position": "", "rescanned_at": now})
    released = 0
    while released < limit:
        size = min(PAGE, limit - released)
        entries = ports.schedule.due(shard, after=cursor.position, until=now - SETTLE, limit=size)
        _send(entries, ports)
        released += len(entries)
        if entries:
            cursor = cursor.model_copy(update={"position": entries[-1].position})
        if len(entries) < size:
            break
    ports.schedule.give_back(cursor)
    return released


def _send(entries: list[DueEntry], ports: ReleasePorts) -> None:
    queues = {"poll": ports.polling, "tick": ports.updates, "message": ports.messages}
    for kind, queue in queues.items():
        jobs = [_job(entry) for entry in entries if entry.kind == kind]
        if jobs:
            queue.send(jobs, group=kind)


def _job(entry: DueEntry) -> Sendable:
    if entry.kind == "poll":
        return Job(order_id=entry.order_id, tracking_number=entry.subject, trace=entry.order_id)
    if entry.kind == "message":
        return Intent(order_id=entry.order_id, message_id=entry.subject, trace=entry.order_id)
    return Tick(order_id=entry.order_id, trace=entry.order_id)
