"""Messages on their way: the send rows of the ledger, claimed, settled and confirmed under conditions."""

from datetime import datetime
from typing import TYPE_CHECKING

from porchlight.aws.failures import translated
from porchlight.aws.items import DECISION, Item, ReadItem, due, moment, number, order_key, text
from porchlight.aws.rows import ledger_row
from porchlight.domain.errors import ConflictError
from porchlight.domain.ledger import FINAL_MESSAGE_STATES, PROOFS, Message, MessageState
from porchlight.domain.messages import Intent
from porchlight.domain.shards import shard_of
from porchlight.domain.times import to_text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoOutbox:
    """The `Outbox` port."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def claim(self, intent: Intent, message: Message, *, now: datetime) -> bool:
        """On condition that the row waits, or that an earlier claim has lapsed, and nobody tried since it was read."""
        condition = "attempts = :before AND (#state = :pending OR (#state = :claimed AND claimed_until <= :now))"
        values = {":pending": text("pending"), ":claimed": text("claimed"), ":now": moment(now)}
        values[":before"] = number(message.attempts - 1)
        return self._update(intent, message, condition, values, keep_due=True)

    def settle(self, intent: Intent, message: Message, *, due_at: datetime | None = None) -> bool:
        """On condition that it is not final and nobody tried since: a sender that wakes up late changes nothing."""
        values = {":pending": text("pending"), ":claimed": text("claimed"), ":mine": number(message.attempts)}
        condition = "attempts = :mine AND #state IN (:pending, :claimed)"
        return self._update(intent, message, condition, values, due_at=due_at)

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
        return self._update(intent, sent, "#state IN (:pending, :claimed)", values)

    def _update(  # noqa: PLR0913 one conditional update
        self,
        intent: Intent,
        message: Message,
        condition: str,
        values: Item,
        *,
        due_at: datetime | None = None,
        keep_due: bool = False,
    ) -> bool:
        changes = {"message": text(message.model_dump_json(exclude={"seen"})), "#state": text(message.state.value)}
        changes["attempts"] = number(message.attempts)
        changes["claimed_until"] = text(to_text(message.claimed_until) if message.claimed_until else "")
        changes |= due(shard_of("messages", intent.order_id), due_at) if due_at else {}
        placeholders = {f":new_{index}": value for index, value in enumerate(changes.values())}
        expression = "SET " + ", ".join(f"{name} = :new_{index}" for index, name in enumerate(changes))
        if not due_at and not keep_due:
            expression += " REMOVE due_shard, due_at"
        try:
            with translated("change of a message"):
                self._client.update_item(
                    TableName=self._table,
                    Key=order_key(intent.order_id, DECISION + intent.message_id),
                    UpdateExpression=expression,
                    ConditionExpression=condition,
                    ExpressionAttributeNames={"#state": "state"},
                    ExpressionAttributeValues=values | placeholders,
                )
        except ConflictError:
            return False
        return True
