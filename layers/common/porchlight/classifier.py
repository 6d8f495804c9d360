"""The status that a carrier's words mean, for a scan whose code no table knows.

`classify` reads a text with the model that the layer ships and says unknown whenever the model is not sure enough. The
model is read at the first call, not at import, since most scans never need it.
"""

from functools import cache
from importlib import resources

from porchlight.domain.model import Value
from porchlight.domain.phrases import PhraseModel
from porchlight.domain.status import Status, SubStatus

_DIGITS = 4
"""Digits of a confidence that are worth keeping."""


class Guess(Value):
    """What a text seems to say.

    Attributes:
        status: `UNKNOWN` unless the model is sure enough.
        confidence: Probability that the best status is right, also where it was not enough; 0 when no word is known.
    """

    status: Status = Status.UNKNOWN
    sub_status: SubStatus = SubStatus.NONE
    confidence: float = 0.0


def classify(text: str, carrier: str = "") -> Guess:
    """Read a text.

    Args:
        text: The carrier's words, in any of the languages of docs/classifier.md.
        carrier: Code of the carrier that wrote it; its name within the text is then left out.
    """
    score = model().score(text, carrier)
    confidence = round(score.confidence, _DIGITS)
    if not score.is_trusted:
        return Guess(confidence=confidence)
    return Guess(status=score.status, sub_status=score.sub_status, confidence=confidence)


@cache
def model() -> PhraseModel:
    """The model in the layer."""
    return PhraseModel(resources.files("porchlight").joinpath("data", "phrases.model").read_bytes())
