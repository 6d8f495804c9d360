"""A lane stands still: one incident, one message each, no single alert before it is over; and one that dies in between."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest
from porchlight.domain.facts import order_id_of
from porchlight.domain.journeys import Trigger
from porchlight.domain.lanes import Lane
from porchlight.domain.ledger import Outcome
from porchlight.domain.links import sign_link
from porchlight.domain.storm_rules import StormRules
from porchlight.domain.storms import Weather
from porchlight.pipeline.tracking_api import view_order

from tests import payloads
from tests.journey.shop import HOUR, MINUTE, START, Shop
from tests.simulation.faults import KILLS, Fault, OneFault, Plan
from tests.simulation.quick import quick

DAY = 24 * HOUR
LANE = Lane(carrier="evri", country="US")
STUCK, MOVING = 30, 8
DESK = "desk@lampandlinen.example"
ENDS = 8 * DAY
"""Tuesday of the week after: most of it moves again."""


def order_of(index: int) -> int:
    return 1001 + index


def key_of(index: int) -> str:
    return order_id_of("shopify", "shop", str(order_of(index)))


def number_of(index: int) -> str:
    return f"EV{order_of(index)}"


def mail_of(index: int) -> str:
    return f"shopper{index}@example.com"


class StormyShop(Shop):
    """So many orders, packed on Monday; `stuck` of them have their last scan that afternoon, the others go on."""

    def __init__(self, plan: Plan | None = None, stuck: int = STUCK, moving: int = MOVING) -> None:
        super().__init__(plan)
        self.stuck = stuck
        journey, brand = self.config.published
        on = {"storm_alert": {"enabled": True}, "merchant_stalled": {"enabled": True}}
        touchpoints = tuple(one.model_copy(update=on.get(one.id, {})) for one in journey.touchpoints)
        changed = journey.model_copy(update={"touchpoints": touchpoints})
        self.config.published = (changed, brand.model_copy(update={"alerts_to": DESK}))
        self.scans: dict[int, list[tuple[datetime, str]]] = {}
        for index in range(stuck + moving):
            self._packed(index)
        for index in range(stuck, stuck + moving):
            for hour in range(21, 26 * 14, 24):
                self.moves(index, hour * HOUR)
            self.moves(index, 15 * DAY, "delivered")

    def _packed(self, index: int) -> None:
        placed = payloads.order(START, order_id=order_of(index), email=mail_of(index))
        packed = payloads.fulfilment(
            START, number_of(index), order_id=order_of(index), fulfilment_id=9001 + index, company="Evri"
        )
        self.shop(0 * MINUTE, "orders/create", placed)
        self.shop(MINUTE, "fulfillments/create", packed)
        self.moves(index, 4 * HOUR + index * 5 * MINUTE)

    def moves(self, index: int, after: timedelta, status: str = "in_transit") -> None:
        """Another scan, told with those before it."""
        scans = self.scans.setdefault(index, [])
        scans.append((START + after, status))
        body = payloads.tracker(number_of(index), *scans, event_id=f"e{index}.{len(scans)}")
        self.aggregator(after, body)

    def told_about(self, index: int) -> Counter[str]:
        """Touchpoints of the mails to this order's shopper."""
        return Counter(mail.call.tags["touchpoint"] for mail in self.provider.mails if mail.call.to == mail_of(index))

    def at(self, touchpoint: str) -> list[datetime]:
        """When its mails went out."""
        return [mail.at for mail in self.provider.mails if mail.call.tags["touchpoint"] == touchpoint]

    def ends(self, still: int = 0) -> None:
        """All but the first few move on Tuesday and arrive on Wednesday."""
        for index in range(still, self.stuck):
            self.moves(index, ENDS + index * MINUTE)
            self.moves(index, ENDS + DAY + index * MINUTE, "delivered")

    def incident(self) -> str:
        """Its id."""
        found = self.lanes.kept[LANE].incident
        assert found is not None
        return found.incident_id


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with quick():
        yield


