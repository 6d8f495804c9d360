"""The commands that talk to a deployed stack, on one that moto plays; CloudFormation's answer alone is written here."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from botocore.stub import Stubber
from porchlight.aws import clients
from porchlight.aws.accounts import DynamoAccounts
from porchlight.aws.customers import DynamoCustomers
from porchlight.aws.desk import DynamoDesk
from porchlight.aws.lanes import DynamoLanes
from porchlight.cli import main
from porchlight.config import read_mappings
from porchlight.domain.channel_health import Harm, refused
from porchlight.domain.exchange import Kind
from porchlight.domain.lanes import Lane
from porchlight.domain.mappings import UnmappedCode
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.storms import Incident, Weather
from porchlight.domain.times import to_text

from tests.functions.conftest import NOON, ROOT, Deployed

OUTPUTS = {
    "OrdersTable": "OrdersTable",
    "ConnectionsTable": "ConnectionsTable",
    "CustomersTable": "CustomersTable",
    "DataBucket": "data",
    "SecretsPath": "/porchlight/test",
    "WebhookUrl": "https://api.shop.example/webhooks/",
}
MOST_COMMANDS = 3
SECRETS = {"webhook_secrets": ["first"], "credentials": {"client_id": "id", "client_secret": "secret"}}


@pytest.fixture(autouse=True)
def stack(deployed: Deployed) -> Iterator[None]:
    outputs = [{"OutputKey": name, "OutputValue": value} for name, value in OUTPUTS.items()]
    described = {"StackName": "shop", "CreationTime": NOON, "StackStatus": "CREATE_COMPLETE", "Outputs": outputs}
    with Stubber(clients.cloudformation()) as stubber:
        for _ in range(MOST_COMMANDS):
            stubber.add_response("describe_stacks", {"Stacks": [described]}, {"StackName": "shop"})
        yield


def run(monkeypatch: pytest.MonkeyPatch, *words: str, given: object = None) -> int:
    stdin = io.TextIOWrapper(io.BytesIO(json.dumps(given).encode()))
    monkeypatch.setattr("sys.stdin", stdin)
    return main([*words, "--stack", "shop"])


def printed(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    answer: dict[str, object] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return answer


def test_a_connection_is_stored_and_its_address_printed(monkeypatch, capsys) -> None:
    assert run(monkeypatch, "connect", "carriers", "ups", "--secrets", "-", given=SECRETS) == 0
    answer = printed(capsys)
    assert answer["webhook_url"] == f"https://api.shop.example/webhooks/carriers/ups/{answer['connection']}"
    assert len(answer["connection"]) == 32
    assert answer["polls"] is True
    [account] = DynamoAccounts(clients.dynamodb(), "ConnectionsTable").accounts(Kind.CARRIERS)
    assert account.name == f"ups/{answer['connection']}"
    assert "secret" not in json.dumps(answer)


def test_two_secrets_hold_while_one_is_rotated(monkeypatch, capsys) -> None:
    run(monkeypatch, "connect", "carriers", "ups", "--secrets", "-", given=SECRETS)
    name = printed(capsys)["connection"]
    for new in ("second", "third"):
        renewed = {"webhook_secrets": [new]}
        assert run(monkeypatch, "connect", "carriers", "ups", "--rotate", name, "--secrets", "-", given=renewed) == 0
    stored = clients.ssm().get_parameter(Name=f"/porchlight/test/carriers/ups/{name}", WithDecryption=True)
    held = json.loads(stored["Parameter"]["Value"])
    assert held["webhook_secrets"] == ["third", "second"]
    assert held["credentials"] == SECRETS["credentials"]


@pytest.mark.parametrize(
    "words",
    [
        ["connect", "carriers", "nobody", "--secrets", "-"],
        ["connect", "carriers", "ups", "--rotate", "0" * 32, "--secrets", "-"],
        ["connect", "carriers", "ups", "--calls", "1", "--secrets", "-"],
        ["explain", "#404"],
    ],
)
def test_what_can_not_be_done_is_one_line_and_exit_2(monkeypatch, capsys, words: list[str]) -> None:
    assert run(monkeypatch, *words, given=SECRETS) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("name", ["#2041", "2041"])
def test_an_order_is_explained_by_its_number(monkeypatch, capsys, deployed: Deployed, name: str) -> None:
    deployed.invoke("rule_evaluation", "order_created")
    assert run(monkeypatch, "explain", name) == 0
    told = capsys.readouterr().out
    assert "order_confirmed sends" in told
    assert "guard fresh: pass" in told
    assert "solberg" not in told.casefold()
    run(monkeypatch, "explain", name, "--json")
    assert printed(capsys)["decisions"][0]["outcome"] == "send"


WOO = {"shop": "shop.example", "consumer_key": "ck", "consumer_secret": "cs", "fulfillments": "on"}


def test_a_store_is_read_once_its_credentials_are_given(monkeypatch, capsys) -> None:
    words = ["connect", "stores", "woocommerce", "--secrets", "-"]
    run(monkeypatch, *words, given={"webhook_secrets": ["w"]})
    told = printed(capsys)
    assert told["polls"] is False
    run(monkeypatch, *words, "--rotate", str(told["connection"]), given={"credentials": WOO})
    assert printed(capsys)["polls"] is True
    found = DynamoAccounts(clients.dynamodb(), "ConnectionsTable").accounts(Kind.STORES)
    assert {account.name: account.polls for account in found}[f"woocommerce/{told['connection']}"] is True
    stored = clients.ssm().get_parameter(
        Name=f"/porchlight/test/stores/woocommerce/{told['connection']}", WithDecryption=True
    )
    assert json.loads(stored["Parameter"]["Value"]) == {"webhook_secrets": ["w"], "credentials": WOO}


def test_the_terminal_asks_for_every_credential_and_enter_keeps_what_there_is(monkeypatch, capsys) -> None:
    asked: list[str] = []
    given = iter(["hook", "abc", " token ", "newer", "", ""])

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return next(given)

    monkeypatch.setattr("getpass.getpass", ask)
    run(monkeypatch, "connect", "stores", "bigcommerce")
    name = str(printed(capsys)["connection"])
    assert asked == [
        "BigCommerce webhook secret: ",
        "BigCommerce store hash: ",
        "BigCommerce access token: ",
    ]
    run(monkeypatch, "connect", "stores", "bigcommerce", "--rotate", name)
    assert printed(capsys)["polls"] is True
    stored = clients.ssm().get_parameter(Name=f"/porchlight/test/stores/bigcommerce/{name}", WithDecryption=True)
    kept = json.loads(stored["Parameter"]["Value"])
    assert kept == {
        "webhook_secrets": ["newer", "hook"],
        "credentials": {"store_hash": "abc", "access_token": "token"},
    }


DESK = (
    UnmappedCode(
        source="evri",
        code="Q1",
        text="left with  a neighbour",
        count=41,
        first_seen=NOON,
        last_seen=NOON,
        order_id="rep2qp3ez7ppz3z7afcaoumjj4",
        guess=Status.DELIVERED,
        guessed_reason=SubStatus.NONE,
        confidence=0.93,
    ),
    UnmappedCode(
        source="inpost",
        code="",
        text='Przesyłka "zaginęła" w sieci',
        count=3,
        first_seen=NOON,
        last_seen=NOON,
        order_id="rep2qp3ez7ppz3z7afcaoumjj4",
    ),
)


@pytest.fixture
def desk() -> None:
    for one in DESK:
        DynamoDesk(clients.dynamodb(), "OrdersTable").note(one)


def test_an_empty_desk_says_so(monkeypatch, capsys) -> None:
    assert run(monkeypatch, "unmapped") == 0
    assert capsys.readouterr().out == "nothing is unmapped\n"
    assert run(monkeypatch, "unmapped", "--yaml") == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("form", [(), ("--yaml",)])
def test_what_lies_on_the_desk_is_shown_as_the_documentation_shows_it(monkeypatch, capsys, desk, form) -> None:
    assert run(monkeypatch, "unmapped", *form) == 0
    shown = (ROOT / "docs" / "mappings.md").read_text(encoding="utf-8")
    assert f"```{'yaml' if form else ''}\n{capsys.readouterr().out}```" in shown


def test_what_lies_on_the_desk_as_json_of_one_source(monkeypatch, capsys, desk) -> None:
    run(monkeypatch, "unmapped", "--json", "--source", "inpost")
    [line] = capsys.readouterr().out.splitlines()
    assert UnmappedCode.model_validate_json(line) == DESK[1]


def test_the_printed_entries_are_a_valid_file(monkeypatch, capsys, desk, tmp_path) -> None:
    run(monkeypatch, "unmapped", "--yaml")
    file = tmp_path / "mappings.yaml"
    file.write_text("mappings:\n" + capsys.readouterr().out, encoding="utf-8")
    first, second = read_mappings(file).mappings
    assert (first.source, first.code, first.status) == ("evri", "Q1", Status.DELIVERED)
    assert (second.text, second.status) == (DESK[1].text, Status.UNKNOWN)


def test_storms_are_listed_with_what_was_found_and_quiet_lanes_only_when_asked_for(monkeypatch, capsys) -> None:
    now = datetime.now(UTC)
    stormy, calm = Lane(carrier="dhl_unified", country="US"), Lane(carrier="ups", country="DE")
    incident = Incident(
        incident_id="dhl_unified-US-2026-03-09T18",
        lane=stormy,
        since=datetime(2026, 3, 6, tzinfo=UTC),
        opened_at=now,
        confirmed_at=now,
        lapses_at=now + timedelta(days=1),
        opened_by="order1",
        parcels=60,
        still=41,
    )
    lanes = DynamoLanes(clients.dynamodb(), "OrdersTable")
    assert run(monkeypatch, "storms") == 0
    assert capsys.readouterr().out == "no storm is known\n"

    lanes.keep_weather(Weather(lane=stormy, looked_at=now, parcels=60, still=41, incident=incident, version=1))
    lanes.keep_weather(Weather(lane=calm, looked_at=now, parcels=30, still=2, version=1))
    run(monkeypatch, "storms")
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith(
        "dhl_unified-US-2026-03-09T18: 41 of 60 parcels by DHL to US stand still since Friday 06 March"
    )

    run(monkeypatch, "storms", "--all", "--json")
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["lane"], first["open"], first["incident"]) == ("dhl_unified-US", True, incident.incident_id)
    assert (second["lane"], second["open"], second["still"], second["incident"]) == ("ups-DE", False, 2, "")


def test_channels_are_told_with_what_their_providers_judge_them_by(monkeypatch, capsys) -> None:
    now = datetime.now(UTC)
    assert run(monkeypatch, "channels") == 0
    assert capsys.readouterr().out.splitlines() == [
        "email: takes messages",
        "  0 messages in 14 days, 0 came back (0.0%), 0 were called spam (0.00%)",
    ]

    customers = DynamoCustomers(clients.dynamodb(), "CustomersTable")
    for number in range(100):
        customers.count_sent("email", f"m{number}", now)
    for number in range(20):
        customers.count_against("email", Harm.BOUNCE, f"p{number}", now)
    first = refused(None, "mail: SendingPausedException", now)
    customers.keep_suspension("email", first)
    run(monkeypatch, "channels")
    suspended, counted, strained = capsys.readouterr().out.splitlines()
    assert suspended == (
        f"email: suspended since {now:%Y-%m-%d %H:%M} UTC, asked once, "
        f"again at {first.ask_at:%H:%M} UTC: mail: SendingPausedException"
    )
    assert counted == "  100 messages in 14 days, 20 came back (20.0%), 0 were called spam (0.00%)"
    assert "20 of 100 messages of 14 days came back" in strained

    customers.keep_suspension("email", first.ended(now))
    run(monkeypatch, "channels", "--json")
    told = printed(capsys)
    assert (told["suspended"], told["over_since"], told["sent"], told["bounces"]) == (False, to_text(now), 100, 20)
