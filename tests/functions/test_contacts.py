"""`porchlight effects --contacts` on a stack that moto plays: a helpdesk's file in, contacts per 100 orders out."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from botocore.stub import Stubber
from porchlight.aws import clients
from porchlight.aws.customers import DynamoCustomers
from porchlight.aws.orders import DynamoOrders
from porchlight.cli import main
from porchlight.domain.experiments import HoldOut
from porchlight.domain.links import person_digest
from porchlight.domain.supply import Purchase

from tests.functions.conftest import NOON, Deployed

DAY = timedelta(days=1)
HALF = HoldOut(percent=50)
SHOPPERS = [f"shopper{number}@example.com" for number in range(120)]
HELD = [one for one in SHOPPERS if HALF.has(person_digest(one))]
TOLD = [one for one in SHOPPERS if one not in HELD]
FIRST, LAST = NOON - 150 * DAY, NOON - DAY
"""The file goes from one to the other; the stranger who asks on both days has no order."""

type Effects = Callable[..., tuple[list[str], dict, str]]


@pytest.fixture
def effects(deployed: Deployed, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Effects]:
    """Runs the command on these lines of a file; gives the lines printed about contacts, the JSON and the errors."""
    names = {"CustomersTable": "CustomersTable", "OrdersTable": "OrdersTable", "DataBucket": "data"}
    outputs = [{"OutputKey": name, "OutputValue": value} for name, value in names.items()]
    described = {"StackName": "shop", "CreationTime": NOON, "StackStatus": "CREATE_COMPLETE", "Outputs": outputs}

    def run(rows: list[str], *words: str, head: str = "Created at,Customer email,Order number") -> tuple:
        file = tmp_path / "tickets.csv"
        edges = [f"{at:%Y-%m-%d %H:%M},stranger@example.com," for at in (FIRST, LAST)]
        file.write_text("\n".join((head, *edges, *rows)), encoding="utf-8-sig")
        assert main(["effects", "--contacts", str(file), "--stack", "shop", *words]) == 0
        written = capsys.readouterr()
        *lines, last = written.out.splitlines()
        begin = next(number for number, line in enumerate(lines) if line.startswith("Contacts"))
        return lines[begin:], json.loads(last)["contacts"], written.err.replace(str(file), "tickets.csv")

    with Stubber(clients.cloudformation()) as stubber:
        for _ in range(2):
            stubber.add_response("describe_stacks", {"Stacks": [described]}, {"StackName": "shop"})
        yield run


@pytest.fixture
def shop(deployed: Deployed) -> None:
    """Half of the shoppers are held out; each has ordered once, a hundred days ago."""
    publish(hold_out={"percent": 50, "purposes": ["service", "marketing"]})
    customers = DynamoCustomers(clients.dynamodb(), "CustomersTable")
    for shopper in SHOPPERS:
        purchase = Purchase(order_id=f"order of {shopper}", at=NOON - 100 * DAY)
        customers.note_order(person_digest(shopper), purchase, NOON)


def publish(**changes: object) -> None:
    held = json.loads(clients.s3().get_object(Bucket="data", Key="config/journeys.json")["Body"].read())
    clients.s3().put_object(Bucket="data", Key="config/journeys.json", Body=json.dumps(held | changes).encode())


def ticket(shopper: str, days: float = 20, number: str = "") -> str:
    return f"{NOON + (days - 100) * DAY:%Y-%m-%d %H:%M},{shopper},{number}"


@pytest.mark.usefixtures("shop")
def test_contacts_of_who_is_held_out_are_compared_with_those_of_the_others(effects: Effects) -> None:
    rows = [ticket(shopper.upper()) for shopper in HELD[:40]] + [ticket(shopper) for shopper in TOLD[:10]]
    lines, found, _ = effects(rows)

    held, told = found["groups"]
    assert (held["orders"], held["people"], held["contacts"]) == (len(HELD), len(HELD), 40)
    assert (told["orders"], told["people"], told["contacts"]) == (len(TOLD), len(TOLD), 10)
    assert held["rate"][0] == pytest.approx(40 / len(HELD), abs=1e-4)
    value, low, high = found["difference"]
    assert value == pytest.approx(10 / len(TOLD) - 40 / len(HELD), abs=1e-4)
    assert low < value < high < 0
    assert (found["is_clear"], found["more_orders"]) == (True, 0)
    assert found["not_counted"] == {"strangers": 2, "aside": 0, "waiting_orders": 0, "unreadable": 0}
    assert lines[3].startswith(f"  With the messages, 100 orders bring {-100 * value:.1f} contacts fewer (")
    assert lines[4] == "  Held out from: service, marketing"


@pytest.mark.usefixtures("shop")
def test_what_may_be_chance_is_called_so_with_the_orders_that_are_missing(effects: Effects) -> None:
    lines, found, _ = effects([ticket(shopper) for shopper in (*HELD[:9], *TOLD[:6])])

    assert not found["is_clear"]
    assert found["more_orders"] > 100
    assert "can not be told apart yet; if it stays so, about" in lines[3]


@pytest.mark.usefixtures("shop")
def test_order_number_finds_the_order_without_an_address_and_before_another_one(effects: Effects) -> None:
    orders = DynamoOrders(clients.dynamodb(), "OrdersTable", 730 * DAY)
    orders.link_lookup(f"order of {HELD[0]}", "#KC-1", "digest", NOON)
    _, found, _ = effects([ticket("", number="kc-1"), ticket(TOLD[0], number="#KC-1"), ticket(TOLD[0], number="#9")])

    assert [one["contacts"] for one in found["groups"]] == [2, 1]


@pytest.mark.usefixtures("shop")
def test_only_contacts_within_the_days_that_were_asked_for_count(effects: Effects) -> None:
    rows = [ticket(HELD[0], 9), ticket(HELD[0], 11)]
    assert [one["contacts"] for one in effects(rows, "--within", "10")[1]["groups"]] == [1, 0]
    assert effects(rows, "--since", str((NOON - 50 * DAY).date()))[1]["not_counted"]["waiting_orders"] == len(SHOPPERS)


@pytest.mark.usefixtures("shop")
def test_bad_rows_are_told_by_line_and_counted_and_no_address_is_printed(effects: Effects) -> None:
    rows = [ticket(HELD[0]), *["05/06/2026,secret@example.com,"] * 25]
    lines, found, told = effects(rows)

    assert (found["groups"][0]["contacts"], found["not_counted"]["unreadable"]) == (1, 25)
    assert told.splitlines()[0].startswith("tickets.csv:5: the date may be read with the day or the month first")
    assert told.splitlines()[20:] == ["tickets.csv: 5 more rows can not be read"]
    printed = told + "\n".join(lines) + json.dumps(found)
    assert not [one for one in ("secret", "@", person_digest(HELD[0])) if one in printed]


def test_without_a_group_there_is_nothing_to_compare(effects: Effects) -> None:
    lines, found, _ = effects([])
    assert (found["difference"], found["is_clear"], found["groups"][0]["rate"]) == (None, None, None)
    assert lines[3] == "  There is nothing to compare yet: a group has no order that counts"
    assert not [line for line in lines if "Held out from" in line]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--contacts", "no-such-file.csv"], "no-such-file.csv: No such file"),
        (["--contacts", "{file}", "--zone", "Berlin"], "there is no time zone Berlin"),
        (["--contacts", "{file}", "--within", "0"], "--within wants 1 to 3650 days"),
        (["--contacts", "{file}", "--within", "9999999999"], "--within wants 1 to 3650 days"),
        (["--contacts", "{file}", "--columns", "who=Name"], "is not like time=<column>"),
        (["--contacts", "{file}"], "no row is a ticket that can be read"),
    ],
)
def test_what_can_not_be_read_is_bad_input_before_anything_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    file = tmp_path / "tickets.csv"
    file.write_text("Created at,Email\nsoon,ada@example.com\n", encoding="utf-8")
    assert main(["effects", *(word.replace("{file}", str(file)) for word in words)]) == 2
    assert told in capsys.readouterr().err.splitlines()[-1]
