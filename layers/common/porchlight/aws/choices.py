"""What people chose: one item a person in the customers table, never expiring and never shortened by others."""

from typing import TYPE_CHECKING

from porchlight.aws.failures import translated
from porchlight.aws.items import Item, ReadItem, packed, text, unpacked
from porchlight.aws.versions import put_over
from porchlight.domain.choices import UNDECIDED, Choices

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

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
        item: Item = {**_key(person), "choices": packed(choices.model_dump_json(exclude_defaults=True))}
        put_over(self._client, self._table, item, choices.version, "note of choices")


def read_choices(item: ReadItem | None) -> Choices:
    """The stored item; `UNDECIDED` without one."""
    return Choices.model_validate_json(unpacked(item["choices"])) if item else UNDECIDED


def _key(person: str) -> Item:
    return {"customer": text(person), "item": text(CHOICES)}
