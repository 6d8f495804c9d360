"""What shoppers answered, as a whole: how often each score, their average, and the share of those who are satisfied.

The range of an average is Wilson's for a share, stretched over the scale. Of all ways in which answers can have that
average it takes the most scattered, so it promises too little for usual answers and never too much, also for few.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from porchlight.domain.effects import Interval, share
from porchlight.domain.survey import SCORES, Answer

SATISFIED = 4
"""This score and higher ones, as the measure is commonly counted."""
_WORST, _BEST = SCORES[0], SCORES[-1]


class Summary(NamedTuple):
    """Some answers.

    Attributes:
        counts: How often each score was given, all five of them.
        average: Of the scores; the whole scale when there is no answer.
        satisfied: Share of answers of 4 and 5.
    """

    counts: dict[int, int]
    average: Interval
    satisfied: Interval

    @property
    def answers(self) -> int:
        """How many."""
        return sum(self.counts.values())


def summary(answers: Iterable[Answer]) -> Summary:
    """Count them."""
    found = Counter(one.score for one in answers)
    counts = {score: found[score] for score in SCORES}
    satisfied = sum(count for score, count in counts.items() if score >= SATISFIED)
    return Summary(counts, _average(counts), share(satisfied, found.total()))


def by_week(answers: Iterable[Answer]) -> dict[date, Summary]:
    """The same of each week (UTC) with an answer, by its Monday, in sequence."""
    weeks: dict[date, list[Answer]] = {}
    for one in answers:
        day = one.at.date()
        weeks.setdefault(day - timedelta(days=day.weekday()), []).append(one)
    return {monday: summary(weeks[monday]) for monday in sorted(weeks)}


def _average(counts: dict[int, int]) -> Interval:
    span = _BEST - _WORST
    part = share(sum((score - _WORST) / span * count for score, count in counts.items()), sum(counts.values()))
    return Interval(*(_WORST + span * value for value in part))
