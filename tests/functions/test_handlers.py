"""Each handler on its sample event: what goes in, what comes out, and what is left where."""

import json
from datetime import timedelta

import pytest
import responses
from moto.ses.models import ses_backends
from porchlight.aws import clients
from porchlight.aws.customers import DynamoCustomers
from porchlight.aws.orders import DynamoOrders
from porchlight.domain.ledger import MessageState
from porchlight.domain.links import person_digest
from porchlight.domain.opt_out import OptOut, sign_opt_out
from porchlight.domain.purposes import Purpose
from porchlight.domain.records import ConnectionSecrets
from porchlight.observability import logger

from tests.functions.conftest import NOON, ROOT, Deployed, connect

UPS = "https://onlinetools.ups.com"


def order():
    """The one order of the samples."""
    [order_id] = DynamoOrders(clients.dynamodb(), "OrdersTable", timedelta(days=730)).by_name("2041")
    return DynamoOrders(clients.dynamodb(), "OrdersTable", timedelta(days=730)).read(order_id)


def confirmed(deployed: Deployed) -> None:
    assert deployed.invoke("rule_evaluation", "order_created") == {"batchItemFailures": []}


def test_a_signed_webhook_is_kept_with_its_bytes(deployed: Deployed) -> None:
    assert deployed.invoke("webhook_intake", "shopify_order_created")["statusCode"] == 202
    [envelope] = deployed.queued("updates")
    assert envelope["code"] == "shopify"
    assert envelope["received_at"].startswith("2026-05-20T08:16:00")


def test_a_badly_signed_webhook_leaves_nothing(deployed: Deployed) -> None:
    answer = deployed.invoke("webhook_intake", "shopify_bad_signature")
    assert answer["statusCode"] == 401
    assert "body" not in answer
    assert deployed.queued("updates") == []


@pytest.mark.parametrize("unknown", [{"kind": "stores", "code": "nobody"}, {"connection": "other"}, {"kind": "x"}])
def test_an_unknown_address_is_404(deployed: Deployed, unknown: dict[str, str]) -> None:
    event = json.loads((ROOT / "events" / "webhook_intake.shopify_order_created.json").read_text())
    event["pathParameters"] |= unknown
    assert deployed.run("webhook_intake", event)["statusCode"] == 404


def test_a_webhook_that_can_not_be_kept_asks_for_another_try(deployed: Deployed) -> None:
    clients.sqs().delete_queue(QueueUrl=deployed_url("updates"))
    answer = deployed.invoke("webhook_intake", "shopify_order_created")
    assert answer["statusCode"] == 503
    assert answer["headers"]["Retry-After"]


def deployed_url(queue: str) -> str:
    return clients.sqs().get_queue_url(QueueName=queue)["QueueUrl"]


def test_an_order_is_stored_decided_and_enqueued(deployed: Deployed) -> None:
    confirmed(deployed)
    assert [intent["message_id"] for intent in deployed.queued("messages")] == ["order_confirmed#order"]
    assert order().ledger["order_confirmed#order"].message.state is MessageState.PENDING


def test_the_same_order_twice_is_decided_once(deployed: Deployed) -> None:
    confirmed(deployed)
    deployed.queued("messages")
    confirmed(deployed)
    assert deployed.queued("messages") == []
    assert order().version == 1


def test_every_log_line_names_what_it_follows(deployed: Deployed) -> None:
    confirmed(deployed)
    assert logger.get_current_keys()["trace"] == "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043"


def test_a_poison_record_goes_back_alone(deployed: Deployed) -> None:
    answer = deployed.invoke("rule_evaluation", "poison_in_a_batch")
    assert [one["itemIdentifier"][-1] for one in answer["batchItemFailures"]] == ["2"]
    assert len(deployed.queued("messages")) == 1


def test_a_timer_of_an_unknown_order_does_nothing(deployed: Deployed) -> None:
    assert deployed.invoke("rule_evaluation", "timer") == {"batchItemFailures": []}
    assert deployed.queued("messages") == []


def test_an_intent_becomes_one_mail(deployed: Deployed) -> None:
    confirmed(deployed)
    for _ in range(3):
        assert deployed.invoke("message_sending", "order_confirmed") == {"batchItemFailures": []}
    assert len(ses_backends["123456789012"]["eu-central-1"].sent_messages) == 1
    message = order().ledger["order_confirmed#order"].message
    assert (message.state, message.attempts) == (MessageState.SENT, 1)


