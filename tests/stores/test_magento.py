"""What is Magento's own: states, pairs of lines, numbers as amounts, tracks with their own clock, what is read beside."""

import json
from base64 import b64encode
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from porchlight.domain.errors import InvalidSignatureError, MalformedPayloadError
from porchlight.domain.exchange import WebhookRequest
from porchlight.domain.fulfilments import HoldReason
from porchlight.domain.orders import OrderSnapshot
from porchlight.domain.store_news import StoreUpdate
from porchlight.plugins import STORES

from tests.contract.cases import RECEIVED_AT
from tests.stores.cases import FIXTURES

MAGENTO = STORES.get("magento")
KEYS = {"shop": "loomandline.example", "access_token": "integration-token"}


def fixture(name: str) -> Any:
    return json.loads((FIXTURES / "magento" / f"{name}.json").read_text(encoding="utf-8"))


def read(order: object, shipments: object = None, memos: object = None) -> StoreUpdate:
    answers = [json.dumps(part).encode() if part else b"" for part in (order, shipments, memos)]
    [update] = MAGENTO.parse_order(answers, received_at=RECEIVED_AT)
    return update


def order_with(**fields: object) -> OrderSnapshot:
    order = read({**fixture("_order.created")[0], **fields}).order
    assert order is not None
    return order


@pytest.mark.parametrize(
    ("state", "status", "held", "reason", "cancelled"),
    [
        ("new", "pending", False, HoldReason.OTHER, False),
        ("pending_payment", "pending_payment", True, HoldReason.AWAITING_PAYMENT, False),
        ("payment_review", "payment_review", True, HoldReason.FRAUD_CHECK, False),
        ("processing", "fraud", True, HoldReason.FRAUD_CHECK, False),
        ("holded", "holded", True, HoldReason.OTHER, False),
        ("processing", "our_own_status", False, HoldReason.OTHER, False),
        ("complete", "complete", False, HoldReason.OTHER, False),
        ("closed", "closed", False, HoldReason.OTHER, False),
        ("canceled", "fraud", False, HoldReason.OTHER, True),
        ("", "", False, HoldReason.OTHER, False),
    ],
)
def test_state_means(state: str, status: str, held: bool, reason: HoldReason, cancelled: bool) -> None:
    update = read({**fixture("_order.created")[0], "state": state, "status": status})
    [hold] = update.holds
    assert (hold.held, hold.reason) == (held, reason)
    assert update.order is not None
    assert bool(update.order.cancelled_at) is cancelled


@pytest.mark.parametrize(
    ("ordered", "cancelled", "refunded", "shipped", "left"),
    [
        (2, 0, 0, 0, [2]),
        (2, 1, 0, 0, [1]),
        (2, 2, 0, 0, []),
        (2, 0, 1, 0, [1]),
        (2, 0, 2, 2, [2]),
        (2, 0, 1, 1, [1]),
        (2.5, 0, 0, 0, [3]),
        ("2.0000", "0.0000", None, None, [2]),
    ],
)
def test_line_counts_what_left_or_still_may(
    ordered: object, cancelled: object, refunded: object, shipped: object, left: list[int]
) -> None:
    line = fixture("_order.created")[0]["items"][0] | {
        "qty_ordered": ordered,
        "qty_canceled": cancelled,
        "qty_refunded": refunded,
        "qty_shipped": shipped,
    }
    assert [item.quantity for item in order_with(items=[line]).items] == left


def test_configurable_product_is_counted_once() -> None:
    items = order_with().items
    assert [(item.line_id, item.ships) for item in items] == [("801", True), ("803", False)]


@pytest.mark.parametrize(
    ("printed", "shown"), [(24.79, "24.79"), (30, "30.00"), ("29.5000", "29.50"), (1.005, "1.005"), (None, "")]
)
def test_price_is_what_the_shopper_saw(printed: object, shown: str) -> None:
    line = fixture("_order.created")[0]["items"][0] | {"base_price_incl_tax": printed, "base_price": None}
    assert order_with(items=[line]).items[0].price == shown


@pytest.mark.parametrize(
    ("paid_in", "seen"), [("GBP", ("GBP", "63.87")), ("EUR", ("", "")), (None, ("", "")), ("", ("", ""))]
)
def test_what_the_shopper_paid_is_told_where_it_differs(paid_in: str | None, seen: tuple[str, str]) -> None:
    order = order_with(order_currency_code=paid_in, grand_total=63.87)
    assert (order.shopper_currency, order.shopper_total) == seen
    assert (order.currency, order.total) == ("EUR", "73.99")


def test_times_without_an_offset_are_utc() -> None:
    assert order_with().placed_at == datetime.fromisoformat("2026-05-18T09:02:41Z")


@pytest.mark.parametrize(
    ("title", "code", "carrier", "shown"),
    [
        ("PostNL", "custom", "postnl", "PostNL"),
        ("Our van", "ups", "ups", "Our van"),
        ("United Parcel Service", "ups", "ups", "United Parcel Service"),
        ("", "fedex", "fedex", "fedex"),
        ("Pigeon Post", "custom", "", "Pigeon Post"),
        (None, None, "", ""),
    ],
)
def test_carrier_is_known_by_title_or_code(title: str | None, code: str | None, carrier: str, shown: str) -> None:
    order, shipments, _ = fixture("_order.two_parcels")
    track = shipments["items"][0]["tracks"][0] | {"title": title, "carrier_code": code}
    shipments["items"][0]["tracks"] = [track]
    [packing] = read(order, shipments).fulfilments
    assert [(one.carrier, one.carrier_name) for one in packing.parcels] == [(carrier, shown)]


