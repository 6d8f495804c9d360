"""F55, F56: a shopper asks to be forgotten, or to see what is held; a merchant leaves: from webhook to answer."""

import json
from datetime import timedelta

import pytest
from porchlight.domain.explaining import explain, story
from porchlight.domain.facts import order_id_of
from porchlight.domain.fold import fold
from porchlight.domain.links import lookup_digest, person_digest, sign_link
from porchlight.domain.privacy import Erasure
from porchlight.domain.records import read_arrival
from porchlight.domain.store_news import PrivacyKind, PrivacyRequest
from porchlight.pipeline.order_change import ChangePorts
from porchlight.pipeline.privacy import PrivacyPorts, hear_request
from porchlight.pipeline.tracking_api import answer

from tests import payloads
from tests.fakes import FakeQueue
from tests.journey.shop import HOUR, MINUTE, ORDER, START, Shop
from tests.simulation.faults import TROUBLES, Fault, OneFault

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
WHOM = {"customer": {"id": 7, "email": payloads.EMAIL, "phone": None}, "shop_id": 1, "shop_domain": "s.example"}


def redaction(*orders: int) -> payloads.Json:
    return WHOM | {"orders_to_redact": list(orders)}


@pytest.fixture
def shop() -> Shop:
    """An order on its way, with everything that is kept about its shopper."""
    shop = Shop()
    shop.ordered_and_packed("EV123456789GB")
    shop.run()
    return shop


def erased(shop: Shop, *orders: int) -> Shop:
    shop.shop(shop.now - START, "customers/redact", redaction(*(orders or (1001,))))
    shop.run()
    return shop


def held(shop: Shop) -> str:
    """Everything that is stored, as text."""
    facts = [facts.model_dump_json() for facts, _ in shop.table.facts.values()]
    rows = [f"{row.decision.model_dump_json()}{row.message}" for row in shop.table.rows.values()]
    asked = [record.model_dump_json() for record in shop.privacy.requests()]
    return "\n".join((*facts, *rows, *asked))


def test_what_is_kept_names_nobody_afterwards(shop: Shop) -> None:
    assert any(word in held(shop) for word in payloads.PERSONAL)
    assert [word for word in payloads.PERSONAL if word in held(erased(shop))] == []


def test_erased_order_is_no_longer_found_by_its_shopper(shop: Shop) -> None:
    assert shop.table.by_lookup(lookup_digest("#1001", payloads.EMAIL, "link-key")) == ORDER
    erased(shop)

    assert shop.table.by_lookup(lookup_digest("#1001", payloads.EMAIL, "link-key")) is None
    wrong = answer(None, json.dumps({"order": "#1001", "email": payloads.EMAIL}), shop.page, shop.now)
    assert wrong.status == 404
    assert shop.table.by_name("#1001") == [ORDER]


def test_link_is_forgotten_under_every_key_while_keys_rotate(shop: Shop) -> None:
    shop.secrets.keys = ("next-key", "link-key")
    erased(shop)

    assert shop.table.by_lookup(lookup_digest("#1001", payloads.EMAIL, "link-key")) is None


def test_page_and_explanation_still_work(shop: Shop) -> None:
    erased(shop)
    token = sign_link(ORDER, shop.now + DAY, "link-key")
    page = answer(token, "", shop.page, shop.now)
    record = shop.table.read(ORDER)

    assert page.status == 200
    assert "Storm lantern" in page.body
    assert [word for word in payloads.PERSONAL if word in page.body] == []
    assert record is not None
    assert "#1001" in story(explain(record.ledger.values(), fold(record.facts)))


def test_no_message_is_sent_to_an_erased_shopper(shop: Shop) -> None:
    told = shop.told()
    erased(shop)
    after = shop.now - START + MINUTE
    shop.scanned(after, "EV123456789GB", [(shop.now + MINUTE, "out_for_delivery")], "e1")
    shop.scanned(after + HOUR, "EV123456789GB", [(shop.now + HOUR, "delivered")], "e2")
    shop.run()

    assert shop.state().parcels[0].status == "delivered"
    assert shop.told() == told


