"""The journey as one order meets it: each touchpoint with the variant that this order or shopper was given."""

from collections.abc import Iterable, Mapping

from porchlight.domain.effects import Tally
from porchlight.domain.experiments import NOTHING_COUNTED, Variant, unit_of, variant_for
from porchlight.domain.journeys import Journey, Touchpoint
from porchlight.domain.ledger import Decision
from porchlight.domain.orders import OrderSnapshot

type Tallies = Mapping[str, Mapping[str, Tally]]
"""Counts by touchpoint and variant."""


def as_tried(
    journey: Journey, order_id: str, order: OrderSnapshot, decided: Iterable[Decision], tallies: Tallies
) -> tuple[Journey, dict[str, str]]:
    """The journey with the variants in it, and which variant each touchpoint has.

    What the ledger says was given is given again, whatever is counted since.
    """
    tried = [one for one in journey.touchpoints if one.experiment.variants]
    if not tried:
        return journey, {}
    given = {one.touchpoint: one.variant for one in decided if one.variant}
    found: dict[str, Variant] = {}
    for touchpoint in tried:
        counted = tallies.get(touchpoint.id, NOTHING_COUNTED)
        kept = (one for one in touchpoint.experiment.variants if one.id == given.get(touchpoint.id))
        unit = unit_of(order_id, order, touchpoint.experiment.by)
        variant = next(kept, None) or variant_for(touchpoint.experiment, touchpoint.id, unit, counted)
        found |= {touchpoint.id: variant} if variant else {}
    touchpoints = tuple(_with(one, found.get(one.id)) for one in journey.touchpoints)
    changed = journey.model_copy(update={"touchpoints": touchpoints})
    return changed, {touchpoint: variant.id for touchpoint, variant in found.items()}


def _with(touchpoint: Touchpoint, variant: Variant | None) -> Touchpoint:
    if variant is None:
        return touchpoint
    says = {"wait": variant.wait, "best_hour": variant.best_hour, "channels": variant.channels or None}
    return touchpoint.model_copy(update={field: value for field, value in says.items() if value is not None})
