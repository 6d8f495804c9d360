"""How much is too much: caps per person over all orders, and the hours in which nobody wants to be disturbed."""

from datetime import datetime, timedelta
from typing import Annotated, NamedTuple

from pydantic import Field

from porchlight.domain.model import StrictValue
from porchlight.domain.purposes import Purpose
from porchlight.domain.shopper import History

_LEAST = timedelta(minutes=1)
_Count = Annotated[int, Field(ge=0, le=1000)]


class Cap(StrictValue):
    """At most so many messages to one person, over all their orders.

    Attributes:
        per_day: In 24 hours; `None` for any number.
        per_week: In 7 days; likewise.
    """

    per_day: _Count | None = None
    per_week: _Count | None = None

    def windows(self) -> tuple[tuple[int, timedelta], ...]:
        """Each limit with its window."""
        limits = (self.per_day, timedelta(hours=24)), (self.per_week, timedelta(days=7))
        return tuple((count, window) for count, window in limits if count is not None)


class Caps(StrictValue):
    """Caps by purpose. What is urgent is told all the same."""

    service: Cap = Cap(per_day=20, per_week=60)
    marketing: Cap = Cap(per_day=1, per_week=2)


class Reached(NamedTuple):
    """A cap that stands in the way, and until when."""

    sentence: str
    until: datetime


def cap_reached(history: History, purpose: Purpose, caps: Caps, now: datetime) -> Reached | None:
    """The cap that a further message would break; asked when deciding, and once more when sending."""
    cap = caps.marketing if purpose is Purpose.MARKETING else caps.service
    for limit, window in cap.windows():
        got = history.got(now - window, purpose)
        if len(got) >= limit:
            until = got[limit - 1].at + window if limit else now + window
            sentence = f"{len(got)} {purpose} messages in {_span(window)}, {limit} at most"
            return Reached(sentence, max(until, now + _LEAST))
    return None


def _span(window: timedelta) -> str:
    return "a day" if window <= timedelta(days=1) else f"{window.days} days"


class Limits(StrictValue):
    """Everything that keeps messages from being too many."""

    caps: Caps = Caps()


USUAL_LIMITS = Limits()
