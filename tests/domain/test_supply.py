"""How long a product lasts with one shopper."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.orders import Item, OrderSnapshot
from porchlight.domain.supply import LONGEST, MOST_PRODUCTS, Purchase, bought_since, lasts_with, purchase_of

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MONTH = 30 * DAY


def purchases(*days: float, pieces: int = 1) -> list[Purchase]:
    return [
        Purchase(order_id=f"o{index}", at=START + day * DAY, pieces={"TEA": pieces}) for index, day in enumerate(days)
    ]


def days(span: timedelta) -> float:
    return round(span / DAY, 1)


def test_who_never_bought_it_twice_gets_the_merchants_word() -> None:
    assert lasts_with("TEA", 1, MONTH, []) == MONTH
    assert lasts_with("TEA", 1, MONTH, purchases(0)) == MONTH


def test_more_pieces_last_longer() -> None:
    assert lasts_with("TEA", 3, MONTH, []) == 3 * MONTH


def test_each_purchase_moves_it_towards_the_shoppers_own_pace() -> None:
    learned = [days(lasts_with("TEA", 1, MONTH, purchases(*range(0, 15 * count, 15)))) for count in (1, 2, 3, 11)]
    assert learned == [30.0, 23.8, 21.2, 16.8]


def test_two_pieces_that_lasted_two_months_are_a_month_each() -> None:
    assert days(lasts_with("TEA", 1, MONTH, purchases(0, 60, 120, pieces=2))) == 30.0


def test_a_forgotten_year_does_not_stretch_everything() -> None:
    steady, forgetful = purchases(0, 30, 60, 90), purchases(0, 30, 60, 420)
    assert days(lasts_with("TEA", 1, MONTH, forgetful)) < 2 * days(lasts_with("TEA", 1, MONTH, steady))


def test_other_products_say_nothing() -> None:
    coffee = [Purchase(order_id=f"c{day}", at=START + day * DAY, pieces={"COFFEE": 1}) for day in range(0, 50, 5)]
    assert lasts_with("TEA", 1, MONTH, coffee) == MONTH
    assert not bought_since("TEA", START, coffee)


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 9)), max_size=12),
    st.integers(1, 500),
    st.integers(1, 400),
)
def test_whatever_was_bought_it_ends_and_the_order_of_hearing_does_not_matter(
    bought: list[tuple[int, int]], pieces: int, usual: int
) -> None:
    heard = [
        Purchase(order_id=f"o{index}", at=START + at * DAY, pieces={"TEA": n}) for index, (at, n) in enumerate(bought)
    ]
    span = lasts_with("TEA", pieces, usual * DAY, heard)
    assert timedelta(0) < span <= LONGEST
    backwards = lasts_with("TEA", pieces, usual * DAY, heard[::-1])
    assert abs(span - backwards) < timedelta(seconds=1)


@pytest.mark.parametrize(("day", "again"), [(0, True), (29, True), (30, False)])
def test_a_later_purchase_is_more_than_this_order_brought(day: int, again: bool) -> None:
    assert bought_since("TEA", START + day * DAY, purchases(0, 30)) is again


def test_an_order_adds_its_pieces_by_sku_and_else_by_the_stores_id() -> None:
    items = (
        Item(line_id="1", title="Tea", sku="TEA", product_id="p1", quantity=2),
        Item(line_id="2", title="Tea, gift", sku="TEA", quantity=1),
        Item(line_id="3", title="Filter", product_id="p3"),
        Item(line_id="4", title="Note"),
        Item(line_id="5", title="Gone", sku="GONE", quantity=0),
    )
    order = OrderSnapshot(vendor_order_id="1", number="#1", updated_at=START, placed_at=START, items=items)
    assert purchase_of("o1", order) == Purchase(order_id="o1", at=START, pieces={"TEA": 3, "p3": 1})
    cancelled = order.model_copy(update={"cancelled_at": START})
    assert purchase_of("o1", cancelled) == Purchase(order_id="o1", at=START)


def test_an_order_of_very_many_products_stays_small() -> None:
    items = tuple(Item(line_id=str(index), title="x", sku=f"S{index}") for index in range(500))
    order = OrderSnapshot(vendor_order_id="1", number="#1", updated_at=START, placed_at=START, items=items)
    assert len(purchase_of("o1", order).pieces) == MOST_PRODUCTS
