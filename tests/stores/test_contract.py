"""What every store plug-in must do, whatever its vendor: one suite, inherited by being a file in `stores/`."""

import unicodedata
from datetime import timedelta

import pytest
from porchlight.domain.exchange import Trust
from porchlight.domain.tracking import normal_number
from porchlight.normalised import normalised_store
from porchlight.plugins import STORES

from tests.contract.cases import RECEIVED_AT
from tests.stores.cases import CASES, CODES, FIXTURES, REQUIRED, Case, cases_of, named


def test_there_are_stores() -> None:
    assert CODES
    assert CASES


@pytest.mark.parametrize("code", CODES)
def test_plugin_describes_itself(code: str) -> None:
    plugin = STORES.get(code)
    assert plugin.code == code
    assert plugin.name
    assert plugin.trust in tuple(Trust)
    assert plugin.topics
    assert all(header == header.lower() for header in plugin.webhook_headers)


@pytest.mark.parametrize("code", CODES)
def test_store_that_only_names_orders_can_be_asked_for_them(code: str) -> None:
    bare = any(update.is_bare for case in cases_of(code) for update in case.updates())
    assert not bare or STORES.get(code).credential_fields


@pytest.mark.parametrize("code", [code for code in CODES if STORES.get(code).credential_fields])
def test_what_can_be_read_has_fixtures(code: str) -> None:
    read = {case.topic for case in cases_of(code) if case.is_read}
    assert read == {"order", "changed"}


@pytest.mark.parametrize("case", [case for case in CASES if case.is_read and case.topic == "changed"], ids=str)
def test_page_says_how_far_it_reaches(case: Case) -> None:
    page = STORES.get(case.code).parse_changed(case.body, received_at=RECEIVED_AT)
    changes = [update.order.updated_at for update in page.updates if update.order]
    assert (page.newest is None) == (not page.updates)
    assert not changes or page.newest == max(changes)


@pytest.mark.parametrize("code", CODES)
def test_plugin_has_its_required_fixtures(code: str) -> None:
    found = cases_of(code)
    assert {case.name for case in found} >= REQUIRED
    assert all(case.expected_path.is_file() for case in found)
    assert (FIXTURES / code / "signature.json").is_file()


def test_every_fixture_folder_belongs_to_a_plugin() -> None:
    assert {folder.name for folder in FIXTURES.iterdir() if folder.is_dir()} <= set(CODES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_body_becomes_exactly_what_the_expected_file_says(case: Case) -> None:
    assert [normalised_store(update) for update in case.parse()] == case.expected


@pytest.mark.parametrize("case", CASES, ids=str)
def test_update_is_well_formed(case: Case) -> None:
    for update in case.updates():
        assert update.source == case.code
        assert update.topic == case.topic
        assert update.vendor_order_id
        assert not (update.is_bare and case.is_read and case.topic == "order"), "an order that was read says something"
        assert update.order is None or update.order.vendor_order_id == update.vendor_order_id
        numbers = [parcel.tracking_number for packed in update.fulfilments for parcel in packed.parcels]
        assert all(number and number == normal_number(number) for number in numbers)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_time_is_in_utc(case: Case) -> None:
    for update in case.updates():
        packed = [moment for part in update.fulfilments for moment in (part.created_at, part.updated_at)]
        scans = [item.event.occurred_at for item in update.events]
        of_order = [update.order.placed_at, update.order.updated_at] if update.order else []
        assert all(moment.utcoffset() == timedelta() for moment in packed + scans + of_order)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_same_body_parses_to_the_same_updates(case: Case) -> None:
    assert case.parse() == case.parse()


@pytest.mark.parametrize("case", [case for case in CASES if not case.is_read], ids=str)
def test_body_read_later_says_the_same(case: Case) -> None:
    later = STORES.get(case.code).parse(case.topic, case.body, received_at=RECEIVED_AT + timedelta(days=35))
    assert later == case.parse()


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("topic", ["", "no/such/topic", "__class__", "ORDERS/CREATE", "../orders"])
@pytest.mark.parametrize("body", [b"", b"{}", b"<html>"])
def test_unknown_topic_gives_nothing_and_reads_nothing(code: str, topic: str, body: bytes) -> None:
    assert STORES.get(code).parse(topic, body, received_at=RECEIVED_AT) == []


@pytest.mark.parametrize("case", named("created") + named("updated"), ids=str)
def test_order_has_what_a_message_needs(case: Case) -> None:
    for update in case.updates():
        assert update.order is not None
        assert update.order.number
        assert update.order.shopper.email
        assert update.order.items
        assert update.order.destination.country
        assert update.order.cancelled_at is None


@pytest.mark.parametrize("case", named("cancelled"), ids=str)
def test_cancelled_order_says_when(case: Case) -> None:
    assert all(update.order and update.order.cancelled_at for update in case.updates())


@pytest.mark.parametrize("case", named("two_parcels"), ids=str)
def test_fulfilment_keeps_both_tracking_numbers(case: Case) -> None:
    assert [len(part.parcels) for update in case.updates() for part in update.fulfilments] == [2]


@pytest.mark.parametrize("case", named("gift"), ids=str)
def test_gift_goes_to_somebody_else_without_the_shoppers_address(case: Case) -> None:
    for update in case.updates():
        assert update.order is not None
        assert update.order.gift
        assert update.order.recipient.first_name != update.order.shopper.first_name
        assert update.order.shopper.email not in update.order.recipient.model_dump().values()


@pytest.mark.parametrize("case", named("scripts"), ids=str)
def test_names_keep_their_script(case: Case) -> None:
    [order] = [update.order for update in case.updates()]
    assert order is not None
    names = order.shopper.first_name + order.recipient.first_name
    scripts = {unicodedata.name(character).split()[0] for character in names}
    assert scripts == {"ARABIC", "CJK"}


@pytest.mark.parametrize("case", named("markup"), ids=str)
def test_markup_in_a_title_stays_data(case: Case) -> None:
    titles = [item.title for update in case.updates() if update.order for item in update.order.items]
    assert any("<script>" in title and "{%" in title for title in titles)
    assert all(title in case.body.decode() for title in titles)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_only_addresses_a_browser_may_follow_are_kept(case: Case) -> None:
    urls = [
        parcel.tracking_url for update in case.updates() for packed in update.fulfilments for parcel in packed.parcels
    ]
    assert all(url == "" or url.startswith(("https://", "http://")) for url in urls)


@pytest.mark.parametrize("code", CODES)
def test_no_topic_is_a_word_of_the_command_line(code: str) -> None:
    assert not {"order", "changed"} & set(STORES.get(code).topics)
