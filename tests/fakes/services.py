"""Accounts, secrets, queues, large bodies, customers and config, in memory."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from porchlight.domain.brand import Brand
from porchlight.domain.budgets import grant
from porchlight.domain.choices import UNDECIDED, Choices
from porchlight.domain.errors import ConflictError, PermanentError, TransientError
from porchlight.domain.exchange import Kind
from porchlight.domain.journeys import Journey
from porchlight.domain.mappings import Mappings, UnmappedCode
from porchlight.domain.privacy import PrivacyRecord
from porchlight.domain.records import Account, ConnectionSecrets, Sendable, StoreProgress
from porchlight.domain.shopper import History, Shopper, with_engagement

from tests.fakes.channels import FakeChannels
from tests.fakes.deeds import FakeDeeds
from tests.fakes.table import stored

SOFT_BOUNCES_COUNT_FOR = timedelta(days=30)


class FakeAccounts:
    """`Accounts`."""

    def __init__(self, *accounts: Account) -> None:
        self.held: dict[tuple[Kind, str], Account] = {}
        self.read_so_far: dict[str, StoreProgress] = {}
        for account in accounts:
            self.add(account)

    def accounts(self, kind: Kind) -> list[Account]:
        return [account for (held, _), account in sorted(self.held.items()) if held is kind]

    def add(self, account: Account) -> None:
        paused_until = stored(account.paused_until) if account.paused_until else None
        read = self.read_so_far.get(account.name) if account.kind is Kind.STORES else None
        times = {"counted_at": stored(account.counted_at), "paused_until": paused_until}
        again = {"read_again_at": read.next_at if read else None}
        self.held[account.kind, account.name] = account.model_copy(update=times | again)

    def spend(self, name: str, calls: int, now: datetime, kind: Kind = Kind.CARRIERS) -> datetime | None:
        account = self.held.get((kind, name))
        if account is None:
            return now + timedelta(minutes=1)
        left, available_at = grant(account, calls, now)
        if available_at is None:
            self.add(account.model_copy(update={"calls": left, "counted_at": max(now, account.counted_at)}))
        return available_at

    def pause(self, name: str, until: datetime, kind: Kind = Kind.CARRIERS) -> None:
        account = self.held.get((kind, name))
        if account is None:
            message = "no such connection"
            raise ConflictError(message)
        self.add(account.model_copy(update={"paused_until": until}))

    def progress(self, name: str) -> StoreProgress | None:
        return self.read_so_far.get(name)

    def keep_progress(self, name: str, progress: StoreProgress) -> None:
        held = self.read_so_far.get(name)
        if (Kind.STORES, name) not in self.held or progress.version != (held.version if held else 0):
            message = "another reading was faster"
            raise ConflictError(message)
        self.read_so_far[name] = progress.model_copy(update={"version": progress.version + 1})
        self.add(self.held[Kind.STORES, name])


class FakeSecrets:
    """`Secrets`. `away` makes the store unreachable, with nothing held in a cache."""

    def __init__(self, connections: dict[tuple[Kind, str, str], ConnectionSecrets], keys: Sequence[str]) -> None:
        self.connections = connections
        self.keys = tuple(keys)
        self.away = False

    def connection(self, kind: Kind, code: str, connection: str) -> ConnectionSecrets | None:
        if self.away:
            message = "the secret store is away"
            raise TransientError(message)
        return self.connections.get((kind, code, connection))

    def link_keys(self) -> Sequence[str]:
        return self.keys


class FakeQueue:
    """`Queue`: keeps the JSON of what was sent and hands each on to `deliver`."""

    def __init__(self, deliver: Callable[[str, timedelta], None] | None = None) -> None:
        self.sent: list[str] = []
        self.groups: list[str] = []
        self.delays: list[timedelta] = []
        self._deliver = deliver

    def send(self, messages: Sequence[Sendable], *, group: str, delay: timedelta = timedelta()) -> None:
        for message in messages:
            body = message.model_dump_json()
            self.sent.append(body)
            self.groups.append(group)
            self.delays.append(delay)
            if self._deliver:
                self._deliver(body, delay)


class FakeInbox:
    """`Inbox`."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}

    def put(self, key: str, body: bytes) -> None:
        self.bodies[key] = body

    def get(self, key: str) -> bytes:
        if key not in self.bodies:
            message = "no such body"
            raise PermanentError(message)
        return self.bodies[key]


