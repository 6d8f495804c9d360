"""What a storm means for one order: who is told, what waits for its end, and what never does."""

from datetime import date, timedelta

import pytest
from porchlight.domain.decide import Plan
from porchlight.domain.journeys import Journey, Touchpoint, Trigger
from porchlight.domain.lanes import Lane
from porchlight.domain.ledger import Decision, Outcome
from porchlight.domain.moot import moot_reason
from porchlight.domain.orders import Destination
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.shopper import History, Sent, Shopper
from porchlight.domain.situation import Situation
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.storm_guards import due_anew, told_elsewhere
from porchlight.domain.storm_looks import StormLook
from porchlight.domain.storms import Incident

from tests.domain.stories import (
    JOURNEY,
    ONE,
    SHIPPED,
    TWO,
    Statement,
    Story,
    fulfilment,
    hours,
    order,
    says,
    scan,
    store_says,
)

S, R = Status, SubStatus
HOUR = timedelta(hours=1)
US = Destination(country="US")
LANE = Lane(carrier="ups", country="US")
NOTHING_SENT = History()
FOR_THE_SHOP = [one for one in SHIPPED.touchpoints if one.id in {"storm_alert", "merchant_stalled"}]
TELLS_THE_SHOP = JOURNEY.model_copy(
    update={"touchpoints": (*JOURNEY.touchpoints, *(one.model_copy(update={"enabled": True}) for one in FOR_THE_SHOP))}
)


def packed(*numbers: str) -> Statement:
    return store_says(order=order(destination=US), packed=[fulfilment(*(numbers or (ONE,)))])


class Stormy(Story):
    """An order whose lane stands still between two hours."""

    def __init__(
        self, begins: float, ends: float, *, journey: Journey = JOURNEY, history: History = NOTHING_SENT
    ) -> None:
        super().__init__(journey=journey)
        self.asked = 0
        self.now = 0.0
        self._begins, self._ends, self._history = begins, ends, history

    def looks(self, at: float) -> Plan:
        self.now = at
        return super().looks(at)

    def _incident(self, lane: Lane) -> Incident | None:
        self.asked += 1
        if lane != LANE or not self._begins <= self.now < self._ends:
            return None
        return Incident(
            incident_id="ups-US-2026-06-03T08",
            lane=lane,
            since=hours(self._begins - 40),
            opened_at=hours(self._begins),
            confirmed_at=hours(self.now),
            lapses_at=hours(self.now + 24),
            opened_by=self.state.order_id,
            parcels=60,
            still=41,
        )

    @property
    def situation(self) -> Situation:
        look = StormLook(self.state, self.journey, self._incident, now=hours(self.now))
        reach = {Audience.SHOPPER: self.reach, Audience.MERCHANT: ("email",)}
        return Situation(reach, lambda: Shopper(history=self._history), storm=look)

    def row(self, touchpoint: str) -> Decision:
        [found] = [one for one in self.ledger.values() if one.touchpoint == touchpoint]
        return found


def rests(story: Stormy, since: float = 5) -> Stormy:
    """Its last scan is at that hour."""
    story.hears(packed(), says(ONE, scan(since, S.IN_TRANSIT), heard=since))
    story.looks(since)
    return story


def test_who_stands_still_in_a_storm_is_told_of_it_and_not_of_the_silence() -> None:
    story = rests(Stormy(90, 500))
    story.looks(5 + 96)

    assert story.row("storm").outcome is Outcome.SEND
    assert story.row("storm").facts["parcels"] == "60"
    assert story.row("stalled").outcome is Outcome.DELAY
    assert story.row("stalled").reason.startswith("held: 41 of 60 parcels by UPS to US stand still since ")


def test_a_second_look_in_the_same_half_day_writes_nothing() -> None:
    story = rests(Stormy(90, 500))
    story.looks(5 + 96)
    until = story.row("stalled").until
    assert story.looks(5 + 96.5).decisions == ()
    assert story.looks(5 + 97).look_again_at == until


