"""Chance that anybody may repeat: numbers drawn from words, always the same for the same words."""

import hashlib
from collections.abc import Iterator
from itertools import count
from math import log, sqrt
from statistics import NormalDist

_STEPS = 2**48


def position(*words: str) -> float:
    """Where these words stand between 0 and 1, both left out; spread evenly."""
    digest = hashlib.sha256("\x1f".join(words).encode("utf-8", "surrogatepass")).digest()
    return (int.from_bytes(digest[:6]) + 0.5) / _STEPS


def beta_draw(alpha: float, beta: float, *words: str) -> float:
    """A draw from the Beta distribution; both parameters at least 1."""
    first, second = _gamma_draw(alpha, *words, "first"), _gamma_draw(beta, *words, "second")
    return first / (first + second)


def _gamma_draw(shape: float, *words: str) -> float:
    return next(_gamma_draws(shape, *words))


def _gamma_draws(shape: float, *words: str) -> Iterator[float]:
    """By Marsaglia and Tsang (ACM Transactions on Mathematical Software 26, 2000); nearly every try gives one."""
    usual = shape - 1 / 3
    for attempt in map(str, count()):
        normal = NormalDist().inv_cdf(position(*words, attempt, "normal"))
        scale = (1 + normal / sqrt(9 * usual)) ** 3
        if scale <= 0:
            continue
        bound = normal * normal / 2 + usual * (1 - scale + log(scale))
        if log(position(*words, attempt, "accept")) < bound:
            yield usual * scale