@pytest.fixture(scope="module")
def past() -> StormyShop:
    """A storm that came and went, for tests that only look back."""
    shop = StormyShop()
    shop.ends()
    with quick():
        shop.run()
    return shop


@pytest.fixture
def shop() -> StormyShop:
    return StormyShop()


def test_every_shopper_is_told_once_and_the_merchant_once(past: StormyShop) -> None:
    assert all(past.told_about(index)["storm"] == 1 for index in range(STUCK))
    assert all(past.told_about(index)["storm"] == 0 for index in range(STUCK, STUCK + MOVING))
    to_desk = Counter(mail.call.tags["touchpoint"] for mail in past.provider.mails if mail.call.to == DESK)
    assert to_desk["storm_alert"] == 1
    assert to_desk["merchant_stalled"] == 0


def test_no_single_alert_leaves_while_it_lasts_and_none_after_it_for_who_moves_again(past: StormyShop) -> None:
    assert past.at("stalled") == []
    held = past.table.rows[key_of(3), f"stalled#{number_of(3)}.2026-06-01"].decision
    assert held.outcome is Outcome.DROP
    assert held.reason.startswith("overtaken")


def test_everybody_hears_soon_after_the_first_and_not_only_by_their_own_timers(past: StormyShop) -> None:
    told = past.at("storm")
    assert max(told) - min(told) < 10 * MINUTE


def test_what_still_rests_when_it_is_over_is_told_then(shop: StormyShop) -> None:
    shop.ends(still=3)
    shop.run()

    assert [shop.told_about(index)["stalled"] for index in range(5)] == [1, 1, 1, 0, 0]
    assert all(at - START > ENDS for at in shop.at("stalled"))


def test_no_lost_parcel_hides_behind_a_storm_that_goes_on(shop: StormyShop) -> None:
    shop.run()

    first_due = START + 4 * HOUR + 96 * HOUR
    assert len(shop.at("stalled")) == STUCK
    assert all(5 * DAY <= at - first_due < 5 * DAY + 12 * HOUR for at in shop.at("stalled"))


def test_the_ledger_says_what_is_held_and_why(shop: StormyShop) -> None:
    kept: list[str] = []

    def look() -> None:
        kept.append(shop.table.rows[key_of(3), f"stalled#{number_of(3)}.2026-06-01"].decision.reason)

    shop.later(6 * DAY, look)
    shop.ends()
    shop.run()

    assert kept == [
        "held: 30 of 38 parcels by Evri to US stand still since Monday 01 June; the shopper was told of it once"
    ]
    row = shop.table.rows[key_of(3), f"storm#{shop.incident()}"].decision
    assert row.facts["incident"] == shop.incident()
    assert (row.facts["still"], row.facts["parcels"]) == ("30", "38")


def test_a_shopper_with_two_orders_on_the_lane_is_told_once(shop: StormyShop) -> None:
    placed = payloads.order(START + HOUR, order_id=7001, email=mail_of(0))
    packed = payloads.fulfilment(START + HOUR, "EV7001", order_id=7001, fulfilment_id=7001, company="Evri")
    shop.shop(HOUR, "orders/create", placed)
    shop.shop(HOUR + MINUTE, "fulfillments/create", packed)
    shop.aggregator(5 * HOUR, payloads.tracker("EV7001", (START + 5 * HOUR, "in_transit"), event_id="x"))
    shop.aggregator(ENDS, payloads.tracker("EV7001", (START + ENDS, "delivered"), event_id="y"))
    shop.ends()
    shop.run()

    assert shop.told_about(0)["storm"] == 1
    assert shop.told_about(0)["stalled"] == 0


