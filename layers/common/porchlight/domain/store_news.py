"""Everything one delivery from a store can say: about an order, or about somebody's personal data."""

from datetime import datetime
from enum import StrEnum

from porchlight.domain.fulfilments import (
    Edit,
    FulfilmentEvent,
    FulfilmentSnapshot,
    HoldSnapshot,
    Refund,
    ReturnSnapshot,
)
from porchlight.domain.model import Value
from porchlight.domain.orders import OrderSnapshot


class StoreUpdate(Value):
    """Everything one delivery from a store says about one order.

    Attributes:
        order: A full snapshot, or `None` when the delivery is about fulfilments only.
    """

    source: str
    vendor_order_id: str
    topic: str
    order: OrderSnapshot | None = None
    fulfilments: tuple[FulfilmentSnapshot, ...] = ()
    events: tuple[FulfilmentEvent, ...] = ()
    refunds: tuple[Refund, ...] = ()
    returns: tuple[ReturnSnapshot, ...] = ()
    holds: tuple[HoldSnapshot, ...] = ()
    edits: tuple[Edit, ...] = ()

    @property
    def numbers(self) -> frozenset[str]:
        """Tracking numbers it names, outbound and coming back."""
        outbound = {parcel.tracking_number for one in self.fulfilments for parcel in one.parcels}
        return frozenset(outbound | {parcel.tracking_number for one in self.returns for parcel in one.parcels})

    @property
    def is_bare(self) -> bool:
        """It names an order and says nothing about it: the order must be read."""
        return not any((self.order, self.fulfilments, self.events, self.refunds, self.returns, self.holds, self.edits))


class PrivacyKind(StrEnum):
    """What a store asks for on a shopper's behalf, or for itself."""

    EXPORT_SHOPPER = "export_shopper"
    ERASE_SHOPPER = "erase_shopper"
    ERASE_SHOP = "erase_shop"


class PrivacyRequest(Value):
    """A request about personal data that arrived as a webhook.

    Attributes:
        request_id: The store's id of it, else empty.
        vendor_order_ids: Orders it names; empty for a whole shop.
        email: Of the shopper. Personal: never logged.
    """

    source: str
    kind: PrivacyKind
    request_id: str = ""
    vendor_order_ids: tuple[str, ...] = ()
    email: str = ""


StoreNews = StoreUpdate | PrivacyRequest
"""What a delivery from a store can say."""


class ChangedOrders(Value):
    """One page of the orders that changed since a time, in the order of their change.

    Attributes:
        updates: One for each; bare where the page does not tell the order whole.
        newest: Latest change on the page by the store's clock; `None` for an empty page.
        more: The page was full, so another one may follow.
    """

    updates: tuple[StoreUpdate, ...] = ()
    newest: datetime | None = None
    more: bool = False
