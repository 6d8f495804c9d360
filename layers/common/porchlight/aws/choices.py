"""What people chose: one item a person in the customers table, never expiring and never shortened by others."""

from typing import TYPE_CHECKING

from porchlight.aws.failures import translated
from porchlight.aws.items import Item, ReadItem, number, packed, text, unpacked
from porchlight.domain.choices import UNDECIDED, Choices

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import PutItemInputTypeDef

CHOICES = "choices"


class DynamoChoices:
    """The `KeptChoices` port."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def choices(self, person: str) -> Choices:
        """One GetItem, strongly consistent."""
        with translated("read of choices"):
            found = self._client.get_item(TableName=self._table, Key=_key(person), ConsistentRead=True)
        return read_choices(found.get("Item"))

    def keep_choices(self, person: str, choices: Choices) -> None:
        """One put over the version that was read."""
        put: PutItemInputTypeDef = {
            "TableName": self._table,
            "Item": {
                **_key(person),
                "version": number(choices.version),
                "choices": packed(choices.model_dump_json(exclude_defaults=True)),
            },
            "ConditionExpression": "attribute_not_exists(customer)",
        }
        if choices.version > 1:
            put["ConditionExpression"] = "version = :read"
            put["ExpressionAttributeValues"] = {":read": number(choices.version - 1)}
        with translated("note of choices"):
            self._client.put_item(**put)


def read_choices(item: ReadItem | None) -> Choices:
    """The stored item; `UNDECIDED` without one."""
    return Choices.model_validate_json(unpacked(item["choices"])) if item else UNDECIDED


def _key(person: str) -> Item:
    return {"customer": text(person), "item": text(CHOICES)}
