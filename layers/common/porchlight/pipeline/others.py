"""What a decision may look at beyond its order and its shopper: how others read, and what became of each variant.

Neither is asked without need: a group's habit when something is due that waits for its best hour, a tally where a
touchpoint has variants.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypedDict

from porchlight.domain.engagement import Habit
from porchlight.domain.groups import groups_of
from porchlight.domain.journeys import Journey
from porchlight.domain.variants import Tallies
from porchlight.pipeline.person_ports import Customers


class Others(TypedDict):
    """These fields of `Situation`."""

    habits: Callable[[Sequence[str]], tuple[Habit, ...]]
    tallies: Tallies


def known_of_others(journey: Journey, customers: Customers, now: datetime) -> Others:
    """What is known of others; habits are asked with the segments of an order, and only then read."""
    tried = [one.id for one in journey.switched_on if one.experiment.variants]
    return {
        "habits": lambda segments: customers.habits(groups_of(segments), now),
        "tallies": customers.tallies(tried, now) if tried else {},
    }
