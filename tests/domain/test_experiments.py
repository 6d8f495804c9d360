"""Who gets which variant, who gets nothing, and what the difference is worth."""

import random
import statistics
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.decide import Plan, decide
from porchlight.domain.draws import beta_draw, position
from porchlight.domain.effects import Tally, effect, share
from porchlight.domain.experiments import Experiment, HoldOut, Unit, Variant, unit_of, variant_for
from porchlight.domain.journeys import Journey, Touchpoint
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.situation import Situation
from porchlight.domain.status import Status
from pydantic import ValidationError

from tests.builders import store_says
from tests.domain.stories import ONE, Story, fulfilment, hours, order, says, scan

FIXED = Experiment(variants=(Variant(id="plain", share=3), Variant(id="warm", share=1)))
LEARNING = Experiment(variants=(Variant(id="plain"), Variant(id="warm")), learns=True)
PEOPLE = [str(number) for number in range(4000)]
tallies = st.builds(Tally, sent=st.integers(0, 99), successes=st.integers(0, 99), harms=st.integers(0, 3))


def given_to(experiment: Experiment, unit: str, counted: dict[str, Tally] | None = None) -> str:
    variant = variant_for(experiment, "delivered", unit, counted or {})
    assert variant is not None
    return variant.id


@given(st.text(), st.dictionaries(st.sampled_from(["plain", "warm"]), tallies))
def test_same_shopper_always_gets_the_same(unit: str, counted: dict[str, Tally]) -> None:
    for experiment in (FIXED, LEARNING):
        assert given_to(experiment, unit, counted) == given_to(experiment, unit, counted)


def test_shares_are_as_written() -> None:
    warm = sum(given_to(FIXED, unit) == "warm" for unit in PEOPLE)
    assert warm / len(PEOPLE) == pytest.approx(0.25, abs=0.02)
    held = sum(HoldOut(percent=10).has(unit) for unit in PEOPLE)
    assert held / len(PEOPLE) == pytest.approx(0.1, abs=0.015)


def test_hold_out_and_variants_are_drawn_apart() -> None:
    held = [unit for unit in PEOPLE if HoldOut(percent=50).has(unit)]
    warm = sum(given_to(FIXED, unit) == "warm" for unit in held)
    assert warm / len(held) == pytest.approx(0.25, abs=0.03)
    again = [unit for unit in held if HoldOut(percent=50, draw="spring").has(unit)]
    assert len(again) / len(held) == pytest.approx(0.5, abs=0.04)


def test_wider_hold_out_keeps_who_was_in_it() -> None:
    assert all(HoldOut(percent=20).has(unit) for unit in PEOPLE if HoldOut(percent=10).has(unit))
    assert not any(HoldOut().has(unit) for unit in PEOPLE)


def test_what_works_gets_more_and_what_is_unknown_is_still_tried() -> None:
    clear = {"plain": Tally(sent=500, successes=50), "warm": Tally(sent=500, successes=150)}
    assert Counter(given_to(LEARNING, unit, clear) for unit in PEOPLE)["warm"] > 0.99 * len(PEOPLE)
    vague = {"plain": Tally(sent=500, successes=50)}
    found = Counter(given_to(LEARNING, unit, vague) for unit in PEOPLE)
    assert found["warm"] / len(PEOPLE) == pytest.approx(0.9, abs=0.03)
    even = Counter(given_to(LEARNING, unit) for unit in PEOPLE)
    assert even["warm"] / len(PEOPLE) == pytest.approx(0.5, abs=0.03)


def test_what_does_harm_is_no_longer_used_and_nobody_else_changes() -> None:
    harmful = {"warm": Tally(sent=300, successes=300, harms=30)}
    assert {given_to(LEARNING, unit, harmful) for unit in PEOPLE} == {"plain"}
    three = Experiment(variants=(Variant(id="plain"), Variant(id="warm"), Variant(id="short")))
    before = {unit: given_to(three, unit) for unit in PEOPLE}
    after = {unit: given_to(three, unit, harmful) for unit in PEOPLE}
    assert {after[unit] for unit in PEOPLE if before[unit] == "warm"} == {"plain", "short"}
    assert all(after[unit] == before[unit] for unit in PEOPLE if before[unit] != "warm")
    everyone = dict.fromkeys(["plain", "warm"], Tally(sent=300, harms=30))
    assert given_to(LEARNING, "1", everyone) == "plain"


def test_one_complaint_is_no_proof_of_harm() -> None:
    assert "warm" in {given_to(LEARNING, unit, {"warm": Tally(sent=20, harms=1)}) for unit in PEOPLE[:50]}


@given(tallies)
def test_posterior_counts_every_message_once(tally: Tally) -> None:
    assert sum(tally.posterior) == tally.sent + 2
    assert min(tally.posterior) >= 1


@given(st.lists(st.text(), max_size=3))
def test_position_is_a_share(words: list[str]) -> None:
    assert 0 < position(*words) < 1


@pytest.mark.parametrize(("alpha", "beta"), [(1, 1), (3, 9), (400, 100)])
def test_draws_have_the_mean_and_spread_of_their_distribution(alpha: int, beta: int) -> None:
    draws = [beta_draw(alpha, beta, unit) for unit in PEOPLE]
    mean = alpha / (alpha + beta)
    deviation = (mean * (1 - mean) / (alpha + beta + 1)) ** 0.5
    assert statistics.mean(draws) == pytest.approx(mean, abs=deviation / 12)
    assert statistics.stdev(draws) == pytest.approx(deviation, rel=0.06)


