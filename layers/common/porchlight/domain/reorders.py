"""Whether the messages make shoppers order again: those who get them against those who are held out.

Each person counts once, by the first order that is known of them, and as soon as all the days in which they may order
again have passed. Who is in which group follows from the digest of their address, as it did when messages were decided;
so people count where they belong whether or not a message ever reached them.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from porchlight.domain.effects import Tally
from porchlight.domain.experiments import HoldOut

WITHIN = timedelta(days=90)


class PlacedOrder(NamedTuple):
    """One order of one person.

    Attributes:
        person: Digest of the address.
    """

    person: str
    order_id: str
    placed_at: datetime


class Reorders(NamedTuple):
    """How many ordered again within 90 days.

    Attributes:
        told: People who get the messages; a success is one who ordered again.
        held_out: People who get none.
        waiting: People whose 90 days are not over, and who count in neither.
    """

    told: Tally
    held_out: Tally
    waiting: int


def reorders(
    orders: Iterable[PlacedOrder], hold_out: HoldOut, now: datetime, since: datetime | None = None
) -> Reorders:
    """Count them.

    Args:
        orders: In any order; one that is told twice counts once.
        hold_out: The group as it is drawn now.
        now: Aware.
        since: Only people whose first order is not older than this.
    """
    placed: dict[str, dict[str, datetime]] = {}
    for one in orders:
        placed.setdefault(one.person, {})[one.order_id] = one.placed_at
    told, held_out, waiting = Tally(), Tally(), 0
    for person, theirs in placed.items():
        first, *others = sorted(theirs.values())
        if since and first < since:
            continue
        if first + WITHIN > now:
            waiting += 1
        elif hold_out.has(person):
            held_out = _with(held_out, first, others)
        else:
            told = _with(told, first, others)
    return Reorders(told, held_out, waiting)


def _with(tally: Tally, first: datetime, others: list[datetime]) -> Tally:
    again = any(one <= first + WITHIN for one in others)
    return Tally(sent=tally.sent + 1, successes=tally.successes + again)
