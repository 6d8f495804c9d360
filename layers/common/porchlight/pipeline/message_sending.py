"""Stage 4: one intent becomes at most one send: look again, claim, render, call the provider once, confirm.

What is known not to be sent goes back to the schedule, and so does what a suspended channel would not take (see
channel_turns). What may have been sent stays claimed and is settled by the provider's own event (see message_feedback),
or sent again when the claim has lapsed: for mail the rare double is the smaller harm than the missing one, and the
ledger shows it.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from porchlight.domain.channel_health import FIRST_PAUSE, own_time
from porchlight.domain.errors import (
    ChannelSuspendedError,
    OutcomeUnknownError,
    PermanentError,
    RenderError,
    TransientError,
)
from porchlight.domain.fallback import has_arrived
from porchlight.domain.fold import fold
from porchlight.domain.ledger import FINAL_MESSAGE_STATES, Decision, Message, MessageState
from porchlight.domain.localities import NOWHERE, locality_of
from porchlight.domain.messages import Intent, OutgoingMessage
from porchlight.domain.moot import moot_reason
from porchlight.domain.records import OrderRecord
from porchlight.domain.sections import Merge
from porchlight.domain.shopper import Shopper
from porchlight.domain.shopper_guards import refusal
from porchlight.domain.storm_guards import told_elsewhere
from porchlight.observability import count, follow, logger
from porchlight.pipeline.channel_turns import Turn, ends_at, note_refusal, note_taken, take_turn
from porchlight.pipeline.company import told_along
from porchlight.pipeline.errands import Errand, SendingPorts
from porchlight.pipeline.falling_back import has_another_way, look_again
from porchlight.pipeline.learning import Learner
from porchlight.pipeline.message_rendering import outgoing
from porchlight.pipeline.peace import ENOUGH_TEXTS, RETRY, Wait, count_against_caps, note_of, when_quiet
from porchlight.plugins import CHANNELS

CLAIM = timedelta(minutes=15)
"""How long the provider's event stream may take to settle a send whose answer was lost; each further try doubles it."""
MAX_DOUBLINGS = 4
SUSPENDED = FIRST_PAUSE


def send(intent: Intent, ports: SendingPorts, now: datetime) -> None:
    """Send one intent, or settle why not. Raises `TransientError` when our own stores are out of reach."""
    follow(intent.trace)
    # What it was to take along may leave by itself meanwhile: it looks again, and the third time it takes nothing.
    for taking in (True, True, False):
        if _has_ended(intent, ports, now, taking=taking):
            return


def _has_ended(intent: Intent, ports: SendingPorts, now: datetime, *, taking: bool) -> bool:
    """False when nothing has happened, as what it was to take along is no longer as it was found."""
    record = ports.orders.read(intent.order_id)
    row = record.ledger.get(intent.message_id) if record else None
    if record is None or row is None or row.message is None or _is_taken(row.message, now):
        count("MessageSkipped", reason="done or taken")
        if row and row.message and row.message.has_no_way:
            look_again(intent.order_id, ports.updates)  # who settled it may have died before
        return True
    state = fold(ports.config.mappings().applied_to(record.facts))
    told = [record.ledger[one].decision for one in row.decision.tells if one in record.ledger]
    errand = Errand(intent, row, row.message, state, CHANNELS.get(row.decision.channel))
    address = _address(errand, ports)
    if address is None:
        _settle(errand, MessageState.SKIPPED, "the order has no address for this channel any more", ports)
        return True
    errand = replace(errand, address=address)
    shopper = ports.customers.shopper(errand.person, now)
    moot = {one.decision_id: _told_already(one, record) or _moot(one, errand, shopper, ports, now) for one in told}
    errand = replace(errand, news=tuple(one for one in told if not moot[one.decision_id]))
    errand = replace(errand, also=told_along(errand, record, shopper, ports, now, taking=taking))
    reason = _silenced(errand, shopper, ports) or (None if errand.told else moot.get(row.decision.decision_id))
    if reason or not errand.told:
        dead = {"unreachable": errand.channel.code in shopper.suppressed}
        errand = replace(errand, message=errand.message.model_copy(update=dead))
        _settle(errand, MessageState.SKIPPED, reason or "nothing is left to tell", ports)
        return True
    if ends_at(errand.channel.code, ports.customers, now):
        _wait_for_channel(errand, errand.message, ports, now)
        return True
    return _render_and_send(errand, ports, now)


