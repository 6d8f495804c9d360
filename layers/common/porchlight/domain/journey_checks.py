"""What is wrong with a journey beyond its single fields, and its conditions in the form that functions evaluate."""

import re
from collections.abc import Iterator

from porchlight.domain.conditions import ConditionError, ConditionFailedError, checked, holds, looks_at
from porchlight.domain.journeys import Journey, Touchpoint
from porchlight.domain.rule_facts import PARCEL_FIELDS, SAMPLE, SEGMENT
from porchlight.domain.togetherness import Flaw

_MACRO = re.compile(r"\b(?:all|exists|exists_one|filter|map)\s*\(\s*(\w+)\s*,")


def wrong_conditions(journey: Journey) -> list[Flaw]:
    """Conditions of touchpoints, banners and segments that can not be used: where, and why."""
    return list(_flaws(journey))


def compiled(journey: Journey) -> Journey:
    """The journey with the checked form of every condition. Raises `ConditionError`."""
    names = tuple(sorted(journey.segments))
    touchpoints = tuple(
        one.model_copy(update={"program": checked(one.when, names)}) if one.when else one for one in journey.touchpoints
    )
    banners = tuple(
        one.model_copy(update={"program": checked(one.when, names)}) if one.when else one for one in journey.banners
    )
    programs = [one.program for one in touchpoints if one.enabled] + [one.program for one in banners if one.enabled]
    asked = {name for program in programs if program for name in looks_at(program, names)}
    # When its shoppers tend to read is a use of a segment, too.
    read = any(one.enabled and _waits_for_its_hour(one) for one in touchpoints)
    segments = {
        name: segment.model_copy(
            update={"program": checked(segment.when), "in_use": read or f"{SEGMENT}{name}" in asked}
        )
        for name, segment in journey.segments.items()
    }
    return journey.model_copy(update={"segments": segments, "touchpoints": touchpoints, "banners": banners})


def _waits_for_its_hour(touchpoint: Touchpoint) -> bool:
    """It, or a variant of it, is told at the hour at which its reader tends to read."""
    return touchpoint.best_hour or any(one.best_hour for one in touchpoint.experiment.variants)


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
