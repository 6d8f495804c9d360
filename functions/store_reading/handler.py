"""Orders to read in; raw answers of stores on the updates queue out."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from porchlight.aws import clients
from porchlight.aws.accounts import DynamoAccounts
from porchlight.aws.batches import run_batch
from porchlight.aws.inbox import S3Inbox
from porchlight.aws.queues import SqsQueue
from porchlight.aws.secrets import AwsSecrets
from porchlight.aws.settings import settings
from porchlight.domain.records import read_store_job
from porchlight.http_client import HttpClient
from porchlight.pipeline.store_reading import ReadingPorts, read
from porchlight.pipeline.vendor_calls import Tokens


@cache
def ports() -> ReadingPorts:
    """What reading needs, once per process."""
    env = settings()
    return ReadingPorts(
        accounts=DynamoAccounts(clients.dynamodb(), env.connections_table),
        secrets=AwsSecrets(clients.ssm, clients.secretsmanager, path=env.secrets_path, link_key=env.link_key_arn),
        http=HttpClient(),
        updates=SqsQueue(clients.sqs(), env.updates_queue_url),
        stores=SqsQueue(clients.sqs(), env.stores_queue_url),
        inbox=S3Inbox(clients.s3, env.data_bucket),
        tokens=Tokens(),
    )


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """One batch of the stores queue."""
    return run_batch(event, lambda body: read(read_store_job(body), ports(), datetime.now(UTC)))
