"""What is wrong with a journey beyond its single fields, and its conditions in the form that functions evaluate."""

import re
from collections.abc import Iterator

from porchlight.domain.conditions import ConditionError, ConditionFailedError, checked, holds
from porchlight.domain.contradictions import Flaw
from porchlight.domain.journeys import Journey
from porchlight.domain.rule_facts import PARCEL_FIELDS, SAMPLE, SEGMENT

_MACRO = re.compile(r"\b(?:all|exists|exists_one|filter|map)\s*\(\s*(\w+)\s*,")


def wrong_conditions(journey: Journey) -> list[Flaw]:
    """Conditions of touchpoints, banners and segments that can not be used: where, and why."""
    return list(_flaws(journey))


def compiled(journey: Journey) -> Journey:
    """The journey with the checked form of every condition. Raises `ConditionError`."""
    names = tuple(sorted(journey.segments))
    segments = {
        name: segment.model_copy(update={"program": checked(segment.when)})
        for name, segment in journey.segments.items()
    }
    touchpoints = tuple(
        one.model_copy(update={"program": checked(one.when, names)}) if one.when else one for one in journey.touchpoints
    )
    banners = tuple(
        one.model_copy(update={"program": checked(one.when, names)}) if one.when else one for one in journey.banners
    )
    return journey.model_copy(update={"segments": segments, "touchpoints": touchpoints, "banners": banners})


def _flaws(journey: Journey) -> Iterator[Flaw]:
    names = tuple(sorted(journey.segments))
    for name, segment in journey.segments.items():
        if reason := _wrong(segment.when, ()):
            yield ("segments", name), reason
    conditions = [("touchpoints", index, one.when) for index, one in enumerate(journey.touchpoints)]
    conditions += [("banners", index, one.when) for index, one in enumerate(journey.banners)]
    for kind, index, when in conditions:
        if when and (reason := _wrong(when, names)):
            yield (kind, index, "when"), reason


def _wrong(text: str, segments: tuple[str, ...]) -> str:
    """Why a condition can not be used; empty when it can."""
    for name in _MACRO.findall(text):
        for field in re.findall(rf"\b{name}\.(\w+)", text):
            if field not in PARCEL_FIELDS:
                return f"a parcel has no {field}; it has {', '.join(sorted(PARCEL_FIELDS))}"
    try:
        program = checked(text, segments)
        holds(program, {**SAMPLE, **dict.fromkeys((f"{SEGMENT}{one}" for one in segments), True)}, segments)
    except (ConditionError, ConditionFailedError) as error:
        return str(error)
    return ""
