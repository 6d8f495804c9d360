"""Experiments: who gets which variant of a touchpoint, and who gets nothing so that the effect can be measured.

Everything follows from a digest of the touchpoint and the shopper or order, so the same one always gets the same and a
replay gives what life gave. Where an experiment learns, each shopper's draw comes from the same digest and from what is
counted so far; the ledger keeps what an order was given.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from porchlight.domain.draws import beta_draw, position
from porchlight.domain.effects import Tally, share
from porchlight.domain.links import person_digest
from porchlight.domain.model import StrictValue
from porchlight.domain.orders import OrderSnapshot
from porchlight.domain.purposes import Purpose
from porchlight.domain.waits import Wait

NOTHING_COUNTED: Mapping[str, Tally] = {}


class Unit(StrEnum):
    """What gets one variant."""

    SHOPPER = "shopper"
    ORDER = "order"


class Variant(StrictValue):
    """One way to tell it; what is left out is as the touchpoint says.

    Its subject and text are those of the template `<touchpoint>--<variant>`, if there is one.

    Attributes:
        share: Its part of all, in proportion to the other variants; 0 pauses it.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
    share: Annotated[int, Field(ge=0, le=1000)] = 1
    wait: Wait | None = None
    best_hour: bool | None = None
    channels: tuple[str, ...] = ()


class Experiment(StrictValue):
    """Variants of one touchpoint; none by default.

    Attributes:
        variants: The first is how it was; it is used when all others do harm.
        by: Who always gets the same: a shopper over all orders, or an order.
        learns: Variants that work get more (Thompson sampling) instead of fixed shares.
        most_harm: A variant that surely does more harm than this, as a share of its messages, is no longer used.
    """

    variants: tuple[Variant, ...] = ()
    by: Unit = Unit.SHOPPER
    learns: bool = False
    most_harm: Annotated[float, Field(ge=0, le=1)] = 0.01

    @model_validator(mode="after")
    def _variants_can_be_told_apart(self) -> "Experiment":
        if len({one.id for one in self.variants}) < len(self.variants):
            message = "variant ids must be unique"
            raise ValueError(message)
        if self.variants and not any(one.share for one in self.variants):
            message = "at least one variant needs a share"
            raise ValueError(message)
        return self


class HoldOut(StrictValue):
    """Shoppers who get no such messages, so that the effect of the others can be measured.

    Attributes:
        percent: Of all shoppers; 0 for none.
        purposes: Messages they do not get. What is urgent is told to everybody.
        draw: Any word; another one draws another group.
    """

    percent: Annotated[int, Field(ge=0, le=50)] = 0
    purposes: tuple[Purpose, ...] = (Purpose.MARKETING,)
    draw: str = ""

    def has(self, unit: str) -> bool:
        """This shopper is one of them."""
        return position("hold_out", self.draw, unit) * 100 < self.percent


def unit_of(order_id: str, order: OrderSnapshot, by: Unit = Unit.SHOPPER) -> str:
    """Who always gets the same; an order without an address stands for itself."""
    email = order.shopper.email
    return person_digest(email) if email and by is Unit.SHOPPER else order_id


def group_of(hold_out: HoldOut, order_id: str, order: OrderSnapshot) -> HoldOut | None:
    """The group, when this order's shopper is in it."""
    return hold_out if hold_out.percent and hold_out.has(unit_of(order_id, order)) else None


def variant_for(
    experiment: Experiment, touchpoint: str, unit: str, tallies: Mapping[str, Tally] = NOTHING_COUNTED
) -> Variant | None:
    """What this shopper or order gets; `None` without variants."""
    if not experiment.variants:
        return None
    running = [one for one in experiment.variants if one.share]
    safe = [one for one in running if not does_harm(tallies.get(one.id), experiment.most_harm)]
    if not safe:
        return experiment.variants[0]
    if experiment.learns:
        return max(safe, key=lambda one: _draw(touchpoint, unit, one, tallies))
    found = _by_share(running, position(touchpoint, unit))
    # Only those who had a harmful variant change.
    return found if found in safe else _by_share(safe, position(touchpoint, unit, "again"))


def does_harm(tally: Tally | None, most: float) -> bool:
    """It surely does more harm than allowed: even the lower end of its interval is above."""
    return tally is not None and share(tally.harms, tally.sent).low > most


def _by_share(variants: Sequence[Variant], at: float) -> Variant:
    left = at * sum(one.share for one in variants)
    for one in variants:
        left -= one.share
        if left < 0:
            return one
    return variants[-1]


def _draw(touchpoint: str, unit: str, variant: Variant, tallies: Mapping[str, Tally]) -> float:
    return beta_draw(*tallies.get(variant.id, Tally()).posterior, touchpoint, unit, variant.id)
