"""Which due polls leave first when there are more than calls."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from porchlight.domain.release_order import BACKLOG, HALF_DELIVERED_AFTER, Supply, drawn, supply_of
from porchlight.domain.shards import Urgency, poll_shard, urgency_of

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Shelves:
    """Due polls by urgency, each the time it was due, the oldest first."""

    def __init__(self, **due: list[datetime]) -> None:
        self.held = {Urgency(name): sorted(times) for name, times in due.items()}

    def take(self, urgency: Urgency, limit: int, begin: datetime | None) -> Sequence[tuple[Urgency, datetime]]:
        held = self.held.get(urgency, [])
        found = [one for one in held if begin is None or one >= begin][:limit]
        for one in found:
            held.remove(one)
        return [(urgency, one) for one in found]

    def drawn(self, calls: int, now: datetime = NOW, supply: Supply = Supply.SHORT) -> list[tuple[Urgency, datetime]]:
        return drawn(calls, now, supply, self.take)


def due(count: int, since: timedelta = 2 * DAY) -> list[datetime]:
    return [NOW - since + index * timedelta(seconds=1) for index in range(count)]


def test_the_urgent_leave_before_the_older() -> None:
    shelves = Shelves(routine=due(100, 5 * DAY), possible=due(100, 3 * DAY), likely=due(10, DAY))
    left = shelves.drawn(32)
    assert [urgency for urgency, _ in left[:10]] == [Urgency.LIKELY] * 10
    assert [urgency for urgency, _ in left[10:30]] == [Urgency.POSSIBLE] * 20
    assert [urgency for urgency, _ in left[30:]] == [Urgency.ROUTINE] * 2


def test_calls_that_are_kept_and_not_needed_go_to_the_urgent() -> None:
    assert len(Shelves(likely=due(100)).drawn(40)) == 40
    assert len(Shelves(possible=due(100)).drawn(40)) == 40
    assert len(Shelves(routine=due(100)).drawn(40)) == 40


@pytest.mark.parametrize("calls", [1, 2, 7, 16, 500])
def test_nothing_waits_for_ever(calls: int) -> None:
    minutes = 64
    shelves = Shelves(**{one.value: due(calls * minutes) for one in Urgency})
    left = [one for index in range(minutes) for one in shelves.drawn(calls, NOW + index * MINUTE)]
    shares = {one: sum(urgency is one for urgency, _ in left) / len(left) for one in Urgency}
    assert len(left) == calls * minutes
    assert 1 / 20 <= shares[Urgency.ROUTINE] <= 1 / 12
    assert 1 / 8 <= shares[Urgency.POSSIBLE] <= 1 / 5
    routine = [one for urgency, one in left if urgency is Urgency.ROUTINE]
    assert routine == sorted(routine)


def test_no_more_leave_than_there_are_calls() -> None:
    for minute in range(50):
        shelves = Shelves(likely=due(5), possible=due(5), routine=due(5))
        assert len(shelves.drawn(3, NOW + minute * MINUTE)) == 3
    assert Shelves(likely=due(5)).drawn(0) == []


def test_scant_calls_go_where_one_call_tells_most_and_the_missed_get_the_rest() -> None:
    missed, ripe, young = NOW - 2 * HALF_DELIVERED_AFTER, NOW - HALF_DELIVERED_AFTER + MINUTE, NOW - DAY
    shelves = Shelves(routine=[missed, ripe, young])
    assert [one for _, one in shelves.drawn(1, supply=Supply.SCANT)] == [ripe]
    assert [one for _, one in shelves.drawn(2, supply=Supply.SCANT)] == [young, missed]


@pytest.mark.parametrize(
    ("waited", "count", "supply"),
    [
        (timedelta(hours=11), 500, Supply.AMPLE),
        (timedelta(hours=13), BACKLOG - 1, Supply.AMPLE),
        (timedelta(hours=13), BACKLOG, Supply.SHORT),
        (4 * DAY, BACKLOG - 1, Supply.AMPLE),
        (4 * DAY, BACKLOG, Supply.SCANT),
    ],
)
def test_how_far_calls_go_is_how_long_many_have_waited(waited: timedelta, count: int, supply: Supply) -> None:
    held = [NOW - waited] * count

    def waiting(until: datetime, limit: int) -> int:
        return min(sum(one <= until for one in held), limit)

    assert supply_of(held[0], NOW, waiting) is supply
    assert supply_of(held[0], NOW, waiting, eager=True) is (Supply.PLENTY if supply is Supply.AMPLE else supply)


def test_nothing_due_is_ample_and_needs_no_count() -> None:
    def unasked(_until: datetime, _limit: int) -> int:
        raise AssertionError

    assert supply_of(None, NOW, unasked) is Supply.AMPLE
    assert supply_of(NOW - MINUTE, NOW, unasked) is Supply.AMPLE


@pytest.mark.parametrize("urgency", Urgency)
def test_a_shard_tells_its_urgency(urgency: Urgency) -> None:
    assert urgency_of(poll_shard("ups/main", urgency)) is urgency


def test_the_routine_keeps_the_shard_that_held_all_polls() -> None:
    assert poll_shard("ups/likely") == "polls#ups/likely"
    assert urgency_of("polls#ups/likely") is Urgency.ROUTINE
