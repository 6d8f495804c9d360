"""The mapping desk in the orders table: one small item a code, found together under `unmapped`."""

from datetime import timedelta
from typing import TYPE_CHECKING

from porchlight.aws.failures import translated
from porchlight.aws.items import ReadItem, key, moment, number, text
from porchlight.domain.mappings import UnmappedCode
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import from_text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

COLLECTION = "unmapped"
KEPT_FOR = timedelta(days=90)
"""After the last time it was met."""


class DynamoDesk:
    """The `Desk` port."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def note(self, unmapped: UnmappedCode) -> None:
        """One update: the count grows, the example is the latest."""
        expires_at = unmapped.last_seen + KEPT_FOR
        with translated("note of an unmapped code"):
            self._client.update_item(
                TableName=self._table,
                Key=key(COLLECTION, f"{unmapped.source}#{unmapped.name}"),
                UpdateExpression=(
                    "SET #source = :source, #code = :code, #text = :text, last_seen = :last, order_id = :order,"
                    " guess = :guess, guessed_reason = :reason, confidence = :sure, expires_at = :expires,"
                    " first_seen = if_not_exists(first_seen, :first) ADD seen :count"
                ),
                ExpressionAttributeNames={"#source": "source", "#code": "code", "#text": "text"},
                ExpressionAttributeValues={
                    ":source": text(unmapped.source),
                    ":code": text(unmapped.code),
                    ":text": text(unmapped.text),
                    ":last": moment(unmapped.last_seen),
                    ":first": moment(unmapped.first_seen),
                    ":order": text(unmapped.order_id),
                    ":guess": text(unmapped.guess.value),
                    ":reason": text(unmapped.guessed_reason.value),
                    ":sure": number(unmapped.confidence),
                    ":count": number(unmapped.count),
                    ":expires": number(int(expires_at.timestamp())),
                },
            )

    def unmapped(self) -> list[UnmappedCode]:
        """Everything on the desk, the most frequent first."""
        with translated("read of the mapping desk"):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                KeyConditionExpression="#collection = :collection",
                ExpressionAttributeNames={"#collection": "collection"},
                ExpressionAttributeValues={":collection": text(COLLECTION)},
            )
            found = [_unmapped(item) for page in pages for item in page["Items"]]
        return sorted(found, key=lambda one: (-one.count, one.source, one.name))


def _unmapped(item: ReadItem) -> UnmappedCode:
    return UnmappedCode(
        source=item["source"]["S"],
        code=item["code"]["S"],
        text=item["text"]["S"],
        count=int(item["seen"]["N"]),
        first_seen=from_text(item["first_seen"]["S"]),
        last_seen=from_text(item["last_seen"]["S"]),
        order_id=item["order_id"]["S"],
        guess=Status(item["guess"]["S"]),
        guessed_reason=SubStatus(item["guessed_reason"]["S"]),
        confidence=float(item["confidence"]["N"]),
    )
