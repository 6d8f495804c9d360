"""Facts are sets: order, repetition and batches do not matter, and they stay small."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from porchlight.domain.facts import MAX_EVENTS_PER_SHIPMENT, OrderFacts, order_id_of
from porchlight.domain.fold import fold
from porchlight.domain.fulfilments import FulfilmentEvent
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import missing, wall_clock
from porchlight.domain.tracking import Estimate, TrackingEvent, TrackingUpdate

from tests.domain.stories import (
    NOTHING,
    ONE,
    Statement,
    fulfilment,
    heard,
    hours,
    order,
    parcel,
    says,
    scan,
    statements,
    store_says,
)

DAY = date(2026, 6, 5)


def shuffled(said: list[Statement]) -> st.SearchStrategy[list[Statement]]:
    """The same statements in any order, some of them repeated."""
    repeats = st.lists(st.sampled_from(said), max_size=4) if said else st.just([])
    return repeats.flatmap(lambda more: st.permutations([*said, *more]))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_order_and_repetition_of_the_same_statements_gives_equal_facts_and_state(data: st.DataObject) -> None:
    said = data.draw(statements)
    other = data.draw(shuffled(said))
    assert heard(said) == heard(other)
    assert fold(heard(said)) == fold(heard(other))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_it_does_not_matter_when_the_shopper_was_forgotten(data: st.DataObject) -> None:
    said = data.draw(statements)
    cut = data.draw(st.integers(0, len(said)))
    between = heard(said[cut:], heard(said[:cut]).without_personal_data())
    assert between == heard(said).without_personal_data()
    assert fold(between) == fold(heard(said).without_personal_data())


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_split_of_scans_into_batches_gives_equal_facts(data: st.DataObject) -> None:
    many = [
        scan(hour, Status.IN_TRANSIT, code=f"c{code}")
        for hour, code in data.draw(st.lists(st.tuples(st.integers(2, 9), st.integers(0, 3))))
    ]
    cut = data.draw(st.integers(0, len(many)))
    together = heard([says(ONE, *many)])
    assert together == heard([says(ONE, *many[:cut]), says(ONE, *many[cut:])])
    assert together == heard([says(ONE, *many[cut:]), says(ONE, *many[:cut])])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_hearing_a_statement_twice_changes_nothing(data: st.DataObject) -> None:
    facts = heard(data.draw(statements))
    again = data.draw(statements.filter(bool))
    once = heard(again, facts)
    assert heard(again, once) == once


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_facts_survive_being_stored(data: st.DataObject) -> None:
    facts = heard(data.draw(statements))
    stored = OrderFacts.model_validate_json(facts.model_dump_json())
    assert stored == facts
    assert [event.event_id for one in stored.shipments for event in one.events] == [
        event.event_id for one in facts.shipments for event in one.events
    ]


def year_of_scans(count: int) -> list[TrackingEvent]:
    states = [Status.IN_TRANSIT] * 7 + [Status.EXCEPTION, Status.UNKNOWN]
    return [scan(hour, states[hour % len(states)], code=f"c{hour}") for hour in range(2, count + 2)]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_compaction_does_not_depend_on_order_or_batches(data: st.DataObject) -> None:
    many = data.draw(st.permutations(year_of_scans(420)))
    size = data.draw(st.integers(30, 210))
    batches = [says(ONE, *many[at : at + size]) for at in range(0, len(many), size)]
    assert heard(batches) == heard([says(ONE, *many)])
    assert heard([*batches, *batches]) == heard([says(ONE, *many)])


def test_a_year_of_scans_stays_small_and_keeps_the_state() -> None:
    first = scan(1, Status.IN_TRANSIT, code="first")
    ends = scan(5000, Status.DELIVERED)
    facts = heard([says(ONE, first, ends, *year_of_scans(2000))])
    [shipment] = facts.shipments
    assert len(shipment.events) <= MAX_EVENTS_PER_SHIPMENT == 250
    assert len(shipment.model_dump_json()) < 120_000
    assert ends in shipment.events
    assert first in shipment.events


def test_hundreds_of_exceptions_do_not_push_out_the_scan_that_resolved_them() -> None:
    storms = [scan(hour, Status.EXCEPTION, SubStatus.WEATHER, code=f"w{hour}") for hour in range(2, 402)]
    state = parcel(scan(1, Status.IN_TRANSIT), *storms, scan(500, Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY))
    assert state.status is Status.IN_TRANSIT
    assert state.moving_since == hours(1)


def test_hundreds_of_unknown_scans_do_not_push_out_the_last_known_one() -> None:
    noise = [scan(hour, Status.UNKNOWN, code=f"u{hour}") for hour in range(10, 400)]
    state = parcel(scan(2, Status.EXCEPTION), scan(3, Status.IN_TRANSIT), *noise)
    assert state.status is Status.IN_TRANSIT


def test_delivered_is_never_compacted_away() -> None:
    later = [scan(hour, Status.OUT_FOR_DELIVERY, code=f"o{hour}") for hour in range(10, 400)]
    assert parcel(scan(5, Status.DELIVERED), *later).status is Status.DELIVERED


def test_a_scan_that_was_unmapped_takes_the_meaning_it_gets_later() -> None:
    before, after = scan(5, Status.UNKNOWN, code="X9"), scan(5, Status.DELIVERED, code="X9")
    for said in ([before, after], [after, before]):
        assert parcel(*said).status is Status.DELIVERED


def test_a_scan_without_a_time_keeps_the_moment_it_was_first_heard_of() -> None:
    polls = [says(ONE, scan(missing(hours(hour)), Status.IN_TRANSIT, code="T"), heard=hour) for hour in (9, 3, 6)]
    [shipment] = heard(polls).shipments
    assert [event.occurred_at for event in shipment.events] == [hours(3)]


def test_of_two_readings_of_one_scan_the_one_with_a_place_counts() -> None:
    local = hours(5).replace(tzinfo=None)
    nowhere = scan(wall_clock(local, None), Status.IN_TRANSIT, code="L")
    placed = scan(wall_clock(local, "America/Chicago"), Status.IN_TRANSIT, code="L", country="US")
    for said in ((nowhere, placed), (placed, nowhere)):
        [shipment] = heard([says(ONE, one) for one in said]).shipments
        assert [event.place.country for event in shipment.events] == ["US"]


def test_the_snapshot_with_the_latest_store_time_counts_whatever_came_last() -> None:
    new, old = store_says(order=order(updated=5, number="#new")), store_says(order=order(updated=1, number="#old"))
    for said in ([new, old], [old, new]):
        kept = heard(said).order
        assert kept is not None
        assert kept.number == "#new"


def test_snapshots_of_the_same_second_settle_alike_in_any_order() -> None:
    one, two = store_says(order=order(number="#a")), store_says(order=order(number="#b"))
    assert heard([one, two]) == heard([two, one])
    packed = store_says(packed=[fulfilment(ONE)]), store_says(packed=[fulfilment("1Z777")])
    assert heard(packed) == heard(packed[::-1])


def test_reports_of_the_same_moment_settle_alike_in_any_order() -> None:
    one, two = says(ONE, status=Status.DELIVERED, heard=5), says(ONE, status=Status.EXCEPTION, heard=5)
    assert heard([one, two]) == heard([two, one])


def test_each_source_keeps_its_own_latest_report() -> None:
    [shipment] = heard(
        [
            says(ONE, status=Status.IN_TRANSIT, heard=9, source="ups"),
            says(ONE, status=Status.PRE_TRANSIT, heard=3, source="ups"),
            says(ONE, status=Status.DELIVERED, heard=5, source="easypost"),
        ]
    ).shipments
    assert {(one.source, one.status) for one in shipment.reports} == {
        ("ups", Status.IN_TRANSIT),
        ("easypost", Status.DELIVERED),
    }


def test_the_first_estimate_is_the_one_said_first_not_the_one_heard_first() -> None:
    late = says(ONE, estimate=date(2026, 6, 9), heard=50)
    early = says(ONE, estimate=DAY, heard=5)
    for said in ([late, early], [early, late]):
        [shipment] = heard(said).shipments
        [first] = shipment.first_estimates
        assert first.estimate == Estimate(day=DAY)


def test_store_scans_are_kept_once_each() -> None:
    told = FulfilmentEvent(fulfilment_id="f1", event=scan(5, Status.IN_TRANSIT))
    facts = heard([store_says(scans=[told, told]), store_says(scans=[told])])
    assert facts.fulfilment_events == (told,)


def test_an_order_key_is_opaque_and_stable() -> None:
    key = order_id_of("shopify", "shop", "77")
    assert key == order_id_of("shopify", "shop", "77") == NOTHING.order_id
    assert len(key) == 26
    assert "77" not in key
    assert key != order_id_of("shopify", "shop2", "77")
    assert order_id_of("a", "bc", "d") != order_id_of("ab", "c", "d")


def test_an_older_stored_shape_is_read_and_an_unknown_field_is_ignored() -> None:
    stored = {"order_id": "a", "store": "shopify", "connection": "s", "vendor_order_id": "1", "new_field": 1}
    assert OrderFacts.model_validate(stored).shipments == ()
    assert TrackingUpdate.model_validate(says(ONE).model_dump() | {"more": 1}) == says(ONE)


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_store_scans_are_compacted_too_in_any_split(data: st.DataObject) -> None:
    told = [FulfilmentEvent(fulfilment_id="f1", event=event) for event in year_of_scans(320)]
    ends = FulfilmentEvent(fulfilment_id="f1", event=scan(1, Status.DELIVERED))
    mixed = data.draw(st.permutations([ends, *told]))
    size = data.draw(st.integers(50, 320))
    facts = heard([store_says(scans=mixed[at : at + size]) for at in range(0, len(mixed), size)])
    assert facts == heard([store_says(scans=[ends, *told])])
    assert len(facts.fulfilment_events) == MAX_EVENTS_PER_SHIPMENT
    assert ends in facts.fulfilment_events


def test_an_aggregator_that_names_itself_gives_way_to_who_knows_the_carrier() -> None:
    told = [says(ONE).model_copy(update={"carrier": one}) for one in ("easypost", "evri", "hermes_word")]
    for said in (told, told[::-1], [told[0], told[2], told[1]]):
        assert [one.carrier for one in heard(said).shipments] == ["evri"]
    assert [one.carrier for one in heard(told[:1]).shipments] == ["easypost"]
