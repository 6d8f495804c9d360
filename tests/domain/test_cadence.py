"""When a carrier is asked again: enough to know in time, never in vain, never for ever."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.cadence import Watched, next_poll_at
from porchlight.domain.status import Status
from porchlight.domain.tracking import Estimate

from tests.domain.stories import START, hours

S = Status


def watched(status: Status = S.IN_TRANSIT, number: str = "1Z001", **known: object) -> Watched:
    return Watched.model_validate(
        {"tracking_number": number, "since": START, "status": status, "last_scan_at": hours(10)} | known
    )


def wait(parcel: Watched, now: datetime, retry_after: float | None = None) -> timedelta:
    at = next_poll_at(parcel, now, retry_after=retry_after)
    assert at is not None
    return at - now


def polls_of(life: dict[float, Status], packed: datetime, promised: date | None, number: str) -> list[float]:
    """Hours after packing at which a parcel with this life is asked about."""
    now, asked = packed, []
    while True:
        age = (now - packed) / timedelta(hours=1)
        asked.append(age)
        past = {hour: status for hour, status in life.items() if hour <= age}
        seen = [hour for hour, status in past.items() if status is not S.PRE_TRANSIT]
        parcel = Watched(
            tracking_number=number,
            since=packed,
            status=list(past.values())[-1] if past else S.UNKNOWN,
            last_scan_at=packed + timedelta(hours=seen[-1]) if seen else None,
            estimate=Estimate(day=promised) if promised and seen else None,
        )
        at = next_poll_at(parcel, now)
        if at is None:
            return asked
        assert at > now
        now = at


EUROPE = [(packed_at, 13.5) for packed_at in range(7, 20, 2)]
NEW_YORK = [(packed_at, 18.5) for packed_at in range(13, 24, 2)]
"""UTC hours at which a parcel is packed on Monday and handed over on Friday."""


def five_days(packed_at: int, doorstep: float) -> tuple[dict[float, Status], datetime, float]:
    packed = datetime(2026, 6, 1, packed_at, tzinfo=UTC)
    delivered = (datetime(2026, 6, 5, tzinfo=UTC) + timedelta(hours=doorstep) - packed) / timedelta(hours=1)
    first_scan = max(4.0, doorstep + 5.5 - packed_at)
    life = {0.0: S.PRE_TRANSIT, first_scan: S.IN_TRANSIT, delivered - 5.5: S.OUT_FOR_DELIVERY, delivered: S.DELIVERED}
    return life, packed, delivered


@pytest.mark.parametrize(("packed_at", "doorstep"), EUROPE + NEW_YORK)
def test_a_parcel_of_five_days_is_asked_about_at_most_18_times(packed_at: int, doorstep: float) -> None:
    life, packed, delivered = five_days(packed_at, doorstep)
    for number in range(20):
        asked = polls_of(life, packed, date(2026, 6, 5), f"1Z{number}")
        assert 8 <= len(asked) <= 18
        assert delivered <= asked[-1] <= delivered + 1.5


@pytest.mark.parametrize(("packed_at", "doorstep"), EUROPE + NEW_YORK)
def test_without_a_promised_day_it_is_asked_about_no_more_often(packed_at: int, doorstep: float) -> None:
    life, packed, delivered = five_days(packed_at, doorstep)
    for number in range(20):
        asked = polls_of(life, packed, None, f"1Z{number}")
        assert len(asked) <= 18
        assert delivered <= asked[-1] <= delivered + 11


def test_asking_stops_when_the_parcel_is_final() -> None:
    for status in (S.DELIVERED, S.RETURNED, S.CANCELLED, S.EXPIRED):
        assert next_poll_at(watched(status), hours(20)) is None


def test_a_parcel_on_its_way_back_is_asked_about() -> None:
    assert next_poll_at(watched(S.RETURN_TO_SENDER), hours(20)) is not None


@pytest.mark.parametrize(
    ("status", "known", "day", "given_up"),
    [
        (S.IN_TRANSIT, {}, 45, False),
        (S.IN_TRANSIT, {}, 46, True),
        (S.PRE_TRANSIT, {"last_scan_at": None}, 29, False),
        (S.PRE_TRANSIT, {"last_scan_at": None}, 31, True),
        (S.UNKNOWN, {"last_scan_at": None}, 31, True),
    ],
)
def test_a_silent_parcel_is_given_up_by_a_stated_rule(
    status: Status, known: dict[str, object], day: int, given_up: bool
) -> None:
    assert (next_poll_at(watched(status, **known), START + timedelta(days=day)) is None) == given_up


def test_a_parcel_in_the_van_is_asked_about_more_often_than_one_on_the_road() -> None:
    now = hours(20)
    near = Estimate(day=now.date())
    in_van, due, wrong = watched(S.OUT_FOR_DELIVERY), watched(estimate=near), watched(S.EXCEPTION)
    on_road, at_shop = watched(), watched(S.AVAILABLE_FOR_PICKUP)
    waits = [wait(one, now) for one in (in_van, due, on_road, at_shop)]
    assert waits == sorted(waits)
    assert wait(wrong, now) < wait(on_road, now)


@pytest.mark.parametrize(("days_off", "near"), [(-2, False), (-1, True), (0, True), (1, False), (9, False)])
def test_the_promised_day_and_the_day_after_are_watched_closely(days_off: int, near: bool) -> None:
    now = hours(40)
    estimate = Estimate(day=now.date() + timedelta(days=days_off))
    assert (wait(watched(estimate=estimate), now) < timedelta(hours=4)) == near


def test_a_carrier_that_does_not_answer_is_asked_less_and_less_often() -> None:
    waits = [wait(watched(failures=failures), hours(20)) for failures in (1, 2, 3, 4)]
    assert all(timedelta(minutes=5 * 2**n) <= one <= timedelta(minutes=5.5 * 2**n) for n, one in enumerate(waits))
    assert wait(watched(failures=500), hours(20)) <= timedelta(hours=6.6)


def test_a_carrier_is_never_asked_sooner_than_it_said() -> None:
    assert wait(watched(), hours(20), retry_after=90_000) == timedelta(seconds=90_000)
    assert wait(watched(failures=1), hours(20), retry_after=1) >= timedelta(minutes=5)


@given(st.text(alphabet="0123456789ABCZ", min_size=1, max_size=20), st.sampled_from(Status), st.integers(0, 5))
def test_the_next_poll_lies_ahead_and_is_spread_by_number_alone(number: str, status: Status, failures: int) -> None:
    parcel = watched(status, number=number, failures=failures)
    at = next_poll_at(parcel, hours(20))
    assert at == next_poll_at(parcel, hours(20))
    assert at is None or timedelta(minutes=5) <= at - hours(20) <= timedelta(hours=27)


def test_parcels_packed_in_one_minute_are_not_asked_about_in_one_minute() -> None:
    moments = {next_poll_at(watched(number=f"1Z{one}"), hours(20)) for one in range(50)}
    assert len(moments) > 30
