"""`porchlight effects` on a stack that moto plays."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from botocore.stub import Stubber
from porchlight.aws import clients
from porchlight.aws.customers import DynamoCustomers
from porchlight.cli import main
from porchlight.domain.effects import Tally
from porchlight.domain.experiments import HoldOut
from porchlight.domain.supply import Purchase

from tests.functions.conftest import NOON, Deployed

DAY = timedelta(days=1)
EXPERIMENT = {"variants": [{"id": "usual"}, {"id": "later"}, {"id": "unused"}]}
HALF = HoldOut(percent=50)


@pytest.fixture(autouse=True)
def stack(deployed: Deployed) -> Iterator[None]:
    held = {"CustomersTable": "CustomersTable", "DataBucket": "data"}
    outputs = [{"OutputKey": name, "OutputValue": value} for name, value in held.items()]
    described = {"StackName": "shop", "CreationTime": NOON, "StackStatus": "CREATE_COMPLETE", "Outputs": outputs}
    with Stubber(clients.cloudformation()) as stubber:
        for _ in range(2):
            stubber.add_response("describe_stacks", {"Stacks": [described]}, {"StackName": "shop"})
        yield


def publish(**changes: object) -> None:
    held = json.loads(clients.s3().get_object(Bucket="data", Key="config/journeys.json")["Body"].read())
    for one in held["touchpoints"]:
        one.update({"experiment": EXPERIMENT} if one["id"] == "delivered" else {})
    clients.s3().put_object(Bucket="data", Key="config/journeys.json", Body=json.dumps(held | changes).encode())


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[str, dict[str, object]]:
    assert main(["effects", "--stack", "shop", *words]) == 0
    lines = capsys.readouterr().out.splitlines()
    return "\n".join(lines[:-1]), json.loads(lines[-1])


def customers() -> DynamoCustomers:
    return DynamoCustomers(clients.dynamodb(), "CustomersTable")


def test_shop_without_experiments_and_group_is_told_so(capsys) -> None:
    words, found = printed(capsys)
    assert words.splitlines() == ["No touchpoint has variants.", "No group is held out."]
    assert found == {"experiments": {}, "hold_out": None, "contacts": None}


def test_variants_are_compared_with_the_first_and_chance_is_named(capsys) -> None:
    publish()
    customers().tally("delivered", "usual", Tally(sent=1000, successes=100), "a" * 32, NOON)
    customers().tally("delivered", "later", Tally(sent=1000, successes=200, harms=3), "a" * 32, NOON)
    words, found = printed(capsys)

    usual, later, unused = found["experiments"]["delivered"]
    assert (usual["sent"], usual["share"][0], usual["against_the_first"]) == (1000, 0.1, None)
    assert (later["harmed"][0], later["is_clear"]) == (0.003, True)
    value, low, high = later["against_the_first"]
    assert 0.06 < low < value == 0.1 < high < 0.14
    assert (unused["sent"], unused["is_clear"]) == (0, False)
    assert "+10.0%" in words
    assert "which may be chance" in words.splitlines()[-2]


def test_who_ordered_again_is_compared_with_who_is_held_out(capsys) -> None:
    publish(hold_out={"percent": 50})
    people = [f"{number:032x}" for number in range(60)]
    for person in people:
        customers().note_order(person, Purchase(order_id="first", at=NOON - 200 * DAY), NOON)
        if not HALF.has(person):
            customers().note_order(person, Purchase(order_id="second", at=NOON - 180 * DAY), NOON)
    customers().note_order("f" * 32, Purchase(order_id="first", at=NOON - DAY), NOON)
    words, found = printed(capsys)

    held, told = found["hold_out"]["groups"]
    assert held["sent"] + told["sent"] == 60
    assert (held["share"][0], told["share"][0], told["is_clear"]) == (0.0, 1.0, True)
    assert found["hold_out"]["waiting"] == 1
    assert "1 more are not counted" in words
    since = str((NOON - 100 * DAY).date())
    assert printed(capsys, "--since", since)[1]["hold_out"]["groups"][1]["sent"] == 0


def test_a_day_that_is_none_is_bad_input(capsys) -> None:
    assert main(["effects", "--since", "yesterday", "--stack", "shop"]) == 2
    assert "yesterday is no day like 2026-01-31" in capsys.readouterr().err
