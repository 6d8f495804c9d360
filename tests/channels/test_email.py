"""The mail as bytes: read back by the standard library as a mail program would."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

import pytest
from porchlight.channels.email import mime
from porchlight.domain.errors import PermanentError, RejectedRecipientError
from porchlight.domain.messages import EmailCall, OutgoingMessage, Receipt
from porchlight.domain.orders import Person
from porchlight.plugins import CHANNELS

CHANNEL = CHANNELS.get("email")
MESSAGE = OutgoingMessage(
    message_id="shipped#1Z9",
    tag="orderkey@shipped@1Z9",
    touchpoint="shipped",
    channel="email",
    locale="de",
    to="ada@example.com",
    sender="orders@oak.example",
    sender_name="Öak & Ember",
    reply_to="hello@oak.example",
    subject="Unterwegs: Ihre Bestellung №1001",
    text="Grüße\n",
    html='<p style="color:#000">Grüße</p>\n',
)


class Recorder:
    """`Transports` that keeps the call."""

    def __init__(self) -> None:
        self.calls: list[EmailCall] = []

    def send_email(self, call: EmailCall) -> Receipt:
        self.calls.append(call)
        return Receipt(provider_id="p-1")


def sent(**changes: object) -> EmailCall:
    recorder = Recorder()
    CHANNEL.send(MESSAGE.model_copy(update=changes), recorder)
    assert len(recorder.calls) == 1
    return recorder.calls[0]


def read(raw: bytes) -> EmailMessage:
    return cast("EmailMessage", message_from_bytes(raw, policy=default))


def test_the_mail_has_a_text_and_an_html_part_in_that_order():
    mail = read(sent().raw)
    assert mail.get_content_type() == "multipart/alternative"
    parts = list(mail.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert [part.get_content_charset() for part in parts] == ["utf-8", "utf-8"]
    spoken = [cast("EmailMessage", part).get_content().replace("\r\n", "\n") for part in parts]
    assert spoken == [MESSAGE.text, MESSAGE.html]


def test_the_headers_a_person_sees():
    mail = read(sent().raw)
    assert mail["From"].addresses[0].display_name == "Öak & Ember"
    assert mail["From"].addresses[0].addr_spec == "orders@oak.example"
    assert mail["To"] == "ada@example.com"
    assert mail["Reply-To"] == "hello@oak.example"
    assert mail["Subject"] == "Unterwegs: Ihre Bestellung №1001"


def test_the_headers_machines_see():
    mail = read(sent().raw)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert mail["Content-Language"] == "de"


def test_the_provider_sets_what_is_the_providers():
    mail = read(sent().raw)
    assert {"Message-ID", "Date", "Return-Path", "DKIM-Signature"} & set(mail.keys()) == set()


def test_the_bytes_are_seven_bit_with_short_lines():
    raw = sent(html="ä" * 5000 + "x" * 5000).raw
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


def test_a_service_mail_has_no_unsubscribe_header_unless_the_message_brings_one():
    assert read(sent().raw)["List-Unsubscribe"] is None
    headers = {"List-Unsubscribe": "<https://oak.example/u/1>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    mail = read(sent(headers=headers).raw)
    assert mail["List-Unsubscribe"] == "<https://oak.example/u/1>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_no_reply_to_where_nobody_reads():
    assert read(sent(reply_to="").raw)["Reply-To"] is None


def test_a_message_without_html_is_plain_text():
    assert read(sent(html="").raw).get_content_type() == "text/plain"


def test_the_tags_come_back_with_every_event():
    assert sent().tags == {"message": "orderkey@shipped@1Z9", "touchpoint": "shipped"}


@pytest.mark.parametrize("tag", ["", "a b", "a#b", "ä", "x" * 257])
def test_a_tag_that_the_provider_would_refuse_stops_before_the_call(tag: str):
    with pytest.raises(PermanentError):
        sent(tag=tag)


@pytest.mark.parametrize("field", ["subject", "sender_name"])
@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028"])
def test_a_line_break_adds_no_header(field: str, break_: str):
    mail = read(sent(**{field: f"Hello{break_}Bcc: everyone@example.com"}).raw)
    assert mail["Bcc"] is None
    assert mail["To"] == "ada@example.com"


@pytest.mark.parametrize("value", ["x\r\nBcc: all@example.com", "x\nBcc: all@example.com"])
def test_a_line_break_in_an_extra_header_adds_no_header(value: str):
    assert read(sent(headers={"X-Extra": value}).raw)["Bcc"] is None


@pytest.mark.parametrize(
    "name", ['Oak", "Evil" <evil@example.com>, "x', "Oak <evil@example.com>", "a, b", "=?utf-8?q?x?=", "Ö" * 60]
)
def test_a_senders_name_adds_no_address(name: str):
    addresses = read(sent(sender_name=name).raw)["From"].addresses
    assert [one.addr_spec for one in addresses] == ["orders@oak.example"]


@pytest.mark.parametrize(
    "address",
    [
        "jürgen@example.com",
        "ada",
        "ada@localhost",
        "a b@example.com",
        "ada@example.com, bob@example.com",
        "ada@example.com\r\nBcc: bob@example.com",
        "<ada@example.com>",
        "ada@exa_mple.com",
        "ada@-example.com",
        "ada@" + "a" * 64 + ".com",
        "ada@example..com",
        "ada\x00@example.com",
        "@example.com",
        "",
    ],
)
def test_an_address_that_can_not_be_written_to_is_refused_before_the_call(address: str):
    recorder = Recorder()
    with pytest.raises(RejectedRecipientError) as refused:
        CHANNEL.send(MESSAGE.model_copy(update={"to": address}), recorder)
    assert not recorder.calls
    assert "@" not in str(refused.value)


def test_an_international_domain_travels_in_its_ascii_form():
    call = sent(to="ada@Bücher.example")
    assert call.to == "ada@xn--bcher-kva.example"
    assert read(call.raw)["To"] == "ada@xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("email", "address"),
    [
        (" ada@example.com ", "ada@example.com"),
        ("Ada.M+lamp@Example.com", "Ada.M+lamp@Example.com"),
        ("", None),
        ("ada", None),
        ("ada at example.com", None),
        ("a@b@example.com", None),
        ("ada@example.com\n", "ada@example.com"),
        ("ada@example.com,bob@example.com", None),
    ],
)
def test_where_a_person_is_reached(email: str, address: str | None):
    assert CHANNEL.address_of(Person(email=email)) == address


def test_the_same_message_makes_the_same_mail():
    """A resent mail differs in nothing but the boundary between its parts."""
    first, second = (read(mime(MESSAGE, "ada@example.com")) for _ in range(2))
    assert [part.as_bytes() for part in first.iter_parts()] == [part.as_bytes() for part in second.iter_parts()]
