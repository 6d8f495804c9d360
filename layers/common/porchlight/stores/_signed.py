"""A shop platform that signs the raw body and says the rest in headers; the vendor's file adds names and mapping.

The signature is the base64 HMAC-SHA256 of the raw body under a shared secret. Topic and delivery id stand in headers
that are not signed: a topic that does not fit its body ends as a malformed payload, and a forged delivery id gains
nothing, because content is compared too.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from porchlight.access import Coded
from porchlight.domain.exchange import Trust, WebhookRequest
from porchlight.domain.reading import read_json
from porchlight.domain.signatures import hmac_base64, require_signature
from porchlight.domain.store_news import StoreNews
from porchlight.stores._payload import Body


class SignedStore(Coded):
    """Verifies, deduplicates and reads; follows the `Store` protocol.

    Args:
        code: Plug-in code.
        name: As shown to people.
        signature_header: Lower-case name of the header with the signature.
        delivery_header: Lower-case name of the header with the delivery id.
        topic_header: Lower-case name of the header with the topic.
        bodies: For each topic, what its body holds.
    """

    trust = Trust.BODY

    def __init__(  # noqa: PLR0913 six facts tell one such platform from another
        self,
        *,
        code: str,
        name: str,
        signature_header: str,
        delivery_header: str,
        topic_header: str,
        bodies: Mapping[str, type[Body]],
    ) -> None:
        self.code = code
        self.name = name
        self.webhook_headers = (signature_header, delivery_header, topic_header)
        self.topics = tuple(bodies)
        self._bodies = bodies

    def verify_webhook(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """Check the signature. Raises `InvalidSignatureError`."""
        given = request.headers.get(self.webhook_headers[0])
        require_signature(given, secrets, lambda secret: hmac_base64(secret, request.body))

    def delivery_id(self, request: WebhookRequest) -> str | None:
        """The same on every retry."""
        return request.headers.get(self.webhook_headers[1]) or None

    def topic(self, request: WebhookRequest) -> str:
        """What the sender says the body is about."""
        return request.headers.get(self.webhook_headers[2], "")

    def parse(self, topic: str, body: bytes, *, received_at: datetime) -> list[StoreNews]:
        """Everything the body says; nothing for a topic we do not read."""
        model = self._bodies.get(topic)
        return read_json(self.code, model, body).updates(topic, received_at) if model else []
