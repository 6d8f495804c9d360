"""What is WooCommerce's own: statuses, times in GMT, numbers kept by extensions, refunds, what is read beside the order."""

import json
from base64 import b64decode
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import WebhookRequest
from porchlight.domain.fulfilments import FulfilmentSnapshot, HoldReason
from porchlight.domain.orders import OrderSnapshot
from porchlight.domain.store_news import StoreUpdate
from porchlight.plugins import STORES

from tests.contract.cases import RECEIVED_AT
from tests.stores.cases import FIXTURES

WOO = STORES.get("woocommerce")
KEYS = {"shop": "kilnandcup.example", "consumer_key": "ck_example", "consumer_secret": "cs_example"}
TRACKING = "_wc_shipment_tracking_items"


def fixture(name: str) -> Any:
    return json.loads((FIXTURES / "woocommerce" / f"{name}.json").read_text(encoding="utf-8"))


def parse(document: object, topic: str = "order.updated") -> list[StoreUpdate]:
    return WOO.parse(topic, json.dumps(document).encode(), received_at=RECEIVED_AT)


def update_with(*, meta: dict[str, object] | None = None, **fields: object) -> StoreUpdate:
    told = [{"id": number, "key": key, "value": value} for number, (key, value) in enumerate((meta or {}).items())]
    [update] = parse({**fixture("order.created.created"), **fields, **({"meta_data": told} if meta else {})})
    return update


def order_with(**fields: Any) -> OrderSnapshot:
    order = update_with(**fields).order
    assert order is not None
    return order


def packed_with(**fields: Any) -> tuple[FulfilmentSnapshot, ...]:
    return update_with(**fields).fulfilments


@pytest.mark.parametrize(
    ("status", "paid", "held", "reason", "cancelled"),
    [
        ("pending", None, True, HoldReason.AWAITING_PAYMENT, False),
        ("on-hold", None, True, HoldReason.AWAITING_PAYMENT, False),
        ("on-hold", "2026-05-18T09:02:57", True, HoldReason.OTHER, False),
        ("failed", None, True, HoldReason.AWAITING_PAYMENT, False),
        ("processing", "2026-05-18T09:02:57", False, HoldReason.OTHER, False),
        ("completed", "2026-05-18T09:02:57", False, HoldReason.OTHER, False),
        ("refunded", "2026-05-18T09:02:57", False, HoldReason.OTHER, False),
        ("cancelled", None, False, HoldReason.OTHER, True),
        ("trash", None, False, HoldReason.OTHER, True),
        ("a-status-of-a-plugin", None, False, HoldReason.OTHER, False),
    ],
)
def test_status_means(status: str, paid: str | None, held: bool, reason: HoldReason, cancelled: bool) -> None:
    update = update_with(status=status, date_paid_gmt=paid)
    [hold] = update.holds
    assert (hold.held, hold.reason) == (held, reason)
    assert update.order is not None
    assert bool(update.order.cancelled_at) is cancelled


@pytest.mark.parametrize("status", ["checkout-draft", "auto-draft"])
def test_draft_is_no_order_yet(status: str) -> None:
    assert parse({**fixture("order.created.created"), "status": status}, "order.created") == []


@pytest.mark.parametrize(
    ("printed", "moment"),
    [
        ("2026-05-18T09:02:41", "2026-05-18T09:02:41Z"),
        ("2026-05-18T09:02:41Z", "2026-05-18T09:02:41Z"),
        ("2026-05-18T11:02:41+02:00", "2026-05-18T09:02:41Z"),
    ],
)
def test_gmt_fields_are_utc_and_local_ones_are_not_read(printed: str, moment: str) -> None:
    order = order_with(date_created_gmt=printed, date_created="1999-01-01T00:00:00")
    assert order.placed_at == datetime.fromisoformat(moment)


@pytest.mark.parametrize("missing", ["date_created_gmt", "status", "id"])
def test_order_without_its_gmt_time_status_or_id_is_malformed(missing: str) -> None:
    document = fixture("order.created.created")
    del document[missing]
    with pytest.raises(MalformedPayloadError, match=missing):
        parse(document)


@pytest.mark.parametrize(
    ("price", "total", "shown"),
    [
        (24.5, "72.40", "24.50"),
        (3, "29.35", "3.00"),
        (7.333333333, "22.00", "7.33"),
        (1980, "1980", "1980"),
        ("12.5", "12.500", "12.500"),
        (None, "1.00", ""),
    ],
)
def test_price_is_rounded_as_the_total_is(price: object, total: str, shown: str) -> None:
    line = {**fixture("order.created.created")["line_items"][0], "price": price}
    assert order_with(line_items=[line], total=total).items[0].price == shown


