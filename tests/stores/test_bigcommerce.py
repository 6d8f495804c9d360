"""What is BigCommerce's own: bodies that only name an order, four or five answers for one, statuses, RFC 2822 times."""

import hashlib
import hmac
import json
from base64 import b64encode
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from porchlight.domain.errors import InvalidSignatureError, MalformedPayloadError
from porchlight.domain.exchange import WebhookRequest
from porchlight.domain.fulfilments import HoldReason
from porchlight.domain.orders import Item, OrderSnapshot
from porchlight.domain.store_news import StoreUpdate
from porchlight.plugins import STORES

from tests.contract.cases import RECEIVED_AT
from tests.stores.cases import FIXTURES

BIG = STORES.get("bigcommerce")
KEYS = {"store_hash": "k3v9example", "access_token": "token-example"}
SECRET = "bc-client-secret"
ORDER, PRODUCTS, ADDRESSES, SHIPMENTS, REFUNDS = range(5)


def fixture(name: str) -> Any:
    return json.loads((FIXTURES / "bigcommerce" / f"{name}.json").read_text(encoding="utf-8"))


def read(answers: list[Any]) -> list[StoreUpdate]:
    bodies = [answer.encode() if isinstance(answer, str) else json.dumps(answer).encode() for answer in answers]
    return BIG.parse_order(bodies, received_at=RECEIVED_AT)


def update_with(name: str = "_order.split", **fields: object) -> StoreUpdate:
    answers = fixture(name)
    [update] = read([answers[ORDER] | fields, *answers[PRODUCTS:]])
    return update


def order_with(**fields: object) -> OrderSnapshot:
    order = update_with(**fields).order
    assert order is not None
    return order


def item_with(**fields: object) -> Item:
    answers = fixture("_order.created")
    [update] = read([answers[ORDER], [answers[PRODUCTS][0] | fields], *answers[ADDRESSES:]])
    assert update.order is not None
    return update.order.items[0]


@pytest.mark.parametrize(
    ("status", "held", "reason", "cancelled"),
    [
        (1, True, HoldReason.AWAITING_PAYMENT, False),
        (2, False, HoldReason.OTHER, False),
        (3, False, HoldReason.OTHER, False),
        (4, False, HoldReason.OTHER, False),
        (5, False, HoldReason.OTHER, True),
        (6, False, HoldReason.OTHER, True),
        (7, True, HoldReason.AWAITING_PAYMENT, False),
        (8, False, HoldReason.OTHER, False),
        (9, False, HoldReason.OTHER, False),
        (10, False, HoldReason.OTHER, False),
        (11, False, HoldReason.OTHER, False),
        (12, True, HoldReason.OTHER, False),
        (13, False, HoldReason.OTHER, False),
        (14, False, HoldReason.OTHER, False),
        (99, False, HoldReason.OTHER, False),
    ],
)
def test_status_means(status: int, held: bool, reason: HoldReason, cancelled: bool) -> None:
    update = update_with(status_id=status)
    [hold] = update.holds
    assert (hold.held, hold.reason) == (held, reason)
    assert update.order is not None
    assert bool(update.order.cancelled_at) is cancelled


def test_checkout_nobody_finished_is_no_order() -> None:
    assert read(fixture("_order.incomplete")) == []


@pytest.mark.parametrize(
    ("printed", "moment"),
    [
        ("Tue, 26 May 2026 04:00:00 -0500", "2026-05-26T09:00:00Z"),
        ("Tue, 26 May 2026 09:00:00 +0000", "2026-05-26T09:00:00Z"),
        ("26 May 2026 09:00:00 GMT", "2026-05-26T09:00:00Z"),
    ],
)
def test_time_of_a_mail_header_becomes_utc(printed: str, moment: str) -> None:
    assert order_with(date_created=printed).placed_at == datetime.fromisoformat(moment)


@pytest.mark.parametrize("printed", ["", "yesterday", "2026-05-26T09:00:00Z", None, 1779786000, "Tue, 99 May 2026"])
def test_other_time_is_malformed(printed: object) -> None:
    with pytest.raises(MalformedPayloadError, match="date_created"):
        order_with(date_created=printed)


@pytest.mark.parametrize("never", ["", None])
def test_order_that_never_changed_counts_from_when_it_was_made(never: str | None) -> None:
    order = order_with(date_modified=never)
    assert order.updated_at == order.placed_at


