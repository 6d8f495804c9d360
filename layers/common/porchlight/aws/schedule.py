"""The due index: polls, timers and unsent messages by shard and time, and how far each shard was released."""

from datetime import datetime
from typing import TYPE_CHECKING

from porchlight.aws.failures import translated
from porchlight.aws.items import DECISION, POLL, Item, ReadItem, key, moment, order_key, text
from porchlight.aws.rows import watch_item, watch_of
from porchlight.domain.errors import ConflictError
from porchlight.domain.records import Cursor, DueEntry, Watch
from porchlight.domain.times import from_text, to_text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef

INDEX = "due"


class DynamoSchedule:
    """The `Schedule` and `Watches` ports."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def watch(self, order_id: str, tracking_number: str) -> Watch | None:
        """One GetItem, strongly consistent: a job that was already done must not be done again."""
        where = order_key(order_id, POLL + tracking_number)
        with translated("read of a watch"):
            found = self._client.get_item(TableName=self._table, Key=where, ConsistentRead=True)
        return watch_of(found["Item"]) if "Item" in found else None

    def reschedule(self, watch: Watch, *, expected_due_at: datetime) -> None:
        """One put on condition that nobody moved it since it was read."""
        try:
            with translated("write of a watch"):
                self._client.put_item(
                    TableName=self._table,
                    Item=watch_item(watch),
                    ConditionExpression="due_at = :expected",
                    ExpressionAttributeValues={":expected": moment(expected_due_at)},
                )
        except ConflictError:
            return

    def unwatch(self, watch: Watch) -> None:
        """One delete."""
        where = order_key(watch.order_id, POLL + watch.tracking_number)
        with translated("removal of a watch"):
            self._client.delete_item(TableName=self._table, Key=where)

    def take_shard(self, shard: str, now: datetime, until: datetime) -> Cursor | None:
        """One conditional update on the shard's cursor."""
        try:
            with translated("lease of a shard"):
                taken = self._client.update_item(
                    TableName=self._table,
                    Key=key(f"cursor#{shard}", "cursor"),
                    UpdateExpression="SET leased_until = :until",
                    ConditionExpression="attribute_not_exists(leased_until) OR leased_until <= :now",
                    ExpressionAttributeValues={":until": moment(until), ":now": moment(now)},
                    ReturnValues="ALL_NEW",
                )
        except ConflictError:
            return None
        item = taken["Attributes"]
        rescanned_at = item["rescanned_at"]["S"] if "rescanned_at" in item else ""
        position = item["position"]["S"] if "position" in item else ""
        return Cursor(shard=shard, position=position, rescanned_at=from_text(rescanned_at) if rescanned_at else None)

    def give_back(self, cursor: Cursor) -> None:
        """Store the position; the lease ends with it."""
        rescanned_at = to_text(cursor.rescanned_at) if cursor.rescanned_at else ""
        with translated("return of a shard"):
            self._client.update_item(
                TableName=self._table,
                Key=key(f"cursor#{cursor.shard}", "cursor"),
                UpdateExpression="SET #position = :position, rescanned_at = :rescanned_at REMOVE leased_until",
                ExpressionAttributeNames={"#position": "position"},
                ExpressionAttributeValues={":position": text(cursor.position), ":rescanned_at": text(rescanned_at)},
            )

    def due(self, shard: str, *, after: str, until: datetime, limit: int) -> list[DueEntry]:
        """One Query of the index, oldest first."""
        query: QueryInputTypeDef = {
            "TableName": self._table,
            "IndexName": INDEX,
            "KeyConditionExpression": "due_shard = :shard AND due_at <= :until",
            "ExpressionAttributeValues": {":shard": text(shard), ":until": moment(until)},
            "Limit": limit,
        }
        if after:
            query["ExclusiveStartKey"] = _start(shard, after)
        with translated("read of the due index"):
            page = self._client.query(**query)
        return [_entry(item) for item in page["Items"]]


def _start(shard: str, after: str) -> Item:
    due_at, collection, item = after.split("|", 2)
    return {**key(collection, item), "due_shard": text(shard), "due_at": text(due_at)}


def _entry(item: ReadItem) -> DueEntry:
    collection, name, due_at = item["collection"]["S"], item["item"]["S"], item["due_at"]["S"]
    kind = {POLL: "poll", DECISION: "message"}.get(name[: name.find("#") + 1], "tick")
    return DueEntry.model_validate(
        {
            "kind": kind,
            "order_id": collection.partition("#")[2],
            "subject": name.partition("#")[2],
            "due_at": due_at,
            "position": f"{due_at}|{collection}|{name}",
        }
    )
