"""A reminder to buy again, from the decision's point of view: it comes when this shopper's supply runs low."""

from datetime import datetime, timedelta

from porchlight.domain.decide import Plan, decide
from porchlight.domain.fulfilments import PackedItem
from porchlight.domain.journeys import Journey, Touchpoint, Trigger
from porchlight.domain.ledger import Decision
from porchlight.domain.moot import moot_reason
from porchlight.domain.orders import Item
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.shopper import Shopper
from porchlight.domain.situation import Situation
from porchlight.domain.status import Status
from porchlight.domain.supply import Purchase

from tests.builders import store_says
from tests.domain.stories import ONE, START, Story, fulfilment, hours, order, says, scan

DAY = timedelta(days=1)
ARRIVED = hours(10)
TEA = Touchpoint(
    id="replenish",
    trigger=Trigger.REPLENISH,
    purpose=Purpose.MARKETING,
    lasts={"TEA": 30 * DAY},
    fresh_for=3 * DAY,
)
JOURNEY = Journey(touchpoints=(TEA,))


def story(pieces: int = 1) -> Story:
    tea = Item(line_id="1", title="Tea", sku="TEA", quantity=pieces)
    bought = order(marketing_consent=True).model_copy(update={"items": (tea,)})
    box = fulfilment(ONE).model_copy(update={"items": (PackedItem(line_id="1", quantity=pieces),)})
    told = Story().hears(store_says(order=bought, packed=[box]))
    return told.hears(says(ONE, scan(10, Status.DELIVERED)))


def bought(*days: float) -> Shopper:
    """Somebody who bought tea so many days before (negative) and after this order."""
    return Shopper(
        bought=tuple(Purchase(order_id=f"o{day}", at=START + day * DAY, pieces={"TEA": 1}) for day in (*days, 0))
    )


def look(at: datetime, shopper: Shopper, held: Decision | None = None, pieces: int = 1) -> Plan:
    decided = {held.decision_id: held} if held else {}
    reach = {Audience.SHOPPER: ("email",)}
    return decide(story(pieces).state, decided, JOURNEY, Situation(reach, lambda: shopper), at)


def runs_low(shopper: Shopper, pieces: int = 1) -> datetime | None:
    """Looked at when it arrives: until when it waits."""
    plan = look(ARRIVED, shopper, pieces=pieces)
    [decision] = plan.decisions
    assert (decision.outcome, plan.look_again_at) == ("delay", decision.until)
    return decision.until


def test_it_waits_until_the_merchants_span_is_over_and_is_sent_then() -> None:
    shopper = bought()
    [held] = look(ARRIVED, shopper).decisions
    assert held.until == ARRIVED + 30 * DAY
    [sent] = look(ARRIVED + 30 * DAY, shopper, held).decisions
    assert sent.outcome == "send"
    assert moot_reason(story().state, sent, JOURNEY, ARRIVED + 30 * DAY) is None


def test_who_buys_every_fortnight_is_reminded_sooner_and_two_pieces_later() -> None:
    fortnightly = bought(-56, -42, -28, -14)
    until = runs_low(fortnightly)
    assert until
    assert ARRIVED + 14 * DAY < until < ARRIVED + 20 * DAY
    assert runs_low(bought(), pieces=2) == ARRIVED + 60 * DAY


def test_who_has_bought_it_again_is_not_reminded() -> None:
    [held] = look(ARRIVED, bought()).decisions
    [dropped] = look(ARRIVED + 30 * DAY, bought(20), held).decisions
    assert (dropped.outcome, dropped.reason) == ("drop", "they have bought it again since")


def test_a_reminder_that_comes_long_after_the_supply_ran_out_is_dropped() -> None:
    [held] = look(ARRIVED, bought()).decisions
    [dropped] = look(ARRIVED + 34 * DAY, bought(), held).decisions
    assert dropped.outcome == "drop"
    assert "it is told for" in dropped.reason
