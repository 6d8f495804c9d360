"""Lanes and their weather, in memory."""

from datetime import datetime, timedelta

from porchlight.domain.errors import ConflictError
from porchlight.domain.lanes import Lane, LaneParcel
from porchlight.domain.storms import Weather

from tests.fakes.table import stored

SHARDS = 4


class FakeLanes:
    """`Lanes`.

    Attributes:
        writes: How often a parcel was written or taken away.
        looks: Every look that was kept, in order: for invariants about histories.
    """

    def __init__(self) -> None:
        self.held: dict[Lane, dict[str, LaneParcel]] = {}
        self.kept: dict[Lane, Weather] = {}
        self.writes = 0
        self.looks: list[Weather] = []

    def keep(self, lane: Lane, parcel: LaneParcel) -> None:
        self.writes += 1
        still_since = stored(parcel.still_since)
        self.held.setdefault(lane, {})[parcel.digest] = parcel.model_copy(update={"still_since": still_since})

    def drop(self, lane: Lane, digest: str) -> None:
        self.writes += 1
        self.held.get(lane, {}).pop(digest, None)

    def parcels(self, lane: Lane, most: int) -> list[LaneParcel]:
        found = sorted(self.held.get(lane, {}).items())
        shards = ([one for digest, one in found if int(digest[-2:], 16) % SHARDS == shard] for shard in range(SHARDS))
        return [one for shard in shards for one in shard[: most // SHARDS]]

    def weather(self, lane: Lane) -> Weather | None:
        return self.kept.get(lane)

    def keep_weather(self, weather: Weather) -> None:
        held = self.kept.get(weather.lane)
        if (held.version if held else 0) != weather.version - 1:
            message = "somebody looked meanwhile"
            raise ConflictError(message)
        self.kept[weather.lane] = weather
        self.looks.append(weather)

    def all_weather(self) -> list[Weather]:
        return [self.kept[lane] for lane in sorted(self.kept, key=lambda one: one.name)]

    def was_open(self, lane: Lane, at: datetime, margin: timedelta = timedelta(0)) -> bool:
        """Whether an incident was known to go on at that moment, and had been known for so long."""
        before = [one for one in self.looks if one.lane == lane and one.looked_at <= at - margin]
        incident = before[-1].incident if before else None
        return incident is not None and incident.is_open(at)
