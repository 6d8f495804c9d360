"""The deployed stack as the replay needs it: connections, patience, queues, logs, and what an order came to know."""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta

from porchlight.aws.orders import DynamoOrders
from porchlight.domain.records import OrderRecord

from tools.local_stack import ROOT, LocalStack

RETRY_SECONDS = 10
"""How soon a queue offers a failed record again here; on AWS it is minutes, which a replay need not wait for."""
TRIES = 4
WORKERS = 2
"""Processes per queue; each costs this machine a cold start, and two keep it busy."""
QUEUES = ("UpdatesQueueUrl", "PollingQueueUrl", "StoresQueueUrl", "MessagesQueueUrl")
LETTERS = ("UpdatesDeadLettersUrl", "PollingDeadLettersUrl", "StoresDeadLettersUrl", "MessagesDeadLettersUrl")


class ReplayError(Exception):
    """The replay could not be carried through; the text says where it stood."""


class Stack:
    """Shorthand over one running stack."""

    def __init__(self, stack: LocalStack) -> None:
        self.outputs = stack.outputs
        self._environment = stack.environment
        self._sqs = stack.session.client("sqs", endpoint_url=stack.endpoint)
        self._logs = stack.session.client("logs", endpoint_url=stack.endpoint)
        self._lambda = stack.session.client("lambda", endpoint_url=stack.endpoint)
        dynamodb = stack.session.client("dynamodb", endpoint_url=stack.endpoint)
        self.orders = DynamoOrders(dynamodb, stack.outputs["OrdersTable"], timedelta(days=730))

    def connect(self, kind: str, code: str, secrets: Mapping[str, object]) -> dict[str, str]:
        """`porchlight connect`, with a budget that does not hold up a replay; its answer."""
        command = [sys.executable, "-m", "porchlight", "connect", kind, code, "--secrets", "-"]
        command += ["--calls", "100000", "--seconds", "60"]
        environment = {**self._environment, "PYTHONPATH": str(ROOT / "layers" / "common"), "LANG": "C.UTF-8"}
        done = subprocess.run(
            command, input=json.dumps(secrets), env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            message = f"connecting {code} failed: {done.stderr.strip()[-400:]}"
            raise ReplayError(message)
        answer: dict[str, str] = json.loads(done.stdout)
        return answer

    def hasten_retries(self) -> None:
        """Offer failed records again soon and give them up sooner, so that poison is found within a replay."""
        for queue in QUEUES:
            url = self.outputs[queue]
            held = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])["Attributes"]
            redrive = {**json.loads(held["RedrivePolicy"]), "maxReceiveCount": TRIES}
            attributes = {"VisibilityTimeout": str(RETRY_SECONDS), "RedrivePolicy": json.dumps(redrive)}
            self._sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)  # type: ignore[arg-type]

    def limit_workers(self) -> None:
        """Few processes: more would spend the time on starting."""
        for mapping in self._lambda.list_event_source_mappings()["EventSourceMappings"]:
            scaling = {"MaximumConcurrency": WORKERS}
            self._lambda.update_event_source_mapping(UUID=mapping["UUID"], ScalingConfig=scaling)  # type: ignore[arg-type]

    def release_due(self) -> int:
        """One tick of the clock, as the schedule gives it every minute; how much left the index."""
        answer = self._lambda.invoke(FunctionName=self.outputs["DueReleaseFunction"], Payload=b"{}")
        released: int = json.load(answer["Payload"]).get("released", 0)
        return released

    def wait_until_idle(self, seconds: float) -> None:
        """Until nothing waits or is under way. Raises `ReplayError` when that takes too long."""
        until = time.monotonic() + seconds
        quiet = 0
        while quiet < 3:  # noqa: PLR2004 a message may be between two queues for a moment
            if time.monotonic() > until:
                message = f"the queues were not empty after {seconds:.0f} seconds: {self.waiting()}"
                raise ReplayError(message)
            quiet = 0 if any(self.waiting().values()) else quiet + 1
            time.sleep(0.4)

    def waiting(self) -> dict[str, int]:
        """Messages in each queue, those under way included."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = {}
        for queue in QUEUES:
            answer = self._sqs.get_queue_attributes(QueueUrl=self.outputs[queue], AttributeNames=names)  # type: ignore[arg-type]
            found[queue] = sum(int(one) for one in answer["Attributes"].values())
        return found

    def dead_letters(self) -> Iterator[tuple[str, str, dict[str, object]]]:
        """Queue, message id and content of every dead letter."""
        for queue in LETTERS:
            while True:
                page = self._sqs.receive_message(
                    QueueUrl=self.outputs[queue], MaxNumberOfMessages=10, VisibilityTimeout=600
                )
                if not page.get("Messages"):
                    break
                for letter in page["Messages"]:
                    yield queue, letter["MessageId"], json.loads(letter["Body"])

    def log_records(self) -> Iterator[dict[str, object]]:
        """Everything the functions logged; a line that is no record comes as `{"message": line}`."""
        groups = self._logs.describe_log_groups(logGroupNamePrefix="/porchlight/")["logGroups"]
        for group in groups:
            pages = self._logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
            for page in pages:
                for event in page["events"]:
                    for line in event["message"].splitlines():
                        yield {"group": group["logGroupName"], **_record(line)}

    def order(self, order_id: str) -> OrderRecord | None:
        """What is stored."""
        return self.orders.read(order_id)


def _record(line: str) -> dict[str, object]:
    try:
        record = json.loads(line)
    except ValueError:
        return {"message": line}
    return record if isinstance(record, dict) else {"message": line}


def counted(items: list[str]) -> dict[str, int]:
    """How often each occurs, most frequent first."""
    return dict(Counter(items).most_common())
