"""Orders, ledgers and links in the orders table. One order is one item collection: one Query reads it.

Conditions: facts are written only over the version that was read; a ledger row only where none is, or over a `DELAY`.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from porchlight.aws.failures import translated
from porchlight.aws.items import (
    DECISION,
    FACTS,
    POLL,
    TIMER,
    Attribute,
    Item,
    ReadItem,
    due,
    key,
    number,
    order_key,
    packed,
    text,
    unpacked,
)
from porchlight.aws.rows import decision_packed, ledger_row, watch_item, watch_of
from porchlight.domain.facts import OrderFacts
from porchlight.domain.ledger import Decision, Message, Outcome
from porchlight.domain.records import Change, OrderRecord
from porchlight.domain.shards import shard_of
from porchlight.domain.times import from_text
from porchlight.domain.tracking import TrackingUpdate

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        ConditionCheckTypeDef,
        PutTypeDef,
        QueryInputPaginateTypeDef,
        TransactWriteItemTypeDef,
    )

PARKED_FOR = timedelta(days=35)
"""Longer than any sender repeats itself."""
LINKS_OUTLIVE = timedelta(days=120)
"""An order is kept from its last change on, its links from when they were made: this is the longest usual life."""
SWEEP_AFTER = timedelta(minutes=1)


class DynamoOrders:
    """The `Orders` port.

    Args:
        client: Low-level client.
        table: Name of the orders table.
        retention: How long an order is kept after its last change.
    """

    def __init__(self, client: "DynamoDBClient", table: str, retention: timedelta) -> None:
        self._client = client
        self._table = table
        self._retention = retention

    def read(self, order_id: str) -> OrderRecord | None:
        """One Query over the whole collection, strongly consistent."""
        items = {item["item"]["S"]: item for item in self._query(f"order#{order_id}")}
        if FACTS not in items:
            return None
        rows = [ledger_row(item) for name, item in items.items() if name.startswith(DECISION)]
        watches = [watch_of(item) for name, item in items.items() if name.startswith(POLL)]
        timer = items.get(TIMER)
        return OrderRecord(
            facts=OrderFacts.model_validate_json(unpacked(items[FACTS]["facts"])),
            version=int(items[FACTS]["version"]["N"]),
            ledger={row.decision.decision_id: row for row in rows},
            watches={watch.tracking_number: watch for watch in watches},
            look_again_at=from_text(timer["due_at"]["S"]) if timer else None,
        )

    def commit(self, change: Change) -> None:
        """One conditional put when only facts changed; else one transaction. Raises `ConflictError`."""
        writes = list(self._writes(change))
        with translated("commit of an order"):
            if len(writes) == 1 and "Put" in writes[0]:
                self._client.put_item(**writes[0]["Put"])
            else:
                self._client.transact_write_items(TransactItems=writes)

    def link_numbers(self, order_id: str, tracking_numbers: Sequence[str], now: datetime) -> None:
        """One small item a number."""
        for tracking_number in tracking_numbers:
            self._link(key(f"number#{tracking_number}", f"order#{order_id}"), order_id, now)

    def link_lookup(self, order_id: str, order_number: str, digest: str, now: datetime) -> None:
        """Two small items: for the shopper and for the merchant."""
        self._link(key(f"lookup#{digest}", "order"), order_id, now)
        self._link(key(f"named#{_name(order_number)}", f"order#{order_id}"), order_id, now)

    def link_shop(self, order_id: str, shop: str, now: datetime) -> None:
        """One small item."""
        self._link(key(f"shop#{shop}", f"order#{order_id}"), order_id, now)

    def unlink_lookup(self, digest: str) -> None:
        """One delete."""
        with translated("removal of a link"):
            self._client.delete_item(TableName=self._table, Key=key(f"lookup#{digest}", "order"))

    def _link(self, where: Item, order_id: str, now: datetime) -> None:
        expires_at = now + self._retention + LINKS_OUTLIVE
        self._put({**where, "order_id": text(order_id), "expires_at": number(int(expires_at.timestamp()))})

    def by_number(self, tracking_number: str) -> list[str]:
        """Orders this number was ever packed for."""
        return [item["order_id"]["S"] for item in self._query(f"number#{tracking_number}", "order#")]

    def by_lookup(self, digest: str) -> str | None:
        """One GetItem."""
        with translated("look-up of an order"):
            found = self._client.get_item(TableName=self._table, Key=key(f"lookup#{digest}", "order"))
        return found["Item"]["order_id"]["S"] if "Item" in found else None

    def by_name(self, order_number: str) -> list[str]:
        """Orders with this number, for the merchant's own tools."""
        return [item["order_id"]["S"] for item in self._query(f"named#{_name(order_number)}")]

    def park(self, update: TrackingUpdate, now: datetime) -> None:
        """One item, found under its number, gone after 35 days."""
        said = update.model_dump_json()
        digest = hashlib.blake2b(said.encode(), digest_size=9).hexdigest()
        parked = {
            **key(f"number#{update.tracking_number}", f"parked#{digest}"),
            "update": packed(said),
            "expires_at": number(int((now + PARKED_FOR).timestamp())),
        }
        self._put(parked)

    def parked(self, tracking_number: str) -> list[TrackingUpdate]:
        """What waits under this number."""
        items = self._query(f"number#{tracking_number}", "parked#")
        return [TrackingUpdate.model_validate_json(unpacked(item["update"])) for item in items]

    def unpark(self, tracking_number: str) -> None:
        """Delete what waited."""
        for item in list(self._query(f"number#{tracking_number}", "parked#")):
            with translated("removal of a parked update"):
                parked_key = {"collection": item["collection"], "item": item["item"]}
                self._client.delete_item(TableName=self._table, Key=parked_key)

    def _put(self, item: Item) -> None:
        with translated("write of a link"):
            self._client.put_item(TableName=self._table, Item=item)

    def _query(self, collection: str, prefix: str = "") -> Iterator[ReadItem]:
        query: QueryInputPaginateTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": "#collection = :collection",
            "ExpressionAttributeNames": {"#collection": "collection"},
            "ExpressionAttributeValues": {":collection": text(collection)},
            "ConsistentRead": True,
        }
        if prefix:
            query["KeyConditionExpression"] = "#collection = :collection AND begins_with(#item, :prefix)"
            query["ExpressionAttributeNames"] = {"#collection": "collection", "#item": "item"}
            query["ExpressionAttributeValues"] = {":collection": text(collection), ":prefix": text(prefix)}
        with translated("read of an order"):
            for page in self._client.get_paginator("query").paginate(**query):
                yield from page["Items"]

    def _writes(self, change: Change) -> Iterator["TransactWriteItemTypeDef"]:
        yield self._facts_write(change)
        expires_at = number(int((change.now + self._retention).timestamp()))
        for decision in change.decisions:
            yield self._decision_write(change, decision, expires_at)
        if change.set_timer:
            yield self._timer_write(change)
        for watch in change.watch:
            yield {"Put": {"TableName": self._table, "Item": watch_item(watch)}}
        for tracking_number in change.unwatch:
            where = order_key(change.order_id, POLL + tracking_number)
            yield {"Delete": {"TableName": self._table, "Key": where}}

    def _facts_write(self, change: Change) -> "TransactWriteItemTypeDef":
        where = order_key(change.order_id, FACTS)
        if change.facts is None:
            check: ConditionCheckTypeDef = {
                "TableName": self._table,
                "Key": where,
                "ConditionExpression": "version = :read",
                "ExpressionAttributeValues": {":read": number(change.read_version)},
            }
            return {"ConditionCheck": check}
        item = {
            **where,
            "version": number(change.read_version + 1),
            "facts": packed(change.facts.model_dump_json(exclude_defaults=True)),
            "expires_at": number(int((change.now + self._retention).timestamp())),
        }
        put: PutTypeDef = {"TableName": self._table, "Item": item, "ConditionExpression": "attribute_not_exists(facts)"}
        if change.read_version:
            put["ConditionExpression"] = "version = :read"
            put["ExpressionAttributeValues"] = {":read": number(change.read_version)}
        return {"Put": put}

    def _decision_write(self, change: Change, decision: Decision, expires_at: Attribute) -> "TransactWriteItemTypeDef":
        item: Item = {
            **order_key(change.order_id, DECISION + decision.decision_id),
            "decision": decision_packed(decision),
            "outcome": text(decision.outcome.value),
            "expires_at": expires_at,
        }
        if decision.outcome is Outcome.SEND:
            item |= due(shard_of("messages", change.order_id), change.now + SWEEP_AFTER)
            item |= {"message": text(Message().model_dump_json()), "state": text("pending"), "seen": {"M": {}}}
            item["attempts"] = number(0)
        put: PutTypeDef = {
            "TableName": self._table,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(decision) OR outcome = :delay",
            "ExpressionAttributeValues": {":delay": text(Outcome.DELAY.value)},
        }
        return {"Put": put}

    def _timer_write(self, change: Change) -> "TransactWriteItemTypeDef":
        where = order_key(change.order_id, TIMER)
        if change.look_again_at is None:
            return {"Delete": {"TableName": self._table, "Key": where}}
        item = {**where, **due(shard_of("ticks", change.order_id), change.look_again_at)}
        return {"Put": {"TableName": self._table, "Item": item}}


def _name(order_number: str) -> str:
    return order_number.strip().lstrip("#").casefold()
