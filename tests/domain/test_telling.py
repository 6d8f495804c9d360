"""What a message tells: how much of the order, which parcels, which times, and nothing that could hurt a reader."""

from datetime import date, timedelta

import pytest
from porchlight.domain.brand import Brand
from porchlight.domain.fulfilments import FulfilmentSnapshot, PackedItem
from porchlight.domain.journeys import Trigger
from porchlight.domain.ledger import Decision, Outcome
from porchlight.domain.orders import Item, Person
from porchlight.domain.state import OrderState
from porchlight.domain.status import Action, Status, SubStatus
from porchlight.domain.telling import MAX_ITEMS, MAX_PARCELS, Scope, Telling, telling
from porchlight.domain.times import date_only, missing
from porchlight.domain.tracking import Estimate, EstimateSource

from tests.builders import NOW, at, expected, folded, packing, scan, snapshot, tracked

BRAND = Brand(name="Oak & Ember", sender_name="Oak & Ember", shop_url="https://oak.example")
MOVING = scan("2026-03-11T09:00:00+01:00", Status.IN_TRANSIT)
ARRIVED = scan("2026-03-12T14:12:00+01:00", Status.DELIVERED, SubStatus.SIGNED_FOR, city="LEEDS")


def decision(trigger: Trigger, number: str = "", touchpoint: str = "news", occurrence: str = "") -> Decision:
    return Decision(
        decision_id=f"{touchpoint}#{occurrence or number}",
        touchpoint=touchpoint,
        occurrence=occurrence or number,
        trigger=trigger.value,
        rule_version="v1",
        outcome=Outcome.SEND,
        decided_at=NOW,
        happened_at=NOW,
        tracking_number=number,
    )


def told(state: OrderState, *decisions: Decision) -> Telling:
    return telling(state, decisions[0], decisions, BRAND, "https://oak.example/track/#token", NOW)


def test_one_parcel_with_everything_is_the_whole_order():
    state = folded(snapshot(), packing("A1", "1", "2", "3"), tracked("A1", MOVING))
    one = told(state, decision(Trigger.FIRST_MOVEMENT, "A1"))
    assert one.scope is Scope.ALL
    assert [parcel.number for parcel in one.told] == ["A1"]
    assert [item.title for item in one.told[0].items] == ["Linen table lamp", "Beeswax candle", "Wool throw"]
    assert not one.others
    assert not one.waiting


def test_a_touchpoint_may_read_like_another():
    alike = decision(Trigger.SILENCE, "A1").model_copy(update={"template": "stalled"})
    assert told(folded(snapshot(), packing("A1", "1")), alike).touchpoint == "stalled"


def test_one_of_two_parcels_is_a_part_and_the_other_is_listed():
    state = folded(snapshot(), packing("A1", "1"), packing("B2", "2", "3"), tracked("A1", MOVING))
    one = told(state, decision(Trigger.FIRST_MOVEMENT, "A1"))
    assert one.scope is Scope.PART
    assert (one.done, one.total) == (1, 2)
    assert [(parcel.number, parcel.status) for parcel in one.others] == [("B2", Status.PRE_TRANSIT)]


def test_the_last_of_two_parcels_is_the_rest():
    state = folded(
        snapshot(), packing("A1", "1"), packing("B2", "2", "3"), tracked("A1", ARRIVED), tracked("B2", ARRIVED)
    )
    assert told(state, decision(Trigger.DELIVERED, "B2")).scope is Scope.REST
    assert told(state, decision(Trigger.DELIVERED, "A1"), decision(Trigger.DELIVERED, "B2")).scope is Scope.ALL


def spread(*numbers: str) -> FulfilmentSnapshot:
    """One packing of everything, spread over these parcels."""
    parcels = tuple(parcel for number in numbers for parcel in packing(number).parcels)
    return packing(numbers[0], "1", "2", "3").model_copy(update={"parcels": parcels})


def test_items_of_parcels_that_share_a_packing_are_told_once():
    state = folded(snapshot(), spread("A1", "B2"), tracked("A1", MOVING), tracked("B2", MOVING))
    one = told(state, decision(Trigger.FIRST_MOVEMENT, "B2"), decision(Trigger.FIRST_MOVEMENT, "A1"))
    held = [(parcel.number, [item.title for item in parcel.items], parcel.shared_with) for parcel in one.told]
    assert held == [("B2", ["Linen table lamp", "Beeswax candle", "Wool throw"], 1), ("A1", [], 1)]