def _is_taken(message: Message, now: datetime) -> bool:
    if message.state in FINAL_MESSAGE_STATES:
        return True
    return message.state is MessageState.CLAIMED and (message.claimed_until or now) > now


def _told_already(told: Decision, record: OrderRecord) -> str:
    """The message that seemed to have failed has arrived after all."""
    before = record.ledger.get(told.instead_of)
    if before is None or before.message is None or not has_arrived(before.message):
        return ""
    return f"it has arrived by {before.decision.channel} meanwhile"


def _moot(told: Decision, errand: Errand, shopper: Shopper, ports: SendingPorts, now: datetime) -> str | None:
    """Why it is not worth telling any more, or not wanted any more."""
    overtaken = moot_reason(errand.state, told, ports.config.journey(), now)
    if overtaken or errand.for_merchant:
        return overtaken
    refused = refusal(told.purpose, errand.channel.code, shopper, errand.state.order)
    return refused or told_elsewhere(told, shopper.history, errand.intent.order_id) or None


def _silenced(errand: Errand, shopper: Shopper, ports: SendingPorts) -> str | None:
    """The address may have died since the decision (F43), and the journey may only watch by now."""
    if ports.config.journey().shadow:
        return "the journey only watches by now"
    suppressed = shopper.suppressed.get(errand.channel.code)
    return f"nothing is sent to this address: {suppressed}" if suppressed else None


def _address(errand: Errand, ports: SendingPorts) -> str | None:
    if errand.for_merchant:
        return errand.channel.address_of(ports.config.brand().merchant)
    order = errand.state.order
    return errand.channel.address_of(order.shopper) if order else None


def _render_and_send(errand: Errand, ports: SendingPorts, now: datetime) -> bool:
    """False as `_has_ended` says."""
    merges = [merge for section in errand.also for merge in section.merges]
    try:
        message = outgoing(errand, ports, now)
    except RenderError as error:  # and nothing else: a missing setting is no reason to give a message up
        if merges:
            return False
        logger.error("message not rendered", order_id=errand.intent.order_id, touchpoint=errand.row.decision.touchpoint)
        _settle(errand, MessageState.FAILED, f"could not be rendered: {error}", ports)
        return True
    claimed = _claimed(errand.message, message.template_version, merges, now)
    if not ports.outbox.claim(errand.intent, claimed, now=now, merges=merges):
        if not merges:
            count("MessageSkipped", reason="done or taken")
        return not merges
    if merges:
        count("NewsTakenAlong", len(merges))
    _send_unless_it_disturbs(replace(errand, message=claimed), message, ports, now)
    return True


def _claimed(message: Message, template_version: str, merges: list[Merge], now: datetime) -> Message:
    claimed = {
        "state": MessageState.CLAIMED,
        "claimed_until": now + CLAIM * (1 << min(message.attempts, MAX_DOUBLINGS)),
        "attempts": message.attempts + 1,
        "template_version": template_version,
        "also": (*message.also, *(one.name for one in merges)),
    }
    return message.model_copy(update=claimed)


def _send_unless_it_disturbs(errand: Errand, message: OutgoingMessage, ports: SendingPorts, now: datetime) -> None:
    wait = None if errand.for_merchant else _disturbs(errand, ports, now)
    if wait is None:
        _send_in_turn(errand, message, ports, now)
    else:
        _hold_back(errand, wait, ports)


def _hold_back(errand: Errand, wait: Wait, ports: SendingPorts) -> None:
    """Until it disturbs nobody; an urgent text that is one too many is told by another channel at once."""
    order, decision = errand.state.order, errand.row.decision
    if wait.reason == ENOUGH_TEXTS and order and has_another_way(decision, order.shopper, ports.config.journey()):
        given_up = replace(errand, message=errand.message.model_copy(update={"unreachable": True}))
        _settle(given_up, MessageState.SKIPPED, "one text too many in 24 hours; another channel tells it", ports)
        return
    ports.outbox.settle(errand.intent, _waiting(errand), due_at=wait.until)
    count("MessageHeldBack", channel=errand.channel.code, reason=wait.reason)


