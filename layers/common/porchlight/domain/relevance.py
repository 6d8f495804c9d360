"""How much a message is worth to this shopper now, with its parts: a low sum is dropped and says why.

The parts are plain numbers that a merchant can follow, no model: what the news is worth in itself, less for every
message this person got in the last day, more for who looks and reads, less for who never does.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from porchlight.domain.journeys import Touchpoint, Trigger
from porchlight.domain.purposes import Purpose
from porchlight.domain.shopper import Shopper

THRESHOLD = 0.2
_USUAL, _MARKETING, _URGENT = 0.7, 0.4, 1.0
_WORTH = {
    Trigger.ORDER_PLACED: 0.9,
    Trigger.ORDER_CANCELLED: 1.0,
    Trigger.REFUNDED: 0.9,
    Trigger.EXCEPTION: 0.9,
    Trigger.SILENCE: 0.8,
    Trigger.STORM: 0.8,
    Trigger.RETURNING: 0.9,
    Trigger.DELIVERED: 0.8,
    Trigger.PACKED: 0.4,
    Trigger.SPLIT: 0.4,
    Trigger.EARLIER_ESTIMATE: 0.5,
}
_CROWD_EACH, _CROWD_MOST = 0.1, 0.4
_INTEREST = 0.1
_MANY = 5


class Relevance(NamedTuple):
    """A sum and its parts, each with its name."""

    score: float
    parts: tuple[tuple[str, float], ...]

    def __str__(self) -> str:
        """`0.60 = news 0.80, 2 messages today -0.20`."""
        told = ", ".join(f"{name} {value:+.2f}" for name, value in self.parts)
        return f"{self.score:.2f} = {told}"


def relevance(touchpoint: Touchpoint, shopper: Shopper, now: datetime) -> Relevance:
    """What telling this is worth now."""
    since = now - timedelta(days=1)
    today = sum(one.at >= since for one in shopper.history.sent)
    parts = [("the news", _worth(touchpoint))]
    if today:
        parts.append((f"{today} messages in a day", -min(today * _CROWD_EACH, _CROWD_MOST)))
    if shopper.page_views + shopper.opens + shopper.clicks > 1:
        parts.append(("looks and reads", _INTEREST))
    elif len(shopper.history.sent) >= _MANY and not shopper.opens and shopper.opens_known:
        parts.append(("never opens", -_INTEREST))
    return Relevance(round(sum(value for _, value in parts), 2), tuple(parts))


def _worth(touchpoint: Touchpoint) -> float:
    if touchpoint.is_urgent:
        return _URGENT
    return _MARKETING if touchpoint.purpose is Purpose.MARKETING else _WORTH.get(touchpoint.trigger, _USUAL)