@pytest.mark.parametrize(
    ("meta", "locale"),
    [
        ({"wpml_language": "nl"}, "nl"),
        ({"trp_language": "pt_BR"}, "pt-BR"),
        ({"lang": "fr"}, "fr"),
        ({"_other": "de"}, ""),
        ({"wpml_language": None}, ""),
    ],
)
def test_language_comes_from_the_translating_extension(meta: dict[str, object], locale: str) -> None:
    assert order_with(meta=meta).shopper.locale == locale


@pytest.mark.parametrize(
    ("ticked", "consents"), [("1", True), (1, True), ("0", False), ("", False), ("archived", False)]
)
def test_consent_is_what_the_mailing_extension_noted(ticked: object, consents: bool) -> None:
    assert order_with(meta={"mailchimp_woocommerce_is_subscribed": ticked}).marketing_consent is consents


@pytest.mark.parametrize(("customer", "known"), [(0, ""), ("0", ""), (318, "318")])
def test_guest_has_no_customer_id(customer: object, known: str) -> None:
    assert order_with(customer_id=customer).customer_id == known


@pytest.mark.parametrize(
    ("written", "created"),
    [
        ("1779148800", "2026-05-19T12:00:00Z"),
        (1779148800, "2026-05-19T12:00:00Z"),
        ("2026-05-19", "2026-05-19T12:00:00Z"),
        ("2026-05-20", "2026-05-20T08:00:00Z"),
        ("", "2026-05-20T08:00:00Z"),
        ("tomorrow", "2026-05-20T08:00:00Z"),
        ("9" * 30, "2026-05-20T08:00:00Z"),
        (None, "2026-05-20T08:00:00Z"),
    ],
    ids=str,
)
def test_day_of_shipping_stays_a_day_and_never_lies_after_the_change(written: object, created: str) -> None:
    meta = {TRACKING: [{"tracking_number": "3SKABC1", "date_shipped": written}]}
    [packing] = packed_with(meta=meta, date_modified_gmt="2026-05-20T08:00:00")
    assert packing.created_at == datetime.fromisoformat(created)


@pytest.mark.parametrize("empty", ["", [], {}, False])
def test_numbers_taken_away_undo_the_packing(empty: object) -> None:
    [packing] = packed_with(meta={TRACKING: empty})
    assert (packing.cancelled, packing.parcels) == (True, ())


def test_order_that_never_had_numbers_has_no_packing() -> None:
    assert packed_with() == ()


def test_corrected_number_replaces_the_wrong_one() -> None:
    wrong, right = ([{"tracking_id": name, "tracking_number": name}] for name in ("3SKWRONG1", "3SKRIGHT1"))
    [before], [after] = packed_with(meta={TRACKING: wrong}), packed_with(meta={TRACKING: right})
    assert before.fulfilment_id == after.fulfilment_id
    assert [parcel.tracking_number for parcel in after.parcels] == ["3SKRIGHT1"]


def test_number_listed_twice_is_one_parcel() -> None:
    twice = [{"tracking_number": "3SK ABC 1"}, {"tracking_number": "3skabc1"}, {"tracking_number": ""}]
    [packing] = packed_with(meta={TRACKING: twice})
    assert [parcel.tracking_number for parcel in packing.parcels] == ["3SKABC1"]


def test_link_of_an_own_carrier_gets_its_number() -> None:
    own = {
        "tracking_number": "A B",
        "custom_tracking_provider": "Bike",
        "custom_tracking_link": "https://b.example/%1$s",
    }
    [packing] = packed_with(meta={TRACKING: [own]})
    assert [(one.carrier_name, one.tracking_url) for one in packing.parcels] == [("Bike", "https://b.example/A%20B")]


def test_what_one_number_holds_is_not_in_the_others() -> None:
    tracked = [
        {"tracking_id": "x", "tracking_number": "3SKABC1", "products_list": [{"item_id": "611", "qty": "1"}]},
        {"tracking_id": "y", "tracking_number": "3SKABC2"},
    ]
    own, rest = packed_with(meta={TRACKING: tracked}, status="completed", date_completed_gmt="2026-05-19T13:05:11")
    assert [(item.line_id, item.quantity) for item in own.items] == [("611", 1)]
    assert [(item.line_id, item.quantity) for item in rest.items] == [("611", 1), ("612", 1)]


@pytest.mark.parametrize(
    ("ways", "ships"),
    [
        ([], False),
        (["local_pickup"], False),
        (["pickup_location"], False),
        (["flat_rate"], True),
        (["a_method_of_a_plugin"], True),
        (["local_pickup", "flat_rate"], True),
    ],
)
def test_nothing_ships_that_nobody_carries(ways: list[str], ships: bool) -> None:
    completed = {"status": "completed", "date_completed_gmt": "2026-05-19T13:05:11"}
    update = update_with(shipping_lines=[{"id": 1, "method_id": way} for way in ways], **completed)
    assert update.order is not None
    assert {item.ships for item in update.order.items} == {ships}
    assert [packing.cancelled for packing in update.fulfilments] == [not ships]


