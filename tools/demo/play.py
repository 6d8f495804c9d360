"""Plays the week: moves the clock, sends what is due, lets the stack work until nothing is left, and goes on."""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal

from porchlight.aws.accounts import DynamoAccounts
from porchlight.aws.schedule import DynamoSchedule
from porchlight.domain.exchange import Kind
from porchlight.domain.shards import KINDS, Urgency, poll_shard, shards_of

from tools.demo.accounts import Account
from tools.demo.books import Books, Page
from tools.demo.carriers import Carriers
from tools.demo.mailbox import Mailbox
from tools.demo.orders import Hook, Order
from tools.demo.senders import Senders
from tools.demo.shop import Teller
from tools.demo.shop_clock import Clock, at
from tools.demo.store_sites import StoreSites
from tools.demo.week import WEEK
from tools.local_stack import LocalStack

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

Count = Literal[
    "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"
]

_QUEUES = ("PollingQueueUrl", "StoresQueueUrl", "UpdatesQueueUrl", "MessagesQueueUrl", "FeedbackQueueUrl")
"""In the direction of the flow, so that reading them in turn misses nothing that moves on meanwhile."""
_COUNTS: tuple[Count, ...] = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
_PATIENCE = 180.0
_SETTLED = 2.1
"""Seconds after which what was written may leave the due index."""
FORGED = Hook(at("Mon", "09:10"), "orders/create", {"id": 1, "name": "#6666"}, "forged")
HINTED, PUSHED = 1037, 1002
MIDWEEK = at("Wed", "07:00")
PUSHERS = ("easypost", "aftership", "17track", "shipengine")
"""Vendors that push whatever they see."""


