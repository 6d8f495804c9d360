"""What the port of lanes promises, asked of the fake and of the adapter alike."""

from datetime import UTC, datetime, timedelta

import pytest
from porchlight.domain.errors import ConflictError
from porchlight.domain.lanes import Lane, LaneParcel
from porchlight.domain.storms import FORGOTTEN_AFTER, Incident, Weather

from tests.aws.conftest import Ports

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
LANE, OTHER = Lane(carrier="ups", country="US"), Lane(carrier="ups", country="CA")


def row(index: int, **changes: object) -> LaneParcel:
    base = LaneParcel(digest=f"{index * 7919:024x}", order_id=f"order{index}", still_since=NOW)
    return base.model_copy(update=changes)


def sky(version: int, **changes: object) -> Weather:
    return Weather(lane=LANE, looked_at=NOW, parcels=60, still=41, version=version).model_copy(update=changes)


def test_a_lane_nobody_told_of_is_empty(ports: Ports) -> None:
    assert ports.lanes.parcels(LANE, 100) == []
    assert ports.lanes.weather(LANE) is None
    assert ports.lanes.all_weather() == []


def test_parcels_are_read_as_they_were_told_of_their_own_lane_alone(ports: Ports) -> None:
    told = [row(index, reported=index % 2 == 0) for index in range(20)]
    for one in told:
        ports.lanes.keep(LANE, one)
    ports.lanes.keep(OTHER, row(99))

    assert sorted(ports.lanes.parcels(LANE, 100), key=lambda one: one.digest) == told
    assert ports.lanes.parcels(OTHER, 100) == [row(99)]


def test_what_a_parcel_tells_replaces_what_it_told(ports: Ports) -> None:
    ports.lanes.keep(LANE, row(1, reported=True))
    ports.lanes.keep(LANE, row(1, still_since=NOW + timedelta(hours=12)))
    ports.lanes.keep(LANE, row(1, still_since=NOW + timedelta(hours=12)))

    assert ports.lanes.parcels(LANE, 100) == [row(1, still_since=NOW + timedelta(hours=12))]


def test_a_parcel_that_left_is_gone_however_often_it_leaves(ports: Ports) -> None:
    ports.lanes.keep(LANE, row(1))
    ports.lanes.drop(LANE, row(1).digest)
    ports.lanes.drop(LANE, row(1).digest)

    assert ports.lanes.parcels(LANE, 100) == []


def test_of_a_large_lane_a_sample_is_read_from_every_part(ports: Ports) -> None:
    for index in range(80):
        ports.lanes.keep(LANE, row(index))

    found = ports.lanes.parcels(LANE, 20)
    assert len(found) == len({one.digest for one in found}) == 20
    assert {int(one.digest[-2:], 16) % 4 for one in found} == {0, 1, 2, 3}


def test_weather_is_read_as_it_was_kept(ports: Ports) -> None:
    incident = Incident(
        incident_id="ups-US-2026-06-01T12",
        lane=LANE,
        since=NOW - timedelta(days=2),
        opened_at=NOW,
        confirmed_at=NOW,
        lapses_at=NOW + timedelta(days=1),
        opened_by="order1",
        parcels=60,
        still=41,
    )
    ports.lanes.keep_weather(sky(1, incident=incident))

    assert ports.lanes.weather(LANE) == sky(1, incident=incident)
    assert ports.lanes.weather(OTHER) is None


def test_of_two_who_looked_at_once_the_second_is_refused(ports: Ports) -> None:
    ports.lanes.keep_weather(sky(1))
    with pytest.raises(ConflictError):
        ports.lanes.keep_weather(sky(1, still=1))
    ports.lanes.keep_weather(sky(2, still=2))
    with pytest.raises(ConflictError):
        ports.lanes.keep_weather(sky(2, still=3))

    found = ports.lanes.weather(LANE)
    assert found is not None
    assert (found.version, found.still) == (2, 2)


def test_every_lane_that_was_looked_at_is_listed(ports: Ports) -> None:
    ports.lanes.keep_weather(sky(1))
    ports.lanes.keep_weather(sky(1, lane=OTHER))

    assert [one.lane for one in ports.lanes.all_weather()] == [OTHER, LANE]


@pytest.mark.parametrize("ports", ["adapter"], indirect=True)
def test_what_says_nothing_about_today_is_forgotten(ports: Ports) -> None:
    ports.lanes.keep(LANE, row(1))
    client = ports.lanes._client  # type: ignore[union-attr]  # of the adapter
    [item] = client.scan(TableName="OrdersTable")["Items"]
    assert int(item["expires_at"]["N"]) == int((NOW + FORGOTTEN_AFTER).timestamp())
    assert "due_shard" not in item, "an index would cost each write another unit"
