"""Contacts per order and their difference: what the interval is worth where one person's orders are alike."""

import random
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.rates import MOST_ORDERS, Counted, compared, counted

people = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 20)), min_size=1, max_size=40)


def alone(orders: int, events: int) -> Counted:
    """Everybody ordered once, and asked once or not at all."""
    return counted([(1, 1)] * events + [(1, 0)] * (orders - events))


def difference(treated: Counted, control: Counted) -> tuple[float, float, float]:
    found = compared(treated, control)
    assert found
    return found.difference


def test_interval_of_one_rate_is_that_of_a_poisson_count_by_its_score() -> None:
    """The limits solve (events - expected)^2 = z^2 * expected; z is 1.96."""
    found = compared(alone(200, 20), alone(100, 10))
    assert found
    z = NormalDist().inv_cdf(0.975)
    for end in (found.treated.low, found.treated.high):
        assert (20 - 200 * end) ** 2 == pytest.approx(z * z * 200 * end)
    assert (found.treated.value, found.control.value) == (0.1, 0.1)


@given(people, people)
def test_difference_lies_in_its_interval_and_turns_with_the_groups(ours: list, theirs: list) -> None:
    value, low, high = difference(counted(ours), counted(theirs))
    assert low <= value <= high
    assert difference(counted(theirs), counted(ours)) == (
        pytest.approx(-value),
        pytest.approx(-high),
        pytest.approx(-low),
    )


@given(people, people, st.randoms())
def test_order_of_people_makes_no_difference(ours: list, theirs: list, dice: random.Random) -> None:
    shuffled = dice.sample(ours, len(ours))
    assert difference(counted(shuffled), counted(theirs)) == pytest.approx(difference(counted(ours), counted(theirs)))


def test_contacts_of_few_people_tell_less_than_those_of_many() -> None:
    many, few = alone(1000, 100), counted([(10, 10)] * 10 + [(10, 0)] * 90)
    assert (many.orders, many.events) == (few.orders, few.events)
    wide, narrow = (difference(group, group) for group in (few, many))
    assert wide[2] - wide[1] > 2 * (narrow[2] - narrow[1])


def test_group_of_which_nobody_asked_may_still_have_asked() -> None:
    found = compared(alone(1000, 100), alone(20, 0))
    assert found
    assert (found.control.value, found.control.low) == (0, 0)
    assert found.control.high > 0.1
    assert not found.difference.is_clear


def test_nothing_is_compared_with_a_group_without_orders() -> None:
    assert compared(alone(10, 1), counted([])) is None
    assert compared(counted([]), alone(10, 1)) is None


def test_orders_that_were_asked_for_are_enough() -> None:
    """Four times the orders halve the interval; so many as were asked for make the same difference clear."""
    first = compared(alone(2000, 200), alone(200, 26))
    assert first
    assert first.more_orders
    assert not first.difference.is_clear
    times = 1 + first.more_orders / 2200
    later = compared(alone(round(2000 * times), round(200 * times)), alone(round(200 * times), round(26 * times)))
    assert later
    assert later.difference.is_clear
    assert later.more_orders == 0


def test_no_number_of_orders_finds_a_difference_that_is_not_there() -> None:
    found = compared(alone(2000, 200), alone(200, 20))
    assert found
    assert found.more_orders is None


@given(people, people)
def test_orders_to_wait_for_are_never_too_many_to_wait_for(ours: list, theirs: list) -> None:
    found = compared(counted(ours), counted(theirs))
    assert found
    assert (found.more_orders == 0) == found.difference.is_clear
    assert found.more_orders is None or 0 <= found.more_orders <= MOST_ORDERS


def drawn(dice: random.Random, size: int, rate: float, temper: float) -> list[tuple[int, int]]:
    """People with one order or several, some of whom ask far more than others; the less `temper`, the more so."""
    return [(orders, asked(dice, orders, rate, temper)) for orders in (ordered(dice) for _ in range(size))]


def ordered(dice: random.Random) -> int:
    return 1 + sum(dice.random() < 0.35 for _ in range(4))


def asked(dice: random.Random, orders: int, rate: float, temper: float) -> int:
    own = dice.gammavariate(temper, rate / temper) if temper else rate
    return dice.binomialvariate(100 * orders, min(1.0, own / 100))


@pytest.mark.parametrize(
    ("treated", "control", "temper"), [(0.10, 0.15, 0.5), (0.05, 0.05, 0.5), (0.20, 0.30, 2), (0.10, 0.12, 0)]
)
def test_interval_holds_the_truth_as_often_as_it_says(treated: float, control: float, temper: float) -> None:
    """95 in 100; were every order taken for one of its own, it would be 86 in the first case."""
    dice, held, rounds = random.Random(11), 0, 400
    for _ in range(rounds):
        ours, theirs = drawn(dice, 500, treated, temper), drawn(dice, 80, control, temper)
        _, low, high = difference(counted(ours), counted(theirs))
        held += low <= treated - control <= high
    assert 0.92 <= held / rounds <= 0.99


def test_nothing_is_claimed_where_there_is_nothing() -> None:
    dice, clear, rounds = random.Random(12), 0, 400
    for _ in range(rounds):
        found = compared(counted(drawn(dice, 500, 0.1, 0.5)), counted(drawn(dice, 80, 0.1, 0.5)))
        clear += bool(found and found.difference.is_clear)
    assert clear / rounds <= 0.08
