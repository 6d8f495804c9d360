"""A merchant's journey: which touchpoints exist, what triggers them, how long they wait.

Written as `config/journeys.yaml`, checked before it is published (`python -m porchlight journeys check`), stored with a
version that every decision names.
"""

import re
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from porchlight.domain.model import StrictValue
from porchlight.domain.status import Status

_DURATION = re.compile(r"([0-9]{1,5})\s*(m|h|d)")
_DURATION_SCHEMA = r"^\s*[0-9]{1,5}\s*[mhd]\s*$"
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def _duration(text: object) -> timedelta:
    if isinstance(text, timedelta):
        return text
    match = _DURATION.fullmatch(str(text).strip())
    if match is None:
        message = "a duration is a whole number and m, h or d: 20m, 72h, 7d"
        raise ValueError(message)
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _duration_text(value: timedelta) -> str:
    return f"{int(value.total_seconds() // 60)}m"


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    PlainSerializer(_duration_text, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": _DURATION_SCHEMA}),
]
"""Written `20m`, `72h` or `7d`."""


class Trigger(StrEnum):
    """The fact that makes a touchpoint due."""

    ORDER_PLACED = "order_placed"
    FIRST_MOVEMENT = "first_movement"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERY_ATTEMPTED = "delivery_attempted"
    READY_FOR_PICKUP = "ready_for_pickup"
    EXCEPTION = "exception"
    LATER_ESTIMATE = "later_estimate"
    SILENCE = "silence"
    DELIVERED = "delivered"
    NEW_NUMBER = "new_number"


class Touchpoint(StrictValue):
    """One kind of message.

    Attributes:
        id: Stable; names the template and the ledger rows.
        channels: In order of preference; the first that reaches the shopper is used.
        fresh_for: Older news is no longer told.
        merge_window: How long to wait for other parcels of the order, when others may follow.
        bundle: Touchpoints of one bundle that are due together make one message; the first in the file leads.
        no_scan_for: Only for `silence`: how long a stage may be silent, by status.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,40}$")]
    trigger: Trigger
    enabled: bool = True
    channels: Annotated[tuple[str, ...], Field(min_length=1)] = ("email",)
    fresh_for: Annotated[Duration, Field(json_schema_extra={"default": "24h"})] = timedelta(hours=24)
    merge_window: Annotated[Duration, Field(json_schema_extra={"default": "0m"})] = timedelta(0)
    bundle: str = ""
    no_scan_for: dict[Status, Duration] = {}

    @model_validator(mode="after")
    def _silence_has_limits(self) -> "Touchpoint":
        if (self.trigger is Trigger.SILENCE) != bool(self.no_scan_for):
            message = "no_scan_for goes with trigger silence, and silence needs it"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _waiting_ends_in_time(self) -> "Touchpoint":
        if self.merge_window >= self.fresh_for:
            message = "merge_window must be shorter than fresh_for, or the news is old before it is told"
            raise ValueError(message)
        return self


class Journey(StrictValue):
    """All touchpoints of a merchant, most important first.

    Attributes:
        version: Digest of the published file; set when it is compiled.
    """

    version: str = "unpublished"
    touchpoints: Annotated[tuple[Touchpoint, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> "Journey":
        ids = [touchpoint.id for touchpoint in self.touchpoints]
        doubled = sorted({one for one in ids if ids.count(one) > 1})
        if doubled:
            message = f"touchpoint ids must be unique: {', '.join(doubled)}"
            raise ValueError(message)
        return self
