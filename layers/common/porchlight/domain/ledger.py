"""The durable list of what was decided for an order, why, and what became of each message.

A row's key is the decision's natural key: touchpoint and occurrence. `DELAY` is decided again when its time comes, all
other outcomes are final. A row with `SEND` is also the outbox entry of its message.
"""

from datetime import datetime
from enum import StrEnum

from porchlight.domain.model import Value
from porchlight.domain.purposes import Audience, Purpose


class Outcome(StrEnum):
    """What was decided."""

    SEND = "send"
    DELAY = "delay"
    MERGE = "merge"
    DROP = "drop"
    SHADOW = "shadow"
    """Would have been sent; the journey only watches."""


class Verdict(Value):
    """One guard's word on one touchpoint.

    Attributes:
        outcome: `None` when the guard lets it pass.
        sentence: The reason, for people.
        until: For `DELAY`: when to ask this guard again; else until when it kept the message waiting, where it did.
    """

    guard: str
    outcome: Outcome | None = None
    sentence: str
    until: datetime | None = None


class Decision(Value):
    """What was decided for one occurrence of one touchpoint, and everything it was decided from.

    Attributes:
        decision_id: `<touchpoint>#<occurrence>`, and `#2` of a second try; unique in the order's ledger.
        rule_version: Version of the journey it was decided under.
        happened_at: When the news happened, by the teller's clock.
        facts: What was looked at, as short texts; no personal data.
        purpose: What it is for, and so which cap counts it; `urgent` is told whatever the caps.
        due_at: When it became due, where it had to wait; `None` when that was at once.
        until: For `DELAY`: when to decide again.
        into: For `MERGE`: the decision whose message tells this too; `<order id> <decision id>` for another order's.
        tells: For `SEND`: the decisions this message tells, itself included.
        variant: Which one of its touchpoint's experiment; empty without one.
        segments: For `SEND`: those the order was in.
        template: Of another name than the touchpoint; usually empty.
        instead_of: The decision whose message failed on its channel, so that this one takes another; empty for a first.
    """

    decision_id: str
    touchpoint: str
    occurrence: str
    trigger: str
    rule_version: str
    outcome: Outcome
    decided_at: datetime
    happened_at: datetime
    channel: str = ""
    tracking_number: str = ""
    facts: dict[str, str] = {}
    verdicts: tuple[Verdict, ...] = ()
    audience: Audience = Audience.SHOPPER
    purpose: Purpose = Purpose.SERVICE
    urgent: bool = False
    due_at: datetime | None = None
    until: datetime | None = None
    into: str = ""
    tells: tuple[str, ...] = ()
    variant: str = ""
    segments: tuple[str, ...] = ()
    template: str = ""
    instead_of: str = ""

    @property
    def is_final(self) -> bool:
        """Never decided again."""
        return self.outcome is not Outcome.DELAY

    @property
    def reason(self) -> str:
        """The sentence that settled it."""
        settling = (verdict.sentence for verdict in self.verdicts if verdict.outcome is self.outcome)
        return next(settling, "nothing speaks against it")


class MessageState(StrEnum):
    """Life of a message after the decision to send it."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"


FINAL_MESSAGE_STATES = frozenset({MessageState.SENT, MessageState.SKIPPED, MessageState.FAILED})


PROOFS = frozenset({"send", "delivery", "delivery_delay", "bounce", "complaint", "reject", "open", "click"})
"""Provider events that only a message which the provider has accepted can have."""


class Message(Value):
    """What became of one intent.

    Attributes:
        claimed_until: Until then one sender has it; later, an unconfirmed claim is in doubt.
        attempts: Claims so far, each of which may have called the provider; tells one claim from the next.
        provider_id: The channel's own id of the message.
        outcome: Why it was skipped or failed, for people.
        unreachable: It was skipped because its channel sends nothing to its address any more, or no text in time.
        seen: Provider events that came back: event name to time.
        template_version: Digest of the texts it was rendered from.
        also: Rows of the shopper's other orders that it tells too, as `<order id> <decision id>`.
    """

    state: MessageState = MessageState.PENDING
    claimed_until: datetime | None = None
    attempts: int = 0
    provider_id: str = ""
    sent_at: datetime | None = None
    outcome: str = ""
    unreachable: bool = False
    seen: dict[str, str] = {}
    template_version: str = ""
    also: tuple[str, ...] = ()

    @property
    def has_no_way(self) -> bool:
        """Its channel can not tell it: it refused the message, or takes none for this address."""
        return self.state is MessageState.FAILED or self.unreachable


class LedgerRow(Value):
    """One line of the ledger."""

    decision: Decision
    message: Message | None = None
