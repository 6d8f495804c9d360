"""Whether every touchpoint has a template, and its template a text in every language; told before a message is due.

A touchpoint's template is named like its id; without one it reads like the usual message of its trigger. Here only the
words are looked for: what a template does with them shows in `preview`.
"""

import re
from collections.abc import Iterator

from porchlight.domain.journeys import Journey, Touchpoint
from porchlight.domain.purposes import Audience
from porchlight.domain.togetherness import Flaw
from porchlight.rendering import BUILT_IN, FOR_MERCHANT
from porchlight.sandbox import broken, sources
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
        if _own(one) != _usual(one) and not any(f"{channel}/{_own(one)}.j2" in sources() for channel in one.channels)
    ]


def _missing(touchpoint: Touchpoint) -> Iterator[Flaw]:
    """Also of what only a variant uses, at that variant: its channels, and its own text."""
    yield from _missing_for(touchpoint, ("channels",), touchpoint.channels)
    for index, variant in enumerate(touchpoint.experiment.variants):
        place = ("experiment", "variants", index)
        others = tuple(one for one in variant.channels if one not in touchpoint.channels)
        yield from _missing_for(touchpoint, (*place, "channels"), others)
        for channel in variant.channels or touchpoint.channels:
            yield from _wrong_in(f"{channel}/{_own(touchpoint)}--{variant.id}.j2", (*place, "id"))


def _missing_for(touchpoint: Touchpoint, field: tuple[str | int, ...], channels: tuple[str, ...]) -> Iterator[Flaw]:
    for channel in channels:
        own = f"{channel}/{_own(touchpoint)}.j2"
        if touchpoint.template and own not in sources():
            yield ("template",), f"there is no template {own}"
            continue
        names = dict.fromkeys((own, f"{channel}/{_usual(touchpoint)}.j2"))
        name = next((one for one in names if one in sources()), "")
        if not name:
            yield field, f"there is no template {' or '.join(names)}"
        yield from _wrong_in(name, ("id",))


def _wrong_in(name: str, field: tuple[str | int, ...]) -> Iterator[Flaw]:
    """What keeps a template from being rendered in some language; nothing of a template that does not exist."""
    if name not in sources():
        return
    if reason := broken(sources()[name]):
        yield field, f"{name}: {reason}"
        return
    for language in languages():
        if lacking := sorted(_keys(name) - _known(language)):
            yield field, f"{name} needs texts that locales/{language}.json does not have: {', '.join(lacking)}"


def _own(touchpoint: Touchpoint) -> str:
    return touchpoint.template or touchpoint.id


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