@pytest.mark.parametrize(
    ("printed", "shown"),
    [("28.0000", "28.00"), ("28.5", "28.50"), (28, "28.00"), ("0.1250", "0.1250"), ("1200", "1200.00"), (None, "")],
)
def test_money_keeps_two_decimals_unless_there_are_more(printed: object, shown: str) -> None:
    assert item_with(price_inc_tax=printed).price == shown
    assert order_with(total_inc_tax=printed).total == shown


@pytest.mark.parametrize(
    ("kind", "ships"), [("physical", True), ("digital", False), ("giftcertificate", False), ("", False)]
)
def test_only_what_is_physical_ships(kind: str, ships: bool) -> None:
    assert item_with(type=kind).ships is ships


def test_custom_product_has_no_product_id_and_guest_no_customer_id() -> None:
    assert item_with(product_id=0).product_id == ""
    assert order_with(customer_id=0).customer_id == ""


def test_currency_is_the_one_that_was_paid() -> None:
    order = order_with(currency_code="CAD", default_currency_code="USD")
    assert (order.currency, order.shopper_currency) == ("USD", "")


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("9400 1000 0000 0000 0000 01", ["9400100000000000000001"]),
        ("A1,B2", ["A1", "B2"]),
        ("A1; B2", ["A1", "B2"]),
        ("A1\r\nB2", ["A1", "B2"]),
        (" , ", []),
        ("", []),
    ],
)
def test_one_field_may_hold_several_numbers(written: str, numbers: list[str]) -> None:
    answers = fixture("_order.split")
    shipment = answers[SHIPMENTS][0] | {"tracking_number": written}
    [update] = read([*answers[:SHIPMENTS], [shipment], ""])
    [packing] = update.fulfilments
    assert [parcel.tracking_number for parcel in packing.parcels] == numbers


@pytest.mark.parametrize(
    ("shown", "carrier", "provider", "known"),
    [
        ("USPS", "", "usps", ("usps", "USPS")),
        ("Custom", "dhl", "custom", ("dhl_unified", "dhl")),
        ("", "", "fedex", ("fedex", "fedex")),
        ("Pigeon Post", "", "other", ("", "Pigeon Post")),
        ("", "", "", ("", "")),
    ],
)
def test_carrier_is_the_first_name_that_is_known(
    shown: str, carrier: str, provider: str, known: tuple[str, str]
) -> None:
    answers = fixture("_order.split")
    names = {"shipping_provider_display_name": shown, "tracking_carrier": carrier, "shipping_provider": provider}
    [update] = read([*answers[:SHIPMENTS], [answers[SHIPMENTS][0] | names], ""])
    [parcel] = update.fulfilments[0].parcels
    assert (parcel.carrier, parcel.carrier_name) == known


def test_shipment_read_later_replaces_the_one_read_before() -> None:
    bodies = [json.dumps(answer).encode() if answer else b"" for answer in fixture("_order.split")]
    later = datetime.fromisoformat("2026-06-02T12:00:00Z")
    [before], [after] = BIG.parse_order(bodies, received_at=RECEIVED_AT), BIG.parse_order(bodies, received_at=later)
    assert [one.updated_at for one in after.fulfilments] == [later, later]
    assert [one.created_at for one in after.fulfilments] == [one.created_at for one in before.fulfilments]


@pytest.mark.parametrize("answers", [1, 2, 3, 4])
def test_part_that_is_missing_or_empty_says_nothing(answers: int) -> None:
    whole = fixture("_order.created")
    [update] = read([*whole[:answers], *[""] * (5 - answers)])
    [fewer] = read(whole[:answers])
    assert update == fewer
    assert update.fulfilments == update.refunds == ()


@pytest.mark.parametrize("topic", BIG.topics)
def test_body_names_an_order_that_must_be_read(topic: str) -> None:
    shipment = topic.startswith("store/shipment/")
    data = {"type": "shipment", "id": 88, "orderId": 5120} if shipment else {"type": "order", "id": 5120}
    *undone, bare = BIG.parse(topic, json.dumps({"scope": topic, "data": data}).encode(), received_at=RECEIVED_AT)
    assert isinstance(bare, StoreUpdate)
    assert bare.is_bare
    assert bare.vendor_order_id == "5120"
    assert len(undone) == (topic == "store/shipment/deleted")


