"""Weekends and public holidays of a destination, and waits that are counted around them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.decide import decide
from porchlight.domain.fold import fold
from porchlight.domain.journey_checks import compiled
from porchlight.domain.journeys import Journey, Touchpoint
from porchlight.domain.localities import locality_of
from porchlight.domain.orders import Destination
from porchlight.domain.parcel_occurrences import silent_from
from porchlight.domain.purposes import Audience
from porchlight.domain.rest_days import calendar_of, rests_in
from porchlight.domain.segments import Segment
from porchlight.domain.situation import Situation
from porchlight.domain.status import Status
from porchlight.domain.times import exact
from porchlight.domain.view import tracking_view
from porchlight.domain.waits import Wait

from tests.builders import store_says
from tests.domain.stories import ONE, Story, fulfilment, order, says, scan

PLACES = st.sampled_from(
    [
        ("DE", "BY"),
        ("DE", "Berlin"),
        ("US", "CA"),
        ("US", "TX"),
        ("SA", ""),
        ("IL", ""),
        ("CN", ""),
        ("GB", "SCT"),
        ("", ""),
    ]
)
DAYS = st.dates(date(2024, 1, 1), date(2035, 6, 30))
COUNTS = st.integers(0, 40)


def business_day(begun: date, number: int, country: str, region: str) -> date:
    place = locality_of(Destination(country=country, region=region))
    noon = datetime.combine(begun, datetime.min.time().replace(hour=12), place.zone)
    return Wait(business_days=number).after(noon, place.zone, place.rests).astimezone(place.zone).date()


@pytest.mark.parametrize(
    ("country", "region", "day", "rests"),
    [
        ("DE", "BY", "2027-11-01", True),  # All Saints: Bavaria and not Berlin
        ("DE", "BE", "2027-11-01", False),
        ("DE", "BE", "2027-03-08", True),  # Women's Day: Berlin and not Bavaria
        ("DE", "BY", "2027-03-08", False),
        ("DE", "", "2027-11-01", False),  # nobody knows which Land: what all of them keep
        ("DE", "", "2025-10-03", True),
        ("US", "TX", "2026-03-02", True),  # Texas Independence Day
        ("US", "CA", "2026-03-02", False),
        ("US", "TX", "2026-11-26", True),
        ("US", "NY", "2026-07-03", True),  # the Fourth is a Saturday, so Friday is free
        ("SA", "", "2026-11-20", True),  # a Friday
        ("SA", "", "2026-11-22", False),  # a Sunday
        ("NL", "", "2026-11-22", True),
        ("CN", "", "2025-01-26", False),  # a Sunday that is worked for the Spring Festival
        ("CN", "", "2025-01-29", True),
        ("", "", "2026-12-25", False),
        ("XX", "", "2026-12-26", True),  # a Saturday
    ],
)
def test_day_of_rest_is_that_of_the_destination(country: str, region: str, day: str, rests: bool) -> None:
    assert rests_in(country, region, date.fromisoformat(day)) is rests


@pytest.mark.parametrize("region", ["BW", "bw", "DE-BW", "Baden-Württemberg", "BADEN-WURTTEMBERG", " bw "])
def test_region_is_found_by_code_or_name(region: str) -> None:
    assert rests_in("de", region, date(2026, 1, 6))
    assert not rests_in("de", "Berlin", date(2026, 1, 6))


@given(DAYS, st.text(max_size=12))
def test_region_that_nobody_knows_rests_with_its_country(day: date, region: str) -> None:
    assert rests_in("GR", region, day) == rests_in("GR", "", day)


@given(DAYS, st.text(max_size=4).filter(lambda code: code.strip().upper() not in _LISTED))
def test_country_that_nobody_knows_has_weekends_only(day: date, country: str) -> None:
    assert rests_in(country, "", day) == (day.isoweekday() > 5)


def test_after_the_last_year_of_the_file_the_holidays_of_each_year_remain() -> None:
    assert rests_in("DE", "", date(2050, 10, 3))  # a Monday
    assert not rests_in("DE", "", date(2050, 4, 11))  # Easter Monday then, which is beyond the file


@given(DAYS, COUNTS.filter(bool), PLACES)
def test_the_nth_business_day_is_never_a_day_of_rest(begun: date, number: int, place: tuple[str, str]) -> None:
    end = business_day(begun, number, *place)
    assert not rests_in(*place, end)
    between = [begun + timedelta(days=ahead) for ahead in range(1, (end - begun).days + 1)]
    assert sum(not rests_in(*place, day) for day in between) == number


@given(DAYS, COUNTS, st.integers(0, 30), st.integers(0, 10), PLACES)
def test_a_later_day_or_a_longer_wait_never_ends_sooner(
    begun: date, number: int, later: int, longer: int, place: tuple[str, str]
) -> None:
    end = business_day(begun, number, *place)
    assert business_day(begun + timedelta(days=later), number, *place) >= end
    assert business_day(begun, number + longer, *place) >= end


def test_a_touchpoint_waits_around_the_holidays_of_where_the_order_goes() -> None:
    slow = Touchpoint.model_validate({"id": "processing_delay", "trigger": "not_packed", "wait": "3bd 10:00"})
    journey = Journey(touchpoints=(slow,))
    due = {}
    for country in ("DE", "SA"):
        to = Destination(country=country)
        placed = order(placed_at=datetime(2026, 12, 23, 9, tzinfo=UTC), destination=to)  # a Wednesday
        story = Story(journey=journey)
        story.hears(store_says(order=placed))
        situation = Situation({Audience.SHOPPER: ("email",)}, place=locality_of(to))
        due[country] = decide(story.state, {}, journey, situation, placed.placed_at).look_again_at
    assert due["DE"] == datetime(2026, 12, 29, 10, tzinfo=ZoneInfo("Europe/Berlin"))  # the 24th, the 28th, the 29th
    assert due["SA"] == datetime(2026, 12, 28, 10, tzinfo=ZoneInfo("Asia/Riyadh"))  # the 24th, the 27th, the 28th


def test_each_place_is_read_once() -> None:
    calendar_of.cache_clear()
    for day in range(1, 29):
        rests_in("FR", "", date(2026, 2, day))
    assert calendar_of.cache_info().misses == 1


def _listed() -> set[str]:
    from porchlight.domain import rest_days

    lines = rest_days._FILE.read_text(encoding="utf-8").splitlines()
    return {line.split("\t")[0] for line in lines if not line.startswith("#")}


_LISTED = _listed()


def silence(**changes: object) -> Touchpoint:
    usual = {"id": "stalled", "trigger": "silence", "fresh_for": "72h", "no_scan_for": {"in_transit": "3bd"}}
    return Touchpoint.model_validate(usual | changes)


def silent_parcel(to: Destination, last_scan: datetime) -> Story:
    story = Story(journey=Journey(touchpoints=(silence(),)))
    placed = order(placed_at=last_scan - timedelta(days=1), destination=to)
    story.hears(store_says(order=placed, packed=[fulfilment(ONE)]))
    return story.hears(says(ONE, scan(exact(last_scan), Status.IN_TRANSIT)))


@pytest.mark.parametrize(
    ("country", "last_scan", "silent"),
    [
        ("DE", "2026-11-17T10:00:00+00:00", "2026-11-20T10:00:00+00:00"),  # Tuesday to Friday
        ("DE", "2026-11-20T18:00:00+00:00", "2026-11-25T18:00:00+00:00"),  # Friday over a weekend to Wednesday
        ("DE", "2026-12-23T10:00:00+00:00", "2026-12-29T10:00:00+00:00"),  # and over Christmas, the 26th is a Saturday
        ("SA", "2026-12-23T10:00:00+00:00", "2026-12-28T10:00:00+00:00"),
        ("", "2026-12-23T10:00:00+00:00", "2026-12-28T10:00:00+00:00"),  # nobody knows where: weekends only
    ],
)
def test_a_parcel_is_not_silent_for_the_days_on_which_none_moves(country: str, last_scan: str, silent: str) -> None:
    story = silent_parcel(Destination(country=country), datetime.fromisoformat(last_scan))
    at = datetime.fromisoformat(silent)
    before = decide(story.state, {}, story.journey, story.situation, at - timedelta(minutes=1))
    assert (before.decisions, before.look_again_at) == ((), at)
    [told] = decide(story.state, {}, story.journey, story.situation, at).decisions
    assert (told.outcome, told.happened_at) == ("send", at)


@given(st.datetimes(datetime(2024, 1, 1), datetime(2034, 1, 1), timezones=st.just(UTC)), st.integers(1, 20), PLACES)  # noqa: DTZ001
def test_business_days_are_never_fewer_hours_than_days(
    last_scan: datetime, number: int, place: tuple[str, str]
) -> None:
    to = Destination(country=place[0], region=place[1])
    [parcel] = silent_parcel(to, last_scan).state.parcels
    known = order(destination=to)
    limit = silent_from(silence(no_scan_for={"in_transit": f"{number}bd"}), parcel, known)
    assert limit is not None
    assert limit >= last_scan + timedelta(days=number) - timedelta(hours=1)  # a clock may have been put forward


class TestPage:
    def test_says_that_a_parcel_is_silent_when_a_touchpoint_that_is_on_would(self) -> None:
        story = silent_parcel(Destination(country="DE"), datetime(2026, 11, 20, 18, tzinfo=UTC))
        off = silence(id="sooner", no_scan_for={"in_transit": "1h"}, enabled=False)
        for_shop = silence(id="shop", no_scan_for={"in_transit": "1h"}, audience="merchant")
        journey = Journey(touchpoints=(off, for_shop, silence()))
        for day, expected in ((24, False), (26, True)):
            now = datetime(2026, 11, day, tzinfo=UTC)
            [seen] = tracking_view(story.state, journey, {}, now).parcels
            assert bool(seen.silent_since) is expected

    def test_knows_for_whom_a_touchpoint_is(self) -> None:
        quick = silence(no_scan_for={"in_transit": "1h"}, when="segment.fresh")
        segments = {"fresh": Segment(when='"fresh" in order.tags')}
        journey = compiled(Journey(segments=segments, touchpoints=(quick,)))
        for tags in ((), ("fresh",)):
            story = silent_parcel(Destination(country="DE"), datetime(2026, 11, 20, 18, tzinfo=UTC))
            assert story.facts.order is not None
            tagged = story.facts.order.model_copy(update={"tags": tags})
            state = fold(story.facts.model_copy(update={"order": tagged}))
            [seen] = tracking_view(state, journey, {}, datetime(2026, 11, 21, tzinfo=UTC)).parcels
            assert bool(seen.silent_since) is bool(tags)
