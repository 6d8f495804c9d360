"""The tracking page shows every parcel and no person."""

import json
from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from porchlight.domain.fold import fold
from porchlight.domain.fulfilments import Parcel
from porchlight.domain.orders import Destination, Item, Person
from porchlight.domain.status import Action, Status, SubStatus
from porchlight.domain.times import TimeQuality, date_only
from porchlight.domain.tracking import Estimate, Place, tracking_event
from porchlight.domain.view import MAX_EVENTS_SHOWN, TrackingView, tracking_view

from tests.domain.stories import (
    JOURNEY,
    ONE,
    START,
    THREE,
    TWO,
    Statement,
    fulfilment,
    heard,
    hours,
    order,
    says,
    scan,
    statements,
    store_says,
)

S = Status
PACKED = store_says(order=order(), packed=[fulfilment(ONE)])


def view(*said: Statement, at: float = 20, checked: dict[str, float] | None = None) -> TrackingView:
    checked_at = {number: hours(hour) for number, hour in (checked or {}).items()}
    return tracking_view(fold(heard(said)), JOURNEY, checked_at, hours(at))


def test_a_parcel_is_shown_with_everything_a_shopper_asks() -> None:
    said = says(ONE, scan(5, S.IN_TRANSIT), scan(9, S.EXCEPTION, SubStatus.ADDRESS_PROBLEM), estimate=date(2026, 6, 4))
    page = view(PACKED, said, checked={ONE: 19})
    assert (page.order, page.placed_at, page.cancelled, page.locale, page.read_at) == (
        "#1001",
        START,
        False,
        "en",
        hours(20),
    )
    [parcel] = page.parcels
    assert (parcel.number, parcel.carrier, parcel.status, parcel.sub_status) == (
        ONE,
        "ups",
        S.EXCEPTION,
        "address_problem",
    )
    assert (parcel.action, parcel.responsible, parcel.since) == (Action.FIX_ADDRESS, "recipient", hours(9))
    assert (parcel.last_scan_at, parcel.checked_at, parcel.silent_since) == (hours(9), hours(19), None)
    assert [item.title for item in parcel.items] == ["Thing 1"]
    assert page.waiting == ()


def test_the_timeline_is_newest_first_by_the_carrier_s_clock() -> None:
    page = view(
        PACKED,
        says(ONE, scan(9, S.OUT_FOR_DELIVERY), scan(5, S.IN_TRANSIT)),
        says(ONE, scan(7, S.IN_TRANSIT, code="b")),
    )
    assert [event.at for event in page.parcels[0].events] == [hours(9), hours(7), hours(5)]


def test_a_long_history_is_cut_to_the_newest() -> None:
    many = [scan(hour, S.IN_TRANSIT, code=f"c{hour}") for hour in range(2, 120)]
    events = view(PACKED, says(ONE, *many)).parcels[0].events
    assert len(events) == MAX_EVENTS_SHOWN
    assert events[0].at == hours(119)


def test_a_date_is_shown_as_a_date() -> None:
    page = view(PACKED, says(ONE, scan(date_only(date(2026, 6, 2), None), S.IN_TRANSIT)))
    [event] = page.parcels[0].events
    assert (event.local, event.quality) == ("2026-06-02", TimeQuality.DATE_ONLY)


def test_a_superseded_parcel_is_not_shown() -> None:
    page = view(PACKED, store_says(packed=[fulfilment(TWO, updated=3)]), says(ONE, scan(5, S.IN_TRANSIT)))
    assert [parcel.number for parcel in page.parcels] == [TWO]


def test_silence_is_shown_since_the_last_scan_and_ends_with_the_next() -> None:
    moving = says(ONE, scan(5, S.IN_TRANSIT))
    assert view(PACKED, moving, at=100).parcels[0].silent_since is None
    assert view(PACKED, moving, at=102).parcels[0].silent_since == hours(5)
    assert view(PACKED, moving, says(ONE, scan(101, S.IN_TRANSIT, code="b")), at=102).parcels[0].silent_since is None


def test_an_estimate_is_no_finer_than_its_source_and_gone_when_the_parcel_has_arrived() -> None:
    first, later = says(ONE, estimate=date(2026, 6, 4), heard=5), says(ONE, estimate=date(2026, 6, 6), heard=9)
    [parcel] = view(PACKED, first, later).parcels
    assert parcel.estimate is not None
    assert (parcel.estimate.day, parcel.estimate.window_start, parcel.first_estimate) == (
        "2026-06-06",
        None,
        "2026-06-04",
    )
    [arrived] = view(PACKED, first, says(ONE, scan(8, S.DELIVERED), estimate=date(2026, 6, 4))).parcels
    assert (arrived.estimate, arrived.first_estimate) == (None, None)


def test_a_window_is_shown_in_the_words_of_its_source() -> None:
    promise = Estimate(day=date(2026, 6, 4), window_start="08:00", window_end="12:00")
    [parcel] = view(store_says(order=order(promised=promise), packed=[fulfilment(ONE)])).parcels
    assert parcel.estimate is not None
    assert (parcel.estimate.window_start, parcel.estimate.window_end) == ("08:00", "12:00")


def test_items_that_no_parcel_holds_are_waiting_and_downloads_are_not() -> None:
    three = (*order(items=3).items[:2], Item(line_id="3", title="Voucher", ships=False))
    page = view(store_says(order=order().model_copy(update={"items": three}), packed=[fulfilment(ONE)]))
    assert [item.title for item in page.waiting] == ["Thing 2"]


