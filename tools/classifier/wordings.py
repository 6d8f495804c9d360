"""Wordings that need no model, because somebody has labelled them already, and how far that can be trusted.

A wording is a phrase without letter case, accents, numbers and the carrier's name. One that was labelled in two ways is
left to the model. For measuring, a carrier's wording counts as known only when another carrier prints it too.
"""

from collections import defaultdict
from collections.abc import Sequence

from porchlight.domain.phrases import words_of
from porchlight.domain.status import Status, SubStatus

from tools.classifier.corpus import Labelled

NOTHING = f"{Status.UNKNOWN}/{SubStatus.NONE}"


def wording(one: Labelled) -> str:
    """What is looked up."""
    return " ".join(words_of(one.phrase, one.carrier))


def learned(phrases: Sequence[Labelled]) -> dict[str, str]:
    """The one reading of each wording that has one."""
    found = _readings(phrases)
    return {text: next(iter(by)) for text, by in found.items() if text and len(by) == 1}


def known_elsewhere(phrases: Sequence[Labelled]) -> list[str]:
    """For each phrase the reading that other carriers give its wording; empty where none does, or they disagree."""
    found = _readings(phrases)
    return [_elsewhere(found[wording(one)], one.carrier) for one in phrases]


def agreement(phrases: Sequence[Labelled], elsewhere: Sequence[str]) -> float:
    """How often another carrier's status of the same wording is right; the confidence of a wording that is known."""
    pairs = [
        (one.status, reading.partition("/")[0]) for one, reading in zip(phrases, elsewhere, strict=True) if reading
    ]
    return (sum(own == other for own, other in pairs) + 1) / (len(pairs) + 2)


def _readings(phrases: Sequence[Labelled]) -> dict[str, dict[str, set[str]]]:
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in phrases:
        found[wording(one)][one.reading].add(one.carrier)
    return found


def _elsewhere(by_reading: dict[str, set[str]], carrier: str) -> str:
    others = [reading for reading, carriers in by_reading.items() if carriers - {carrier}]
    return others[0] if len(others) == 1 else ""
