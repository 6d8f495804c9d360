"""The sample events of local invokes: what API Gateway hands to the function, with bodies that really verify."""

import json
from pathlib import Path

import pytest
from porchlight.domain.errors import InvalidSignatureError
from porchlight.domain.exchange import WebhookRequest
from porchlight.domain.store_news import PrivacyRequest, StoreUpdate
from porchlight.plugins import STORES

from tests.contract.cases import RECEIVED_AT

EVENTS = Path(__file__).parents[2] / "events"
SECRET = "shpss_porchlight-sample"
SHOPIFY = STORES.get("shopify")


def request(name: str) -> WebhookRequest:
    event = json.loads((EVENTS / f"webhook_intake.{name}.json").read_text(encoding="utf-8"))
    assert event["version"] == "2.0"
    assert event["isBase64Encoded"] is False
    return WebhookRequest(
        headers=event["headers"], body=event["body"].encode(), path=event["rawPath"], received_at=RECEIVED_AT
    )


def parsed(name: str) -> StoreUpdate:
    delivery = request(name)
    SHOPIFY.verify_webhook(delivery, [SECRET])
    [update] = SHOPIFY.parse(SHOPIFY.topic(delivery), delivery.body, received_at=RECEIVED_AT)
    return update


def test_order_created_verifies_and_reads() -> None:
    update = parsed("shopify_order_created")
    assert update.topic == "orders/create"
    assert update.order is not None
    assert update.order.number == "#2041"


def test_fulfilment_created_belongs_to_the_order_created() -> None:
    update = parsed("shopify_fulfilment_created")
    assert update.topic == "fulfillments/create"
    assert update.vendor_order_id == parsed("shopify_order_created").vendor_order_id
    assert [parcel.tracking_number for parcel in update.fulfilments[0].parcels] == ["1Z9999W90300000018"]


def test_redaction_names_the_order_created() -> None:
    delivery = request("shopify_customers_redact")
    SHOPIFY.verify_webhook(delivery, [SECRET])
    [asked] = SHOPIFY.parse(SHOPIFY.topic(delivery), delivery.body, received_at=RECEIVED_AT)
    assert isinstance(asked, PrivacyRequest)
    assert asked.vendor_order_ids == (parsed("shopify_order_created").vendor_order_id,)


def test_bad_signature_differs_from_the_good_one_in_its_proof_alone() -> None:
    forged, genuine = request("shopify_bad_signature"), request("shopify_order_created")
    assert forged.body == genuine.body
    with pytest.raises(InvalidSignatureError):
        SHOPIFY.verify_webhook(forged, [SECRET])
