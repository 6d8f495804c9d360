"""What the links of a mail do on the deployed stack: the way out of marketing, and the survey's answers."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from porchlight.domain.links import person_digest
from porchlight.domain.opt_out import OptOut, sign_opt_out
from porchlight.domain.purposes import Purpose
from porchlight.domain.survey_links import Ask, sign_ask

from tests.local.speaking import ROOT, connect, eventually, everything, page, shopify

pytestmark = pytest.mark.local

SECRET = "shpss_links"
SHOPPER = "links.in.mails@example.com"
PERSON = person_digest(SHOPPER)


@pytest.fixture(scope="module")
def order_id(local_stack):
    """An order of this shopper, as the stack names it."""
    store = connect(local_stack, "stores", "shopify", {"webhook_secrets": [SECRET]})
    fixture = ROOT / "tests" / "stores" / "fixtures" / "shopify" / "orders.create.created.json"
    now = datetime.now(UTC).isoformat(timespec="seconds")
    body = json.loads(fixture.read_text()) | {"id": 7301, "name": "#7301", "order_number": 7301}
    body |= {"email": SHOPPER, "contact_email": SHOPPER, "created_at": now, "updated_at": now, "processed_at": now}
    assert shopify(store["webhook_url"], "orders/create", body, SECRET).status_code == 202
    table = local_stack.session.client("dynamodb", endpoint_url=local_stack.endpoint)

    def stored():
        items = everything(table, local_stack, "OrdersTable")
        return [one["order_id"]["S"] for one in items if one["collection"]["S"] == "named#7301"]

    return eventually(stored)[0]


@pytest.fixture(scope="module")
def key(local_stack):
    secrets = local_stack.session.client("secretsmanager", endpoint_url=local_stack.endpoint)
    return secrets.get_secret_value(SecretId=local_stack.outputs["LinkKeyArn"])["SecretString"].split()[0]


def choices(stack):
    table = stack.session.client("dynamodb", endpoint_url=stack.endpoint)
    items = everything(table, stack, "CustomersTable")
    return [one for one in items if one["customer"]["S"] == PERSON and one["item"]["S"] == "choices"]


def test_a_survey_is_answered_by_the_form_and_by_nothing_else(local_stack, order_id, key):
    ask = Ask(person=PERSON, order_id=order_id, message_id="survey#order", channel="email", locale="de")
    path = f"/api/survey/{sign_ask(ask, datetime.now(UTC) + timedelta(days=1), key)}/2"

    shown = page(local_stack, path)
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert '<html lang="de"' in shown.text
    assert choices(local_stack) == []

    answered = page(local_stack, path, data={"score": "2"})
    assert answered.status_code == 200
    assert len(choices(local_stack)) == 1
    assert answered.text != shown.text


def test_a_refusal_needs_one_click_and_no_page(local_stack, order_id, key):
    refused = OptOut(
        person=PERSON, order_id=order_id, purpose=Purpose.MARKETING, channel="email", touchpoint="cross_sell"
    )
    path = f"/api/unsubscribe/{sign_opt_out(refused, datetime.now(UTC) + timedelta(days=1), key)}"
    before = choices(local_stack)

    assert page(local_stack, path).status_code == 200
    assert choices(local_stack) == before
    assert page(local_stack, path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert choices(local_stack) != before


@pytest.mark.parametrize("path", ["/api/survey/AAAA/5", "/api/unsubscribe/AAAA"])
def test_a_forged_link_leads_nowhere(local_stack, path):
    assert page(local_stack, path).status_code == 404
    assert page(local_stack, path, data={"score": "5"}).status_code == 404
