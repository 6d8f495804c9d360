"""One order on the deployed stack: webhook, mail, page, bounce. Every function runs under its own role."""

import json
import re
from datetime import UTC, datetime
from functools import partial

import pytest
from porchlight.domain.mail_events import TAG
from porchlight.domain.messages import Intent
from porchlight.pipeline.message_tags import tag_of

from tests.local.speaking import ROOT, connect, eventually, everything, mails, page, shopify, waiting

pytestmark = pytest.mark.local

SECRET = "shpss_local"
SHOPPER = "first.light@example.com"


@pytest.fixture(scope="module")
def store(local_stack):
    return connect(local_stack, "stores", "shopify", {"webhook_secrets": [SECRET]})


@pytest.fixture(scope="module")
def order():
    fixture = ROOT / "tests" / "stores" / "fixtures" / "shopify" / "orders.create.created.json"
    now = datetime.now(UTC).isoformat(timespec="seconds")
    body = json.loads(fixture.read_text()) | {"id": 7001, "name": "#7001", "order_number": 7001}
    body |= {"email": SHOPPER, "contact_email": SHOPPER, "created_at": now, "updated_at": now, "processed_at": now}
    return body


@pytest.fixture(scope="module")
def mail(local_stack, store, order):
    assert shopify(store["webhook_url"], "orders/create", order, SECRET).status_code == 202
    return eventually(lambda: [one for one in mails(local_stack) if SHOPPER in json.dumps(one)])[0]


@pytest.fixture(scope="module")
def token(mail):
    return re.search(r"#([\w.~-]{20,})", json.dumps(mail)).group(1)


def test_a_signed_order_becomes_one_mail_with_a_link_to_its_page(local_stack, mail, token):
    assert f"http://{local_stack.page_host}/#{token}" in json.dumps(mail).replace("=\\r\\n", "").replace("=\\n", "")


def test_the_same_delivery_again_sends_no_second_mail(local_stack, store, order, mail):
    for delivery in ("1", "2"):
        assert shopify(store["webhook_url"], "orders/create", order, SECRET, delivery=delivery).status_code == 202
    eventually(lambda: waiting(local_stack, "UpdatesQueueUrl") == 0)
    assert len([one for one in mails(local_stack) if SHOPPER in json.dumps(one)]) == 1


def test_the_link_opens_the_order_without_a_name_or_address(local_stack, token):
    answer = page(local_stack, f"/api/tracking/{token}")
    assert answer.status_code == 200
    assert "7001" in answer.text
    assert not re.search(r"first\.light|solberg|marit", answer.text, re.IGNORECASE)


def test_order_number_and_address_open_it_too_and_a_wrong_one_does_not(local_stack, mail):
    right = page(local_stack, "/api/lookup", json={"order": "#7001", "email": SHOPPER})
    assert right.status_code == 200
    assert page(local_stack, f"/api/tracking/{right.json()['token']}").status_code == 200
    wrong = page(local_stack, "/api/lookup", json={"order": "#7001", "email": "someone.else@example.com"})
    unknown = page(local_stack, "/api/lookup", json={"order": "#9999", "email": SHOPPER})
    assert (wrong.status_code, wrong.text) == (unknown.status_code, unknown.text) == (404, wrong.text)


def test_a_forged_link_is_answered_like_an_unknown_one(local_stack, token):
    forged = token[:-4] + ("AAAA" if not token.endswith("AAAA") else "BBBB")
    assert page(local_stack, f"/api/tracking/{forged}").status_code == 404


@pytest.mark.parametrize(
    ("url", "secret", "status"),
    [
        ("{url}", "not the secret", 401),
        ("{root}stores/shopify/0123456789abcdef0123456789abcdef", SECRET, 404),
        ("{root}stores/nosuchshop/0123456789abcdef0123456789abcdef", SECRET, 404),
        ("{root}nosuchkind/shopify/0123456789abcdef0123456789abcdef", SECRET, 404),
    ],
)
def test_a_stranger_learns_nothing(local_stack, store, url, secret, status):
    address = url.format(url=store["webhook_url"], root=local_stack.outputs["WebhookUrl"])
    answer = shopify(address, "orders/create", {"id": 1}, secret)
    assert (answer.status_code, answer.text) == (status, "")


