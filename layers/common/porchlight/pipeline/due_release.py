"""The clock: every minute, what is due leaves the index for its queue. Polls, timers and unsent messages alike.

The index is cut into shards; one run leases a shard, goes on behind what was released before, and stops at its limit,
leaving the rest due for the next minute. Every ten minutes a shard is read from its oldest entry again, so what was
released but never done is released once more. Whoever receives a job checks that it is still due, so twice is harmless.

Polls of an account leave in the order of `domain.release_order`: as many as its budget allows until the next run, each
delayed until its call is free, and each told how far the account's calls go. Stores are read on the same clock.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from porchlight.domain.budgets import allowed_within, free_after
from porchlight.domain.exchange import Kind
from porchlight.domain.messages import Intent
from porchlight.domain.records import Account, DueEntry, Job, ReadChanges, Sendable, Tick
from porchlight.domain.release_order import Supply, drawn, supply_of
from porchlight.domain.shards import KINDS, Urgency, poll_shard, shards_of
from porchlight.observability import count
from porchlight.pipeline.due_shard import DueShard, oldest_due
from porchlight.pipeline.ports import Accounts, Queue, Schedule

RUN_LIMIT = 2000
"""Entries one run releases at most."""
UNTIL_NEXT_RUN = timedelta(minutes=1)


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
    """Release what is due. Returns how many entries left: messages first, then timers, then polls."""
    _release_stores(ports, now)
    left = RUN_LIMIT
    for shard in (shard for kind in KINDS for shard in shards_of(kind)):
        left -= _release_shard(shard, left, ports, now)
    for account in ports.accounts.accounts(Kind.CARRIERS):
        if account.polls:
            left -= _release_polls(account, left, ports, now)
    count("DueReleased", RUN_LIMIT - left)
    return RUN_LIMIT - left


def _release_stores(ports: ReleasePorts, now: datetime) -> None:
    """Stores whose changes are to be read; one that is read already finds its progress moved."""
    for account in ports.accounts.accounts(Kind.STORES):
        if account.polls and (account.read_again_at is None or account.read_again_at <= now):
            ports.stores.send([ReadChanges(account=account.name)], group=account.name)


def _release_shard(shard: str, limit: int, ports: ReleasePorts, now: datetime) -> int:
    if limit <= 0 or oldest_due(shard, ports.schedule, now) is None:
        return 0
    leased = DueShard(shard, ports.schedule, now)
    entries = leased.take(limit)
    for kind, queue in (("tick", ports.updates), ("message", ports.messages)):
        jobs = [_job(entry) for entry in entries if entry.kind == kind]
        if jobs:
            queue.send(jobs, group=kind)
    leased.give_back()
    return len(entries)


def _release_polls(account: Account, left: int, ports: ReleasePorts, now: datetime) -> int:
    calls = min(left, allowed_within(UNTIL_NEXT_RUN, account, now))
    if calls <= 0:
        return 0
    oldest = {urgency: oldest_due(poll_shard(account.name, urgency), ports.schedule, now) for urgency in Urgency}
    routine = poll_shard(account.name)

    def waiting(until: datetime, limit: int) -> int:
        return len(ports.schedule.due(routine, after="", until=until, limit=limit))

    supply = supply_of(oldest[Urgency.ROUTINE], now, waiting, eager=account.eager)
    shards = {one: DueShard(poll_shard(account.name, one), ports.schedule, now) for one in Urgency if oldest[one]}

    def take(urgency: Urgency, limit: int, begin: datetime | None) -> list[DueEntry]:
        return shards[urgency].take(limit, begin) if urgency in shards else []

    entries = drawn(calls, now, supply, take)
    for delay, jobs in _paced(entries, account, supply, now):
        ports.polling.send(jobs, group="poll", delay=delay)
    for shard in shards.values():
        shard.give_back()
    return len(entries)


def _paced(
    entries: Sequence[DueEntry], account: Account, supply: Supply, now: datetime
) -> Iterator[tuple[timedelta, list[Job]]]:
    """Jobs by the delay after which the account may make so many calls more."""
    numbered = enumerate(entries, start=1)
    for delay, group in groupby(numbered, lambda one: free_after(one[0], account, now)):
        yield delay, [_poll(entry, supply) for _, entry in group]


def _poll(entry: DueEntry, supply: Supply) -> Job:
    return Job(order_id=entry.order_id, tracking_number=entry.subject, supply=supply, trace=entry.order_id)


def _job(entry: DueEntry) -> Sendable:
    if entry.kind == "message":
        return Intent(order_id=entry.order_id, message_id=entry.subject, trace=entry.order_id)
    return Tick(order_id=entry.order_id, trace=entry.order_id)
