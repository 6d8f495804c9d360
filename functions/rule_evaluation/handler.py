"""Raw updates and timers in; order state, ledger rows and intents out."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from porchlight.aws import clients
from porchlight.aws.accounts import DynamoAccounts
from porchlight.aws.batches import run_batch
from porchlight.aws.config import S3Config
from porchlight.aws.customers import DynamoCustomers
from porchlight.aws.inbox import S3Inbox
from porchlight.aws.queues import queues
from porchlight.aws.secrets import AwsSecrets
from porchlight.aws.settings import settings
from porchlight.aws.tables import DynamoDesk, DynamoLanes, DynamoOrders, DynamoPrivacy, DynamoSchedule
from porchlight.domain.records import read_arrival
from porchlight.pipeline.order_change import ChangePorts
from porchlight.pipeline.rule_evaluation import EvaluationPorts, evaluate


@cache
def ports() -> EvaluationPorts:
    env, db, sqs = settings(), clients.dynamodb(), clients.sqs()
    table, keep = env.orders_table, timedelta(days=env.retention_days)
    schedule, desk, privacy = DynamoSchedule(db, table), DynamoDesk(db, table), DynamoPrivacy(db, table)
    accounts, customers = DynamoAccounts(db, env.connections_table), DynamoCustomers(db, env.customers_table, keep)
    messages, stores, updates = queues(sqs, env.messages_queue_url, env.stores_queue_url, env.updates_queue_url)
    config, inbox = S3Config(clients.s3(), env.data_bucket), S3Inbox(clients.s3, env.data_bucket)
    secrets = AwsSecrets(clients.ssm, clients.secretsmanager, path=env.secrets_path, link_key=env.link_key_arn)
    orders, lanes = DynamoOrders(db, table, keep), DynamoLanes(db, table)
    change = ChangePorts(orders, accounts, messages, config, secrets, customers, lanes, updates)
    return EvaluationPorts(change, schedule, inbox, desk, stores, customers, privacy)


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """One batch of the updates queue."""
    return run_batch(event, lambda body: evaluate(read_arrival(body), ports(), datetime.now(UTC)))