def test_a_body_beyond_what_any_vendor_sends_is_refused(store):
    assert shopify(store["webhook_url"], "orders/create", b" " * (5 * 1024 * 1024 + 1), SECRET).status_code == 413


def test_a_body_beyond_the_queues_limit_is_kept_and_understood(local_stack, store, order):
    shopper = "large.body@example.com"
    large = order | {"id": 7002, "name": "#7002", "email": shopper, "contact_email": shopper, "note": "x" * 400_000}
    assert shopify(store["webhook_url"], "orders/create", large, SECRET, delivery="3").status_code == 202
    assert eventually(lambda: [one for one in mails(local_stack) if shopper in json.dumps(one)])


def test_the_minute_tick_runs(local_stack):
    functions = local_stack.session.client("lambda", endpoint_url=local_stack.endpoint)
    answer = functions.invoke(FunctionName=local_stack.outputs["DueReleaseFunction"], Payload=b"{}")
    assert "FunctionError" not in answer
    assert "released" in json.load(answer["Payload"])


def test_a_hard_bounce_is_noted_at_the_message_and_stops_mail_to_the_address(local_stack, mail):
    table = local_stack.session.client("dynamodb", endpoint_url=local_stack.endpoint)
    row = next(
        item for item in everything(table, local_stack, "OrdersTable") if item.get("state", {}).get("S") == "sent"
    )
    tag = tag_of(
        Intent(order_id=row["collection"]["S"].partition("#")[2], message_id=row["item"]["S"].partition("#")[2])
    )
    bounce = {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": SHOPPER}]}
    event = {"eventType": "Bounce", "mail": {"messageId": mail["MessageId"], "tags": {TAG: [tag]}}, "bounce": bounce}
    topic = local_stack.session.client("sns", endpoint_url=local_stack.endpoint)
    topic.publish(TopicArn=local_stack.outputs["MailEventsTopicArn"], Message=json.dumps(event))
    known = partial(everything, table, local_stack, "CustomersTable")
    stopped = eventually(lambda: [one for one in known() if one["item"]["S"] == "suppression"])
    assert SHOPPER not in str(known())
    assert stopped[0]["customer"] in [one["customer"] for one in known() if one["item"]["S"] == "history"]
    key = {"collection": row["collection"], "item": row["item"]}
    noted = table.get_item(TableName=local_stack.outputs["OrdersTable"], Key=key)["Item"]["seen"]["M"]
    assert "bounce" in noted


def test_the_sentence_with_which_ses_tests_a_topic_is_no_dead_letter(local_stack):
    topic = local_stack.session.client("sns", endpoint_url=local_stack.endpoint)
    sentence = "Successfully validated SNS topic for Amazon SES event publishing."
    topic.publish(TopicArn=local_stack.outputs["MailEventsTopicArn"], Message=sentence)
    eventually(lambda: waiting(local_stack, "FeedbackQueueUrl") == 0)


def test_the_page_is_served_with_its_headers(local_stack):
    answer = page(local_stack, "/")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_nothing_was_given_up_and_nobody_was_refused(local_stack):
    letters = {name: waiting(local_stack, name) for name in local_stack.outputs if name.endswith("DeadLettersUrl")}
    assert letters == dict.fromkeys(letters, 0)
    logs = local_stack.session.client("logs", endpoint_url=local_stack.endpoint)
    for group in logs.describe_log_groups(logGroupNamePrefix="/porchlight/")["logGroups"]:
        events = logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
        assert [one["message"] for one in events if "AccessDenied" in one["message"]] == []
