"""One shop, its carriers and its mail provider, with the real pipeline functions between them, on one made-up clock.

Everything random is drawn from one seed, everything that may fail goes through `Points`: a history is its scenario, its
plan and its seed, and runs the same every time.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from random import Random

from porchlight.config import read_config, read_journey
from porchlight.domain.brand import Brand
from porchlight.domain.budgets import grant
from porchlight.domain.errors import ChannelSuspendedError, OutcomeUnknownError, RateLimitedError, TransientError
from porchlight.domain.exchange import Budget, HttpRequest, Kind, WebhookRequest
from porchlight.domain.journeys import Journey, Touchpoint
from porchlight.domain.limits import Limits
from porchlight.domain.mail_events import parse_mail_event
from porchlight.domain.messages import EmailCall, Intent, Receipt
from porchlight.domain.records import Account, ConnectionSecrets, Job, read_arrival, read_store_job
from porchlight.pipeline.carrier_polling import poll
from porchlight.pipeline.due_release import release
from porchlight.pipeline.due_shard import SETTLE
from porchlight.pipeline.message_feedback import hear
from porchlight.pipeline.message_sending import send
from porchlight.pipeline.rule_evaluation import evaluate
from porchlight.pipeline.store_reading import read as read_store
from porchlight.pipeline.webhook_intake import take_in

from tests import payloads
from tests.aws.template import queue_limits
from tests.fakes import (
    AggregatorSite,
    CarrierSite,
    FakeAccounts,
    FakeConfig,
    FakeCustomers,
    FakeDesk,
    FakeInbox,
    FakeLanes,
    FakePrivacy,
    FakeSecrets,
    FakeTable,
    MailProvider,
    ShopSite,
)
from tests.fakes.outside import Mail
from tests.simulation.faults import Calm, Killed, Plan, Points
from tests.simulation.queues import SimulatedQueue
from tests.simulation.stages import Stages

CONFIG = Path(__file__).parents[2] / "config"
START = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
HORIZON = timedelta(days=90)
MINUTE = timedelta(minutes=1)
UPS = Account(
    kind=Kind.CARRIERS,
    name="ups/main",
    polls=True,
    budget=Budget(calls=4, seconds=3600),
    calls=1,
    counted_at=START,
)
RETRIES = tuple(timedelta(seconds=one) for one in (10, 60, 300, 1800, 7200, 7200, 7200, 7200))
"""A shop tries eight times in four hours and more."""
LATE = tuple(timedelta(seconds=one) for one in (300, 1200, 7200))


@cache
def published() -> tuple[Journey, Brand]:
    """The settings that ship."""
    return read_journey(CONFIG / "journeys.yaml"), read_config(CONFIG / "brand.yaml", Brand)


@dataclass
class Heard:
    """What the world saw happen.

    Attributes:
        acknowledged: Bodies of webhooks answered with 2xx.
        proved: For each message tag, when a provider event about it had been handled.
    """

    acknowledged: list[bytes] = field(default_factory=list)
    proved: dict[str, datetime] = field(default_factory=dict)


class World:
    """Everything there is; `run` lets it happen."""

    def __init__(self, seed: int, plan: Plan) -> None:
        self.now = START
        self.rng = Random(seed)
        self.points = Points(plan)
        self.plan = plan
        self.heard = Heard()
        self.bouncing: dict[str, str] = {}
        """Addresses to which mail does not get through: to the name of what happens."""
        self.poison: set[bytes] = set()
        """Bodies that can not be read, and belong in a dead-letter queue."""
        self.outage: tuple[datetime, datetime] | None = None
        """When the carrier answers nothing but errors."""
        self.read_stores_until = START
        """Stores are read every quarter of an hour, for ever; the world waits for it no longer."""
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()
        self._last_release = START
        self.points.meanwhile = self._meanwhile
        self._make_storage()
        self._make_queues()
        self._make_stages()

    def _make_storage(self) -> None:
        self.table = FakeTable()
        self.accounts = FakeAccounts(UPS)
        self.customers = FakeCustomers()
        self.privacy = FakePrivacy(self.table.shops)
        self.inbox = FakeInbox()
        self.lanes = FakeLanes()
        shared = {
            (Kind.STORES, "shopify", "shop"): ConnectionSecrets(webhook_secrets=(payloads.SHOP_SECRET,)),
            (Kind.CARRIERS, "easypost", "push"): ConnectionSecrets(webhook_secrets=(payloads.PUSH_SECRET,)),
            (Kind.CARRIERS, "ups", "main"): ConnectionSecrets(
                webhook_secrets=(payloads.HINT_SECRET,), credentials={"client_id": "us", "client_secret": "them"}
            ),
        }
        self.secrets = FakeSecrets(shared, ["link-key"])
        self.config = FakeConfig(*published())
        self.desk = FakeDesk()
        self.site = CarrierSite(lambda: self.now)
        self.easypost = AggregatorSite(lambda: self.now)
        self.shops = ShopSite(lambda: self.now)
        self.provider = MailProvider(lambda: self.now, self._mail_accepted)

    def _make_queues(self) -> None:
        def queue(name: str, handle: Callable[[str], None]) -> SimulatedQueue:
            return SimulatedQueue(self, self.rng, self.points, handle, queue_limits(name))

        self.updates = queue("UpdatesQueue", lambda body: evaluate(read_arrival(body), self._evaluation, self.now))
        self.polling = queue("PollingQueue", lambda body: poll(Job.model_validate_json(body), self._polling, self.now))
        self.messages = queue(
            "MessagesQueue", lambda body: send(Intent.model_validate_json(body), self._sending, self.now)
        )
        self.stores = queue("StoresQueue", lambda body: read_store(read_store_job(body), self._reading, self.now))
        self.feedback = queue("FeedbackQueue", self._hear)
        self.queues = {
            "updates": self.updates,
            "polling": self.polling,
            "messages": self.messages,
            "stores": self.stores,
            "feedback": self.feedback,
        }

    def _make_stages(self) -> None:
        stages = Stages(self, _Site(self), _Provider(self))
        self._intake = stages.intake()
        self._evaluation = stages.evaluation()
        self._polling = stages.polls()
        self._reading = stages.reading()
        self._release = stages.release()
        self._sending = stages.sending()
        self._feedback = stages.feedback()
        self.page = stages.page()

    def connect_store(self, name: str, **credentials: str) -> None:
        """A store that can be read, with calls enough."""
        code, _, connection = name.partition("/")
        self.secrets.connections[Kind.STORES, code, connection] = ConnectionSecrets(credentials=credentials)
        budget = Budget(calls=600, seconds=60)
        self.accounts.add(Account(kind=Kind.STORES, name=name, polls=True, budget=budget, calls=60, counted_at=START))

    def journey_is(self, *more: Touchpoint, limits: Limits, **changes: dict[str, object]) -> None:
        """The merchant publishes other limits, changed touchpoints and more of them."""
        journey, brand = self.config.published
        changed = (one.model_copy(update=changes.get(one.id, {})) for one in journey.touchpoints)
        others = tuple(one for one in changed if one.id not in {extra.id for extra in more})
        update = {"touchpoints": (*others, *more), "limits": limits}
        self.config.published = (journey.model_copy(update=update), brand)

    # ---- what others do

    def shop(self, after: timedelta, topic: str, body: payloads.Json, *, delivery_id: str = "") -> None:
        """The shop sends a webhook, again and again until it is acknowledged, and sometimes once more."""
        raw = payloads.as_bytes(body)
        name = delivery_id or f"d{next(self._order)}"
        self._sent(
            after, "stores", "shopify", "shop", lambda: payloads.from_shop(topic, raw, self.now, delivery_id=name)
        )

    def aggregator(self, after: timedelta, body: payloads.Json) -> None:
        """EasyPost sends a webhook."""
        raw = payloads.as_bytes(body)
        self._sent(after, "carriers", "easypost", "push", lambda: payloads.from_aggregator(raw, self.now))

    def alert(self, after: timedelta, number: str) -> None:
        """UPS sends an alert."""
        self._sent(after, "carriers", "ups", "main", lambda: payloads.hint(number, self.now))

    def _sent(
        self, after: timedelta, kind: str, code: str, connection: str, request: Callable[[], WebhookRequest]
    ) -> None:
        def attempt(left: tuple[timedelta, ...]) -> None:
            given = request()

            def take() -> int:
                return take_in(kind, code, connection, given, self._intake)

            self.points.again = lambda: self._acknowledged(take(), given.body) and None
            try:
                kept = self._acknowledged(take(), given.body)
            except Killed:
                kept = False
            finally:
                self.points.again = None
            if left and (not kept or self.plan.chance(0.1)):
                self.later(left[0], lambda: attempt(left[1:]))

        self.later(after, lambda: attempt(RETRIES))
        if self.plan.chance(0.15):
            self.later(after + self.rng.choice((*LATE, timedelta(hours=48))), lambda: attempt(RETRIES[:2]))

    def _acknowledged(self, status: int, body: bytes) -> bool:
        if status == 202:
            self.heard.acknowledged.append(body)
        elif status != 503:
            message = f"a genuine webhook was answered with {status}"
            raise AssertionError(message)
        return status == 202

    def _mail_accepted(self, mail: Mail) -> None:
        """The provider's events: usually both, soon and once; sometimes late, twice or never."""
        to = mail.call.to
        fate = self.bouncing.get(to, "Delivery")
        details = {"Bounce": payloads.bounced(to, permanent=True), "SoftBounce": payloads.bounced(to, permanent=False)}
        said = {"Send": {}, fate.removeprefix("Soft"): details.get(fate, {})}
        for index, (kind, words) in enumerate(said.items()):
            body = payloads.mail_event(kind, mail.provider_id, mail.call.tags, to, self.now, **words)
            delay = timedelta(seconds=2 + 5 * index)
            if self.plan.chance(0.12):
                continue
            if self.plan.chance(0.1):
                delay = self.rng.choice(LATE)
            self.later(delay, lambda body=body: self.feedback.accept(body))
            if self.plan.chance(0.15):
                self.later(delay + MINUTE, lambda body=body: self.feedback.accept(body))

    def _hear(self, body: str) -> None:
        event = parse_mail_event(body)
        hear(event, self._feedback, self.now)
        self.heard.proved.setdefault(event.tag, self.now)

    # ---- time

    def later(self, delay: timedelta, action: Callable[[], None]) -> None:
        """Do it after this long."""
        heapq.heappush(self._events, (self.now + delay, next(self._order), action))

    def run(self) -> None:
        """Let everything happen until nothing is left; then calm returns, and dead letters get their second chance."""
        self._happen()
        self.points.plan = self.plan = Calm()
        while sum(queue.redrive() for queue in self.queues.values()):
            self._happen()

    def _happen(self) -> None:
        while True:
            upcoming = self._events[0][0] if self._events else None
            releasing = self._next_release()
            moments = [moment for moment in (upcoming, releasing) if moment]
            if not moments or min(moments) > START + HORIZON:
                return
            if upcoming and (releasing is None or upcoming <= releasing):
                at, _, action = heapq.heappop(self._events)
                self.now = max(self.now, at)
                action()
            elif releasing:
                self.now = self._last_release = releasing
                self._run_release()

    def _meanwhile(self) -> None:
        """The call takes five seconds, in which everything else goes on."""
        until = self.now + timedelta(seconds=5)
        while self._events and self._events[0][0] <= until:
            at, _, action = heapq.heappop(self._events)
            self.now = max(self.now, at)
            action()

    def _next_release(self) -> datetime | None:
        """The schedule fires every minute; minutes without anything due are left out, as they do nothing."""
        due = [self._affordable(shard, due_at) for shard, due_at, *_ in self.table.index()]
        due += [at for at in self._stores_due() if at <= self.read_stores_until]
        if not due:
            return None
        wanted = max(min(due) + SETTLE, self._last_release + timedelta(milliseconds=1))
        full = wanted.replace(second=0, microsecond=0)
        return full if full >= wanted else full + MINUTE

    def _stores_due(self) -> list[datetime]:
        return [one.read_again_at or self.now for one in self.accounts.accounts(Kind.STORES) if one.polls]

    def _affordable(self, shard: str, due_at: datetime) -> datetime:
        """A poll is not released before its account may call."""
        if not shard.startswith("polls#"):
            return due_at
        _, available_at = grant(self.accounts.held[Kind.CARRIERS, shard.split("#")[1]], 1, self.now)
        return max(due_at, available_at or due_at)

    def _run_release(self) -> None:
        if self.plan.chance(0.05):
            return
        self.points.again = lambda: release(self._release, self.now) and None
        try:
            release(self._release, self.now)
        except (Killed, TransientError):
            pass
        finally:
            self.points.again = None
        if self.plan.chance(0.05):
            self.later(timedelta(seconds=5), self._run_release)


class _Site:
    """The carrier's site, out of order during an outage."""

    def __init__(self, world: World) -> None:
        self._world = world

    def call(self, request: HttpRequest) -> bytes:
        outage = self._world.outage
        if outage and outage[0] <= self._world.now < outage[1]:
            self._world.site.calls.append(self._world.now)
            message = "answered 500"
            raise TransientError(message)
        for site in (self._world.easypost, self._world.shops):
            if site.answers(request):
                return site.call(request)
        return self._world.site.call(request)


class _Provider:
    """The mail provider, which now and then refuses, or accepts and does not answer."""

    def __init__(self, world: World) -> None:
        self._world = world

    def send_email(self, call: EmailCall) -> Receipt:
        world = self._world
        if world.plan.chance(0.05):
            raise world.rng.choice((RateLimitedError("14 a second"), ChannelSuspendedError("paused")))
        receipt = world.provider.send_email(call)
        if world.plan.chance(0.08):
            message = "no answer"
            raise OutcomeUnknownError(message)
        return receipt
