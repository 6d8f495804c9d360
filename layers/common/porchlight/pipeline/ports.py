"""The outside world as the stages see it. `aws/` implements these on AWS; `tests/fakes.py` implements them to fail.

Every method is one call that may be repeated: a caller that lost the answer calls again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from porchlight.domain.brand import Brand
from porchlight.domain.exchange import HttpRequest, Kind
from porchlight.domain.journeys import Journey
from porchlight.domain.lanes import Lane, LaneParcel
from porchlight.domain.ledger import Message
from porchlight.domain.mappings import Mappings, UnmappedCode
from porchlight.domain.messages import Intent
from porchlight.domain.records import (
    Account,
    Change,
    ConnectionSecrets,
    Cursor,
    DueEntry,
    OrderRecord,
    Sendable,
    StoreProgress,
    Watch,
)
from porchlight.domain.sections import Merge
from porchlight.domain.storms import Weather
from porchlight.domain.tracking import TrackingUpdate


class Orders(Protocol):
    """Orders, their ledgers and what leads to them."""

    def read(self, order_id: str) -> OrderRecord | None:
        """The whole order, strongly consistent; `None` when it is not stored."""

    def commit(self, change: Change) -> None:
        """Write all of it. Raises `ConflictError` when the version moved or a row became final meanwhile."""

    def link_numbers(self, order_id: str, tracking_numbers: Sequence[str], now: datetime) -> None:
        """Make the order findable by these numbers."""

    def link_lookup(self, order_id: str, order_number: str, digest: str, now: datetime) -> None:
        """Make the order findable by its number (for the merchant) and by `lookup_digest` (for the shopper)."""

    def link_shop(self, order_id: str, shop: str, now: datetime) -> None:
        """Put the order on the list of its shop (`<store>/<connection>`)."""

    def unlink_lookup(self, digest: str) -> None:
        """Forget what a shopper proved the order with; nothing happens when it is forgotten already."""

    def by_number(self, tracking_number: str) -> list[str]:
        """Orders that this parcel belongs to."""

    def by_lookup(self, digest: str) -> str | None:
        """The order a shopper's order number and e-mail lead to."""

    def park(self, update: TrackingUpdate, now: datetime) -> None:
        """Keep an update of a parcel that no order claims yet (F11), 35 days long."""

    def parked(self, tracking_number: str) -> list[TrackingUpdate]:
        """What was parked for this number."""

    def unpark(self, tracking_number: str) -> None:
        """Forget what was parked for this number; it is part of an order now."""


class Watches(Protocol):
    """The schedule of polls."""

    def watch(self, order_id: str, tracking_number: str) -> Watch | None:
        """One watched parcel."""

    def reschedule(self, watch: Watch, *, expected_due_at: datetime) -> None:
        """Store `watch` unless another already moved its `due_at`, in which case nothing happens."""

    def unwatch(self, watch: Watch) -> None:
        """Stop asking."""


class Outbox(Protocol):
    """Messages on their way: claims, confirmations and what came back."""

    def claim(self, intent: Intent, message: Message, *, now: datetime, merges: Sequence[Merge] = ()) -> bool:
        """Take the row for sending and store `message`; false when it is final, another sender has it, or had it since.

        `message.attempts` is one more than was read: it is the fence between senders. The row stays on the schedule.

        Rows of other orders are merged by the same write, all or nothing: false also when one has changed since it was
        read. What was about to be sent of them is off the schedule then.
        """

    def settle(self, intent: Intent, message: Message, *, due_at: datetime | None = None) -> bool:
        """Store what became of it; `due_at` puts it back on the schedule, `None` takes it off.

        Nothing happens, and false is told, when the row is final, or when `message.attempts` shows that another sender
        claimed it since.
        """

    def note_event(self, intent: Intent, event: str, at: datetime, provider_id: str) -> bool:
        """Add a provider event to the row; one that proves a send confirms it unless the row is final already.

        True when it was this one that confirmed it. No message, no effect.
        """


