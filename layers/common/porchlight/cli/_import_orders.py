"""Rows of a table to messages of the generic store: one order a message, whole or not at all.

Rows of one order need not stand together. Everything about it is read, so that all that is wrong is told at once; an
order with anything wrong is left out, because half of it would pass for the whole.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from porchlight.cli._columns import COLUMN, Part, Zone
from porchlight.cli._table import Complaint, Row, Table
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.store_news import StoreNews
from porchlight.domain.times import to_text
from porchlight.pipeline.webhook_intake import MAX_IN_QUEUE
from porchlight.stores.generic import PLUGIN

TOPIC = "order.changed"
NAMES = {"order_id", "order_number"}
SHOPPER = ("first_name", "last_name", "email", "phone", "locale")
RECIPIENT = {"recipient_first_name": "first_name", "recipient_last_name": "last_name"}
DESTINATION = ("city", "region", "postal_code", "country")
PROMISED = "promised_on"
ITEM_ID_LIMIT = 100

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Order:
    """One order of the file.

    Attributes:
        line: Where it is named first.
        body: The message, as it is sent.
        delivery_id: The same for the same message.
    """

    line: int
    body: bytes
    updates: Sequence[StoreNews]

    @property
    def delivery_id(self) -> str:
        """Follows from the message alone, so that the same row is the same delivery however often it is imported."""
        return f"import-{hashlib.sha256(self.body).hexdigest()[:32]}"


@dataclass(slots=True)
class _Draft:
    """What the rows of one order say, with their lines."""

    rows: list[tuple[int, Values]] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)


def read_orders(table: Table, zone: Zone, changed_at: datetime) -> tuple[list[Order], list[Complaint]]:
    """The orders of a table in the order of their first lines, and everything that is wrong in it.

    Args:
        table: What was read.
        zone: Of times without an offset.
        changed_at: When the file was last written: the clock of orders that name no `updated_at`. UTC.
    """
    drafts: dict[str, _Draft] = {}
    complaints: list[Complaint] = []
    read = [(row.line, *_values(row, table.header, zone)) for row in table.rows]
    # shops that export write an order's id in its first row alone
    ids = {values["order_number"]: values["order_id"] for _, values, _ in read if values.keys() >= NAMES}
    for line, values, wrong in read:
        number = values.get("order_number")
        name = str(values.get("order_id") or ids.get(number, number) or "")
        if not name:
            complaints += wrong or [Complaint(line, "", "names no order")]
            continue
        draft = drafts.setdefault(name, _Draft())
        draft.rows.append((line, values))
        draft.complaints += wrong
    orders = []
    for name, draft in drafts.items():
        order = _order(name, draft, table.header, changed_at)
        complaints += draft.complaints
        orders += [order] if order else []
    return orders, sorted(complaints, key=lambda one: one.line)


def _values(row: Row, header: Mapping[str, str], zone: Zone) -> tuple[Values, list[Complaint]]:
    values: dict[str, object] = {}
    wrong = [Complaint(row.line, "", "has more cells than the header has columns")] if row.overlong else []
    for name, cell in row.cells.items():
        try:
            values[name] = COLUMN[name].read(cell, zone)
        except ValueError as error:
            wrong.append(Complaint(row.line, header[name], str(error)))
    return values, wrong


def _order(name: str, draft: _Draft, header: Mapping[str, str], changed_at: datetime) -> Order | None:
    first = draft.rows[0][0]
    told = _told_once(draft, header)
    message = {"topic": TOPIC, "order_id": name, **_parts(name, told, draft, header, to_text(changed_at))}
    if draft.complaints:
        return None
    body = json.dumps(message, ensure_ascii=False).encode()
    if len(body) > MAX_IN_QUEUE:
        draft.complaints.append(Complaint(first, "", "the order is too large for one message"))
        return None
    try:
        return Order(first, body, PLUGIN.parse(TOPIC, body, received_at=changed_at))
    except MalformedPayloadError as error:
        field_name = "" if error.field == "body" else error.field
        draft.complaints.append(Complaint(first, field_name, error.reason.removeprefix("Value error, ")))
        return None


def _told_once(draft: _Draft, header: Mapping[str, str]) -> Values:
    """What the rows say about the order; two that differ are a mistake nobody can settle."""
    told: dict[str, tuple[int, object]] = {}
    for line, values in draft.rows:
        for name, value in values.items():
            if COLUMN[name].part in {Part.NAME, Part.ORDER}:
                begun, held = told.setdefault(name, (line, value))
                if held != value:
                    draft.complaints.append(Complaint(line, header[name], f"is not what line {begun} says"))
    return {name: value for name, (_, value) in told.items()}


def _parts(name: str, told: Values, draft: _Draft, header: Mapping[str, str], changed_at: str) -> dict[str, object]:
    changed_at = str(told.get("updated_at", changed_at))
    parts: dict[str, object] = {}
    items = _items(draft, header, needs_title="placed_at" in told)
    if "placed_at" in told:
        parts["order"] = _order_part(name, told, items, changed_at)
    elif told.keys() - NAMES - {"updated_at"} and not draft.complaints:
        column = header.get("placed_at", "placed_at")
        draft.complaints.append(Complaint(draft.rows[0][0], column, "is needed where the order is told"))
    packings = _fulfilments(draft.rows, changed_at)
    return parts | ({"fulfilments": packings} if packings else {})


def _order_part(name: str, told: Values, items: list[dict[str, object]], changed_at: str) -> dict[str, object]:
    plain = ("placed_at", "cancelled_at", "currency", "total", "customer_id", "marketing_consent", "tags")
    order: dict[str, object] = {key: told[key] for key in plain if key in told}
    order |= {"number": told.get("order_number", name), "updated_at": changed_at, "items": items}
    order["shopper"] = {key: told[key] for key in SHOPPER if key in told}
    order["destination"] = {key: told[key] for key in DESTINATION if key in told}
    recipient = {key: told[column] for column, key in RECIPIENT.items() if column in told}
    if recipient:
        order["recipient"] = recipient
    if PROMISED in told:
        order["promised"] = told[PROMISED]
    return order


def _line_id(values: Values) -> str:
    """The row's own, else what tells its item from others."""
    words = " / ".join(str(values[key]) for key in ("sku", "title", "variant") if key in values)
    return str(values.get("line_id") or words)[:ITEM_ID_LIMIT]


