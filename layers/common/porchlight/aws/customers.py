"""What we know about an address, by its digest: whether it may still be written to."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from porchlight.aws.failures import translated
from porchlight.aws.items import Item, moment, number, text
from porchlight.domain.times import to_text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SUPPRESSION = "suppression"
SOFT_BOUNCE = "soft_bounce#"
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
        if item is None or ("until" in item and item["until"]["S"] <= to_text(now)):
            return None
        return item["reason"]["S"]

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
        """One Query for the bounces, one delete each."""
        with translated("erasure of an address"):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                KeyConditionExpression="customer = :person AND begins_with(#item, :prefix)",
                ExpressionAttributeNames={"#item": "item"},
                ExpressionAttributeValues={":person": text(person), ":prefix": text(SOFT_BOUNCE)},
            )
            for item in (one for page in pages for one in page["Items"]):
                self._client.delete_item(TableName=self._table, Key=_key(person, item["item"]["S"]))


def _key(person: str, item: str) -> Item:
    return {"customer": text(person), "item": text(item)}
