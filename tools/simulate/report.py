"""Figures with their 95 % intervals, by normal approximation over orders; each order's value is its mean over seeds.

A difference is taken order by order, so that what all strategies share does not widen its interval.
"""

from collections.abc import Callable, Sequence
from math import sqrt
from statistics import fmean
from typing import NamedTuple

from tools.simulate.histories import History
from tools.simulate.shopper import Outcome

type Played = dict[str, list[list[Outcome]]]
"""By strategy: for each order, its outcome under each seed."""
NOTHING, STATUS, OURS = "nothing", "per_status", "ours"
Z = 1.96


class Figure(NamedTuple):
    """One figure: of each order a value, over the orders it is about; `per` scales it."""

    words: str
    value: Callable[[Outcome], float]
    about: Callable[[History], bool] = lambda _: True
    per: int = 1


FIGURES: dict[str, Figure] = {
    "messages": Figure("messages per order", lambda one: one.messages),
    "duplicate_or_moot": Figure("told again or moot, per 100 orders", lambda one: one.worthless, per=100),
    "told_again": Figure("of these told again", lambda one: one.again, per=100),
    "moot": Figure("of these moot when read", lambda one: one.moot, per=100),
    "contacts": Figure('"where is my order?" per 100 orders', lambda one: one.contacts, per=100),
    "contacts_late": Figure(
        "the same per 100 late orders", lambda one: one.contacts, lambda history: history.late, per=100
    ),
    "unsubscribed": Figure("stopped the mails, per 1,000 orders", lambda one: one.unsubscribed, per=1000),
    "complained": Figure("called one spam, per 1,000 orders", lambda one: one.complained, per=1000),
    "requests": Figure("requests for a review per 100 orders", lambda one: one.requests, per=100),
    "asked_in_trouble": Figure("requests into an open problem, per 1,000", lambda one: one.asked_in_trouble, per=1000),
    "asked_in_trouble_before_limit": Figure("the same, limit dates aside", lambda one: one.asked_early, per=1000),
    "messages_late": Figure("messages per late order", lambda one: one.messages, lambda history: history.late),
    "warned_in_time": Figure(
        "% of late orders told before the promised day was over",
        lambda one: one.warned,
        lambda history: history.late,
        per=100,
    ),
    "warned_in_the_last_week": Figure(
        "% of late orders told in the seven days before that",
        lambda one: one.warned_lately,
        lambda history: history.late,
        per=100,
    ),
    "warnings_in_time": Figure(
        "warnings per 100 orders that came in time", lambda one: one.warnings, lambda one: not one.late, per=100
    ),
    "reviews": Figure("reviews per 100 orders", lambda one: one.reviewed, per=100),
    "bad_reviews": Figure("bad reviews per 100 orders", lambda one: one.bad_review, per=100),
}


class Estimated(NamedTuple):
    """A mean and half the width of its interval."""

    mean: float
    half: float

    def as_json(self) -> list[float]:
        """Mean, lower and upper end."""
        return [round(one, 4) for one in (self.mean, self.mean - self.half, self.mean + self.half)]

    def as_text(self) -> str:
        """For a table."""
        return f"{self.mean:.2f} ± {self.half:.2f}"


def figures(played: Played, lived: Sequence[History]) -> dict[str, dict[str, Estimated]]:
    """By figure: every strategy, and ours against the two others."""
    table = {}
    for name, figure in FIGURES.items():
        meant = [place for place, history in enumerate(lived) if figure.about(history)]
        values = {key: [_value(figure, runs[place]) for place in meant] for key, runs in played.items()}
        row = {key: estimated(numbers) for key, numbers in values.items()}
        for other in (NOTHING, STATUS):
            less = [mine - theirs for mine, theirs in zip(values[OURS], values[other], strict=True)]
            row[f"ours_less_{other}"] = estimated(less)
        table[name] = row
    return table


class Shares(NamedTuple):
    """Shares of a strategy that are no mean over orders; `None` of nothing."""

    bad_of_reviews: float | None
    late_of_warned: float | None


def shares(played: Played, lived: Sequence[History]) -> dict[str, Shares]:
    """How many reviews are bad, and how many orders with a warning before the promised day do come late."""
    found = {}
    for key, runs in played.items():
        written = [one.bad_review for outcomes in runs for one in outcomes if one.reviewed]
        pairs = zip(lived, runs, strict=True)
        warned = [history.late for history, outcomes in pairs for one in outcomes if one.warned]
        found[key] = Shares(_share(written), _share(warned))
    return found


def _share(claims: list[bool]) -> float | None:
    return round(fmean(claims), 4) if claims else None


def holds(table: dict[str, dict[str, Estimated]]) -> dict[str, bool]:
    """What is demanded of ours; the last by every single order, not on average."""

    def less(figure: str, than: str) -> bool:
        return table[figure][f"ours_less_{than}"].mean < 0

    return {
        "fewer_contacts_than_nothing": less("contacts", NOTHING),
        "fewer_messages_than_per_status": less("messages", STATUS),
        "fewer_duplicate_or_moot_than_per_status": less("duplicate_or_moot", STATUS),
        "no_request_into_trouble_before_limit": table["asked_in_trouble_before_limit"][OURS].mean == 0,
    }


def _value(figure: Figure, outcomes: list[Outcome]) -> float:
    return fmean(figure.value(one) for one in outcomes) * figure.per


def estimated(numbers: Sequence[float]) -> Estimated:
    """Mean and half of the interval; nothing known of no orders."""
    if not numbers:
        return Estimated(0.0, 0.0)
    mean = fmean(numbers)
    spread = sum((one - mean) ** 2 for one in numbers) / max(1, len(numbers) - 1)
    return Estimated(mean, Z * sqrt(spread / len(numbers)))
