"""E-mail, as one MIME message with a text and an HTML part, handed to the mail provider whole.

Nothing from an order can add a header or a recipient: header values are single lines, the address is checked and the
library quotes names. Message-ID, Date, Return-Path and the DKIM signature are the provider's to set.

Service mails carry no `List-Unsubscribe`: it belongs to mails one may refuse, and comes with `message.headers`.
"""

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy

from porchlight.domain.errors import PermanentError, RejectedRecipientError
from porchlight.domain.messages import EmailCall, OutgoingMessage, Receipt, Transports
from porchlight.domain.orders import Person

_ADDRESS = re.compile(r"[^\s@<>(),;:\"\\\[\]\x00-\x20\x7f]{1,64}@[^\s@<>(),;:\"\\\[\]]{1,253}")
_DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])", re.ASCII)
_TAG = re.compile(r"[A-Za-z0-9_.@-]{1,256}")
"""What the provider accepts as a tag's value."""
_NOT_A_MACHINE = {
    "Auto-Submitted": "auto-generated",  # RFC 3834: nobody's absence note is to answer this
    "X-Auto-Response-Suppress": "OOF, AutoReply",  # the same for Exchange
}
_WHOLE = frozenset({"list-unsubscribe"})
_LONGEST_LINE = 998
"""Of a header, RFC 5322."""


class _MailPolicy(EmailPolicy):
    """The library would break a long link into encoded words, which no mail program reads as a link (RFC 2369)."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """One header as bytes."""
        line = f"{name}: {value}"
        if name.lower() in _WHOLE and line.isascii() and len(line) <= _LONGEST_LINE:
            return f"{line}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _MailPolicy(linesep="\r\n", cte_type="7bit")


class EmailChannel:
    """Mail through SES."""

    code = "email"
    name = "E-mail"
    tells_of_delivery = True

    def address_of(self, person: Person) -> str | None:
        """The address, if it has the shape of one."""
        address = person.email.strip()
        return address if _ADDRESS.fullmatch(address) else None

    def send(self, message: OutgoingMessage, transports: Transports) -> Receipt:
        """One mail to one address. Raises what `Channel.send` lists."""
        to = deliverable(message.to)
        tags = {"message": message.tag, "touchpoint": message.touchpoint}
        if not all(_TAG.fullmatch(value) for value in tags.values()):
            wrong = "a tag of this message can not travel with a mail"
            raise PermanentError(wrong)
        return transports.send_email(EmailCall(sender=message.sender, to=to, raw=mime(message, to), tags=tags))


def deliverable(address: str) -> str:
    """The address as SES takes it: international domains in their ASCII form.

    Raises `RejectedRecipientError` for letters outside ASCII before the @, which SES can not deliver.
    """
    local, _, domain = address.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        ascii_domain = ""
    if not local.isascii() or not _ADDRESS.fullmatch(address) or not _DOMAIN.fullmatch(ascii_domain):
        message = "this address can not be written to by mail"
        raise RejectedRecipientError(message)
    return f"{local}@{ascii_domain}"


def mime(message: OutgoingMessage, to: str) -> bytes:
    """The whole mail as bytes."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(display_name=_line(message.sender_name), addr_spec=message.sender)
    mail["To"] = Address(addr_spec=to)
    if message.reply_to:
        mail["Reply-To"] = Address(addr_spec=message.reply_to)
    mail["Subject"] = _line(message.subject)
    for name, value in (_NOT_A_MACHINE | message.headers).items():
        mail[name] = _line(value)
    mail.set_content(message.text)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    mail["Content-Language"] = message.locale  # after the content, which clears such headers when it is set
    return mail.as_bytes()


def _line(text: str) -> str:
    return " ".join(text.split())


PLUGIN = EmailChannel()
