"""Stage 5: what the provider says afterwards. Settles sends in doubt, notes deliveries and opens, stops dead addresses.

A hard bounce or a complaint stops further mail to that address for good; three soft bounces stop it for a month. A mail
that came back has its order looked at again: another channel may tell the news. What somebody did with a message is
learned: when they read, and what the variant they got is worth.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from porchlight.domain.channel_health import Harm
from porchlight.domain.engagement import Act
from porchlight.domain.fallback import HARD_BOUNCE
from porchlight.domain.links import person_digest
from porchlight.domain.mail_events import MailEvent, MailEventKind
from porchlight.domain.messages import Intent
from porchlight.observability import count, follow
from porchlight.pipeline.falling_back import look_again
from porchlight.pipeline.learning import Happening, Learner
from porchlight.pipeline.message_tags import intent_of
from porchlight.pipeline.person_ports import Customers
from porchlight.pipeline.ports import Outbox, Queue

SOFT_BOUNCES = 3
SOFT_BOUNCE_PAUSE = timedelta(days=30)
_ACTS = {
    MailEventKind.OPEN: Act.OPEN,
    MailEventKind.CLICK: Act.CLICK,
    MailEventKind.COMPLAINT: Act.COMPLAINT,
}
_HELD_AGAINST = {MailEventKind.BOUNCE: Harm.BOUNCE, MailEventKind.COMPLAINT: Harm.COMPLAINT}
MAIL = "email"
_CAME_BACK = frozenset({MailEventKind.BOUNCE, MailEventKind.REJECT})


@dataclass(frozen=True, slots=True)
class FeedbackPorts:
    """What feedback needs."""

    outbox: Outbox
    customers: Customers
    updates: Queue


def hear(event: MailEvent, ports: FeedbackPorts, now: datetime) -> None:
    """Act on one provider event; a repeat changes nothing."""
    intent = intent_of(event.tag)
    proved = False
    if intent:
        follow(intent.trace)
        proved = _noted(event, intent, ports)
    count("MailEventHeard", kind=event.kind.value)
    if event.kind is MailEventKind.COMPLAINT and event.permanent:
        _stop(event, "the shopper marked a message as spam", None, ports)
    elif event.kind is MailEventKind.BOUNCE and event.permanent:
        _stop(event, "the address does not exist or refuses mail", None, ports)
    elif event.kind is MailEventKind.BOUNCE:
        _count_soft_bounces(event, ports, now)
    if intent and event.kind in _CAME_BACK:
        # After the address was judged, so that deciding knows what it is worth now.
        look_again(intent.order_id, ports.updates)
    _judge(event, ports, proved=proved)
    if intent:
        _learn(event, intent, ports, now, proved=proved)


def _noted(event: MailEvent, intent: Intent, ports: FeedbackPorts) -> bool:
    """In the ledger; of a bounce also whether it is for good. Whether it proved a send that was in doubt."""
    if event.kind is MailEventKind.BOUNCE and event.permanent:
        ports.outbox.note_event(intent, HARD_BOUNCE, event.at, event.provider_id)
    return ports.outbox.note_event(intent, event.kind.value, event.at, event.provider_id)


def _judge(event: MailEvent, ports: FeedbackPorts, *, proved: bool) -> None:
    """What the provider holds against the channel, each once, and a message that was in doubt as one that left."""
    if proved:
        ports.customers.count_sent(MAIL, event.provider_id, event.at)
    if event.permanent and event.kind in _HELD_AGAINST:
        ports.customers.count_against(MAIL, _HELD_AGAINST[event.kind], event.provider_id, event.at)


def _learn(event: MailEvent, intent: Intent, ports: FeedbackPorts, now: datetime, *, proved: bool) -> None:
    """After everything that must not be missed: what is known of shoppers may be out of reach."""
    learner, act = Learner(ports.customers, now), _ACTS.get(event.kind)
    for person in map(person_digest, event.recipients):
        if proved:
            learner.was_proved(intent, person)
        if act and (event.permanent or act is not Act.COMPLAINT):
            learner.from_message(Happening(act, person, event.at), intent)


def _stop(event: MailEvent, reason: str, until: datetime | None, ports: FeedbackPorts) -> None:
    for address in event.recipients:
        ports.customers.suppress(person_digest(address), reason, until=until)
        count("AddressSuppressed", kind=event.kind.value)


def _count_soft_bounces(event: MailEvent, ports: FeedbackPorts, now: datetime) -> None:
    for address in event.recipients:
        person = person_digest(address)
        bounces = ports.customers.count_soft_bounce(person, event.provider_id, now)
        if bounces >= SOFT_BOUNCES:
            ports.customers.suppress(person, "the mailbox keeps bouncing", until=now + SOFT_BOUNCE_PAUSE)