def test_when_the_storm_is_over_the_silence_is_told_however_long_it_waited() -> None:
    story = rests(Stormy(90, 180))
    for at in (101, 110, 122, 135, 147, 159, 171):
        story.looks(at)
        assert story.row("stalled").outcome is Outcome.DELAY
    story.looks(190)

    assert story.row("stalled").outcome is Outcome.SEND
    assert hours(190) - (hours(5) + 96 * HOUR) > story.journey.touchpoints[0].fresh_for
    assert moot_reason(story.state, story.row("stalled"), JOURNEY, hours(190.1)) is None


def test_it_waits_five_days_at_most() -> None:
    story = rests(Stormy(90, 5000))
    held_until = 0.0
    for at in range(101, 400, 6):
        story.looks(at)
        if story.row("stalled").is_final:
            break
        held_until = at
    assert 5 + 96 + 120 - 6 <= held_until < 5 + 96 + 120
    assert story.row("stalled").outcome is Outcome.SEND
    assert "hides behind a storm" in str(story.row("stalled").verdicts)


def test_who_moves_is_not_held_and_not_told() -> None:
    story = Stormy(90, 500).hears(
        packed(), says(ONE, scan(5, S.IN_TRANSIT), scan(95, S.IN_TRANSIT), estimate=date(2026, 6, 6))
    )
    story.looks(96)
    story.hears(says(ONE, estimate=date(2026, 6, 9), heard=600))
    story.looks(97)

    assert isinstance(story, Stormy)
    assert "storm" not in story.sent()
    assert "delayed" in story.sent()
    assert story.asked == 0, "the weather is nobody's business while the parcel moves"


@pytest.mark.parametrize(
    ("status", "reason", "touchpoint"),
    [
        (S.EXCEPTION, R.ADDRESS_PROBLEM, "address_problem"),
        (S.EXCEPTION, R.DAMAGED, "damaged"),
        (S.EXCEPTION, R.LOST, "lost"),
        (S.EXCEPTION, R.REFUSED, "exception"),
        (S.OUT_FOR_DELIVERY, R.NONE, "out_for_delivery"),
        (S.AVAILABLE_FOR_PICKUP, R.NONE, "ready_for_pickup"),
        (S.DELIVERED, R.NONE, "delivered"),
    ],
)
def test_what_only_this_parcel_has_to_tell_is_never_held(status: Status, reason: SubStatus, touchpoint: str) -> None:
    story = Stormy(90, 500).hears(packed(), says(ONE, scan(5, S.IN_TRANSIT), scan(100, status, reason)))
    story.looks(100.5)
    assert touchpoint in story.sent()


@pytest.mark.parametrize("reason", [R.WEATHER, R.DELAYED])
def test_what_the_carrier_puts_down_to_weather_waits_and_is_told_as_the_storm(reason: SubStatus) -> None:
    story = Stormy(90, 500)
    story.hears(packed(), says(ONE, scan(5, S.IN_TRANSIT), scan(100, S.EXCEPTION, reason)))
    story.looks(100.5)

    assert story.row("storm").outcome is Outcome.SEND
    assert story.row("exception").outcome is Outcome.DELAY


def test_a_later_day_of_a_parcel_that_stands_still_waits() -> None:
    story = rests(Stormy(90, 500))
    story.hears(says(ONE, estimate=date(2026, 6, 4), heard=60), says(ONE, estimate=date(2026, 6, 9), heard=95))
    story.looks(96)
    assert story.row("delayed").outcome is Outcome.DELAY


def test_two_parcels_in_one_storm_are_one_message() -> None:
    story = Stormy(90, 500)
    story.hears(packed(ONE, TWO), says(ONE, scan(5, S.IN_TRANSIT)), says(TWO, scan(6, S.IN_TRANSIT)))
    story.looks(100)
    assert story.sent().count("storm") == 1


