"""docs/one-truth.md says what happens: each line of `explain` that it quotes is what its example gives."""

from datetime import datetime
from pathlib import Path

from porchlight.domain.explaining import explain, story
from porchlight.domain.fold import fold
from porchlight.domain.fulfilments import PackedItem, Parcel, ReturnSnapshot, ReturnState
from porchlight.domain.state import OrderState
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import exact

from tests.builders import Statement, heard, store_says
from tests.domain.stories import fulfilment, hours, order, says, scan

PAGE = (Path(__file__).parents[2] / "docs" / "one-truth.md").read_text(encoding="utf-8")
S = Status


def state_of(*said: Statement, number: str = "A") -> OrderState:
    return fold(heard([store_says(order=order(), packed=[fulfilment(number)]), *said]))


def quoted(state: OrderState, beginning: str) -> str:
    """The line of the story that begins so, which the page quotes word for word."""
    [line] = [one.strip() for one in story(explain([], state)).splitlines() if one.strip().startswith(beginning)]
    assert f"`{line}`" in PAGE.replace("\n> ", " ")
    return line


def at(text: str) -> object:
    return exact(datetime.fromisoformat(text))


def test_a_number_that_was_used_before() -> None:
    days = ("11", "12", "13")
    old = [scan(at(f"2025-11-{day}T09:00:00Z"), S.IN_TRANSIT, code=day) for day in days]  # type: ignore[arg-type]
    state = state_of(says("A", *old, scan(at("2025-11-14T15:02:00Z"), S.DELIVERED)))  # type: ignore[arg-type]
    quoted(state, "set aside: ")
    assert state.parcels[0].status is S.UNKNOWN


def test_a_scan_told_twice() -> None:
    fine = scan(at("2026-06-02T05:00:00-07:00"), S.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY, code="AR")  # type: ignore[arg-type]
    coarse = scan(at("2026-06-02T05:00:00Z"), S.IN_TRANSIT, source="easypost")  # type: ignore[arg-type]
    state = state_of(says("A", fine), says("A", coarse, source="easypost"))
    quoted(state, "told by: ")
    assert state.parcels[0].events == (fine,)


def test_a_delivery_that_the_carrier_does_not_know_of() -> None:
    early = says("A", scan(28, S.DELIVERED, source="easypost"), source="easypost")
    state = state_of(early, says("A", scan(37, S.IN_TRANSIT)))
    quoted(state, "disagreement: ")
    assert state.parcels[0].status is S.IN_TRANSIT


def test_a_replaced_label() -> None:
    quoted(state_of(store_says(packed=[fulfilment("B", updated=7)])), "parcel A")


def test_a_parcel_that_comes_back() -> None:
    said = ReturnSnapshot(
        return_id="r1",
        updated_at=hours(100),
        state=ReturnState.SHIPPED,
        parcels=(Parcel(tracking_number="R"),),
        items=(PackedItem(line_id="1"),),
    )
    state = state_of(
        says("A", scan(30, S.DELIVERED)),
        store_says().model_copy(update={"returns": (said,)}),
        says("R", scan(130, S.DELIVERED)),
    )
    quoted(state, "brings back: ")
    assert [(one.tracking_number, one.status) for one in state.parcels] == [("A", S.DELIVERED)]
