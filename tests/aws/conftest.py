"""Both sides of the port contracts: the fakes, and the adapters over moto with the template's own tables."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import Any

import botocore.session
import pytest
from moto import mock_aws
from porchlight.aws.accounts import DynamoAccounts
from porchlight.aws.choices import DynamoChoices
from porchlight.aws.customers import DynamoCustomers
from porchlight.aws.desk import DynamoDesk
from porchlight.aws.inbox import S3Inbox
from porchlight.aws.lanes import DynamoLanes
from porchlight.aws.orders import DynamoOrders
from porchlight.aws.outbox import DynamoOutbox
from porchlight.aws.privacy import DynamoPrivacy
from porchlight.aws.queues import SqsQueue
from porchlight.aws.schedule import DynamoSchedule
from porchlight.domain.records import Account
from porchlight.pipeline.person_ports import Customers, KeptChoices, PrivacyRequests
from porchlight.pipeline.ports import Accounts, Inbox, Orders, Outbox, Queue, Schedule, Watches

from tests.aws.template import table
from tests.fakes import FakeAccounts, FakeCustomers, FakeDesk, FakeInbox, FakeLanes, FakePrivacy, FakeQueue, FakeTable

TABLES = ("OrdersTable", "CustomersTable", "ConnectionsTable")


@dataclass(frozen=True)
class Ports:
    """Everything one side implements."""

    orders: Orders
    watches: Watches
    outbox: Outbox
    schedule: Schedule
    accounts: Accounts
    customers: Customers
    choices: KeptChoices
    privacy: PrivacyRequests
    inbox: Inbox
    queue: Queue
    desk: DynamoDesk | FakeDesk
    lanes: DynamoLanes | FakeLanes
    add_account: Callable[[Account], None]
    received: Callable[[], list[str]]


def _fakes() -> Iterator[Ports]:
    table_, accounts, queue, customers = FakeTable(), FakeAccounts(), FakeQueue(), FakeCustomers()
    yield Ports(
        orders=table_,
        watches=table_,
        outbox=table_,
        schedule=table_,
        accounts=accounts,
        customers=customers,
        choices=customers,
        privacy=FakePrivacy(table_.shops),
        inbox=FakeInbox(),
        queue=queue,
        desk=FakeDesk(),
        lanes=FakeLanes(),
        add_account=accounts.add,
        received=lambda: queue.sent,
    )


@pytest.fixture(scope="module")
def clients() -> Iterator[dict[str, Any]]:
    """Clients of an empty account; making them is what takes time, so a module shares them."""
    with mock_aws():
        session = botocore.session.get_session()
        yield {name: session.create_client(name, region_name="us-east-1") for name in ("dynamodb", "s3", "sqs")}


@pytest.fixture
def dynamodb(clients: dict[str, Any]) -> Iterator[Any]:
    """A client of an account with the customers table alone."""
    clients["dynamodb"].create_table(**table("CustomersTable"))
    yield clients["dynamodb"]
    clients["dynamodb"].delete_table(TableName="CustomersTable")


@pytest.fixture
def one_call_at_a_time(clients: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """As DynamoDB treats an item. What plays it here is not safe between threads, and would lose an update of its own."""
    client, lock = clients["dynamodb"], Lock()
    honest = client._make_api_call

    def call(*args: object) -> object:
        with lock:
            return honest(*args)

    monkeypatch.setattr(client, "_make_api_call", call)


def _adapters(clients: dict[str, Any]) -> Iterator[Ports]:
    dynamodb, s3, sqs = clients["dynamodb"], clients["s3"], clients["sqs"]
    for name in TABLES:
        dynamodb.create_table(**table(name))
    s3.create_bucket(Bucket="data")
    url = sqs.create_queue(QueueName="updates")["QueueUrl"]
    schedule = DynamoSchedule(dynamodb, "OrdersTable")
    accounts = DynamoAccounts(dynamodb, "ConnectionsTable")
    yield Ports(
        orders=DynamoOrders(dynamodb, "OrdersTable", timedelta(days=730)),
        watches=schedule,
        outbox=DynamoOutbox(dynamodb, "OrdersTable"),
        schedule=schedule,
        accounts=accounts,
        customers=DynamoCustomers(dynamodb, "CustomersTable"),
        choices=DynamoChoices(dynamodb, "CustomersTable"),
        privacy=DynamoPrivacy(dynamodb, "OrdersTable"),
        inbox=S3Inbox(lambda: s3, "data"),
        queue=SqsQueue(sqs, url),
        desk=DynamoDesk(dynamodb, "OrdersTable"),
        lanes=DynamoLanes(dynamodb, "OrdersTable"),
        add_account=accounts.add,
        received=lambda: _drained(sqs, url),
    )
    for name in TABLES:
        dynamodb.delete_table(TableName=name)
    sqs.delete_queue(QueueUrl=url)


def _drained(sqs: Any, url: str) -> list[str]:
    bodies: list[str] = []
    while True:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        if not found:
            return sorted(bodies, key=lambda body: json.loads(body).get("trace", ""))
        bodies += [message["Body"] for message in found]


@pytest.fixture(params=["fake", "adapter"])
def ports(request: pytest.FixtureRequest) -> Iterator[Ports]:
    """One side of the contract."""
    if request.param == "fake":
        yield from _fakes()
    else:
        yield from _adapters(request.getfixturevalue("clients"))
