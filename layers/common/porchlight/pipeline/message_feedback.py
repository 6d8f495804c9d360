"""Stage 5: what the provider says afterwards. Settles sends in doubt, notes deliveries and opens, stops dead addresses.

A mail that came back has its order looked at again: another channel may tell the news.
A hard bounce or a complaint stops further mail to that address for good; three soft bounces stop it for a month.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from porchlight.domain.fallback import HARD_BOUNCE
from porchlight.domain.links import person_digest
from porchlight.domain.mail_events import MailEvent, MailEventKind
from porchlight.observability import count, follow
from porchlight.pipeline.falling_back import look_again
from porchlight.pipeline.message_tags import intent_of
from porchlight.pipeline.person_ports import Customers
from porchlight.pipeline.ports import Outbox, Queue

SOFT_BOUNCES = 3
SOFT_BOUNCE_PAUSE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class FeedbackPorts:
    """What feedback needs."""

    outbox: Outbox
    customers: Customers
    updates: Queue


_CAME_BACK = frozenset({MailEventKind.BOUNCE, MailEventKind.REJECT})


def hear(event: MailEvent, ports: FeedbackPorts, now: datetime) -> None:
    """Act on one provider event; a repeat changes nothing."""
    intent = intent_of(event.tag)
    if intent:
        follow(intent.trace)
        for name in _names(event):
            ports.outbox.note_event(intent, name, event.at, event.provider_id)
    count("MailEventHeard", kind=event.kind.value)
    if event.kind is MailEventKind.COMPLAINT and event.permanent:
        _stop(event, "the shopper marked a message as spam", None, ports)
    elif event.kind is MailEventKind.BOUNCE and event.permanent:
        _stop(event, "the address does not exist or refuses mail", None, ports)
    elif event.kind is MailEventKind.BOUNCE:
        _count_soft_bounces(event, ports, now)
    if intent and event.kind in _CAME_BACK:
        # Last, so that deciding knows what the address is worth now.
        look_again(intent.order_id, ports.updates)


def _names(event: MailEvent) -> tuple[str, ...]:
    """What the ledger keeps of it: of a bounce also whether it is for good."""
    hard = event.kind is MailEventKind.BOUNCE and event.permanent
    return (event.kind.value, HARD_BOUNCE) if hard else (event.kind.value,)


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
