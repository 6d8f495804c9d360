"""What is Shopify's own: its statuses, carrier names, consent, outer keys and unsigned topic."""

import json
from pathlib import Path
from typing import Any

import pytest
from porchlight.domain.carrier_names import carrier_named
from porchlight.domain.errors import MalformedPayloadError
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
