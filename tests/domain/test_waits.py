"""How long after a fact a message becomes due: elapsed time, days at a time of day, business days."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.journeys import Journey, Touchpoint
from porchlight.domain.status import Status
from porchlight.domain.waits import Wait
from pydantic import ValidationError

from tests.builders import store_says
from tests.domain.stories import ONE, Story, fulfilment, hours, order, says, scan

NEW_YORK, TOKYO = ZoneInfo("America/New_York"), ZoneInfo("Asia/Tokyo")
FRIDAY_NIGHT = datetime.fromisoformat("2026-11-20T22:00:00+00:00")


def weekend(day: date) -> bool:
    return day.isoweekday() > 5


@pytest.mark.parametrize(
    ("written", "zone", "due"),
    [
        ("0m", NEW_YORK, "2026-11-20T22:00:00+00:00"),
        ("36h", NEW_YORK, "2026-11-22T10:00:00+00:00"),
        ("5d", NEW_YORK, "2026-11-25T22:00:00+00:00"),
        ("5d 10:00", NEW_YORK, "2026-11-25T15:00:00+00:00"),
        ("5d 10:00", TOKYO, "2026-11-26T01:00:00+00:00"),  # it is Saturday there already
        ("2bd", NEW_YORK, "2026-11-24T22:00:00+00:00"),
        ("2bd 09:30", NEW_YORK, "2026-11-24T14:30:00+00:00"),
        ("1bd 09:30", TOKYO, "2026-11-23T00:30:00+00:00"),
        ("0d 10:00", NEW_YORK, "2026-11-20T22:00:00+00:00"),  # ten is past: at once
    ],
)
def test_wait_ends(written: str, zone: ZoneInfo, due: str) -> None:
    assert Wait.model_validate(written).after(FRIDAY_NIGHT, zone, weekend) == datetime.fromisoformat(due)


@pytest.mark.parametrize("written", ["", "5", "d5", "5w", "-1d", "3h 10:00", "5d 25:00", "500d", "401bd"])
def test_what_is_no_wait_is_refused(written: str) -> None:
    with pytest.raises(ValidationError):
        Wait.model_validate(written)


@given(st.integers(0, 400), st.sampled_from(["d", "bd"]), st.booleans())
def test_wait_survives_being_written(number: int, unit: str, clock: bool) -> None:
    wait = Wait.model_validate(f"{number}{unit}{' 10:00' if clock else ''}")
    assert Wait.model_validate_json(wait.model_dump_json()) == wait


@given(st.integers(0, 60), st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)))  # noqa: DTZ001
def test_business_days_are_no_weekends_and_never_in_the_past(number: int, naive: datetime) -> None:
    begun = naive.replace(tzinfo=NEW_YORK)
    due = Wait(business_days=number, clock="10:00").after(begun, NEW_YORK, weekend)
    assert due >= begun
    assert number == 0 or not weekend(due.astimezone(NEW_YORK).date())


def test_touchpoint_that_waits_is_told_when_its_time_has_come_and_only_if_it_is_still_so() -> None:
    check_in = Touchpoint.model_validate({"id": "delivered", "trigger": "delivered", "wait": "3d", "fresh_for": "48h"})
    story = Story(journey=Journey(touchpoints=(check_in,)))
    story.hears(store_says(order=order(), packed=[fulfilment(ONE)]), says(ONE, scan(5, Status.DELIVERED)))
    plan = story.looks(6)
    assert (plan.decisions, plan.look_again_at) == ((), hours(5 + 72))
    story.looks(5 + 72)
    [decision] = story.ledger.values()
    assert (decision.outcome, decision.happened_at, decision.due_at) == ("send", hours(5), hours(77))
    back = Story(journey=Journey(touchpoints=(check_in,)))
    back.hears(store_says(order=order(), packed=[fulfilment(ONE)]), says(ONE, scan(5, Status.DELIVERED)))
    back.hears(says(ONE, scan(40, Status.RETURN_TO_SENDER)))
    back.looks(80)
    assert back.sent() == []


def test_waiting_news_is_fresh_from_when_it_became_due() -> None:
    later = Touchpoint.model_validate({"id": "delivered", "trigger": "delivered", "wait": "9d", "fresh_for": "24h"})
    story = Story(journey=Journey(touchpoints=(later,)))
    story.hears(store_says(order=order(), packed=[fulfilment(ONE)]), says(ONE, scan(5, Status.DELIVERED)))
    story.looks(5 + 9 * 24 + 1)
    assert story.sent() == ["delivered"]
    assert timedelta(days=9) == hours(5 + 9 * 24) - hours(5)
