"""SES's events in one form. The payloads follow the SES developer guide, with invented people."""

import json
from datetime import UTC, datetime

import pytest
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.mail_events import NO_TIME, MailEventKind, parse_mail_event

MAIL = {
    "timestamp": "2026-03-12T08:00:00.000Z",
    "source": "orders@oak.example",
    "messageId": "0100017-mail-000000",
    "destination": ["ada@example.com"],
    "tags": {"message": ["orderkey@shipped@1Z9"], "touchpoint": ["shipped"], "ses:configuration-set": ["porchlight"]},
}


def event(kind: str, **parts: object) -> bytes:
    return json.dumps({"eventType": kind, "mail": MAIL, **parts}).encode()


def bounce(bounce_type: str, sub_type: str = "General") -> bytes:
    return event(
        "Bounce",
        bounce={
            "bounceType": bounce_type,
            "bounceSubType": sub_type,
            "bouncedRecipients": [
                {
                    "emailAddress": "ada@example.com",
                    "action": "failed",
                    "status": "5.1.1",
                    "diagnosticCode": "smtp; 550 5.1.1 <ada@example.com>: no such user",
                }
            ],
            "timestamp": "2026-03-12T08:00:05.120Z",
            "feedbackId": "f-1",
        },
    )


@pytest.mark.parametrize(
    ("kind", "part", "known"),
    [
        ("Send", {"send": {}}, MailEventKind.SEND),
        (
            "Delivery",
            {"delivery": {"timestamp": "2026-03-12T08:00:03Z", "recipients": ["ada@example.com"]}},
            "delivery",
        ),
        ("Reject", {"reject": {"reason": "Bad content"}}, "reject"),
        ("Open", {"open": {"timestamp": "2026-03-12T09:00:00Z", "userAgent": "x", "ipAddress": "192.0.2.1"}}, "open"),
        ("Click", {"click": {"timestamp": "2026-03-12T09:00:00Z", "link": "https://oak.example/#secret"}}, "click"),
        ("Rendering Failure", {"failure": {"errorMessage": "x", "templateName": "y"}}, "rendering_failure"),
        ("Subscription", {"subscription": {}}, "unknown"),
    ],
)
def test_every_kind_names_its_mail(kind: str, part: dict[str, object], known: str):
    heard = parse_mail_event(event(kind, **part))
    assert heard.kind == known
    assert heard.tag == "orderkey@shipped@1Z9"
    assert heard.touchpoint == "shipped"
    assert heard.provider_id == "0100017-mail-000000"
    assert heard.recipients == ("ada@example.com",)
    assert not heard.permanent


def test_a_hard_bounce_is_permanent_and_quotes_no_address():
    heard = parse_mail_event(bounce("Permanent", "NoEmail"))
    assert heard.kind is MailEventKind.BOUNCE
    assert heard.permanent
    assert heard.at == datetime(2026, 3, 12, 8, 0, 5, 120000, tzinfo=UTC)
    assert heard.recipients == ("ada@example.com",)
    assert heard.detail == "Permanent/NoEmail 5.1.1"


@pytest.mark.parametrize("bounce_type", ["Transient", "Undetermined"])
def test_other_bounces_may_pass(bounce_type: str):
    assert not parse_mail_event(bounce(bounce_type, "MailboxFull")).permanent


def test_a_complaint_is_permanent():
    complaint = {
        "complainedRecipients": [{"emailAddress": "ada@example.com"}],
        "timestamp": "2026-03-12T10:00:00Z",
        "complaintFeedbackType": "abuse",
    }
    heard = parse_mail_event(event("Complaint", complaint=complaint))
    assert heard.kind is MailEventKind.COMPLAINT
    assert heard.permanent
    assert heard.detail == "abuse"


def test_not_spam_is_no_complaint():
    complaint = {"complainedRecipients": [{"emailAddress": "ada@example.com"}], "complaintFeedbackType": "not-spam"}
    assert not parse_mail_event(event("Complaint", complaint=complaint)).permanent


def test_a_complaint_without_a_type_counts():
    complaint = {"complainedRecipients": [{"emailAddress": "ada@example.com"}], "complaintFeedbackType": None}
    assert parse_mail_event(event("Complaint", complaint=complaint)).permanent


def test_a_delay_names_who_waits():
    delay = {"delayType": "MailboxFull", "delayedRecipients": [{"emailAddress": "ada@example.com", "status": "4.2.2"}]}
    heard = parse_mail_event(event("DeliveryDelay", deliveryDelay=delay))
    assert heard.kind is MailEventKind.DELIVERY_DELAY
    assert heard.detail == "MailboxFull 4.2.2"


def test_a_click_does_not_keep_the_signed_link():
    click = {"timestamp": "2026-03-12T09:00:00Z", "link": "https://oak.example/#secret"}
    assert "secret" not in parse_mail_event(event("Click", click=click)).model_dump_json()


def test_identity_notifications_and_sns_envelopes_read_the_same():
    bare = json.loads(bounce("Permanent"))
    older = {"notificationType": bare.pop("eventType"), **bare}
    wrapped = {"Type": "Notification", "Message": json.dumps(older), "Timestamp": "2026-03-12T08:00:06Z"}
    assert parse_mail_event(json.dumps(wrapped)) == parse_mail_event(bounce("Permanent"))


def test_a_bounce_without_any_time_still_counts():
    body = json.loads(bounce("Permanent"))
    del body["bounce"]["timestamp"], body["mail"]["timestamp"]
    heard = parse_mail_event(json.dumps(body))
    assert heard.permanent
    assert heard.at == NO_TIME


@pytest.mark.parametrize("wrapped", [True, False])
def test_ses_trying_out_the_topic_is_no_news(wrapped: bool):
    words = "Successfully validated SNS topic for Amazon SES event publishing."
    body = json.dumps({"Type": "Notification", "Message": words, "Timestamp": "2026-03-12T08:00:00Z"})
    heard = parse_mail_event(body if wrapped else words)
    assert heard.kind is MailEventKind.UNKNOWN
    assert not heard.tag


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b"\xff\xfe", b'{"eventType": 3}', b'{"mail": {"tags": []}}'])
def test_nonsense_is_refused(body: bytes):
    with pytest.raises(MalformedPayloadError):
        parse_mail_event(body)
