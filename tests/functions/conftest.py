"""Every function as deployed, in process: the template's environment, moto for AWS, the samples of `events/` as input."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from moto import mock_aws
from porchlight.aws import clients
from porchlight.aws.accounts import DynamoAccounts
from porchlight.aws.settings import Settings, settings
from porchlight.config import compile_config
from porchlight.domain.exchange import Budget, Kind
from porchlight.domain.records import Account, ConnectionSecrets

from functions.carrier_polling import handler as carrier_polling
from functions.due_release import handler as due_release
from functions.message_feedback import handler as message_feedback
from functions.message_sending import handler as message_sending
from functions.rule_evaluation import handler as rule_evaluation
from functions.store_reading import handler as store_reading
from functions.tracking_api import handler as tracking_api
from functions.webhook_intake import handler as webhook_intake
from tests.aws.template import table

ROOT = Path(__file__).parents[2]
STAGES = {
    "carrier_polling": carrier_polling,
    "store_reading": store_reading,
    "due_release": due_release,
    "message_feedback": message_feedback,
    "message_sending": message_sending,
    "rule_evaluation": rule_evaluation,
    "tracking_api": tracking_api,
    "webhook_intake": webhook_intake,
}
CLIENTS = ("dynamodb", "dynamodb_in_passing", "sqs", "s3", "ssm", "secretsmanager", "ses")
SECRET = "shpss_porchlight-sample"
NOON = datetime(2026, 5, 20, 8, 16, tzinfo=UTC)


class Deployed:
    """The functions and what they share."""

    def __init__(self, clock: time_machine.Traveller) -> None:
        self.clock = clock

    def invoke(self, stage: str, case: str) -> dict[str, Any]:
        """Run a function on one of the sample events."""
        return self.run(stage, json.loads((ROOT / "events" / f"{stage}.{case}.json").read_text()))

    def run(self, stage: str, event: dict[str, Any]) -> dict[str, Any]:
        """Run a function."""
        answer: dict[str, Any] = STAGES[stage].lambda_handler(event, object())
        return answer

    def queued(self, queue: str) -> list[dict[str, Any]]:
        """Take everything off a queue."""
        url = getattr(settings(), f"{queue}_queue_url")
        found = clients.sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        messages = found.get("Messages", [])
        for message in messages:
            clients.sqs().delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in messages]

    def batch(self, *bodies: dict[str, Any]) -> dict[str, Any]:
        """What the queue hands to its function."""
        return {"Records": [{"messageId": str(index), "body": json.dumps(body)} for index, body in enumerate(bodies)]}


@pytest.fixture(scope="module")
def _clients() -> Iterator[None]:
    """Making clients is what takes time, so a module shares them; each test then has an empty account of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        _forget_clients()
        with mock_aws():  # it lends the credentials, which clients take when they are made
            for name in CLIENTS:
                getattr(clients, name)()
        yield
    _forget_clients()


@pytest.fixture(scope="module")
def _config(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The published files by their key."""
    folder = tmp_path_factory.mktemp("config")
    compile_config(ROOT / "config", folder)
    return {f"config/{file.name}": file.read_bytes() for file in folder.glob("*.json")}


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch, _clients: None, _config: dict[str, bytes]) -> Iterator[Deployed]:
    with mock_aws(), time_machine.travel(NOON, tick=False) as clock:
        _forget_wiring()
        for name, value in _made(_config).items():
            monkeypatch.setenv(name.upper(), value)
        yield Deployed(clock)
    _forget_wiring()


def _forget_clients() -> None:
    clients._session.cache_clear()
    for name in CLIENTS:
        getattr(clients, name).cache_clear()


def _forget_wiring() -> None:
    """Settings and ports, with the secrets and the config they hold, are made once per process; a test is a new one."""
    settings.cache_clear()
    for stage in STAGES.values():
        stage.ports.cache_clear()


def _made(config: dict[str, bytes]) -> dict[str, str]:
    for name in ("OrdersTable", "CustomersTable", "ConnectionsTable"):
        clients.dynamodb().create_table(**table(name))
    clients.s3().create_bucket(Bucket="data", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    for key, body in config.items():
        clients.s3().put_object(Bucket="data", Key=key, Body=body)
    connect("stores", "shopify", "main", ConnectionSecrets(webhook_secrets=(SECRET,)))
    key = clients.secretsmanager().create_secret(Name="link", SecretString="k" * 32)
    clients.ses().create_email_identity(EmailIdentity="orders@shop.example")
    urls = {
        queue: clients.sqs().create_queue(QueueName=queue)["QueueUrl"]
        for queue in ("updates", "polling", "messages", "stores")
    }
    made = {f"{queue}_queue_url": url for queue, url in urls.items()} | {
        "orders_table": "OrdersTable",
        "customers_table": "CustomersTable",
        "connections_table": "ConnectionsTable",
        "data_bucket": "data",
        "secrets_path": "/porchlight/test",
        "link_key_arn": key["ARN"],
        "sender_address": "orders@shop.example",
        "mail_configuration_set": "porchlight",
        "page_url": "https://track.shop.example",
        "retention_days": "730",
    }
    assert made.keys() == Settings.model_fields.keys()
    return made


def connect(kind: str, code: str, connection: str, secrets: ConnectionSecrets, *, calls: int = 60) -> None:
    """A connection as the command line makes it."""
    name = f"/porchlight/test/{kind}/{code}/{connection}"
    clients.ssm().put_parameter(Name=name, Value=secrets.model_dump_json(), Type="SecureString")
    account = Account(
        kind=Kind(kind),
        name=f"{code}/{connection}",
        polls=bool(secrets.credentials),
        budget=Budget(calls=calls, seconds=3600),
        calls=calls,
        counted_at=NOON - timedelta(hours=1),
    )
    DynamoAccounts(clients.dynamodb(), "ConnectionsTable").add(account)
