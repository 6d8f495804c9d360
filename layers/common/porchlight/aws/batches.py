"""Queue batches with partial failure: what failed goes back alone, what succeeded is done.

Plain on purpose: the loop is eight lines, and the batch utility that does the same costs 78 ms of every cold start.
"""

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from porchlight.domain.errors import PermanentError, PorchlightError, TransientError
from porchlight.observability import count, logger


def run_batch(event: dict[str, Any], handle: Callable[[str], None]) -> dict[str, Any]:
    """Handle each record of an SQS event. Returns the partial batch response.

    A record that can never succeed goes back too: after the queue's retries it rests in the dead-letter queue with its
    bytes, to be redriven after a fix. Errors we do not know are not caught: the runtime reports them and the queue
    redelivers the batch.
    """
    failed = [record["messageId"] for record in event["Records"] if not _succeeds(record, handle)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _succeeds(record: dict[str, Any], handle: Callable[[str], None]) -> bool:
    try:
        handle(record["body"])
    except TransientError as error:
        logger.warning("record will be tried again", message_id=record["messageId"], reason=str(error))
        count("RecordRetried", error=type(error).__name__)
    except (PermanentError, ValidationError) as error:
        reason = str(error) if isinstance(error, PorchlightError) else type(error).__name__
        logger.error("record can not be handled", message_id=record["messageId"], reason=reason)
        count("RecordRefused", error=type(error).__name__)
    else:
        return True
    return False
