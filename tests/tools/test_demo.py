"""The demo's parts that decide whether its outcome means anything: simulated answers are real ones, budgets are counted."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from porchlight.config import read_journey
from porchlight.domain.asking import LEAST_CONFIDENCE
from porchlight.domain.detection import detect
from porchlight.domain.exchange import Budget
from porchlight.domain.lanes import Lane, LaneParcel, half_day_end
from porchlight.domain.localities import NOWHERE
from porchlight.domain.status import Status
from porchlight.domain.storms import Look, Weather, weather
from porchlight.plugins import CARRIERS

from tools.demo import shop
from tools.demo.accounts import Account, most_within
from tools.demo.carriers import FAULTS
from tools.demo.formats import FORMATS
from tools.demo.journey import Journey
from tools.demo.report import short
from tools.demo.routes import route_to
from tools.demo.shop_clock import at, last_monday
from tools.demo.snow import FIRST, SNOW, STALLED, STORM
from tools.demo.stories import Word
from tools.demo.week import STEPS, WEEK
from tools.demo.world import IN_TURN

ROOT = Path(__file__).parents[2]
START = datetime(2026, 3, 2, tzinfo=UTC)
SOURCES = [
    pytest.param(order, parcel, code, story, id=f"{parcel.number}-{code}")
    for order in WEEK
    for parcel in order.parcels
    for code, story in parcel.sources
]


@pytest.mark.parametrize(("order", "parcel", "code", "story"), SOURCES)
def test_the_plug_in_reads_every_scan_of_a_simulated_answer(order, parcel, code, story):
    mover = parcel.mover or parcel.carrier
    journey = Journey(parcel.number, story, route_to(order.town), START, STEPS[-1], mover)
    received_at = START + timedelta(hours=STEPS[-1])
    [update] = CARRIERS.get(code).parse_tracking(FORMATS[code].tell(journey).body, received_at=received_at)
    shown = journey.told(FORMATS[code].silent)
    strange = sum(scan.word is Word.STRANGE for scan in shown)
    assert update.tracking_number == parcel.number
    assert update.carrier == mover
    assert sorted(event.occurred_at for event in update.events) == sorted(map(journey.when, shown))
    assert sum(event.status is Status.UNKNOWN for event in update.events) == strange


def test_every_vendor_that_speaks_has_a_parcel_in_the_week():
    assert {code for order in WEEK for parcel in order.parcels for code, _ in parcel.sources} == set(FORMATS)


def test_no_two_parcels_and_no_two_orders_share_a_number():
    numbers = [parcel.number for order in WEEK for parcel in order.parcels]
    assert len(set(numbers)) == len(numbers)
    assert len({order.number for order in WEEK}) == len(WEEK)


def test_the_parcel_whose_carrier_nobody_names_fits_two_that_are_asked():
    [order] = [order for order in WEEK if order.number == IN_TURN]
    [parcel] = order.parcels
    likely = [one.carrier for one in detect(parcel.number, country="NL") if one.confidence >= LEAST_CONFIDENCE]
    assert [code for code in likely if code in FAULTS] == ["postnl", "dhl_unified"]
    assert parcel.carrier == "dhl_unified"


def test_the_clock_never_goes_back_and_the_week_is_over_today():
    assert list(STEPS) == sorted(set(STEPS))
    for weekday in range(7):
        now = START + timedelta(days=weekday)
        assert last_monday(now).weekday() == 0
        assert last_monday(now) + timedelta(hours=STEPS[-1]) < now


def test_calls_are_counted_in_a_sliding_window():
    calls = [START + timedelta(seconds=second) for second in (0, 9, 10, 11, 30)]
    assert most_within(calls, timedelta(seconds=10)) == 3


def test_an_account_refuses_the_call_above_its_limit():
    account = Account("id", "secret", Budget(calls=2, seconds=60), 3600, [])
    answers = [account.admit(START + timedelta(seconds=second)) for second in (0, 1, 2, 62)]
    assert answers == [True, True, False, True]
    assert account.refused == 1


def test_a_token_ends_with_its_life():
    account = Account("id", "secret", Budget(calls=2, seconds=60), 3600, [])
    token = account.issue(START)
    assert account.knows(token, START + timedelta(seconds=3599))
    assert not account.knows(token, START + timedelta(seconds=3600))
    assert not account.knows("another", START)


def test_hours_are_counted_from_monday():
    assert at("Tue", "13:30") == 37.5


def test_the_report_has_a_place_for_every_touchpoint_that_is_on():
    on = [one.id for one in read_journey(ROOT / "config" / "journeys.yaml").touchpoints if one.enabled]
    assert len(short(on)) == len(on)
    assert {touchpoint for order in WEEK for touchpoint in (*order.sent, *order.not_sent)} <= set(on)


ON_ITS_WAY = {Word.ACCEPTED, Word.DEPARTED, Word.ARRIVED, Word.DEPOT, Word.OUT}


def on_the_lane(hour: float) -> list[LaneParcel]:
    """Every parcel of the week by USPS to the United States that is on its way at that hour, as its story tells."""
    found = []
    for order in WEEK:
        for parcel in order.parcels:
            seen = [scan for scan in parcel.story.seen(hour) if scan.word is not Word.LABEL]
            if parcel.carrier == "usps" and route_to(order.town)[-1].country == "US" and seen:
                last = START + timedelta(hours=seen[0].hour)
                row = LaneParcel(digest=parcel.number, order_id=order.name, still_since=half_day_end(last))
                found += [row] if seen[0].word in ON_ITS_WAY else []
    return found


def test_the_snow_is_a_storm_by_the_numbers_that_ship_and_nothing_before_or_after_it_is():
    rules = read_journey(ROOT / "config" / "journeys.yaml").storms
    opened = []
    for hour in STEPS:
        now = START + timedelta(hours=hour)
        unseen = Weather(lane=Lane(carrier="usps", country="US"), looked_at=START)
        found = weather(unseen, on_the_lane(hour), rules, NOWHERE, Look(at=now, by="o", heard=True))
        opened += [hour] if found.incident else []
    assert {at("Thu", "14:05"), at("Thu", "17:00"), at("Fri", "22:30")} <= set(opened)
    assert at("Tue", "20:05") < min(opened)
    assert max(opened) < at("Sat", "07:00")


def test_the_first_of_the_snow_is_looked_at_before_the_others_and_all_are_held_on_friday():
    first, *others = SNOW
    assert (first.number, first.tell) == (FIRST, shop.usual)
    assert all(one.tell is shop.order_last for one in others), "else each is looked at on Friday"
    alerts = [max(scan.hour for scan in one.parcels[0].story.seen(at("Fri", "12:00"))) + 96 for one in SNOW]
    assert all(at("Fri", "14:05") < hour < at("Fri", "22:30") for hour in alerts)
    assert all(STALLED in one.not_sent for one in SNOW)
    assert len({one.person.email for one in SNOW if STORM in one.sent}) == len(SNOW) - 1
