"""The request for a review as it ships: everybody is asked by the limit, happy or not, and nobody is asked twice."""

from datetime import UTC, datetime, timedelta

import pytest
from porchlight.domain.decide import decide
from porchlight.domain.fulfilments import PackedItem, Refund
from porchlight.domain.journeys import Journey, Touchpoint
from porchlight.domain.ledger import Decision
from porchlight.domain.localities import locality_of
from porchlight.domain.moot import moot_reason
from porchlight.domain.orders import Destination, Item
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.shopper import NOBODY, History, Sent, Shopper
from porchlight.domain.situation import Situation
from porchlight.domain.status import Status
from porchlight.domain.tracking import Estimate, EstimateSource

from tests.builders import Statement, store_says
from tests.domain.stories import ONE, SHIPPED, START, Story, fulfilment, hours, order, says, scan

DAY = timedelta(days=1)
BERLIN = Destination(country="DE")
PROMISED = Estimate(day=(START + 5 * DAY).date(), source=EstimateSource.STORE)
DOWNLOAD = Item(line_id="1", title="Pattern", ships=False)
[ASKED] = [one for one in SHIPPED.touchpoints if one.id == "review_request"]


def bought(**changes: object) -> Statement:
    usual = {"marketing_consent": True, "destination": BERLIN, "promised": PROMISED}
    return store_says(order=order(**usual | changes))


def asked(*statements: Statement, point: Touchpoint = ASKED, shopper: Shopper = NOBODY) -> list[datetime]:
    """When the shopper is asked, as timers go off from the moment of the order on."""
    story = Story().hears(*statements)
    journey = Journey(touchpoints=(point.model_copy(update={"enabled": True}),))
    situation = Situation({Audience.SHOPPER: ("email",)}, lambda: shopper, locality_of(BERLIN))
    ledger: dict[str, Decision] = {}
    moments: list[datetime] = []
    now: datetime | None = START
    while now:
        plan = decide(story.state, ledger, journey, situation, now)
        ledger |= {one.decision_id: one for one in plan.decisions}
        sending = [one for one in plan.decisions if one.outcome == "send"]
        assert not [one for one in sending if moot_reason(story.state, one, journey, now + timedelta(hours=1))]
        moments += [now for _ in sending]
        now = plan.look_again_at
    return moments


def refund(day: int) -> Statement:
    paid_back = Refund(refund_id="r1", refunded_at=START + day * DAY, items=(PackedItem(line_id="1"),))
    return store_says().model_copy(update={"refunds": (paid_back,)})


def packed() -> Statement:
    return store_says(packed=[fulfilment(ONE)])


def test_who_has_it_is_asked_when_it_has_rested() -> None:
    [at] = asked(bought(), packed(), says(ONE, scan(72, Status.DELIVERED)))
    assert at == START + 8 * DAY


@pytest.mark.parametrize(
    "story",
    [
        pytest.param([packed(), says(ONE, scan(24, Status.IN_TRANSIT))], id="the parcel never arrives"),
        pytest.param([packed(), says(ONE, scan(24, Status.RETURNED))], id="the parcel came back"),
        pytest.param([], id="nothing was ever packed"),
        pytest.param([refund(3)], id="it was paid back and never packed"),
        pytest.param([packed(), says(ONE, scan(24, Status.IN_TRANSIT)), refund(20)], id="lost and paid back"),
    ],
)
def test_who_never_got_it_is_asked_at_the_limit(story: list[Statement]) -> None:
    [at] = asked(bought(), *story)
    assert START + 35 * DAY <= at <= START + 36 * DAY


def test_who_bought_a_download_is_asked_as_soon_as_the_touchpoint_says() -> None:
    placed = order(marketing_consent=True, destination=BERLIN).model_copy(update={"items": (DOWNLOAD,)})
    [at] = asked(store_says(order=placed))
    assert at == datetime(2026, 6, 6, 8, tzinfo=UTC)  # ten in the morning there


def test_who_cancelled_is_not_asked() -> None:
    assert asked(bought(cancelled_at=hours(30))) == []


def test_a_request_that_the_hold_lets_go_at_night_is_made_in_the_morning() -> None:
    """By then the hold no longer speaks against it, and the order is weeks old."""
    late = says(ONE, scan(20 * 24 + 18, Status.DELIVERED))  # at four in the morning there
    [at] = asked(bought(), packed(), late)
    let_go = START + timedelta(days=34, hours=18)
    assert timedelta(0) < at - let_go < timedelta(hours=12)


def test_a_busy_day_delays_a_request_and_does_not_end_it() -> None:
    told = (Sent(at=START + 8 * DAY, order_id="o", message_id=str(number), touchpoint="t", purpose=purpose, channel="email")
            for number, purpose in enumerate([Purpose.SERVICE] * 4 + [Purpose.MARKETING]))  # fmt: skip
    busy = Shopper(history=History(sent=tuple(told)))
    [at] = asked(bought(), packed(), says(ONE, scan(72, Status.DELIVERED)), shopper=busy)
    assert START + 9 * DAY <= at <= START + 10 * DAY


def test_an_order_that_was_old_when_it_was_first_heard_of_is_left_alone() -> None:
    story = Story(journey=Journey(touchpoints=(ASKED.model_copy(update={"enabled": True}),)))
    story.hears(bought(), packed(), says(ONE, scan(72, Status.DELIVERED)))
    story.looks(24 * 30)
    assert story.outcomes() == {"review_request#order": "drop"}
