"""From held-out answers to a confidence one can believe, and to the thresholds below which a text stays unknown.

A confidence is a logistic function of the model's log-odds, the share of words it knows and their number. Carriers are
left out here too: the confidence of a phrase in `confidences` comes from the other carriers' answers alone. A wording
that another carrier prints as well is looked up, so it takes no part in this.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from porchlight.domain.phrases import evidence
from porchlight.domain.status import Status
from sklearn.linear_model import LogisticRegression

from tools.classifier.corpus import Labelled
from tools.classifier.held_out import Answer
from tools.classifier.wordings import agreement, known_elsewhere

PRECISION = 0.97
DELIVERED_PRECISION = 0.99
"""A wrong "delivered" is the one mistake a shopper does not forgive."""
LEAST_SUB = 0.5
"""Share of its status that a reason needs; below it the status stands without one."""
_STEPS = np.arange(0.5, 0.996, 0.005)


class Thresholds(NamedTuple):
    """Least confidences to act on: for delivered, and for any other status."""

    any: float
    delivered: float


class Fitted(NamedTuple):
    """What held-out answers teach about trust.

    Attributes:
        agreement: Confidence of a wording that is looked up.
    """

    calibration: dict[str, float]
    thresholds: Thresholds
    agreement: float


def fitted(phrases: Sequence[Labelled], answers: Sequence[Answer]) -> Fitted:
    """All of it; thresholds keep their promises on new wordings alone."""
    elsewhere = known_elsewhere(phrases)
    pairs = [pair for pair, known in zip(zip(phrases, answers, strict=True), elsewhere, strict=True) if not known]
    new, read = [one for one, _ in pairs], [answer for _, answer in pairs]
    least = thresholds(new, read, confidences(new, read))
    return Fitted(calibrate(new, read), least, agreement(phrases, elsewhere))


def calibrate(phrases: Sequence[Labelled], answers: Sequence[Answer]) -> dict[str, float]:
    """Weights of the confidence."""
    model = LogisticRegression(C=100.0).fit(_evidence(answers), _right(phrases, answers))
    odds, share, length = model.coef_[0].tolist()
    return {"bias": float(model.intercept_[0]), "odds": odds, "share": share, "length": length}


def confidences(phrases: Sequence[Labelled], answers: Sequence[Answer]) -> np.ndarray:
    """Of each answer, calibrated on the other carriers. An answer without a known word has none."""
    rows, right = _evidence(answers), _right(phrases, answers)
    carriers = np.array([one.carrier for one in phrases])
    sure = np.zeros(len(phrases))
    for carrier in sorted(set(carriers.tolist())):
        own = carriers == carrier
        sure[own] = LogisticRegression(C=100.0).fit(rows[~own], right[~own]).predict_proba(rows[own])[:, 1]
    return np.where([one.share > 0 for one in answers], sure, 0.0)


def thresholds(phrases: Sequence[Labelled], answers: Sequence[Answer], sure: np.ndarray) -> Thresholds:
    """The lowest ones that keep both promises of precision."""
    right = _right(phrases, answers)
    delivered = np.array([one.status is Status.DELIVERED for one in answers])
    own = _lowest(sure[delivered], right[delivered], DELIVERED_PRECISION, 0, 0)
    taken = delivered & (sure >= own)
    rest = ~delivered
    return Thresholds(_lowest(sure[rest], right[rest], PRECISION, int(taken.sum()), int(right[taken].sum())), own)


def trusted(answers: Sequence[Answer], sure: np.ndarray, least: Thresholds) -> np.ndarray:
    """Which answers are acted on."""
    floor = [least.delivered if one.status is Status.DELIVERED else least.any for one in answers]
    return np.asarray(sure >= np.array(floor))


def _lowest(sure: np.ndarray, right: np.ndarray, promise: float, taken: int, taken_right: int) -> float:
    for step in _STEPS:
        kept = sure >= step
        if kept.any() and (right[kept].sum() + taken_right) / (kept.sum() + taken) >= promise:
            return round(float(step), 3)
    message = f"no threshold keeps a precision of {promise}"
    raise ValueError(message)


def _evidence(answers: Sequence[Answer]) -> np.ndarray:
    return np.array([evidence(one.chance, one.share, one.words) for one in answers])


def _right(phrases: Sequence[Labelled], answers: Sequence[Answer]) -> np.ndarray:
    return np.array([one.status is answer.status for one, answer in zip(phrases, answers, strict=True)])
