"""What the store's own news names: amounts that can be read, lines that the order knows, and nothing of other news."""

import pytest
from porchlight.domain.fulfilments import Edit, HoldReason, HoldSnapshot, PackedItem, Refund
from porchlight.domain.journeys import Trigger
from porchlight.domain.ledger import Decision, Outcome
from porchlight.domain.order_news import MAX_REFUNDS, Money, OrderNews, order_news
from porchlight.domain.store_news import StoreUpdate

from tests.domain.stories import Story, hours, order, store_says

KNOWN = order(items=3)
LINES = {item.line_id: item for item in KNOWN.items}


def refund(ident: str, amount: str = "5.00", currency: str = "EUR", *lines: str) -> Refund:
    items = tuple(PackedItem(line_id=line) for line in lines)
    return Refund(refund_id=ident, refunded_at=hours(2), amount=amount, currency=currency, items=items)


def told(trigger: Trigger, *keys: str, **said: object) -> OrderNews:
    news = StoreUpdate(source="shopify", vendor_order_id="77", topic="news").model_copy(update=said)
    state = Story().hears(store_says(order=KNOWN), news).state
    decisions = [
        Decision(
            decision_id=f"one#{key}",
            touchpoint="one",
            occurrence=key,
            trigger=trigger.value,
            rule_version="v1",
            outcome=Outcome.SEND,
            decided_at=hours(3),
            happened_at=hours(2),
        )
        for key in keys
    ]
    return order_news(state, decisions[0], decisions, LINES)


def test_a_message_names_its_own_refund_and_no_other() -> None:
    one = told(Trigger.REFUNDED, "refund.b", refunds=(refund("a", "1.00"), refund("b", "2.50", "EUR", "2", "9")))
    assert one.refunds == (Money(amount="2.50", currency="EUR"),)
    assert [item.title for item in one.refunded] == ["Thing 2"]


def test_a_cancellation_names_every_refund_up_to_a_limit() -> None:
    several = tuple(refund(str(index)) for index in range(MAX_REFUNDS + 2))
    assert len(told(Trigger.ORDER_CANCELLED, "cancelled", refunds=several).refunds) == MAX_REFUNDS


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("", "EUR"), ("0.00", "EUR"), ("-3.00", "EUR"), ("5,00", "EUR"), ("5.00", ""), ("5", "<b>")],
)
def test_an_amount_that_can_not_be_read_or_is_nothing_is_not_named(amount: str, currency: str) -> None:
    assert told(Trigger.REFUNDED, "refund.a", refunds=(refund("a", amount, currency),)).refunds == ()


def test_an_edit_names_what_came_and_what_went_as_far_as_the_order_knows_it() -> None:
    edit = Edit(
        edit_id="e", edited_at=hours(2), added=(PackedItem(line_id="3"),), removed=(PackedItem(line_id="gone"),)
    )
    one = told(Trigger.ORDER_EDITED, "edit.e", edits=(edit,))
    assert ([item.title for item in one.added], one.removed) == (["Thing 3"], ())


def test_a_hold_names_its_reason() -> None:
    hold = HoldSnapshot(hold_id="h", updated_at=hours(2), held=True, reason=HoldReason.SCHEDULED)
    assert told(Trigger.ORDER_HELD, "hold.h.scheduled", holds=(hold,)).held_for is HoldReason.SCHEDULED
    assert told(Trigger.ORDER_PLACED, "order", holds=(hold,)) == OrderNews()


def test_what_runs_out_is_the_line_that_the_occurrence_names() -> None:
    assert [item.title for item in told(Trigger.REPLENISH, "replenish.2").runs_out] == ["Thing 2"]