def test_no_later_webhook_brings_the_shopper_back(shop: Shop) -> None:
    erased(shop)
    after = shop.now - START
    shop.shop(after + HOUR, "orders/updated", payloads.order(START, updated_at=shop.now + HOUR))
    shop.run()

    assert [word for word in payloads.PERSONAL if word in held(shop)] == []
    assert shop.table.by_lookup(lookup_digest("#1001", payloads.EMAIL, "link-key")) is None


def test_order_that_comes_after_its_erasure_comes_without_its_shopper(shop: Shop) -> None:
    erased(shop, 1001, 1002)
    after = shop.now - START
    shop.shop(after + HOUR, "orders/create", payloads.order(START, order_id=1002))
    shop.run()

    assert [word for word in payloads.PERSONAL if word in held(shop)] == []
    assert shop.state(order_id_of("shopify", "shop", "1002")).order is not None


def test_other_orders_stay_as_they_were(shop: Shop) -> None:
    shop.shop(shop.now - START, "orders/create", payloads.order(START, order_id=1002))
    shop.run()
    other = order_id_of("shopify", "shop", "1002")
    before = shop.table.facts[other]
    erased(shop)

    assert shop.table.facts[other] == before


def test_bounces_are_forgotten_but_not_a_stop(shop: Shop) -> None:
    person = person_digest(payloads.EMAIL)
    shop.customers.suppress(person, "the shopper marked a message as spam", until=None)
    shop.customers.count_soft_bounce(person, "e1", shop.now)
    erased(shop)

    assert person not in shop.customers.soft_bounces
    assert shop.customers.suppressed(person, shop.now)


def test_erasing_is_recorded_once_and_as_answered(shop: Shop) -> None:
    erased(erased(shop))

    [record] = shop.privacy.requests()
    assert (record.kind, record.vendor_order_ids) == (PrivacyKind.ERASE_SHOPPER, ("1001",))
    assert record.answered_at is not None
    assert record.orders_erased == 1


@pytest.mark.parametrize(
    ("topic", "body", "kind"),
    [
        (
            "customers/data_request",
            WHOM | {"orders_requested": [1001], "data_request": {"id": 9}},
            PrivacyKind.EXPORT_SHOPPER,
        ),
        ("shop/redact", {"shop_id": 1, "shop_domain": "s.example"}, PrivacyKind.ERASE_SHOP),
    ],
)
def test_what_the_merchant_must_answer_is_kept_and_changes_nothing(
    shop: Shop, topic: str, body: payloads.Json, kind: PrivacyKind
) -> None:
    facts = dict(shop.table.facts)
    shop.shop(shop.now - START, topic, body)
    shop.run()

    [record] = shop.privacy.requests()
    assert (record.kind, record.answered_at) == (kind, None)
    assert shop.table.facts == facts
    assert payloads.EMAIL not in record.model_dump_json()


def test_list_without_orders_is_answered_by_doing_nothing(shop: Shop) -> None:
    facts = dict(shop.table.facts)
    shop.shop(shop.now - START, "customers/redact", redaction())
    shop.run()

    [record] = shop.privacy.requests()
    assert (record.answered_at is not None, record.orders_erased, record.person) == (True, 0, "")
    assert shop.table.facts == facts


def test_person_without_orders_waits_for_somebody_to_look(shop: Shop) -> None:
    facts = dict(shop.table.facts)
    change = ChangePorts(
        shop.table,
        shop.accounts,
        FakeQueue(),
        shop.config,
        shop.secrets,
        shop.customers,
        shop.lanes,
        FakeQueue(),
    )
    wish = PrivacyRequest(source="shopify", kind=PrivacyKind.ERASE_SHOPPER, email=payloads.EMAIL)
    hear_request(wish, "shop", shop.now, PrivacyPorts(change, shop.customers, shop.privacy), shop.now)

    [record] = shop.privacy.requests()
    assert record.answered_at is None
    assert record.is_by_person
    assert shop.table.facts == facts


