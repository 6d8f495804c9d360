"""Several sources, one truth: each scan once, strays set aside, and who is believed when two contradict."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.copies import directness
from porchlight.domain.shipment_facts import Report
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.strays import Label
from porchlight.domain.times import EventTime, date_only, exact, wall_clock
from porchlight.domain.tracking import Labeller, Place, TrackingEvent, tracking_event
from porchlight.domain.transitions import walk
from porchlight.domain.truth import Truth, truth_of

NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
GERMANY = Label(known_since=NOON - timedelta(days=2), country="DE", postal_code="80331", city="München")


def scan(
    source: str, when: EventTime | datetime, status: Status, reason: SubStatus = SubStatus.NONE, **more: object
) -> TrackingEvent:
    place = Place(
        city=str(more.pop("city", "")), country=str(more.pop("country", "")), postal_code=str(more.pop("zip", ""))
    )
    moment = exact(when) if isinstance(when, datetime) else when
    event = tracking_event(
        source, moment, status=status, sub_status=reason, place=place, code=str(more.pop("code", ""))
    )
    return event.model_copy(update=more)


def report(source: str, at: datetime, status: Status) -> Report:
    return Report(source=source, reported_at=at, status=status)


def status_of(truth: Truth) -> Status:
    return walk(truth.deciding)[1]


class TestCopies:
    def test_a_scan_from_two_sources_is_one_in_the_finer_telling(self) -> None:
        fine = scan("ups", NOON, Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY, city="Ely", country="GB")
        coarse = scan("easypost", NOON + timedelta(seconds=40), Status.IN_TRANSIT)
        for told in ([fine, coarse], [coarse, fine]):
            truth = truth_of("ups", told, [], Label())
            assert truth.events == (fine,)
            assert truth.heard_from == {fine.event_id: ("easypost", "ups")}

    @pytest.mark.parametrize(
        "coarse",
        [
            wall_clock(datetime.fromisoformat("2026-06-02T05:00"), None),  # lost the zone
            exact(datetime(2026, 6, 2, 5, tzinfo=UTC)),  # took the wall clock for UTC
            date_only(date(2026, 6, 2), None),
        ],
    )
    def test_an_aggregator_that_spoiled_the_time_is_recognised(self, coarse: EventTime) -> None:
        local = exact(datetime.fromisoformat("2026-06-02T05:00:00-07:00"))
        fine = scan("fedex", local, Status.OUT_FOR_DELIVERY)
        truth = truth_of("fedex", [fine, scan("aftership", coarse, Status.OUT_FOR_DELIVERY)], [], Label())
        assert truth.events == (fine,)

    def test_one_source_never_copies_itself(self) -> None:
        twice = [scan("ups", NOON, Status.IN_TRANSIT, code=code) for code in ("AR", "DP")]
        assert len(truth_of("ups", [*twice, scan("easypost", NOON, Status.IN_TRANSIT)], [], Label()).events) == 2

    def test_scans_that_mean_different_things_stay_two(self) -> None:
        arrived = scan("ups", NOON, Status.EXCEPTION, SubStatus.WEATHER)
        out = scan("easypost", NOON, Status.OUT_FOR_DELIVERY)
        assert len(truth_of("ups", [arrived, out], [], Label()).events) == 2

    def test_a_coarse_word_does_not_hide_why(self) -> None:
        held = scan("ups", NOON, Status.EXCEPTION, SubStatus.CUSTOMS_HELD)
        moving = scan("17track", NOON, Status.IN_TRANSIT)
        truth = truth_of("ups", [moving, held], [], Label())
        assert (truth.events, status_of(truth)) == ((held,), Status.EXCEPTION)

    def test_a_date_does_not_swallow_a_scan_of_another_city(self) -> None:
        fine = scan("ups", NOON, Status.IN_TRANSIT, city="Ely")
        coarse = scan("easypost", date_only(NOON.date(), None), Status.IN_TRANSIT, city="Paris")
        assert len(truth_of("ups", [fine, coarse], [], Label()).events) == 2


class TestStrays:
    def test_scans_before_the_order_belong_to_the_numbers_former_parcel(self) -> None:
        old = [scan("ups", NOON - timedelta(days=200 - day), Status.IN_TRANSIT) for day in range(3)]
        old.append(scan("ups", NOON - timedelta(days=190), Status.DELIVERED))
        truth = truth_of("ups", old, [report("ups", NOON, Status.DELIVERED)], GERMANY)
        assert (truth.events, truth.reports, status_of(truth)) == ((), (), Status.UNKNOWN)
        assert {one.reason for one in truth.set_aside} == {"older than the order: the number was used before"}

    def test_the_new_parcel_of_a_used_number_counts(self) -> None:
        old = scan("ups", NOON - timedelta(days=190), Status.DELIVERED)
        new = scan("ups", NOON, Status.IN_TRANSIT)
        truth = truth_of("ups", [old, new], [report("ups", NOON, Status.IN_TRANSIT)], GERMANY)
        assert (truth.events, len(truth.reports), status_of(truth)) == ((new,), 1, Status.IN_TRANSIT)

    def test_a_label_printed_the_evening_before_in_another_zone_is_no_stray(self) -> None:
        event = scan("ups", GERMANY.known_since - 30 * HOUR, Status.PRE_TRANSIT) if GERMANY.known_since else None
        assert event
        assert truth_of("ups", [event], [], GERMANY).events == (event,)

    @pytest.mark.parametrize(
        ("country", "zip_code", "counts"),
        [("US", "", False), ("DE", "20095", False), ("DE", "80339", True), ("", "", True), ("de", "", True)],
    )
    def test_delivered_elsewhere_is_another_parcel(self, country: str, zip_code: str, counts: bool) -> None:
        events = [
            scan("dhl_express", NOON - HOUR, Status.OUT_FOR_DELIVERY),
            scan("dhl_express", NOON, Status.DELIVERED, country=country, zip=zip_code, city="Hamburg"),
        ]
        assert (status_of(truth_of("dhl_express", events, [], GERMANY)) is Status.DELIVERED) == counts

    def test_what_was_sent_back_may_arrive_anywhere(self) -> None:
        events = [
            scan("ups", NOON - HOUR, Status.RETURN_TO_SENDER),
            scan("ups", NOON, Status.DELIVERED, country="US"),
        ]
        assert status_of(truth_of("ups", events, [], GERMANY)) is Status.RETURNED

    def test_a_territory_is_no_other_country(self) -> None:
        arrived = scan("usps", NOON, Status.DELIVERED, country="PR")
        assert status_of(truth_of("usps", [arrived], [], Label(country="US"))) is Status.DELIVERED


class TestContradictions:
    def test_the_carrier_is_believed_against_an_aggregator(self) -> None:
        said = [scan("easypost", NOON, Status.DELIVERED), scan("ups", NOON + 9 * HOUR, Status.IN_TRANSIT)]
        truth = truth_of("ups", said, [], Label())
        assert status_of(truth) is Status.IN_TRANSIT
        assert truth.disagreement
        assert (truth.disagreement.delivered_by, truth.disagreement.believed) == ("easypost", "ups")
        assert len(truth.events) == 2, "what was said is kept"

    def test_a_false_delivery_does_not_come_back_when_the_carrier_delivers_at_last(self) -> None:
        false, still = scan("17track", NOON, Status.DELIVERED), scan("ups", NOON + 20 * HOUR, Status.OUT_FOR_DELIVERY)
        true = scan("ups", NOON + 26 * HOUR, Status.DELIVERED)
        for told in ([false, still, true], [true, false, still]):
            truth = truth_of("ups", told, [report("ups", NOON + 27 * HOUR, Status.DELIVERED)], Label())
            assert walk(truth.deciding) == (true, Status.DELIVERED)
            assert false in truth.events

    def test_an_aggregator_does_not_shake_the_carriers_delivery(self) -> None:
        said = [scan("ups", NOON, Status.DELIVERED), scan("easypost", NOON + 9 * HOUR, Status.IN_TRANSIT)]
        truth = truth_of("ups", said, [], Label())
        assert status_of(truth) is Status.DELIVERED
        assert truth.disagreement
        assert truth.disagreement.believed == "ups"

    def test_a_store_that_says_delivered_is_overruled_by_scans_after_it(self) -> None:
        said = [scan("shop", NOON, Status.DELIVERED), scan("easypost", NOON + 9 * HOUR, Status.IN_TRANSIT)]
        assert status_of(truth_of("ups", said, [], Label())) is Status.IN_TRANSIT

    def test_a_source_that_has_not_spoken_since_denies_nothing(self) -> None:
        said = [scan("easypost", NOON, Status.DELIVERED), scan("ups", NOON - HOUR, Status.OUT_FOR_DELIVERY)]
        truth = truth_of("ups", said, [report("ups", NOON + HOUR, Status.OUT_FOR_DELIVERY)], Label())
        assert (status_of(truth), truth.disagreement) == (Status.DELIVERED, None)

    def test_a_summary_counts_from_when_it_was_first_given_not_from_the_first_scan(self) -> None:
        said = [scan("easypost", NOON - 50 * HOUR, Status.IN_TRANSIT), scan("ups", NOON - 20 * HOUR, Status.IN_TRANSIT)]
        summaries = [report("easypost", NOON + 40 * HOUR, Status.DELIVERED)]
        truth = truth_of("ups", said, summaries, Label(), {"delivered.none": NOON})
        assert (truth.disagreement, len(truth.reports)) == (None, 1)
        later = [*said, scan("ups", NOON + 7 * HOUR, Status.IN_TRANSIT)]
        truth = truth_of("ups", later, summaries, Label(), {"delivered.none": NOON})
        assert truth.disagreement
        assert truth.disagreement.believed == "ups"

    def test_a_carrier_that_only_knows_the_label_denies_nothing(self) -> None:
        said = [scan("usps", NOON, Status.DELIVERED), scan("dhl_ecommerce_us", NOON - 90 * HOUR, Status.PRE_TRANSIT)]
        summaries = [report("dhl_ecommerce_us", NOON + 90 * HOUR, Status.PRE_TRANSIT)]
        assert status_of(truth_of("dhl_ecommerce_us", said, summaries, Label())) is Status.DELIVERED

    def test_the_nearer_the_source_the_more_it_is_believed(self) -> None:
        ranked = ["dhl_express", "dhl_unified", "ups", "easypost", "some_store"]
        assert [directness(source, "dhl_express") for source in ranked] == [0, 0, 1, 2, 3]


class TestGuesses:
    @pytest.mark.parametrize(
        ("status", "reason"),
        [(Status.DELIVERED, SubStatus.NONE), (Status.RETURNED, SubStatus.NONE), (Status.EXCEPTION, SubStatus.LOST)],
    )
    def test_a_guess_never_ends_a_story(self, status: Status, reason: SubStatus) -> None:
        guess = scan("evri", NOON, status, reason, labelled_by=Labeller.MODEL, confidence=0.99)
        truth = truth_of("evri", [scan("evri", NOON - HOUR, Status.IN_TRANSIT), guess], [], Label())
        assert status_of(truth) is Status.IN_TRANSIT
        assert guess in truth.events

    def test_a_guess_may_move_a_parcel(self) -> None:
        guess = scan("evri", NOON, Status.OUT_FOR_DELIVERY, labelled_by=Labeller.MODEL, confidence=0.99)
        assert status_of(truth_of("evri", [guess], [], Label())) is Status.OUT_FOR_DELIVERY


TOLD = st.builds(
    lambda source, minutes, status, reason, day: scan(
        source,
        date_only(NOON.date(), None) if day else NOON + timedelta(minutes=minutes),
        status,
        reason,
        code=f"{minutes}{status}",
    ),
    st.sampled_from(["ups", "easypost", "17track", "some_store", "usps"]),
    st.integers(0, 3000),
    st.sampled_from(list(Status)),
    st.sampled_from([SubStatus.NONE, SubStatus.WEATHER, SubStatus.ACCEPTED]),
    st.booleans(),
)


@given(st.lists(TOLD, max_size=12), st.randoms(use_true_random=False))
def test_truth_depends_on_what_was_said_and_not_on_its_order(told: list[TrackingEvent], shuffle: object) -> None:
    unique = list({(one.source, one.event_id): one for one in told}.values())
    summaries = [report("ups", NOON + 60 * HOUR, Status.IN_TRANSIT), report("easypost", NOON, Status.DELIVERED)]
    first = truth_of("ups", unique, summaries, GERMANY)
    shuffled = unique[:]
    shuffle.shuffle(shuffled)  # type: ignore[attr-defined]
    assert truth_of("ups", shuffled, summaries[::-1], GERMANY) == first


@given(st.lists(TOLD, max_size=12))
def test_no_source_loses_a_scan_that_only_it_told(told: list[TrackingEvent]) -> None:
    unique = list({(one.source, one.event_id): one for one in told}.values())
    truth = truth_of("ups", unique, [], Label())
    kept = {source for event in truth.events for source in (event.source, *truth.heard_from.get(event.event_id, ()))}
    assert kept == {one.source for one in unique}
    assert len(truth.events) >= max((sum(one.source == name for one in unique) for name in kept), default=0)
