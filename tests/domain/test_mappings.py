"""The merchant's own reading of vendor codes: applied whenever a state is folded, and taken back without a trace."""

import pytest
from hypothesis import given, settings
from porchlight.domain.fold import fold
from porchlight.domain.fulfilments import FulfilmentEvent
from porchlight.domain.mappings import CodeMapping, Mappings
from porchlight.domain.state import OrderState
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Labeller, TrackingEvent, TrackingUpdate
from pydantic import ValidationError

from tests.domain.stories import ONE, Statement, fulfilment, heard, order, says, scan, statements, store_says

S = Status
PACKED = store_says(order=order(), packed=[fulfilment(ONE)])


def mapped(*entries: dict[str, object]) -> Mappings:
    return Mappings.model_validate({"mappings": entries})


def read(mappings: Mappings, *said: Statement) -> OrderState:
    return fold(mappings.applied_to(heard([PACKED, *said])))


def told(hour: float, text: str, code: str = "", status: Status = S.UNKNOWN, source: str = "ups") -> TrackingEvent:
    return scan(hour, status, source=source).model_copy(update={"description": text, "code": code})


def ups(status: Status, code: str = "", text: str = "", sub: str = "none") -> dict[str, object]:
    named = {"code": code} if code else {"text": text}
    return {"source": "ups", "status": status, "sub_status": sub} | named


def test_a_code_that_no_table_knows_takes_its_meaning() -> None:
    state = read(mapped(ups(S.DELIVERED, "X9")), says(ONE, scan(5, S.IN_TRANSIT), told(9, "at the door", "X9")))
    [parcel] = state.parcels
    assert (parcel.status, parcel.events[-1].labelled_by) == (S.DELIVERED, Labeller.MERCHANT)


@pytest.mark.parametrize(
    ("words", "fits"),
    [("Handed  to the  PORTER", True), ("handed to the porter of house 9", False), ("porter", False)],
)
def test_words_are_compared_without_letter_case_and_blanks(words: str, fits: bool) -> None:
    assert mapped(ups(S.DELIVERED, text="handed to the porter")).names(told(1, words)) == fits


def test_a_star_stands_for_whatever_follows_and_the_more_precise_entry_counts() -> None:
    mappings = mapped(
        ups(S.IN_TRANSIT, text="handed*"),
        ups(S.DELIVERED, text="handed to*"),
        ups(S.AVAILABLE_FOR_PICKUP, text="handed to the shop"),
        ups(S.EXCEPTION, code="H7"),
    )
    words = {"handed over": S.IN_TRANSIT, "Handed to Ada": S.DELIVERED, "handed to the shop": S.AVAILABLE_FOR_PICKUP}
    assert {text: mappings.read(told(1, text)).status for text in words} == words
    assert mappings.read(told(1, "handed to the shop", "H7")).status is S.EXCEPTION


def test_only_that_source_is_meant() -> None:
    assert not mapped(ups(S.DELIVERED, "X9")).names(told(1, "", "X9", source="fedex"))


def test_a_table_that_is_wrong_here_is_overruled_with_the_summary_that_repeats_it() -> None:
    """The carrier's own summary came from the same scan: it must not bring the delivery back."""
    wrong = told(9, "left at hub", "HUB", S.DELIVERED)
    statement = says(ONE, scan(5, S.IN_TRANSIT), wrong, status=S.DELIVERED)
    assert read(Mappings(), statement).parcels[0].status is S.DELIVERED
    state = read(mapped(ups(S.IN_TRANSIT, "HUB", sub="departed_facility")), statement)
    assert (state.parcels[0].status, state.parcels[0].sub_status) == (S.IN_TRANSIT, SubStatus.DEPARTED_FACILITY)


def test_a_summary_that_another_scan_bears_out_stays() -> None:
    statement = says(ONE, told(9, "", "HUB", S.DELIVERED), told(9.5, "", "OK", S.DELIVERED), status=S.DELIVERED)
    assert read(mapped(ups(S.IN_TRANSIT, "HUB")), statement).parcels[0].status is S.DELIVERED


def test_an_entry_can_silence_a_code() -> None:
    statement = says(ONE, scan(5, S.IN_TRANSIT), told(9, "", "HUB", S.EXCEPTION))
    assert read(mapped(ups(S.UNKNOWN, "HUB")), statement).parcels[0].status is S.IN_TRANSIT


def test_a_correction_and_a_withdrawal_take_effect_on_what_is_stored() -> None:
    facts = heard([PACKED, says(ONE, scan(5, S.IN_TRANSIT), told(9, "", "X9"))])
    states = [
        fold(mapped(*entries).applied_to(facts)).parcels[0].status
        for entries in ([ups(S.DELIVERED, "X9")], [ups(S.EXCEPTION, "X9")], [])
    ]
    assert states == [S.DELIVERED, S.EXCEPTION, S.IN_TRANSIT]


def test_a_scan_that_the_store_tells_is_read_too() -> None:
    event = told(9, "on the porch", source="shopify")
    state = read(
        mapped({"source": "shopify", "text": "on the porch", "status": "delivered"}),
        store_says(scans=[FulfilmentEvent(fulfilment_id="f1", event=event)]),
    )
    assert state.parcels[0].status is S.DELIVERED


def test_who_asks_again_reads_alike() -> None:
    update: TrackingUpdate = says(ONE, told(9, "left at hub", "HUB", S.DELIVERED), status=S.DELIVERED)
    read_as = mapped(ups(S.IN_TRANSIT, "HUB")).understood(update)
    assert (read_as.status, read_as.events[0].status) == (S.IN_TRANSIT, S.IN_TRANSIT)
    assert mapped(ups(S.IN_TRANSIT, "OTHER")).understood(update) is update


@settings(max_examples=50, deadline=None)
@given(statements)
def test_no_mapping_changes_nothing(said: list[Statement]) -> None:
    facts = heard(said)
    assert Mappings().applied_to(facts) == facts
    assert mapped(ups(S.DELIVERED, "no such code")).applied_to(facts) == facts


@pytest.mark.parametrize(
    "entry",
    [
        {"source": "ups", "status": "delivered"},
        {"source": "ups", "code": "A", "text": "b", "status": "delivered"},
        {"source": "ups", "text": " * ", "status": "delivered"},
        {"source": "ups", "code": "A", "status": "arrived"},
        {"source": "ups", "code": "A", "status": "delivered", "colour": "red"},
    ],
)
def test_an_entry_names_one_thing_and_one_meaning(entry: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CodeMapping.model_validate(entry)


def test_nothing_is_mapped_twice() -> None:
    with pytest.raises(ValidationError, match="mapped twice"):
        mapped(ups(S.DELIVERED, text="At  the Door"), ups(S.EXCEPTION, text="at the door"))
