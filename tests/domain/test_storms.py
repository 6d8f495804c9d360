"""Lanes and their storms: what counts, when one begins, goes on and ends."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.lanes import Lane, LaneParcel, half_day_end, lane_of, lane_parcel, lane_parcels
from porchlight.domain.localities import NOWHERE
from porchlight.domain.orders import Destination
from porchlight.domain.state import OrderState, ShipmentState
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.storm_rules import StormRules
from porchlight.domain.storms import LONGEST, Incident, Look, Weather, stands_still, weather, working_time

from tests.builders import folded, packing, scan, snapshot, tracked

THURSDAY = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULES = StormRules()
LANE = Lane(carrier="ups", country="US")
UNSEEN = Weather(lane=LANE, looked_at=THURSDAY)
US = Destination(country="US")


def rows(number: int, hours: float, now: datetime = THURSDAY, first: int = 0, **changes: object) -> list[LaneParcel]:
    """So many parcels that have rested for so long."""
    since = now - hours * HOUR
    return [
        LaneParcel(digest=f"{first + index:024x}", order_id=f"o{first + index}", still_since=since, **changes)  # type: ignore[arg-type]
        for index in range(number)
    ]


def seen(before: Weather, parcels: Sequence[LaneParcel], now: datetime, *, heard: bool = True) -> Weather:
    return weather(before, parcels, RULES, NOWHERE, Look(at=now, by="o0", heard=heard))


def mixed(still: int, moving: int, now: datetime = THURSDAY) -> list[LaneParcel]:
    return rows(still, 40, now) + rows(moving, 2, now, first=1000)


def held_up(still: int, moving: int, now: datetime) -> list[LaneParcel]:
    """The same on any day of the week."""
    return rows(still, 40, now, reported=True) + rows(moving, 2, now, first=1000)


def open_incident(found: Weather) -> Incident:
    assert found.incident is not None
    assert found.incident.is_open(found.looked_at)
    return found.incident


# ---- what a parcel tells


def parcel_at(
    status: Status, reason: SubStatus = SubStatus.NONE, to: Destination = US
) -> tuple[ShipmentState, OrderState]:
    state = folded(
        snapshot(destination=to),
        packing("1Z1", "1"),
        tracked("1Z1", scan("2026-03-10T09:30:00Z", Status.IN_TRANSIT), scan("2026-03-11T10:00:00Z", status, reason)),
    )
    return state.parcels[0], state


@pytest.mark.parametrize("status", [Status.IN_TRANSIT, Status.OUT_FOR_DELIVERY, Status.EXCEPTION])
def test_a_parcel_that_is_the_carriers_to_move_tells_of_its_lane(status: Status) -> None:
    parcel, state = parcel_at(status)
    row = lane_parcel(parcel, state)
    assert lane_of(parcel, state) == LANE
    assert row is not None
    assert row.still_since == datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
    assert not row.reported


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (Status.DELIVERED, SubStatus.NONE),
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.NONE),
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE),
        (Status.RETURN_TO_SENDER, SubStatus.NONE),
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD),
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM),
        (Status.EXCEPTION, SubStatus.LOST),
        (Status.EXCEPTION, SubStatus.DAMAGED),
    ],
)
def test_a_parcel_that_waits_for_somebody_else_or_has_trouble_of_its_own_does_not(
    status: Status, reason: SubStatus
) -> None:
    parcel, state = parcel_at(status, reason)
    assert lane_parcel(parcel, state) is None
    assert list(lane_parcels(state).values()) == [None]


def test_a_parcel_that_was_never_scanned_tells_nothing_of_its_lane() -> None:
    state = folded(snapshot(destination=US), packing("1Z1", "1"))
    assert list(lane_parcels(state).values()) == [None]


@pytest.mark.parametrize("reason", [SubStatus.WEATHER, SubStatus.DELAYED])
def test_a_carrier_that_says_it_is_held_up_is_believed_at_once(reason: SubStatus) -> None:
    row = lane_parcel(*parcel_at(Status.EXCEPTION, reason))
    assert row is not None
    assert row.reported
    assert stands_still(row, RULES, NOWHERE, row.still_since)


@pytest.mark.parametrize("country", ["", "us", "USA", "#1"])
def test_without_a_country_there_is_no_lane(country: str) -> None:
    parcel, state = parcel_at(Status.IN_TRANSIT, to=Destination(country=country))
    assert lane_of(parcel, state) is None
    assert lane_parcels(state) == {}


@pytest.mark.parametrize("carrier", ["", "easypost", "שליח", "a#b", "x" * 41, "UPS Ground"])
def test_without_a_known_carrier_there_is_no_lane(carrier: str) -> None:
    scanned = tracked("1Z1", scan("2026-03-10T09:30:00Z", Status.IN_TRANSIT)).model_copy(update={"carrier": ""})
    state = folded(snapshot(destination=US), packing("1Z1", "1", carrier=carrier, name=""), scanned)
    assert lane_of(state.parcels[0], state) is None


def test_what_a_parcel_tells_names_nobody() -> None:
    row = lane_parcel(*parcel_at(Status.IN_TRANSIT))
    assert row is not None
    assert not [word for word in ("1Z1", "Ada", "ada@example.com", "#1042") if word in row.model_dump_json()]


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 hypothesis adds it
def test_a_half_day_ends_at_noon_or_midnight_and_never_before(moment: datetime) -> None:
    end = half_day_end(moment)
    assert timedelta(0) < end - moment <= 12 * HOUR
    assert (end.hour % 12, end.minute, end.second) == (0, 0, 0)


# ---- rest


def test_a_weekend_is_no_rest() -> None:
    friday_noon, monday_noon = THURSDAY + DAY, THURSDAY + 4 * DAY
    assert working_time(friday_noon, monday_noon, NOWHERE) == DAY
    [row] = rows(1, 0, friday_noon)
    assert not stands_still(row, RULES, NOWHERE, monday_noon)
    assert stands_still(row, RULES, NOWHERE, monday_noon + 12 * HOUR)


@given(st.floats(0, 400), st.floats(0, 400))
def test_working_time_never_exceeds_time_and_grows_with_it(first: float, second: float) -> None:
    short, long = sorted((first * HOUR, second * HOUR))
    passed = [working_time(THURSDAY, THURSDAY + span, NOWHERE) for span in (short, long)]
    assert passed[0] <= passed[1]
    assert all(timedelta(0) <= one <= span for one, span in zip(passed, (short, long), strict=True))


# ---- a storm begins


def test_most_of_a_lane_that_stands_still_is_one_incident() -> None:
    found = seen(UNSEEN, mixed(41, 19), THURSDAY)
    incident = open_incident(found)
    assert (found.still, found.parcels) == (41, 60)
    assert incident.incident_id == "ups-US-2026-03-12T12"
    assert incident.since == THURSDAY - 52 * HOUR
    assert incident.opened_by == "o0"


@pytest.mark.parametrize(("still", "moving"), [(11, 0), (7, 5), (20, 40), (0, 60)])
def test_a_few_parcels_or_the_usual_share_are_none(still: int, moving: int) -> None:
    assert seen(UNSEEN, mixed(still, moving), THURSDAY).incident is None


@given(st.integers(0, 11), st.integers(0, 11))
def test_below_the_least_number_of_parcels_there_is_never_a_storm(still: int, moving: int) -> None:
    if still + moving < RULES.parcels:
        assert seen(UNSEEN, mixed(still, moving), THURSDAY).incident is None


@given(st.permutations(mixed(14, 8)))
def test_in_which_order_parcels_were_written_does_not_matter(parcels: list[LaneParcel]) -> None:
    assert seen(UNSEEN, parcels, THURSDAY) == seen(UNSEEN, mixed(14, 8), THURSDAY)


@given(st.integers(8, 200), st.integers(0, 200))
def test_one_more_parcel_that_moves_never_makes_a_storm(still: int, moving: int) -> None:
    less = seen(UNSEEN, mixed(still, moving), THURSDAY).incident
    more = seen(UNSEEN, mixed(still, moving + 1), THURSDAY).incident
    assert more is None or less is not None or still + moving + 1 == RULES.parcels


def test_a_carrier_that_nobody_hears_is_no_storm() -> None:
    assert seen(UNSEEN, rows(60, 40), THURSDAY, heard=False).incident is None
    assert open_incident(seen(UNSEEN, rows(60, 40), THURSDAY, heard=True))
    assert open_incident(seen(UNSEEN, mixed(59, 1), THURSDAY, heard=False))


def test_who_went_deaf_a_day_ago_hears_no_storm_in_the_parcels_that_were_scanned_last() -> None:
    """Some were scanned just before, and do not stand still yet: that proves nothing."""
    last_heard = rows(40, 40) + rows(20, 20, first=500)
    assert seen(UNSEEN, last_heard, THURSDAY, heard=False).incident is None
    assert open_incident(seen(UNSEEN, last_heard, THURSDAY, heard=True))


def test_parcels_that_rest_for_weeks_say_nothing_about_today() -> None:
    found = seen(UNSEEN, rows(60, 11 * 24) + rows(5, 2, first=500), THURSDAY)
    assert (found.incident, found.still, found.parcels) == (None, 0, 5)


# ---- it goes on, and ends


def test_it_goes_on_with_less_than_it_needs_to_begin() -> None:
    begun = seen(UNSEEN, mixed(41, 19), THURSDAY)
    later = THURSDAY + 6 * HOUR
    found = seen(begun, mixed(15, 45, later), later)
    assert seen(UNSEEN, mixed(15, 45, later), later).incident is None
    assert open_incident(found).confirmed_at == later
    assert open_incident(found).incident_id == open_incident(begun).incident_id


def test_it_ends_below_half_the_share() -> None:
    begun = seen(UNSEEN, mixed(41, 19), THURSDAY)
    later = THURSDAY + 6 * HOUR
    found = seen(begun, mixed(10, 50, later), later)
    assert found.incident is not None
    assert found.incident.ended_at == later
    assert not found.incident.is_open(later)


def test_an_empty_lane_ends_it() -> None:
    begun = seen(UNSEEN, mixed(41, 19), THURSDAY)
    found = seen(begun, [], THURSDAY + HOUR)
    assert found.incident is not None
    assert not found.incident.is_open(THURSDAY + HOUR)


def test_it_lapses_when_nobody_sees_it_again() -> None:
    incident = open_incident(seen(UNSEEN, mixed(41, 19), THURSDAY))
    assert incident.is_open(THURSDAY + 23 * HOUR)
    assert not incident.is_open(THURSDAY + 24 * HOUR)


def test_a_look_of_the_deaf_neither_confirms_nor_ends_it() -> None:
    begun = seen(UNSEEN, mixed(41, 19), THURSDAY)
    found = seen(begun, rows(60, 50, THURSDAY + HOUR), THURSDAY + HOUR, heard=False)
    assert found.incident == begun.incident


def test_what_begins_again_soon_is_the_same_incident() -> None:
    begun = seen(UNSEEN, mixed(41, 19), THURSDAY)
    over = seen(begun, mixed(2, 58, THURSDAY + 6 * HOUR), THURSDAY + 6 * HOUR)
    again = seen(over, mixed(41, 19, THURSDAY + DAY), THURSDAY + DAY)
    assert open_incident(again).incident_id == open_incident(begun).incident_id
    assert open_incident(again).opened_by == open_incident(begun).opened_by


def test_what_begins_again_later_is_another() -> None:
    begun = seen(UNSEEN, mixed(41, 19), THURSDAY)
    over = seen(begun, mixed(2, 58, THURSDAY + 6 * HOUR), THURSDAY + 6 * HOUR)
    later = THURSDAY + 7 * DAY
    assert open_incident(seen(over, mixed(41, 19, later), later)).incident_id == "ups-US-2026-03-19T12"


def test_what_never_ends_is_how_the_lane_is() -> None:
    found, now = seen(UNSEEN, held_up(41, 19, THURSDAY), THURSDAY), THURSDAY
    while now < THURSDAY + LONGEST:
        now += 12 * HOUR
        found = seen(found, held_up(41, 19, now), now)
    for days in (0, 1, 10, 29):
        later = now + days * DAY
        incident = seen(found, held_up(41, 19, later), later).incident
        assert incident is not None
        assert not incident.is_open(later)
    later = now + 31 * DAY
    assert open_incident(seen(found, held_up(41, 19, later), later)).opened_at == later


@given(st.lists(st.integers(0, 60), min_size=1, max_size=20))
def test_between_two_beginnings_it_was_seen_to_be_over(numbers: list[int]) -> None:
    """It does not flicker: each opening but the first follows a look below half the share, or a lapse."""
    found, was_open = UNSEEN, False
    for index, still in enumerate(numbers):
        now = THURSDAY + index * 6 * HOUR
        found = seen(found, held_up(still, 60 - still, now), now)
        is_open = found.incident is not None and found.incident.is_open(now)
        if was_open and not is_open:
            assert still / 60 < RULES.share / 2
        if is_open and not was_open:
            assert still / 60 > RULES.share
        was_open = is_open
