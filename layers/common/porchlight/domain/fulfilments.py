"""What a store says about the packing of an order: parcels, holds, refunds, returns, each by the store's own clock."""

from datetime import datetime
from enum import StrEnum

from porchlight.domain.model import Value
from porchlight.domain.tracking import Estimate, TrackingEvent


class Parcel(Value):
    """One tracking number of a fulfilment.

    Attributes:
        carrier: Our plug-in code where the store's carrier name is known, else an empty string.
        carrier_name: The store's own words.
    """

    tracking_number: str
    carrier: str = ""
    carrier_name: str = ""
    tracking_url: str = ""


class PackedItem(Value):
    """How many of an order line went into a fulfilment."""

    line_id: str
    quantity: int = 1


class FulfilmentSnapshot(Value):
    """The store's latest word on one packing of an order.

    Attributes:
        cancelled: The packing was undone; its parcels no longer count.
    """

    fulfilment_id: str
    updated_at: datetime
    created_at: datetime
    cancelled: bool = False
    parcels: tuple[Parcel, ...] = ()
    items: tuple[PackedItem, ...] = ()


class FulfilmentEvent(Value):
    """A scan that the store reports for a fulfilment, without naming the parcel."""

    fulfilment_id: str
    event: TrackingEvent
    estimate: Estimate | None = None


class Refund(Value):
    """Money that went back, once and for all.

    Attributes:
        amount: Decimal text in `currency`.
        items: What it was for, where the store says.
    """

    refund_id: str
    refunded_at: datetime
    amount: str = ""
    currency: str = ""
    items: tuple[PackedItem, ...] = ()


class ReturnState(StrEnum):
    """How far a return is."""

    REQUESTED = "requested"
    APPROVED = "approved"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    SHIPPED = "shipped"
    RECEIVED = "received"
    CLOSED = "closed"


ARRIVED_RETURN = frozenset({ReturnState.RECEIVED, ReturnState.CLOSED})
"""Nothing is on its way back any more."""


class ReturnSnapshot(Value):
    """The store's latest word on one return.

    Attributes:
        parcels: The return leg's own numbers.
        items: What comes back.
    """

    return_id: str
    updated_at: datetime
    state: ReturnState
    parcels: tuple[Parcel, ...] = ()
    items: tuple[PackedItem, ...] = ()


class HoldReason(StrEnum):
    """Why the merchant does not pack."""

    AWAITING_PAYMENT = "awaiting_payment"
    FRAUD_CHECK = "fraud_check"
    ADDRESS_PROBLEM = "address_problem"
    OUT_OF_STOCK = "out_of_stock"
    SCHEDULED = "scheduled"
    OTHER = "other"


class HoldSnapshot(Value):
    """The store's latest word on whether a part of the order may be packed.

    Attributes:
        hold_id: The store's id of that part (a fulfilment order), or of the order.
        held: False once it was released.
    """

    hold_id: str
    updated_at: datetime
    held: bool
    reason: HoldReason = HoldReason.OTHER


class Edit(Value):
    """A change of the order's lines after it was placed.

    Attributes:
        added: Lines that are new, or how many more of a line.
        removed: Likewise.
    """

    edit_id: str
    edited_at: datetime
    added: tuple[PackedItem, ...] = ()
    removed: tuple[PackedItem, ...] = ()
