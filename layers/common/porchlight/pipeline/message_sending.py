"""Stage 4: one intent becomes at most one send: look again, claim, render, call the provider once, confirm.

What is known not to be sent goes back to the schedule; what may have been sent stays claimed and is settled by the
provider's own event (see message_feedback), or sent again when the claim has lapsed: for mail the rare double is the
smaller harm than the missing one, and the ledger shows it.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from porchlight.domain.errors import (
    ChannelSuspendedError,
    OutcomeUnknownError,
    PermanentError,
    RateLimitedError,
    RejectedRecipientError,
    TransientError,
)
from porchlight.domain.fold import OrderState, fold
from porchlight.domain.ledger import FINAL_MESSAGE_STATES, Decision, LedgerRow, Message, MessageState
from porchlight.domain.links import person_digest, sign_link
from porchlight.domain.messages import Intent, OutgoingMessage, Transports
from porchlight.domain.moot import moot_reason
from porchlight.domain.records import OrderRecord
from porchlight.domain.telling import telling
from porchlight.observability import count, logger
from porchlight.pipeline.ports import Config, Customers, Orders, Outbox, Secrets
from porchlight.plugins import CHANNELS, Channel
from porchlight.rendering import render

CLAIM = timedelta(minutes=15)
"""How long the provider's event stream may take to settle a send whose answer was lost."""
RETRY = timedelta(minutes=1)
SUSPENDED = timedelta(minutes=15)
LINK_LIFE = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class SendingPorts:
    """What sending needs.

    Attributes:
        page_url: Where the tracking page lives, without a trailing slash.
        sender: The address messages come from.
    """

    orders: Orders
    outbox: Outbox
    customers: Customers
    secrets: Secrets
    config: Config
    transports: Transports
    page_url: str
    sender: str


def send(intent: Intent, ports: SendingPorts, now: datetime) -> None:
    """Send one intent, or settle why not. Raises `TransientError` when our own stores are out of reach."""
    record = ports.orders.read(intent.order_id)
    row = record.ledger.get(intent.message_id) if record else None
    if record is None or row is None or row.message is None or _is_taken(row.message, now):
        count("MessageSkipped", reason="done or taken")
        return
    state = fold(record.facts)
    channel = CHANNELS.get(row.decision.channel)
    moot = _why_not(state, row.decision, channel, ports, now)
    if moot:
        _settle(intent, row, MessageState.SKIPPED, moot, ports)
        return
    try:
        message = _rendered(intent, record, state, row.decision, channel, ports, now)
    except PermanentError as error:
        logger.error("message not rendered", order_id=intent.order_id, touchpoint=row.decision.touchpoint)
        _settle(intent, row, MessageState.FAILED, f"could not be rendered: {error}", ports)
        return
    _claim_and_send(intent, row, channel, message, ports, now)


def _is_taken(message: Message, now: datetime) -> bool:
    if message.state in FINAL_MESSAGE_STATES:
        return True
    return message.state is MessageState.CLAIMED and (message.claimed_until or now) > now


def _why_not(state: OrderState, decision: Decision, channel: Channel, ports: SendingPorts, now: datetime) -> str | None:
    """The world may have moved since the decision (F43, F48)."""
    address = channel.address_of(state.order.shopper) if state.order else None
    if address is None:
        return "the order has no address for this channel any more"
    suppressed = ports.customers.suppressed(person_digest(address), now)
    if suppressed:
        return f"nothing is sent to this address: {suppressed}"
    return moot_reason(state, decision, ports.config.journey(), now)


