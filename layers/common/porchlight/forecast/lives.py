"""Made-up parcels: when each is packed, scanned, brought and handed over, from a stated model and a seed.

The model is ours, for parcels to homes, and is not the planner's own: the planner knows neither a parcel's zone within
its country nor how its promise came about. docs/polling.md tells the figures. Times are seconds since the epoch, since
hundreds of thousands of parcels are held at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from random import Random

from porchlight.domain.status import Status
from porchlight.domain.tracking import Estimate

HOUR, DAY = 3600.0, 86400.0
_PLACES = (("DE", 1, 50), ("US", -5, 24), ("US", -6, 14), ("US", -7, 3), ("US", -8, 9))
"""Country, hours ahead of UTC, share in a hundred."""
_HANDED_OVER_AFTER = ((0, 55), (1, 33), (2, 8), (4, 4))
"""Days after packing, in the evening."""
_DAYS_UNDER_WAY = ((1, 25), (2, 30), (3, 20), (4, 12), (5, 7), (6, 4), (8, 2))
_PROMISE_OFF = ((0, 72), (-1, 14), (1, 14))
"""Days between the promised day and the day first planned for."""
_KNOWS_PROMISE = 0.75
_TROUBLE = 0.04
_FAILED_ATTEMPT = 0.06
_TO_PICK_UP = 0.08
_COLLECTED_AFTER = ((1, 45), (2, 30), (4, 25))
_LOST = 0.004
_NEVER_HANDED_OVER = 0.004


class Moment(StrEnum):
    """What matters to a shopper."""

    OUT_FOR_DELIVERY = "out_for_delivery"
    EXCEPTION = "exception"
    """Trouble on the way, or a courier who met nobody."""
    DELIVERED = "delivered"


_MOMENT_OF = {
    Status.OUT_FOR_DELIVERY: Moment.OUT_FOR_DELIVERY,
    Status.EXCEPTION: Moment.EXCEPTION,
    Status.DELIVERY_ATTEMPTED: Moment.EXCEPTION,
    Status.DELIVERED: Moment.DELIVERED,
}


@dataclass(slots=True)
class Life:
    """One parcel.

    Attributes:
        packed_at: When we begin to watch.
        scans: Time and status, in order; the last is `DELIVERED` unless it was lost.
        estimate: Told from the first scan on.
        known: How many scans we have been told of.
    """

    number: str
    country: str
    packed_at: float
    scans: tuple[tuple[float, Status], ...]
    estimate: Estimate | None
    known: int = 0

    def learn(self, now: float) -> Iterator[tuple[Moment, float]]:
        """Moments that an answer of now tells for the first time, with when they were."""
        while self.known < len(self.scans) and self.scans[self.known][0] <= now:
            at, status = self.scans[self.known]
            self.known += 1
            if status in _MOMENT_OF:
                yield _MOMENT_OF[status], at

    def moments(self) -> Iterator[tuple[Moment, float]]:
        """All of them."""
        return ((_MOMENT_OF[status], at) for at, status in self.scans if status in _MOMENT_OF)

    @property
    def delivered_at(self) -> float | None:
        """`None` for one that is lost."""
        return self.scans[-1][0] if self.scans and self.scans[-1][1] is Status.DELIVERED else None

    @property
    def is_known_delivered(self) -> bool:
        """Asking is over."""
        return self.known == len(self.scans) and self.delivered_at is not None


class LifeMaker:
    """Parcels from a seed."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)  # noqa: S311 no secret depends on it
        self._made = 0

    def packed_on(self, midnight: float, parcels: int) -> list[Life]:
        """Parcels packed on a day that begins at `midnight` UTC, the first packed first."""
        return sorted((self._life(midnight) for _ in range(parcels)), key=lambda life: life.packed_at)

    def _life(self, midnight: float) -> Life:
        chance = self._chance
        self._made += 1
        country, ahead = self._of([((country, ahead), share) for country, ahead, share in _PLACES])
        start = midnight - ahead * HOUR
        packed_at = start + chance.uniform(8, 18) * HOUR
        number = f"P{self._made:08}"
        if chance.random() < _NEVER_HANDED_OVER:
            return Life(number, country, packed_at, (), None)
        handed_over = start + self._of(_HANDED_OVER_AFTER) * DAY + chance.uniform(18, 20) * HOUR
        first = handed_over - (handed_over - start) % DAY
        planned = first + self._of(_DAYS_UNDER_WAY) * DAY
        scans = [(handed_over, Status.IN_TRANSIT)]
        if chance.random() >= _LOST:
            scans += self._under_way(handed_over, planned)
        return Life(number, country, packed_at, tuple(scans), self._promise(planned, ahead))

    def _promise(self, planned: float, ahead: int) -> Estimate | None:
        if self._chance.random() >= _KNOWS_PROMISE:
            return None
        return Estimate(day=_local_day(planned, ahead) + timedelta(days=self._of(_PROMISE_OFF)))

    def _under_way(self, handed_over: float, planned: float) -> list[tuple[float, Status]]:
        scans: list[tuple[float, Status]] = []
        day = planned
        if self._chance.random() < _TROUBLE:
            troubled = self._chance.uniform(handed_over, max(planned, handed_over + HOUR))
            moving = troubled + self._chance.uniform(6, 30) * HOUR
            scans += [(troubled, Status.EXCEPTION), (moving, Status.IN_TRANSIT)]
            day += DAY * self._chance.choice((1, 1, 2, 3))
            while day < moving:
                day += DAY
        if self._chance.random() < _TO_PICK_UP:
            return scans + self._picked_up(day + self._chance.uniform(10, 18) * HOUR, day)
        return scans + self._brought(day)

    def _brought(self, day: float) -> list[tuple[float, Status]]:
        out = day + min(max(self._chance.gauss(8.2, 1.2), 5), 12.5) * HOUR
        at_the_door = max(day + self._chance.triangular(9, 21, 14) * HOUR, out + HOUR / 3)
        scans = [(out, Status.OUT_FOR_DELIVERY)]
        if self._chance.random() >= _FAILED_ATTEMPT:
            return [*scans, (at_the_door, Status.DELIVERED)]
        scans.append((at_the_door, Status.DELIVERY_ATTEMPTED))
        if self._chance.random() < 0.25:  # noqa: PLR2004 one in four goes to a shop instead
            return scans + self._picked_up(at_the_door + 3 * HOUR, day)
        return scans + self._brought(day + DAY)

    def _picked_up(self, waiting_from: float, day: float) -> list[tuple[float, Status]]:
        collected = day + self._of(_COLLECTED_AFTER) * DAY + self._chance.uniform(9, 20) * HOUR
        return [(waiting_from, Status.AVAILABLE_FOR_PICKUP), (collected, Status.DELIVERED)]

    def _of[Choice](self, shares: tuple[tuple[Choice, int], ...] | list[tuple[Choice, int]]) -> Choice:
        return self._chance.choices([one for one, _ in shares], [share for _, share in shares])[0]


def _local_day(moment: float, ahead: int) -> date:
    return (datetime.fromtimestamp(moment, UTC) + timedelta(hours=ahead)).date()
