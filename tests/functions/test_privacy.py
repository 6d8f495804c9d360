"""The merchant's answers to requests about personal data, on a stack that moto plays."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from botocore.stub import Stubber
from porchlight.aws import clients
from porchlight.aws.customers import DynamoCustomers
from porchlight.aws.items import unpacked
from porchlight.aws.orders import DynamoOrders
from porchlight.aws.privacy import DynamoPrivacy
from porchlight.aws.settings import settings
from porchlight.cli import main, privacy
from porchlight.domain.deeds import NOTHING_DONE, deed_at
from porchlight.domain.engagement import Act
from porchlight.domain.facts import order_id_of
from porchlight.domain.links import person_digest
from porchlight.domain.localities import UTC_ZONE
from porchlight.domain.privacy import PrivacyRecord, privacy_record
from porchlight.domain.shopper import NOBODY
from porchlight.domain.store_news import PrivacyKind, PrivacyRequest

from tests.functions.conftest import NOON, Deployed

SHOPIFY_ORDER = "6148210327901234567"
ORDER = order_id_of("shopify", "main", SHOPIFY_ORDER)
PERSONAL = ("solberg", "marit", "bergen")
MOST_COMMANDS = 4


@pytest.fixture(autouse=True)
def stack(deployed: Deployed) -> Iterator[None]:
    held = {
        "OrdersTable": "OrdersTable",
        "CustomersTable": "CustomersTable",
        "UpdatesQueueUrl": settings().updates_queue_url,
    }
    outputs = [{"OutputKey": name, "OutputValue": value} for name, value in held.items()]
    described = {"StackName": "shop", "CreationTime": NOON, "StackStatus": "CREATE_COMPLETE", "Outputs": outputs}
    deployed.invoke("rule_evaluation", "order_created")
    with Stubber(clients.cloudformation()) as stubber:
        for _ in range(MOST_COMMANDS):
            stubber.add_response("describe_stacks", {"Stacks": [described]}, {"StackName": "shop"})
        yield


def requests() -> DynamoPrivacy:
    return DynamoPrivacy(clients.dynamodb(), "OrdersTable")


def asked(kind: PrivacyKind, *orders: str) -> PrivacyRecord:
    wish = PrivacyRequest(source="shopify", kind=kind, vendor_order_ids=orders, email="marit.solberg@example.com")
    record = privacy_record(wish, "main", NOON)
    requests().keep(record)
    return record


def run(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, object]]:
    assert main(["privacy", *words, "--stack", "shop"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith('{"privacy_id"')]


def stored() -> str:
    """Everything in the orders and customers tables, unpacked, as text."""
    items = [
        item for name in ("OrdersTable", "CustomersTable") for item in clients.dynamodb().scan(TableName=name)["Items"]
    ]
    plain = [unpacked(value) if "B" in value else json.dumps(value) for item in items for value in item.values()]
    return "\n".join(plain).casefold()


def test_shopper_is_erased_by_the_function_that_hears_of_it(deployed: Deployed, capsys) -> None:
    links = lookups()
    assert links
    assert [word for word in PERSONAL if word in stored()] == list(PERSONAL)
    assert deployed.invoke("rule_evaluation", "customers_redact") == {"batchItemFailures": []}

    assert [word for word in PERSONAL if word in stored()] == []
    assert not links & lookups()
    [told] = run(capsys, "list")
    assert (told["kind"], told["orders_erased"]) == ("erase_shopper", 1)
    assert told["answered_at"] is not None


def lookups() -> set[str]:
    items = clients.dynamodb().scan(TableName="OrdersTable")["Items"]
    return {item["collection"]["S"] for item in items if item["collection"]["S"].startswith("lookup#")}


def test_every_request_is_listed_with_its_term(capsys) -> None:
    assert run(capsys, "list") == []
    record = asked(PrivacyKind.EXPORT_SHOPPER, SHOPIFY_ORDER, "7")
    [told] = run(capsys, "list")
    assert (told["privacy_id"], told["kind"], told["orders"]) == (record.privacy_id, "export_shopper", 2)
    assert told["answered_at"] is None
    assert str(told["answer_by"]).startswith(f"{NOON + timedelta(days=30):%Y-%m-%d}")
    assert "solberg" not in json.dumps(told)


def test_export_holds_everything_about_the_named_orders(capsys, tmp_path: Path) -> None:
    record, file = asked(PrivacyKind.EXPORT_SHOPPER, SHOPIFY_ORDER, "7"), tmp_path / "out.json"
    [told] = run(capsys, "export", record.privacy_id, "--out", str(file))
    document = json.loads(file.read_text(encoding="utf-8"))
    [order] = document["orders"]
    assert told["orders"] == 1
    assert document["not_held"] == ["7"]
    assert order["facts"]["order"]["shopper"]["email"] == "marit.solberg@example.com"
    assert [row["decision"]["touchpoint"] for row in order["messages"]] == ["order_confirmed"]
    assert file.stat().st_mode & 0o077 == 0
    read = requests().get(record.privacy_id)
    assert read is not None
    assert read.answered_at is not None


def test_export_holds_what_is_known_of_the_shopper_beside_their_orders(capsys, tmp_path: Path) -> None:
    read_at_noon(SHOPPER)
    for number, record in enumerate((asked(PrivacyKind.EXPORT_SHOPPER), named_by_order())):
        file = tmp_path / f"{number}.json"
        run(capsys, "export", record.privacy_id, "--out", str(file))
        known = json.loads(file.read_text(encoding="utf-8"))["shopper"]
        assert known["orders"] == 1
        assert [deed["act"] for deed in known["engagement"]["deeds"]] == ["page_view"]


def test_what_is_known_of_a_shopper_is_erased_though_their_orders_are_gone(capsys) -> None:
    stranger = person_digest("nobody.any.more@example.com")
    read_at_noon(stranger)
    wish = PrivacyRequest(source="shopify", kind=PrivacyKind.ERASE_SHOPPER, email="nobody.any.more@example.com")
    record = privacy_record(wish, "main", NOON)
    requests().keep(record)
    assert run(capsys, "erase", record.privacy_id)[0]["orders"] == 0
    assert customers().shopper(stranger, NOON) == NOBODY


SHOPPER = person_digest("marit.solberg@example.com")


def customers() -> DynamoCustomers:
    return DynamoCustomers(clients.dynamodb(), "CustomersTable")


def read_at_noon(person: str) -> None:
    deed = deed_at(Act.PAGE_VIEW, NOON, UTC_ZONE, ORDER)
    customers().keep_engagement(person, NOTHING_DONE.with_deed(deed, NOON, UTC_ZONE))


def named_by_order() -> PrivacyRecord:
    wish = PrivacyRequest(source="shopify", kind=PrivacyKind.EXPORT_SHOPPER, vendor_order_ids=(SHOPIFY_ORDER,))
    record = privacy_record(wish, "main", NOON)
    requests().keep(record)
    return record


def test_shop_is_erased_page_by_page_and_a_walk_goes_on_where_it_ended(deployed: Deployed, capsys, monkeypatch) -> None:
    monkeypatch.setattr(privacy, "PAGE", 2)
    orders = DynamoOrders(clients.dynamodb(), "OrdersTable", timedelta(days=730))
    others = sorted(order_id_of("shopify", "main", str(number)) for number in range(4))
    for order_id in others:
        orders.link_shop(order_id, "shopify/main", NOON)
    everything = sorted((*others, ORDER))
    record = asked(PrivacyKind.ERASE_SHOP)
    requests().note(record.model_copy(update={"walked_to": everything[0], "orders_erased": 1}))

    [told] = run(capsys, "erase", record.privacy_id)
    assert told["orders"] == 5
    sent = deployed.queued("updates")
    assert sorted(one["order_id"] for one in sent) == everything[1:]

    [again] = run(capsys, "erase", record.privacy_id)
    assert again["orders"] == 5
    deployed.run("rule_evaluation", deployed.batch(*deployed.queued("updates")))
    kept = orders.read(ORDER)
    assert kept is not None
    assert kept.facts.erased
    assert [word for word in PERSONAL if word in kept.facts.model_dump_json().casefold()] == []


def test_shopper_can_be_erased_once_more(deployed: Deployed, capsys) -> None:
    record = asked(PrivacyKind.ERASE_SHOPPER, SHOPIFY_ORDER)
    [told] = run(capsys, "erase", record.privacy_id)
    assert told["orders"] == 1
    assert [one["order_id"] for one in deployed.queued("updates")] == [ORDER]


def test_orders_of_a_person_who_names_none_are_looked_for(deployed: Deployed, capsys, tmp_path: Path) -> None:
    seen = asked(PrivacyKind.EXPORT_SHOPPER)
    [told] = run(capsys, "export", seen.privacy_id, "--out", str(tmp_path / "out.json"))
    assert told["orders"] == 1

    gone = asked(PrivacyKind.ERASE_SHOPPER)
    assert [run(capsys, "erase", gone.privacy_id)[0]["orders"]] == [1]
    assert [one["order_id"] for one in deployed.queued("updates")] == [ORDER]


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        (PrivacyKind.ERASE_SHOP, "export"),
        (PrivacyKind.ERASE_SHOPPER, "export"),
        (PrivacyKind.EXPORT_SHOPPER, "erase"),
    ],
)
def test_answer_must_be_the_one_that_was_asked_for(capsys, kind: PrivacyKind, action: str) -> None:
    record = asked(kind, SHOPIFY_ORDER)
    assert main(["privacy", action, record.privacy_id, "--stack", "shop"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert requests().get(record.privacy_id) == record


def test_file_that_can_not_be_written_answers_nothing(capsys, tmp_path: Path) -> None:
    record = asked(PrivacyKind.EXPORT_SHOPPER, SHOPIFY_ORDER)
    where = str(tmp_path / "missing" / "out.json")
    assert main(["privacy", "export", record.privacy_id, "--out", where, "--stack", "shop"]) == 2
    assert requests().get(record.privacy_id) == record


def test_request_nobody_made_is_one_line_and_exit_2(capsys) -> None:
    assert main(["privacy", "export", "0" * 16, "--stack", "shop"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