def _rendered(  # noqa: PLR0913, PLR0917 a message joins these
    intent: Intent,
    record: OrderRecord,
    state: OrderState,
    decision: Decision,
    channel: Channel,
    ports: SendingPorts,
    now: datetime,
) -> OutgoingMessage:
    brand = ports.config.brand()
    link = f"{ports.page_url}/#{sign_link(intent.order_id, now + LINK_LIFE, ports.secrets.link_keys()[0])}"
    told = [record.ledger[one].decision for one in decision.tells if one in record.ledger]
    context = telling(state, decision, told, brand, link, now)
    parts = render(channel.code, context)
    to = channel.address_of(state.order.shopper) if state.order else None
    return OutgoingMessage(
        message_id=intent.message_id,
        tag=tag_of(intent),
        touchpoint=decision.touchpoint,
        channel=channel.code,
        locale=parts.locale,
        to=to or "",
        sender=ports.sender,
        sender_name=brand.sender_name or brand.name,
        reply_to=brand.reply_to,
        subject=parts.subject,
        text=parts.text,
        html=parts.html,
        template_version=parts.template_version,
    )


def _claim_and_send(  # noqa: PLR0913, PLR0917 a claim names all of these
    intent: Intent, row: LedgerRow, channel: Channel, message: OutgoingMessage, ports: SendingPorts, now: datetime
) -> None:
    held = row.message or Message()
    claimed = held.model_copy(
        update={
            "state": MessageState.CLAIMED,
            "claimed_until": now + CLAIM,
            "attempts": held.attempts + 1,
            "template_version": message.template_version,
        }
    )
    if not ports.outbox.claim(intent, claimed, now=now):
        count("MessageSkipped", reason="done or taken")
        return
    waiting = claimed.model_copy(update={"state": MessageState.PENDING, "claimed_until": None})
    try:
        receipt = channel.send(message, ports.transports)
    except RejectedRecipientError as error:
        _settle(intent, row, MessageState.FAILED, f"the channel refused it: {error}", ports, claimed)
    except OutcomeUnknownError:
        count("MessageInDoubt", channel=channel.code)
        logger.warning("message in doubt", order_id=intent.order_id, touchpoint=message.touchpoint)
    except ChannelSuspendedError:
        ports.outbox.settle(intent, waiting, due_at=now + SUSPENDED)
        count("ChannelSuspended", channel=channel.code)
        logger.error("channel suspended by its provider", channel=channel.code)
    except (RateLimitedError, TransientError):
        ports.outbox.settle(intent, waiting, due_at=now + RETRY)
        count("MessagePostponed", channel=channel.code)
    else:
        sent = claimed.model_copy(
            update={"state": MessageState.SENT, "provider_id": receipt.provider_id, "sent_at": now}
        )
        ports.outbox.settle(intent, sent)
        count("MessageSent", channel=channel.code, touchpoint=message.touchpoint)
        logger.info("message sent", order_id=intent.order_id, touchpoint=message.touchpoint, channel=channel.code)


def _settle(  # noqa: PLR0913, PLR0917 an end names all of these
    intent: Intent,
    row: LedgerRow,
    state: MessageState,
    outcome: str,
    ports: SendingPorts,
    claimed: Message | None = None,
) -> None:
    ended = (claimed or row.message or Message()).model_copy(update={"state": state, "outcome": outcome})
    ports.outbox.settle(intent, ended)
    name = "MessageFailed" if state is MessageState.FAILED else "MessageSkipped"
    count(name, channel=row.decision.channel, reason=row.decision.touchpoint)
    logger.info("message not sent", order_id=intent.order_id, touchpoint=row.decision.touchpoint, reason=outcome)


def tag_of(intent: Intent) -> str:
    """What the provider's events carry back, in the few characters that every provider allows in a tag."""
    return f"{intent.order_id}.{urlsafe_b64encode(intent.message_id.encode()).decode().rstrip('=')}"


def intent_of(tag: str) -> Intent | None:
    """The reverse of `tag_of`; `None` for a tag that is not ours."""
    order_id, _, encoded = tag.partition(".")
    try:
        message_id = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    except ValueError:
        return None
    return Intent(order_id=order_id, message_id=message_id, trace=order_id) if order_id and message_id else None