def test_a_packing_spread_over_two_parcels_counts_its_items_once() -> None:
    pair = Item(line_id="1", title="Chair", quantity=2)
    page = view(store_says(order=order().model_copy(update={"items": (pair,)}), packed=[fulfilment(ONE, TWO)]))
    assert [item.quantity for item in page.waiting] == [1]


@pytest.mark.parametrize(("shared", "own"), [(ONE, TWO), (TWO, ONE)])
def test_a_box_shared_by_two_packings_leaves_nothing_waiting(shared: str, own: str) -> None:
    packed = [fulfilment(shared, own, lines=[1]), fulfilment(shared, ident="f2", lines=[2])]
    assert view(store_says(order=order(items=2), packed=packed)).waiting == ()


def shown_items(page: TrackingView) -> list[tuple[list[str], tuple[str, ...]]]:
    return [([item.title for item in one.items], one.together_with) for one in page.parcels]


def test_items_of_a_packing_spread_over_parcels_are_shown_once_and_named_as_shared() -> None:
    packed = [fulfilment(THREE, TWO, lines=[1, 2]), fulfilment(ONE, ident="f2", lines=[3])]
    page = view(store_says(order=order(items=3), packed=packed))
    assert shown_items(page) == [(["Thing 3"], ()), (["Thing 1", "Thing 2"], (THREE,)), ([], (TWO,))]


@pytest.mark.parametrize("second", [[TWO, THREE], [THREE, TWO]])
def test_a_box_of_two_packings_ties_together_the_parcels_of_both(second: list[str]) -> None:
    packed = [fulfilment(ONE, TWO, lines=[1]), fulfilment(*second, ident="f2", lines=[2])]
    page = view(store_says(order=order(items=3), packed=packed))
    assert shown_items(page) == [(["Thing 1", "Thing 2"], (TWO, THREE)), ([], (ONE, THREE)), ([], (ONE, TWO))]
    assert [item.title for item in page.waiting] == ["Thing 3"]


def test_a_packing_tied_to_one_already_known_counts_once() -> None:
    triple = Item(line_id="1", title="Chair", quantity=3)
    packed = [fulfilment(ONE), fulfilment(ONE, TWO, ident="f2")]
    page = view(store_says(order=order().model_copy(update={"items": (triple,)}), packed=packed))
    assert [item.quantity for item in page.waiting] == [1]


packings = st.lists(
    st.tuples(st.lists(st.sampled_from([ONE, TWO, THREE, "1Z004"]), max_size=3), st.sets(st.integers(1, 3))), max_size=4
)


@given(packings)
def test_however_it_is_packed_every_piece_is_shown_once(packed: list[tuple[list[str], set[int]]]) -> None:
    nine = tuple(item.model_copy(update={"quantity": 9}) for item in order(items=3).items)
    said = [
        store_says(packed=[fulfilment(*where, ident=f"f{index}", lines=lines)])
        for index, (where, lines) in enumerate(packed)
    ]
    placed = store_says(order=order(items=3).model_copy(update={"items": nine}))
    page = view(placed, *said)
    shown = Counter[str]()
    for item in (*page.waiting, *page.untracked, *(item for parcel in page.parcels for item in parcel.items)):
        shown[item.title] += item.quantity
    assert shown == {"Thing 1": 9, "Thing 2": 9, "Thing 3": 9}
    assert page == view(*reversed(said), placed)


def test_a_packing_without_a_number_is_not_waiting() -> None:
    assert view(store_says(order=order(), packed=[fulfilment()])).waiting == ()


def test_a_link_that_is_not_https_is_left_out() -> None:
    for url, shown in (
        ("javascript:alert(1)", ""),
        ("http://a.example", ""),
        ("https://a.example/1", "https://a.example/1"),
    ):
        packed = fulfilment(ONE).model_copy(update={"parcels": (Parcel(tracking_number=ONE, tracking_url=url),)})
        assert view(store_says(order=order(), packed=[packed])).parcels[0].carrier_url == shown


def test_an_order_of_which_only_the_packing_is_known_has_a_page() -> None:
    page = view(store_says(packed=[fulfilment(ONE)]))
    assert (page.order, page.placed_at, len(page.parcels), page.parcels[0].items) == ("", None, 1, ())


def test_no_person_is_on_the_page() -> None:
    person = Person(first_name="Zebedee", last_name="Quux", email="zq@example.com", phone="+15550100")
    where = Destination(city="Springfield", postal_code="99999", country="GB")
    told = order(shopper=person, recipient=person, destination=where, total="47.11", tags=("vip",))
    at_door = tracking_event(
        "ups",
        date_only(date(2026, 6, 2), None),
        status=S.DELIVERED,
        code="D",
        place=Place(city="Ely", postal_code="98888", country="GB"),
    )
    text = view(store_says(order=told, packed=[fulfilment(ONE)]), says(ONE, at_door)).model_dump_json()
    assert "Ely, GB" in text
    for secret in ("Zebedee", "Quux", "zq@", "5550100", "Springfield", "99999", "98888", "47.11", "vip"):
        assert secret not in text


@settings(max_examples=60, deadline=None)
@given(statements)
def test_any_order_has_a_page_that_survives_json(said: list[Statement]) -> None:
    page = view(*said, at=70)
    assert TrackingView.model_validate(json.loads(page.model_dump_json())) == page
