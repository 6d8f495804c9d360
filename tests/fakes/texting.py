"""A second channel beside mail: short messages, by the phone number, through the provider that the test holds."""

from porchlight.domain.messages import EmailCall, OutgoingMessage, Receipt, Transports
from porchlight.domain.orders import Person


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
