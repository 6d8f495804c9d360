"""Connections and their call budgets in the connections table.

A budget is a token bucket: it holds `calls`, refills evenly over `seconds`, and is spent by one conditional update, so
that no number of pollers exceeds it together.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from porchlight.aws.failures import translated
from porchlight.aws.items import Item, ReadItem, moment, number, text
from porchlight.domain.budgets import grant
from porchlight.domain.errors import ConflictError
from porchlight.domain.exchange import Budget, Kind
from porchlight.domain.records import Account, StoreProgress
from porchlight.domain.times import from_text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LIST_FOR = timedelta(minutes=1)
MAX_TRIES = 5
_SOMETIMES = frozenset({"paused_until", "eager"})
"""Attributes that a connection need not have."""


class DynamoAccounts:
    """The `Accounts` port. The list of connections is read once a minute and process."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def accounts(self, kind: Kind) -> list[Account]:
        """One Query."""
        with translated("read of the connections"):
            pages = self._client.get_paginator("query").paginate(
                TableName=self._table,
                KeyConditionExpression="kind = :kind",
                ExpressionAttributeValues={":kind": text(kind.value)},
            )
            return [_account(item) for page in pages for item in page["Items"]]

    def add(self, account: Account) -> None:
        """Store a connection, replacing one of the same name; how far a store was read stays."""
        fields = {name: value for name, value in _item(account).items() if name not in _key(account.kind, account.name)}
        gone = ", ".join(sorted(_SOMETIMES - fields.keys()))
        with translated("write of a connection"):
            self._client.update_item(
                TableName=self._table,
                Key=_key(account.kind, account.name),
                UpdateExpression="SET "
                + ", ".join(f"{name} = :{name}" for name in fields)
                + f" REMOVE {gone}" * bool(gone),
                ExpressionAttributeValues={f":{name}": value for name, value in fields.items()},
            )

    def spend(self, name: str, calls: int, now: datetime, kind: Kind = Kind.CARRIERS) -> datetime | None:
        """Read, compute, write on condition that nobody spent meanwhile."""
        for _ in range(MAX_TRIES):
            account = self._get(kind, name)
            if account is None:
                return now + LIST_FOR
            left, available_at = grant(account, calls, now)
            if available_at:
                return available_at
            try:
                self._store_budget(account, left, now)
            except ConflictError:
                continue
            return None
        return now + timedelta(seconds=1)

    def pause(self, name: str, until: datetime, kind: Kind = Kind.CARRIERS) -> None:
        """One update."""
        with translated("pause of a connection"):
            self._client.update_item(
                TableName=self._table,
                Key=_key(kind, name),
                UpdateExpression="SET paused_until = :until",
                ConditionExpression="attribute_exists(kind)",
                ExpressionAttributeValues={":until": moment(until)},
            )

    def progress(self, name: str) -> StoreProgress | None:
        """One GetItem, strongly consistent."""
        with translated("read of a store's progress"):
            found = self._client.get_item(TableName=self._table, Key=_key(Kind.STORES, name), ConsistentRead=True)
        item = found.get("Item", {})
        return StoreProgress.model_validate_json(item["progress"]["S"]) if "progress" in item else None

    def keep_progress(self, name: str, progress: StoreProgress) -> None:
        """One update on condition that the version is the one that was read."""
        known = "progress_version = :read" if progress.version else "attribute_not_exists(progress_version)"
        kept = progress.model_copy(update={"version": progress.version + 1})
        values: Item = {":progress": text(kept.model_dump_json()), ":kept": number(kept.version)}
        with translated("write of a store's progress"):
            self._client.update_item(
                TableName=self._table,
                Key=_key(Kind.STORES, name),
                UpdateExpression="SET progress = :progress, progress_version = :kept",
                ConditionExpression=f"attribute_exists(kind) AND {known}",
                ExpressionAttributeValues=values | ({":read": number(progress.version)} if progress.version else {}),
            )

    def _get(self, kind: Kind, name: str) -> Account | None:
        with translated("read of a connection"):
            found = self._client.get_item(TableName=self._table, Key=_key(kind, name), ConsistentRead=True)
        return _account(found["Item"]) if "Item" in found else None

    def _store_budget(self, account: Account, left: float, now: datetime) -> None:
        with translated("spending of a budget"):
            self._client.update_item(
                TableName=self._table,
                Key=_key(account.kind, account.name),
                UpdateExpression="SET calls_left = :left, counted_at = :now",
                ConditionExpression="calls_left = :read AND counted_at = :counted",
                ExpressionAttributeValues={
                    ":left": number(left),
                    ":now": moment(max(now, account.counted_at)),  # a slow clock must not refill what was spent
                    ":read": number(account.calls),
                    ":counted": moment(account.counted_at),
                },
            )


def _key(kind: Kind, name: str) -> Item:
    return {"kind": text(kind.value), "connection": text(name)}


def _item(account: Account) -> Item:
    item: Item = {
        **_key(account.kind, account.name),
        "polls": {"BOOL": account.polls},
        "budget_calls": number(account.budget.calls),
        "budget_seconds": number(account.budget.seconds),
        "calls_left": number(account.calls),
        "counted_at": moment(account.counted_at),
    }
    item |= {"eager": {"BOOL": True}} if account.eager else {}
    return item | ({"paused_until": moment(account.paused_until)} if account.paused_until else {})


def _account(item: ReadItem) -> Account:
    paused_until = item.get("paused_until")
    return Account(
        kind=Kind(item["kind"]["S"]),
        name=item["connection"]["S"],
        polls=item["polls"]["BOOL"],
        budget=Budget(calls=int(item["budget_calls"]["N"]), seconds=float(item["budget_seconds"]["N"])),
        calls=float(item["calls_left"]["N"]),
        counted_at=from_text(item["counted_at"]["S"]),
        paused_until=from_text(paused_until["S"]) if paused_until else None,
        eager="eager" in item,
        read_again_at=StoreProgress.model_validate_json(item["progress"]["S"]).next_at if "progress" in item else None,
    )
