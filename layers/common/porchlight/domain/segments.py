"""Segments: named conditions, evaluated once for a touchpoint's condition that uses them."""

from collections.abc import Mapping

from porchlight.domain.conditions import ConditionFailedError, holds
from porchlight.domain.model import StrictValue
from porchlight.domain.rule_facts import SEGMENT, Facts


class Segment(StrictValue):
    """A named group of shoppers or orders.

    Attributes:
        program: The checked form, made when the file is compiled.
    """

    when: str
    program: str = ""


def memberships(segments: Mapping[str, Segment], facts: Facts) -> dict[str, bool]:
    """Which segments an order belongs to. Raises `ConditionFailedError`."""
    return {name: holds(segment.program, facts) for name, segment in segments.items()}


def segments_of(segments: Mapping[str, Segment], facts: Facts) -> tuple[str, ...]:
    """Those an order belongs to; one that can not be judged for it is none of them."""
    return tuple(name for name, segment in segments.items() if _holds(segment, facts))


def _holds(segment: Segment, facts: Facts) -> bool:
    try:
        return holds(segment.program, facts)
    except ConditionFailedError:
        return False


def condition_holds(program: str, segments: Mapping[str, Segment], facts: Facts) -> bool | str:
    """Whether a condition holds; a sentence when it could not be told."""
    names = tuple(sorted(segments))
    try:
        belongs = {f"{SEGMENT}{name}": holds(segments[name].program, facts) for name in names}
        return holds(program, {**facts, **belongs}, names)
    except ConditionFailedError as error:
        return str(error)