def test_shipment_without_its_order_is_malformed() -> None:
    body = b'{"scope": "store/shipment/created", "data": {"type": "shipment", "id": 88}}'
    with pytest.raises(MalformedPayloadError, match="orderId"):
        BIG.parse("store/shipment/created", body, received_at=RECEIVED_AT)


@pytest.mark.parametrize("topic", ["store/order/message/created", "store/sku/updated", "store/order", ""])
def test_other_topic_is_not_read(topic: str) -> None:
    assert BIG.parse(topic, b'{"data": {"id": 1}}', received_at=RECEIVED_AT) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b"\xff"])
def test_topic_of_an_unreadable_body_is_no_topic_but_an_error(body: bytes) -> None:
    with pytest.raises(MalformedPayloadError):
        BIG.topic(WebhookRequest(headers={}, body=body, path="", received_at=RECEIVED_AT))


def test_page_is_asked_for_by_time_of_change_and_empty_when_there_is_none() -> None:
    request = BIG.changed_request(datetime.fromisoformat("2026-05-20T11:15:00+02:00"), 3, KEYS, "")
    assert urlsplit(request.url).path == "/stores/k3v9example/v2/orders"
    query = {key: value for key, [value] in parse_qs(urlsplit(request.url).query).items()}
    assert query["min_date_modified"] == "2026-05-20T09:15:00+00:00"
    assert (query["sort"], query["page"]) == ("date_modified:asc", "3")
    assert BIG.parse_changed(b"", received_at=RECEIVED_AT).newest is None


@pytest.mark.parametrize(("orders", "more"), [(1, False), (50, True)])
def test_full_page_has_another_one_after_it(orders: int, more: bool) -> None:
    page = json.dumps([fixture("_order.created")[ORDER]] * orders).encode()
    assert BIG.parse_changed(page, received_at=RECEIVED_AT).more is more


def test_one_order_is_five_independent_calls() -> None:
    paths = [
        urlsplit(one.url).path.removeprefix("/stores/k3v9example/") for one in BIG.order_requests("5120", KEYS, "")
    ]
    assert paths == [
        "v2/orders/5120",
        "v2/orders/5120/products",
        "v2/orders/5120/shippingaddresses",
        "v2/orders/5120/shipments",
        "v3/orders/5120/payment_actions/refunds",
    ]


def signature(body: bytes, *, name: str = "msg_1", at: str = "1780315200") -> str:
    digest = hmac.digest(SECRET.encode(), f"{name}.{at}.".encode() + body, hashlib.sha256)
    return f"v1,{b64encode(digest).decode()}"


def delivery(given: str, body: bytes = b"{}") -> WebhookRequest:
    headers = {"webhook-id": "msg_1", "webhook-timestamp": "1780315200", "webhook-signature": given}
    return WebhookRequest(headers=headers, body=body, path="", received_at=RECEIVED_AT)


@pytest.mark.parametrize("form", ["{good}", "v1,AAAA {good}", "{good} v1,AAAA", "v1a,AAAA {good}", "v2,AAAA {good}"])
def test_one_good_signature_among_several_is_enough(form: str) -> None:
    BIG.verify_webhook(delivery(form.format(good=signature(b"{}"))), [SECRET])


@pytest.mark.parametrize(
    "form", ["v2,{bare}", "{bare}", "v1,", "v1,AAAA", "{good},", "{good} ", " {good}", "{good}  {good}", "V1,{bare}"]
)
def test_anything_else_is_refused(form: str) -> None:
    good = signature(b"{}")
    with pytest.raises(InvalidSignatureError):
        BIG.verify_webhook(delivery(form.format(good=good, bare=good.removeprefix("v1,"))), [SECRET])


@pytest.mark.parametrize("at", ["", "now", "-1780315200", "1780315200.0", "9" * 40, "１７８０３１５２００"])
def test_time_that_is_no_number_of_seconds_is_refused(at: str) -> None:
    headers = {"webhook-id": "msg_1", "webhook-timestamp": at, "webhook-signature": signature(b"{}", at=at)}
    with pytest.raises(InvalidSignatureError):
        BIG.verify_webhook(delivery("").model_copy(update={"headers": headers}), [SECRET])


def test_no_street_is_kept() -> None:
    assert "Bluebonnet" not in update_with().model_dump_json()
