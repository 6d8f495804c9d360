"""The lives of some parcels on the deployed local stack, step by step, with every SDK call counted.

Each parcel: eight events (the order, its packing and six scans, all pushed), eighteen polls (each scan is seen by one
as well, twelve bring nothing new), two timers that go off for nothing, four mails with four provider events each, six
views of the page. No step is left out because it is dear. Time passes by moving what is due into the past, in the
table; the clock stays.
"""

import gzip
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from porchlight.domain.links import sign_link
from porchlight.domain.messages import Intent
from porchlight.domain.times import to_text
from porchlight.pipeline.message_tags import tag_of

from tools.bench import shop
from tools.bench.rows import Row, read_rows
from tools.local_stack import LocalStack
from tools.replay.signing import signed
from tools.replay.stack import Stack

SECRET = "bench-webhook-secret"  # noqa: S105 of a stack that lives for minutes on this machine
PATIENCE = 180.0
FIRST_NUMBER = 5001
QUIET_POLLS = {1: 2, 2: 3, 3: 3, 4: 2, 5: 2}
"""After how many scans how many polls bring nothing new: twelve in all."""
TICKS_AFTER = (2, 4)
VIEWS = 6
MAIL_EVENTS = ("Send", "Delivery", "Open", "Click")


class Lives:
    """Plays and counts.

    Attributes:
        rows: Every SDK call, by step. Steps: `warm-up`, `order`, `packing`, `push:<n>`, `poll:<n>`, `quiet poll`,
            `tick`, `view`, `mail event`, `idle minute`.
        mails: Sent in the counted lives.
        view_bytes: Compressed size of each answer to the page.
    """

    def __init__(self, stack: LocalStack, counts: Path, answers: dict[str, bytes], parcels: int) -> None:
        self.rows: dict[str, list[Row]] = {}
        self.mails = 0
        self.view_bytes: list[int] = []
        self._stack = Stack(stack)
        self._local = stack
        self._counts = counts
        self._answers = answers
        self._numbers = range(FIRST_NUMBER, FIRST_NUMBER + parcels)
        self._http = requests.Session()
        self._seen = 0
        self._addresses: dict[str, str] = {}

    def connect(self, port: int) -> None:
        """The shop's two connections."""
        self._stack.limit_workers()
        credentials = {"client_id": "bench", "client_secret": "bench", "base_url": f"http://127.0.0.1:{port}/fedex"}
        for kind, code, own in (("stores", "shopify", {}), ("carriers", "fedex", {"credentials": credentials})):
            secrets: Mapping[str, object] = {"webhook_secrets": [SECRET], **own}
            self._addresses[code] = self._stack.connect(kind, code, secrets)["webhook_url"]

    def play(self) -> None:
        """All lives at once, after one that warms the functions up and is counted by itself."""
        every, self._numbers = self._numbers, range(1, 2)
        self._live()
        warm = [row for rows in self.rows.values() for row in rows]
        self.rows, self.mails, self.view_bytes = {"warm-up": warm}, 0, []
        self._numbers = every
        self._live()
        for _ in range(3):
            self._stack.release_due()
        self._end("idle minute")

    def _live(self) -> None:
        self._send("order", "orders/create")
        self._send("packing", "fulfillments/create")

        for scan in range(1, len(shop.SCANS) + 1):
            for number in self._numbers:
                self._post("fedex", shop.answer(number, scan), "", f"push-{number}-{scan}")
            self._end(f"push:{scan}")
            self._poll(f"poll:{scan}", scan)
            for _ in range(QUIET_POLLS.get(scan, 0)):
                self._poll("quiet poll", scan)
            if scan in TICKS_AFTER:
                self._go_off("timer")
                self._end("tick")
        self._view()
        self._hear()

    def _send(self, step: str, topic: str) -> None:
        for number in self._numbers:
            body = shop.order(number, packed=topic == "fulfillments/create")
            self._post("shopify", body, topic, f"{step}-{number}")
        self._end(step)

    def _post(self, code: str, body: bytes, topic: str, delivery: str) -> None:
        headers = signed(code, body, SECRET, topic=topic, delivery=delivery)
        answer = self._http.post(self._addresses[code], data=body, headers=headers, timeout=60)
        answer.raise_for_status()

    def _poll(self, step: str, scan: int) -> None:
        """The carrier is asked about every parcel, as if its hour had come."""
        for number in self._numbers:
            self._answers[shop.tracking_number(number)] = shop.answer(number, scan)
        self._go_off("poll#")
        self._end(step)

    def _go_off(self, kind: str) -> None:
        """What of this kind is waiting becomes due, and the clock releases it."""
        table = self._local.session.client("dynamodb", endpoint_url=self._local.endpoint)
        name = self._local.outputs["OrdersTable"]
        pages = table.get_paginator("scan").paginate(TableName=name)
        past = {"S": to_text(_seconds_ago(600))}
        for item in (item for page in pages for item in page["Items"] if item["item"]["S"].startswith(kind)):
            where = {"collection": item["collection"], "item": item["item"]}
            change = {"UpdateExpression": "SET due_at = :past", "ExpressionAttributeValues": {":past": past}}
            table.update_item(TableName=name, Key=where, **change)  # type: ignore[arg-type]
        self._rewind_cursors(table, name)
        self._stack.release_due()

    def _rewind_cursors(self, table: object, name: str) -> None:
        """A shard goes on behind what it last released; what was moved into the past lies before that."""
        pages = table.get_paginator("scan").paginate(TableName=name)  # type: ignore[attr-defined]
        for item in (item for page in pages for item in page["Items"] if item["item"]["S"] == "cursor"):
            where = {"collection": item["collection"], "item": item["item"]}
            table.delete_item(TableName=name, Key=where)  # type: ignore[attr-defined]

    def _view(self) -> None:
        """Every parcel's page, opened by its link."""
        for number in self._numbers:
            address = f"{self._local.endpoint}/api/tracking/{self._token(number)}"
            for _ in range(VIEWS):
                answer = self._http.get(address, headers={"Host": self._local.page_host}, timeout=60)
                answer.raise_for_status()
                self.view_bytes.append(len(gzip.compress(answer.content)))
        self._end("view")

    def link(self) -> str:
        """The tracking page of the last parcel, as a mail links to it."""
        return f"{self._local.outputs['PageUrl']}/#{self._token(self._numbers[-1])}"

    def _token(self, number: int) -> str:
        keys = self._local.session.client("secretsmanager", endpoint_url=self._local.endpoint)
        secret = keys.get_secret_value(SecretId=self._local.outputs["LinkKeyArn"])["SecretString"].split()[0]
        return sign_link(self._order_id(number), _seconds_ago(-3600), secret)

    def _order_id(self, number: int) -> str:
        return self._stack.orders.by_number(shop.tracking_number(number))[0]

    def _hear(self) -> None:
        """The provider's events of every mail that was sent."""
        topic = self._local.session.client("sns", endpoint_url=self._local.endpoint)
        arn = self._local.outputs["MailEventsTopicArn"]
        for number in self._numbers:
            order_id = self._order_id(number)
            record = self._stack.order(order_id)
            for row in record.ledger.values() if record else ():
                if row.message is None or not row.message.provider_id:
                    continue
                self.mails += 1
                tag = tag_of(Intent(order_id=order_id, message_id=row.decision.decision_id))
                for event in MAIL_EVENTS:
                    topic.publish(TopicArn=arn, Message=_mail_event(event, tag, row.message.provider_id, number))
        time.sleep(1)
        self._end("mail event")

    def _end(self, step: str) -> None:
        """Wait until all is done, then book the calls since the last step to this one."""
        self._stack.wait_until_idle(PATIENCE)
        rows = read_rows(self._counts)
        self.rows.setdefault(step, []).extend(rows[self._seen :])
        self._seen = len(rows)


def _mail_event(kind: str, tag: str, provider_id: str, number: int) -> str:
    mail = {
        "timestamp": to_text(_seconds_ago(0)),
        "messageId": provider_id,
        "destination": [shop.SHOPPER.format(number)],
        "tags": {"message": [tag]},
    }
    return json.dumps({"eventType": kind, "mail": mail, kind.lower(): {"timestamp": to_text(_seconds_ago(0))}})


def _seconds_ago(seconds: float) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=seconds)
