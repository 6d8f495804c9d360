"""What follows from everything that was said about an order: its parcels and itself, now.

A parcel is one tracking number, outbound or coming back. fold.py finds the statuses, truth.py what counts of several
sources, numbering.py which number stands for which.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from porchlight.domain.fulfilments import Edit, FulfilmentSnapshot, HoldSnapshot, PackedItem, Refund, ReturnSnapshot
from porchlight.domain.orders import OrderSnapshot
from porchlight.domain.status import Action, Finality, Responsible, Status, SubStatus, action_for, finality_of
from porchlight.domain.status import responsible_for as responsible_of
from porchlight.domain.tracking import Estimate, TrackingEvent
from porchlight.domain.truth import Truth


@dataclass(frozen=True, slots=True)
class ShipmentState:
    """One parcel now.

    Attributes:
        items: What is in it and in those of `together_with`, taken together.
        together_with: Parcels of which the store does not say what is in them and what in this one.
        since: When the status began (carrier's time, UTC); `None` before the first statement.
        decided_by: `event_id` of the scan that set the status; empty when a summary did.
        moving_since: First scan that proves the carrier has it.
        last_scan_at: Latest scan of known meaning, or when the parcel was packed.
        first_estimate: What was said first; with `estimate` it tells a delay.
        superseded: The number was replaced, removed, or died before its first scan; its history stays.
        truth: What counts of everything that was said about it, and what does not.
        named_at: When the store first named it for a fulfilment; of a return leg, when it last spoke of the return.
        replaced_by: Numbers that stand in its place.
        return_of: Outbound numbers whose items it brings back; only for `comes_back`.
        comes_back: It is the return leg.
    """

    tracking_number: str
    carrier: str
    carrier_name: str
    tracking_url: str
    fulfilment_id: str
    items: tuple[PackedItem, ...]
    together_with: tuple[str, ...]
    status: Status
    sub_status: SubStatus
    since: datetime | None
    decided_by: str
    packed_at: datetime | None
    moving_since: datetime | None
    last_scan_at: datetime | None
    last_scan_id: str
    estimate: Estimate | None
    first_estimate: Estimate | None
    superseded: bool
    truth: Truth
    named_at: datetime | None = None
    replaced_by: tuple[str, ...] = ()
    return_of: tuple[str, ...] = ()
    comes_back: bool = False

    @property
    def events(self) -> tuple[TrackingEvent, ...]:
        """Its scans, each once, in the order they happened."""
        return self.truth.events

    @property
    def finality(self) -> Finality:
        """Whether more scans are expected."""
        return finality_of(self.status)

    @property
    def is_open(self) -> bool:
        """More scans are expected and the number still counts."""
        return self.finality is Finality.OPEN and not self.superseded

    @property
    def responsible(self) -> Responsible:
        """Who must move next."""
        return responsible_of(self.status, self.sub_status)

    @property
    def action(self) -> Action:
        """What the shopper should do."""
        return action_for(self.status, self.sub_status)


@dataclass(frozen=True)  # no slots: they leave no place for what is computed once
class OrderState:
    """One order now.

    Attributes:
        order: `None` while the store has told us of fulfilments only.
        shipments: Every parcel, superseded and returning ones included, by tracking number.
        untracked: Fulfilments that left without a tracking number.
        fully_packed: Every item that ships is in a fulfilment; no further parcel is expected.
        holds: Parts of the order that the merchant does not pack for now.
    """

    order_id: str
    store: str
    order: OrderSnapshot | None
    shipments: tuple[ShipmentState, ...]
    untracked: tuple[FulfilmentSnapshot, ...]
    fully_packed: bool
    refunds: tuple[Refund, ...] = ()
    returns: tuple[ReturnSnapshot, ...] = ()
    holds: tuple[HoldSnapshot, ...] = ()
    edits: tuple[Edit, ...] = ()

    @cached_property
    def parcels(self) -> tuple[ShipmentState, ...]:
        """The outbound parcels that count."""
        return tuple(one for one in self.shipments if not one.superseded and not one.comes_back)

    @property
    def return_legs(self) -> tuple[ShipmentState, ...]:
        """The parcels that come back."""
        return tuple(one for one in self.shipments if one.comes_back)

    @property
    def cancelled(self) -> bool:
        """The store has cancelled the order."""
        return bool(self.order and self.order.cancelled_at)

    def count(self, *statuses: Status) -> int:
        """How many parcels are in one of these statuses."""
        return sum(parcel.status in statuses for parcel in self.parcels)

    @property
    def all_delivered(self) -> bool:
        """Nothing is missing: every parcel that counts has arrived and no further one is expected."""
        return bool(self.parcels) and self.fully_packed and self.count(Status.DELIVERED) == len(self.parcels)
