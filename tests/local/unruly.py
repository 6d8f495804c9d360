"""A deployed shop that may be mistreated: a stack of its own, short words for what is done to it, patience."""

import json
import threading
import uuid
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests
from porchlight.aws.orders import DynamoOrders
from porchlight.domain.facts import order_id_of
from porchlight.domain.fold import fold
from porchlight.domain.signatures import hmac_base64, hmac_hex
from porchlight.domain.times import to_text

from tests import payloads
from tests.local.speaking import connect, eventually, mails

SECRET = "shpss_unruly"
RETRY_SECONDS = "3"
"""How soon a failed record is offered again here; minutes on AWS."""
WORKERS = 2


class UnrulyShop:
    """One Shopify shop, one aggregator and one carrier on a stack of their own."""

    def __init__(self, stack, faults: Path, carrier_url: str) -> None:
        self.stack = stack
        self.faults = faults
        self.shopify = connect(stack, "stores", "shopify", {"webhook_secrets": [SECRET]})
        self.easypost = connect(stack, "carriers", "easypost", {"webhook_secrets": [SECRET]})
        credentials = {"client_id": "id", "client_secret": "secret", "base_url": carrier_url}
        self.ups = connect(stack, "carriers", "ups", {"webhook_secrets": [SECRET], "credentials": credentials})
        self.sqs = self.client("sqs")
        self.functions = self.client("lambda")
        self.orders = DynamoOrders(self.client("dynamodb"), stack.outputs["OrdersTable"], timedelta(days=730))
        self._make_impatient()

    def client(self, service):
        return self.stack.session.client(service, endpoint_url=self.stack.endpoint)

    def _make_impatient(self):
        for queue in ("UpdatesQueueUrl", "MessagesQueueUrl"):  # a slow carrier needs all of a poll's time
            attributes = {"VisibilityTimeout": RETRY_SECONDS}
            self.sqs.set_queue_attributes(QueueUrl=self.stack.outputs[queue], Attributes=attributes)
        for mapping in self.functions.list_event_source_mappings()["EventSourceMappings"]:
            scaling = {"MaximumConcurrency": WORKERS}
            self.functions.update_event_source_mapping(UUID=mapping["UUID"], ScalingConfig=scaling)

    @contextmanager
    def giving_up_soon(self):
        """While the block runs, the updates queue gives a record up after three tries instead of the template's."""
        queue = {"QueueUrl": self.stack.outputs["UpdatesQueueUrl"]}
        usual = self.sqs.get_queue_attributes(**queue, AttributeNames=["RedrivePolicy"])["Attributes"]
        hasty = json.dumps({**json.loads(usual["RedrivePolicy"]), "maxReceiveCount": 3})
        self.sqs.set_queue_attributes(**queue, Attributes={"RedrivePolicy": hasty})
        yield
        self.sqs.set_queue_attributes(**queue, Attributes=usual)

    # ---- what happens to it

    def plan(self, function, operation, about, kind):
        """One fault, met once."""
        fault = {"function": function, "operation": operation, "about": about, "kind": kind}
        (self.faults / f"{uuid.uuid4().hex}.json").write_text(json.dumps(fault))

    def deliver(self, topic, body, *, delivery=None, secret=SECRET):
        """One webhook of the shop; its HTTP status."""
        raw = body if isinstance(body, bytes) else payloads.as_bytes(body)
        headers = {
            "X-Shopify-Hmac-Sha256": hmac_base64(secret, raw),
            "X-Shopify-Topic": topic,
            "X-Shopify-Webhook-Id": delivery or uuid.uuid4().hex,
        }
        return requests.post(self.shopify["webhook_url"], data=raw, headers=headers, timeout=60).status_code

    def push(self, body):
        """One webhook of the aggregator; its HTTP status."""
        raw = body if isinstance(body, bytes) else payloads.as_bytes(body)
        headers = {"X-Hmac-Signature": f"hmac-sha256-hex={hmac_hex(SECRET, raw)}"}
        return requests.post(self.easypost["webhook_url"], data=raw, headers=headers, timeout=60).status_code

    def place(self, number, **changes):
        """A fresh order's body; number and address belong together."""
        return payloads.order(now() - timedelta(minutes=5), order_id=number, email=address(number), **changes)

    def release_due(self):
        """One tick of the clock."""
        answer = self.functions.invoke(FunctionName=self.stack.outputs["DueReleaseFunction"], Payload=b"{}")
        assert "FunctionError" not in answer
        return json.load(answer["Payload"])["released"]

    # ---- what is to be seen

    def order_id(self, number):
        return order_id_of("shopify", self.shopify["connection"], str(number))

    def record(self, number):
        return self.orders.read(self.order_id(number))

    def state(self, number):
        record = self.record(number)
        return fold(record.facts) if record else None

    def mails_to(self, number):
        return [one for one in mails(self.stack) if address(number) in json.dumps(one)]

    def letters(self):
        """Dead letters of the updates queue, by message id; they stay where they are."""
        found = {}
        for _ in range(3):
            page = self.sqs.receive_message(
                QueueUrl=self.stack.outputs["UpdatesDeadLettersUrl"], MaxNumberOfMessages=10, VisibilityTimeout=0
            )
            found |= {letter["MessageId"]: json.loads(letter["Body"]) for letter in page.get("Messages", ())}
        return found

    def waiting(self):
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        counts = 0
        for queue in ("UpdatesQueueUrl", "PollingQueueUrl", "StoresQueueUrl", "MessagesQueueUrl", "FeedbackQueueUrl"):
            answer = self.sqs.get_queue_attributes(QueueUrl=self.stack.outputs[queue], AttributeNames=names)
            counts += sum(int(one) for one in answer["Attributes"].values())
        return counts

    def settle(self):
        """Until nothing waits."""
        eventually(lambda: self.waiting() == 0, within=90)

    def make_due(self, number, item):
        """As if the hour of this item had come."""
        table, name = self.client("dynamodb"), self.stack.outputs["OrdersTable"]
        table.update_item(
            TableName=name,
            Key={"collection": {"S": f"order#{self.order_id(number)}"}, "item": {"S": item}},
            UpdateExpression="SET due_at = :past",
            ExpressionAttributeValues={":past": {"S": to_text(now() - timedelta(minutes=10))}},
        )


def now():
    return datetime.now(UTC)


def address(number):
    return f"shopper.{number}@example.com"


@contextmanager
def carrier(answers):
    """A carrier's site on loopback: `answers[number]` is a list of `(status, headers, body, delay)`, used in turn."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            number = self.path.rpartition("/")[2].partition("?")[0]
            waiting = answers.get(number) or [(404, {}, b"", 0)]
            self.give(*(waiting.pop(0) if len(waiting) > 1 else waiting[0]))

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.give(200, {}, b'{"access_token": "t", "expires_in": "14399"}', 0)

        def give(self, status, headers, body, delay):
            stopped.wait(delay)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

        def handle(self):
            with suppress(ConnectionError):  # the caller lost patience, as it should
                super().handle()

    stopped = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        stopped.set()
        server.shutdown()
        server.server_close()
