"""Who ordered again, with the messages and without."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.effects import Tally
from porchlight.domain.experiments import HoldOut
from porchlight.domain.reorders import WITHIN, PlacedOrder, reorders

from tests.domain.stories import START

DAY = timedelta(days=1)
NOW = START + 400 * DAY
HALF = HoldOut(percent=50)
PEOPLE = [f"{number:032x}" for number in range(40)]
HELD = next(one for one in PEOPLE if HALF.has(one))
TOLD = next(one for one in PEOPLE if not HALF.has(one))

orders = st.lists(
    st.builds(
        PlacedOrder,
        st.sampled_from(PEOPLE),
        st.integers(0, 30).map(str),
        st.integers(0, 400).map(lambda day: START + day * DAY),
    ),
    unique_by=lambda one: (one.person, one.order_id),
    max_size=60,
)


def ordered(person: str, *days: int) -> list[PlacedOrder]:
    return [PlacedOrder(person, str(day), START + day * DAY) for day in days]


def test_people_count_once_and_where_they_belong() -> None:
    found = reorders([*ordered(HELD, 0, 10, 20), *ordered(TOLD, 0)], HALF, NOW)
    assert (found.held_out, found.told, found.waiting) == (Tally(sent=1, successes=1), Tally(sent=1), 0)


def test_only_an_order_within_ninety_days_of_the_first_is_one_again() -> None:
    assert reorders(ordered(TOLD, 0, 90), HALF, NOW).told == Tally(sent=1, successes=1)
    assert reorders(ordered(TOLD, 0, 91, 100), HALF, NOW).told == Tally(sent=1)


def test_who_may_still_order_again_waits_even_if_they_did_already() -> None:
    """Else those who are quick would count early, and make every group look better than it is."""
    young = ordered(TOLD, 380, 390)
    assert reorders(young, HALF, NOW) == (Tally(), Tally(), 1)
    assert reorders(young, HALF, START + 380 * DAY + WITHIN).told == Tally(sent=1, successes=1)


def test_who_came_before_the_day_is_left_out_with_all_their_orders() -> None:
    found = reorders([*ordered(TOLD, 0, 60), *ordered(HELD, 50, 60)], HALF, NOW, START + 40 * DAY)
    assert (found.told, found.held_out) == (Tally(), Tally(sent=1, successes=1))


@given(orders, st.randoms(use_true_random=False))
def test_sequence_and_repeats_change_nothing_and_everybody_is_somewhere(found, chance) -> None:
    again = [*chance.sample(found, len(found)), *found]
    counted = reorders(found, HALF, NOW)
    assert reorders(again, HALF, NOW) == counted
    everybody = counted.told.sent + counted.held_out.sent + counted.waiting
    assert everybody == len({one.person for one in found})
    assert counted.told.successes <= counted.told.sent
