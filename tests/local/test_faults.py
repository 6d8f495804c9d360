"""Faults on the deployed stack: nothing is lost, nothing is sent twice. The stack is one of its own."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

import pytest
from porchlight.domain.exchange import Envelope, Kind
from porchlight.domain.links import sign_link
from porchlight.domain.messages import Intent
from porchlight.domain.status import Status
from porchlight.pipeline.message_tags import tag_of

from tests import payloads
from tests.local.speaking import eventually, page
from tests.local.unruly import SECRET, address, now

pytestmark = pytest.mark.local

_numbers = count(8001)
H, M = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def number():
    """Of an order that no other test has."""
    return next(_numbers)


def parcel_of(number):
    return f"EV{number}"


def packed(number, *, at=None):
    return payloads.fulfilment(
        at or now() - 4 * M, parcel_of(number), order_id=number, fulfilment_id=number * 10, company="Evri"
    )


def tracked(number, *statuses):
    """The aggregator's word: these statuses, a minute apart, the last just now."""
    first = now().replace(microsecond=0) - timedelta(minutes=len(statuses))
    scans = [(first + index * M, status) for index, status in enumerate(statuses)]
    return payloads.tracker(parcel_of(number), *scans, event_id=f"evt_{number}_{len(statuses)}")


def envelope(shop, body, topic="orders/create"):
    return Envelope(
        origin="webhook",
        kind=Kind.STORES,
        code="shopify",
        connection=shop.shopify["connection"],
        headers={"x-shopify-topic": topic},
        delivery_id="direct",
        body=payloads.as_bytes(body) if isinstance(body, dict) else body,
        received_at=now(),
    ).model_dump_json()


# ---- the queue repeats, reorders and holds poison


POISON = b'{"id": 1, "created_at": "not a time"}'
HOSTILE = {
    "deep nesting": b'{"id": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "bad UTF-8": b'{"id": 1, "name": "\xff\xfe", "created_at": "\xc3\x28"}',
    "not a number": b'{"id": NaN, "created_at": Infinity}',
    "nothing": b"",
    "no JSON": b"id=1&created_at=2026",
    "a lone surrogate": b'{"id": 1, "created_at": "\\ud800"}',
}


@pytest.fixture(scope="module")
def nine_and_one(shop):
    """Nine orders and one record that nobody can read, sent as one batch; the numbers of the nine."""
    good = [next(_numbers) for _ in range(9)]
    bodies = [shop.place(number) for number in good]
    bodies.insert(4, POISON)
    entries = [{"Id": str(index), "MessageBody": envelope(shop, body)} for index, body in enumerate(bodies)]
    sent = shop.sqs.send_message_batch(QueueUrl=shop.stack.outputs["UpdatesQueueUrl"], Entries=entries)
    assert len(sent["Successful"]) == 10
    return good


@pytest.fixture(scope="module")
def letters(shop, nine_and_one):
    """Bodies of the dead letters, once everything hostile has been tried as often as the queue tries."""
    expected = len(HOSTILE) + 1
    with shop.giving_up_soon():
        for body in HOSTILE.values():
            assert shop.deliver("orders/create", body) == 202
        found = eventually(lambda: len(shop.letters()) >= expected and shop.letters(), within=90)
    assert len(found) == expected
    return {Envelope.model_validate(letter).body for letter in found.values()}


def test_one_poison_record_in_a_batch_of_ten_leaves_alone(shop, nine_and_one, letters):
    assert POISON in letters
    assert all(shop.record(number) for number in nine_and_one)
    eventually(lambda: all(len(shop.mails_to(number)) == 1 for number in nine_and_one))


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_body_is_kept_and_ends_among_the_dead_letters_with_its_bytes(letters, kind):
    assert HOSTILE[kind] in letters


