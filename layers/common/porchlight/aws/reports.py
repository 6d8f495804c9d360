"""What a report needs that nothing else does: the one place that scans a table, and no function may import it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from porchlight.aws.choices import CHOICES, read_choices
from porchlight.aws.customers import ORDER
from porchlight.aws.failures import translated
from porchlight.aws.items import ReadItem, text
from porchlight.domain.reorders import PlacedOrder
from porchlight.domain.survey import Answer
from porchlight.domain.times import from_text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def all_orders(client: "DynamoDBClient", customers_table: str) -> Iterator[PlacedOrder]:
    """Every order of every shopper: a Scan of the whole customers table, for a report that a person asks for."""
    for item in _scanned(client, customers_table, "begins_with(#item, :wanted)", ORDER, "customer, #item, placed_at"):
        placed_at = from_text(item["placed_at"]["S"])
        yield PlacedOrder(item["customer"]["S"], item["item"]["S"].removeprefix(ORDER), placed_at)


def all_answers(client: "DynamoDBClient", customers_table: str) -> Iterator[Answer]:
    """What every shopper answered about each of their orders: a Scan of the same table."""
    for item in _scanned(client, customers_table, "#item = :wanted", CHOICES, "choices"):
        yield from read_choices(item).answers


def _scanned(client: "DynamoDBClient", table: str, condition: str, wanted: str, names: str) -> Iterator[ReadItem]:
    with translated("scan of the customers table"):
        pages = client.get_paginator("scan").paginate(
            TableName=table,
            FilterExpression=condition,
            ProjectionExpression=names,
            ExpressionAttributeNames={"#item": "item"},
            ExpressionAttributeValues={":wanted": text(wanted)},
        )
        yield from (one for page in pages for one in page["Items"])
