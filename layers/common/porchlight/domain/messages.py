"""From the decision to send to the provider's receipt: intent, outgoing message, receipt."""

from datetime import datetime
from typing import Protocol

from porchlight.domain.model import Value


class Intent(Value):
    """What MessagesQueue carries: which ledger row is to be sent. No personal data travels in queues.

    Attributes:
        order_id: The order whose ledger holds the row.
        message_id: Key of the row: touchpoint, occurrence and recipient, so that a repeat is the same message.
        trace: Correlation id.
    """

    schema_version: int = 1
    order_id: str
    message_id: str
    trace: str = ""


class OutgoingMessage(Value):
    """One rendered message, ready for its channel.

    Attributes:
        tag: Travels with the provider's events, so that a lost receipt can be settled.
        to: Address in the channel's own form.
        html: Empty where the channel has no such part.
        headers: Extra headers, e.g. `List-Unsubscribe`.
    """

    message_id: str
    tag: str
    touchpoint: str
    channel: str
    locale: str
    to: str
    sender: str
    sender_name: str = ""
    reply_to: str = ""
    subject: str = ""
    text: str
    html: str = ""
    headers: dict[str, str] = {}
    template_version: str = ""


class Receipt(Value):
    """What the channel answered."""

    provider_id: str
    sent_at: datetime | None = None


class EmailCall(Value):
    """One SES v2 `SendEmail` call, as data.

    Attributes:
        raw: The whole MIME message; headers such as List-Unsubscribe and both parts are ours to set.
        tags: Message tags; come back in every event of this mail.
    """

    sender: str
    to: str
    raw: bytes
    tags: dict[str, str]


class Transports(Protocol):
    """The outside world as a channel sees it: a method per way out, each one call without retries of its own."""

    def send_email(self, call: EmailCall) -> Receipt:
        """Send one mail. Raises the four errors of `Channel.send`."""
