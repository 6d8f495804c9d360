"""The payloads of a data folder: what each is, and as what it would reach us.

In: a folder with `stores/index.jsonl` (`store, file, kind, note`) and `carriers/index.jsonl` (`carrier, file, kind`),
the files beside them; a carrier's file may have a `NAME.expected.json` that says its tracking number. Out: one `Sample`
per delivery; a store's list of resources is one delivery each, as the store would have sent them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

STORES, CARRIERS = "stores", "carriers"
ANSWERS = frozenset({"response", "error"})
"""Kinds that answer a question of ours; every other kind is sent to us."""

_TOPIC_OF = {
    "order": "orders/updated",
    "orders": "orders/updated",
    "fulfillment": "fulfillments/update",
    "fulfillments": "fulfillments/update",
    "fulfillment_event": "fulfillment_events/create",
    "fulfillment_events": "fulfillment_events/create",
    "refund": "refunds/create",
    "refunds": "refunds/create",
    "transaction": "order_transactions/create",
    "draft_order": "draft_orders/update",
}
"""The webhook topic whose body a REST resource is, by the resource's outer key."""
_FRAGMENT_TOPIC = "orders/updated"
"""Parts of an order and broken texts name no resource; as an order they must be refused with a reason."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One delivery, or one answer to a poll.

    Attributes:
        family: `stores` or `carriers`.
        topic: Of a store's delivery.
        number: The tracking number that a carrier's answer is about, where the folder says so.
    """

    family: str
    vendor: str
    file: str
    kind: str
    body: bytes
    topic: str = ""
    number: str = ""

    @property
    def is_answer(self) -> bool:
        """We would have asked for it."""
        return self.family == CARRIERS and self.kind in ANSWERS


def samples(folder: Path) -> list[Sample]:
    """Everything in the folder. Raises `OSError` when an index or a listed file is missing."""
    stores = [sample for row in _rows(folder / STORES) for sample in _store_samples(folder / STORES, row)]
    return stores + [_carrier_sample(folder / CARRIERS, row) for row in _rows(folder / CARRIERS)]


def _rows(folder: Path) -> list[dict[str, str]]:
    lines = (folder / "index.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def _store_samples(folder: Path, row: dict[str, str]) -> Iterator[Sample]:
    body = (folder / row["file"]).read_bytes()
    for topic, part in _deliveries(row, body):
        yield Sample(STORES, row["store"], row["file"], row["kind"], part, topic)


def _deliveries(row: dict[str, str], body: bytes) -> Iterator[tuple[str, bytes]]:
    """Topic and body of each delivery that stands for this file."""
    named = row.get("note", "").partition("topic-like: ")[2].partition(";")[0].strip()
    try:
        content = json.loads(body)
    except ValueError:
        content = None
    if named or not isinstance(content, dict):
        yield named or _FRAGMENT_TOPIC, body
        return
    outer = next(iter(content), "")
    if isinstance(content.get(outer), dict | list) and "id" not in content:
        inner = content[outer]
        topic = _TOPIC_OF.get(outer, f"{outer}/update")
        for resource in inner if isinstance(inner, list) else [inner]:
            yield topic, json.dumps(resource).encode()
    else:
        yield _FRAGMENT_TOPIC, body


def _carrier_sample(folder: Path, row: dict[str, str]) -> Sample:
    file = folder / row["file"]
    return Sample(CARRIERS, row["carrier"], row["file"], row["kind"], file.read_bytes(), number=_number(file))


def _number(file: Path) -> str:
    expected = file.with_name(f"{file.stem}.expected.json")
    if not expected.is_file():
        return ""
    said = json.loads(expected.read_text(encoding="utf-8")).get("expected") or {}
    return str(said.get("tracking_number") or "")
