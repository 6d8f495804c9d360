"""How a channel is, what that says against a message, and when what has waited comes back."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.channel_health import (
    ASKING,
    FEWEST,
    FIRST_PAUSE,
    HEALTHY,
    LONGEST_PAUSE,
    SPREAD,
    ChannelHealth,
    Judged,
    Suspension,
    own_time,
    refused,
    strain,
)
from porchlight.domain.decide import Situation, decide
from porchlight.domain.journeys import Journey, Touchpoint
from porchlight.domain.ledger import Decision
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.review_hold import limit_of
from porchlight.domain.status import Status

from tests.builders import store_says
from tests.domain.stories import ONE, Story, fulfilment, hours, order, says, scan

NOW = hours(6)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SUSPENDED = ChannelHealth(refused(None, "mail: SendingPausedException", hours(5.9)))
STRAINED = ChannelHealth(None, Judged(sent=1000, bounces=80))
NEWS = Touchpoint(id="delivered", trigger="delivered", fresh_for=timedelta(days=30))
OFFER = NEWS.model_copy(update={"purpose": Purpose.MARKETING})


def decided(touchpoint: Touchpoint, at: datetime = NOW, **health: ChannelHealth) -> Decision:
    known = order(marketing_consent=True, sms_consent=True)
    story = Story().hears(store_says(order=known, packed=[fulfilment(ONE)]))
    story.hears(says(ONE, scan(5, Status.DELIVERED)))
    reach = dict.fromkeys(Audience, ("email", "sms"))
    situation = Situation(reach, health=lambda channel: health.get(channel, HEALTHY))
    [decision] = decide(story.state, {}, Journey(touchpoints=(touchpoint,)), situation, at).decisions
    return decision


# ---- a suspension


def test_what_a_suspended_channel_would_send_waits_and_says_why() -> None:
    held = decided(NEWS, email=SUSPENDED)
    assert held.outcome == "delay"
    assert held.reason == "email is suspended by its provider since 2026-06-01 13:54 UTC"
    assert held.until
    assert hours(5.9) + FIRST_PAUSE <= held.until <= hours(5.9) + FIRST_PAUSE + SPREAD


def test_urgent_news_and_messages_for_the_shop_wait_as_well_and_come_first() -> None:
    urgent = NEWS.model_copy(update={"urgent": True})
    assert decided(urgent, email=SUSPENDED).until == hours(5.9) + FIRST_PAUSE
    assert decided(NEWS.model_copy(update={"audience": Audience.MERCHANT}), email=SUSPENDED).outcome == "delay"


def test_another_channel_that_is_well_is_taken_instead() -> None:
    both = NEWS.model_copy(update={"channels": ("email", "sms")})
    assert decided(both, NOW, email=SUSPENDED).channel == "sms"
    assert decided(both, NOW, email=SUSPENDED, sms=SUSPENDED).channel == "email"
    assert decided(both, NOW, email=SUSPENDED, sms=SUSPENDED).outcome == "delay"


def test_a_suspension_that_nobody_has_asked_about_lately_holds_nothing() -> None:
    """Or it would go on for ever where no message is left to ask."""
    assert decided(NEWS, hours(5.9) + FIRST_PAUSE, email=SUSPENDED).outcome == "send"
    assert SUSPENDED.suspension
    ended = ChannelHealth(SUSPENDED.suspension.ended(hours(5.95)))
    assert decided(NEWS, email=ended).outcome == "send"


def test_each_refusal_doubles_the_pause_up_to_two_hours() -> None:
    suspension, now, pauses = None, NOW, list[timedelta]()
    for _ in range(7):
        suspension = refused(suspension, "paused", now)
        pauses.append(suspension.ask_at - now)
        now = suspension.ask_at
        assert suspension.since == NOW
    assert [pause / MINUTE for pause in pauses] == [15, 30, 60, 120, 120, 120, 120]


def test_a_suspension_after_one_that_was_over_begins_anew() -> None:
    first = refused(refused(None, "paused", NOW), "paused", NOW + DAY)
    again = refused(first.ended(NOW + DAY), "closed", NOW + 2 * DAY)
    assert (again.since, again.asked, again.reason, again.over_since) == (NOW + 2 * DAY, 1, "closed", None)
    assert again.version == first.version + 2
    assert again.ask_at - NOW - 2 * DAY == FIRST_PAUSE


def test_while_one_asks_the_others_wait_and_not_for_long() -> None:
    asking = refused(None, "paused", NOW).asked_by_one(NOW + DAY)
    assert asking.waits_until(NOW + DAY) == NOW + DAY + ASKING
    assert asking.waits_until(NOW + DAY + ASKING) is None


@given(st.integers(-(10**6), 10**6), st.integers(0, 12))
def test_no_clock_that_goes_wrong_makes_anybody_wait_longer_than_a_pause(minutes: int, times: int) -> None:
    theirs, suspension = NOW + minutes * MINUTE, None
    for _ in range(times + 1):
        suspension = refused(suspension, "paused", theirs)
    assert suspension
    until = suspension.waits_until(NOW)
    assert until is None or NOW < until <= NOW + LONGEST_PAUSE + ASKING


@given(st.text(max_size=40))
def test_what_comes_back_is_spread_and_each_has_its_own_time(name: str) -> None:
    assert NOW < own_time(NOW, name, urgent=False) < NOW + SPREAD
    assert own_time(NOW, name, urgent=False) == own_time(NOW, name, urgent=False)
    assert own_time(NOW, name, urgent=True) == NOW


def test_a_thousand_that_wait_do_not_come_back_in_one_minute() -> None:
    times = [own_time(NOW, f"order{number}", urgent=False) for number in range(1000)]
    each = [sum(minute * MINUTE <= one - NOW < (minute + 1) * MINUTE for one in times) for minute in range(30)]
    assert max(each) < 60


# ---- near the limits


@pytest.mark.parametrize(
    ("judged", "strained"),
    [
        (Judged(), False),
        (Judged(sent=FEWEST - 1, bounces=FEWEST - 1), False),
        (Judged(sent=1000, bounces=50), False),
        (Judged(sent=1000, bounces=70), True),
        (Judged(sent=1000, complaints=1), False),
        (Judged(sent=1000, complaints=4), True),
        (Judged(sent=100_000, complaints=90), False),
        (Judged(sent=100_000, complaints=150), True),
        (Judged(sent=0, bounces=3), False),
    ],
)
def test_a_channel_is_strained_when_it_is_surely_above_what_is_reviewed(judged: Judged, *, strained: bool) -> None:
    assert bool(strain(judged)) is strained


@given(st.integers(FEWEST, 10**6), st.data())
def test_marketing_stops_before_the_provider_pauses(sent: int, data: st.DataObject) -> None:
    """At 1,000 messages and more; of fewer a share is not believable yet."""
    enough = max(sent, 1000)
    assert strain(Judged(sent=enough, bounces=-(-enough // 10)))
    assert strain(Judged(sent=enough, complaints=-(-enough * 5 // 1000)))
    assert not strain(Judged(sent=sent, bounces=data.draw(st.integers(0, sent // 20))))
    assert not strain(Judged(sent=sent, complaints=data.draw(st.integers(0, sent // 1000))))


def test_marketing_waits_a_day_for_a_strained_channel_and_news_goes_on() -> None:
    held = decided(OFFER, email=STRAINED)
    assert (held.outcome, held.until) == ("delay", NOW + DAY)
    assert held.reason == (
        "marketing by email waits: 80 of 1000 messages of 14 days came back, from 5.0% on it is reviewed"
    )
    assert decided(NEWS, email=STRAINED).outcome == "send"


def test_marketing_takes_another_channel_where_the_shopper_agreed_to_it() -> None:
    assert decided(OFFER.model_copy(update={"channels": ("email", "sms")}), email=STRAINED).channel == "sms"


def test_a_review_is_asked_for_by_its_limit_date_however_strained_the_channel_is() -> None:
    review = OFFER.model_copy(update={"review_hold": True, "fresh_for": DAY})
    story = Story().hears(store_says(order=order(marketing_consent=True), packed=[fulfilment(ONE)]))
    story.hears(says(ONE, scan(5, Status.DELIVERED)))
    journey = Journey(touchpoints=(review,))
    situation = Situation({Audience.SHOPPER: ("email",)}, health=lambda _: STRAINED)
    ledger: dict[str, Decision] = {}
    now, end = hours(6), limit_of(story.state, journey.review_hold)
    assert end
    while now <= end + DAY and (plan := decide(story.state, ledger, journey, situation, now)):
        ledger |= {one.decision_id: one for one in plan.decisions}
        if plan.look_again_at is None:
            break
        now = plan.look_again_at
    [told] = ledger.values()
    assert told.outcome == "send"
    assert told.decided_at <= end


def test_nothing_is_said_of_a_suspension_that_was_never_met() -> None:
    verdict = next(one for one in decided(NEWS).verdicts if one.guard == "channel_health")
    assert (verdict.outcome, verdict.sentence) == (None, "the channel takes messages")
    assert isinstance(SUSPENDED.suspension, Suspension)