def test_variants_must_be_told_apart_and_used() -> None:
    for wrong in ((Variant(id="a"), Variant(id="a")), (Variant(id="a", share=0),)):
        with pytest.raises(ValidationError):
            Experiment(variants=wrong)


# --- the effect


def test_effect_is_what_newcombe_printed() -> None:
    """56 of 70 against 48 of 80: his first example, 0.0524 to 0.3339."""
    found = effect(Tally(sent=70, successes=56), Tally(sent=80, successes=48))
    assert found.value == pytest.approx(0.2)
    assert (found.low, found.high) == (pytest.approx(0.0524, abs=1e-4), pytest.approx(0.3339, abs=1e-4))
    assert found.is_clear


def test_nothing_counted_may_be_anything() -> None:
    assert share(0, 0) == (0, 0, 1)
    assert not effect(Tally(), Tally(sent=9, successes=9)).is_clear


@given(tallies, tallies)
def test_effect_lies_in_its_interval(ours: Tally, theirs: Tally) -> None:
    found, turned = effect(ours, theirs), effect(theirs, ours)
    assert -1 <= found.low <= found.value <= found.high <= 1
    assert (found.low, found.high) == (pytest.approx(-turned.high), pytest.approx(-turned.low))


@pytest.mark.parametrize(("treated", "control"), [(0.10, 0.05), (0.5, 0.5), (0.02, 0.01)])
def test_interval_holds_the_truth_as_often_as_it_says(treated: float, control: float) -> None:
    chance, held, rounds = random.Random(7), 0, 1000
    for _ in range(rounds):
        ours = Tally(sent=200, successes=chance.binomialvariate(200, treated))
        theirs = Tally(sent=80, successes=chance.binomialvariate(80, control))
        found = effect(ours, theirs)
        held += found.low <= treated - control <= found.high
    assert 0.93 <= held / rounds <= 0.995


# --- in a journey


def point(**changes: object) -> Touchpoint:
    return Touchpoint.model_validate(
        {"id": "delivered", "trigger": "delivered", "fresh_for": timedelta(days=9), **changes}
    )


def looked(journey: Journey, at: float = 6, story: Story | None = None, **situation: object) -> Plan:
    told = (story or Story()).hears(store_says(order=order(marketing_consent=True), packed=[fulfilment(ONE)]))
    told.hears(says(ONE, scan(5, Status.DELIVERED)))
    ledger = story.ledger if story else {}
    found = Situation({Audience.SHOPPER: ("email", "sms")})._replace(**situation)
    return decide(told.state, ledger, journey, found, hours(at))


def test_decision_names_its_variant_and_has_its_wait_and_channel() -> None:
    variant = Variant(id="late", wait="2h", channels=("sms",))
    journey = Journey(touchpoints=(point(experiment=Experiment(variants=(variant,))),))
    early = looked(journey)
    assert (early.decisions, early.look_again_at) == ((), hours(7))
    [decision] = looked(journey, at=7).decisions
    assert (decision.outcome, decision.variant, decision.channel) == ("send", "late", "sms")
    [usual] = looked(Journey(touchpoints=(point(),))).decisions
    assert (usual.variant, usual.channel) == ("", "email")


def test_order_keeps_the_variant_it_was_given_whatever_is_counted_since() -> None:
    story = Story()
    journey = Journey(touchpoints=(point(experiment=LEARNING, review_hold=True, fresh_for=timedelta(days=90)),))
    for given_first in ("plain", "warm"):
        other = {"delivered": {given_first: Tally(sent=999), "plain warm".replace(given_first, "").strip(): Tally()}}
        [held] = looked(journey, story=story).decisions
        assert held.outcome == "delay"
        story.ledger = {held.decision_id: held.model_copy(update={"variant": given_first})}
        [sent] = looked(journey, at=24 * 9, story=story, tallies=other).decisions
        assert (sent.outcome, sent.variant) == ("send", given_first)
        story.ledger = {}


def test_shopper_gets_the_same_in_every_order() -> None:
    ours = order()
    assert unit_of("a", ours) == unit_of("b", ours)
    assert unit_of("a", ours, Unit.ORDER) != unit_of("b", ours, Unit.ORDER)
    assert "ada" not in unit_of("a", ours)


HELD_OUT = HoldOut(
    percent=50, draw=next(word for word in PEOPLE if HoldOut(percent=50, draw=word).has(unit_of("", order())))
)


def test_who_is_held_out_gets_nothing_and_the_ledger_says_why() -> None:
    offer = point(purpose=Purpose.MARKETING)
    [decision] = looked(Journey(touchpoints=(offer,), hold_out=HELD_OUT)).decisions
    assert decision.outcome == "drop"
    assert decision.reason == "one of the 50 in 100 who get no such messages, so that their effect can be measured"
    [told] = looked(Journey(touchpoints=(offer,))).decisions
    assert told.outcome == "send"


def test_news_of_the_order_is_held_out_only_when_the_merchant_says_so_and_never_when_urgent() -> None:
    everything = HELD_OUT.model_copy(update={"purposes": tuple(Purpose)})
    outcomes = [
        looked(Journey(touchpoints=(point(urgent=urgent),), hold_out=group)).decisions[0].outcome
        for group in (HELD_OUT, everything)
        for urgent in (False, True)
    ]
    assert outcomes == ["send", "send", "drop", "send"]
