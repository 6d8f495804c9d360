"""How the channels are, in the customers table: one item for a suspension, day rows for what a provider judges by.

| customer            | item                  | what |
|---------------------|-----------------------|------|
| `channel#<channel>` | `suspension`          | the last one, with its version |
|                     | `day#<date>#<shard>`  | messages that left that day, came back, were called spam; 16 days |
|                     | `counted#<harm>#<id>` | this message was counted among them; as long |

They name nobody. A day is cut into shards, so that no single row is written by every message.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from porchlight.aws.counts import DynamoCounts
from porchlight.aws.failures import translated
from porchlight.aws.items import Item, ReadItem, number, text
from porchlight.aws.versions import put_over
from porchlight.domain.channel_health import DAYS, ChannelHealth, Harm, Judged, Suspension
from porchlight.domain.errors import ConflictError
from porchlight.domain.groups import SHARDS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CHANNEL, DAY, SUSPENSION_ITEM, COUNTED = "channel#", "day#", "suspension", "counted#"
"""`counted#` sorts before the days, so that no reading of them goes through it."""
KNOWN_FOR = timedelta(minutes=1)
COUNTS_KEPT_FOR = timedelta(days=DAYS + 2)
SUSPENSION_KEPT_FOR = timedelta(days=400)
"""From its last change: the command line tells of it until then."""


class DynamoChannels(DynamoCounts):
    """`ChannelHealths`, the part of the `Customers` port that is about channels."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        super().__init__(client, table)
        self._suspensions: dict[str, tuple[datetime, Suspension | None]] = {}
        self._healths: dict[str, tuple[datetime, ChannelHealth]] = {}

    def suspension(self, channel: str, now: datetime) -> Suspension | None:
        """One consistent Query of one item, a minute and process while nothing is suspended."""
        read_at, known = self._suspensions.get(channel, (None, None))
        if read_at is None or now - read_at >= KNOWN_FOR:
            known = self._stored_suspension(channel)
            if known is None or known.over_since:
                self._suspensions[channel] = (now, known)
        return known

    def _stored_suspension(self, channel: str) -> Suspension | None:
        with translated("read of a suspension"):
            page = self._client.query(
                TableName=self._table,
                KeyConditionExpression="customer = :channel AND #item = :suspension",
                ExpressionAttributeNames={"#item": "item"},
                ExpressionAttributeValues={":channel": text(CHANNEL + channel), ":suspension": text(SUSPENSION_ITEM)},
                ConsistentRead=True,
            )
        return _suspension(page["Items"][0]) if page["Items"] else None

    def keep_suspension(self, channel: str, suspension: Suspension) -> None:
        """One put over the version that was read; what was remembered is forgotten, whoever has won."""
        self._suspensions.pop(channel, None)
        self._healths.pop(channel, None)
        item: Item = {
            "customer": text(CHANNEL + channel),
            "item": text(SUSPENSION_ITEM),
            "suspension": text(suspension.model_dump_json()),
            "expires_at": number(int((suspension.ask_at + SUSPENSION_KEPT_FOR).timestamp())),
        }
        put_over(self._client, self._table, item, suspension.version, "note of a suspension")

    def health(self, channel: str, now: datetime) -> ChannelHealth:
        """One Query a minute and process."""
        read_at, health = self._healths.get(channel, (None, ChannelHealth()))
        if read_at is None or now - read_at >= KNOWN_FOR:
            health = self._stored_health(channel, now)
            self._healths[channel] = (now, health)
        return health

    def _stored_health(self, channel: str, now: datetime) -> ChannelHealth:
        sums, suspension = dict.fromkeys(Judged._fields, 0), None
        for row in self._rows(CHANNEL + channel, f"{DAY}{_day(now - timedelta(days=DAYS))}"):
            if row["item"]["S"] == SUSPENSION_ITEM:
                suspension = _suspension(row)
            else:
                sums = {name: count + int(row[name]["N"] if name in row else 0) for name, count in sums.items()}
        return ChannelHealth(suspension, Judged(**sums))

    def count_sent(self, channel: str, message_id: str, at: datetime) -> None:
        """One update."""
        self._add(_day_row(channel, message_id, at), {"sent": 1}, at + COUNTS_KEPT_FOR)

    def count_against(self, channel: str, harm: Harm, provider_id: str, at: datetime) -> None:
        """One transaction of a mark and a count: rare, and counted exactly once."""
        expires_at = number(int((at + COUNTS_KEPT_FOR).timestamp()))
        mark: Item = {
            "customer": text(CHANNEL + channel),
            "item": text(f"{COUNTED}{harm.value}#{provider_id}"),
            "expires_at": expires_at,
        }
        try:
            with translated("count of a bounce or complaint"):
                self._client.transact_write_items(
                    TransactItems=[
                        {
                            "Put": {
                                "TableName": self._table,
                                "Item": mark,
                                "ConditionExpression": "attribute_not_exists(customer)",
                            }
                        },
                        {
                            "Update": {
                                "TableName": self._table,
                                "Key": _day_row(channel, provider_id, at),
                                "UpdateExpression": f"SET expires_at = :expires_at ADD {harm.value} :one",
                                "ExpressionAttributeValues": {":expires_at": expires_at, ":one": number(1)},
                            }
                        },
                    ]
                )
        except ConflictError as error:
            if "ConditionalCheckFailed" not in _reasons(error):
                raise


def _day(at: datetime) -> str:
    return str(at.astimezone(UTC).date())


def _day_row(channel: str, name: str, at: datetime) -> Item:
    shard = sum(name.encode()) % SHARDS
    return {"customer": text(CHANNEL + channel), "item": text(f"{DAY}{_day(at)}#{shard}")}


def _suspension(item: ReadItem) -> Suspension:
    return Suspension.model_validate_json(item["suspension"]["S"])


def _reasons(error: ConflictError) -> set[str]:
    """Why the transaction was cancelled: a count that two wrote at once is made again, one that was made is not."""
    found = getattr(error.__cause__, "response", {}).get("CancellationReasons", [])
    return {reason.get("Code", "") for reason in found}
