"""A second channel beside mail: short messages, by the phone number, through the provider that the test holds."""

import pytest
from porchlight.domain.messages import EmailCall, OutgoingMessage, Receipt, Transports
from porchlight.domain.orders import Person
from porchlight.plugins import CHANNELS
from porchlight.sandbox import sources


class TextChannel:
    """`Channel`: its provider tells nothing of deliveries."""

    code = "sms"
    name = "Text message"
    tells_of_delivery = False

    def address_of(self, person: Person) -> str | None:
        return person.phone or None

    def send(self, message: OutgoingMessage, transports: Transports) -> Receipt:
        tags = {"message": message.tag, "touchpoint": message.touchpoint, "channel": self.code}
        return transports.send_email(EmailCall(sender=message.sender, to=message.to, raw=b"", tags=tags))


def add_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """This channel beside mail, with the texts of the mails."""
    channels = {"email": CHANNELS.get("email"), "sms": TextChannel()}
    monkeypatch.setattr(CHANNELS, "codes", lambda: sorted(channels))
    monkeypatch.setattr(CHANNELS, "get", channels.__getitem__)
    for name, template in [one for one in sources().items() if one[0].startswith("email/")]:
        monkeypatch.setitem(sources(), name.replace("email/", "sms/"), template)
