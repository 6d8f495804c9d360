"""Whether something worked: counts of two groups in, the difference of their shares with its interval out.

Intervals are Wilson's for one share and Newcombe's for a difference (Statistics in Medicine 17, 1998, method 10): both
keep their promise for small groups and for shares near 0 and 1, where the usual formula does not.
"""

from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

from porchlight.domain.model import Value

USUAL_CONFIDENCE = 0.95


class Tally(Value):
    """What became of the messages of one group.

    Attributes:
        sent: Messages, or people of a group that gets none.
        successes: Of those, what was hoped for: a click, an order, no question to support.
        harms: Of those, what must not grow: a complaint, an unsubscribe.
    """

    sent: int = 0
    successes: int = 0
    harms: int = 0

    @property
    def posterior(self) -> tuple[float, float]:
        """Both parameters of the Beta distribution of the success share; before anything is counted all are alike."""
        successes = min(self.successes, self.sent)
        return 1.0 + successes, 1.0 + self.sent - successes


class Interval(NamedTuple):
    """A share or a difference of shares, with the range it lies in."""

    value: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Nothing is not among what it may be."""
        return self.low > 0 or self.high < 0


def share(count: float, of: int, confidence: float = USUAL_CONFIDENCE) -> Interval:
    """A share with Wilson's interval; anything from 0 to 1 when nothing was counted. Half a count is half of one."""
    if of <= 0:
        return Interval(0.0, 0.0, 1.0)
    z, found = NormalDist().inv_cdf((1 + confidence) / 2), min(count, of) / of
    middle = (found + z * z / (2 * of)) / (1 + z * z / of)
    reach = z / (1 + z * z / of) * sqrt(found * (1 - found) / of + z * z / (4 * of * of))
    return Interval(found, min(found, max(0.0, middle - reach)), max(found, min(1.0, middle + reach)))


def effect(treated: Tally, control: Tally, confidence: float = USUAL_CONFIDENCE) -> Interval:
    """How much more often what was hoped for happened with the messages than without."""
    ours = share(treated.successes, treated.sent, confidence)
    theirs = share(control.successes, control.sent, confidence)
    value = ours.value - theirs.value
    down = sqrt((ours.value - ours.low) ** 2 + (theirs.high - theirs.value) ** 2)
    up = sqrt((ours.high - ours.value) ** 2 + (theirs.value - theirs.low) ** 2)
    return Interval(value, max(-1.0, value - down), min(1.0, value + up))
