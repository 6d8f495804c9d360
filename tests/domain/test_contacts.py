"""Which order a contact is about, and which orders count."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.contacts import Contact, ContactCounts, Span, count_contacts, span_of
from porchlight.domain.experiments import HoldOut
from porchlight.domain.reorders import PlacedOrder

START = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
WITHIN = 60 * DAY
HALF = HoldOut(percent=50)
HELD = next(str(number) for number in range(99) if HALF.has(str(number)))
TOLD = next(str(number) for number in range(99) if not HALF.has(str(number)))
YEAR = Span(START, START + 365 * DAY)


def placed(order_id: str, day: float, person: str = TOLD) -> PlacedOrder:
    return PlacedOrder(person, order_id, START + day * DAY)


def asked(day: float, person: str = TOLD, *orders: str) -> Contact:
    return Contact(START + day * DAY, person, orders)


def count(orders: list[PlacedOrder], *contacts: Contact, span: Span = YEAR) -> ContactCounts:
    return count_contacts(contacts, orders, HALF, span, WITHIN)


def test_contact_is_about_the_latest_order_its_writer_had_placed() -> None:
    orders = [placed("first", 10), placed("second", 50)]
    assert count(orders, asked(49), asked(51)).told.events == 2
    only_first = Span(START, START + 75 * DAY)
    found = count(orders, asked(49), asked(51), span=only_first)
    assert (found.told.orders, found.told.events, found.aside, found.waiting) == (1, 1, 1, 1)


def test_contact_counts_only_within_so_many_days() -> None:
    orders = [placed("one", 10)]
    found = count(orders, asked(9.9), asked(10), asked(70), asked(70.1))
    assert (found.told.events, found.aside, found.strangers) == (2, 2, 0)


def test_order_number_says_more_than_the_writer() -> None:
    orders = [placed("theirs", 10), placed("partner's", 10, HELD)]
    found = count(orders, asked(12, TOLD, "partner's"), asked(12, "", "partner's"))
    assert (found.told.events, found.held_out.events) == (0, 2)


def test_of_two_shops_orders_with_one_number_the_writers_own_is_meant() -> None:
    orders = [placed("here", 10), placed("there", 10, HELD), placed("later", 20)]
    found = count(orders, asked(21, HELD, "here", "there"), asked(21, TOLD, "there", "here"))
    assert (found.told.events, found.held_out.events) == (1, 1)


def test_number_that_settles_nothing_leaves_it_to_the_writer() -> None:
    orders = [placed("mine", 10), placed("a", 10, HELD), placed("b", 10, HELD)]
    found = count(orders, asked(12, TOLD, "a", "b"), asked(12, "", "a", "b"), asked(12, TOLD, "unknown"))
    assert (found.told.events, found.held_out.events, found.strangers) == (2, 0, 1)


def test_somebody_without_an_order_is_a_stranger() -> None:
    assert count([placed("one", 1)], asked(2, "nobody"), asked(2, "")).strangers == 2


def test_order_counts_when_all_its_days_are_over_and_in_the_file() -> None:
    orders = [placed("early", -1), placed("first", 0), placed("last", 305), placed("late", 306)]
    found = count(orders, asked(306))
    assert (found.told.orders, found.waiting) == (2, 2)
    assert (found.told.events, found.aside) == (0, 1), "what is about an order that does not count counts for none"


def test_groups_are_those_of_the_hold_out_and_each_person_is_one() -> None:
    orders = [placed("1", 1), placed("2", 2), placed("3", 3, HELD), placed("4", 4, HELD), placed("5", 5, "0" + HELD)]
    found = count(orders, asked(1), asked(2), asked(3, HELD), asked(4, HELD), asked(4, HELD))
    assert found.told.people + found.held_out.people == 3
    assert (found.held_out.events, found.told.events) == (3, 2)


def test_order_that_is_told_twice_counts_once() -> None:
    assert count([placed("one", 1), placed("one", 1)], asked(2)).told.orders == 1


def test_span_goes_from_the_first_contact_to_the_last_but_not_beyond_now_or_before_since() -> None:
    moments = [START + 5 * DAY, START, START + 9 * DAY]
    assert span_of(moments, START + 99 * DAY) == (START, START + 9 * DAY)
    assert span_of(moments, START + 7 * DAY, START + DAY) == (START + DAY, START + 7 * DAY)
    assert span_of(moments, START + 7 * DAY, START - DAY) == (START, START + 7 * DAY)


days = st.integers(0, 400)
persons = st.sampled_from([TOLD, HELD, "somebody", ""])
ids = st.sampled_from(["a", "b", "c"])


@given(
    st.lists(st.builds(placed, ids, days, st.sampled_from([TOLD, HELD])), max_size=8),
    st.lists(st.builds(asked, days, persons, ids), max_size=8),
    st.randoms(),
)
def test_every_contact_and_every_order_is_somewhere_whatever_their_order(orders: list, contacts: list, dice) -> None:
    found = count(orders, *contacts)
    assert found.told.events + found.held_out.events + found.strangers + found.aside == len(contacts)
    assert found.told.orders + found.held_out.orders + found.waiting == len(set(orders))
    again = count(dice.sample(orders, len(orders)), *dice.sample(contacts, len(contacts)))
    assert again == found