def test_everything_twice_and_at_once_is_told_once(shop, number):
    order, packing = shop.place(number), packed(number)
    push = tracked(number, "pre_transit", "in_transit")
    with ThreadPoolExecutor(6) as pool:
        stores = [("orders/create", order), ("fulfillments/create", packing)] * 3
        said = [pool.submit(shop.deliver, topic, body, delivery=topic + str(number)) for topic, body in stores]
        said += [pool.submit(shop.push, push) for _ in range(3)]
        assert {one.result() for one in said} == {202}
    eventually(lambda: shop.state(number) and shop.state(number).count(Status.IN_TRANSIT) == 1)
    shop.settle()
    parcels = shop.state(number).parcels
    assert [len(parcel.events) for parcel in parcels] == [2]
    told = sorted(row.decision.touchpoint for row in shop.record(number).ledger.values() if row.message)
    assert told == ["order_confirmed", "shipped"]
    assert len(shop.mails_to(number)) == 2


def test_the_last_word_first_gives_the_same_state(shop, number):
    other = next(_numbers)
    statuses = ("pre_transit", "in_transit", "out_for_delivery", "delivered")
    steps = [
        lambda one: shop.push(tracked(one, *statuses[:2])),
        lambda one: shop.push(tracked(one, *statuses)),
        lambda one: shop.deliver("fulfillments/create", packed(one)),
        lambda one: shop.deliver("orders/create", shop.place(one)),
    ]
    for step in steps:
        assert step(number) == 202
        shop.settle()
    for step in reversed(steps):
        assert step(other) == 202
        shop.settle()
    assert shop.state(number).all_delivered
    assert shop.state(other).all_delivered
    assert [parcel.status for parcel in shop.state(number).parcels] == [Status.DELIVERED]


def test_two_evaluators_of_one_order_lose_nothing(shop, number):
    """Both read the same version; one loses the condition, reads again and folds again."""
    assert shop.deliver("orders/create", shop.place(number)) == 202
    assert shop.deliver("fulfillments/create", packed(number)) == 202
    eventually(lambda: shop.state(number) and shop.state(number).parcels)
    shop.settle()
    mapping = shop.functions.list_event_source_mappings()["EventSourceMappings"]
    evaluator = next(one["FunctionArn"] for one in mapping if "RuleEvaluation" in one["FunctionArn"])
    told = [
        payloads.fulfilment_event(now(), "in_transit", order_id=number, fulfilment_id=number * 10, event_id=index)
        | {"happened_at": (now() - timedelta(seconds=index)).isoformat()}
        for index in range(8)
    ]

    def evaluate(event):
        record = {"messageId": "m", "body": envelope(shop, event, "fulfillment_events/create")}
        answer = shop.functions.invoke(FunctionName=evaluator, Payload=json.dumps({"Records": [record]}))
        return "FunctionError" not in answer and json.load(answer["Payload"]) == {"batchItemFailures": []}

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(evaluate, told))
    assert len(shop.record(number).facts.fulfilment_events) == 8
    eventually(lambda: len(shop.mails_to(number)) == 2)


# ---- functions die, services refuse

FAULTS = [
    ("rule_evaluation", "Query", "crash"),
    ("rule_evaluation", "TransactWriteItems", "throttle"),
    ("rule_evaluation", "TransactWriteItems", "crash"),
    ("rule_evaluation", "TransactWriteItems", "lost"),
    ("rule_evaluation", "TransactWriteItems", "silent"),
    ("rule_evaluation", "SendMessageBatch", "crash"),
    ("rule_evaluation", "SendMessageBatch", "lost"),
    ("message_sending", "Query", "throttle"),
    ("message_sending", "UpdateItem", "throttle"),
    ("message_sending", "UpdateItem", "crash"),
    ("message_sending", "SendEmail", "throttle"),
]
"""Each meets its own order; all happen in the same minute, so one order's crash is another's redelivery."""


