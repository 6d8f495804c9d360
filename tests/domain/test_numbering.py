"""Which number stands for which parcel: replaced, dead before the first scan, or on its way back."""

import pytest
from porchlight.domain.fold import fold
from porchlight.domain.fulfilments import PackedItem, Parcel, ReturnSnapshot, ReturnState
from porchlight.domain.state import OrderState, ShipmentState
from porchlight.domain.status import Status
from porchlight.domain.store_news import StoreUpdate

from tests.builders import Statement, heard, store_says
from tests.domain.stories import ONE, THREE, TWO, fulfilment, hours, order, says, scan

BACK = "1Z009"


def told(*said: Statement) -> OrderState:
    return fold(heard([store_says(order=order(items=2)), *said]))


def shipment(state: OrderState, number: str) -> ShipmentState:
    return next(one for one in state.shipments if one.tracking_number == number)


def returned(state: ReturnState, *numbers: str, lines: tuple[str, ...] = ("1",)) -> StoreUpdate:
    snapshot = ReturnSnapshot(
        return_id="r1",
        updated_at=hours(200),
        state=state,
        parcels=tuple(Parcel(tracking_number=number, carrier="ups") for number in numbers),
        items=tuple(PackedItem(line_id=line) for line in lines),
    )
    return store_says().model_copy(update={"returns": (snapshot,)})


def test_a_replaced_number_knows_its_successor() -> None:
    old = store_says(packed=[fulfilment(ONE)])
    new = store_says(packed=[fulfilment(TWO, updated=5)])
    for said in ((old, new), (new, old)):
        state = told(*said)
        assert [one.tracking_number for one in state.parcels] == [TWO]
        assert (shipment(state, ONE).superseded, shipment(state, ONE).replaced_by) == (True, (TWO,))


def test_a_fulfilment_that_was_undone_and_made_anew_is_the_successor() -> None:
    undone = store_says(packed=[fulfilment(ONE, updated=4, cancelled=True)])
    anew = store_says(packed=[fulfilment(TWO, ident="f2", created=5, updated=5)])
    other = store_says(packed=[fulfilment(THREE, ident="f3", lines=(2,), created=6, updated=6)])
    assert shipment(told(undone, anew, other), ONE).replaced_by == (TWO,)


@pytest.mark.parametrize("end", [Status.CANCELLED, Status.EXPIRED])
def test_a_label_that_died_unscanned_beside_another_is_superseded(end: Status) -> None:
    packed = store_says(packed=[fulfilment(ONE, TWO)])
    state = told(packed, says(ONE, scan(2, Status.PRE_TRANSIT), scan(4, end)), says(TWO, scan(5, Status.IN_TRANSIT)))
    assert [one.tracking_number for one in state.parcels] == [TWO]
    assert shipment(state, ONE).replaced_by == (TWO,)
    assert len(shipment(state, ONE).events) == 2


def test_a_dead_label_without_another_still_counts() -> None:
    state = told(store_says(packed=[fulfilment(ONE)]), says(ONE, scan(4, Status.CANCELLED)))
    assert [one.tracking_number for one in state.parcels] == [ONE]


def test_two_dead_labels_do_not_stand_for_one_another() -> None:
    dead = (says(number, scan(4, Status.CANCELLED)) for number in (ONE, TWO))
    state = told(store_says(packed=[fulfilment(ONE, TWO)]), *dead)
    assert len(state.parcels) == 2


def test_a_parcel_that_moved_is_not_dead() -> None:
    packed = store_says(packed=[fulfilment(ONE, TWO)])
    state = told(packed, says(ONE, scan(3, Status.IN_TRANSIT), scan(400, Status.EXPIRED)))
    assert len(state.parcels) == 2


def test_a_return_leg_is_linked_to_what_it_brings_back_and_does_not_count_as_outbound() -> None:
    first = store_says(packed=[fulfilment(ONE)])
    second = store_says(packed=[fulfilment(TWO, ident="f2", lines=(2,))])
    arrived = says(ONE, scan(90, Status.DELIVERED))
    back = says(BACK, scan(300, Status.IN_TRANSIT), scan(350, Status.DELIVERED))
    state = told(first, second, arrived, returned(ReturnState.SHIPPED, BACK), back)
    [leg] = state.return_legs
    assert (leg.tracking_number, leg.return_of, leg.status) == (BACK, (ONE,), Status.DELIVERED)
    assert [one.tracking_number for one in state.parcels] == [ONE, TWO]
    assert state.count(Status.DELIVERED) == 1


@pytest.mark.parametrize("state", [ReturnState.DECLINED, ReturnState.CANCELLED])
def test_a_return_that_does_not_happen_has_no_leg(state: ReturnState) -> None:
    assert told(store_says(packed=[fulfilment(ONE)]), returned(state, BACK)).return_legs == ()


def test_a_return_without_named_items_belongs_to_every_parcel() -> None:
    packed = store_says(packed=[fulfilment(ONE, TWO)])
    [leg] = told(packed, returned(ReturnState.APPROVED, BACK, lines=())).return_legs
    assert leg.return_of == (ONE, TWO)
