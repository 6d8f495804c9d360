"""The demo's parts that decide whether its outcome means anything: simulated answers are real ones, budgets are counted."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from porchlight.domain.exchange import Budget
from porchlight.domain.status import Status
from porchlight.plugins import CARRIERS

from tools.demo.accounts import Account, most_within
from tools.demo.answers import ANSWERS, Journey
from tools.demo.routes import route_to
from tools.demo.shop_clock import at, last_monday
from tools.demo.stories import Word
from tools.demo.week import STEPS, WEEK

START = datetime(2026, 3, 2, tzinfo=UTC)
ASKED = [
    pytest.param(order, parcel, id=parcel.number)
    for order in WEEK
    for parcel in order.parcels
    if parcel.carrier in ANSWERS
]


@pytest.mark.parametrize(("order", "parcel"), ASKED)
def test_the_plug_in_reads_every_scan_of_a_simulated_answer(order, parcel):
    journey = Journey(parcel, route_to(order.town), START, STEPS[-1])
    body = json.dumps(ANSWERS[parcel.carrier](journey)).encode()
    received_at = START + timedelta(hours=STEPS[-1])
    [update] = CARRIERS.get(parcel.carrier).parse_tracking(body, received_at=received_at)
    strange = sum(scan.word is Word.STRANGE for scan in parcel.story.scans)
    assert update.tracking_number == parcel.number
    assert sorted(event.occurred_at for event in update.events) == sorted(map(journey.when, parcel.story.scans))
    assert sum(event.status is Status.UNKNOWN for event in update.events) == strange


def test_no_two_parcels_and_no_two_orders_share_a_number():
    numbers = [parcel.number for order in WEEK for parcel in order.parcels]
    assert len(set(numbers)) == len(numbers)
    assert len({order.number for order in WEEK}) == len(WEEK) == 40


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