def test_a_crash_or_a_refusal_at_any_step_still_ends_in_one_mail(shop):
    orders = {next(_numbers): fault for fault in FAULTS}
    for number, (function, operation, kind) in orders.items():
        about = address(number) if operation == "SendEmail" else shop.order_id(number)
        shop.plan(function, operation, about, kind)
        assert shop.deliver("orders/create", shop.place(number)) == 202
    eventually(lambda: not list(shop.faults.glob("*.json")), within=60)

    def all_told():
        for number in orders:
            # A crash between writing and sending leaves the message to the sweep; a refusal puts it off.
            for row in shop.record(number).ledger if shop.record(number) else ():
                _hasten(shop, number, row)
        shop.release_due()
        return all(shop.mails_to(number) for number in orders)

    eventually(all_told, within=90)
    shop.settle()
    assert {number: len(shop.mails_to(number)) for number in orders} == dict.fromkeys(orders, 1)


def _hasten(shop, number, row):
    held = shop.record(number).ledger[row]
    if held.message and held.message.state == "pending":
        shop.make_due(number, f"decision#{row}")


def test_a_mail_whose_receipt_was_lost_is_settled_by_the_providers_own_event(shop, number):
    shop.plan("message_sending", "SendEmail", address(number), "lost")
    assert shop.deliver("orders/create", shop.place(number)) == 202
    eventually(lambda: shop.mails_to(number))
    shop.settle()
    row = next(iter(shop.record(number).ledger.values()))
    assert row.message.state == "claimed"
    intent = Intent(order_id=shop.order_id(number), message_id=row.decision.decision_id)
    tags = {"message": tag_of(intent)}
    event = payloads.mail_event("Delivery", "provider-1", tags, address(number), now())
    shop.client("sns").publish(TopicArn=shop.stack.outputs["MailEventsTopicArn"], Message=event)
    eventually(lambda: next(iter(shop.record(number).ledger.values())).message.state == "sent")
    assert len(shop.mails_to(number)) == 1


def test_a_webhook_that_could_not_be_kept_is_answered_503_and_taken_when_it_comes_again(shop, number):
    for _ in range(3):
        shop.plan("webhook_intake", "SendMessageBatch", f"unkept-{number}", "throttle")
    assert shop.deliver("orders/create", shop.place(number), delivery=f"unkept-{number}") == 503
    while list(shop.faults.glob("*.json")):
        shop.deliver("orders/create", shop.place(number), delivery=f"unkept-{number}")
    assert shop.deliver("orders/create", shop.place(number), delivery=f"unkept-{number}") == 202
    eventually(lambda: len(shop.mails_to(number)) == 1)


# ---- carriers


MOODS = {
    "error": (500, {}, b"oops", 0),
    "garbage": (200, {}, b"<html>maintenance</html>", 0),
    "slow": (200, {}, b"too late", 9),
    "busy": (429, {"Retry-After": "7200"}, b"", 0),  # the last one, as it makes the whole account wait
}


def departed(parcel):
    """UPS's answer: one scan, an hour ago."""
    moment = now() - H
    activity = {
        "date": f"{moment:%Y%m%d}",
        "time": f"{moment:%H%M%S}",
        "gmtDate": f"{moment:%Y%m%d}",
        "gmtTime": f"{moment:%H:%M:%S}",
        "status": {"type": "I", "code": "DP", "description": "Departed"},
    }
    package = {"trackingNumber": parcel, "activity": [activity]}
    return json.dumps({"trackResponse": {"shipment": [{"package": [package]}]}}).encode()


def watch_of(shop, number):
    record = shop.record(number)
    return next(iter(record.watches.values()), None) if record else None