def first_send() -> int:
    """The number of the call by which an order's first message leaves for its queue."""
    shop = Shop()
    shop.shop(SECOND, "orders/create", payloads.order(START))
    shop.run()
    return shop.points.labels.index("messages.send")


@pytest.mark.parametrize("at", [0 * SECOND, 10 * SECOND, HOUR], ids=["before", "during", "after"])
def test_f55_a_message_that_waits_while_its_shopper_is_erased_ends_as_done(at: timedelta) -> None:
    shop = Shop(OneFault(first_send(), Fault.FAIL_BEFORE)) if at else Shop()
    shop.shop(SECOND, "orders/create", payloads.order(START))
    shop.shop(at, "customers/redact", redaction(1001))
    shop.run()

    assert [word for word in payloads.PERSONAL if word in held(shop)] == []
    assert shop.table.by_lookup(lookup_digest("#1001", payloads.EMAIL, "link-key")) is None
    states = [row.message.state for row in shop.table.rows.values() if row.message]
    assert states == {0 * SECOND: [], 10 * SECOND: ["skipped"], HOUR: ["sent"]}[at]
    assert len(shop.told()) == (at == HOUR)
    assert not [entry for entry in shop.table.index() if entry[3] == "message"]


def test_f56_what_a_closed_shop_still_says_is_accepted_and_dropped(shop: Shop) -> None:
    facts = dict(shop.table.facts)
    shop.shop(shop.now - START, "shop/redact", {"shop_id": 1, "shop_domain": "s.example"})
    after = shop.now - START + HOUR
    shop.shop(after, "orders/create", payloads.order(START, order_id=1002))
    shop.shop(after, "orders/updated", payloads.order(START, updated_at=shop.now + HOUR, title="Another"))
    shop.shop(after, "customers/redact", redaction(1001))
    shop.run()

    assert len(shop.heard.acknowledged) == len(set(shop.heard.acknowledged)) == 6
    assert set(shop.table.facts) == set(facts)
    assert "Another" not in held(shop)
    assert shop.table.facts[ORDER][0].erased


def test_shop_is_erased_order_by_order(shop: Shop) -> None:
    shop.shop(shop.now - START, "orders/create", payloads.order(START, order_id=1002))
    shop.run()
    orders = shop.privacy.of_shop("shopify/shop", after="", limit=10)
    assert len(orders) == 2
    for order_id in (*orders, "a" * 26):
        shop.updates.accept(Erasure(order_id=order_id).model_dump_json())
    shop.run()

    assert [word for word in payloads.PERSONAL if word in held(shop)] == []
    assert set(shop.table.facts) == set(orders)


def test_erasure_survives_its_way_through_the_queue() -> None:
    told = Erasure(order_id=ORDER, trace="t")
    assert read_arrival(told.model_dump_json()) == told


def asked_to_erase(shop: Shop) -> Shop:
    """An order, and an hour later the wish to be forgotten."""
    shop.ordered_and_packed("EV123456789GB")
    shop.shop(HOUR, "customers/redact", redaction(1001))
    shop.run()
    return shop


def calls_of_an_erasure() -> range:
    labels = asked_to_erase(Shop()).points.labels
    return range(labels.index("privacy.keep"), labels.index("privacy.note") + 1)


@pytest.mark.parametrize("call", calls_of_an_erasure())
@pytest.mark.parametrize("fault", [*TROUBLES, Fault.TWICE, Fault.MEANWHILE])
def test_erasure_that_is_cut_short_anywhere_is_done_in_the_end(call: int, fault: Fault) -> None:
    shop = asked_to_erase(Shop(OneFault(call, fault)))

    assert [word for word in payloads.PERSONAL if word in held(shop)] == []
    assert shop.table.by_lookup(lookup_digest("#1001", payloads.EMAIL, "link-key")) is None
    [record] = shop.privacy.requests()
    assert record.answered_at is not None
