"""One call answers why a shopper got a message or did not."""

import json
from datetime import date

from hypothesis import given, settings
from porchlight.domain.explaining import Explanation, explain, story
from porchlight.domain.judging import GUARDS
from porchlight.domain.ledger import LedgerRow, Message, MessageState, Outcome
from porchlight.domain.orders import Person
from porchlight.domain.status import Status, SubStatus

from tests.domain.stories import (
    ONE,
    THREE,
    TWO,
    Story,
    fulfilment,
    hours,
    only,
    order,
    says,
    scan,
    statements,
    store_says,
)

S = Status
SENT = Message(
    state=MessageState.SENT,
    attempts=1,
    provider_id="0100-abc",
    sent_at=hours(6.01),
    seen={"open": "2026-06-01T16:00:00.000Z", "delivery": "2026-06-01T14:01:00.000Z"},
    template_version="t42",
)


def explained(told: Story, message: Message | None = None) -> Explanation:
    rows = [
        LedgerRow(decision=one, message=message if one.outcome is Outcome.SEND else None)
        for one in told.ledger.values()
    ]
    return explain(rows, told.state)


def one_day() -> Story:
    told = Story().hears(store_says(order=order(), packed=[fulfilment(ONE)]))
    told.looks(0)
    told.hears(says(ONE, scan(5, S.IN_TRANSIT), scan(5.5, S.EXCEPTION, SubStatus.WEATHER), heard=6)).looks(6)
    told.hears(says(ONE, scan(7, S.OUT_FOR_DELIVERY), scan(8, S.DELIVERED), heard=9)).looks(9)
    return told


def test_decisions_are_told_in_the_order_of_time_with_their_reasons() -> None:
    told = explained(one_day())
    assert [(one["touchpoint"], one["outcome"]) for one in told["decisions"]] == [
        ("order_confirmed", "send"),
        ("exception", "send"),
        ("shipped", "send"),
        ("delivered", "send"),
        ("out_for_delivery", "drop"),
    ]
    van = told["decisions"][-1]
    assert van["reason"] == "overtaken: the parcel is delivered by now"
    assert {one["guard"]: one["verdict"] for one in van["guards"]} == {
        **{guard.__name__: "pass" for guard in GUARDS},
        "still_true": "drop",
    }
    assert (van["decided_at"], van["happened_at"]) == ("2026-06-01T17:00:00.000Z", "2026-06-01T15:00:00.000Z")
    assert (van["trigger"], van["tracking_number"], van["facts"]["status"]) == ("out_for_delivery", ONE, "delivered")


def test_the_order_and_its_parcels_are_told_as_they_are_now() -> None:
    told = explained(one_day())
    assert (told["order"], told["cancelled"]) == ("#1001", False)
    [parcel] = told["parcels"]
    assert (parcel["tracking_number"], parcel["status"], parcel["since"]) == (
        ONE,
        "delivered",
        "2026-06-01T16:00:00.000Z",
    )


def test_what_became_of_a_message_is_told_with_its_receipts_in_time() -> None:
    delivery = explained(one_day(), SENT)["decisions"][0]["message"]
    assert delivery is not None
    assert (delivery["state"], delivery["attempts"], delivery["provider_id"]) == ("sent", 1, "0100-abc")
    assert list(delivery["seen"]) == ["delivery", "open"]


def test_the_story_is_for_people() -> None:
    lines = story(explained(one_day(), SENT)).splitlines()
    assert lines[0] == "Order #1001"
    assert lines[1] == f"  parcel {ONE} ups: delivered, since 2026-06-01 16:00 UTC"
    text = "\n".join(lines)
    assert "2026-06-01 08:00 UTC  order_confirmed sends: nothing speaks against it" in text
    assert f"out_for_delivery about {ONE} does not send: overtaken: the parcel is delivered by now" in text
    assert "guard still_true: drop, overtaken: the parcel is delivered by now" in text
    assert "email message: sent 2026-06-01 14:00 UTC, 1 attempt, receipt 0100-abc, text version t42" in text
    assert "came back: delivery 2026-06-01 14:01 UTC" in text
    assert "rule: order_placed, journey version" in text