def test_a_message_about_one_of_them_tells_what_they_hold_together():
    state = folded(snapshot(), spread("A1", "B2", "C3"), tracked("B2", MOVING))
    one = told(state, decision(Trigger.FIRST_MOVEMENT, "B2"))
    assert [(len(parcel.items), parcel.shared_with) for parcel in one.told] == [(3, 2)]
    assert [parcel.items for parcel in one.others] == [(), ()]


def test_a_packing_spread_over_many_parcels_may_list_as_much_as_one_parcel():
    items = tuple(Item(line_id=str(index), title=f"Thing {index}") for index in range(MAX_ITEMS + 5))
    packed = tuple(PackedItem(line_id=item.line_id) for item in items)
    numbers = ("A1", "B2", "C3")
    said = (spread(*numbers).model_copy(update={"items": packed}), *(tracked(number, MOVING) for number in numbers))
    one = told(folded(snapshot(items=items), *said), *(decision(Trigger.FIRST_MOVEMENT, number) for number in numbers))
    assert [(len(parcel.items), parcel.more_items) for parcel in one.told] == [(MAX_ITEMS, 5), (0, 0), (0, 0)]


def test_what_is_not_packed_yet_waits_and_makes_it_a_part():
    state = folded(snapshot(), packing("A1", "1"), tracked("A1", ARRIVED))
    one = told(state, decision(Trigger.DELIVERED, "A1"))
    assert one.scope is Scope.PART
    assert [(item.quantity, item.title) for item in one.waiting] == [(2, "Beeswax candle"), (1, "Wool throw")]


def test_a_problem_of_one_parcel_is_not_told_of_another():
    held = scan("2026-03-12T10:00:00+00:00", Status.EXCEPTION, SubStatus.DAMAGED)
    state = folded(
        snapshot(),
        packing("A1", "1"),
        packing("B2", "2"),
        packing("C3", "3"),
        tracked("A1", held),
        tracked("B2", MOVING),
        tracked("C3", MOVING),
    )
    one = told(
        state,
        decision(Trigger.EXCEPTION, "A1", "exception"),
        decision(Trigger.SILENCE, "C3", "stalled"),
    )
    assert [parcel.number for parcel in one.told] == ["A1"]
    assert one.actions == (Action.CONTACT_MERCHANT,)
    assert [(parcel.number, parcel.silent) for parcel in one.others] == [("C3", True), ("B2", False)]


def test_a_scan_keeps_the_carriers_own_clock():
    state = folded(snapshot(), packing("A1", "1", "2", "3"), tracked("A1", ARRIVED))
    parcel = told(state, decision(Trigger.DELIVERED, "A1")).told[0]
    assert parcel.happened is not None
    assert (parcel.happened.day, parcel.happened.time) == (date(2026, 3, 12), "14:12")
    assert parcel.place == "Leeds"


def test_a_date_stays_a_date():
    event = scan(date_only(date(2026, 3, 12), "America/Los_Angeles"), Status.DELIVERED)
    state = folded(snapshot(), packing("A1", "1", "2", "3"), tracked("A1", event))
    happened = told(state, decision(Trigger.DELIVERED, "A1")).told[0].happened
    assert happened is not None
    assert (happened.day, happened.time) == (date(2026, 3, 12), None)


def test_a_time_that_only_we_know_is_not_told():
    state = folded(snapshot(), packing("A1", "1", "2", "3"), tracked("A1", scan(missing(NOW), Status.DELIVERED)))
    assert told(state, decision(Trigger.DELIVERED, "A1")).told[0].happened is None


def test_a_later_estimate_keeps_what_was_said_first():
    state = folded(
        snapshot(),
        packing("A1", "1", "2", "3"),
        tracked("A1", MOVING, estimate=expected("2026-03-13"), at_=NOW - timedelta(days=2)),
        tracked("A1", MOVING, estimate=expected("2026-03-16", "09:00", "12:00")),
    )
    parcel = told(state, decision(Trigger.LATER_ESTIMATE, "A1")).told[0]
    assert parcel.first_day == date(2026, 3, 13)
    assert parcel.estimate == Estimate(
        day=date(2026, 3, 16), window_start="09:00", window_end="12:00", source=EstimateSource.CARRIER
    )


