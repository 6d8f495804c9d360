"""What a message is worth, with its parts, and days that move within the promise."""

from datetime import date, timedelta

import pytest
from porchlight.domain.decide import decide
from porchlight.domain.journeys import Touchpoint, Trigger
from porchlight.domain.purposes import Purpose
from porchlight.domain.relevance import THRESHOLD, relevance
from porchlight.domain.shopper import NOBODY, History, Sent, Shopper
from porchlight.domain.status import Status
from porchlight.domain.tracking import Estimate, EstimateSource

from tests.builders import store_says
from tests.domain.stories import ONE, Story, fulfilment, hours, only, order, says, scan

NOW = hours(50)


def crowded(number: int) -> History:
    known = History()
    for index in range(number):
        at = NOW - timedelta(hours=number - index)
        sent = Sent(at=at, order_id="o", message_id=str(index), touchpoint="t", purpose="service", channel="email")
        known = known.with_sent(sent)
    return known


def point(trigger: Trigger, purpose: Purpose = Purpose.SERVICE) -> Touchpoint:
    return Touchpoint.model_construct(id="t", trigger=trigger, purpose=purpose, urgent=None)


@pytest.mark.parametrize("trigger", [one for one in Trigger if one not in {Trigger.PACKED, Trigger.SPLIT}])
def test_news_of_an_order_is_worth_telling_however_much_was_told(trigger: Trigger) -> None:
    crowd = Shopper(history=crowded(30))
    assert relevance(point(trigger), NOBODY, NOW).score >= THRESHOLD
    if trigger is not Trigger.EARLIER_ESTIMATE:
        assert relevance(point(trigger), crowd, NOW).score >= THRESHOLD


def test_marketing_on_a_crowded_day_is_not_worth_it_and_says_why() -> None:
    worth = relevance(point(Trigger.ALL_ARRIVED, Purpose.MARKETING), Shopper(history=crowded(3)), NOW)
    assert worth.score < THRESHOLD
    assert str(worth) == "0.10 = the news +0.40, 3 messages in a day -0.30"


def test_who_reads_hears_more_than_who_never_does() -> None:
    reads, sleeps = Shopper(opens=3), Shopper(history=crowded(0), opens_known=True)
    marketing = point(Trigger.ALL_ARRIVED, Purpose.MARKETING)
    assert relevance(marketing, reads, NOW).score > relevance(marketing, sleeps, NOW).score


@pytest.mark.parametrize(("promised", "outcome"), [(None, "send"), (7, "drop"), (5, "drop"), (4, "send")])
def test_a_day_that_moves_within_the_promise_is_no_news(promised: int | None, outcome: str) -> None:
    promise = Estimate(day=date(2026, 6, promised), source=EstimateSource.STORE) if promised else None
    story = Story(journey=only("delayed")).hears(store_says(order=order(promised=promise), packed=[fulfilment(ONE)]))
    story.hears(says(ONE, scan(5, Status.IN_TRANSIT), estimate=date(2026, 6, 3), heard=6))
    story.hears(says(ONE, scan(5, Status.IN_TRANSIT), estimate=date(2026, 6, 5), heard=20))
    [decision] = decide(story.state, {}, story.journey, story.situation, hours(21)).decisions
    assert decision.outcome == outcome
