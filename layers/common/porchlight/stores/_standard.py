"""A shop platform that signs by Standard Webhooks and names the topic in the body; the vendor's file adds the rest.

https://www.standardwebhooks.com: `webhook-signature` holds one or more `v1,<base64>`, blank between them, each the
HMAC-SHA256 of `<webhook-id>.<webhook-timestamp>.<raw body>`. Versions other than `v1` are passed over; anything that is
no list of signatures is refused whole. Id and time are signed too, so a delivery counts for five minutes and once.
"""

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from pydantic import RootModel

from porchlight.access import Coded
from porchlight.domain.errors import InvalidSignatureError
from porchlight.domain.exchange import Trust, WebhookRequest
from porchlight.domain.reading import read_json
from porchlight.domain.signatures import HEADER_LIMIT, require_fresh, require_signature
from porchlight.domain.store_news import StoreNews
from porchlight.stores._payload import Body

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_SIGNATURES = re.compile(r"v[0-9]+[a-z]*,[A-Za-z0-9+/]+={0,2}(?: v[0-9]+[a-z]*,[A-Za-z0-9+/]+={0,2})*")
_SECONDS = re.compile(r"[0-9]{1,11}")


class StandardStore(Coded):
    """Verifies, deduplicates and reads; follows the `Store` protocol.

    Args:
        code: Plug-in code.
        name: As shown to people.
        topic_field: Outermost field of the body that names the topic.
        bodies: For each topic, what its body holds.
    """

    trust = Trust.BODY_AND_TIME
    webhook_headers = (ID, TIMESTAMP, SIGNATURE)

    def __init__(self, *, code: str, name: str, topic_field: str, bodies: Mapping[str, type[Body]]) -> None:
        self.code = code
        self.name = name
        self.topics = tuple(bodies)
        self._topic_field = topic_field
        self._bodies = bodies

    def key(self, secret: str) -> bytes:
        """The signing key in a secret, as the merchant keeps it."""
        return secret.encode()

    def verify_webhook(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """Check signature and time. Raises `InvalidSignatureError`."""
        name, at, given = (request.headers.get(header, "") for header in self.webhook_headers)
        if len(given) > HEADER_LIMIT or not _SIGNATURES.fullmatch(given):
            raise InvalidSignatureError
        signed = f"{name}.{at}.".encode("utf-8", "surrogatepass") + request.body
        matching = [one for one in given.split(" ") if self._proves(one, secrets, signed)]
        if not name or not matching:
            raise InvalidSignatureError
        moment = datetime.fromtimestamp(int(at), UTC) if _SECONDS.fullmatch(at) else None
        require_fresh(moment, request.received_at)

    def _proves(self, given: str, secrets: Sequence[str], signed: bytes) -> bool:
        try:
            require_signature(given, secrets, lambda secret: f"v1,{self._signature(secret, signed)}")
        except InvalidSignatureError:
            return False
        return True

    def _signature(self, secret: str, signed: bytes) -> str:
        return b64encode(hmac.digest(self.key(secret), signed, hashlib.sha256)).decode()

    def delivery_id(self, request: WebhookRequest) -> str | None:
        """The same on every retry."""
        return request.headers.get(ID) or None

    def topic(self, request: WebhookRequest) -> str:
        """What the body says it is about. Raises `MalformedPayloadError`: nobody could tell what is lost with it."""
        named = read_json(self.code, RootModel[dict[str, object]], request.body).root.get(self._topic_field)
        return named if isinstance(named, str) else ""

    def parse(self, topic: str, body: bytes, *, received_at: datetime) -> list[StoreNews]:
        """Everything the body says; nothing for a topic we do not read."""
        model = self._bodies.get(topic)
        return read_json(self.code, model, body).updates(topic, received_at) if model else []