def test_number_added_later_moves_the_packings_clock() -> None:
    order, shipments, _ = fixture("_order.two_parcels")
    [packing] = read(order, shipments).fulfilments
    assert packing.updated_at == datetime.fromisoformat("2026-05-20T09:15:00Z")
    shipments["items"][0]["tracks"] = []
    [before] = read(order, shipments).fulfilments
    assert before.updated_at == datetime.fromisoformat("2026-05-20T07:30:00Z")


def test_refund_is_in_the_shoppers_currency_and_one_called_off_is_none() -> None:
    [refund] = read(*fixture("_order.refunded_abroad")).refunds
    assert (refund.amount, refund.currency) == ("25.90", "GBP")
    assert [(one.line_id, one.quantity) for one in refund.items] == [("801", 1)]


@pytest.mark.parametrize(
    "document",
    [
        {"order_id": 460},
        {"entity_id": "460"},
        {"data": {"order": {"entity_id": 460}}},
        {"data": {"shipment": {"entity_id": 31, "order_id": 460}}},
        {"data": {"track": {"entity_id": 1, "order_id": 460}}},
        {"entity_id": 9, "data": {"creditmemo": {"entity_id": 9, "order_id": 460}}},
    ],
    ids=str,
)
def test_delivery_names_the_order(document: object) -> None:
    [update] = MAGENTO.parse("order.changed", json.dumps(document).encode(), received_at=RECEIVED_AT)
    assert isinstance(update, StoreUpdate)
    assert (update.vendor_order_id, update.is_bare) == ("460", True)


def test_signature_covers_the_text_of_the_body_not_its_bytes() -> None:
    signed = fixture("signature")
    body = (FIXTURES / "magento" / signed["body"]).read_bytes()
    request = WebhookRequest(headers=signed["headers"], body=b64encode(body), path="", received_at=RECEIVED_AT)
    with pytest.raises(InvalidSignatureError):
        MAGENTO.verify_webhook(request, [signed["secret"]])


def test_order_is_read_with_its_shipments_and_credit_memos() -> None:
    asked = MAGENTO.order_requests("460", KEYS, "")
    assert [urlsplit(one.url).path for one in asked] == [
        "/rest/V1/orders/460",
        "/rest/V1/shipments",
        "/rest/V1/creditmemos",
    ]
    for one in asked[1:]:
        query = parse_qs(urlsplit(one.url).query)
        assert query["searchCriteria[filterGroups][0][filters][0][field]"] == ["order_id"]
        assert query["searchCriteria[filterGroups][0][filters][0][value]"] == ["460"]
    assert all(one.headers["Authorization"] == "Bearer integration-token" for one in asked)


@pytest.mark.parametrize("answers", [1, 2, 3])
def test_answer_without_content_says_nothing(answers: int) -> None:
    order = json.dumps(fixture("_order.created")[0]).encode()
    [update] = MAGENTO.parse_order([order, b"", b""][:answers], received_at=RECEIVED_AT)
    assert (update.fulfilments, update.refunds) == ((), ())


@pytest.mark.parametrize("answers", [[], [b""], [b"", b"{}", b"{}"]], ids=str)
def test_nothing_read_at_all_is_malformed(answers: list[bytes]) -> None:
    with pytest.raises(MalformedPayloadError):
        MAGENTO.parse_order(answers, received_at=RECEIVED_AT)


def test_changed_orders_are_asked_for_in_utc_oldest_first() -> None:
    since = datetime.fromisoformat("2026-05-18T11:03:10+02:00")
    query = parse_qs(urlsplit(MAGENTO.changed_request(since, 3, KEYS, "").url).query)
    assert {key.removeprefix("searchCriteria"): value for key, [value] in query.items()} == {
        "[filterGroups][0][filters][0][field]": "updated_at",
        "[filterGroups][0][filters][0][conditionType]": "gteq",
        "[filterGroups][0][filters][0][value]": "2026-05-18 09:03:10",
        "[sortOrders][0][field]": "updated_at",
        "[sortOrders][0][direction]": "ASC",
        "[pageSize]": "50",
        "[currentPage]": "3",
    }


def test_changed_order_with_shipments_is_only_named() -> None:
    page = MAGENTO.parse_changed(json.dumps(fixture("_changed.page")).encode(), received_at=RECEIVED_AT)
    assert [(one.vendor_order_id, one.is_bare) for one in page.updates] == [("461", True), ("460", False)]


@pytest.mark.parametrize(
    ("current", "total", "more"), [(1, 50, False), (1, 51, True), (2, 100, False), (3, 100, False)]
)
def test_total_says_where_to_stop(current: int, total: int, more: bool) -> None:
    document = fixture("_changed.page") | {
        "total_count": total,
        "search_criteria": {"page_size": 50, "current_page": current},
    }
    page = MAGENTO.parse_changed(json.dumps(document).encode(), received_at=RECEIVED_AT)
    assert page.more is more
