"""One call answers why a shopper got a message or did not."""

import json
from datetime import date

from hypothesis import given, settings
from porchlight.domain.explaining import Explanation, explain, story
from porchlight.domain.explaining_parcels import ExplainedParcel
from porchlight.domain.fulfilments import (
    HoldReason,
    HoldSnapshot,
    PackedItem,
    Parcel,
    Refund,
    ReturnSnapshot,
    ReturnState,
)
from porchlight.domain.judging import GUARDS
from porchlight.domain.ledger import LedgerRow, Message, MessageState, Outcome
from porchlight.domain.orders import Person
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Labeller, TrackingEvent

from tests.domain.stories import (
    ONE,
    THREE,
    TWO,
    Statement,
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


def aggregator(*scans: TrackingEvent, heard: float = 500) -> Statement:
    return says(ONE, *scans, source="easypost", heard=heard)


def packed_told(*said: Statement) -> tuple[ExplainedParcel, str]:
    explanation = explained(Story().hears(store_says(order=order(), packed=[fulfilment(ONE)]), *said))
    return explanation["parcels"][0], story(explanation)


def test_the_scan_that_counts_names_everybody_who_told_it() -> None:
    moved = scan(5, S.IN_TRANSIT, code="AR")
    parcel, text = packed_told(says(ONE, moved), aggregator(scan(5.01, S.IN_TRANSIT, source="easypost")))
    assert parcel["decided_by"] == {
        "at": "2026-06-01T13:00:00.000Z",
        "sources": ["easypost", "ups"],
        "code": "AR",
        "labelled_by": "table",
        "confidence": 1.0,
    }
    assert "    told by: easypost, ups 2026-06-01 13:00 UTC, code AR\n" in text


def test_a_disagreement_says_who_is_believed() -> None:
    parcel, text = packed_told(
        aggregator(scan(5, S.DELIVERED, source="easypost")), says(ONE, scan(15, S.OUT_FOR_DELIVERY))
    )
    assert parcel["status"] == "out_for_delivery"
    assert "disagreement: easypost says delivered, ups says out for delivery later; ups is believed" in text


def test_what_was_set_aside_says_why() -> None:
    old = [scan(-4000.0 - index, S.DELIVERED, code=f"c{index}") for index in range(2)]
    parcel, text = packed_told(says(ONE, *old, scan(5, S.IN_TRANSIT)))
    [doubted] = parcel["set_aside"]
    assert (doubted["source"], doubted["scans"]) == ("ups", 2)
    assert "set aside: 2 scans of ups until" in text
    assert "older than the order: the number was used before" in text


def test_a_guess_is_told_as_a_guess() -> None:
    guess = {"labelled_by": Labeller.MODEL, "confidence": 0.93}
    moved = scan(5, S.IN_TRANSIT, code="Q1").model_copy(update=guess)
    ended = scan(9, S.DELIVERED, code="Q2").model_copy(update=guess)
    parcel, text = packed_told(says(ONE, moved, ended))
    assert [(one["code"], one["counts"]) for one in parcel["guesses"]] == [("Q1", True), ("Q2", False)]
    assert "told by: ups 2026-06-01 13:00 UTC, code Q1, a guess (93% sure)" in text
    assert "guessed: ups 2026-06-01 17:00 UTC, Q2: delivered (93% sure), which a guess alone never settles" in text


def test_a_mapping_of_the_merchant_is_named() -> None:
    read = scan(5, S.IN_TRANSIT, code="Q1").model_copy(update={"labelled_by": Labeller.MERCHANT})
    assert "code Q1, as your mapping reads it" in packed_told(says(ONE, read))[1]


def test_a_replaced_number_names_its_successor() -> None:
    _, text = packed_told(store_says(packed=[fulfilment(TWO, updated=5)]))
    assert f"parcel {ONE}: unknown, no longer part of the order, replaced by {TWO}" in text


def test_refunds_returns_and_holds_are_told() -> None:
    back = ReturnSnapshot(
        return_id="r1",
        updated_at=hours(200),
        state=ReturnState.SHIPPED,
        parcels=(Parcel(tracking_number="1Z009", carrier="ups"),),
        items=(PackedItem(line_id="1"),),
    )
    paid = Refund(refund_id="m1", refunded_at=hours(201), amount="24.50", currency="USD")
    held = HoldSnapshot(hold_id="h1", updated_at=hours(2), held=True, reason=HoldReason.OUT_OF_STOCK)
    said = store_says().model_copy(update={"returns": (back,), "refunds": (paid,), "holds": (held,)})
    _, text = packed_told(said)
    assert "  refund 24.50 USD, 2026-06-09 17:00 UTC\n" in text
    assert "  return r1 shipped, 2026-06-09 16:00 UTC, by 1Z009\n" in text
    assert "  on hold since 2026-06-01 10:00 UTC: out of stock\n" in text
    assert f"  return 1Z009 ups: unknown\n    brings back: {ONE}\n" in text