class Stage:
    """Everything that acts in the week. `addresses` are the webhook addresses by plug-in code."""

    def __init__(
        self,
        stack: LocalStack,
        clock: Clock,
        carriers: Carriers,
        stores: StoreSites,
        addresses: Mapping[str, str],
    ) -> None:
        self.stack = stack
        self.clock = clock
        self.carriers = carriers
        self.stores = stores
        self.books = Books(stack)
        self.mailbox = Mailbox(stack, clock)
        self.statuses: Counter[int] = Counter()
        self.pushes: Counter[str] = Counter()
        self.midweek: list[Page] = []
        self._senders = Senders(addresses, clock)
        self._shown: dict[tuple[str, str], int] = {}
        self._sqs = stack.session.client("sqs", endpoint_url=stack.endpoint)
        self._functions = stack.session.client("lambda", endpoint_url=stack.endpoint)
        tables = stack.session.client("dynamodb", endpoint_url=stack.endpoint)
        self._schedule = DynamoSchedule(tables, stack.outputs["OrdersTable"])
        accounts = DynamoAccounts(tables, stack.outputs["ConnectionsTable"])
        _slow_down(self._functions)
        self._shards = [shard for kind in KINDS for shard in shards_of(kind)]
        polled = [account.name for account in accounts.accounts(Kind.CARRIERS) if account.polls]
        self._shards += [poll_shard(account, urgency) for account in polled for urgency in Urgency]

    def play(self, steps: Iterable[float]) -> None:
        """The week, or its part up to the last of `steps`."""
        hooks = sorted(self._hooks(), key=lambda hook: hook.hour)
        for hour in steps:
            self.clock.move_to(hour)
            due = [hook for hook in hooks if hook.hour <= hour]
            hooks = hooks[len(due) :]
            self._send(due, hour)
            self._work()
            self._say(hour, len(due))
            if hour == MIDWEEK:
                self.midweek = self.pages()

    def pages(self) -> list[Page]:
        """The books of all orders."""
        return [self.books.page(order) for order in WEEK]

    @property
    def accounts(self) -> dict[str, Account]:
        """Everything that is asked, carriers and stores, by code."""
        return {**self.carriers.accounts, **self.stores.accounts}

    def dead_letters(self) -> dict[str, int]:
        """Messages in each dead-letter queue."""
        return {name: self._waiting(name) for name in self.stack.outputs if name.endswith("DeadLettersUrl")}

    def _hooks(self) -> Iterator[Hook]:
        for order in WEEK:
            yield from order.tell(Teller(order, self.clock.moment))

    def _send(self, hooks: list[Hook], hour: float) -> None:
        for hook in hooks:
            self.statuses[self._senders.store(hook)] += 1
        if hour == at("Mon", "09:30"):
            self.statuses[self._senders.store(FORGED, secret="somebody else's")] += 1  # noqa: S106 forged on purpose
        for order in WEEK:
            self._push(order, hour)

    def _push(self, order: Order, hour: float) -> None:
        for parcel in order.parcels:
            for code, story in parcel.sources:
                if code in PUSHERS and self.carriers.follows(code, parcel.number):
                    self._push_news(code, parcel.number, len(story.seen(hour)))
        if order.number == HINTED and hour == at("Mon", "17:00"):
            number = order.parcels[0].number
            self.statuses[self._senders.ups_hint(number)] += 1
            self.statuses[self._senders.ups_hint(number, credential="a guess")] += 1
        if order.number == PUSHED and hour == at("Wed", "19:30"):
            self._push_news("fedex", order.parcels[0].number, 1)

    def _push_news(self, code: str, number: str, scans: int) -> None:
        if scans > self._shown.get((code, number), 0):
            self._shown[code, number] = scans
            self.pushes[code] += 1
            self.statuses[self._senders.push(code, self.carriers.journey(code, number))] += 1

    def _work(self) -> None:
        """Let the stack work until nothing that may go now is left; then hear of its mails, and let it work again."""
        self._wait()
        self._release()  # also reads the stores, which is no entry of the schedule
        self._wait()
        self._release_all()
        while self.mailbox.pump(self.books):
            self._wait()
            self._release_all()

    def _release_all(self) -> None:
        """Release what is due and wait, until what is left must wait for its account's budget."""
        rested = False
        while self._is_due():
            if self._release():
                self._wait()
                rested = False
            elif rested:
                return
            else:
                time.sleep(_SETTLED)
                rested = True

    def _wait(self) -> None:
        until = time.monotonic() + _PATIENCE
        while any(self._waiting(name) for name in _QUEUES):
            if time.monotonic() > until:
                left = {name: self._waiting(name) for name in _QUEUES}
                message = f"the stack does not come to rest: {left}"
                raise RuntimeError(message)
            time.sleep(0.05)

    def _waiting(self, queue: str) -> int:
        answer = self._sqs.get_queue_attributes(QueueUrl=self.stack.outputs[queue], AttributeNames=_COUNTS)
        return sum(int(number) for number in answer["Attributes"].values())

    def _release(self) -> int:
        answer = self._functions.invoke(FunctionName=self.stack.outputs["DueReleaseFunction"], Payload=b"{}")
        payload = json.load(answer["Payload"])
        if "FunctionError" in answer or "released" not in payload:
            message = f"due_release failed: {payload}"
            raise RuntimeError(message)
        return int(payload["released"])

    def _is_due(self) -> bool:
        return any(self._schedule.due(shard, after="", until=self.clock.now, limit=1) for shard in self._shards)

    def _say(self, hour: float, webhooks: int) -> None:
        moment = self.clock.moment(hour)
        calls = sum(len(account.calls) for account in self.accounts.values())
        print(
            f"  {moment:%a %H:%M}  {webhooks:3} webhooks  {calls:4} calls  {self.mailbox.count:3} mails",
            file=sys.stderr,
        )


def _slow_down(functions: "LambdaClient") -> None:
    """Two runs of each function at once: on a small machine fifty starts at the same time help nobody."""
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        functions.update_event_source_mapping(UUID=mapping["UUID"], ScalingConfig={"MaximumConcurrency": 2})
