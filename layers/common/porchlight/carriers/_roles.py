"""What plug-ins of one kind answer alike: those without tokens, without pushes, without polls, without registration.

Not a plug-in: it knows no vendor. A plug-in inherits the roles it plays and writes the rest of `Carrier` itself.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime

from porchlight.access import Coded, Keyed, OAuth
from porchlight.domain.errors import InvalidSignatureError, MalformedPayloadError
from porchlight.domain.exchange import Credentials, HttpRequest, ParcelQuery, Trust, WebhookRequest
from porchlight.domain.tracking import TrackingUpdate

__all__ = ["Keyed", "OAuth", "PollOnly", "PushOnly", "PushesAnswers", "Unnumbered", "Unregistered"]


class Unregistered:
    """Asked about any parcel at any time."""

    def registration_request(
        self,
        parcel: ParcelQuery,  # noqa: ARG002 nothing to register
        credentials: Credentials,  # noqa: ARG002
        token: str,  # noqa: ARG002
    ) -> HttpRequest | None:
        """None."""
        return None


class PollOnly(Coded, Unregistered):
    """Never calls us."""

    trust: Trust | None = None
    webhook_headers: tuple[str, ...] = ()

    def verify_webhook(self, request: WebhookRequest, secrets: Sequence[str]) -> None:  # noqa: ARG002 nobody can
        """Raise `InvalidSignatureError`: this vendor sends nothing."""
        raise InvalidSignatureError

    def delivery_id(self, request: WebhookRequest) -> str | None:  # noqa: ARG002 there are no deliveries
        """None."""
        return None

    def parse_webhook(self, request: WebhookRequest) -> list[TrackingUpdate]:  # noqa: ARG002 never accepted
        """Raise `MalformedPayloadError`, as there is nothing to read."""
        raise MalformedPayloadError(self.code, "body", "this vendor sends no webhooks")


class Unnumbered:
    """Gives its deliveries no id."""

    def delivery_id(self, request: WebhookRequest) -> str | None:  # noqa: ARG002 there is none to find
        """None."""
        return None


class PushesAnswers(ABC):
    """Pushes what it would answer."""

    @abstractmethod
    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer."""

    def parse_webhook(self, request: WebhookRequest) -> list[TrackingUpdate]:
        """Read a push. Raises as `parse_tracking` does."""
        return self.parse_tracking(request.body, received_at=request.received_at)


class PushOnly(Keyed, Unregistered):
    """Can not be asked."""

    credential_fields: tuple[str, ...] = ()

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """Raise `MalformedPayloadError`, as there is nobody to ask."""
        raise MalformedPayloadError(self.code, "body", "this vendor only pushes")

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:  # noqa: ARG002
        """Raise `MalformedPayloadError`, as nothing was asked."""
        raise MalformedPayloadError(self.code, "body", "this vendor only pushes")