def _items(draft: _Draft, header: Mapping[str, str], *, needs_title: bool) -> list[dict[str, object]]:
    """Each item once, with the pieces of all its rows."""
    items: dict[str, dict[str, object]] = {}
    for line, values in draft.rows:
        own = {key: value for key, value in values.items() if COLUMN[key].part is Part.LINE}
        if not own:
            continue
        if needs_title and "title" not in own:
            draft.complaints.append(Complaint(line, header.get("title", "title"), "is needed where an item is told"))
        item = items.setdefault(_line_id(own), {**own, "line_id": _line_id(own), "quantity": 0})
        item["quantity"] = _sum(item["quantity"], own.get("quantity", 1))
    return list(items.values())


def _fulfilments(rows: Iterable[tuple[int, Values]], changed_at: str) -> list[dict[str, object]]:
    """One packing a number, and one for what was shipped without; named by their place, as numbers get corrected."""
    packings: dict[str, dict[str, object]] = {}
    packed: dict[str, dict[str, object]] = {}
    for _, values in rows:
        number = str(values.get("tracking_number", ""))
        if not number and "shipped_at" not in values:
            continue
        parcel = {key: values[key] for key in ("tracking_number", "carrier", "tracking_url") if key in values}
        place = len([one for one in packings if one]) + 1
        packing = packings.setdefault(
            number,
            {
                "fulfilment_id": f"parcel {place}" if number else "no number",
                "updated_at": changed_at,
                "created_at": values.get("shipped_at", changed_at),
                "parcels": [parcel] if number else [],
            },
        )
        items = packed.setdefault(number, {})
        if _line_id(values):
            items[_line_id(values)] = _sum(items.get(_line_id(values), 0), values.get("quantity", 1))
        packing["items"] = [{"line_id": line_id, "quantity": pieces} for line_id, pieces in items.items()]
    return list(packings.values())


def _sum(held: object, more: object) -> int:
    return int(str(held)) + int(str(more))
