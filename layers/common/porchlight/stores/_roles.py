"""What stores of one kind answer alike. Not a plug-in: it knows no vendor."""

from collections.abc import Sequence
from datetime import datetime

from porchlight.access import Keyed
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Credentials, HttpRequest
from porchlight.domain.store_news import ChangedOrders, StoreUpdate


class Unread(Keyed):
    """Can not be asked for its orders."""

    credential_fields: tuple[str, ...] = ()
    budget = Budget(calls=2, seconds=1)  # never spent

    def order_requests(
        self,
        vendor_order_id: str,  # noqa: ARG002 nobody to ask
        credentials: Credentials,  # noqa: ARG002
        token: str,  # noqa: ARG002
    ) -> tuple[HttpRequest, ...]:
        """None."""
        return ()

    def parse_order(self, bodies: Sequence[bytes], *, received_at: datetime) -> list[StoreUpdate]:  # noqa: ARG002
        """Raise `MalformedPayloadError`, as nothing was asked."""
        raise MalformedPayloadError(self.code, "body", "this store can not be asked")

    def changed_request(
        self,
        since: datetime,  # noqa: ARG002 nobody to ask
        page: int,  # noqa: ARG002
        credentials: Credentials,  # noqa: ARG002
        token: str,  # noqa: ARG002
    ) -> HttpRequest:
        """Raise `MalformedPayloadError`, as there is nobody to ask."""
        raise MalformedPayloadError(self.code, "body", "this store can not be asked")

    def parse_changed(self, body: bytes, *, received_at: datetime) -> ChangedOrders:  # noqa: ARG002
        """Raise `MalformedPayloadError`, as nothing was asked."""
        raise MalformedPayloadError(self.code, "body", "this store can not be asked")
