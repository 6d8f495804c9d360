"""Ways to choose whom to ask: as the product does, and in equal turns."""

from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from heapq import heappop, heappush
from itertools import count

from porchlight.domain.cadence import GIVE_UP_WITHOUT_SCAN, Watched
from porchlight.domain.polling import next_turn
from porchlight.domain.release_order import Supply, drawn, supply_of
from porchlight.domain.shards import Urgency
from porchlight.domain.status import Status
from porchlight.forecast.lives import Life

GIVE_UP = GIVE_UP_WITHOUT_SCAN.total_seconds()


class Planned:
    """Asks as the product does: its cadence, its planner, its order of release.

    Attributes:
        supply: How far the calls go, as the last release saw it.
    """

    def __init__(self, *, eager: bool = False) -> None:
        self._eager = eager
        self._due: dict[Urgency, list[tuple[float, int, Life]]] = {urgency: [] for urgency in Urgency}
        self._missed: list[tuple[float, int, Life]] = []
        self._numbers = count()
        self.supply = Supply.AMPLE

    def add(self, life: Life, now: float) -> None:
        """A new parcel."""
        self._push(Urgency.ROUTINE, now, life)

    def choose(self, calls: int, now: datetime) -> list[Life]:
        """Those to ask in this minute."""
        heaps = (self._missed, self._due[Urgency.ROUTINE])
        oldest = min((heap[0][0] for heap in heaps if heap), default=None)
        self.supply = supply_of(moment_of(oldest) if oldest else None, now, self._waiting, eager=self._eager)
        begun = False

        def take(urgency: Urgency, limit: int, begin: datetime | None) -> list[Life]:
            nonlocal begun
            heap = self._due[urgency]
            if begin:
                begun = True
                while heap and heap[0][0] < begin.timestamp():
                    heappush(self._missed, heappop(heap))
            elif urgency is Urgency.ROUTINE and self._missed:
                heap = self._missed
            return list(_popped(heap, limit, now.timestamp()))

        return drawn(calls, now, self.supply, take)

    def answered(self, life: Life, now: float) -> None:
        """The carrier has said all that happened until now."""
        turn = next_turn(_watched(life), moment_of(now), supply=self.supply)
        if turn:
            self._push(turn.urgency, turn.due_at.timestamp(), life)

    def _push(self, urgency: Urgency, due_at: float, life: Life) -> None:
        heappush(self._due[urgency], (due_at, next(self._numbers), life))

    def _waiting(self, until: datetime, limit: int) -> int:
        """Looks at the first of a heap only, which are among its oldest: enough to tell a backlog from none."""
        found = 0
        for heap in (self._missed, self._due[Urgency.ROUTINE]):
            found += sum(due_at <= until.timestamp() for due_at, _, _ in heap[: 4 * limit])
        return min(found, limit)


class FixedInterval:
    """Asks about every open parcel in turn, whatever is known of it."""

    supply = Supply.AMPLE

    def __init__(self) -> None:
        self._turns: deque[Life] = deque()

    def add(self, life: Life, _now: float) -> None:
        """A new parcel."""
        self._turns.append(life)

    def choose(self, calls: int, _now: datetime) -> list[Life]:
        """Those whose turn it is."""
        return [self._turns.popleft() for _ in range(min(calls, len(self._turns)))]

    def answered(self, life: Life, now: float) -> None:
        """To the end of the line, unless it is over."""
        if not life.is_known_delivered and now - life.packed_at < GIVE_UP:
            self._turns.append(life)


type Way = Planned | FixedInterval


def _watched(life: Life) -> Watched:
    """What the carrier's answer tells."""
    at, status = life.scans[life.known - 1] if life.known else (0.0, Status.PRE_TRANSIT)
    return Watched(
        tracking_number=life.number,
        since=moment_of(life.packed_at),
        status=status,
        last_scan_at=moment_of(at) if life.known else None,
        estimate=life.estimate if life.known else None,
        country=life.country,
    )


def _popped(heap: list[tuple[float, int, Life]], limit: int, now: float) -> Iterator[Life]:
    while heap and limit > 0 and heap[0][0] <= now:
        yield heappop(heap)[2]
        limit -= 1


def moment_of(seconds: float) -> datetime:
    """The time at so many seconds since the epoch."""
    return datetime.fromtimestamp(seconds, UTC)
