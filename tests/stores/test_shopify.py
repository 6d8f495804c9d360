"""What is Shopify's own: its statuses, carrier names, consent, outer keys and unsigned topic, what is named and read."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from porchlight.domain.carrier_names import carrier_named
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.fulfilments import HoldReason, ReturnState
from porchlight.domain.orders import OrderSnapshot
from porchlight.domain.status import Action, Responsible, Status, SubStatus
from porchlight.domain.store_news import StoreUpdate
from porchlight.domain.times import TimeQuality
from porchlight.domain.tracking import EstimateSource
from porchlight.plugins import STORES

from tests.contract.cases import RECEIVED_AT
from tests.stores.cases import FIXTURES

SHOPIFY = STORES.get("shopify")


def fixture(name: str) -> Any:
    return json.loads(Path(FIXTURES / "shopify" / f"{name}.json").read_text(encoding="utf-8"))


def parse(topic: str, document: object) -> list[StoreUpdate]:
    return SHOPIFY.parse(topic, json.dumps(document).encode(), received_at=RECEIVED_AT)


def order_with(**fields: object) -> OrderSnapshot:
    [update] = parse("orders/updated", {**fixture("orders.create.created"), **fields})
    assert update.order is not None
    return update.order


@pytest.mark.parametrize(
    ("word", "status", "sub_status"),
    [
        ("confirmed", Status.PRE_TRANSIT, SubStatus.NONE),
        ("label_purchased", Status.PRE_TRANSIT, SubStatus.LABEL_CREATED),
        ("label_printed", Status.PRE_TRANSIT, SubStatus.LABEL_CREATED),
        ("carrier_picked_up", Status.IN_TRANSIT, SubStatus.ACCEPTED),
        ("in_transit", Status.IN_TRANSIT, SubStatus.NONE),
        ("delayed", Status.EXCEPTION, SubStatus.DELAYED),
        ("out_for_delivery", Status.OUT_FOR_DELIVERY, SubStatus.NONE),
        ("attempted_delivery", Status.DELIVERY_ATTEMPTED, SubStatus.NONE),
        ("ready_for_pickup", Status.AVAILABLE_FOR_PICKUP, SubStatus.NONE),
        ("ready_for_recipient_pickup", Status.AVAILABLE_FOR_PICKUP, SubStatus.NONE),
        ("picked_up", Status.DELIVERED, SubStatus.COLLECTED),
        ("delivered", Status.DELIVERED, SubStatus.NONE),
        ("buyer_action_required", Status.EXCEPTION, SubStatus.HELD),
        ("returning_to_sender", Status.RETURN_TO_SENDER, SubStatus.NONE),
        ("failure", Status.EXCEPTION, SubStatus.NONE),
        ("OUT_FOR_DELIVERY", Status.OUT_FOR_DELIVERY, SubStatus.NONE),
        ("", Status.UNKNOWN, SubStatus.NONE),
        ("delivered_twice", Status.UNKNOWN, SubStatus.NONE),
    ],
)
def test_status_word_means(word: str, status: Status, sub_status: SubStatus) -> None:
    document = {**fixture("fulfillment_events.create.out_for_delivery"), "status": word}
    [update] = parse("fulfillment_events/create", document)
    [item] = update.events
    assert (item.event.status, item.event.sub_status, item.event.code) == (status, sub_status, word)


def test_parcel_to_collect_asks_the_recipient_to_collect() -> None:
    document = {**fixture("fulfillment_events.create.out_for_delivery"), "status": "ready_for_pickup"}
    [update] = parse("fulfillment_events/create", document)
    assert update.events[0].event.action is Action.COLLECT
    assert update.events[0].event.responsible is Responsible.RECIPIENT


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("2026-05-23T23:59:00+02:00", "2026-05-23"),
        ("2026-05-24T00:00:00+02:00", "2026-05-24"),
        ("2026-05-24T00:00:00Z", "2026-05-24"),
        ("2026-05-23T20:00:00-10:00", "2026-05-23"),
    ],
)
def test_estimate_is_the_date_as_printed(printed: str, day: str) -> None:
    document = {**fixture("fulfillment_events.create.out_for_delivery"), "estimated_delivery_at": printed}
    [update] = parse("fulfillment_events/create", document)
    estimate = update.events[0].estimate
    assert estimate is not None
    assert str(estimate) == day
    assert estimate.source is EstimateSource.STORE


def test_event_from_the_far_future_counts_from_when_it_came() -> None:
    document = {**fixture("fulfillment_events.create.out_for_delivery"), "happened_at": "2031-01-01T00:00:00Z"}
    [update] = parse("fulfillment_events/create", document)
    assert update.events[0].event.occurred_at == RECEIVED_AT
    assert update.events[0].event.time_quality is TimeQuality.CLAMPED


def test_event_without_any_time_counts_from_when_it_came_and_keeps_its_id() -> None:
    document = {**fixture("fulfillment_events.create.untimed"), "created_at": None}
    [update], [again] = parse("fulfillment_events/create", document), parse("fulfillment_events/create", document)
    assert update.events[0].event.occurred_at == RECEIVED_AT
    assert update.events[0].event.event_id == again.events[0].event.event_id


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("UPS", "ups"),
        ("ups", "ups"),
        (" FedEx ", "fedex"),
        ("USPS", "usps"),
        ("DHL  Express", "dhl_express"),
        ("DHL eCommerce", "dhl_unified"),
        ("DHL eCommerce Asia", "dhl_unified"),
        ("Pigeon Post", ""),
        ("UPS Mail Innovations", ""),
        ("Other", ""),
        ("", ""),
    ],
)
def test_carrier_name_means(words: str, code: str) -> None:
    assert carrier_named(words) == code


@pytest.mark.parametrize("status", ["cancelled", "error", "failure"])
def test_packing_that_failed_no_longer_counts(status: str) -> None:
    [update] = parse("fulfillments/update", {**fixture("fulfillments.create.two_parcels"), "status": status})
    assert [packed.cancelled for packed in update.fulfilments] == [True]


@pytest.mark.parametrize("status", ["pending", "open", "success", None, "something new"])
def test_packing_that_stands_counts(status: str | None) -> None:
    [update] = parse("fulfillments/update", {**fixture("fulfillments.create.two_parcels"), "status": status})
    assert [packed.cancelled for packed in update.fulfilments] == [False]


@pytest.mark.parametrize(
    ("ticked", "standing", "consents"),
    [
        (True, None, True),
        (False, None, False),
        (None, None, False),
        (True, "unsubscribed", False),
        (True, "pending", False),
        (True, "redacted", False),
        (False, "subscribed", True),
    ],
)
def test_standing_consent_outlives_the_box_ticked_at_checkout(
    ticked: bool | None, standing: str | None, consents: bool
) -> None:
    customer = {"first_name": "Marit", "email_marketing_consent": standing and {"state": standing}}
    assert order_with(buyer_accepts_marketing=ticked, customer=customer).marketing_consent is consents


@pytest.mark.parametrize(
    ("first", "last", "gift"),
    [
        ("Marit", "Solberg", False),
        ("MARIT", " solberg", False),
        ("Solberg", "Marit", False),
        ("Marit Eline", "Solberg", False),
        ("", "Solberg", False),
        ("", "", False),
        ("Kari", "Solberg", True),
        ("Kari", "Nordmann", True),
    ],
)
def test_recipient_with_another_name_makes_a_gift(first: str, last: str, gift: bool) -> None:
    address = {"first_name": first, "last_name": last, "city": "Oslo", "country_code": "NO"}
    assert order_with(shipping_address=address).gift is gift


@pytest.mark.parametrize(("at_the_door", "reached"), [("+4790000001", "+4790000001"), (None, "+4790000002")])
def test_shopper_who_receives_is_called_at_the_door(at_the_door: str | None, reached: str) -> None:
    address = {"first_name": "Marit", "last_name": "Solberg", "phone": at_the_door}
    order = order_with(shipping_address=address, phone="+4790000002")
    assert (order.recipient.phone, order.shopper.phone) == (reached, "+4790000002")
    assert order.recipient.email == order.shopper.email


def test_order_without_a_known_buyer_is_no_gift() -> None:
    assert not order_with(customer=None, billing_address=None).gift


def test_order_of_the_rest_interface_reads_like_the_webhook() -> None:
    bare = fixture("orders.create.created")
    assert parse("orders/create", {"order": bare}) == parse("orders/create", bare)
    assert parse("orders/create", {"orders": [bare, bare]}) == parse("orders/create", bare) * 2


def test_fulfilment_inside_its_order_reads_like_the_webhook() -> None:
    order, packed = fixture("orders.create.created"), fixture("fulfillments.create.two_parcels")
    [inside] = parse("orders/updated", {**order, "fulfillments": [packed]})
    [alone] = parse("fulfillments/create", packed)
    assert inside.fulfilments == alone.fulfilments
    assert inside.vendor_order_id == alone.vendor_order_id


@pytest.mark.parametrize(
    ("topic", "name"),
    [
        ("fulfillments/create", "orders.updated.updated"),
        ("fulfillment_events/create", "orders.create.created"),
        ("fulfillment_events/create", "fulfillments.create.two_parcels"),
        ("fulfillments/create", "fulfillment_events.create.untimed"),
    ],
)
def test_body_under_a_topic_it_does_not_fit_is_malformed(topic: str, name: str) -> None:
    document = fixture(name)
    document.pop("order_id", None)
    with pytest.raises(MalformedPayloadError):
        parse(topic, document)


@pytest.mark.parametrize("value", ["NaN", "1.5", "true", "[]", '""', "null", '" "'])
def test_order_without_a_usable_id_is_malformed(value: str) -> None:
    body = b'{"id": %s, "created_at": "2026-05-20T10:15:30+02:00"}' % value.encode()
    with pytest.raises(MalformedPayloadError, match="id"):
        SHOPIFY.parse("orders/create", body, received_at=RECEIVED_AT)


def test_malformed_field_is_named_without_its_value() -> None:
    document = fixture("orders.create.created")
    document["line_items"][1]["quantity"] = "Marit Solberg"
    with pytest.raises(MalformedPayloadError) as caught:
        parse("orders/create", document)
    assert caught.value.field == "body.0.line_items.1.quantity"
    assert "Marit" not in str(caught.value)


def test_no_street_is_kept() -> None:
    [update] = parse("orders/create", fixture("orders.create.created"))
    assert "Fjellveien" not in update.model_dump_json()


KEYS = {"shop": "lamplight.myshopify.com", "access_token": "shpat_example"}
ORDER = "6148210327901234567"


def told(**parts: object) -> list[StoreUpdate]:
    """The update of one order that was read, with these returns or fulfilment orders."""
    document = fixture("_order.of_a_return")[0]
    order = document["data"]["node"]["order"]
    for name, nodes in parts.items():
        order[name] = {"nodes": nodes}
    return SHOPIFY.parse_order([json.dumps(document).encode()], received_at=RECEIVED_AT)


@pytest.mark.parametrize(
    ("status", "reasons", "held", "reason"),
    [
        ("ON_HOLD", ["AWAITING_PAYMENT"], True, HoldReason.AWAITING_PAYMENT),
        ("ON_HOLD", ["HIGH_RISK_OF_FRAUD"], True, HoldReason.FRAUD_CHECK),
        ("ON_HOLD", ["INCORRECT_ADDRESS"], True, HoldReason.ADDRESS_PROBLEM),
        ("ON_HOLD", ["INVENTORY_OUT_OF_STOCK"], True, HoldReason.OUT_OF_STOCK),
        ("ON_HOLD", ["UNKNOWN_DELIVERY_DATE"], True, HoldReason.OTHER),
        ("ON_HOLD", ["OTHER", "AWAITING_PAYMENT"], True, HoldReason.OTHER),
        ("ON_HOLD", [], True, HoldReason.OTHER),
        ("SCHEDULED", [], True, HoldReason.SCHEDULED),
        ("OPEN", [], False, HoldReason.OTHER),
        ("CLOSED", ["AWAITING_PAYMENT"], False, HoldReason.OTHER),
        ("A_NEW_STATUS", [], False, HoldReason.OTHER),
    ],
)
def test_fulfilment_order_is_held(status: str, reasons: list[str], held: bool, reason: HoldReason) -> None:
    holds = [{"reason": one} for one in reasons]
    part = {"id": "gid://shopify/FulfillmentOrder/7", "status": status, "updatedAt": "2026-05-20T08:40:00Z"}
    [update] = told(fulfillmentOrders=[part | {"fulfillmentHolds": holds}])
    [hold] = update.holds
    assert (hold.hold_id, hold.held, hold.reason) == ("7", held, reason)


@pytest.mark.parametrize(
    ("status", "states"),
    [
        ("REQUESTED", [ReturnState.REQUESTED]),
        ("OPEN", [ReturnState.APPROVED]),
        ("DECLINED", [ReturnState.DECLINED]),
        ("CANCELED", [ReturnState.CANCELLED]),
        ("CLOSED", [ReturnState.CLOSED]),
        ("A_NEW_STATUS", []),
    ],
)
def test_return_is_as_far_as_its_status_says(status: str, states: list[ReturnState]) -> None:
    [update] = told(returns=[{"id": "gid://shopify/Return/9", "status": status}])
    assert [one.state for one in update.returns] == states


@pytest.mark.parametrize(
    ("topic", "name", "named"),
    [
        ("returns/request", "returns.request.requested", ORDER),
        ("returns/approve", "returns.request.requested", ORDER),
        ("returns/decline", "returns.decline.declined", ORDER),
        ("returns/close", "returns.close.closed", ORDER),
        ("returns/reopen", "returns.close.closed", ORDER),
        ("returns/cancel", "returns.close.closed", ORDER),
        ("returns/update", "returns.update.changed", "Return/870000000501"),
        (
            "reverse_deliveries/attach_deliverable",
            "reverse_deliveries.attach_deliverable.label",
            "Return/870000000501",
        ),
        (
            "fulfillment_orders/placed_on_hold",
            "fulfillment_orders.placed_on_hold.held",
            "FulfillmentOrder/840000000801",
        ),
        (
            "fulfillment_orders/hold_released",
            "fulfillment_orders.hold_released.released",
            "FulfillmentOrder/840000000801",
        ),
    ],
)
def test_webhook_without_a_time_names_what_to_read(topic: str, name: str, named: str) -> None:
    [update] = parse(topic, fixture(name))
    assert update.is_bare
    assert update.vendor_order_id == named


@pytest.mark.parametrize(
    ("name", "paths", "gid"),
    [
        (ORDER, [f"orders/{ORDER}.json", "graphql.json"], f"gid://shopify/Order/{ORDER}"),
        ("Return/9", ["graphql.json"], "gid://shopify/Return/9"),
        ("FulfillmentOrder/7", ["graphql.json"], "gid://shopify/FulfillmentOrder/7"),
        ("Customer/7", ["orders/Customer%2F7.json", "graphql.json"], "gid://shopify/Order/Customer/7"),
    ],
)
def test_part_of_an_order_leads_to_its_order(name: str, paths: list[str], gid: str) -> None:
    asked = SHOPIFY.order_requests(name, KEYS, "")
    assert [urlsplit(one.url).path for one in asked] == [f"/admin/api/2026-07/{path}" for path in paths]
    assert all(one.headers["X-Shopify-Access-Token"] == KEYS["access_token"] for one in asked)
    assert json.loads(asked[-1].body or b"")["variables"] == {"id": gid}


def test_answer_about_a_part_names_the_order() -> None:
    [update] = told()
    assert update.vendor_order_id == ORDER
    assert update.order is None


@pytest.mark.parametrize("node", [None, {"order": None}])
def test_order_that_may_not_be_seen_says_nothing(node: object) -> None:
    body = json.dumps({"data": {"node": node}}).encode()
    if node:
        with pytest.raises(MalformedPayloadError):
            SHOPIFY.parse_order([body], received_at=RECEIVED_AT)
    else:
        assert SHOPIFY.parse_order([b"", body], received_at=RECEIVED_AT) == []


def test_refused_query_is_malformed_and_not_an_empty_answer() -> None:
    body = b'{"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]}'
    with pytest.raises(MalformedPayloadError, match="data"):
        SHOPIFY.parse_order([b"", body], received_at=RECEIVED_AT)


@pytest.mark.parametrize("missing", [0, 1])
def test_answer_without_content_says_nothing(missing: int) -> None:
    answers = [json.dumps(one).encode() for one in fixture("_order.whole")]
    answers[missing] = b""
    [update] = SHOPIFY.parse_order(answers, received_at=RECEIVED_AT)
    assert bool(update.order) is (missing == 1)
    assert bool(update.returns) is (missing == 0)


def test_refund_in_the_order_is_the_one_of_its_webhook() -> None:
    [alone], [inside] = parse("refunds/create", fixture("refunds.create.refunded")), read_whole()
    assert alone.refunds == inside.refunds
    assert alone.refunds[0].amount == "284.30"


def read_whole() -> list[StoreUpdate]:
    answers = [json.dumps(one).encode() for one in fixture("_order.whole")]
    return SHOPIFY.parse_order(answers, received_at=RECEIVED_AT)


@pytest.mark.parametrize("status", ["pending", "failure", "error"])
def test_money_that_did_not_go_back_is_no_amount(status: str) -> None:
    document = fixture("refunds.create.refunded")
    for one in document["transactions"]:
        one["status"] = status
    [update] = parse("refunds/create", document)
    assert (update.refunds[0].amount, update.refunds[0].currency) == ("", "")


@pytest.mark.parametrize(
    ("quantity", "packed", "fulfillable", "cancelled", "left"),
    [
        (2, 0, 2, False, [2]),
        (2, 0, 1, False, [1]),
        (2, 0, 0, False, []),
        (2, 1, 0, False, [1]),
        (2, 1, 1, False, [2]),
        (2, 2, 2, False, [2]),
        (2, 0, None, False, [2]),
        (2, 0, 0, True, [2]),
    ],
)
def test_line_that_was_taken_out_is_no_longer_waited_for(
    quantity: int, packed: int, fulfillable: int | None, cancelled: bool, left: list[int]
) -> None:
    line = fixture("orders.create.created")["line_items"][0] | {
        "quantity": quantity,
        "fulfillable_quantity": fulfillable,
    }
    packing = fixture("fulfillments.create.two_parcels") | {"line_items": [line | {"quantity": packed}]}
    order = order_with(
        line_items=[line],
        fulfillments=[packing] if packed else [],
        cancelled_at="2026-05-21T10:00:00+02:00" if cancelled else None,
    )
    assert [item.quantity for item in order.items] == left


@pytest.mark.parametrize(
    ("presentment", "seen"), [("NOK", ("NOK", "752.00")), ("EUR", ("", "")), (None, ("", "")), ("", ("", ""))]
)
def test_what_the_shopper_paid_is_told_where_it_differs(presentment: str | None, seen: tuple[str, str]) -> None:
    order = order_with(presentment_currency=presentment)
    assert (order.shopper_currency, order.shopper_total) == seen
    assert (order.currency, order.total) == ("EUR", "64.80")


@pytest.mark.parametrize(("page", "limit", "second"), [(1, 50, 0), (2, 100, 0), (5, 250, 0), (6, 250, 1), (7, 250, 2)])
def test_page_of_equal_times_grows_and_then_moves_on(page: int, limit: int, second: int) -> None:
    since = datetime.fromisoformat("2026-05-20T10:15:30+02:00")
    asked = parse_qs(urlsplit(SHOPIFY.changed_request(since, page, KEYS, "").url).query)
    assert asked == {
        "status": ["any"],
        "order": ["updated_at asc"],
        "updated_at_min": [f"2026-05-20T08:15:{30 + second}Z"],
        "limit": [str(limit)],
    }


@pytest.mark.parametrize(("count", "more"), [(0, False), (49, False), (50, True), (100, True)])
def test_full_page_may_have_more_behind_it(count: int, more: bool) -> None:
    body = json.dumps({"orders": [fixture("orders.create.created")] * count}).encode()
    page = SHOPIFY.parse_changed(body, received_at=RECEIVED_AT)
    assert page.more is more
    assert (page.newest is None) is (count == 0)


@pytest.mark.parametrize("shop", ["lamplight.myshopify.com", "https://lamplight.myshopify.com/"])
def test_shop_may_be_written_as_a_host_or_as_an_address(shop: str) -> None:
    asked = SHOPIFY.changed_request(RECEIVED_AT, 1, KEYS | {"shop": shop}, "")
    assert asked.url.startswith("https://lamplight.myshopify.com/admin/api/")
