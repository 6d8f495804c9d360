"""Nobody is disturbed at night: the recipient's own clock, and the rules of where they are."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.decide import decide
from porchlight.domain.journeys import Journey, Touchpoint
from porchlight.domain.localities import Locality
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.quiet_hours import next_allowed, rules_for
from porchlight.domain.quiet_rules import TEXTS, text_rules
from porchlight.domain.situation import Situation
from porchlight.domain.status import Status

from tests.builders import store_says
from tests.domain.stories import ONE, Story, fulfilment, order, says, scan

BERLIN = Locality(country="DE", zone=ZoneInfo("Europe/Berlin"), known=True)


def place(country: str, region: str, zone: str, *holidays: str) -> Locality:
    days = {date.fromisoformat(one) for one in holidays}
    return Locality(country, region, ZoneInfo(zone), known=True, rests=lambda day: day.isoweekday() > 5 or day in days)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("where", "now", "allowed"),
    [
        (place("US", "NY", "America/New_York"), "2026-11-20T20:59:00-05:00", "2026-11-20T20:59:00-05:00"),
        (place("US", "NY", "America/New_York"), "2026-11-20T21:00:00-05:00", "2026-11-21T08:00:00-05:00"),
        (place("US", "FL", "America/New_York"), "2026-11-20T20:00:00-05:00", "2026-11-21T08:00:00-05:00"),
        (place("US", "FL", "America/New_York"), "2026-11-20T19:59:00-05:00", "2026-11-20T19:59:00-05:00"),
        (place("US", "TX", "America/Chicago"), "2026-11-22T10:00:00-06:00", "2026-11-22T12:00:00-06:00"),  # a Sunday
        (place("US", "AL", "America/Chicago"), "2026-11-21T20:30:00-06:00", "2026-11-23T08:00:00-06:00"),
        (place("US", "RI", "America/New_York"), "2026-11-20T18:30:00-05:00", "2026-11-21T10:00:00-05:00"),
        (place("FR", "", "Europe/Paris", "2026-05-01"), "2026-05-01T10:00:00+02:00", "2026-05-02T08:00:00+02:00"),
        (place("XX", "", "UTC"), "2026-05-01T03:00:00+00:00", "2026-05-01T08:00:00+00:00"),
        # The night in which the clock goes forward is an hour shorter, and nobody is woken in it.
        (place("DE", "", "Europe/Berlin"), "2026-03-28T23:30:00+01:00", "2026-03-29T08:00:00+02:00"),
    ],
)
def test_text_waits_for_an_hour_that_is_allowed_there(where: Locality, now: str, allowed: str) -> None:
    rules = rules_for("sms", Purpose.SERVICE, where)
    assert rules
    assert next_allowed(at(now), rules, where) == at(allowed)


def test_mail_about_an_order_comes_at_any_hour_and_marketing_does_not() -> None:
    assert rules_for("email", Purpose.SERVICE, BERLIN) is None
    assert rules_for("email", Purpose.MARKETING, BERLIN)


def test_every_state_rule_is_within_the_federal_hours() -> None:
    for key, rules in TEXTS.items():
        if key.startswith("US"):
            for hours in rules:
                assert hours.start == hours.end or (hours.start.hour >= 8 and hours.end.hour <= 21)


def test_region_is_found_in_any_letter_case_and_else_the_country_counts() -> None:
    assert text_rules("US", "fl") == TEXTS["US-FL"]
    assert text_rules("US", "Florida") == TEXTS["US"]


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001
    st.sampled_from(sorted(TEXTS)),
    st.sampled_from(["America/New_York", "America/Los_Angeles", "Europe/Paris", "Asia/Kolkata", "Pacific/Auckland"]),
)
def test_no_text_leaves_in_a_quiet_hour(naive: datetime, key: str, zone: str) -> None:
    where = place(key[:2], key[3:], zone)
    rules, now = text_rules(where.country, where.region), naive.replace(tzinfo=ZoneInfo("UTC"))
    allowed = next_allowed(now, rules, where)
    local = allowed.astimezone(where.zone)
    hours = {6: rules.saturday, 7: rules.sunday}.get(local.isoweekday(), rules.weekdays)
    assert allowed >= now
    assert hours.start <= local.time() < hours.end
    assert allowed - now < timedelta(days=4)


def test_marketing_that_falls_into_the_night_is_decided_again_in_the_morning() -> None:
    point = Touchpoint(id="delivered", trigger="delivered", purpose=Purpose.MARKETING, fresh_for=timedelta(days=5))
    story = Story().hears(store_says(order=order(marketing_consent=True), packed=[fulfilment(ONE)]))
    story.hears(says(ONE, scan(5, Status.DELIVERED)))
    situation = Situation({Audience.SHOPPER: ("email",)}, place=BERLIN)
    late, morning = at("2026-06-01T22:30:00+02:00"), at("2026-06-02T08:00:00+02:00")
    [held] = decide(story.state, {}, Journey(touchpoints=(point,)), situation, late).decisions
    assert (held.outcome, held.until, held.reason) == ("delay", morning, "quiet hours there until Tuesday 08:00")
    [sent] = decide(story.state, {held.decision_id: held}, Journey(touchpoints=(point,)), situation, morning).decisions
    assert sent.outcome == "send"
