"""Messages on their way: the send rows of the ledger, claimed, settled and confirmed under conditions."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from porchlight.aws.failures import translated
from porchlight.aws.items import DECISION, Item, ReadItem, due, moment, number, order_key, text
from porchlight.aws.rows import decision_packed, ledger_row
from porchlight.domain.errors import ConflictError
from porchlight.domain.ledger import FINAL_MESSAGE_STATES, PROOFS, Message, MessageState
from porchlight.domain.messages import Intent
from porchlight.domain.sections import Merge
from porchlight.domain.shards import shard_of
from porchlight.domain.times import to_text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef, UpdateTypeDef


class DynamoOutbox:
    """The `Outbox` port."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def claim(self, intent: Intent, message: Message, *, now: datetime, merges: Sequence[Merge] = ()) -> bool:
        """On condition that the row waits, or that an earlier claim has lapsed, and nobody tried since it was read.

        One update; with rows of other orders one transaction, on condition that these are as they were read.
        """
        condition = "attempts = :before AND (#state = :pending OR (#state = :claimed AND claimed_until <= :now))"
        values = {":pending": text("pending"), ":claimed": text("claimed"), ":now": moment(now)}
        values[":before"] = number(message.attempts - 1)
        claimed = self._update_of(intent, message, condition, values, keep_due=True)
        if not merges:
            return _went_through(lambda: self._client.update_item(**claimed))
        writes: list[TransactWriteItemTypeDef] = [{"Update": claimed}]
        writes += [{"Update": self._merge_of(one)} for one in merges]
        return _went_through(lambda: self._client.transact_write_items(TransactItems=writes))

    def settle(self, intent: Intent, message: Message, *, due_at: datetime | None = None) -> bool:
        """On condition that it is not final and nobody tried since: a sender that wakes up late changes nothing."""
        values = {":pending": text("pending"), ":claimed": text("claimed"), ":mine": number(message.attempts)}
        condition = "attempts = :mine AND #state IN (:pending, :claimed)"
        settled = self._update_of(intent, message, condition, values, due_at=due_at)
        return _went_through(lambda: self._client.update_item(**settled))

    def note_event(self, intent: Intent, event: str, at: datetime, provider_id: str) -> bool:
        """One update; a second only when the event settles a send in doubt."""
        try:
            with translated("note of a provider event"):
                noted = self._client.update_item(
                    TableName=self._table,
                    Key=order_key(intent.order_id, DECISION + intent.message_id),
                    UpdateExpression="SET seen.#event = if_not_exists(seen.#event, :at)",
                    ConditionExpression="attribute_exists(seen)",
                    ExpressionAttributeNames={"#event": event},
                    ExpressionAttributeValues={":at": moment(at)},
                    ReturnValues="ALL_NEW",
                )
        except ConflictError:
            return False
        return self._confirm_if_in_doubt(intent, noted["Attributes"], event, at, provider_id)

    def _confirm_if_in_doubt(self, intent: Intent, item: ReadItem, event: str, at: datetime, provider_id: str) -> bool:
        message = ledger_row(item).message
        if event not in PROOFS or message is None or message.state in FINAL_MESSAGE_STATES:
            return False
        sent = message.model_copy(update={"state": MessageState.SENT, "provider_id": provider_id, "sent_at": at})
        # Pending counts too: the first send was in doubt, a second was throttled, then the first one's event came.
        values = {":pending": text("pending"), ":claimed": text("claimed")}
        confirmed = self._update_of(intent, sent, "#state IN (:pending, :claimed)", values)
        return _went_through(lambda: self._client.update_item(**confirmed))

    def _update_of(  # noqa: PLR0913 one conditional update
        self,
        intent: Intent,
        message: Message,
        condition: str,
        values: Item,
        *,
        due_at: datetime | None = None,
        keep_due: bool = False,
    ) -> "UpdateTypeDef":
        changes = {"message": text(message.model_dump_json(exclude={"seen"})), "#state": text(message.state.value)}
        changes["attempts"] = number(message.attempts)
        changes["claimed_until"] = text(to_text(message.claimed_until) if message.claimed_until else "")
        changes |= due(shard_of("messages", intent.order_id), due_at) if due_at else {}
        placeholders = {f":new_{index}": value for index, value in enumerate(changes.values())}
        expression = "SET " + ", ".join(f"{name} = :new_{index}" for index, name in enumerate(changes))
        if not due_at and not keep_due:
            expression += " REMOVE due_shard, due_at"
        return {
            "TableName": self._table,
            "Key": order_key(intent.order_id, DECISION + intent.message_id),
            "UpdateExpression": expression,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": values | placeholders,
        }

    def _merge_of(self, one: Merge) -> "UpdateTypeDef":
        """A row that was to be sent has no message any more: whoever holds its intent finds nothing to do."""
        condition, names = "decision = :read", dict[str, str]()
        values = {":read": decision_packed(one.row.decision), ":merged": decision_packed(one.merged)}
        values[":outcome"] = text(one.merged.outcome.value)
        expression = "SET decision = :merged, outcome = :outcome"
        if one.row.message:
            condition += " AND #state = :pending AND attempts = :tried"
            values |= {":pending": text("pending"), ":tried": number(one.row.message.attempts)}
            names = {"#state": "state"}
            expression += " REMOVE message, #state, seen, attempts, claimed_until, due_shard, due_at"
        update: UpdateTypeDef = {
            "TableName": self._table,
            "Key": order_key(one.order_id, DECISION + one.merged.decision_id),
            "UpdateExpression": expression,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": values,
        }
        return update | {"ExpressionAttributeNames": names} if names else update


def _went_through(call: Callable[[], object]) -> bool:
    """False when its condition did not hold."""
    try:
        with translated("change of a message"):
            call()
    except ConflictError:
        return False
    return True
