"""One scene per touchpoint: what must have happened to an invented order for its message to be due."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from porchlight.domain.fulfilments import Edit, HoldReason, HoldSnapshot, PackedItem, Refund
from porchlight.domain.journeys import Trigger
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.status import Status, SubStatus

NOW = datetime(2026, 5, 5, 8, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
_BEFORE_PACKING = (0,)
_AN_HOUR_AGO = NOW - HOUR
_PRICE = Decimal("59.00")
_EDIT = Edit(
    edit_id="1",
    edited_at=_AN_HOUR_AGO,
    added=(PackedItem(line_id="3"),),
    removed=(PackedItem(line_id="2"),),
)
_REFUND = Refund(
    refund_id="1",
    refunded_at=_AN_HOUR_AGO,
    amount=str(_PRICE),
    currency="GBP",
    items=(PackedItem(line_id="1"),),
)


def _held(reason: HoldReason) -> HoldSnapshot:
    return HoldSnapshot(hold_id="1", updated_at=_AN_HOUR_AGO, held=True, reason=reason)


@dataclass(frozen=True, slots=True)
class Scene:
    """A parcel's last scan, what was said about its arrival, and what the store said.

    Attributes:
        hours_ago: When the last scan was.
        due_in: Days until the estimated day; `None` without an estimate.
        first_due_in: The same as it was said first.
        parcels: How many the order may have; the first where another number is asked for.
        whole: All of them have come as far, not just the first.
        store: What the store's news holds beside order and packing, by the names of `StoreUpdate`.
        cancelled: The order was cancelled an hour ago.
        lasts: How long products last, by SKU.
    """

    trigger: Trigger
    status: Status = Status.UNKNOWN
    sub_status: SubStatus = SubStatus.NONE
    hours_ago: int = 1
    due_in: int | None = None
    first_due_in: int | None = None
    window: tuple[str, str] | None = None
    parcels: tuple[int, ...] = (1, 2)
    whole: bool = False
    store: Mapping[str, object] = field(default_factory=dict)
    cancelled: bool = False
    audience: Audience = Audience.SHOPPER
    purpose: Purpose = Purpose.SERVICE
    lasts: Mapping[str, timedelta] = field(default_factory=dict)


def _of_the_order(trigger: Trigger, *, cancelled: bool = False, **store: object) -> Scene:
    return Scene(trigger, parcels=_BEFORE_PACKING, store=store, cancelled=cancelled)


def _arrived(trigger: Trigger = Trigger.ALL_ARRIVED, purpose: Purpose = Purpose.MARKETING, **lasts: timedelta) -> Scene:
    return Scene(trigger, Status.DELIVERED, whole=True, purpose=purpose, lasts=lasts)


def _for_merchant(trigger: Trigger, status: Status, sub_status: SubStatus = SubStatus.NONE, **more: int) -> Scene:
    return Scene(trigger, status, sub_status, audience=Audience.MERCHANT, **more)  # type: ignore[arg-type]  # all int


SCENES = {
    # before it leaves
    "order_confirmed": _of_the_order(Trigger.ORDER_PLACED),
    "reassurance": _of_the_order(Trigger.ORDER_PLACED),
    "order_edited": _of_the_order(Trigger.ORDER_EDITED, edits=(_EDIT,)),
    "back_ordered": _of_the_order(Trigger.ORDER_HELD, holds=(_held(HoldReason.OUT_OF_STOCK),)),
    "on_hold": _of_the_order(Trigger.ORDER_HELD, holds=(_held(HoldReason.ADDRESS_PROBLEM),)),
    "processing_delay": _of_the_order(Trigger.NOT_PACKED),
    "cancelled": _of_the_order(Trigger.ORDER_CANCELLED, refunds=(_REFUND,), cancelled=True),
    "refunded": _of_the_order(Trigger.REFUNDED, refunds=(_REFUND,)),
    "label_created": Scene(Trigger.PACKED, Status.PRE_TRANSIT, SubStatus.LABEL_CREATED, due_in=3),
    "split": Scene(Trigger.SPLIT, Status.IN_TRANSIT, due_in=2, parcels=(2,)),
    # on the way
    "shipped": Scene(Trigger.FIRST_MOVEMENT, Status.IN_TRANSIT, SubStatus.ACCEPTED, due_in=2),
    "first_movement": Scene(Trigger.FIRST_MOVEMENT, Status.IN_TRANSIT, SubStatus.ACCEPTED, due_in=2),
    "customs_started": Scene(Trigger.CUSTOMS, Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED),
    "customs_held": Scene(Trigger.CUSTOMS, Status.EXCEPTION, SubStatus.CUSTOMS_HELD),
    "duty_due": Scene(Trigger.CUSTOMS, Status.EXCEPTION, SubStatus.DUTY_DUE),
    "customs_cleared": Scene(Trigger.CUSTOMS, Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED),
    "delayed": Scene(Trigger.LATER_ESTIMATE, Status.IN_TRANSIT, hours_ago=5, due_in=3, first_due_in=1),
    "sooner": Scene(Trigger.EARLIER_ESTIMATE, Status.IN_TRANSIT, hours_ago=5, due_in=1, first_due_in=3),
    "out_for_delivery": Scene(Trigger.OUT_FOR_DELIVERY, Status.OUT_FOR_DELIVERY, due_in=0, window=("11:15", "14:15")),
    "delivery_attempted": Scene(Trigger.DELIVERY_ATTEMPTED, Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME, due_in=1),
    "ready_for_pickup": Scene(Trigger.READY_FOR_PICKUP, Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT),
    "pickup_reminder": Scene(
        Trigger.READY_FOR_PICKUP, Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT, hours_ago=72
    ),
    "exception": Scene(Trigger.EXCEPTION, Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM),
    "address_problem": Scene(Trigger.EXCEPTION, Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM),
    "damaged": Scene(Trigger.EXCEPTION, Status.EXCEPTION, SubStatus.DAMAGED),
    "lost": Scene(Trigger.EXCEPTION, Status.EXCEPTION, SubStatus.LOST),
    "stalled": Scene(Trigger.SILENCE, Status.IN_TRANSIT, hours_ago=80),
    "storm": Scene(Trigger.STORM, Status.IN_TRANSIT, hours_ago=60),
    "probably_lost": Scene(Trigger.SILENCE, Status.IN_TRANSIT, hours_ago=300),
    "new_number": Scene(Trigger.NEW_NUMBER, Status.PRE_TRANSIT, SubStatus.LABEL_CREATED, due_in=3),
    "returning": Scene(Trigger.RETURNING, Status.RETURN_TO_SENDER, SubStatus.UNDELIVERABLE),
    "returned": Scene(Trigger.RETURNED, Status.RETURNED),
    # it is there
    "part_arrived": Scene(Trigger.PART_ARRIVED, Status.DELIVERED, SubStatus.LEFT_IN_SAFE_PLACE, parcels=(2,)),
    "delivered": Scene(Trigger.DELIVERED, Status.DELIVERED, SubStatus.LEFT_IN_SAFE_PLACE),
    "all_arrived": _arrived(purpose=Purpose.SERVICE),
    "delivery_check": Scene(Trigger.DELIVERED, Status.DELIVERED, hours_ago=24),
    "proof_of_delivery": Scene(Trigger.DELIVERED, Status.DELIVERED, SubStatus.SIGNED_FOR),
    # afterwards
    "how_to_use": _arrived(purpose=Purpose.SERVICE),
    "review_request": _arrived(Trigger.ORDER_PLACED),
    "survey": _arrived(),
    "cross_sell": _arrived(),
    "loyalty": _arrived(),
    "referral": _arrived(),
    "replenish": _arrived(Trigger.REPLENISH, LINEN=HOUR / 2),
    # for the merchant
    "merchant_stalled": _for_merchant(Trigger.SILENCE, Status.IN_TRANSIT, hours_ago=80),
    "storm_alert": _for_merchant(Trigger.STORM, Status.IN_TRANSIT, hours_ago=60),
    "merchant_at_risk": _for_merchant(Trigger.LATER_ESTIMATE, Status.IN_TRANSIT, due_in=4, first_due_in=1),
    "merchant_lost": _for_merchant(Trigger.EXCEPTION, Status.EXCEPTION, SubStatus.LOST),
    "merchant_address_problem": _for_merchant(Trigger.EXCEPTION, Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM),
    "merchant_claim": _for_merchant(Trigger.EXCEPTION, Status.EXCEPTION, SubStatus.LOST, hours_ago=300),
}