def test_without_a_touchpoint_that_tells_of_storms_nothing_is_held() -> None:
    silent = JOURNEY.model_copy(update={"touchpoints": tuple(one for one in JOURNEY.touchpoints if one.id != "storm")})
    story = rests(Stormy(90, 500, journey=silent))
    story.looks(101)
    assert "stalled" in story.sent()
    assert story.asked == 0


def test_the_merchants_alerts_wait_only_where_the_merchant_hears_of_the_storm() -> None:
    story = rests(Stormy(90, 500, journey=TELLS_THE_SHOP))
    story.looks(101)
    assert story.row("storm_alert").outcome is Outcome.SEND
    assert story.row("merchant_stalled").outcome is Outcome.DELAY
    assert "you were told of it once" in story.row("merchant_stalled").reason


def told_before(order_id: str) -> History:
    one = Sent(
        at=hours(95),
        order_id=order_id,
        message_id="storm#ups-US-2026-06-03T08",
        touchpoint="storm",
        purpose=Purpose.SERVICE,
        channel="email",
    )
    return History(version=1, sent=(one,))


def test_who_heard_with_another_order_is_not_told_again_and_the_alert_waits_all_the_same() -> None:
    story = rests(Stormy(90, 500, history=told_before("another")))
    story.looks(101)
    assert story.row("storm").outcome is Outcome.DROP
    assert story.row("storm").reason == "the shopper was told of this storm with another order"
    assert story.row("stalled").outcome is Outcome.DELAY


def test_a_second_try_of_the_same_message_is_no_second_telling() -> None:
    story = rests(Stormy(90, 500))
    story.looks(101)
    decision, own = story.row("storm"), told_before(story.state.order_id)
    assert told_elsewhere(decision, own, story.state.order_id) == ""
    assert told_elsewhere(decision, told_before("another"), story.state.order_id)
    confirmed = decision.model_copy(update={"trigger": "order_placed"})
    assert told_elsewhere(confirmed, told_before("another"), story.state.order_id) == ""


def test_a_storm_is_moot_once_the_parcel_moves_and_not_when_it_is_only_held_up_anew() -> None:
    story = rests(Stormy(90, 500))
    story.looks(101)
    decision = story.row("storm")
    assert moot_reason(story.state, decision, JOURNEY, hours(101.1)) is None
    held_up = story.hears(says(ONE, scan(101.2, S.EXCEPTION, R.WEATHER)))
    assert moot_reason(held_up.state, decision, JOURNEY, hours(101.3)) is None
    moved = story.hears(says(ONE, scan(101.5, S.IN_TRANSIT)))
    assert moot_reason(moved.state, decision, JOURNEY, hours(101.6)) is not None
    arrived = story.hears(says(ONE, scan(102, S.DELIVERED)))
    assert moot_reason(arrived.state, decision, JOURNEY, hours(102.1)) is not None


def test_what_never_waited_is_as_old_as_it_is() -> None:
    assert due_anew(hours(1), None) == hours(1)


def test_orders_of_one_storm_are_looked_at_again_at_different_times() -> None:
    moments = set()
    for number in range(20):
        state = Stormy(0, 1).hears(packed()).state
        object.__setattr__(state, "order_id", f"order{number}")
        moments.add(StormLook(state, JOURNEY, now=hours(10)).ask_again_at)
    assert len(moments) == 20
    assert max(moments) - min(moments) < 2 * HOUR
    assert all(hours(10) < one <= hours(10) + 14 * HOUR for one in moments)


def test_a_merchants_own_touchpoint_for_storms_is_one_too() -> None:
    others = (one for one in JOURNEY.touchpoints if one.id != "storm")
    own = (*others, Touchpoint(id="snow", trigger=Trigger.STORM))
    story = rests(Stormy(90, 500, journey=JOURNEY.model_copy(update={"touchpoints": own})))
    story.looks(101)
    assert story.row("snow").outcome is Outcome.SEND
    assert story.row("stalled").outcome is Outcome.DELAY
