"""Standard queues: ten messages a call, every one of them acknowledged or an error raised."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from porchlight.aws.failures import translated
from porchlight.domain.errors import TransientError
from porchlight.domain.records import Sendable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

BATCH = 10
BATCH_BYTES = 200_000
"""Below the 256 KiB that all messages of one call may have together."""


class SqsQueue:
    """The `Queue` port."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def send(self, messages: Sequence[Sendable], *, group: str, delay: timedelta = timedelta()) -> None:
        """As few calls as the limits of count and size allow."""
        bodies = [message.model_dump_json(exclude_defaults=False) for message in messages]
        for batch in _batches(bodies):
            entries: list[SendMessageBatchRequestEntryTypeDef] = [
                {"Id": str(index), "MessageBody": body, "MessageGroupId": _group(group)}
                for index, body in enumerate(batch)
            ]
            if delay > timedelta():
                entries = [{**entry, "DelaySeconds": min(int(delay.total_seconds()) + 1, 900)} for entry in entries]
            with translated("send to a queue"):
                answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
            if answer.get("Failed"):
                message = f"{len(answer['Failed'])} of {len(entries)} messages were not accepted"
                raise TransientError(message)


def queues(client: "SQSClient", *urls: str) -> tuple[SqsQueue, ...]:
    """Several at once."""
    return tuple(SqsQueue(client, url) for url in urls)


def _batches(bodies: Sequence[str]) -> list[list[str]]:
    batches: list[list[str]] = [[]]
    size = 0
    for body in bodies:
        length = len(body.encode())
        if batches[-1] and (len(batches[-1]) == BATCH or size + length > BATCH_BYTES):
            batches.append([])
            size = 0
        batches[-1].append(body)
        size += length
    return batches if bodies else []


def _group(name: str) -> str:
    """A fair-queue group: characters SQS allows, 128 at most."""
    return "".join(one if one.isascii() and one.isalnum() else "-" for one in name)[:128] or "none"