def test_whatever_a_carrier_answers_the_parcel_keeps_its_place_and_recovers(shop, carrier_answers):
    orders = {mood: next(_numbers) for mood in MOODS}
    parcels = {number: f"1Z999AA1{number:010}" for number in orders.values()}
    for mood, number in orders.items():
        parcel = parcels[number]
        carrier_answers[parcel] = [MOODS[mood], (200, {}, departed(parcel), 0)]
    for together in (("error", "garbage", "slow"), ("busy",)):
        numbers = [orders[mood] for mood in together]
        for number in numbers:
            packing = payloads.fulfilment(now() - 4 * M, parcels[number], order_id=number, fulfilment_id=number * 10)
            assert shop.deliver("orders/create", shop.place(number, fulfilments=(packing,))) == 202
        eventually(lambda: all(watch_of(shop, number) for number in numbers))  # noqa: B023 asked at once
        eventually(lambda: all(_has_failed(shop, number) for number in numbers))  # noqa: B023 asked at once
        assert all(watch_of(shop, number).due_at > now() for number in numbers)
    assert watch_of(shop, orders["busy"]).due_at - now() > timedelta(minutes=110)

    _end_pause(shop)
    for number, parcel in parcels.items():
        shop.make_due(number, f"poll#{parcel}")
    shop.release_due()
    eventually(lambda: all(shop.state(number).parcels[0].events for number in parcels))
    assert {watch_of(shop, number).failures for number in parcels} == {0}


def _has_failed(shop, number):
    shop.release_due()
    return watch_of(shop, number).failures == 1


def _end_pause(shop):
    """As if the two hours had passed: the account may be asked, and the clock has not seen the parcels yet."""
    table, account = shop.client("dynamodb"), f"ups/{shop.ups['connection']}"
    where = {"kind": {"S": "carriers"}, "connection": {"S": account}}
    table.update_item(
        TableName=shop.stack.outputs["ConnectionsTable"], Key=where, UpdateExpression="REMOVE paused_until"
    )
    cursor = {"collection": {"S": f"cursor#polls#{account}"}, "item": {"S": "cursor"}}
    table.delete_item(TableName=shop.stack.outputs["OrdersTable"], Key=cursor)


# ---- hostile content


def test_ten_megabytes_are_refused(shop):
    assert shop.deliver("orders/create", b"[" * (10 * 1024 * 1024 - 1000)) == 413


def test_a_title_full_of_template_and_markup_stays_a_title(shop, number):
    title = "{{ 7*191 }}{% for x in (1,2) %}!{% endfor %}<script>alert(1)</script>\r\nBcc: x@example.com"
    assert shop.deliver("orders/create", shop.place(number, title=title)) == 202
    mail = json.dumps(eventually(lambda: shop.mails_to(number))[0])
    assert "1337" not in mail
    assert "<script>" not in _html_of(shop.mails_to(number)[0])
    assert "{{ 7*191 }}" in re.sub(
        r"=\\r?\\n|=\\n", "", mail.replace("=7B", "{").replace("=7D", "}").replace("=20", " ")
    )


def _html_of(mail):
    text = json.dumps(mail)
    start = text.lower().find("<html")
    assert start >= 0
    return text[start:]


def test_markup_in_a_carriers_words_is_data_on_the_page(shop, number):
    assert shop.deliver("orders/create", shop.place(number)) == 202
    assert shop.deliver("fulfillments/create", packed(number)) == 202
    push = tracked(number, "in_transit")
    push["result"]["tracking_details"][0]["message"] = "<img src=x onerror=alert(1)>{{ config }}"
    assert shop.push(push) == 202
    eventually(lambda: shop.state(number) and shop.state(number).count(Status.IN_TRANSIT) == 1)
    secrets = shop.client("secretsmanager").get_secret_value(SecretId=shop.stack.outputs["LinkKeyArn"])
    token = sign_link(shop.order_id(number), now() + H, secrets["SecretString"].split()[0])
    answer = page(shop.stack, f"/api/tracking/{token}")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "onerror" in json.dumps(answer.json()), "shown as the carrier wrote it, by a page that sets text alone"


def test_a_bad_signature_leaves_no_trace(shop, number):
    assert shop.deliver("orders/create", shop.place(number), secret=SECRET + "x") == 401
    shop.settle()
    assert shop.record(number) is None
