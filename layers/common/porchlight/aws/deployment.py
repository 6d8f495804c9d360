"""A deployed stack as the merchant's command line sees it: its outputs, its connections, its orders."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from porchlight.aws import clients
from porchlight.aws.accounts import DynamoAccounts
from porchlight.aws.choices import DynamoChoices
from porchlight.aws.config import S3Config
from porchlight.aws.customers import DynamoCustomers
from porchlight.aws.desk import DynamoDesk
from porchlight.aws.failures import translated
from porchlight.aws.lanes import DynamoLanes
from porchlight.aws.orders import DynamoOrders
from porchlight.aws.privacy import DynamoPrivacy
from porchlight.aws.queues import SqsQueue
from porchlight.aws.reports import all_answers, all_orders
from porchlight.domain.exchange import Kind
from porchlight.domain.records import Account, ConnectionSecrets
from porchlight.domain.reorders import PlacedOrder
from porchlight.domain.survey import Answer

RETENTION = timedelta(days=730)
"""Unused by readers; the functions have the stack's own."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """One stack.

    Attributes:
        outputs: Of its template, by name.
    """

    outputs: dict[str, str]

    def orders(self) -> DynamoOrders:
        """Its orders."""
        return DynamoOrders(clients.dynamodb(), self.outputs["OrdersTable"], RETENTION)

    def desk(self) -> DynamoDesk:
        """Its mapping desk."""
        return DynamoDesk(clients.dynamodb(), self.outputs["OrdersTable"])

    def lanes(self) -> DynamoLanes:
        """What is known of its lanes."""
        return DynamoLanes(clients.dynamodb(), self.outputs["OrdersTable"])

    def privacy(self) -> DynamoPrivacy:
        """What was asked about personal data."""
        return DynamoPrivacy(clients.dynamodb(), self.outputs["OrdersTable"])

    def customers(self) -> DynamoCustomers:
        """What it knows of addresses."""
        return DynamoCustomers(clients.dynamodb(), self.outputs["CustomersTable"])

    def choices(self) -> DynamoChoices:
        """What people chose."""
        return DynamoChoices(clients.dynamodb(), self.outputs["CustomersTable"])

    def all_orders(self) -> Iterator[PlacedOrder]:
        """Every order of every shopper; reads the whole customers table."""
        return all_orders(clients.dynamodb(), self.outputs["CustomersTable"])

    def all_answers(self) -> Iterator[Answer]:
        """What every shopper answered about their orders; reads the whole customers table."""
        return all_answers(clients.dynamodb(), self.outputs["CustomersTable"])

    def config(self) -> S3Config:
        """What its merchant published."""
        return S3Config(clients.s3(), self.outputs["DataBucket"])

    def updates(self) -> SqsQueue:
        """Its way in, for what does not come as a webhook."""
        return SqsQueue(clients.sqs(), self.outputs["UpdatesQueueUrl"])

    def shops(self) -> list[str]:
        """Its store connections, as `<code>/<connection>`."""
        accounts = DynamoAccounts(clients.dynamodb(), self.outputs["ConnectionsTable"])
        return [account.name for account in accounts.accounts(Kind.STORES)]

    def webhook_url(self, kind: Kind, code: str, connection: str) -> str:
        """What the merchant pastes at the vendor."""
        return f"{self.outputs['WebhookUrl']}{kind.value}/{code}/{connection}"

    def secrets(self, kind: Kind, code: str, connection: str) -> ConnectionSecrets | None:
        """A connection's secrets, or `None` when there is no such connection."""
        client = clients.ssm()
        with translated("read of a connection's secrets"):
            try:
                answer = client.get_parameter(Name=self._parameter(kind, code, connection), WithDecryption=True)
            except client.exceptions.ParameterNotFound:
                return None
        return ConnectionSecrets.model_validate_json(answer["Parameter"]["Value"])

    def connect(self, account: Account, secrets: ConnectionSecrets) -> None:
        """Store a connection: its secrets first, so that it is never listed without them."""
        code, _, connection = account.name.partition("/")
        with translated("write of a connection's secrets"):
            clients.ssm().put_parameter(
                Name=self._parameter(account.kind, code, connection),
                Value=secrets.model_dump_json(),
                Type="SecureString",
                Overwrite=True,
            )
        DynamoAccounts(clients.dynamodb(), self.outputs["ConnectionsTable"]).add(account)

    def _parameter(self, kind: Kind, code: str, connection: str) -> str:
        return f"{self.outputs['SecretsPath']}/{kind.value}/{code}/{connection}"


def deployment(stack: str) -> Deployment:
    """The stack of this name in the environment's account and region. Raises `PermanentError` when there is none."""
    with translated(f"look-up of the stack {stack}"):
        stacks = clients.cloudformation().describe_stacks(StackName=stack)["Stacks"]
    outputs = stacks[0].get("Outputs", [])
    return Deployment({output["OutputKey"]: output["OutputValue"] for output in outputs})
