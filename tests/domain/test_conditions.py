"""Conditions: what is wrong is found when the file is checked, and what holds is told by the order's facts."""

from time import process_time

import pytest
from porchlight.domain.conditions import ConditionError, ConditionFailedError, checked, holds
from porchlight.domain.journey_checks import compiled, wrong_conditions
from porchlight.domain.journeys import Journey
from porchlight.domain.rule_facts import DOCUMENTED, FACTS, SAMPLE, Facts, rule_facts
from porchlight.domain.segments import condition_holds
from porchlight.domain.shopper import Shopper
from porchlight.domain.status import Status

from tests.builders import store_says
from tests.domain.stories import ONE, TWO, Story, fulfilment, hours, order, says, scan


def facts(**changes: object) -> Facts:
    told = store_says(order=order(total="120.50", tags=("vip",), **changes), packed=[fulfilment(ONE, TWO)])
    state = Story().hears(told, says(ONE, scan(5, Status.IN_TRANSIT)), says(TWO, scan(20, Status.DELIVERED))).state
    assert state.order
    return rule_facts(state, state.order, Shopper(orders=3), state.parcels[0], hours(48))


def journey(**conditions: str) -> Journey:
    touchpoints = [{"id": name, "trigger": "delivered", "when": text} for name, text in conditions.items()]
    return Journey.model_validate(
        {"segments": {"returning": {"when": "customer.orders >= 2"}}, "touchpoints": touchpoints}
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("order.total > 100.0 && 'vip' in order.tags", True),
        ("order.total > 200.0", False),
        ("customer.orders >= 2 && !order.gift", True),
        ("parcels.exists(p, p.status == 'delivered')", True),
        ("parcels.all(p, p.status == 'delivered')", False),
        ("milestones.delivered == 1 && milestones.parcels == 2 && !milestones.complete", True),
        ("parcel.status == 'in_transit' && parcel.silent_hours > 40.0", True),
        ("order.age_days > 1.9 && now.weekday == 3", True),
        ("order.days_past_promise == -999", True),
        ("order.country == ''", True),
    ],
)
def test_condition_looks_at_the_order(text: str, *, expected: bool) -> None:
    assert holds(checked(text), facts()) is expected


@pytest.mark.parametrize(
    ("text", "says_what"),
    [
        ("order.totl > 1.0", "undeclared reference to 'order.totl'"),
        ("order.total > 100", "write a decimal number: 100.0"),
        ("order.tags > 1", "no matching overload"),
        ("parcel.status", "gives string where true or false is needed"),
        ("order.total >", "Syntax error"),
        ("segment.nobody", "undeclared reference to 'segment.nobody'"),
        ("true || " * 200 + "true", "longer than"),
    ],
)
def test_what_is_wrong_is_found_when_it_is_checked(text: str, says_what: str) -> None:
    with pytest.raises(ConditionError, match="(?i)" + says_what.replace("'", ".")):
        checked(text)


def test_every_wrong_condition_is_told_with_its_place() -> None:
    wrong = journey(one="order.totl > 1.0", two="parcels.exists(p, p.stat == 'x')", three="segment.returning")
    assert [where for where, _ in wrong_conditions(wrong)] == [("touchpoints", 0, "when"), ("touchpoints", 1, "when")]
    assert "a parcel has no stat" in wrong_conditions(wrong)[1][1]


def test_segment_is_defined_once_and_used_by_name() -> None:
    rules = compiled(journey(one="segment.returning && order.total > 100.0"))
    program = rules.touchpoints[0].program
    assert condition_holds(program, rules.segments, facts()) is True
    assert condition_holds(program, rules.segments, {**facts(), "customer.orders": 1}) is False


def test_condition_that_can_not_be_told_says_why_and_does_not_hold() -> None:
    program = checked("1 / (milestones.parcels - 2) == 1")
    with pytest.raises(ConditionFailedError, match="divide by zero"):
        holds(program, facts())
    assert condition_holds(program, {}, facts()) == "INVALID_ARGUMENT: divide by zero"


def test_every_fact_is_documented_has_a_value_and_a_sample() -> None:
    assert facts().keys() == FACTS.keys() == DOCUMENTED.keys() == SAMPLE.keys()
    assert all(fact.meaning for fact in DOCUMENTED.values())


def test_touchpoint_with_a_condition_is_dropped_with_the_condition_as_its_reason() -> None:
    rules = compiled(
        Journey.model_validate(
            {"touchpoints": [{"id": "delivered", "trigger": "delivered", "when": "order.total > 500.0"}]}
        )
    )
    story = Story(journey=rules).hears(store_says(order=order(total="20.00"), packed=[fulfilment(ONE)]))
    story.hears(says(ONE, scan(5, Status.DELIVERED))).looks(6)
    [decision] = story.ledger.values()
    assert (decision.outcome, decision.reason) == ("drop", "this order does not meet: order.total > 500.0")


def test_conditions_are_quick() -> None:
    program, known = checked("order.total > 100.0 && parcels.exists(p, p.status == 'delivered')"), facts()
    holds(program, known)
    begun = process_time()
    for _ in range(200):
        holds(program, known)
    assert process_time() - begun < 0.2, "a millisecond each at most"
