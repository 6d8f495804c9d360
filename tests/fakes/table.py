"""The orders table: `Orders`, `Watches`, `Outbox` and `Schedule` over one set of rows, as DynamoDB would hold them.

Every method is atomic: it raises before it changes anything. Times are kept to the millisecond, like stored text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from porchlight.domain.errors import ConflictError
from porchlight.domain.facts import OrderFacts
from porchlight.domain.ledger import FINAL_MESSAGE_STATES, PROOFS, Decision, LedgerRow, Message, MessageState, Outcome
from porchlight.domain.messages import Intent
from porchlight.domain.records import Change, Cursor, DueEntry, OrderRecord, Watch
from porchlight.domain.sections import Merge
from porchlight.domain.shards import poll_shard, shard_of
from porchlight.domain.times import from_text, to_text
from porchlight.domain.tracking import TrackingUpdate

SWEEP_AFTER = timedelta(minutes=1)

type IndexEntry = tuple[str, datetime, str, str, str]


@dataclass(frozen=True)
class StoredRow:
    """A ledger row with its place in the due index."""

    decision: Decision
    message: Message | None = None
    due_at: datetime | None = None


@dataclass(frozen=True)
class StoredCursor:
    cursor: Cursor
    leased_until: datetime | None = None


@dataclass
class Journal:
    """What happened to rows, in order: for invariants about histories, which the rows alone can not show.

    Attributes:
        decided: Order, decision id and outcome of every ledger row ever written.
        resent: Messages whose lapsed claim was taken again.
        taken: Rows that the message of another order took along.
        resent_in_vain: The same, although a provider event had already proved the first send.
    """

    decided: list[tuple[str, str, Outcome]] = field(default_factory=list)
    resent: list[tuple[str, str]] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    resent_in_vain: list[tuple[str, str]] = field(default_factory=list)


def stored(moment: datetime) -> datetime:
    """A time after it was written and read again."""
    return from_text(to_text(moment))


class FakeTable:
    """Orders, watches, messages and the schedule."""

    def __init__(self) -> None:
        self.facts: dict[str, tuple[OrderFacts, int]] = {}
        self.rows: dict[tuple[str, str], StoredRow] = {}
        self.watches: dict[tuple[str, str], Watch] = {}
        self.timers: dict[str, datetime] = {}
        self.numbers: dict[str, set[str]] = {}
        self.parked_updates: dict[str, dict[str, TrackingUpdate]] = {}
        self.lookups: dict[str, str] = {}
        self.shops: dict[str, set[str]] = {}
        self.names: dict[str, set[str]] = {}
        self.cursors: dict[str, StoredCursor] = {}
        self.journal = Journal()

    # ---- Orders

    def read(self, order_id: str) -> OrderRecord | None:
        if order_id not in self.facts:
            return None
        facts, version = self.facts[order_id]
        return OrderRecord(
            facts=facts,
            version=version,
            ledger={
                key: LedgerRow(decision=row.decision, message=row.message)
                for (order, key), row in self.rows.items()
                if order == order_id
            },
            watches={number: watch for (order, number), watch in self.watches.items() if order == order_id},
            look_again_at=self.timers.get(order_id),
        )

    def commit(self, change: Change) -> None:
        self._check(change)
        if change.facts:
            self.facts[change.order_id] = (change.facts, change.read_version + 1)
        for decision in change.decisions:
            sending = decision.outcome is Outcome.SEND
            self.journal.decided.append((change.order_id, decision.decision_id, decision.outcome))
            self.rows[change.order_id, decision.decision_id] = StoredRow(
                decision,
                Message() if sending else None,
                stored(change.now + SWEEP_AFTER) if sending else None,
            )
        if change.set_timer:
            self.timers.pop(change.order_id, None)
            if change.look_again_at:
                self.timers[change.order_id] = stored(change.look_again_at)
        for watch in change.watch:
            self.watches[watch.order_id, watch.tracking_number] = _stored_watch(watch)
        for number in change.unwatch:
            self.watches.pop((change.order_id, number), None)

    def _check(self, change: Change) -> None:
        _, version = self.facts.get(change.order_id, (None, 0))
        held = [self.rows.get((change.order_id, one.decision_id)) for one in change.decisions]
        if version != change.read_version or any(row and row.decision.is_final for row in held):
            message = "the order moved on"
            raise ConflictError(message)

    def link_numbers(self, order_id: str, tracking_numbers: Sequence[str], now: datetime) -> None:
        for number in tracking_numbers:
            self.numbers.setdefault(number, set()).add(order_id)

    def link_lookup(self, order_id: str, order_number: str, digest: str, now: datetime) -> None:
        self.lookups[digest] = order_id
        self.names.setdefault(_name(order_number), set()).add(order_id)

    def link_shop(self, order_id: str, shop: str, now: datetime) -> None:
        self.shops.setdefault(shop, set()).add(order_id)

    def unlink_lookup(self, digest: str) -> None:
        self.lookups.pop(digest, None)

    def by_number(self, tracking_number: str) -> list[str]:
        return sorted(self.numbers.get(tracking_number, ()))

    def by_lookup(self, digest: str) -> str | None:
        return self.lookups.get(digest)

    def by_name(self, order_number: str) -> list[str]:
        return sorted(self.names.get(_name(order_number), ()))

    def park(self, update: TrackingUpdate, now: datetime) -> None:
        self.parked_updates.setdefault(update.tracking_number, {})[update.model_dump_json()] = update

    def parked(self, tracking_number: str) -> list[TrackingUpdate]:
        return list(self.parked_updates.get(tracking_number, {}).values())

    def unpark(self, tracking_number: str) -> None:
        self.parked_updates.pop(tracking_number, None)

    # ---- Watches

    def watch(self, order_id: str, tracking_number: str) -> Watch | None:
        return self.watches.get((order_id, tracking_number))

    def reschedule(self, watch: Watch, *, expected_due_at: datetime) -> None:
        held = self.watches.get((watch.order_id, watch.tracking_number))
        if held and held.due_at == stored(expected_due_at):
            self.watches[watch.order_id, watch.tracking_number] = _stored_watch(watch)

    def unwatch(self, watch: Watch) -> None:
        self.watches.pop((watch.order_id, watch.tracking_number), None)

    # ---- Outbox

    def claim(self, intent: Intent, message: Message, *, now: datetime, merges: Sequence[Merge] = ()) -> bool:
        row = self.rows.get((intent.order_id, intent.message_id))
        held = row.message if row else None
        if row is None or held is None or held.attempts != message.attempts - 1 or not _is_free(held, stored(now)):
            return False
        if any(not self._is_as_read(one) for one in merges):
            return False
        for one in merges:
            self.journal.taken.append(one.name)
            self.rows[one.order_id, one.merged.decision_id] = StoredRow(one.merged)
        if held.state is MessageState.CLAIMED:
            self.journal.resent.append((intent.order_id, intent.message_id))
        if PROOFS & held.seen.keys():
            self.journal.resent_in_vain.append((intent.order_id, intent.message_id))
        self._write(intent, row, message)
        return True

    def _is_as_read(self, one: Merge) -> bool:
        row = self.rows.get((one.order_id, one.merged.decision_id))
        if row is None or row.decision != one.row.decision:
            return False
        held, read = row.message, one.row.message
        return read is None or (
            held is not None and held.state is MessageState.PENDING and held.attempts == read.attempts
        )

    def settle(self, intent: Intent, message: Message, *, due_at: datetime | None = None) -> bool:
        row = self.rows.get((intent.order_id, intent.message_id))
        held = row.message if row else None
        if row is None or held is None or held.state in FINAL_MESSAGE_STATES or held.attempts != message.attempts:
            return False
        self._write(intent, replace(row, due_at=stored(due_at) if due_at else None), message)
        return True

    def note_event(self, intent: Intent, event: str, at: datetime, provider_id: str) -> bool:
        row = self.rows.get((intent.order_id, intent.message_id))
        if row is None or row.message is None:
            return False
        held = row.message.model_copy(update={"seen": {event: to_text(at), **row.message.seen}})
        row = replace(row, message=held)
        proves = event in PROOFS and held.state not in FINAL_MESSAGE_STATES
        if proves:
            sent = {"state": MessageState.SENT, "provider_id": provider_id, "sent_at": at}
            row = replace(row, message=held.model_copy(update=sent), due_at=None)
        self.rows[intent.order_id, intent.message_id] = row
        return proves

    def _write(self, intent: Intent, row: StoredRow, message: Message) -> None:
        """Events that came back meanwhile stay, whatever the sender knew of them."""
        seen = row.message.seen if row.message else {}
        self.rows[intent.order_id, intent.message_id] = replace(row, message=message.model_copy(update={"seen": seen}))

    # ---- Schedule

    def take_shard(self, shard: str, now: datetime, until: datetime) -> Cursor | None:
        held = self.cursors.get(shard, StoredCursor(Cursor(shard=shard)))
        if held.leased_until and held.leased_until > stored(now):
            return None
        self.cursors[shard] = StoredCursor(held.cursor, stored(until))
        return held.cursor

    def give_back(self, cursor: Cursor) -> None:
        held = self.cursors.get(cursor.shard, StoredCursor(cursor)).cursor
        rescanned_at = stored(cursor.rescanned_at) if cursor.rescanned_at else held.rescanned_at
        self.cursors[cursor.shard] = StoredCursor(cursor.model_copy(update={"rescanned_at": rescanned_at}))

    def due(self, shard: str, *, after: str, until: datetime, limit: int) -> list[DueEntry]:
        last = stored(until)
        found = sorted(entry[1:] for entry in self.index() if entry[0] == shard and entry[1] <= last)
        entries = [entry for entry in map(_entry, found) if entry.position > after]
        return entries[:limit]

    def index(self) -> Iterator[IndexEntry]:
        """The whole due index: shard, time, order, kind and subject."""
        for (order_id, number), watch in self.watches.items():
            yield poll_shard(watch.account, watch.urgency), watch.due_at, order_id, "poll", number
        for order_id, due_at in self.timers.items():
            yield shard_of("ticks", order_id), due_at, order_id, "tick", ""
        for (order_id, key), row in self.rows.items():
            if row.due_at:
                yield shard_of("messages", order_id), row.due_at, order_id, "message", key


def _is_free(message: Message, now: datetime) -> bool:
    lapsed = message.claimed_until is None or stored(message.claimed_until) <= now
    return message.state is MessageState.PENDING or (message.state is MessageState.CLAIMED and lapsed)


def _stored_watch(watch: Watch) -> Watch:
    times = {"since": stored(watch.since), "due_at": stored(watch.due_at)}
    checked_at = stored(watch.checked_at) if watch.checked_at else None
    return watch.model_copy(update={**times, "checked_at": checked_at})


def _entry(found: tuple[datetime, str, str, str]) -> DueEntry:
    due_at, order_id, kind, subject = found
    position = f"{to_text(due_at)}|{order_id}|{kind}#{subject}"
    return DueEntry.model_validate(
        {"kind": kind, "order_id": order_id, "subject": subject, "due_at": due_at, "position": position}
    )


def _name(order_number: str) -> str:
    return order_number.strip().lstrip("#").casefold()
