"""From labelled phrases to weights: multinomial logistic regression over the features the layer itself computes.

numpy, scipy and scikit-learn are needed here and nowhere else (`requirements-train.txt`). The same phrases give the
same model; nothing is random.
"""

import warnings
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from porchlight.domain.phrases import features_of, words_of
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from tools.classifier.corpus import Labelled

STRENGTH = 15.0
"""Inverse of the regularisation: chosen by leave-one-carrier-out precision, not by accuracy on what was learned."""
ROUNDS = 60
LEAST_PHRASES = 2
"""A feature of a single phrase is that phrase's own; it would be learned by heart."""


class Weights(NamedTuple):
    """What one training gives: a feature's row, a reading's column."""

    features: list[str]
    readings: list[str]
    matrix: np.ndarray
    bias: np.ndarray


def features(one: Labelled) -> frozenset[str]:
    """Of a labelled phrase, as the classifier will see it when the carrier is known."""
    return frozenset(features_of(words_of(one.phrase, one.carrier)))


def train(phrases: Sequence[Labelled], found: Sequence[frozenset[str]]) -> Weights:
    """Learn from `phrases`, whose features are `found`."""
    counts = Counter(feature for one in found for feature in one)
    names = sorted(feature for feature, count in counts.items() if count >= LEAST_PHRASES)
    rows = design(found, names)
    model = LogisticRegression(C=STRENGTH, max_iter=ROUNDS, tol=1e-3)
    with warnings.catch_warnings():
        # It is stopped early on purpose: later rounds change nothing that leave-one-carrier-out could tell.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(rows, [one.reading for one in phrases])
    return Weights(names, [str(reading) for reading in model.classes_], model.coef_.T, model.intercept_)


def chances(weights: Weights, found: Sequence[frozenset[str]]) -> np.ndarray:
    """Probability of each reading for each phrase."""
    logits = design(found, weights.features) @ weights.matrix + weights.bias
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def design(found: Sequence[frozenset[str]], names: Sequence[str]) -> sparse.csr_matrix:
    """One row a phrase, of length 1 whatever the number of its known features; empty when it has none."""
    place = {name: at for at, name in enumerate(names)}
    columns = [sorted(place[feature] for feature in one if feature in place) for one in found]
    ends = np.cumsum([0, *(len(one) for one in columns)])
    values = [1 / len(one) ** 0.5 for one in columns for _ in one]
    return sparse.csr_matrix((values, [at for one in columns for at in one], ends), shape=(len(found), len(names)))
