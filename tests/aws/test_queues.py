"""F8: nothing counts as sent that the queue has not acknowledged."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from porchlight.aws.queues import SqsQueue
from porchlight.domain.errors import TransientError
from porchlight.domain.records import Tick


class Sqs:
    """Answers every call with what it is given."""

    def __init__(self, answer: dict[str, Any] | Exception) -> None:
        self.answer = answer
        self.entries = 0
        self.sent: list[dict[str, object]] = []

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, object]]) -> dict[str, Any]:  # noqa: N803
        self.entries += len(Entries)
        self.sent += Entries
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def _refusal(code: str, status: int) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "SendMessageBatch")  # type: ignore[arg-type,typeddict-item]  # as much of it as is read


@pytest.mark.parametrize(
    "answer",
    [
        {"Successful": [{"Id": "0"}], "Failed": [{"Id": "1", "Code": "InternalError", "SenderFault": False}]},
        _refusal("ThrottlingException", 400),
        _refusal("InternalFailure", 500),
        ReadTimeoutError(endpoint_url="https://sqs.example"),
        EndpointConnectionError(endpoint_url="https://sqs.example"),
    ],
    ids=["one of two", "throttled", "broken", "silent", "unreachable"],
)
def test_what_was_not_acknowledged_is_an_error(answer: dict[str, Any] | Exception) -> None:
    queue = SqsQueue(Sqs(answer), "https://sqs.example/updates")  # type: ignore[arg-type]  # what of it is used

    with pytest.raises(TransientError):
        queue.send([Tick(order_id="a"), Tick(order_id="b")], group="shop")


def test_nothing_to_send_is_no_call() -> None:
    sqs = Sqs({})

    SqsQueue(sqs, "https://sqs.example/updates").send([], group="shop")  # type: ignore[arg-type]  # what of it is used

    assert sqs.entries == 0


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [(timedelta(0), None), (timedelta(seconds=0.2), 1), (timedelta(minutes=2), 121), (timedelta(hours=3), 900)],
)
def test_a_delay_is_rounded_up_and_no_longer_than_a_queue_can_wait(delay: timedelta, seconds: int | None) -> None:
    """A message that comes back a moment early finds nothing to do and is lost."""
    sqs = Sqs({})
    queue = SqsQueue(sqs, "https://sqs.example/stores")  # type: ignore[arg-type]  # what of it is used
    queue.send([Tick(order_id="a"), Tick(order_id="b")], group="shop", delay=delay)
    assert [entry.get("DelaySeconds") for entry in sqs.sent] == [seconds, seconds]
