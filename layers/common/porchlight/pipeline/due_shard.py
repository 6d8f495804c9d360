"""A shard of the due index on lease: read on from its cursor, page by page, then given back with its new position."""

from datetime import datetime, timedelta

from porchlight.domain.records import Cursor, DueEntry
from porchlight.domain.times import to_text
from porchlight.pipeline.ports import Schedule

PAGE = 100
LEASE = timedelta(seconds=55)
RESCAN = timedelta(minutes=10)
SETTLE = timedelta(seconds=2)
"""Entries younger than this may still be on their way into the index."""


def oldest_due(shard: str, schedule: Schedule, now: datetime) -> datetime | None:
    """Half a read unit tells whether there is anything to do; a lease and its return are two writes."""
    entries = schedule.due(shard, after="", until=now - SETTLE, limit=1)
    return entries[0].due_at if entries else None


def position_of(begin: datetime) -> str:
    """Where the entries begin that are due from then on; no entry is there."""
    return f"{to_text(begin)}|-|-"


class DueShard:
    """One shard during one run; empty while another run has it."""

    def __init__(self, shard: str, schedule: Schedule, now: datetime) -> None:
        self._shard = shard
        self._schedule = schedule
        self._until = now - SETTLE
        self._begin: datetime | None = None
        self._cursor = schedule.take_shard(shard, now, now + LEASE)
        if self._cursor and (self._cursor.rescanned_at is None or now - self._cursor.rescanned_at >= RESCAN):
            self._move("", now)

    def take(self, limit: int, begin: datetime | None = None) -> list[DueEntry]:
        """So many entries behind those taken before, the oldest first.

        Args:
            limit: How many at most.
            begin: Those due before are left out; a later call without it takes them.
        """
        if self._cursor is None:
            return []
        if begin is None and self._begin:
            return self._read("", self._begin, limit)
        self._begin = begin
        after = max(self._cursor.position, position_of(begin)) if begin else self._cursor.position
        entries = self._read(after, self._until, limit)
        if entries:
            self._move(entries[-1].position, self._cursor.rescanned_at)
        return entries

    def give_back(self) -> None:
        """End the lease."""
        if self._cursor:
            self._schedule.give_back(self._cursor)

    def _read(self, after: str, until: datetime, limit: int) -> list[DueEntry]:
        entries: list[DueEntry] = []
        while len(entries) < limit:
            size = min(PAGE, limit - len(entries))
            page = self._schedule.due(self._shard, after=after, until=until, limit=size)
            entries += page
            if len(page) < size:
                break
            after = page[-1].position
        return entries

    def _move(self, position: str, rescanned_at: datetime | None) -> None:
        self._cursor = Cursor(shard=self._shard, position=position, rescanned_at=rescanned_at)
