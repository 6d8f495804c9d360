"""Items written only over the version that was read: of two who add to one, the later is told."""

from typing import TYPE_CHECKING

from porchlight.aws.failures import translated
from porchlight.aws.items import Item, number

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import PutItemInputTypeDef


def put_over(client: "DynamoDBClient", table: str, item: Item, version: int, what: str) -> None:
    """One put of `item` as this version, where the one before it lies; 1 is the first, and nothing lies there.

    Args:
        client: Of DynamoDB.
        table: Its name.
        item: With its key; `version` is added.
        version: One more than was read.
        what: The write in words, for the error's text.

    Raises:
        ConflictError: Another version lies there.
    """
    put: PutItemInputTypeDef = {
        "TableName": table,
        "Item": item | {"version": number(version)},
        "ConditionExpression": "attribute_not_exists(version)",
    }
    if version > 1:
        put["ConditionExpression"] = "version = :read"
        put["ExpressionAttributeValues"] = {":read": number(version - 1)}
    with translated(what):
        client.put_item(**put)
