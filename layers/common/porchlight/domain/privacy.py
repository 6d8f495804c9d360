"""Requests about personal data, kept until they are answered and long after, as the proof that they were.

Nothing in a record names a person: the address is kept as the digest that preferences are found by.
"""

import hashlib
from datetime import datetime
from typing import Literal

from porchlight.domain.links import person_digest
from porchlight.domain.model import Value
from porchlight.domain.store_news import PrivacyKind, PrivacyRequest


class PrivacyRecord(Value):
    """One request.

    Attributes:
        privacy_id: Equal when the store repeats itself.
        store: Plug-in code of who asked; `connection` is the merchant's account there.
        request_id: The store's own id of it, else empty.
        vendor_order_ids: Orders it names; empty for a whole shop.
        person: Digest of the shopper's address; empty when none was named.
        answered_at: `None` while somebody has to act.
        walked_to: For a whole shop: how far its orders were gone through.
        orders_erased: How many orders were erased, or told to be.
    """

    privacy_id: str
    kind: PrivacyKind
    store: str
    connection: str
    request_id: str = ""
    vendor_order_ids: tuple[str, ...] = ()
    person: str = ""
    asked_at: datetime
    answered_at: datetime | None = None
    walked_to: str = ""
    orders_erased: int = 0

    @property
    def is_by_person(self) -> bool:
        """It names somebody and no order: whose orders are meant has to be looked for."""
        return bool(self.person) and not self.vendor_order_ids


class Erasure(Value):
    """One order to be erased."""

    schema_version: int = 1
    origin: Literal["erasure"] = "erasure"
    order_id: str
    trace: str = ""


def privacy_record(request: PrivacyRequest, connection: str, asked_at: datetime) -> PrivacyRecord:
    """The record of a request."""
    person = person_digest(request.email) if request.email.strip() else ""
    named = (request.source, connection, request.kind.value, request.request_id, person, *request.vendor_order_ids)
    return PrivacyRecord(
        privacy_id=hashlib.sha256("\x1f".join(named).encode("utf-8", "surrogatepass")).hexdigest()[:16],
        kind=request.kind,
        store=request.source,
        connection=connection,
        request_id=request.request_id,
        vendor_order_ids=request.vendor_order_ids,
        person=person,
        asked_at=asked_at,
    )
