"""Segments: named conditions, evaluated once for a touchpoint's condition that uses them."""

from collections.abc import Mapping

from porchlight.domain.conditions import ConditionFailedError, holds, looks_at
from porchlight.domain.model import StrictValue
from porchlight.domain.rule_facts import SEGMENT, Facts


class Segment(StrictValue):
    """A named group of shoppers or orders.

    Attributes:
        program: The checked form, made when the file is compiled; `in_use` says that something that is on asks for it.
    """

    when: str
    program: str = ""
    in_use: bool = True


def segments_of(segments: Mapping[str, Segment], facts: Facts) -> tuple[str, ...]:
    """Those in use that an order belongs to; one that can not be judged for it is none of them."""
    return tuple(name for name, segment in segments.items() if segment.in_use and _holds(segment, facts))


def _holds(segment: Segment, facts: Facts) -> bool:
    try:
        return holds(segment.program, facts)
    except ConditionFailedError:
        return False


def condition_holds(program: str, segments: Mapping[str, Segment], facts: Facts) -> bool | str:
    """Whether a condition holds; a sentence when it could not be told."""
    names = tuple(sorted(segments))
    try:
        asked = [name for name in looks_at(program, names) if name.startswith(SEGMENT)]
        belongs = {name: holds(segments[name.removeprefix(SEGMENT)].program, facts) for name in asked}
        return holds(program, {**facts, **belongs}, names)
    except ConditionFailedError as error:
        return str(error)
