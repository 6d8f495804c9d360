"""What SES says about a mail afterwards, in one form: bytes of a published event in, `MailEvent` out.

Reads event publishing (`eventType`) and the older identity notifications (`notificationType`), bare or wrapped in an
SNS notification. Facts: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html

A surprise: SES tests a new topic with a sentence instead of JSON; it is an event of kind `UNKNOWN`, like every kind
that SES may add. Diagnostic texts quote addresses and links carry tokens, so neither is kept.
"""

from datetime import UTC, datetime
from enum import StrEnum

from pydantic import Field

from porchlight.domain.model import Value
from porchlight.domain.reading import read_json

_VENDOR = "ses"
TAG, TOUCHPOINT = "message", "touchpoint"
"""Names of the tags we give each mail."""


class MailEventKind(StrEnum):
    """What happened to a mail."""

    SEND = "send"
    DELIVERY = "delivery"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    REJECT = "reject"
    OPEN = "open"
    CLICK = "click"
    RENDERING_FAILURE = "rendering_failure"
    DELIVERY_DELAY = "delivery_delay"
    UNKNOWN = "unknown"


KIND_OF = {
    "Send": MailEventKind.SEND,
    "Delivery": MailEventKind.DELIVERY,
    "Bounce": MailEventKind.BOUNCE,
    "Complaint": MailEventKind.COMPLAINT,
    "Reject": MailEventKind.REJECT,
    "Open": MailEventKind.OPEN,
    "Click": MailEventKind.CLICK,
    "Rendering Failure": MailEventKind.RENDERING_FAILURE,
    "DeliveryDelay": MailEventKind.DELIVERY_DELAY,
}

NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands in where SES states no time: a bounce without one still counts."""
_TOPIC_TEST = b"Successfully validated SNS topic"
_NO_COMPLAINT = "not-spam"
"""A complaint's feedback type when the shopper says that a mail was taken for spam by mistake."""


class MailEvent(Value):
    """One thing that happened to one mail.

    Attributes:
        tag: The message's tag, empty when the mail was not ours.
        provider_id: SES's id of the mail.
        at: When it happened, else when the mail was accepted. UTC.
        recipients: Addresses it happened to; personal.
        permanent: The address must not be written to again.
        detail: SES's own codes for the reason (`Permanent/NoEmail 5.1.1`).
    """

    kind: MailEventKind
    tag: str = ""
    touchpoint: str = ""
    provider_id: str = ""
    at: datetime
    recipients: tuple[str, ...] = ()
    permanent: bool = False
    detail: str = ""


class _Recipient(Value):
    email_address: str = Field(default="", alias="emailAddress")
    status: str = ""


class _Mail(Value):
    message_id: str = Field(default="", alias="messageId")
    timestamp: datetime | None = None
    destination: tuple[str, ...] = ()
    tags: dict[str, tuple[str, ...]] = {}


class _Part(Value):
    """The object named after the event; each kind fills some of it."""

    timestamp: datetime | None = None
    recipients: tuple[str, ...] = ()
    bounce_type: str = Field(default="", alias="bounceType")
    bounce_sub_type: str = Field(default="", alias="bounceSubType")
    bounced: tuple[_Recipient, ...] = Field(default=(), alias="bouncedRecipients")
    complained: tuple[_Recipient, ...] = Field(default=(), alias="complainedRecipients")
    complaint_type: str | None = Field(default=None, alias="complaintFeedbackType")
    complaint_sub_type: str | None = Field(default=None, alias="complaintSubType")
    delayed: tuple[_Recipient, ...] = Field(default=(), alias="delayedRecipients")
    delay_type: str = Field(default="", alias="delayType")
    reason: str = ""


class _Event(Value):
    event_type: str = Field(default="", alias="eventType")
    notification_type: str = Field(default="", alias="notificationType")
    mail: _Mail = _Mail()
    bounce: _Part | None = None
    complaint: _Part | None = None
    delivery: _Part | None = None
    reject: _Part | None = None
    open: _Part | None = None
    click: _Part | None = None
    delay: _Part | None = Field(default=None, alias="deliveryDelay")

    @property
    def part(self) -> _Part:
        parts = (self.bounce, self.complaint, self.delivery, self.reject, self.open, self.click, self.delay)
        return next((part for part in parts if part), _Part())


class _Notification(Value):
    type: str = Field(default="", alias="Type")
    message: str | None = Field(default=None, alias="Message")
    timestamp: datetime | None = Field(default=None, alias="Timestamp")


def parse_mail_event(body: str | bytes) -> MailEvent:
    """Read one event. Raises `MalformedPayloadError`."""
    raw = body.encode("utf-8", "replace") if isinstance(body, str) else body
    wrapper = _Notification() if raw.startswith(_TOPIC_TEST) else read_json(_VENDOR, _Notification, raw)
    if wrapper.type and wrapper.message is not None:
        raw = wrapper.message.encode("utf-8", "replace")
    if raw.startswith(_TOPIC_TEST):
        return MailEvent(kind=MailEventKind.UNKNOWN, at=_utc(wrapper.timestamp), detail="topic test")
    event = read_json(_VENDOR, _Event, raw)
    part, mail = event.part, event.mail
    kind = KIND_OF.get(event.event_type or event.notification_type, MailEventKind.UNKNOWN)
    return MailEvent(
        kind=kind,
        tag=next(iter(mail.tags.get(TAG, ())), ""),
        touchpoint=next(iter(mail.tags.get(TOUCHPOINT, ())), ""),
        provider_id=mail.message_id,
        at=_utc(part.timestamp or mail.timestamp or wrapper.timestamp),
        recipients=_recipients(part) or mail.destination,
        permanent=_is_permanent(kind, part),
        detail=_detail(part),
    )


def _recipients(part: _Part) -> tuple[str, ...]:
    named = tuple(one.email_address for one in (*part.bounced, *part.complained, *part.delayed) if one.email_address)
    return named or part.recipients


def _is_permanent(kind: MailEventKind, part: _Part) -> bool:
    if kind is MailEventKind.COMPLAINT:
        return part.complaint_type != _NO_COMPLAINT
    return kind is MailEventKind.BOUNCE and part.bounce_type == "Permanent"


def _detail(part: _Part) -> str:
    codes = (
        part.bounce_type,
        part.bounce_sub_type,
        part.complaint_type,
        part.complaint_sub_type,
        part.delay_type,
        part.reason,
    )
    statuses = dict.fromkeys(one.status for one in (*part.bounced, *part.delayed) if one.status)
    return " ".join(filter(None, ("/".join(filter(None, codes)), *statuses)))


def _utc(stated: datetime | None) -> datetime:
    """SES writes UTC; a time without a zone is UTC too."""
    if stated is None:
        return NO_TIME
    return stated.astimezone(UTC) if stated.tzinfo else stated.replace(tzinfo=UTC)
