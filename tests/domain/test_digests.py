"""News that waits for news of the shopper's other orders: when, for how long, and what may travel with it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.digests import MOST_ORDERS, NEARBY, STEP, digest, digest_until, orders_beside, sibling_of
from porchlight.domain.experiments import Experiment, Variant
from porchlight.domain.fallback import Try
from porchlight.domain.guards import Case
from porchlight.domain.journeys import Journey, Touchpoint, Trigger
from porchlight.domain.judging import decision_on
from porchlight.domain.ledger import Decision, LedgerRow, Message, MessageState, Outcome, Verdict
from porchlight.domain.messages import Intent
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.sections import Host, free_sections, taken_sections
from porchlight.domain.shopper import Shopper
from porchlight.domain.siblings import Sibling
from porchlight.domain.status import Status
from porchlight.domain.supply import Purchase
from porchlight.domain.triggers import Occurrence

from tests.builders import ITEMS, NOW, folded, packing, scan, snapshot, tracked

WINDOW = timedelta(minutes=30)
SHIPPED = Touchpoint(id="shipped", trigger=Trigger.FIRST_MOVEMENT, digest_window=WINDOW)
MOVING = folded(
    snapshot(),
    packing("1Z1", *(item.line_id for item in ITEMS)),
    tracked("1Z1", scan("2026-05-31T10:00:00+02:00", Status.IN_TRANSIT)),
)
ARRIVED = folded(
    snapshot(),
    packing("1Z1", *(item.line_id for item in ITEMS)),
    tracked("1Z1", scan("2026-05-31T10:00:00+02:00", Status.DELIVERED)),
)
HOST = Host(Intent(order_id="lead", message_id="shipped#1Z9"), "email", "#1001")


def case(
    *siblings: Sibling, touchpoint: Touchpoint = SHIPPED, asked: Callable[[], None] = lambda: None, **more: object
) -> Case:
    def others() -> tuple[Sibling, ...]:
        asked()
        return siblings

    parcel = MOVING.parcels[0]
    usual: dict[str, object] = {
        "touchpoint": touchpoint,
        "occurrence": Occurrence("1Z1", NOW, parcel, {}),
        "state": MOVING,
        "now": NOW,
        "channel": "email",
        "others_follow": False,
        "merge_until": None,
        "due_at": NOW,
        "siblings": others,
    }
    return Case(**(usual | more))  # type: ignore[arg-type]  # a case by its fields


def waiting(guards: dict[str, Outcome | None], **changes: object) -> Decision:
    base = decision_on(case(), "v1", {}, Try("shipped#1Z1"))
    verdicts = tuple(Verdict(guard=name, outcome=outcome, sentence="so") for name, outcome in guards.items())
    update = {"outcome": Outcome.DELAY, "until": NOW + WINDOW, "verdicts": verdicts, **changes}
    return base.model_copy(update=update)


def test_news_waits_while_another_order_is_under_way() -> None:
    verdict = digest(case(Sibling()))

    assert (verdict.outcome, verdict.until) == (Outcome.DELAY, NOW + WINDOW)
    assert verdict.sentence == "waits for news of this shopper's other orders until 15:30 UTC"


def test_news_of_an_only_order_does_not_wait() -> None:
    assert digest(case()).outcome is None


def test_who_joins_waits_a_little_longer_than_who_waits_already() -> None:
    first = NOW + timedelta(minutes=7)

    assert digest(case(Sibling(first), Sibling())).until == first + STEP


def test_a_wait_that_is_over_is_joined_by_nobody() -> None:
    assert digest(case(Sibling(NOW - timedelta(minutes=1)))).until == NOW + WINDOW


def test_the_wait_is_not_prolonged_by_looking_again_and_ends() -> None:
    until = NOW + timedelta(minutes=5)

    assert digest(case(Sibling(NOW + WINDOW), digest_until=until)).until == until
    over = digest(case(Sibling(NOW + WINDOW), digest_until=NOW))
    assert (over.outcome, over.sentence) == (None, "waited for news of other orders long enough")


def test_what_waited_once_does_not_wait_again_when_something_else_has_held_it_meanwhile() -> None:
    over = digest(case(Sibling(), digest_until=NOW))
    held = waiting({}, verdicts=(over, Verdict(guard="frequency_cap", outcome=Outcome.DELAY, sentence="many")))

    later = NOW + timedelta(hours=5)
    assert digest(case(Sibling(), now=later, digest_until=digest_until(held))).outcome is None


@pytest.mark.parametrize(
    "changes",
    [
        {"digest_window": timedelta(0)},
        {"urgent": True},
        {"purpose": Purpose.MARKETING},
        {"audience": Audience.MERCHANT},
        {"experiment": Experiment(variants=(Variant(id="a"), Variant(id="b")))},
    ],
)
def test_what_travels_alone_asks_for_no_other_order(changes: dict[str, object]) -> None:
    def asked() -> None:
        pytest.fail("another order was read")

    alone = SHIPPED.model_copy(update=changes)
    assert digest(case(Sibling(), touchpoint=alone, asked=asked)).outcome is None


@given(st.lists(st.integers(0, 40), min_size=2, max_size=8))
def test_no_two_orders_end_their_wait_together_and_none_waits_much_longer(minutes: list[int]) -> None:
    """However close together their news comes: so one leaves first, and finds the others still waiting."""
    ends: list[object] = []
    waits = [None] * len(minutes)
    for place, minute in sorted(enumerate(minutes), key=lambda one: one[1]):
        now = NOW + timedelta(minutes=minute)
        others = [Sibling(until if until and until > now else None) for until in waits]
        verdict = digest(case(*others, now=now))
        waits[place] = verdict.until  # type: ignore[call-overload]
        ends.append(verdict.until)
        assert verdict.until is not None
        assert now < verdict.until <= now + WINDOW + len(minutes) * STEP
    assert len(set(ends)) == len(ends)


def test_the_newest_orders_are_looked_at_and_no_old_one() -> None:
    bought = [Purchase(order_id=f"o{days}", at=NOW - timedelta(days=days)) for days in range(0, 90, 5)]
    found = orders_beside("o0", Shopper(bought=tuple(bought)), NOW)

    assert found == ["o5", "o10", "o15", "o20", "o25"]
    assert len(found) == MOST_ORDERS
    assert orders_beside("o0", Shopper(bought=(Purchase(order_id="old", at=NOW - NEARBY),)), NOW) == []


def test_an_order_is_waited_for_while_it_is_under_way_or_has_news_that_waits() -> None:
    rows = {"shipped#1Z1": LedgerRow(decision=waiting({"digest": Outcome.DELAY}))}

    assert sibling_of(MOVING, {}, NOW) == Sibling(None)
    assert sibling_of(ARRIVED, {}, NOW) is None
    assert sibling_of(ARRIVED, rows, NOW) == Sibling(NOW + WINDOW)
    assert sibling_of(ARRIVED, rows, NOW + WINDOW) is None


@pytest.mark.parametrize(
    ("guards", "travels"),
    [
        ({"digest": Outcome.DELAY}, True),
        ({"digest": Outcome.DELAY, "merge_window": Outcome.DELAY, "fresh": None}, True),
        ({"digest": Outcome.DELAY, "quiet_hours": Outcome.DELAY}, False),
        ({"digest": Outcome.DELAY, "storm": Outcome.DELAY}, False),
        ({"digest": None, "merge_window": Outcome.DELAY}, False),
    ],
)
def test_only_what_waits_for_others_alone_travels(guards: dict[str, Outcome | None], travels: bool) -> None:
    rows = {"shipped#1Z1": LedgerRow(decision=waiting(guards))}
    found = list(free_sections(MOVING, rows, Journey(touchpoints=(SHIPPED,)), HOST))

    assert bool(found) is travels


@pytest.mark.parametrize(
    ("message", "travels"),
    [
        (Message(), True),
        (Message(attempts=1), False),
        (Message(state=MessageState.CLAIMED, attempts=1), False),
        (Message(state=MessageState.SENT, attempts=1), False),
    ],
)
def test_what_is_about_to_leave_travels_unless_somebody_has_tried_to_send_it(message: Message, travels: bool) -> None:
    sending = waiting({}, outcome=Outcome.SEND, until=None, tells=("shipped#1Z1",))
    rows = {"shipped#1Z1": LedgerRow(decision=sending, message=message)}
    found = list(free_sections(MOVING, rows, Journey(touchpoints=(SHIPPED,)), HOST))

    assert bool(found) is travels


def test_what_travels_is_merged_by_a_row_that_names_the_message_and_says_so() -> None:
    rows = {"shipped#1Z1": LedgerRow(decision=waiting({"digest": Outcome.DELAY}))}
    [section] = free_sections(MOVING, rows, Journey(touchpoints=(SHIPPED,)), HOST)
    [merge] = section.merges

    assert merge.merged.outcome is Outcome.MERGE
    assert merge.merged.into == "lead shipped#1Z9"
    assert merge.merged.until is None
    assert merge.merged.reason == "goes with the mail about order #1001 of the same shopper"
    assert [one.told for one in taken_sections(MOVING, rows, Journey(touchpoints=(SHIPPED,)), [merge.name])] == [
        section.told
    ]


def test_several_parcels_of_an_order_are_one_section_however_often_the_message_is_tried() -> None:
    rows = {
        key: LedgerRow(decision=waiting({"digest": Outcome.DELAY}, decision_id=key))
        for key in ("shipped#1Z1", "shipped#1Z2")
    }
    journey = Journey(touchpoints=(SHIPPED,))
    [first] = free_sections(MOVING, rows, journey, HOST)
    names = [merge.name for merge in first.merges]
    [again] = taken_sections(MOVING, rows, journey, names)

    assert again.told == first.told
    assert len(again.told) == 2


def test_news_by_another_channel_or_of_a_touchpoint_that_is_off_stays() -> None:
    text = {"shipped#1Z1": LedgerRow(decision=waiting({"digest": Outcome.DELAY}, channel="sms"))}
    mail = {"shipped#1Z1": LedgerRow(decision=waiting({"digest": Outcome.DELAY}))}
    off = Journey(touchpoints=(SHIPPED.model_copy(update={"enabled": False}),))

    assert list(free_sections(MOVING, text, Journey(touchpoints=(SHIPPED,)), HOST)) == []
    assert list(free_sections(MOVING, mail, off, HOST)) == []


def test_what_was_merged_within_its_order_travels_with_its_lead() -> None:
    lead = waiting({}, outcome=Outcome.SEND, until=None, tells=("shipped#1Z1", "shipped#1Z2"))
    other = waiting({}, decision_id="shipped#1Z2", outcome=Outcome.MERGE, into="shipped#1Z1")
    rows = {"shipped#1Z1": LedgerRow(decision=lead, message=Message()), "shipped#1Z2": LedgerRow(decision=other)}
    [section] = free_sections(MOVING, rows, Journey(touchpoints=(SHIPPED,)), HOST)

    assert [one.decision_id for one in section.told] == ["shipped#1Z1", "shipped#1Z2"]
    assert len(section.merges) == 1
