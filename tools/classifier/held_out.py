"""Each carrier's phrases as a model reads them that saw every carrier but this one.

This is the question that matters: what does it make of a carrier nobody has told it about? Confidence is calibrated
on it too. It takes minutes, so the answers are kept in `.build/`, by a digest of phrases, features and training.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from porchlight.domain.phrases import features_of, share_known, words_of
from porchlight.domain.status import Status, SubStatus

from tools.classifier.corpus import Labelled

ROOT = Path(__file__).parent.parent.parent
CACHE = ROOT / ".build" / "classifier"
TRAINING = Path(__file__).parent / "training.py"


class Answer(NamedTuple):
    """The best known status of a held-out phrase.

    Attributes:
        chance: Of the status, before calibration.
        sub_chance: Of the sub-status within that status.
        share: Known words by words.
    """

    status: Status
    sub_status: SubStatus
    chance: float
    sub_chance: float
    share: float
    words: int


def held_out(phrases: Sequence[Labelled]) -> list[Answer]:
    """One answer a phrase, in their order."""
    file = CACHE / f"{_digest(phrases)}.json"
    if not file.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(_computed(phrases)), encoding="utf-8")
    kept = json.loads(file.read_text(encoding="utf-8"))
    return [Answer(Status(status), SubStatus(sub), *rest) for status, sub, *rest in kept]


def _digest(phrases: Sequence[Labelled]) -> str:
    rows = ((*one, sorted(features_of(words_of(one.phrase, one.carrier)))) for one in phrases)
    return hashlib.sha256(json.dumps([TRAINING.read_text(encoding="utf-8"), *rows]).encode()).hexdigest()[:16]


def _computed(phrases: Sequence[Labelled]) -> list[Answer]:
    # Here, so that answers that are kept already need none of the training's libraries.
    from tools.classifier.training import Weights, chances, features, train  # noqa: PLC0415

    found = [features(one) for one in phrases]
    answers: dict[int, Answer] = {}
    carriers = sorted({one.carrier for one in phrases})
    for number, carrier in enumerate(carriers, start=1):
        print(f"without {carrier} ({number} of {len(carriers)})", file=sys.stderr)
        own = [at for at, one in enumerate(phrases) if one.carrier == carrier]
        others = [at for at, one in enumerate(phrases) if one.carrier != carrier]
        weights: Weights = train([phrases[at] for at in others], [found[at] for at in others])
        known = frozenset(weights.features)
        for at, row in zip(own, chances(weights, [found[at] for at in own]).tolist(), strict=True):
            answers[at] = _answer(phrases[at], weights.readings, row, known.__contains__)
    return [answers[at] for at in range(len(phrases))]


def _answer(one: Labelled, readings: Sequence[str], row: Sequence[float], is_known: Callable[[str], bool]) -> Answer:
    by_status: dict[str, float] = {}
    for reading, chance in zip(readings, row, strict=True):
        status = reading.partition("/")[0]
        by_status[status] = by_status.get(status, 0.0) + chance
    del by_status[Status.UNKNOWN.value]
    best = max(by_status, key=lambda status: by_status[status])
    own = ((chance, *reading.split("/")) for reading, chance in zip(readings, row, strict=True))
    chance, sub = max((chance, sub) for chance, status, sub in own if status == best)
    words = words_of(one.phrase, one.carrier)
    share = share_known(words, is_known)
    return Answer(Status(best), SubStatus(sub), by_status[best], chance / by_status[best], share, len(words))
