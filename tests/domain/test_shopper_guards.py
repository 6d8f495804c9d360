"""What speaks against a message because of who would get it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.decide import decide
from porchlight.domain.journeys import Journey, Touchpoint
from porchlight.domain.ledger import Decision
from porchlight.domain.limits import Cap, Caps, Limits, cap_reached
from porchlight.domain.moot import moot_reason
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.shopper import NOBODY, History, Sent, Shopper
from porchlight.domain.situation import Situation
from porchlight.domain.status import Status
from porchlight.domain.tracking import Estimate, EstimateSource

from tests.builders import store_says
from tests.domain.stories import ONE, Story, fulfilment, hours, order, says, scan

DAY = timedelta(days=1)
TWO_A_WEEK = Limits(caps=Caps(marketing=Cap(per_day=1, per_week=2)))


def sent(at: datetime, purpose: Purpose = Purpose.MARKETING, name: str = "m") -> Sent:
    return Sent(at=at, order_id="o", message_id=name, touchpoint="t", purpose=purpose, channel="email")


def history(*moments: datetime) -> History:
    known = History()
    for index, at in enumerate(sorted(moments)):
        known = known.with_sent(sent(at, name=str(index)))
    return known


@dataclass
class Trial:
    """One marketing touchpoint for one shopper."""

    shopper: Shopper = NOBODY
    consents: bool = True
    purpose: Purpose = Purpose.MARKETING
    audience: Audience = Audience.SHOPPER
    limits: Limits = TWO_A_WEEK

    def decided(self, at: float = 6) -> Decision:
        point = Touchpoint(
            id="delivered",
            trigger="delivered",
            purpose=self.purpose,
            audience=self.audience,
            fresh_for=timedelta(days=30),
        )
        story = Story().hears(store_says(order=order(marketing_consent=self.consents), packed=[fulfilment(ONE)]))
        story.hears(says(ONE, scan(5, Status.DELIVERED)))
        reach = {Audience.SHOPPER: ("email",), Audience.MERCHANT: ("email",)}
        journey = Journey(touchpoints=(point,), limits=self.limits)
        [decision] = decide(story.state, {}, journey, Situation(reach, lambda: self.shopper), hours(at)).decisions
        return decision


def test_marketing_goes_only_where_somebody_agreed() -> None:
    assert Trial().decided().outcome == "send"
    refused = Trial(consents=False).decided()
    assert (refused.outcome, refused.reason) == ("drop", "no consent to marketing by email")
    assert Trial(Shopper(consented=frozenset({"email"})), consents=False).decided().outcome == "send"


def test_news_of_an_order_needs_no_consent_and_still_stops_when_asked() -> None:
    assert Trial(consents=False, purpose=Purpose.SERVICE).decided().outcome == "send"
    stopped = Shopper(stopped=frozenset({"service.email"}))
    assert (
        Trial(stopped, purpose=Purpose.SERVICE).decided().reason
        == "the shopper no longer wants service messages by email"
    )
    assert Trial(Shopper(stopped=frozenset({"marketing.*"}))).decided().outcome == "drop"
    assert Trial(Shopper(stopped=frozenset({"marketing.*"})), purpose=Purpose.SERVICE).decided().outcome == "send"


def test_address_that_takes_nothing_gets_nothing() -> None:
    dropped = Trial(Shopper(suppressed={"email": "it bounced for good"})).decided()
    assert dropped.reason == "nothing is sent to this address: it bounced for good"


def test_hand_on_the_brake_delays() -> None:
    held = Trial(Shopper(held_until=hours(50))).decided()
    assert (held.outcome, held.until) == ("delay", hours(50))


def test_cap_delays_until_there_is_room() -> None:
    full = Trial(Shopper(history=history(hours(3)))).decided(at=6)
    assert (full.outcome, full.until) == ("delay", hours(3 + 24))
    week = Trial(Shopper(history=history(hours(-60), hours(-30)))).decided(at=6)
    assert (week.outcome, week.until) == ("delay", hours(-60) + 7 * DAY)


def test_no_guard_of_a_shoppers_peace_holds_the_merchant_up() -> None:
    noisy = Shopper(history=history(hours(3)), stopped=frozenset({"marketing.*"}), held_until=hours(99))
    assert Trial(noisy, audience=Audience.MERCHANT, consents=False).decided().outcome == "send"


def test_urgent_news_is_told_whatever_the_cap() -> None:
    story = Story().hears(store_says(order=order(), packed=[fulfilment(ONE)]))
    story.hears(says(ONE, scan(5, Status.OUT_FOR_DELIVERY)))
    point = Touchpoint(id="out_for_delivery", trigger="out_for_delivery")
    journey = Journey(touchpoints=(point,), limits=Limits(caps=Caps(service=Cap(per_day=0))))
    [decision] = decide(story.state, {}, journey, story.situation, hours(6)).decisions
    assert (decision.outcome, decision.urgent) == ("send", True)


def test_shadow_decides_everything_and_sends_nothing() -> None:
    story = Story().hears(store_says(order=order(), packed=[fulfilment(ONE)]), says(ONE, scan(5, Status.DELIVERED)))
    journey = story.journey.model_copy(update={"shadow": True})
    outcomes = {one.outcome for one in decide(story.state, {}, journey, story.situation, hours(6)).decisions}
    assert "shadow" in outcomes
    assert "send" not in outcomes


@given(st.lists(st.integers(0, 60 * 24 * 20), max_size=60), st.integers(0, 3), st.integers(0, 6))
def test_no_cap_is_exceeded_whenever_messages_are_asked_for(minutes: list[int], day: int, week: int) -> None:
    caps, known = Caps(marketing=Cap(per_day=day, per_week=week)), History()
    for minute in sorted(minutes):
        now = hours(0) + timedelta(minutes=minute)
        reached = cap_reached(known, Purpose.MARKETING, caps, now)
        if reached is None:
            known = known.with_sent(sent(now, name=str(minute)))
        else:
            assert reached.until > now
    for one in known.sent:
        assert (
            len(known.got(one.at - DAY, Purpose.MARKETING)) - sum(s.at > one.at for s in known.sent) <= max(day, 0) + 1
        )
        in_a_day = [s for s in known.sent if one.at - DAY < s.at <= one.at]
        in_a_week = [s for s in known.sent if one.at - 7 * DAY < s.at <= one.at]
        assert len(in_a_day) <= day
        assert len(in_a_week) <= week


@pytest.mark.parametrize("purpose", list(Purpose))
def test_history_counts_a_message_once(purpose: Purpose) -> None:
    known = History().with_sent(sent(hours(1), purpose, "a"))
    assert known.but("o", "a").sent == ()
    assert known.but("o", "b") == known
    assert known.version == 1
    assert known.with_sent(sent(hours(1) + 40 * DAY, purpose, "b")).sent[0].message_id == "b"
    assert len(known.with_sent(sent(hours(1) + 40 * DAY, purpose, "b")).sent) == 1


def _asked_at(arrived: float) -> tuple[float, ...]:
    """Hours at which a late or timely order's shopper is asked for a review, as timers go off."""
    point = Touchpoint(id="ask", trigger="all_arrived", review_hold=True, wait="6d", fresh_for=timedelta(days=3))
    promised = Estimate(day=hours(48).date(), source=EstimateSource.STORE)
    story = Story().hears(store_says(order=order(promised=promised), packed=[fulfilment(ONE)]))
    story.hears(says(ONE, scan(arrived, Status.DELIVERED)))
    journey, ledger, asked = Journey(touchpoints=(point,)), {}, []
    situation = Situation({Audience.SHOPPER: ("email",)})
    now: datetime | None = hours(arrived)
    while now:
        plan = decide(story.state, ledger, journey, situation, now)
        ledger |= {one.decision_id: one for one in plan.decisions}
        sending = [one for one in plan.decisions if one.outcome == "send"]
        assert not any(moot_reason(story.state, one, journey, now + timedelta(hours=1)) for one in sending)
        asked += [(now - hours(0)) / timedelta(hours=1) for _ in sending]
        now = plan.look_again_at
    return tuple(asked)


def test_who_had_a_problem_is_asked_for_a_review_as_well_only_later() -> None:
    """The hold lets a late order's request wait for longer than its news would be fresh."""
    assert _asked_at(24) == (24 + 6 * 24,)
    assert _asked_at(120) == (120 + 14 * 24,)
