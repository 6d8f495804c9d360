"""The poll budget planner: what an answer is worth, and when to ask when calls are few."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.cadence import Watched, next_poll_at
from porchlight.domain.polling import chance_of_news, next_turn, urgency_at
from porchlight.domain.release_order import Supply
from porchlight.domain.shards import Urgency
from porchlight.domain.status import Status
from porchlight.domain.tracking import Estimate

S = Status
MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(day: int, hour: float) -> datetime:
    """A time of that Monday's week in Berlin, in summer two hours ahead of UTC."""
    return MONDAY + timedelta(days=day, hours=hour - 2)


def parcel(status: Status = S.IN_TRANSIT, scanned: datetime | None = None, day: int | None = None) -> Watched:
    return Watched(
        tracking_number="1Z001",
        since=MONDAY,
        status=status,
        last_scan_at=scanned,
        estimate=Estimate(day=date(2026, 6, 1 + day)) if day is not None else None,
        country="DE",
    )


parcels = st.builds(
    Watched,
    tracking_number=st.text("0123456789", min_size=1),
    since=st.just(MONDAY),
    status=st.sampled_from(Status),
    last_scan_at=st.none() | st.integers(0, 8 * 24).map(lambda hours: MONDAY + hours * HOUR),
    estimate=st.none() | st.builds(Estimate, day=st.dates(date(2026, 5, 30), date(2026, 6, 15))),
    country=st.sampled_from(["DE", "US", "JP", "", "ZZ"]),
)
moments = st.integers(8 * 24 * 60, 11 * 24 * 60).map(lambda minutes: MONDAY + timedelta(minutes=minutes))
waits = st.integers(0, 10 * 24).map(lambda hours: hours * HOUR)


@given(known=parcels, now=moments, shorter=waits, longer=waits)
def test_chance_of_news_is_a_chance_and_only_grows(
    known: Watched, now: datetime, shorter: timedelta, longer: timedelta
) -> None:
    shorter, longer = sorted((shorter, longer))
    first, second = chance_of_news(known, now, now + shorter), chance_of_news(known, now, now + longer)
    assert -1e-9 <= first <= second + 1e-9 <= 1 + 2e-9


@given(known=parcels, now=moments)
def test_ample_calls_leave_the_cadence_as_it_is(known: Watched, now: datetime) -> None:
    turn = next_turn(known, now)
    assert (turn.due_at if turn else None) == next_poll_at(known, now)


@given(known=parcels, now=moments)
def test_fewer_calls_never_ask_sooner_and_more_never_later(known: Watched, now: datetime) -> None:
    turns = {supply: next_turn(known, now, supply=supply) for supply in Supply}
    plenty, ample, short, scant = (turns[one] for one in (Supply.PLENTY, Supply.AMPLE, Supply.SHORT, Supply.SCANT))
    if ample is None:
        assert not any((plenty, short, scant))
        return
    assert plenty is not None
    assert short is not None
    assert scant is not None
    assert now < plenty.due_at <= ample.due_at <= min(short.due_at, scant.due_at)
    assert max(short.due_at, scant.due_at) <= now + timedelta(days=10)


@pytest.mark.parametrize("supply", Supply)
def test_a_failed_poll_backs_off_whatever_the_supply(supply: Supply) -> None:
    failed = parcel().model_copy(update={"failures": 3})
    turn = next_turn(failed, at(1, 9), supply=supply)
    assert turn is not None
    assert turn.due_at == next_poll_at(failed, at(1, 9))


def test_a_carrier_that_asks_for_time_gets_it() -> None:
    turn = next_turn(parcel(S.OUT_FOR_DELIVERY, at(1, 7)), at(1, 9), supply=Supply.PLENTY, retry_after=7 * 3600)
    assert turn is not None
    assert turn.due_at == at(1, 16)


@pytest.mark.parametrize(
    ("known", "asked_at", "due_at", "urgency"),
    [
        (parcel(S.OUT_FOR_DELIVERY, at(2, 8)), at(2, 12), at(2, 13.25), Urgency.LIKELY),
        (parcel(S.OUT_FOR_DELIVERY, at(2, 8)), at(2, 23), at(3, 0.25), Urgency.ROUTINE),
        (parcel(scanned=at(1, 22), day=2), at(2, 6), at(2, 9), Urgency.LIKELY),
        (parcel(scanned=at(1, 22), day=2), at(2, 13), at(2, 16), Urgency.ROUTINE),
        (parcel(scanned=at(1, 22), day=5), at(2, 6), at(2, 16), Urgency.ROUTINE),
        (parcel(S.EXCEPTION, scanned=at(2, 5)), at(2, 6), at(2, 9), Urgency.ROUTINE),
        (parcel(S.EXCEPTION, scanned=at(1, 22)), at(3, 6), at(3, 9), Urgency.LIKELY),
        (parcel(S.AVAILABLE_FOR_PICKUP, at(1, 10)), at(1, 10), at(1, 13), Urgency.POSSIBLE),
        (parcel(S.PRE_TRANSIT), at(0, 10), at(0, 18), Urgency.ROUTINE),
    ],
    ids=[
        "at the door",
        "at night",
        "promised morning",
        "the morning is over",
        "days to go",
        "just held",
        "held",
        "shop",
        "label",
    ],
)
def test_urgency_is_the_chance_of_news_at_that_hour(
    known: Watched, asked_at: datetime, due_at: datetime, urgency: Urgency
) -> None:
    assert urgency_at(known, asked_at, due_at) is urgency


def test_the_hour_is_that_of_the_destination() -> None:
    noon_in_berlin = at(2, 12)
    door = parcel(S.OUT_FOR_DELIVERY, at(2, 8))
    in_berlin = chance_of_news(door, noon_in_berlin, noon_in_berlin + HOUR)
    in_chicago = chance_of_news(door.model_copy(update={"country": "US"}), noon_in_berlin, noon_in_berlin + HOUR)
    assert in_berlin > 0.05
    assert in_chicago == 0


def test_short_calls_wait_for_the_morning_of_the_promised_day() -> None:
    turn = next_turn(parcel(scanned=at(1, 20), day=4), at(1, 21), supply=Supply.SHORT)
    assert turn is not None
    assert at(4, 5) <= turn.due_at <= at(4, 9)
    assert turn.urgency is Urgency.LIKELY


def test_scant_calls_wait_until_the_parcel_is_probably_delivered() -> None:
    for known, asked_at in (
        (parcel(scanned=at(1, 20), day=4), at(1, 21)),
        (parcel(S.OUT_FOR_DELIVERY, at(4, 7)), at(4, 8)),
    ):
        turn = next_turn(known, asked_at, supply=Supply.SCANT)
        assert turn is not None
        assert at(4, 14) <= turn.due_at <= at(5, 12)


def test_eager_asks_a_parcel_at_the_door_every_quarter_of_an_hour_or_so() -> None:
    turn = next_turn(parcel(S.OUT_FOR_DELIVERY, at(4, 8)), at(4, 13), supply=Supply.PLENTY)
    assert turn is not None
    assert timedelta(minutes=10) <= turn.due_at - at(4, 13) <= timedelta(minutes=40)
