"""One replay from the first connection to the last dead letter."""

import json
import sys
import time
import uuid
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime

import requests
from porchlight.domain.carrier_names import carrier_named
from porchlight.domain.facts import order_id_of
from porchlight.domain.records import Change, OrderRecord, Watch
from porchlight.domain.tracking import normal_number
from porchlight.plugins import CARRIERS, STORES

from tools.local_stack import LocalStack
from tools.replay.carrier_server import answering
from tools.replay.outcome import Fate, Findings
from tools.replay.samples import Sample
from tools.replay.signing import signed
from tools.replay.stack import ReplayError, Stack

SECRET = "replay-webhook-secret-5d1c"  # noqa: S105 of a stack that lives for minutes on this machine
SHOP = "shopify"
NOBODY = "0" * 32
PATIENCE = 240.0
_BEGUN = time.monotonic()


class Session:
    """Sends, waits, looks.

    Attributes:
        fates: One per sample, in the order of sending.
        findings: What was said on the way.
    """

    def __init__(self, stack: LocalStack, given: list[Sample]) -> None:
        self.fates = [Fate(sample) for sample in given]
        self.findings = Findings()
        self._stack = Stack(stack)
        self._root = stack.outputs["WebhookUrl"]
        self._connections: dict[str, str] = {}
        self._http = requests.Session()
        self._numbers: dict[int, str] = {}

    def play(self) -> None:
        """Everything, in the order in which a shop would see it."""
        asked = [fate for fate in self.fates if fate.sample.is_answer and fate.sample.vendor in CARRIERS.codes()]
        pushed = [fate for fate in self.fates if fate not in asked]
        with answering(self._answers(asked)) as port:
            self._connect(port)
            self._stack.hasten_retries()
            self._stack.limit_workers()
            _say(f"sending {len(pushed)} deliveries")
            for index, fate in enumerate(pushed):
                self._push(fate, f"replay-{index}")
            _say(f"packing {len(asked)} parcels to ask about")
            for fate in asked:
                self._pack(fate)
            self._wait_until_stored(asked)
            self._watch_what_no_store_names(asked)
            self._ask(asked)
            _say("waiting until every record that can not be read has been tried often enough")
            self._stack.wait_until_idle(PATIENCE)
        _say("reading what became of it")
        self._settle(pushed, asked)

    def _answers(self, asked: list[Fate]) -> dict[str, dict[str, bytes]]:
        """Each sample's body by a number of its own: the parcel's where no other sample has it."""
        bodies: dict[str, dict[str, bytes]] = {}
        for index, fate in enumerate(asked):
            own = bodies.setdefault(fate.sample.vendor, {})
            number = normal_number(fate.sample.number)
            if not number or number in own:
                number = f"REPLAY{index:06}"
            own[number] = fate.sample.body
            self._numbers[id(fate)] = number
        return bodies

    def _connect(self, port: int) -> None:
        for kind, codes in (("stores", STORES.codes()), ("carriers", CARRIERS.codes())):
            for code in codes:
                secrets: dict[str, object] = {"webhook_secrets": [SECRET]}
                if kind == "carriers":
                    credentials = dict.fromkeys(CARRIERS.get(code).credential_fields, "replay")
                    secrets["credentials"] = {**credentials, "base_url": f"http://127.0.0.1:{port}/{code}"}
                self._connections[f"{kind}/{code}"] = self._stack.connect(kind, code, secrets)["connection"]
        _say(f"connected {', '.join(self._connections)}")

    def _push(self, fate: Fate, delivery: str) -> None:
        sample = fate.sample
        fate.delivery = delivery
        fate.status = self._post(sample.family, sample.vendor, sample.body, sample.topic, delivery)

    def _post(self, family: str, vendor: str, body: bytes, topic: str, delivery: str) -> int:
        connection = self._connections.get(f"{family}/{vendor}", NOBODY)
        headers = signed(vendor, body, SECRET, topic=topic, delivery=delivery)
        url = f"{self._root}{family}/{vendor}/{connection}"
        return self._http.post(url, data=body, headers=headers, timeout=60).status_code

    def _pack(self, fate: Fate) -> None:
        """An order whose one parcel travels with the sample's carrier."""
        number, order = self._numbers[id(fate)], uuid.uuid5(uuid.NAMESPACE_OID, fate.sample.file).int % 10**12
        fate.order_id = order_id_of(SHOP, self._connections[f"stores/{SHOP}"], str(order))
        body = json.dumps(_order(order, number, CARRIERS.get(fate.sample.vendor).name)).encode()
        status = self._post("stores", SHOP, body, "orders/create", f"replay-order-{order}")
        if status != 202:  # noqa: PLR2004 HTTP
            fate.status = status

    def _wait_until_stored(self, asked: list[Fate]) -> None:
        until = time.monotonic() + PATIENCE
        while any(self._stack.order(fate.order_id) is None for fate in asked):
            if time.monotonic() > until:
                message = "the orders to ask about were not stored in time"
                raise ReplayError(message)
            time.sleep(0.5)

    def _watch_what_no_store_names(self, asked: list[Fate]) -> None:
        """An aggregator is nobody's carrier by name, so no order leads to a poll of it: its watch is stored as such."""
        now = datetime.now(UTC)
        for fate in asked:
            code = fate.sample.vendor
            if carrier_named(CARRIERS.get(code).name) == code:
                continue
            watch = Watch(
                order_id=fate.order_id,
                tracking_number=self._numbers[id(fate)],
                account=f"{code}/{self._connections[f'carriers/{code}']}",
                since=now,
                due_at=now,
            )
            record = self._stack.order(fate.order_id)
            if record:
                change = Change(order_id=fate.order_id, read_version=record.version, watch=(watch,), now=now)
                self._stack.orders.commit(change)

    def _ask(self, asked: list[Fate]) -> None:
        """Let the clock go on until every parcel was asked about; a sample "too many calls" makes its carrier wait."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            waiting = [fate for fate in asked if not _was_asked(self._stack.order(fate.order_id))]
            if not waiting:
                return
            released = self._stack.release_due()
            _say(f"{len(waiting)} parcels to ask about, {released} entries released")
            time.sleep(3)
        message = f"{len(waiting)} parcels were never asked about"
        raise ReplayError(message)

    def _settle(self, pushed: list[Fate], asked: list[Fate]) -> None:
        reasons: dict[str, str] = {}
        failed_polls: dict[str, str] = {}
        for record in self._stack.log_records():
            self.findings.hear(record)
            if record.get("message") == "record can not be handled":
                reasons[str(record["message_id"])] = str(record["reason"])
            elif record.get("message") == "poll failed":
                failed_polls[str(record["order_id"])] = _reason(record)
        self._read_dead_letters({fate.delivery: fate for fate in pushed}, reasons)
        for fate in pushed:
            fate.recorded = fate.accepted and _is_unknown_topic(fate.sample)
            fate.understood = fate.accepted and not (fate.refused or fate.recorded)
        for fate in asked:
            self._look_at_order(fate, failed_polls)

    def _read_dead_letters(self, by_delivery: dict[str, Fate], reasons: dict[str, str]) -> None:
        for queue, message_id, content in self._stack.dead_letters():
            reason = reasons.get(message_id, "")
            fate = next(self._senders(content, by_delivery), None)
            if fate and reason:
                fate.refused = reason
            else:
                self.findings.unexplained.append(f"{queue}: {message_id}: {reason or 'no reason logged'}")

    def _senders(self, content: dict[str, object], by_delivery: dict[str, Fate]) -> Iterator[Fate]:
        """Whose dead letter it is: by the delivery's id, or by the order of a poll, or by the same bytes."""
        named = by_delivery.get(str(content.get("delivery_id", "")))
        if named:
            yield named
        for fate in self.fates:
            same_order = content.get("order_id") and fate.order_id == content["order_id"]
            same_vendor = content.get("code") == fate.sample.vendor
            if same_order or (same_vendor and content.get("body") == b64encode(fate.sample.body).decode()):
                yield fate

    def _look_at_order(self, fate: Fate, failed_polls: dict[str, str]) -> None:
        record = self._stack.order(fate.order_id)
        if fate.order_id in failed_polls:
            fate.refused = failed_polls[fate.order_id]
        elif record and record.facts.shipments:
            fate.understood = True
        elif record and any(watch.checked_at for watch in record.watches.values()):
            fate.understood = True  # the carrier says that it does not know the parcel


def _is_unknown_topic(sample: Sample) -> bool:
    known = sample.family == "stores" and sample.vendor in STORES.codes()
    return known and sample.topic not in STORES.get(sample.vendor).topics


def _was_asked(record: OrderRecord | None) -> bool:
    """Answered, failed, or over already."""
    return record is None or all(watch.checked_at or watch.failures for watch in record.watches.values())


def _reason(record: dict[str, object]) -> str:
    return " at ".join(str(record[name]) for name in ("error", "field") if record.get(name))


def _order(order: int, number: str, company: str) -> dict[str, object]:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    line = {"id": 1, "title": "A sample", "quantity": 1, "requires_shipping": True}
    packing = {
        "id": order,
        "order_id": order,
        "status": "success",
        "created_at": now,
        "updated_at": now,
        "tracking_company": company,
        "tracking_number": number,
        "tracking_numbers": [number],
        "line_items": [line],
    }
    stamps = {"created_at": now, "updated_at": now, "processed_at": now}
    return {"id": order, "name": f"#R{order}", **stamps, "line_items": [line], "fulfillments": [packing]}


def _say(line: str) -> None:
    print(f"{time.monotonic() - _BEGUN:6.1f} s  {line}", file=sys.stderr, flush=True)
