"""The mail provider's events in; receipts settled and dead addresses stopped."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from porchlight.aws import clients
from porchlight.aws.batches import run_batch
from porchlight.aws.customers import DynamoCustomers
from porchlight.aws.outbox import DynamoOutbox
from porchlight.aws.queues import SqsQueue
from porchlight.aws.settings import settings
from porchlight.domain.mail_events import parse_mail_event
from porchlight.pipeline.message_feedback import FeedbackPorts, hear


@cache
def ports() -> FeedbackPorts:
    """What feedback needs, once per process."""
    env = settings()
    return FeedbackPorts(
        outbox=DynamoOutbox(clients.dynamodb(), env.orders_table),
        customers=DynamoCustomers(clients.dynamodb(), env.customers_table),
        updates=SqsQueue(clients.sqs(), env.updates_queue_url),
    )


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """One batch of the feedback queue."""
    return run_batch(event, lambda body: hear(parse_mail_event(body), ports(), datetime.now(UTC)))
