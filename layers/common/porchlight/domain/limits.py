"""How much is too much: caps per person over all orders, and the hours in which nobody wants to be disturbed."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from porchlight.domain.model import StrictValue

_Count = Annotated[int, Field(ge=0, le=1000)]


class Cap(StrictValue):
    """At most so many messages to one person, over all their orders.

    Attributes:
        per_day: In 24 hours.
        per_week: In 7 days.
    """

    per_day: _Count = 1000
    per_week: _Count = 1000

    def windows(self) -> tuple[tuple[int, timedelta], ...]:
        """Each limit with its window."""
        return (self.per_day, timedelta(hours=24)), (self.per_week, timedelta(days=7))


class Caps(StrictValue):
    """Caps by purpose. What is urgent is told all the same."""

    service: Cap = Cap(per_day=8, per_week=30)
    marketing: Cap = Cap(per_day=1, per_week=2)


class Limits(StrictValue):
    """Everything that keeps messages from being too many."""

    caps: Caps = Caps()


USUAL_LIMITS = Limits()
