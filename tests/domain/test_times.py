"""Time keeps its precision: what was printed stays, and nobody gets a wrong day."""
# ruff: noqa: DTZ001 -- wall-clock times without a zone are what is tested here

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.status import Status
from porchlight.domain.times import (
    EventTime,
    TimeQuality,
    date_only,
    exact,
    from_text,
    missing,
    plausible,
    to_text,
    wall_clock,
)
from porchlight.domain.tracking import TrackingEvent, tracking_event

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ZONES = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"}))
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_an_exact_time_keeps_the_printed_offset_beside_utc() -> None:
    printed = datetime(2026, 3, 8, 9, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert exact(printed) == EventTime(utc(2026, 3, 8, 14, 30), "2026-03-08T09:30:00-05:00", TimeQuality.EXACT)


def test_a_wall_clock_time_without_a_place_says_no_zone() -> None:
    assert wall_clock(datetime(2026, 6, 1, 9), None) == EventTime(
        utc(2026, 6, 1, 9), "2026-06-01T09:00:00", TimeQuality.ASSUMED_ZONE
    )


@pytest.mark.parametrize(
    ("local", "zone", "expected"),
    [
        (datetime(2026, 3, 8, 1, 30), "America/New_York", utc(2026, 3, 8, 6, 30)),
        (datetime(2026, 3, 8, 3, 30), "America/New_York", utc(2026, 3, 8, 7, 30)),
        (datetime(2026, 3, 8, 2, 30), "America/New_York", utc(2026, 3, 8, 7, 30)),
        (datetime(2026, 11, 1, 1, 30), "America/New_York", utc(2026, 11, 1, 5, 30)),
        (datetime(2026, 11, 1, 2, 30), "America/New_York", utc(2026, 11, 1, 7, 30)),
        (datetime(2026, 3, 29, 2, 30), "Europe/Berlin", utc(2026, 3, 29, 1, 30)),
        (datetime(2026, 10, 25, 3, 30), "Europe/Berlin", utc(2026, 10, 25, 2, 30)),
        (datetime(2028, 2, 29, 23, 30), "America/Los_Angeles", utc(2028, 3, 1, 7, 30)),
        (datetime(2026, 6, 1, 0, 15), "Asia/Kolkata", utc(2026, 5, 31, 18, 45)),
    ],
)
def test_a_local_time_through_daylight_saving_and_leap_day(local: datetime, zone: str, expected: datetime) -> None:
    reading = wall_clock(local, zone)
    assert reading.occurred_at == expected
    assert reading.local_time == local.isoformat(timespec="seconds")


@given(MOMENTS, ZONES)
def test_any_local_time_in_any_zone_keeps_its_printed_day(local: datetime, zone: str) -> None:
    reading = wall_clock(local, zone)
    assert reading.local_time[:10] == local.date().isoformat()
    assert reading.occurred_at.utcoffset() == timedelta(0)
    assert abs(reading.occurred_at.replace(tzinfo=None) - local) <= timedelta(hours=26)


@given(
    st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    st.sampled_from(["America/Los_Angeles", "Europe/Berlin", "Asia/Tokyo", "UTC"]),
)
def test_a_date_stays_that_date_where_it_was_printed(day: date, zone: str) -> None:
    reading = date_only(day, zone)
    assert (reading.local_time, reading.quality) == (day.isoformat(), TimeQuality.DATE_ONLY)
    assert reading.occurred_at.astimezone(ZoneInfo(zone)).date() == day
    assert date_only(day, None).occurred_at.date() == day


@pytest.mark.parametrize(
    ("moment", "kept"),
    [
        (NOW, True),
        (NOW - timedelta(days=400), True),
        (NOW + timedelta(hours=26), True),
        (NOW + timedelta(hours=26, seconds=1), False),
        (utc(2000, 1, 1), True),
        (utc(1999, 12, 31), False),
        (utc(1970, 1, 1), False),
    ],
)
def test_an_impossible_time_is_replaced_by_when_we_heard_and_flagged(moment: datetime, kept: bool) -> None:
    reading = plausible(exact(moment), NOW)
    assert reading.local_time == exact(moment).local_time
    if kept:
        assert reading == exact(moment)
    else:
        assert (reading.occurred_at, reading.quality) == (NOW, TimeQuality.CLAMPED)


@pytest.mark.parametrize("year", [1, 9999])
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles", None])
def test_the_ends_of_the_calendar_are_clamped_and_do_no_harm(year: int, zone: str | None) -> None:
    edges = datetime(year, 1, 1), datetime(year, 12, 31, 23, 59)
    for local in edges:
        offset = timezone(timedelta(hours=9 if year == 1 else -9))
        for reading in (wall_clock(local, zone), date_only(local.date(), zone), exact(local.replace(tzinfo=offset))):
            assert plausible(reading, NOW).quality is TimeQuality.CLAMPED


def test_a_missing_time_is_when_we_heard_and_prints_nothing() -> None:
    assert missing(NOW) == EventTime(NOW, "", TimeQuality.CLAMPED)


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.timezones()),
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.timezones()),
)
def test_text_order_is_time_order(one: datetime, two: datetime) -> None:
    texts, moments = (to_text(one), to_text(two)), (from_text(to_text(one)), from_text(to_text(two)))
    assert (texts[0] < texts[1]) == (moments[0] < moments[1])
    assert abs(moments[0] - one) < timedelta(milliseconds=1)


def event(reading: EventTime, **changes: str) -> TrackingEvent:
    return tracking_event(
        "ups", reading, status=Status.IN_TRANSIT, **{"code": "I", "description": "In transit"} | changes
    )


def test_a_repeated_scan_has_the_same_id_and_another_time_or_code_another() -> None:
    first = exact(NOW)
    assert event(first).event_id == event(exact(NOW.astimezone(ZoneInfo("Asia/Tokyo")))).event_id
    assert event(first).event_id == event(first, description="other words").event_id
    others = [
        event(exact(NOW + timedelta(seconds=1))),
        event(first, code="X"),
        event(wall_clock(datetime(2026, 6, 1, 12), None)),
    ]
    assert len({event(first).event_id, *(one.event_id for one in others)}) == 4


def test_the_id_of_a_local_time_does_not_depend_on_the_zone_we_assume() -> None:
    local = datetime(2026, 6, 1, 9)
    assert event(wall_clock(local, None)).event_id == event(wall_clock(local, "Asia/Tokyo")).event_id


def test_the_id_of_a_scan_without_time_does_not_depend_on_when_we_heard() -> None:
    assert event(missing(NOW)).event_id == event(missing(NOW + timedelta(days=1))).event_id


def test_a_description_is_one_bounded_line() -> None:
    assert event(exact(NOW), description=" a\n\tb " + "x" * 900).description == ("a b " + "x" * 900)[:500]
