"""Which due polls of an account leave first when there are more than calls: pure, the same for release and simulation.

Urgent polls go first, the oldest of each urgency before the younger. A sixteenth of the calls is kept for the routine
and three for what is possible, so that nothing waits for ever; what they do not need goes to the most urgent again.
Calls are few: at one call a minute a share is a turn now and then, told by the minute alone, so nothing is counted.

How far the calls go is read off the index: `SHORT` when polls of the routine wait for longer than half a day, `SCANT`
when they wait for longer than half of all parcels take. Scant calls are not spent on the oldest first. What was never
asked about lies in the routine by the time it was packed, so reading begins where parcels were packed so long ago that
one call tells most. Those older have missed their turn and get what is left.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from porchlight.domain.shards import Urgency

SHORT_AFTER = timedelta(hours=12)
HALF_DELIVERED_AFTER = timedelta(days=3)
"""From packing (docs/polling.md)."""
BACKLOG = 25
"""So many must wait: one that fails again and again is no backlog."""
_SHARES = {Urgency.ROUTINE: 1 / 16, Urgency.POSSIBLE: 3 / 16}


class Supply(StrEnum):
    """How far an account's calls go."""

    PLENTY = "plenty"
    """Enough for the cadence, and the merchant wants to know sooner."""
    AMPLE = "ample"
    SHORT = "short"
    """Not every parcel can be asked about as often as the cadence wants."""
    SCANT = "scant"
    """Not even once before it is delivered."""


def supply_of(
    oldest: datetime | None, now: datetime, waiting: Callable[[datetime, int], int], *, eager: bool = False
) -> Supply:
    """How far the calls of an account go.

    Args:
        oldest: When the oldest poll of the routine was due, `None` without any; most minutes need no more than this.
        now: Aware UTC.
        waiting: How many polls of the routine were due until a time, counted up to a limit.
        eager: The merchant wants to know sooner where calls allow it.
    """
    for supply, wait in ((Supply.SCANT, HALF_DELIVERED_AFTER), (Supply.SHORT, SHORT_AFTER)):
        if oldest and now - oldest > wait and waiting(now - wait, BACKLOG) >= BACKLOG:
            return supply
    return Supply.PLENTY if eager else Supply.AMPLE


def drawn[Entry](
    calls: int, now: datetime, supply: Supply, take: Callable[[Urgency, int, datetime | None], Sequence[Entry]]
) -> list[Entry]:
    """The polls that leave now, the most urgent first.

    Args:
        calls: How many at most.
        now: Aware UTC.
        supply: What `supply_of` says.
        take: Takes so many of an urgency, the oldest first, behind those taken before; none due before a time if given.
    """
    kept = {urgency: _turns(share * calls, now) for urgency, share in _SHARES.items()}
    begin = now - HALF_DELIVERED_AFTER if supply is Supply.SCANT else None
    entries: list[Entry] = []

    def more(urgency: Urgency, limit: int, begin: datetime | None = None) -> None:
        limit = min(limit, calls - len(entries))
        if limit > 0:
            entries.extend(take(urgency, limit, begin))

    more(Urgency.LIKELY, calls - sum(kept.values()))
    more(Urgency.POSSIBLE, calls - len(entries) - kept[Urgency.ROUTINE])
    more(Urgency.ROUTINE, kept[Urgency.ROUTINE], begin)
    more(Urgency.LIKELY, calls)
    more(Urgency.POSSIBLE, calls)
    more(Urgency.ROUTINE, calls, begin)
    if begin:
        more(Urgency.ROUTINE, calls)
    return entries


def _turns(calls_a_minute: float, now: datetime) -> int:
    """Whole calls that fall into this minute when fractions are saved up."""
    minute = int(now.timestamp()) // 60
    return int((minute + 1) * calls_a_minute) - int(minute * calls_a_minute)
