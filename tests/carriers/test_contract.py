"""What every carrier plug-in must do, whatever its vendor: one suite, inherited by being a file in `carriers/`."""

import json
import random
from collections.abc import Callable
from datetime import date
from xml.etree.ElementTree import Element, fromstring, tostring

import pytest
from porchlight.domain import errors
from porchlight.domain.carrier_names import CARRIER_OF, NAME_OF, carrier_named
from porchlight.domain.exchange import Clock, Trust
from porchlight.domain.reading import looks_like_xml
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import TrackingUpdate, normal_number
from porchlight.normalised import normalised
from porchlight.plugins import CARRIERS

from tests.carriers.cases import CASES, CODES, FIXTURES, READABLE, REQUIRED, SIGNATURES, Case, cases_of

SHUFFLES = range(5)


@pytest.mark.parametrize("code", CODES)
def test_plugin_describes_itself(code: str) -> None:
    plugin = CARRIERS.get(code)
    assert plugin.code == code
    assert plugin.name
    assert plugin.budget.calls > 0
    assert plugin.budget.seconds > 0
    assert all(header == header.lower() for header in plugin.webhook_headers)


@pytest.mark.parametrize("code", CODES)
def test_plugin_tells_what_it_knows(code: str) -> None:
    plugin = CARRIERS.get(code)
    assert isinstance(plugin.clock, Clock)
    assert plugin.checked_on >= date(2026, 11, 1)
    assert plugin.readings
    for vendor_code, (status, sub_status) in plugin.readings.items():
        assert vendor_code
        assert status is not Status.UNKNOWN or sub_status is SubStatus.NONE


@pytest.mark.parametrize("code", CODES)
def test_plugin_has_its_required_fixtures(code: str) -> None:
    plugin = CARRIERS.get(code)
    found = cases_of(code)
    assert {case.name for case in found} >= REQUIRED
    assert all(case.expected_path.is_file() for case in found)
    assert any(case.kind == "poll" for case in found) == bool(plugin.credential_fields)
    assert any(case.kind == "push" for case in found) == (plugin.trust is not None)
    assert any(file.parent.name == code for file in SIGNATURES) == (plugin.trust is not None)


def speaks_for_others(code: str) -> bool:
    """An aggregator: its fixtures tell of parcels that somebody else carries."""
    return any(update.carrier != code for case in READABLE if case.code == code for update in case.parse())


@pytest.mark.parametrize("code", [code for code in CODES if not speaks_for_others(code)])
def test_carrier_is_known_by_name_to_shops_and_shoppers(code: str) -> None:
    plugin = CARRIERS.get(code)
    assert NAME_OF.get(code) == plugin.name
    assert carrier_named(plugin.name) == code


def test_every_name_leads_to_a_plugin() -> None:
    assert {*CARRIER_OF.values(), *NAME_OF} <= set(CODES)


def test_every_fixture_folder_belongs_to_a_plugin() -> None:
    assert {folder.name for folder in FIXTURES.iterdir() if folder.is_dir()} <= set(CODES)


@pytest.mark.parametrize("case", [case for case in CASES if not case.is_error], ids=str)
def test_body_becomes_exactly_what_the_expected_file_says(case: Case) -> None:
    assert [normalised(update) for update in case.parse()] == case.expected


@pytest.mark.parametrize("case", [case for case in CASES if case.is_error], ids=str)
def test_error_body_raises_the_named_error(case: Case) -> None:
    assert isinstance(case.expected, dict)
    with pytest.raises(getattr(errors, case.expected["error"])):
        case.parse()


@pytest.mark.parametrize("case", READABLE, ids=str)
def test_update_is_well_formed(case: Case) -> None:
    plugin = CARRIERS.get(case.code)
    for update in case.parse():
        assert update.tracking_number or case.kind == "poll"  # some answers do not repeat what was asked
        assert update.tracking_number == normal_number(update.tracking_number)
        assert update.source == plugin.code
        assert update.carrier
        assert update.reported_at.tzinfo is not None
        assert all(event.source == plugin.code and event.occurred_at.tzinfo for event in update.events)


@pytest.mark.parametrize("case", [case for case in READABLE if case.name == "delivered"], ids=str)
def test_delivered_case_is_delivered(case: Case) -> None:
    assert [update.delivered for update in case.parse()] == [True]


@pytest.mark.parametrize("case", [case for case in READABLE if case.name == "exception"], ids=str)
def test_exception_case_is_an_exception(case: Case) -> None:
    assert Status.EXCEPTION in {event.status for update in case.parse() for event in update.events}


@pytest.mark.parametrize("case", [case for case in READABLE if case.name == "unknown_code"], ids=str)
def test_unknown_code_stays_unknown_and_is_counted(case: Case) -> None:
    unknown = [code for update in case.parse() for code in update.unmapped_codes()]
    assert unknown
    assert all(unknown)


@pytest.mark.parametrize("case", [case for case in READABLE if case.name == "out_of_order"], ids=str)
def test_out_of_order_case_takes_its_status_from_the_newest_scan(case: Case) -> None:
    for update in case.parse():
        times = [event.occurred_at for event in update.events]
        assert times != sorted(times, reverse=True)
        newest = max(update.events, key=lambda event: event.occurred_at)
        assert newest.status is Status.UNKNOWN or update.status is newest.status


@pytest.mark.parametrize("case", READABLE, ids=str)
def test_same_body_parses_to_the_same_updates(case: Case) -> None:
    assert case.parse() == case.parse()


@pytest.mark.parametrize("case", READABLE, ids=str)
@pytest.mark.parametrize("seed", SHUFFLES)
def test_shuffled_events_keep_their_ids(case: Case, seed: int) -> None:
    assert event_ids(case.parse(shuffled(case.body, seed))) == event_ids(case.parse())


@pytest.mark.parametrize("case", [case for case in READABLE if case.kind == "push"], ids=str)
def test_redelivered_webhook_gives_the_same_event_ids(case: Case) -> None:
    if CARRIERS.get(case.code).trust is Trust.BODY_AND_TIME:
        pytest.skip("the signature carries a time")
    assert [event.event_id for update in case.parse() for event in update.events] == [
        event.event_id for update in case.parse() for event in update.events
    ]


def event_ids(updates: list[TrackingUpdate]) -> set[tuple[str, str]]:
    return {(update.tracking_number, event.event_id) for update in updates for event in update.events}


def shuffled(body: bytes, seed: int) -> bytes:
    """The same document with the entries of every list in another order."""
    shuffle = random.Random(seed).shuffle
    if looks_like_xml(body):
        root = fromstring(body)
        for element in root.iter():
            _shuffle_siblings(element, shuffle)
        return tostring(root)
    return json.dumps(_shuffle_lists(json.loads(body), shuffle)).encode()


def _shuffle_lists(value: object, shuffle: Callable[[list[object]], None]) -> object:
    if isinstance(value, dict):
        return {key: _shuffle_lists(item, shuffle) for key, item in value.items()}
    if isinstance(value, list):
        items = [_shuffle_lists(item, shuffle) for item in value]
        shuffle(items)
        return items
    return value


def _shuffle_siblings(element: Element, shuffle: Callable[[list[Element]], None]) -> None:
    children = list(element)
    shuffle(children)
    element[:] = children
