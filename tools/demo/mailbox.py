"""The week's mailbox: every mail the emulator took, and the events that the mail provider would publish about it.

The emulator keeps a mail without its tags, so a mail is matched with its ledger row by the provider's message id, and
the tag that goes into the events is made from that row as the sender made it.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from porchlight.domain.explaining import Explained
from porchlight.domain.messages import Intent
from porchlight.pipeline.message_tags import tag_of

from tools.demo.books import Books, Page
from tools.demo.shop_clock import Clock
from tools.demo.week import WEEK
from tools.local_stack import LocalStack

OPENED_EVERY = 2
"""Every second mail is opened."""
_LINK = re.compile(r"https?://\S+?/#[A-Za-z0-9_-]{40,}")


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, and the ledger row it came from.

    Attributes:
        at: The shop's time when it was sent.
    """

    message_id: str
    sender: str
    to: str
    subject: str
    text: str
    html: str
    order: str = ""
    touchpoint: str = ""
    tag: str = ""
    at: datetime | None = None

    @property
    def link(self) -> str:
        """The tracking page's address in it; empty without one."""
        found = _LINK.search(self.text)
        return found.group() if found else ""


@dataclass(frozen=True, slots=True)
class Row:
    """The ledger row of a sent mail."""

    page: Page
    decision: Explained
    sent_at: str


@dataclass(slots=True)
class Mailbox:
    """Reads mails and publishes events about the new ones.

    Attributes:
        events: How many were published, by kind.
        count: Mails when it last looked.
    """

    stack: LocalStack
    clock: Clock
    events: dict[str, int] = field(default_factory=dict)
    count: int = 0
    _heard: set[str] = field(default_factory=set)

    def raw_mails(self) -> list[dict[str, Any]]:
        """All mails as the emulator lists them, oldest first."""
        answer = self.stack.emulator("/_ministack/ses/messages")
        listed = answer["messages"].values() if isinstance(answer, dict) else []
        return sorted((mail for mails in listed for mail in mails), key=lambda mail: mail["Timestamp"])

    def mails(self, pages: Iterable[Page]) -> list[Mail]:
        """All mails, those of these orders with what the ledger says about them, oldest first."""
        return _matched(self.raw_mails(), pages)

    def pump(self, books: Books) -> int:
        """Publish the events of every mail that is new; returns how many events."""
        listed = self.raw_mails()
        self.count = len(listed)
        new = [raw for raw in listed if raw["MessageId"] not in self._heard]
        addresses = {address for raw in new for address in raw["To"]}
        orders = [order for order in WEEK if order.person.email in addresses]
        behaviours = {order.name: order.mailbox for order in orders}
        published = 0
        for place, mail in enumerate(_matched(listed, [books.page(order) for order in orders]) if new else []):
            if mail.tag and mail.message_id not in self._heard:
                self._heard.add(mail.message_id)
                published += self._tell(mail, place, behaviours[mail.order])
        return published

    def _tell(self, mail: Mail, place: int, behaviour: str) -> int:
        kinds = ["Send"]
        if behaviour == "bounces":
            kinds.append("Bounce")
        else:
            kinds.append("Delivery")
            kinds += ["Open"] if place % OPENED_EVERY == 0 else []
            kinds += ["Complaint"] if behaviour == "complains" and mail.touchpoint == "shipped" else []
        sns = self.stack.session.client("sns", endpoint_url=self.stack.endpoint)
        for after, kind in enumerate(kinds):
            self.events[kind] = self.events.get(kind, 0) + 1
            sns.publish(
                TopicArn=self.stack.outputs["MailEventsTopicArn"],
                Message=json.dumps(event(kind, mail, self.clock.now + timedelta(seconds=after))),
            )
        return len(kinds)


def _matched(listed: list[dict[str, Any]], pages: Iterable[Page]) -> list[Mail]:
    rows = {
        one["message"]["provider_id"]: Row(page, one, one["message"]["sent_at"] or "")
        for page in pages
        for one in page.decisions
        if one["message"] and one["message"]["sent_at"]
    }
    return [_mail(raw, rows.get(raw["MessageId"])) for raw in listed]


def _mail(raw: dict[str, Any], row: Row | None) -> Mail:
    mail = Mail(
        message_id=raw["MessageId"],
        sender=raw["Source"],
        to=", ".join(raw["To"]),
        subject=raw["Subject"],
        text=raw["BodyText"],
        html=raw["BodyHtml"] or "",
    )
    if row is None or row.page.story is None:
        return mail
    intent = Intent(order_id=row.page.story["order_id"], message_id=row.decision["decision_id"])
    return replace(
        mail,
        order=row.page.order.name,
        touchpoint=row.decision["touchpoint"],
        tag=tag_of(intent),
        at=datetime.fromisoformat(row.sent_at),
    )


def event(kind: str, mail: Mail, at: datetime) -> dict[str, object]:
    """One event in the form that SES publishes."""
    stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    recipient = {"emailAddress": mail.to}
    parts: dict[str, dict[str, object]] = {
        "Send": {},
        "Delivery": {"timestamp": stamp, "recipients": [mail.to], "smtpResponse": "250 2.6.0 Message received"},
        "Open": {"timestamp": stamp, "userAgent": "Mozilla/5.0", "ipAddress": "192.0.2.1"},
        "Bounce": {
            "timestamp": stamp,
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [{**recipient, "action": "failed", "status": "5.1.1"}],
        },
        "Complaint": {"timestamp": stamp, "complainedRecipients": [recipient], "complaintFeedbackType": "abuse"},
    }
    tags = {"message": [mail.tag], "touchpoint": [mail.touchpoint]}
    about = {"timestamp": stamp, "messageId": mail.message_id, "destination": [mail.to], "tags": tags}
    return {"eventType": kind, "mail": about, kind.lower(): parts[kind]}