class Schedule(Protocol):
    """The due index, in shards."""

    def take_shard(self, shard: str, now: datetime, until: datetime) -> Cursor | None:
        """Lease a shard; `None` while another run has it."""

    def give_back(self, cursor: Cursor) -> None:
        """Store how far it was released and end the lease."""

    def due(self, shard: str, *, after: str, until: datetime, limit: int) -> list[DueEntry]:
        """Entries due until then, oldest first, behind position `after`."""


class Accounts(Protocol):
    """Connections and their budgets."""

    def accounts(self, kind: Kind) -> list[Account]:
        """All connections of a kind."""

    def spend(self, name: str, calls: int, now: datetime, kind: Kind = Kind.CARRIERS) -> datetime | None:
        """Take calls from an account's budget. `None` when granted, else when they will be available."""

    def pause(self, name: str, until: datetime, kind: Kind = Kind.CARRIERS) -> None:
        """The vendor asked for a pause."""

    def progress(self, name: str) -> StoreProgress | None:
        """How far a store was read; `None` before the first time."""

    def keep_progress(self, name: str, progress: StoreProgress) -> None:
        """Remember how far; `progress.version` is the one that was read.

        Raises `ConflictError` when another reading was kept since, or the connection is gone.
        """


class Secrets(Protocol):
    """What the merchant keeps secret."""

    def connection(self, kind: Kind, code: str, connection: str) -> ConnectionSecrets | None:
        """A connection's secrets, from a cache while the secret store is away; `None` when there is no such connection.

        Raises `TransientError` when the store is away and the cache has outlived its grace.
        """

    def link_keys(self) -> Sequence[str]:
        """Keys that sign tracking links, newest first."""


class Queue(Protocol):
    """A standard queue."""

    def send(self, messages: Sequence[Sendable], *, group: str, delay: timedelta = timedelta()) -> None:
        """Send all, in as few calls as possible; `group` keeps one busy sender from delaying others.

        `delay`, 15 minutes at most, keeps them from being received before.

        Raises `TransientError` when any was not acknowledged.
        """


class Inbox(Protocol):
    """Where bodies lie that are too large for a queue."""

    def put(self, key: str, body: bytes) -> None:
        """Store a body."""

    def get(self, key: str) -> bytes:
        """Read it back."""


class Http(Protocol):
    """One call over HTTPS, with a total deadline and a size limit; redirects are not followed."""

    def call(self, request: HttpRequest) -> bytes:
        """Body of a 2xx answer.

        Raises:
            RateLimitedError: 429, or 503 with a pause.
            RefusedCredentialsError: 401 or 403.
            UnknownParcelError: 404.
            TransientError: Time-out, broken connection, 5xx.
            PermanentError: Any other answer.
        """


class Config(Protocol):
    """What the merchant published."""

    def journey(self) -> Journey:
        """The rules in force."""

    def brand(self) -> Brand:
        """How the shop presents itself."""

    def mappings(self) -> Mappings:
        """What the merchant says vendor codes mean; empty when nothing was published."""


class Desk(Protocol):
    """Where vendor codes lie that nobody has named yet."""

    def note(self, unmapped: UnmappedCode) -> None:
        """Add `count` to what was met of this code; the example is replaced."""


class Lanes(Protocol):
    """What parcels tell of their lanes, and what was found when a lane was last looked at."""

    def keep(self, lane: Lane, parcel: LaneParcel) -> None:
        """Store what one parcel tells, over what it told before; forgotten when it says nothing about today."""

    def drop(self, lane: Lane, digest: str) -> None:
        """The parcel tells nothing any more; nothing happens when it is gone already."""

    def parcels(self, lane: Lane, most: int) -> list[LaneParcel]:
        """The lane's parcels, or so many of them as a fair sample; what was just written may be missing."""

    def weather(self, lane: Lane) -> Weather | None:
        """As of the last look, strongly consistent; `None` before the first."""

    def keep_weather(self, weather: Weather) -> None:
        """Store a look. Raises `ConflictError` unless the stored one is the version before."""
