"""Polls to make in; raw answers on the updates queue, and the parcel's next turn in the schedule, out."""

import time
from datetime import UTC, datetime
from functools import cache
from typing import Any

from porchlight.aws import clients
from porchlight.aws.accounts import DynamoAccounts
from porchlight.aws.batches import run_batch
from porchlight.aws.inbox import S3Inbox
from porchlight.aws.queues import SqsQueue
from porchlight.aws.schedule import DynamoSchedule
from porchlight.aws.secrets import AwsSecrets
from porchlight.aws.settings import settings
from porchlight.domain.records import Job
from porchlight.http_client import HttpClient
from porchlight.pipeline.carrier_polling import PollingPorts, poll
from porchlight.pipeline.vendor_calls import Tokens


@cache
def ports() -> PollingPorts:
    """What polling needs, once per process."""
    env = settings()
    return PollingPorts(
        watches=DynamoSchedule(clients.dynamodb(), env.orders_table),
        accounts=DynamoAccounts(clients.dynamodb(), env.connections_table),
        secrets=AwsSecrets(clients.ssm, clients.secretsmanager, path=env.secrets_path, link_key=env.link_key_arn),
        http=HttpClient(),
        updates=SqsQueue(clients.sqs(), env.updates_queue_url),
        inbox=S3Inbox(clients.s3, env.data_bucket),
        tokens=Tokens(),
        wait=time.sleep,
    )


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """One batch of the polling queue."""
    return run_batch(event, lambda body: poll(Job.model_validate_json(body), ports(), datetime.now(UTC)))
