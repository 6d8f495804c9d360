"""What we know about an address, by its digest: whether it may still be written to."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from porchlight.aws.choices import CHOICES, DynamoChoices, read_choices
from porchlight.aws.failures import translated
from porchlight.aws.items import Item, ReadItem, moment, number, packed, text, unpacked
from porchlight.domain.shopper import REMEMBERED, History, Shopper
from porchlight.domain.times import to_text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import PutItemInputTypeDef

SUPPRESSION = "suppression"
SOFT_BOUNCE = "soft_bounce#"
HISTORY = "history"
MAIL = "email"
SOFT_BOUNCES_COUNT_FOR = timedelta(days=30)


class DynamoCustomers:
    """The `Customers` port."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def suppressed(self, person: str, now: datetime) -> str | None:
        """One GetItem; an entry whose time has passed counts as gone even before TTL removes it."""
        with translated("read of a suppression"):
            found = self._client.get_item(TableName=self._table, Key=_key(person, SUPPRESSION))
        item = found.get("Item")
        return _standing_reason(item, now) if item else None

    def suppress(self, person: str, reason: str, *, until: datetime | None) -> None:
        """One put; a suppression for good is never shortened."""
        item: Item = {**_key(person, SUPPRESSION), "reason": text(reason)}
        if until:
            item |= {"until": moment(until), "expires_at": number(int(until.timestamp()))}
        names = {"#until": "until"}
        condition = "attribute_not_exists(customer) OR attribute_exists(#until)"
        with translated("write of a suppression"):
            try:
                if until:
                    self._client.put_item(
                        TableName=self._table,
                        Item=item,
                        ConditionExpression=condition,
                        ExpressionAttributeNames=names,
                    )
                else:
                    self._client.put_item(TableName=self._table, Item=item)
            except self._client.exceptions.ConditionalCheckFailedException:
                return

    def shopper(self, person: str, now: datetime) -> Shopper:
        """One Query over everything under the address."""
        with translated("read of a shopper"):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                KeyConditionExpression="customer = :person",
                ExpressionAttributeValues={":person": text(person)},
                ConsistentRead=True,
            )
            items = {item["item"]["S"]: item for page in pages for item in page["Items"]}
        history = History.model_validate_json(unpacked(items[HISTORY]["sent"])) if HISTORY in items else History()
        reason = _standing_reason(items[SUPPRESSION], now) if SUPPRESSION in items else None
        known = Shopper(history=history.as_of(now), suppressed={MAIL: reason} if reason else {})
        return read_choices(items.get(CHOICES)).known_of(known)

    def keep_history(self, person: str, history: History) -> None:
        """One put over the version that was read."""
        latest = max((one.at for one in history.sent), default=None)
        put: PutItemInputTypeDef = {
            "TableName": self._table,
            "Item": {
                **_key(person, HISTORY),
                "version": number(history.version),
                "sent": packed(history.model_dump_json(exclude_defaults=True)),
                "expires_at": number(int((latest + REMEMBERED).timestamp())) if latest else number(0),
            },
            "ConditionExpression": "attribute_not_exists(customer)",
        }
        if history.version > 1:
            put["ConditionExpression"] = "version = :read"
            put["ExpressionAttributeValues"] = {":read": number(history.version - 1)}
        with translated("note of a message"):
            self._client.put_item(**put)

    def count_soft_bounce(self, person: str, event_id: str, now: datetime) -> int:
        """One put by the event's own id, so that a repeat counts once, and one count."""
        expires_at = now + SOFT_BOUNCES_COUNT_FOR
        item: Item = {**_key(person, SOFT_BOUNCE + event_id), "expires_at": number(int(expires_at.timestamp()))}
        with translated("note of a soft bounce"):
            self._client.put_item(TableName=self._table, Item=item)
            page = self._client.query(
                TableName=self._table,
                KeyConditionExpression="customer = :person AND begins_with(#item, :prefix)",
                FilterExpression="expires_at > :now",
                ExpressionAttributeNames={"#item": "item"},
                ExpressionAttributeValues={
                    ":person": text(person),
                    ":prefix": text(SOFT_BOUNCE),
                    ":now": number(int(now.timestamp())),
                },
                Select="COUNT",
                ConsistentRead=True,
            )
        return page["Count"]

    def forget(self, person: str) -> None:
        """One Query for the bounces, one delete each, and one for the history; of the choices the refusals stay."""
        with translated("erasure of an address"):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                KeyConditionExpression="customer = :person AND begins_with(#item, :prefix)",
                ExpressionAttributeNames={"#item": "item"},
                ExpressionAttributeValues={":person": text(person), ":prefix": text(SOFT_BOUNCE)},
            )
            for item in (one for page in pages for one in page["Items"]):
                self._client.delete_item(TableName=self._table, Key=_key(person, item["item"]["S"]))
            self._client.delete_item(TableName=self._table, Key=_key(person, HISTORY))
        kept = DynamoChoices(self._client, self._table)
        before = kept.choices(person)
        if before.refusals() != before:
            kept.keep_choices(person, before.refusals())


def _standing_reason(item: ReadItem, now: datetime) -> str | None:
    over = "until" in item and item["until"]["S"] <= to_text(now)
    return None if over else item["reason"]["S"]


def _key(person: str, item: str) -> Item:
    return {"customer": text(person), "item": text(item)}
