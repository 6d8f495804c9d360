"""The commands that talk to a deployed stack, on one that moto plays; CloudFormation's answer alone is written here."""

import io
import json
from collections.abc import Iterator

import pytest
from botocore.stub import Stubber
from porchlight.aws import clients
from porchlight.aws.accounts import DynamoAccounts
from porchlight.cli import main
from porchlight.domain.exchange import Kind

from tests.functions.conftest import NOON, Deployed

OUTPUTS = {
    "OrdersTable": "OrdersTable",
    "ConnectionsTable": "ConnectionsTable",
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
