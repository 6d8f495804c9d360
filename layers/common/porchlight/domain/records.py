"""Values that cross between the stages and what stores them: an order read, a change written, jobs and accounts."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from porchlight.domain.exchange import Budget, Envelope, Kind, ParcelQuery
from porchlight.domain.facts import OrderFacts
from porchlight.domain.ledger import Decision, LedgerRow
from porchlight.domain.messages import Intent
from porchlight.domain.model import Value
from porchlight.domain.privacy import Erasure
from porchlight.domain.release_order import Supply
from porchlight.domain.shards import Urgency


class Watch(Value):
    """One parcel we ask a carrier about, with its place in the schedule.

    Attributes:
        account: `<carrier code>/<connection>` whose credentials and budget are used.
        since: When we began to watch.
        due_at: When to ask next; `urgency` is how much the answer is worth then.
        answer: Digest of what the carrier last said; an equal answer needs no evaluation.
        checked_at: When the carrier last answered.
        failures: Polls in a row without an answer.
        carrier: Who moves it, as far as the store says; `country` and `postal_code` are where it goes.
        registered: The aggregator was told to follow it, or needs no telling.
        others: Accounts to ask in turn while nobody knows the number.
    """

    order_id: str
    tracking_number: str
    account: str
    since: datetime
    due_at: datetime
    answer: str = ""
    checked_at: datetime | None = None
    failures: int = 0
    carrier: str = ""
    country: str = ""
    postal_code: str = ""
    registered: bool = False
    others: tuple[str, ...] = ()
    urgency: Urgency = Urgency.ROUTINE

    def query(self, now: datetime) -> ParcelQuery:
        """What the vendor is asked."""
        return ParcelQuery(
            tracking_number=self.tracking_number,
            carrier=self.carrier,
            country=self.country,
            postal_code=self.postal_code,
            asked_at=now,
        )


class OrderRecord(Value):
    """One order as stored, read in one go.

    Attributes:
        version: Grows with each change of the facts; 0 for an order that is not stored yet.
        look_again_at: When its timer is due; `None` without one.
    """

    facts: OrderFacts
    version: int = 0
    ledger: dict[str, LedgerRow] = {}
    watches: dict[str, Watch] = {}
    look_again_at: datetime | None = None


class Change(Value):
    """Everything one evaluation writes, all or nothing.

    Attributes:
        read_version: Version the decisions were made from; the write fails when another was faster.
        facts: `None` when they did not change.
        decisions: New rows, or rows that were `DELAY` before.
        set_timer: Whether `look_again_at` replaces the timer (`None` removes it).
        watch: Parcels to begin asking about.
        unwatch: Tracking numbers to stop asking about.
    """

    order_id: str
    read_version: int
    facts: OrderFacts | None = None
    decisions: tuple[Decision, ...] = ()
    set_timer: bool = False
    look_again_at: datetime | None = None
    watch: tuple[Watch, ...] = ()
    unwatch: tuple[str, ...] = ()
    now: datetime

    @property
    def is_empty(self) -> bool:
        """Nothing to write."""
        return not (self.facts or self.decisions or self.set_timer or self.watch or self.unwatch)


class DueEntry(Value):
    """One entry of the due index: enough to make the job it stands for.

    Attributes:
        position: Opaque place in the shard, to go on from.
    """

    kind: Literal["poll", "tick", "message"]
    order_id: str
    subject: str = ""
    due_at: datetime
    position: str


class Cursor(Value):
    """How far a shard has been released.

    Attributes:
        position: Last released entry; empty to start from the oldest.
        rescanned_at: When it last started from the oldest.
    """

    shard: str
    position: str = ""
    rescanned_at: datetime | None = None


class Account(Value):
    """One connection with its call budget.

    Attributes:
        name: `<code>/<connection>`.
        polls: It has credentials to ask with.
        calls: Calls left at `counted_at`.
        paused_until: The vendor asked us to wait. `eager`: for more polls, the merchant wants to know sooner.
        read_again_at: Of a store: when it is to be read next; `None` for now.
    """

    kind: Kind
    name: str
    polls: bool
    budget: Budget
    calls: float
    counted_at: datetime
    paused_until: datetime | None = None
    eager: bool = False
    read_again_at: datetime | None = None


class StoreProgress(Value):
    """How far a store was read.

    Attributes:
        since: Orders changed before it are known.
        page: Next page of those that changed in the same second.
        next_at: Not to be read again before; `None` when there is more to read now.
        caught_up_at: When there was last nothing left to read.
        version: Grows each time it is kept; 0 before the first time.
    """

    since: datetime
    page: int = 1
    next_at: datetime | None = None
    caught_up_at: datetime | None = None
    version: int = 0

    def again_at(self, moment: datetime) -> "StoreProgress":
        """The same place, later."""
        return self.model_copy(update={"next_at": moment})


class ConnectionSecrets(Value):
    """Secrets of one connection.

    Attributes:
        webhook_secrets: Newest first; two while rotating.
        credentials: By the names of the plug-in's `credential_fields`.
    """

    webhook_secrets: tuple[str, ...] = ()
    credentials: dict[str, str] = {}


class Job(Value):
    """One poll to make, and how far the account's calls go."""

    schema_version: int = 1
    order_id: str
    tracking_number: str
    supply: Supply = Supply.AMPLE
    trace: str = ""


class Tick(Value):
    """An order's timer went off."""

    schema_version: int = 1
    origin: Literal["tick"] = "tick"
    order_id: str
    trace: str = ""


class ReadOrder(Value):
    """One order to read from its store.

    Attributes:
        account: `<store code>/<connection>`.
        tries: How often the store gave no answer.
        mends: As in `Envelope`.
    """

    schema_version: int = 1
    job: Literal["order"] = "order"
    account: str
    vendor_order_id: str
    tries: int = 0
    mends: bool = False
    trace: str = ""


class ReadChanges(Value):
    """A store to read from where the last reading ended."""

    schema_version: int = 1
    job: Literal["changes"] = "changes"
    account: str
    trace: str = ""


Sendable = Envelope | Tick | Erasure | Job | Intent | ReadOrder | ReadChanges
"""What a queue of ours carries."""

type Arrival = Annotated[Envelope | Tick | Erasure, Field(discriminator="origin")]
_ARRIVAL: TypeAdapter[Envelope | Tick | Erasure] = TypeAdapter(Arrival)


def read_arrival(body: str) -> Envelope | Tick | Erasure:
    """What UpdatesQueue carries: raw bytes from outside, a timer, an erasure. Raises pydantic's `ValidationError`."""
    return _ARRIVAL.validate_json(body)


_READING: TypeAdapter[ReadOrder | ReadChanges] = TypeAdapter(
    Annotated[ReadOrder | ReadChanges, Field(discriminator="job")]
)


def read_store_job(body: str) -> ReadOrder | ReadChanges:
    """What StoresQueue carries. Raises pydantic's `ValidationError`."""
    return _READING.validate_json(body)