class FakeCustomers(FakeChannels, FakeDeeds):
    """`Customers` and `KeptChoices`."""

    def __init__(self) -> None:
        super().__init__()
        self.chosen: dict[str, Choices] = {}
        self.histories: dict[str, History] = {}
        self.suppressions: dict[str, tuple[str, datetime | None]] = {}
        self.soft_bounces: dict[str, dict[str, datetime]] = {}

    def suppressed(self, person: str, now: datetime) -> str | None:
        reason, until = self.suppressions.get(person, ("", now))
        return reason if reason and (until is None or until > now) else None

    def suppress(self, person: str, reason: str, *, until: datetime | None) -> None:
        held = self.suppressions.get(person)
        if until is None or held is None or held[1] is not None:
            self.suppressions[person] = (reason, until)

    def shopper(self, person: str, now: datetime) -> Shopper:
        reason = self.suppressed(person, now)
        history = self.histories.get(person, History()).as_of(now)
        bought, stopped = tuple(self.orders.get(person, {}).values()), {"email": reason} if reason else {}
        known = Shopper(orders=len(bought), bought=bought, history=history, suppressed=stopped)
        known = self.choices(person).known_of(known)
        return with_engagement(known, self.engagement(person), now)

    def keep_history(self, person: str, history: History) -> None:
        if self.histories.get(person, History()).version != history.version - 1:
            message = "another message was sent meanwhile"
            raise ConflictError(message)
        self.histories[person] = history

    def count_soft_bounce(self, person: str, event_id: str, now: datetime) -> int:
        bounces = self.soft_bounces.setdefault(person, {})
        bounces[event_id] = now + SOFT_BOUNCES_COUNT_FOR
        return sum(int(until.timestamp()) > int(now.timestamp()) for until in bounces.values())

    def forget(self, person: str) -> None:
        super().forget(person)
        self.soft_bounces.pop(person, None)
        self.histories.pop(person, None)
        if person in self.chosen:
            self.chosen[person] = self.chosen[person].refusals()

    def choices(self, person: str) -> Choices:
        return self.chosen.get(person, UNDECIDED)

    def keep_choices(self, person: str, choices: Choices) -> None:
        if self.choices(person).version != choices.version - 1:
            message = "other choices were kept meanwhile"
            raise ConflictError(message)
        self.chosen[person] = choices


class FakePrivacy:
    """`PrivacyRequests`, over the shops that the table lists."""

    def __init__(self, shops: dict[str, set[str]]) -> None:
        self.held: dict[str, PrivacyRecord] = {}
        self.closed: set[str] = set()
        self._shops = shops

    def keep(self, record: PrivacyRecord) -> None:
        self.held.setdefault(record.privacy_id, _stored_record(record))

    def note(self, record: PrivacyRecord) -> None:
        self.held[record.privacy_id] = _stored_record(record)

    def get(self, privacy_id: str) -> PrivacyRecord | None:
        return self.held.get(privacy_id)

    def requests(self) -> list[PrivacyRecord]:
        return sorted(self.held.values(), key=lambda record: (record.asked_at, record.privacy_id))

    def close_shop(self, shop: str, now: datetime) -> None:
        self.closed.add(shop)

    def is_closed(self, shop: str) -> bool:
        return shop in self.closed

    def of_shop(self, shop: str, *, after: str, limit: int) -> list[str]:
        return sorted(one for one in self._shops.get(shop, ()) if one > after)[:limit]


def _stored_record(record: PrivacyRecord) -> PrivacyRecord:
    return PrivacyRecord.model_validate_json(record.model_dump_json())


class FakeConfig:
    """`Config`."""

    def __init__(self, journey: Journey, brand: Brand) -> None:
        self.published = (journey, brand)
        self.mapped = Mappings()

    def journey(self) -> Journey:
        return self.published[0]

    def brand(self) -> Brand:
        return self.published[1]

    def mappings(self) -> Mappings:
        return self.mapped


class FakeDesk:
    """`Desk`."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], UnmappedCode] = {}

    def note(self, unmapped: UnmappedCode) -> None:
        key = unmapped.source, unmapped.name
        held = self.held.get(key)
        first = {"first_seen": held.first_seen, "count": held.count + unmapped.count} if held else {}
        self.held[key] = unmapped.model_copy(update=first)

    def unmapped(self) -> list[UnmappedCode]:
        return sorted(self.held.values(), key=lambda one: (-one.count, one.source, one.name))