def test_an_earlier_estimate_has_no_first_day():
    state = folded(
        snapshot(),
        packing("A1", "1", "2", "3"),
        tracked("A1", MOVING, estimate=expected("2026-03-16"), at_=NOW - timedelta(days=2)),
        tracked("A1", MOVING, estimate=expected("2026-03-13")),
    )
    assert told(state, decision(Trigger.FIRST_MOVEMENT, "A1")).told[0].first_day is None


def test_an_estimate_that_has_passed_is_not_repeated():
    state = folded(snapshot(), packing("A1", "1", "2", "3"), tracked("A1", MOVING, estimate=expected("2026-03-09")))
    assert told(state, decision(Trigger.SILENCE, "A1")).told[0].estimate is None


def test_items_without_a_tracking_number_are_told_by_name():
    letter = FulfilmentSnapshot(
        fulfilment_id="f-9",
        updated_at=at("2026-03-10T09:00:00+00:00"),
        created_at=at("2026-03-10T09:00:00+00:00"),
        items=(PackedItem(line_id="3"),),
    )
    state = folded(snapshot(), packing("A1", "1", "2"), letter, tracked("A1", MOVING))
    one = told(state, decision(Trigger.FIRST_MOVEMENT, occurrence="untracked.f-9"))
    assert [item.title for item in one.untracked] == ["Wool throw"]
    assert not one.told
    assert [parcel.number for parcel in one.others] == ["A1"]


def test_long_lists_are_cut_and_counted():
    items = tuple(Item(line_id=str(index), title=f"Thing {index}") for index in range(MAX_ITEMS + 5))
    one = told(folded(snapshot(items=items)), decision(Trigger.ORDER_PLACED, occurrence="order"))
    assert len(one.items) == MAX_ITEMS
    assert one.more_items == 5


def test_a_hundred_parcels_are_cut_and_counted():
    numbers = [f"P{index:03}" for index in range(100)]
    said = [one for number in numbers for one in (packing(number), tracked(number, MOVING))]
    one = told(folded(snapshot(), *said), *(decision(Trigger.FIRST_MOVEMENT, number) for number in numbers))
    assert len(one.told) == MAX_PARCELS
    assert one.more_parcels == 100 - MAX_PARCELS


@pytest.mark.parametrize(
    "name",
    [
        "win at https://evil.example",
        "www.evil.example/x",
        "call 0900 123",
        "a@b",
        "Ada\r\nBcc: x",
        "A" * 41,
        "{{ 7*7 }}",
    ],
)
def test_an_advert_in_the_name_field_is_not_repeated(name: str):
    state = folded(snapshot(shopper=Person(first_name=name, email="a@example.com")))
    assert told(state, decision(Trigger.ORDER_PLACED, occurrence="order")).first_name == ""


@pytest.mark.parametrize("name", ["Ada", "José María", "Zoë-Mae", "O’Brien", "नेहा", "محمّد", "李"])
def test_names_of_any_script_are_spoken(name: str):
    state = folded(snapshot(shopper=Person(first_name=f" {name} ", email="a@example.com")))
    assert told(state, decision(Trigger.ORDER_PLACED, occurrence="order")).first_name == name


def test_texts_from_outside_are_single_short_lines():
    items = (Item(line_id="1", title="Lamp\r\nBcc: all\x00\u202e" + "x" * 500, image_url="javascript:alert(1)"),)
    item = told(folded(snapshot(items=items)), decision(Trigger.ORDER_PLACED, occurrence="order")).items[0]
    assert item.title.startswith("Lamp Bcc: all x")
    assert len(item.title) <= 120
    assert item.image_url == ""


@pytest.mark.parametrize(
    "url", ["http://plain.example", "javascript:alert(1)", 'https://x.example/"onload', "https://é"]
)
def test_only_harmless_https_links_are_shown(url: str):
    state = folded(snapshot(), packing("A1", "1", "2", "3", url=url), tracked("A1", MOVING))
    assert told(state, decision(Trigger.FIRST_MOVEMENT, "A1")).told[0].carrier_url == ""


def test_a_carrier_nobody_knows_has_no_name():
    state = folded(snapshot(), packing("A1", "1", "2", "3", carrier="", name="Other"))
    assert told(state, decision(Trigger.SILENCE, "A1")).told[0].carrier == ""
