"""What we know about an address, by its digest: whether it may still be written to."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from porchlight.aws.channels import DynamoChannels
from porchlight.aws.choices import CHOICES, DynamoChoices, read_choices
from porchlight.aws.failures import translated
from porchlight.aws.items import Item, ReadItem, moment, number, packed, text, unpacked
from porchlight.aws.versions import put_over
from porchlight.domain.deeds import NOTHING_DONE, Engagement
from porchlight.domain.shopper import REMEMBERED, History, Shopper, with_engagement
from porchlight.domain.supply import Purchase
from porchlight.domain.times import to_text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef

SUPPRESSION = "suppression"
SOFT_BOUNCE = "soft_bounce#"
HISTORY = "history"
ENGAGEMENT = "engagement"
ORDER = "their_order#"
"""Behind every other item of an address: the till's own address has thousands, and no read may go through them all."""
MOST_READ = 300
FORGOTTEN = (HISTORY, ENGAGEMENT, SOFT_BOUNCE, ORDER)
MAIL = "email"
SOFT_BOUNCES_COUNT_FOR = timedelta(days=30)
ENGAGEMENT_KEPT_FOR = timedelta(days=180)
"""From the last deed: a habit fades by half in 60 days, so an eighth of it is left."""
ORDERS_KEPT_FOR = timedelta(days=730)


class DynamoCustomers(DynamoChannels):
    """The `Customers` port."""

    def __init__(self, client: "DynamoDBClient", table: str, orders_kept_for: timedelta = ORDERS_KEPT_FOR) -> None:
        super().__init__(client, table)
        self._orders_kept_for = orders_kept_for

    def suppressed(self, person: str, now: datetime) -> str | None:
        """One GetItem; an entry whose time has passed counts as gone even before TTL removes it."""
        with translated("read of a suppression"):
            found = self._client.get_item(TableName=self._table, Key=_key(person, SUPPRESSION))
        item = found.get("Item")
        return _standing_reason(item, now) if item else None

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

    def shopper(self, person: str, now: datetime) -> Shopper:
        """One Query over everything under the address, whose orders are counted to some 300 and no further."""
        items = self._known_of(person)
        held = items.get(HISTORY)
        history = History.model_validate_json(unpacked(held["sent"])) if held else History()
        reason = _standing_reason(items[SUPPRESSION], now) if SUPPRESSION in items else None
        bought = tuple(_purchase(item) for name, item in items.items() if name.startswith(ORDER))
        known = Shopper(
            orders=len(bought), bought=bought, history=history.as_of(now), suppressed={MAIL: reason} if reason else {}
        )
        chosen = read_choices(items.get(CHOICES)).known_of(known)
        return with_engagement(chosen, _engagement(items.get(ENGAGEMENT)), now)

    def _known_of(self, person: str) -> dict[str, ReadItem]:
        query: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": "customer = :person",
            "ExpressionAttributeValues": {":person": text(person)},
            "ConsistentRead": True,
            "Limit": MOST_READ,
        }
        items: dict[str, ReadItem] = {}
        while True:
            with translated("read of a shopper"):
                page = self._client.query(**query)
            items |= {item["item"]["S"]: item for item in page["Items"]}
            last = page.get("LastEvaluatedKey")
            if not last or last["item"]["S"] >= ORDER:
                return items
            query["ExclusiveStartKey"] = last

    def engagement(self, person: str) -> Engagement:
        """One GetItem."""
        with translated("read of what a shopper did"):
            found = self._client.get_item(TableName=self._table, Key=_key(person, ENGAGEMENT))
        return _engagement(found.get("Item"))

    def keep_engagement(self, person: str, engagement: Engagement) -> None:
        """One put over the version that was read."""
        latest = max(one.at for one in engagement.deeds)
        item: Item = {
            **_key(person, ENGAGEMENT),
            "engagement": packed(engagement.model_dump_json(exclude_defaults=True)),
            "expires_at": number(int((latest + ENGAGEMENT_KEPT_FOR).timestamp())),
        }
        put_over(self._client, self._table, item, engagement.version, "note of what a shopper did")

    def note_order(self, person: str, purchase: Purchase, now: datetime) -> None:
        """One put, the same whenever it is made again."""
        expires_at = now + self._orders_kept_for
        item: Item = {
            **_key(person, ORDER + purchase.order_id),
            "placed_at": moment(purchase.at),
            "purchase": packed(purchase.model_dump_json(exclude_defaults=True)),
            "expires_at": number(int(expires_at.timestamp())),
        }
        with translated("note of a shopper's order"):
            self._client.put_item(TableName=self._table, Item=item)

    def keep_history(self, person: str, history: History) -> None:
        """One put over the version that was read."""
        latest = max((one.at for one in history.sent), default=None)
        item: Item = {
            **_key(person, HISTORY),
            "sent": packed(history.model_dump_json(exclude_defaults=True)),
            "expires_at": number(int((latest + REMEMBERED).timestamp())) if latest else number(0),
        }
        put_over(self._client, self._table, item, history.version, "note of a message")

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
        """One Query for what there is, and one delete each; of the choices the refusals stay."""
        with translated("erasure of an address"):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                KeyConditionExpression="customer = :person",
                ExpressionAttributeValues={":person": text(person)},
                ConsistentRead=True,
            )
            for item in (one["item"]["S"] for page in pages for one in page["Items"]):
                if item.startswith(FORGOTTEN):
                    self._client.delete_item(TableName=self._table, Key=_key(person, item))
        kept = DynamoChoices(self._client, self._table)
        before = kept.choices(person)
        if before.refusals() != before:
            kept.keep_choices(person, before.refusals())


def _purchase(item: ReadItem) -> Purchase:
    return Purchase.model_validate_json(unpacked(item["purchase"]))


def _engagement(item: ReadItem | None) -> Engagement:
    return Engagement.model_validate_json(unpacked(item["engagement"])) if item else NOTHING_DONE


def _standing_reason(item: ReadItem, now: datetime) -> str | None:
    over = "until" in item and item["until"]["S"] <= to_text(now)
    return None if over else item["reason"]["S"]


def _key(person: str, item: str) -> Item:
    return {"customer": text(person), "item": text(item)}