def test_a_delivery_is_noted_and_a_bounce_stops_the_address(deployed: Deployed) -> None:
    confirmed(deployed)
    deployed.invoke("message_sending", "order_confirmed")
    deployed.invoke("message_feedback", "delivery")
    deployed.invoke("message_feedback", "bounce")
    assert set(order().ledger["order_confirmed#order"].message.seen) == {"delivery", "bounce", "hard_bounce"}
    key = {"customer": {"S": person_digest("marit.solberg@example.com")}, "item": {"S": "suppression"}}
    assert clients.dynamodb().get_item(TableName="CustomersTable", Key=key)["Item"]["reason"]["S"]


def test_what_a_shopper_does_with_the_mail_and_the_page_is_known_of_them(deployed: Deployed) -> None:
    confirmed(deployed)
    deployed.invoke("message_sending", "order_confirmed")
    deployed.clock.shift(timedelta(hours=12))
    for _ in range(2):
        assert deployed.invoke("message_feedback", "click") == {"batchItemFailures": []}
        link = json.loads(deployed.invoke("tracking_api", "lookup")["body"])["token"]
        assert deployed.run("tracking_api", {"pathParameters": {"token": link}})["statusCode"] == 200

    customers, now = DynamoCustomers(clients.dynamodb(), "CustomersTable"), NOON + timedelta(hours=12)
    known = customers.shopper(person_digest("marit.solberg@example.com"), now)
    assert (known.orders, known.clicks, known.page_views) == (1, 1, 1)
    assert [sum(one.weights) for one in (known.habit, *customers.habits(["all"], now))] == pytest.approx(
        [2, 2], rel=0.01
    )
    [sent] = known.history.sent
    assert (sent.zone, sent.touchpoint) == ("Europe/Oslo", "order_confirmed")


@responses.activate
def test_a_packed_parcel_is_polled_and_its_answer_evaluated(deployed: Deployed) -> None:
    connect("carriers", "ups", "acct", ConnectionSecrets(credentials={"client_id": "id", "client_secret": "s"}))
    responses.add("POST", f"{UPS}/security/v1/oauth/token", json={"access_token": "t", "expires_in": "14399"})
    body = (ROOT / "tests/carriers/fixtures/ups/poll.delivered.json").read_bytes()
    body = body.replace(_number(body), b"1Z9999W90300000018")
    responses.add("GET", f"{UPS}/api/track/v1/details/1Z9999W90300000018", body=body)
    confirmed(deployed)
    deployed.invoke("rule_evaluation", "fulfilment_created")
    deployed.clock.shift(timedelta(minutes=1))
    assert deployed.invoke("due_release", "schedule")["released"] >= 1
    [job] = deployed.queued("polling")
    assert deployed.run("carrier_polling", deployed.batch(job)) == {"batchItemFailures": []}
    [envelope] = deployed.queued("updates")
    assert deployed.run("rule_evaluation", deployed.batch(envelope)) == {"batchItemFailures": []}
    [shipment] = order().facts.shipments
    assert shipment.tracking_number == "1Z9999W90300000018"
    assert shipment.events


def _number(body: bytes) -> bytes:
    return json.loads(body)["trackResponse"]["shipment"][0]["package"][0]["trackingNumber"].encode()


def test_a_poll_that_is_not_due_any_more_calls_nobody(deployed: Deployed) -> None:
    assert deployed.invoke("carrier_polling", "parcel") == {"batchItemFailures": []}


def test_an_intent_whose_send_to_the_queue_was_lost_is_swept(deployed: Deployed) -> None:
    confirmed(deployed)
    deployed.queued("messages")
    deployed.clock.shift(timedelta(minutes=2))
    assert deployed.invoke("due_release", "schedule") == {"released": 1}
    assert [intent["message_id"] for intent in deployed.queued("messages")] == ["order_confirmed#order"]