def _disturbs(errand: Errand, ports: SendingPorts, now: datetime) -> Wait | None:
    """Until when this person is to be left in peace; counted as sent when that is not needed."""
    channel, order = errand.channel.code, errand.state.order
    place = locality_of(order.destination) if order else NOWHERE
    if quiet := when_quiet(errand.told, channel, place, now):
        return quiet
    sent = note_of(errand.intent, errand.told, channel, place, now)
    caps = ports.config.journey().limits.caps
    in_doubt = errand.row.message is not None and errand.row.message.state is MessageState.CLAIMED
    return count_against_caps(sent, errand.person, errand.told, caps, ports.customers, in_doubt=in_doubt)


def _waiting(errand: Errand) -> Message:
    return errand.message.model_copy(update={"state": MessageState.PENDING, "claimed_until": None})


def _send_in_turn(errand: Errand, message: OutgoingMessage, ports: SendingPorts, now: datetime) -> None:
    turn = take_turn(errand.channel.code, ports.customers, now)
    if turn.is_anothers:
        _wait_for_channel(errand, _waiting(errand), ports, now)
    else:
        _send(errand, message, turn, ports, now)


def _send(errand: Errand, message: OutgoingMessage, turn: Turn, ports: SendingPorts, now: datetime) -> None:
    """The one provider call, and what each of its ends means."""
    waiting, channel, touchpoint = _waiting(errand), errand.channel.code, message.touchpoint
    try:
        receipt = errand.channel.send(message, ports.transports)
    except PermanentError as error:
        _settle(errand, MessageState.FAILED, f"the channel refused it: {error}", ports)
    except OutcomeUnknownError:
        count("MessageInDoubt", channel=channel)
        logger.warning("message in doubt", order_id=errand.intent.order_id, touchpoint=touchpoint)
    except ChannelSuspendedError as error:
        note_refusal(turn, error, ports.customers, now)
        logger.error("channel suspended by its provider", channel=channel)
        _wait_for_channel(errand, waiting, ports, now)
    except TransientError:
        ports.outbox.settle(errand.intent, waiting, due_at=now + RETRY)
        count("MessagePostponed", channel=channel)
    else:
        sent = {"state": MessageState.SENT, "provider_id": receipt.provider_id, "sent_at": now}
        settled = ports.outbox.settle(errand.intent, errand.message.model_copy(update=sent))
        count("MessageSent", channel=channel)
        logger.info("message sent", order_id=errand.intent.order_id, touchpoint=touchpoint, channel=channel)
        if settled and not errand.for_merchant:
            Learner(ports.customers, now).has_left(touchpoint, errand.told[0].variant, errand.person)
        note_taken(turn, errand.intent.message_id, ports.customers, now)


def _wait_for_channel(errand: Errand, waiting: Message, ports: SendingPorts, now: datetime) -> None:
    """Back to the schedule; where the note of a suspension was lost, or it is about this message alone, for a while."""
    until = ends_at(errand.channel.code, ports.customers, now) or now + SUSPENDED
    name, urgent = f"{errand.intent.order_id} {errand.intent.message_id}", any(one.urgent for one in errand.told)
    ports.outbox.settle(errand.intent, waiting, due_at=own_time(until, name, urgent=urgent))
    count("ChannelSuspended", channel=errand.channel.code)


def _settle(errand: Errand, state: MessageState, outcome: str, ports: SendingPorts) -> None:
    settled = errand.message.model_copy(update={"state": state, "outcome": outcome})
    ports.outbox.settle(errand.intent, settled)
    decision = errand.row.decision
    count("MessageFailed" if state is MessageState.FAILED else "MessageSkipped", channel=decision.channel)
    logger.info("message not sent", order_id=errand.intent.order_id, touchpoint=decision.touchpoint, reason=outcome)
    if settled.has_no_way:
        look_again(errand.intent.order_id, ports.updates)