def test_the_page_says_so_while_it_lasts_and_not_after_it(shop: StormyShop) -> None:
    seen: list[tuple[str, str | None]] = []

    def look(index: int) -> None:
        token = sign_link(key_of(index), shop.now + DAY, "link-key")
        view = view_order(token, shop.page, shop.now)
        assert view is not None
        seen.append((f"{shop.now:%a}", view.storm.carrier_name if view.storm else None))

    for days, index in ((3, 3), (6, 3), (6, STUCK + 1), (8.5, 3)):
        shop.later(days * DAY, lambda index=index: look(index))
    shop.ends()
    shop.run()

    assert seen == [("Thu", None), ("Sun", "Evri"), ("Sun", None), ("Tue", None)]


def test_a_carrier_that_nobody_hears_holds_nothing_back() -> None:
    shop = StormyShop(moving=0)
    shop.ends()
    shop.run()

    assert len(shop.at("stalled")) == STUCK
    assert shop.at("storm") == []


@pytest.mark.parametrize("touchpoint_on", [True, False])
def test_nothing_is_held_told_or_written_when_storms_are_off_or_nobody_is_told(
    shop: StormyShop, *, touchpoint_on: bool
) -> None:
    journey, brand = shop.config.published
    storms = StormRules(enabled=not touchpoint_on)
    told = tuple(one for one in journey.touchpoints if touchpoint_on or one.trigger is not Trigger.STORM)
    shop.config.published = (journey.model_copy(update={"storms": storms, "touchpoints": told}), brand)
    shop.ends()
    shop.run()

    assert (len(shop.at("stalled")), shop.at("storm"), shop.lanes.writes, shop.lanes.looks) == (STUCK, [], 0, [])


def test_a_lane_is_looked_at_every_ten_minutes_at_most(past: StormyShop) -> None:
    looks = [one.looked_at for one in past.lanes.looks]
    assert looks
    assert all(after - before >= 10 * MINUTE for before, after in pairwise(looks))


def test_what_has_arrived_leaves_its_lane(past: StormyShop) -> None:
    assert past.lanes.held[LANE] == {}


def test_a_lane_is_written_to_once_in_a_half_day_of_scans_and_at_the_end() -> None:
    shop = StormyShop(stuck=1, moving=0)
    for hour in (5, 6, 9, 24, 26):
        shop.moves(0, hour * HOUR)
    shop.moves(0, 27 * HOUR, "delivered")
    shop.run()

    assert shop.lanes.writes == 3  # Monday afternoon, Tuesday morning; then it has arrived


@pytest.mark.parametrize("fault", [*KILLS, Fault.FAIL_AFTER, Fault.TWICE, Fault.MEANWHILE])
def test_whoever_dies_or_comes_twice_each_shopper_and_the_merchant_are_told_once(fault: Fault) -> None:
    """Calls are tried around the moment at which the storm opens."""
    first, last = _opening()
    assert last - first > 100
    for call in range(first, last, (last - first) // 6):
        shop = _small(OneFault(call, fault))
        shop.run()
        # A sender that dies after the provider took the mail is the one documented double.
        most = 1 if fault is not Fault.KILL_AFTER else 2
        said = sorted(shop.told_about(index)["storm"] for index in range(10))
        assert said[:-1] == [1] * 9
        assert said[-1] <= most
        assert 1 <= len(shop.at("storm_alert")) <= most
        assert shop.at("stalled") == []


@cache
def _opening() -> tuple[int, int]:
    """Calls made before the hours in which the storm opens, and after them."""
    calm, calls = _small(), []
    for hour in (71, 74):
        calm.later(hour * HOUR, lambda: calls.append(calm.points.calls))
    calm.run()
    first, last = calls
    return first, last


def _small(plan: Plan | None = None) -> StormyShop:
    shop = StormyShop(plan, stuck=10, moving=3)
    shop.ends()
    return shop


def test_weather_survives_being_written_down(past: StormyShop) -> None:
    found = past.lanes.kept[LANE]
    assert Weather.model_validate_json(found.model_dump_json()) == found