def test_what_has_a_parcel_ships() -> None:
    tracked = order_with(shipping_lines=[], meta={TRACKING: [{"tracking_number": "3SKABC1"}]})
    assert all(item.ships for item in tracked.items)


def test_order_with_fulfillments_is_named_once_more_to_be_read() -> None:
    said, bare = parse(fixture("order.updated.fulfillments"))
    assert not said.is_bare
    assert bare.is_bare
    assert bare.vendor_order_id == said.vendor_order_id


def test_refund_inside_the_order_is_the_one_that_is_read() -> None:
    [short], [whole] = parse(fixture("order.updated.refunded")), read("_order.refunded")
    assert [one.refund_id for one in short.refunds] == [one.refund_id for one in whole.refunds]
    assert [one.amount for one in short.refunds] == [one.amount for one in whole.refunds]
    assert whole.refunds[0].refunded_at < short.refunds[0].refunded_at


def read(name: str) -> list[StoreUpdate]:
    return WOO.parse_order([json.dumps(part).encode() for part in fixture(name)], received_at=RECEIVED_AT)


@pytest.mark.parametrize("answers", [1, 2])
def test_answer_without_content_says_nothing(answers: int) -> None:
    body = json.dumps(fixture("order.created.created")).encode()
    [update] = WOO.parse_order([body, *[b""] * answers], received_at=RECEIVED_AT)
    assert update.refunds == ()
    assert update.order == parse(fixture("order.created.created"))[0].order


def test_nothing_read_at_all_is_malformed() -> None:
    for nothing in ([], [b""], [b"", b"[]"]):
        with pytest.raises(MalformedPayloadError):
            WOO.parse_order(nothing, received_at=RECEIVED_AT)


@pytest.mark.parametrize(("switch", "calls"), [({}, 2), ({"fulfillments": "on"}, 3)])
def test_fulfillments_are_asked_for_where_the_shop_has_them(switch: dict[str, str], calls: int) -> None:
    paths = [urlsplit(one.url).path for one in WOO.order_requests("4207", KEYS | switch, "")]
    order = "/wp-json/wc/v3/orders/4207"
    assert paths == [order, f"{order}/refunds", f"{order}/fulfillments"][:calls]


@pytest.mark.parametrize("shop", ["kilnandcup.example", "https://kilnandcup.example", "https://kilnandcup.example/"])
def test_shop_may_be_written_as_a_host_or_as_an_address(shop: str) -> None:
    request = WOO.order_requests("4207", KEYS | {"shop": shop}, "")[0]
    assert request.url == "https://kilnandcup.example/wp-json/wc/v3/orders/4207"
    assert b64decode(request.headers["Authorization"].removeprefix("Basic ")) == b"ck_example:cs_example"


def test_changes_are_asked_for_from_the_second_before_because_the_limit_is_left_out() -> None:
    request = WOO.changed_request(datetime.fromisoformat("2026-05-20T11:15:00+02:00"), 2, KEYS, "")
    query = {key: value for key, [value] in parse_qs(urlsplit(request.url).query).items()}
    assert query == {
        "modified_after": "2026-05-20T09:14:59",
        "dates_are_gmt": "true",
        "orderby": "modified",
        "order": "asc",
        "per_page": "50",
        "page": "2",
    }


@pytest.mark.parametrize(("orders", "more"), [(0, False), (49, False), (50, True)])
def test_full_page_has_another_one_after_it(orders: int, more: bool) -> None:
    page = json.dumps([fixture("order.created.created")] * orders).encode()
    assert WOO.parse_changed(page, received_at=RECEIVED_AT).more is more


def test_no_street_is_kept() -> None:
    assert "Kalverstraat" not in update_with().model_dump_json()


def test_deleted_order_is_only_named() -> None:
    [update] = parse({"id": 4207}, "order.deleted")
    assert update.is_bare
    assert update.vendor_order_id == "4207"


def test_empty_page_reaches_nowhere() -> None:
    page = WOO.parse_changed(b"[]", received_at=RECEIVED_AT)
    assert (page.updates, page.newest, page.more) == ((), None, False)


@pytest.mark.parametrize(
    ("name", "numbers"), [("order_created", []), ("order_updated", ["3SKABC123456789", "1Z9999W99999999919"])]
)
def test_sample_event_verifies_and_reads(name: str, numbers: list[str]) -> None:
    file = Path(__file__).parents[2] / "events" / f"webhook_intake.woocommerce_{name}.json"
    event = json.loads(file.read_text(encoding="utf-8"))
    request = WebhookRequest(
        headers=event["headers"], body=event["body"].encode(), path=event["rawPath"], received_at=RECEIVED_AT
    )
    WOO.verify_webhook(request, ["wc_porchlight-sample"])
    [update] = WOO.parse(WOO.topic(request), request.body, received_at=RECEIVED_AT)
    assert isinstance(update, StoreUpdate)
    assert [parcel.tracking_number for one in update.fulfilments for parcel in one.parcels] == numbers
