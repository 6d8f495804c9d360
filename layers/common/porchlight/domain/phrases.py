"""What a carrier's own words probably mean, when no table knows its code.

In comes a text in any letter case, with or without accents, with places, dates and names in it; out comes a `Score`:
the most probable status, the reason within it, and how likely the status is to be right. Everything learned is in a
model file that `tools/classifier` trains; this module only reads it. What would surprise: words the model never saw
are left out, and the smaller the share of words it knows, the less it trusts its own reading. A wording that somebody
has labelled is looked up and not guessed.
"""

import json
import math
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from porchlight.domain.codes import Reading
from porchlight.domain.status import Status, SubStatus

MOST_CHARACTERS = 400
"""A status text is short; what comes after this is a page, not a status."""

_NOT = re.compile(r"n['’]t\b")
_WORD = re.compile(r"[^\W\d_]+")
_HAS_DIGIT = re.compile(r"[a-z]*\d[a-z\d]*")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
_IDEOGRAPHS = "\u2e80"
"""From here on scripts write no blanks between words."""
_NEGATIONS = frozenset(
    {
        *("not", "no", "unable", "cannot", "nobody", "never", "non", "unsuccessful", "without"),
        *("nicht", "kein", "keine", "keinen", "ohne", "erfolglos", "pas", "ne", "aucun", "sans", "sin", "nao"),
        *("niet", "geen", "sem", "nie", "inte", "ikke", "ej"),
    }
)
_REACH = 4
"""How many words after a negation it may turn round."""
_GRAM = 4
_NAME = 3
"""Shortest part of a carrier's code that is taken for its name."""


class Score(NamedTuple):
    """The best reading of a text, whether or not anybody should act on it.

    Attributes:
        confidence: Calibrated probability that `status` is right, 0 when the text has no known word.
        is_trusted: Whether that is enough for this status.
    """

    status: Status
    sub_status: SubStatus
    confidence: float
    is_trusted: bool


def words_of(text: str, carrier: str = "") -> list[str]:
    """Words in lower case without accents, numbers and the carrier's own name."""
    plain = _NOT.sub(" not", text[:MOST_CHARACTERS].casefold()).translate(_LETTERS)
    bare = "".join(one for one in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(one))
    return _without_name(_WORD.findall(_HAS_DIGIT.sub(" ", bare)), carrier)


def features_of(words: Sequence[str]) -> set[str]:
    """Words, pairs of neighbours, words that a negation reaches, and pieces of words."""
    found = set(words)
    found.update(f"{left} {right}" for left, right in zip(["^", *words], [*words, "$"], strict=True))
    found.update(_negated(words))
    for word in words:
        found.update(_pieces(word))
    return found


