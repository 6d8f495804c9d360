"""Every minute: what is due leaves the index for its queue."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from porchlight.aws import clients
from porchlight.aws.accounts import DynamoAccounts
from porchlight.aws.queues import SqsQueue
from porchlight.aws.schedule import DynamoSchedule
from porchlight.aws.settings import settings
from porchlight.pipeline.due_release import ReleasePorts, release


@cache
def ports() -> ReleasePorts:
    """What the release needs, once per process."""
    env = settings()
    return ReleasePorts(
        schedule=DynamoSchedule(clients.dynamodb(), env.orders_table),
        accounts=DynamoAccounts(clients.dynamodb(), env.connections_table),
        updates=SqsQueue(clients.sqs(), env.updates_queue_url),
        polling=SqsQueue(clients.sqs(), env.polling_queue_url),
        messages=SqsQueue(clients.sqs(), env.messages_queue_url),
        stores=SqsQueue(clients.sqs(), env.stores_queue_url),
    )


def lambda_handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """One tick of the schedule."""
    return {"released": release(ports(), datetime.now(UTC))}
