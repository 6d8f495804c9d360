"""Requests about personal data in the orders table, and the walk over a shop's orders that erasing a shop needs."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from porchlight.aws.failures import translated
from porchlight.aws.items import Item, key, moment, number, text
from porchlight.domain.errors import ConflictError
from porchlight.domain.privacy import PrivacyRecord

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

COLLECTION = "privacy"
CLOSED = "closed"
"""Before every `order#…` of the same list, so a walk never meets it."""
KEPT_FOR = timedelta(days=3 * 365)
"""From when it was asked: as long as somebody may want to see that it was answered."""


class DynamoPrivacy:
    """The `PrivacyRequests` port."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def keep(self, record: PrivacyRecord) -> None:
        """One put where none is."""
        try:
            with translated("write of a privacy request"):
                self._client.put_item(
                    TableName=self._table,
                    Item=_item(record),
                    ConditionExpression="attribute_not_exists(petition)",
                )
        except ConflictError:
            return

    def note(self, record: PrivacyRecord) -> None:
        """One put."""
        with translated("write of a privacy request"):
            self._client.put_item(TableName=self._table, Item=_item(record))

    def get(self, privacy_id: str) -> PrivacyRecord | None:
        """One GetItem, strongly consistent."""
        with translated("read of a privacy request"):
            where = key(COLLECTION, privacy_id)
            found = self._client.get_item(TableName=self._table, Key=where, ConsistentRead=True)
        return PrivacyRecord.model_validate_json(found["Item"]["petition"]["S"]) if "Item" in found else None

    def requests(self) -> list[PrivacyRecord]:
        """One Query."""
        with translated("read of the privacy requests"):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                KeyConditionExpression="#collection = :collection",
                ExpressionAttributeNames={"#collection": "collection"},
                ExpressionAttributeValues={":collection": text(COLLECTION)},
                ConsistentRead=True,
            )
            found = [PrivacyRecord.model_validate_json(item["petition"]["S"]) for one in pages for item in one["Items"]]
        return sorted(found, key=lambda record: (record.asked_at, record.privacy_id))

    def close_shop(self, shop: str, now: datetime) -> None:
        """One put beside the list of the shop's orders; for good."""
        with translated("closing of a shop"):
            item = {**key(f"shop#{shop}", CLOSED), "closed_at": moment(now)}
            self._client.put_item(TableName=self._table, Item=item)

    def is_closed(self, shop: str) -> bool:
        """One GetItem, half a read unit: a second's delay harms nobody."""
        with translated("look whether a shop is closed"):
            return "Item" in self._client.get_item(TableName=self._table, Key=key(f"shop#{shop}", CLOSED))

    def of_shop(self, shop: str, *, after: str, limit: int) -> list[str]:
        """One Query of `limit` items."""
        with translated("walk over a shop's orders"):
            page = self._client.query(
                TableName=self._table,
                KeyConditionExpression="#collection = :shop AND #item > :after",
                ExpressionAttributeNames={"#collection": "collection", "#item": "item"},
                ExpressionAttributeValues={":shop": text(f"shop#{shop}"), ":after": text(f"order#{after}")},
                ConsistentRead=True,
                Limit=limit,
            )
        return [item["order_id"]["S"] for item in page["Items"]]


def _item(record: PrivacyRecord) -> Item:
    return {
        **key(COLLECTION, record.privacy_id),
        "petition": text(record.model_dump_json(exclude_defaults=True)),
        "expires_at": number(int((record.asked_at + KEPT_FOR).timestamp())),
    }