class PhraseModel:
    """A trained model, read from its file.

    The file is compressed: a line of JSON, labelled wordings and all, a line of tab-separated features, then for each
    of these one signed byte per reading.
    """

    def __init__(self, data: bytes) -> None:
        head, names, weights = zlib.decompress(data).split(b"\n", 2)
        head_of = json.loads(head)
        self.phrases_digest: str = head_of["phrases"]
        self._readings = [_reading(text) for text in head_of["readings"]]
        self._bias: list[float] = head_of["bias"]
        self._scale: float = head_of["scale"]
        self._calibration: dict[str, float] = head_of["calibration"]
        self._thresholds: dict[str, float] = head_of["thresholds"]
        self._least_sub: float = head_of["least_sub"]
        self._labelled = {text: reading for reading, texts in head_of["wordings"].items() for text in texts}
        self._agreement: float = head_of["agreement"]
        self._place = {name: at for at, name in enumerate(names.decode().split("\t"))}
        self._weights = memoryview(weights).cast("b")

    def score(self, text: str, carrier: str = "") -> Score:
        """The best reading of a text.

        Args:
            text: As the carrier wrote it.
            carrier: Code of who wrote it, empty when unknown; its name in the text then says nothing.
        """
        words = words_of(text, carrier)
        if reading := self._labelled.get(" ".join(words)):
            return self._looked_up(*_reading(reading))
        places = sorted(self._place[one] for one in features_of(words) if one in self._place)
        share = share_known(words, self._place.__contains__)
        if not share:
            return Score(Status.UNKNOWN, SubStatus.NONE, 0.0, is_trusted=False)
        chances = self._chances(places)
        by_status: dict[Status, float] = {}
        for (status, _), chance in zip(self._readings, chances, strict=True):
            by_status[status] = by_status.get(status, 0.0) + chance
        by_status.pop(Status.UNKNOWN, None)
        best = max(by_status, key=lambda status: by_status[status])
        confidence = _calibrated(self._calibration, by_status[best], share, len(words))
        least = self._thresholds.get(best.value, self._thresholds["any"])
        return Score(best, self._sub_status(best, chances, by_status[best]), confidence, confidence >= least)

    def _looked_up(self, status: Status, sub_status: SubStatus) -> Score:
        if status is Status.UNKNOWN:
            return Score(status, sub_status, 1 - self._agreement, is_trusted=False)
        return Score(status, sub_status, self._agreement, is_trusted=True)

    def _chances(self, places: Sequence[int]) -> list[float]:
        width = len(self._readings)
        rows = (self._weights[at * width : (at + 1) * width] for at in places)
        reach = self._scale / math.sqrt(len(places))
        logits = [bias + reach * sum(column) for bias, column in zip(self._bias, zip(*rows, strict=True), strict=True)]
        top = max(logits)
        odds = [math.exp(logit - top) for logit in logits]
        whole = sum(odds)
        return [one / whole for one in odds]

    def _sub_status(self, status: Status, chances: Sequence[float], whole: float) -> SubStatus:
        own = [(chance, sub) for (of, sub), chance in zip(self._readings, chances, strict=True) if of is status]
        chance, best = max(own)
        return best if chance >= self._least_sub * whole else SubStatus.NONE


def share_known(words: Sequence[str], is_feature: Callable[[str], bool]) -> float:
    """Share of words that are features themselves; without blanks between words, a piece of one is enough."""
    known = sum(is_feature(one) or (one > _IDEOGRAPHS and any(map(is_feature, _pieces(one)))) for one in words)
    return known / len(words) if words else 0.0


def evidence(chance: float, share: float, words: int) -> tuple[float, float, float]:
    """What the calibration weighs: the log-odds of a status, the share of known words, and how many words there are."""
    clipped = min(max(chance, 1e-6), 1 - 1e-6)
    return math.log(clipped / (1 - clipped)), share, math.log(1 + words)


def _calibrated(weights: Mapping[str, float], chance: float, share: float, words: int) -> float:
    odds, known, length = evidence(chance, share, words)
    total = weights["bias"] + weights["odds"] * odds + weights["share"] * known + weights["length"] * length
    return 1 / (1 + math.exp(-total))


def _reading(text: str) -> Reading:
    status, _, sub_status = text.partition("/")
    return Status(status), SubStatus(sub_status)


def _without_name(words: list[str], carrier: str) -> list[str]:
    name = carrier.casefold().split("_")
    if len(name) > 1 and len(name[-1]) < _NAME:
        name = name[:-1]
    kept, at = [], 0
    while at < len(words):
        if words[at : at + len(name)] == name:
            at += len(name)
        elif words[at] == name[0] and len(name[0]) >= _NAME:
            at += 1
        else:
            kept.append(words[at])
            at += 1
    return kept


def _negated(words: Sequence[str]) -> Iterator[str]:
    for place, word in enumerate(words):
        if word in _NEGATIONS:
            yield from (f"!{other}" for other in words[place + 1 : place + 1 + _REACH])


def _pieces(word: str) -> Iterator[str]:
    if word > _IDEOGRAPHS:
        yield from (word[at : at + size] for size in (1, 2, 3) for at in range(len(word) - size + 1))
        return
    padded = f"_{word}_"
    yield from (f"~{padded[at : at + _GRAM]}" for at in range(len(padded) - _GRAM + 1))
