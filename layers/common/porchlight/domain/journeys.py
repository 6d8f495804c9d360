"""A merchant's journey: which touchpoints exist, what triggers them, for whom, how long they wait.

Written as `config/journeys.yaml`, checked before it is published (`python -m porchlight journeys check`), stored with a
version that every decision names.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from porchlight.domain.banners import Banner
from porchlight.domain.durations import Duration
from porchlight.domain.experiments import Experiment, HoldOut
from porchlight.domain.fulfilments import HoldReason
from porchlight.domain.hold_rules import HoldRules
from porchlight.domain.limits import Limits
from porchlight.domain.model import StrictValue
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.segments import Segment
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.storm_rules import StormRules
from porchlight.domain.waits import Wait


class Trigger(StrEnum):
    """The fact that makes a touchpoint due."""

    # before it leaves
    ORDER_PLACED = "order_placed"
    ORDER_EDITED = "order_edited"
    ORDER_HELD = "order_held"
    ORDER_CANCELLED = "order_cancelled"
    REFUNDED = "refunded"
    NOT_PACKED = "not_packed"
    PACKED = "packed"
    # on the way
    FIRST_MOVEMENT = "first_movement"
    SPLIT = "split"
    CUSTOMS = "customs"
    LATER_ESTIMATE = "later_estimate"
    EARLIER_ESTIMATE = "earlier_estimate"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERY_ATTEMPTED = "delivery_attempted"
    READY_FOR_PICKUP = "ready_for_pickup"
    EXCEPTION = "exception"
    SILENCE = "silence"
    STORM = "storm"
    NEW_NUMBER = "new_number"
    RETURNING = "returning"
    RETURNED = "returned"
    # it is there
    PART_ARRIVED = "part_arrived"
    DELIVERED = "delivered"
    ALL_ARRIVED = "all_arrived"
    REPLENISH = "replenish"


URGENT = frozenset({Trigger.OUT_FOR_DELIVERY, Trigger.DELIVERY_ATTEMPTED, Trigger.READY_FOR_PICKUP})
"""Triggers whose news is worthless tomorrow morning: never delayed for a better hour."""


class Touchpoint(StrictValue):
    """One kind of message.

    Attributes:
        id: Stable; names the template and the ledger rows.
        audience: `merchant` writes to the shop's own address instead of the shopper's.
        purpose: `marketing` needs consent and has the narrower caps.
        channels: In order of preference; the first that reaches the shopper is used.
        reasons: Only for `exception` and `customs`: the sub-statuses that count; all when empty.
        other_reasons_than: The sub-statuses that do not, because another touchpoint tells them.
        when: A condition in CEL; `program` is the checked form, made when the file is compiled.
        template: Names the message template in place of `id`: two touchpoints may read alike.
        wait: How long after the fact it becomes due.
        fresh_for: Older news is no longer told; counted from when it became due.
        merge_window: How long to wait for other parcels of the order, when others may follow.
        digest_window: How long to wait for news of the shopper's other orders, when they are under way.
        bundle: Touchpoints of one bundle that are due together make one message; the first in the file leads.
        urgent: Told at any hour and at once; by default what is worthless tomorrow.
        review_hold: Waits until everything has arrived and rested, and while a problem is open.
        best_hour: Waits for the hour at which the shopper tends to read, a day at most; never when urgent.
        experiment: Variants of this touchpoint, to find out which works.
        no_scan_for: Only for `silence`: how long a stage may be silent, by status; business days are those of
            where the parcel goes.
        hold_reasons: Only for `order_held`: the reasons that count; all when empty.
        lasts: Only for `replenish`: how long a product lasts, by SKU or product id.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,40}$")]
    trigger: Trigger
    audience: Audience = Audience.SHOPPER
    purpose: Purpose = Purpose.SERVICE
    enabled: bool = True
    channels: Annotated[tuple[str, ...], Field(min_length=1)] = ("email",)
    reasons: tuple[SubStatus, ...] = ()
    other_reasons_than: tuple[SubStatus, ...] = ()
    when: str = ""
    program: str = ""
    template: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]{1,40})?$")] = ""
    wait: Wait = Wait()
    fresh_for: Annotated[Duration, Field(json_schema_extra={"default": "24h"})] = timedelta(hours=24)
    merge_window: Annotated[Duration, Field(json_schema_extra={"default": "0m"})] = timedelta(0)
    digest_window: Annotated[Duration, Field(json_schema_extra={"default": "0m"})] = timedelta(0)
    bundle: str = ""
    urgent: bool | None = None
    review_hold: bool = False
    best_hour: bool = False
    experiment: Experiment = Experiment()
    no_scan_for: dict[Status, Wait] = {}
    hold_reasons: tuple[HoldReason, ...] = ()
    lasts: dict[str, Duration] = {}

    @property
    def is_urgent(self) -> bool:
        """Told at any hour and at once."""
        return self.trigger in URGENT if self.urgent is None else self.urgent

    @model_validator(mode="after")
    def _silence_has_limits(self) -> "Touchpoint":
        if (self.trigger is Trigger.SILENCE) != bool(self.no_scan_for):
            message = "no_scan_for goes with trigger silence, and silence needs it"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _waiting_ends_in_time(self) -> "Touchpoint":
        for name in ("merge_window", "digest_window"):
            if getattr(self, name) >= self.fresh_for:
                message = f"{name} must be shorter than fresh_for, or the news is old before it is told"
                raise ValueError(message)
        return self


LEAST_PATIENCE = timedelta(minutes=5)


class Journey(StrictValue):
    """All touchpoints of a merchant, most important first.

    Attributes:
        version: Digest of the published file; set when it is compiled.
        segments: By name; conditions of touchpoints, banners and reports use them as `segment.<name>`.
        limits: How much is too much.
        review_hold: When to ask for a review, for the touchpoints that say so.
        hold_out: Shoppers who get no such messages, so that the effect can be measured.
        channel_costs: What one message costs, by channel, in one unit; of channels that are answered alike, the
            cheapest is used.
        storms: When parcels that stand still are one incident of their carrier.
        fallback_after: How long an urgent message may take to arrive before the touchpoint's next channel is tried.
        shadow: Everything is decided and recorded, nothing is sent.
        banners: Lines of your own on the tracking page, the most important first.
    """

    version: str = "unpublished"
    segments: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")], Segment] = {}
    limits: Limits = Limits()
    review_hold: HoldRules = HoldRules()
    hold_out: HoldOut = HoldOut()
    channel_costs: dict[str, Annotated[float, Field(ge=0)]] = {}
    storms: StormRules = StormRules()
    fallback_after: Annotated[Duration, Field(json_schema_extra={"default": "15m"})] = timedelta(minutes=15)
    shadow: bool = False
    banners: tuple[Banner, ...] = ()
    touchpoints: Annotated[tuple[Touchpoint, ...], Field(min_length=1)]

    @property
    def switched_on(self) -> tuple[Touchpoint, ...]:
        """What is decided; one that is off would cost each order a row."""
        return tuple(one for one in self.touchpoints if one.enabled)

    @model_validator(mode="after")
    def _deliveries_can_be_told_in_time(self) -> "Journey":
        if self.fallback_after < LEAST_PATIENCE:
            message = "fallback_after must be 5m or more: a delivery is told through a queue, which may be behind"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _ids_are_unique(self) -> "Journey":
        ids = [touchpoint.id for touchpoint in self.touchpoints]
        doubled = sorted({one for one in ids if ids.count(one) > 1})
        if doubled:
            message = f"touchpoint ids must be unique: {', '.join(doubled)}"
            raise ValueError(message)
        return self
