"""Whether every touchpoint has a template, and its template a text in every language; told before a message is due.

A touchpoint's template is named like its id; without one it reads like the usual message of its trigger. Here only the
words are looked for: what a template does with them shows in `preview`.
"""

import re
from collections.abc import Iterator

from porchlight.domain.contradictions import Flaw
from porchlight.domain.journeys import Journey, Touchpoint
from porchlight.domain.purposes import Audience
from porchlight.rendering import BUILT_IN, FOR_MERCHANT
from porchlight.sandbox import sources
from porchlight.texts import catalogue, languages

_EXTENDS = re.compile(r"""\{%-?\s*extends\s+"([^"]+)""")
_KEY = re.compile(r"""\{%-?\s*set key\s*=\s*"([^"]+)""")
_SAID = re.compile(r"""\bt\("([\w.]+)"\s*([,)~])""")
_SAID_OF_KEY = re.compile(r"""\bt\(key ~ "([\w.]+)"\s*[,)]""")


def missing_texts(journey: Journey) -> list[Flaw]:
    """Touchpoints without a template, or with one that some language has no words for."""
    return [
        (("touchpoints", index, *field), reason)
        for index, touchpoint in enumerate(journey.touchpoints)
        for field, reason in _missing(touchpoint)
    ]


def borrowed_texts(journey: Journey) -> list[Flaw]:
    """Touchpoints that read like another one."""
    return [
        (("touchpoints", index, "id"), f"has no template of its own, and reads like {_usual(one)}")
        for index, one in enumerate(journey.touchpoints)
        if one.id != _usual(one) and not any(f"{channel}/{one.id}.j2" in sources() for channel in one.channels)
    ]


def _missing(touchpoint: Touchpoint) -> Iterator[Flaw]:
    """Also of the channels that only a variant uses, at that variant."""
    yield from _missing_for(touchpoint, ("channels",), touchpoint.channels)
    for index, variant in enumerate(touchpoint.experiment.variants):
        others = tuple(one for one in variant.channels if one not in touchpoint.channels)
        yield from _missing_for(touchpoint, ("experiment", "variants", index, "channels"), others)


def _missing_for(touchpoint: Touchpoint, field: tuple[str | int, ...], channels: tuple[str, ...]) -> Iterator[Flaw]:
    for channel in channels:
        names = dict.fromkeys(f"{channel}/{one}.j2" for one in (touchpoint.id, _usual(touchpoint)))
        name = next((one for one in names if one in sources()), "")
        if not name:
            yield field, f"there is no template {' or '.join(names)}"
        for language in languages() if name else ():
            if lacking := sorted(_keys(name) - _known(language)):
                yield ("id",), f"{name} needs texts that locales/{language}.json does not have: {', '.join(lacking)}"


def _usual(touchpoint: Touchpoint) -> str:
    return FOR_MERCHANT if touchpoint.audience is Audience.MERCHANT else BUILT_IN[touchpoint.trigger]


def _keys(name: str) -> set[str]:
    """Whole keys that a template says; those that are put together from facts can not be told."""
    source = sources()[name]
    said = {key for key, end in _SAID.findall(source) if end != "~"}
    own = _KEY.search(source)
    if own:
        parent = _EXTENDS.search(source)
        around = sources().get(parent[1], "") if parent else ""
        said |= {own[1] + suffix for suffix in _SAID_OF_KEY.findall(around + source)}
    return said


def _known(language: str) -> set[str]:
    return set(catalogue(language))