def test_a_look_up_gives_a_link_that_opens_the_page(deployed: Deployed) -> None:
    confirmed(deployed)
    found = deployed.invoke("tracking_api", "lookup")
    assert found["statusCode"] == 200
    event = json.loads((ROOT / "events" / "tracking_api.forged_link.json").read_text())
    event["pathParameters"]["token"] = json.loads(found["body"])["token"]
    page = deployed.run("tracking_api", event)
    assert json.loads(page["body"])["order"] == "#2041"
    assert "solberg" not in page["body"].casefold()


def test_wrong_forged_and_unknown_are_one_answer(deployed: Deployed) -> None:
    nobody = deployed.invoke("tracking_api", "lookup")
    confirmed(deployed)
    forged = deployed.invoke("tracking_api", "forged_link")
    event = json.loads((ROOT / "events" / "tracking_api.lookup.json").read_text())
    event["body"] = json.dumps({"order": "2041", "email": "somebody.else@example.com"})
    wrong = deployed.run("tracking_api", event)
    event["body"] = "not json"
    malformed = deployed.run("tracking_api", event)
    assert nobody == forged == wrong == malformed
    assert nobody["statusCode"] == 404


def test_one_click_in_a_mail_program_stops_offers_and_a_forged_link_nothing(deployed: Deployed) -> None:
    """GET asks, POST acts; the body comes in base64, as the API hands forms on."""
    event = json.loads((ROOT / "events" / "tracking_api.unsubscribe.json").read_text())
    assert deployed.run("tracking_api", event)["statusCode"] == 404
    person = person_digest("marit.solberg@example.com")
    one = OptOut(
        person=person, order_id="a" * 26, purpose=Purpose.MARKETING, channel="email", touchpoint="survey", locale="de"
    )
    event["pathParameters"]["token"] = sign_opt_out(one, NOON + timedelta(days=1), "k" * 32)
    asked = deployed.run("tracking_api", event | {"routeKey": "GET /api/unsubscribe/{token}"})
    customers = DynamoCustomers(clients.dynamodb(), "CustomersTable")
    assert "Abbestellen?" in asked["body"]
    assert not customers.shopper(person, NOON).has_stopped(Purpose.MARKETING, "email")

    done = deployed.run("tracking_api", event)
    assert (done["statusCode"], done["headers"]["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert customers.shopper(person, NOON).has_stopped(Purpose.MARKETING, "email")


def test_every_function_has_a_sample_event() -> None:
    stages = {file.name for file in (ROOT / "functions").iterdir() if file.is_dir()}
    assert {file.name.partition(".")[0] for file in (ROOT / "events").glob("*.json")} == stages


def test_samples_are_of_the_day_of_these_tests() -> None:
    assert NOON.isoformat() > json.loads((ROOT / "events/due_release.schedule.json").read_text())["time"][:-1]


@responses.activate
def test_a_store_is_read_page_after_page_and_its_orders_are_stored(deployed: Deployed) -> None:
    keys = {"shop": "shop.example", "consumer_key": "ck", "consumer_secret": "cs"}
    connect("stores", "woocommerce", "main", ConnectionSecrets(credentials=keys))
    told = json.loads((ROOT / "tests/stores/fixtures/woocommerce/order.created.created.json").read_text())
    responses.add("GET", "https://shop.example/wp-json/wc/v3/orders", json=[told])
    deployed.invoke("due_release", "schedule")
    [job] = deployed.queued("stores")
    assert job["account"] == "woocommerce/main"

    for _ in range(2):
        assert deployed.run("store_reading", deployed.batch(job)) == {"batchItemFailures": []}

    [envelope] = deployed.queued("updates")
    assert len(responses.calls) == 1, "the second job finds the store read"
    assert deployed.run("rule_evaluation", deployed.batch(envelope)) == {"batchItemFailures": []}
    orders = DynamoOrders(clients.dynamodb(), "OrdersTable", timedelta(days=730))
    assert orders.by_name(str(told["number"]))
    deployed.invoke("due_release", "schedule")
    assert deployed.queued("stores") == []
    deployed.clock.shift(timedelta(minutes=16))
    deployed.invoke("due_release", "schedule")
    assert len(deployed.queued("stores")) == 1


def test_a_store_without_credentials_is_not_called(deployed: Deployed) -> None:
    assert deployed.invoke("store_reading", "changes") == {"batchItemFailures": []}
    assert deployed.queued("updates") == []
