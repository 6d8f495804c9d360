"""Lanes in the orders table: one small item a parcel under its lane, and one item a lane under `lanes`.

A lane is cut into shards by the parcel's digest, so that no carrier of a large shop is one hot partition. Digests are
spread evenly, so the first so many of each shard are a fair sample.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from porchlight.aws.failures import translated
from porchlight.aws.items import Item, ReadItem, key, moment, number, text
from porchlight.aws.versions import put_over
from porchlight.domain.lanes import Lane, LaneParcel
from porchlight.domain.storms import FORGOTTEN_AFTER, Weather
from porchlight.domain.times import from_text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

COLLECTION = "lanes"
SHARDS = 4
KEPT_FOR = timedelta(days=90)
"""After the last look."""


class DynamoLanes:
    """The `Lanes` port."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def keep(self, lane: Lane, parcel: LaneParcel) -> None:
        """One put of one write unit; no index holds it."""
        item: Item = {
            **_key(lane, parcel.digest),
            "order_id": text(parcel.order_id),
            "still_since": moment(parcel.still_since),
            "expires_at": number(int((parcel.still_since + FORGOTTEN_AFTER).timestamp())),
        }
        item |= {"reported": {"BOOL": True}} if parcel.reported else {}
        with translated("write of a lane's parcel"):
            self._client.put_item(TableName=self._table, Item=item)

    def drop(self, lane: Lane, digest: str) -> None:
        """One delete."""
        with translated("removal of a lane's parcel"):
            self._client.delete_item(TableName=self._table, Key=_key(lane, digest))

    def parcels(self, lane: Lane, most: int) -> list[LaneParcel]:
        """One Query a shard and page, each shard with its part of `most`; not consistent, at half the price."""
        return [_parcel(item) for shard in range(SHARDS) for item in self._shard(lane, shard, most // SHARDS)]

    def weather(self, lane: Lane) -> Weather | None:
        """One GetItem."""
        with translated("read of a lane's weather"):
            where = key(COLLECTION, lane.name)
            found = self._client.get_item(TableName=self._table, Key=where, ConsistentRead=True)
        return _weather(found["Item"]) if "Item" in found else None

    def keep_weather(self, weather: Weather) -> None:
        """One put over the version that was read."""
        item: Item = {
            **key(COLLECTION, weather.lane.name),
            "weather": text(weather.model_dump_json()),
            "expires_at": number(int((weather.looked_at + KEPT_FOR).timestamp())),
        }
        put_over(self._client, self._table, item, weather.version, "write of a lane's weather")

    def all_weather(self) -> list[Weather]:
        """Every lane that was looked at lately, for the merchant's own tools."""
        with translated("read of the lanes' weather"):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                KeyConditionExpression="#collection = :collection",
                ExpressionAttributeNames={"#collection": "collection"},
                ExpressionAttributeValues={":collection": text(COLLECTION)},
            )
            return [_weather(item) for page in pages for item in page["Items"]]

    def _shard(self, lane: Lane, shard: int, most: int) -> list[ReadItem]:
        with translated("read of a lane"):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                KeyConditionExpression="#collection = :collection",
                ExpressionAttributeNames={"#collection": "collection"},
                ExpressionAttributeValues={":collection": text(_shard_name(lane, shard))},
                PaginationConfig={"MaxItems": most},
            )
            return [item for page in pages for item in page["Items"]]


def _shard_name(lane: Lane, shard: int) -> str:
    return f"lane#{lane.name}#{shard}"


def _key(lane: Lane, digest: str) -> Item:
    return key(_shard_name(lane, int(digest[-2:], 16) % SHARDS), digest)


def _parcel(item: ReadItem) -> LaneParcel:
    return LaneParcel(
        digest=item["item"]["S"],
        order_id=item["order_id"]["S"],
        still_since=from_text(item["still_since"]["S"]),
        reported="reported" in item,
    )


def _weather(item: ReadItem) -> Weather:
    return Weather.model_validate_json(item["weather"]["S"])
