"""What is counted of groups of shoppers and of variants: rows to which each deed is added, sums that are read rarely.

| customer               | item                  | what |
|------------------------|-----------------------|------|
| `group#<group>`        | `<Monday>#<shard>`    | what was read in each part of that week; half a year |
| `tally#<touchpoint>`   | `<variant>#<shard>`   | messages, successes and harms of a variant |

They name nobody. A shard is one person's for good, so that no single row is written by everybody at once. Each process
reads a sum anew when it has grown old; until then it answers from memory.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from porchlight.aws.failures import translated
from porchlight.aws.items import Attribute, Item, ReadItem, number, text
from porchlight.domain.effects import Tally
from porchlight.domain.engagement import PARTS, Habit
from porchlight.domain.groups import SHARDS, WEEKS, Counted, Week, habit_of, week_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

GROUP, TALLY = "group#", "tally#"
HABITS_LAST = timedelta(hours=1)
TALLIES_LAST = timedelta(minutes=5)
TALLIES_KEPT_FOR = timedelta(days=400)
"""From the last message: an experiment is over by then."""
_PARTS = tuple(f"part_{part}" for part in range(PARTS))
_TALLIED = ("sent", "successes", "harms")

type Counts = Mapping[str, Tally]


class DynamoCounts:
    """The part of the `Customers` port that is about nobody in particular."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._habits: dict[str, tuple[datetime, Habit]] = {}
        self._tallies: dict[str, tuple[datetime, Counts]] = {}

    def add_reading(self, groups: Sequence[str], counted: Counted) -> None:
        """One update a group."""
        monday = datetime.fromisoformat(counted.week).replace(tzinfo=UTC)
        expires_at = monday + timedelta(weeks=WEEKS + 1)
        for group in groups:
            row = {"customer": text(GROUP + group), "item": text(f"{counted.week}#{counted.shard}")}
            self._add(row, {_PARTS[counted.part]: counted.weight}, expires_at)

    def habits(self, groups: Sequence[str], now: datetime) -> tuple[Habit, ...]:
        """One Query a group and hour."""
        return tuple(self._habit(group, now) for group in groups)

    def _habit(self, group: str, now: datetime) -> Habit:
        read_at, habit = self._habits.get(group, (None, Habit()))
        if read_at is None or now - read_at >= HABITS_LAST:
            since = week_of(now - timedelta(weeks=WEEKS))
            rows = self._rows(GROUP + group, since)
            habit = habit_of(Week(row["item"]["S"].partition("#")[0], _numbers(row, _PARTS)) for row in rows)
            self._habits[group] = (now, habit)
        return habit

    def tally(self, touchpoint: str, variant: str, found: Tally, person: str, at: datetime) -> None:
        """One update."""
        shard = sum(person.encode()) % SHARDS
        row = {"customer": text(TALLY + touchpoint), "item": text(f"{variant}#{shard}")}
        values = {"sent": found.sent, "successes": found.successes, "harms": found.harms}
        self._add(row, {name: value for name, value in values.items() if value}, at + TALLIES_KEPT_FOR)

    def tallies(self, touchpoints: Collection[str], now: datetime) -> dict[str, Counts]:
        """One Query a touchpoint and five minutes."""
        return {touchpoint: self._tallied(touchpoint, now) for touchpoint in touchpoints}

    def _tallied(self, touchpoint: str, now: datetime) -> Counts:
        read_at, found = self._tallies.get(touchpoint, (None, {}))
        if read_at is None or now - read_at >= TALLIES_LAST:
            sums: dict[str, list[float]] = {}
            for row in self._rows(TALLY + touchpoint):
                variant = row["item"]["S"].partition("#")[0]
                before = sums.get(variant, [0.0] * len(_TALLIED))
                sums[variant] = [one + more for one, more in zip(before, _numbers(row, _TALLIED), strict=True)]
            found = {variant: Tally(sent=int(a), successes=int(b), harms=int(c)) for variant, (a, b, c) in sums.items()}
            self._tallies[touchpoint] = (now, found)
        return found

    def _add(self, row: Item, values: Mapping[str, float], expires_at: datetime) -> None:
        added: dict[str, Attribute] = {f":{name}": number(value) for name, value in values.items()}
        with translated("count of a deed"):
            self._client.update_item(
                TableName=self._table,
                Key=row,
                UpdateExpression="SET expires_at = :expires_at ADD " + ", ".join(f"{one} :{one}" for one in values),
                ExpressionAttributeValues={**added, ":expires_at": number(int(expires_at.timestamp()))},
            )

    def _rows(self, collection: str, since: str = " ") -> Iterator[ReadItem]:
        with translated("read of what was counted"):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                KeyConditionExpression="customer = :collection AND #item >= :since",
                ExpressionAttributeNames={"#item": "item"},
                ExpressionAttributeValues={":collection": text(collection), ":since": text(since)},
            )
            for page in pages:
                yield from page["Items"]


def _numbers(row: ReadItem, names: Sequence[str]) -> list[float]:
    return [float(row[name]["N"]) if name in row else 0.0 for name in names]