def test_a_skipped_message_tells_why() -> None:
    skipped = Message(state=MessageState.SKIPPED, outcome="the address bounced before")
    assert "email message: skipped, the address bounced before, 0 attempts" in story(explained(one_day(), skipped))


def test_a_merged_decision_stands_behind_the_message_that_tells_it() -> None:
    told = Story(journey=only("shipped")).hears(store_says(order=order(), packed=[fulfilment(ONE, TWO, THREE)]))
    told.hears(says(TWO, scan(5, S.IN_TRANSIT))).looks(5)
    waiting = explained(told)["decisions"][0]
    assert (waiting["outcome"], waiting["until"]) == ("delay", "2026-06-01T13:30:00.000Z")
    assert "waits until 2026-06-01 13:30 UTC" in story(explained(told))
    told.hears(says(ONE, scan(5.1, S.IN_TRANSIT)), says(THREE, scan(5.1, S.IN_TRANSIT))).looks(5.2)
    lead, *merged = explained(told)["decisions"]
    assert (lead["outcome"], [one["outcome"] for one in merged]) == ("send", ["merge", "merge"])
    assert {one["into"] for one in merged} == {lead["decision_id"]}
    assert "travels with another message" in story(explained(told))
    assert "tells too: " in story(explained(told))


def test_a_lead_stands_first_whatever_its_name() -> None:
    told = Story().hears(store_says(order=order(), packed=[fulfilment(ONE)]))
    told.hears(says(ONE, scan(5, S.IN_TRANSIT), estimate=date(2026, 6, 3), heard=5)).looks(5)
    told.hears(says(ONE, scan(20, S.EXCEPTION), estimate=date(2026, 6, 6), heard=20)).looks(20)
    assert [one["touchpoint"] for one in explained(told)["decisions"]][-2:] == ["exception", "delayed"]


def test_an_order_the_store_has_not_told_of_says_so() -> None:
    told = Story().hears(store_says(packed=[fulfilment(ONE)]))
    told.looks(2)
    assert explained(told)["order"] == ""
    text = story(explained(told))
    assert "the store has not told of it yet" in text
    assert "Nothing has been decided yet." in text


def test_a_replaced_number_is_told_as_no_longer_part_of_the_order() -> None:
    told = one_day().hears(store_says(packed=[fulfilment(TWO, updated=12)]))
    assert f"{ONE} ups: delivered, since 2026-06-01 16:00 UTC, no longer part of the order" in story(explained(told))


def test_a_cancelled_order_says_so() -> None:
    told = one_day().hears(store_says(order=order(updated=12, cancelled_at=hours(12))))
    assert story(explained(told)).startswith("Order #1001, cancelled\n")


def test_no_person_is_in_an_explanation() -> None:
    person = Person(first_name="Zebedee", last_name="Quux", email="zq@example.com", phone="+15550100")
    told = one_day().hears(store_says(order=order(updated=12, shopper=person, recipient=person)))
    told.looks(13)
    text = story(explained(told, SENT)) + json.dumps(explained(told, SENT))
    for secret in ("Zebedee", "Quux", "zq@", "5550100", "Ada", "Thing 1"):
        assert secret not in text


@settings(max_examples=60, deadline=None)
@given(statements)
def test_any_ledger_is_told_whole_and_as_plain_json(said: list) -> None:
    told = Story().hears(store_says(order=order(items=2)), *said)
    told.looks(10)
    told.looks(60)
    explanation = explained(told, SENT)
    assert json.loads(json.dumps(explanation)) == explanation
    assert {one["decision_id"] for one in explanation["decisions"]} == set(told.ledger)
    assert all(one["reason"] and one["guards"] for one in explanation["decisions"])
    assert all(one["touchpoint"] in story(explanation) for one in explanation["decisions"])
