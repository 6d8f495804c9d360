"""Intents in; at most one provider call each, and its receipt in the ledger, out."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from porchlight.aws import clients
from porchlight.aws.batches import run_batch
from porchlight.aws.config import S3Config
from porchlight.aws.customers import DynamoCustomers
from porchlight.aws.mail import SesTransport
from porchlight.aws.orders import DynamoOrders
from porchlight.aws.outbox import DynamoOutbox
from porchlight.aws.queues import SqsQueue
from porchlight.aws.secrets import AwsSecrets
from porchlight.aws.settings import settings
from porchlight.domain.messages import Intent
from porchlight.pipeline.errands import SendingPorts
from porchlight.pipeline.message_sending import send


@cache
def ports() -> SendingPorts:
    env, db = settings(), clients.dynamodb()
    return SendingPorts(
        orders=DynamoOrders(db, env.orders_table, timedelta(days=env.retention_days)),
        outbox=DynamoOutbox(db, env.orders_table),
        customers=DynamoCustomers(db, env.customers_table),
        secrets=AwsSecrets(clients.ssm, clients.secretsmanager, path=env.secrets_path, link_key=env.link_key_arn),
        config=S3Config(clients.s3(), env.data_bucket),
        updates=SqsQueue(clients.sqs(), env.updates_queue_url),
        transports=SesTransport(clients.ses(), configuration_set=env.mail_configuration_set),
        page_url=env.page_url,
        sender=env.sender_address,
    )


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """One batch of the messages queue."""
    return run_batch(event, lambda body: send(Intent.model_validate_json(body), ports(), datetime.now(UTC)))
