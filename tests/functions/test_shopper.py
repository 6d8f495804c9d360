"""What a shopper told the shop itself, noted by the merchant on a stack that moto plays."""

import io
import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from botocore.stub import Stubber
from porchlight.aws import clients
from porchlight.aws.choices import DynamoChoices
from porchlight.aws.customers import DynamoCustomers
from porchlight.aws.settings import settings
from porchlight.cli import main
from porchlight.domain.choices import UNDECIDED
from porchlight.domain.errors import ConflictError
from porchlight.domain.links import person_digest
from porchlight.domain.purposes import Purpose
from porchlight.domain.supply import Purchase
from porchlight.domain.survey import Answer

from tests.functions.conftest import NOON, Deployed

ADA = "Ada@Example.com"
MOST_COMMANDS = 9


@pytest.fixture(autouse=True)
def stack(deployed: Deployed) -> Iterator[None]:
    held = {"OrdersTable": "OrdersTable", "CustomersTable": "CustomersTable"}
    held["UpdatesQueueUrl"] = settings().updates_queue_url
    outputs = [{"OutputKey": name, "OutputValue": value} for name, value in held.items()]
    described = {"StackName": "shop", "CreationTime": NOON, "StackStatus": "CREATE_COMPLETE", "Outputs": outputs}
    with Stubber(clients.cloudformation()) as stubber:
        for _ in range(MOST_COMMANDS):
            stubber.add_response("describe_stacks", {"Stacks": [described]}, {"StackName": "shop"})
        yield


@pytest.fixture
def shopper(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def call(*words: str, people: str = ADA) -> list[dict[str, object]]:
        monkeypatch.setattr("sys.stdin", io.StringIO(people))
        assert main(["shopper", *words, "--stack", "shop"]) == 0
        out = capsys.readouterr().out
        assert "example.com" not in out.casefold()
        told = [json.loads(line) for line in out.splitlines()]
        assert [one.pop("shopper") for one in told] == [person_digest(one) for one in people.split()]
        return told

    return call


def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], people: str, *words: str) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(people))
    assert main(["shopper", *words, "--stack", "shop"]) == 2
    return capsys.readouterr().err


def test_nothing_is_kept_of_somebody_new(shopper) -> None:
    assert shopper("show") == [{}]


def test_a_hold_lasts_until_its_day_and_can_be_ended(shopper) -> None:
    assert shopper("hold", "--until", "2026-12-24") == [{"held_until": "2026-12-24T00:00:00.000Z"}]
    assert shopper("hold", "--until", "2026-12-24T09:00+01:00") == [{"held_until": "2026-12-24T08:00:00.000Z"}]
    assert shopper("show") == [{"held_until": "2026-12-24T08:00:00.000Z"}]
    assert shopper("release") == [{}]


@pytest.mark.parametrize("freed", [("release",), ("complaint", "closed")])
def test_who_is_freed_has_the_newest_orders_decided_anew(shopper, deployed: Deployed, freed: tuple[str, ...]) -> None:
    person, customers = person_digest(ADA), DynamoCustomers(clients.dynamodb(), "CustomersTable")
    for number in range(30):
        placed_at = NOON - timedelta(days=number)
        customers.note_order(person, Purchase(order_id=f"order{number}", at=placed_at), NOON)
    shopper("hold", "--until", "2026-12-24")
    shopper("complaint", "open")
    assert deployed.queued("updates") == []

    shopper(*freed)
    woken = []
    while ticks := deployed.queued("updates"):
        woken += [(tick["origin"], tick["order_id"]) for tick in ticks]
    assert sorted(woken) == sorted(("tick", f"order{number}") for number in range(25))


def test_a_refusal_and_a_yes(shopper) -> None:
    assert shopper("stop", "marketing") == [{"refuses": ["marketing by any channel"]}]
    assert shopper("allow", "marketing", "--channel", "sms") == [
        {"refuses": ["marketing by email"], "agreed_to_marketing_by": ["sms"]}
    ]
    assert shopper("stop", "marketing", "--channel", "sms") == [
        {"refuses": ["marketing by email", "marketing by sms"], "agreed_to_marketing_by": ["sms"]}
    ]


def test_a_complaint_is_as_old_as_it_was_first_told(shopper, deployed: Deployed) -> None:
    first = shopper("complaint", "open")
    deployed.clock.shift(3600)
    assert shopper("complaint", "open") == first == [{"complaint_since": "2026-05-20T08:16:00.000Z"}]
    assert shopper("complaint", "closed") == [{}]


def test_an_answer_to_a_survey_is_shown_with_its_order(shopper) -> None:
    kept, person = DynamoChoices(clients.dynamodb(), "CustomersTable"), person_digest("ada@example.com")
    kept.keep_choices(person, UNDECIDED.answering(Answer(order_id="one", score=2, at=NOON)))
    assert shopper("show") == [{"survey_answers": [f"2 of 5 on {NOON:%Y-%m-%d} about one"]}]


def test_a_chosen_channel_and_none(shopper) -> None:
    assert shopper("prefer", "sms") == [{"prefers": "sms"}]
    assert shopper("prefer", "any") == [{}]


def test_a_list_of_those_who_agreed_is_taken_in_at_once(shopper) -> None:
    people = "ada@example.com\n\n  grace@example.com \nليلى@example.com\n"
    assert shopper("allow", "marketing", "--channel", "sms", people=people) == [{"agreed_to_marketing_by": ["sms"]}] * 3


@pytest.mark.parametrize(
    ("people", "words", "told"),
    [
        ("", ["show"], "no e-mail address on standard input"),
        ("ada@example.com\n#1001\n", ["release"], "line 2 is no e-mail address"),
        (ADA, ["hold", "--until", "2026-05-20"], "2026-05-20T00:00:00.000Z is over"),
    ],
)
def test_what_can_not_be_done_is_told_in_one_line(
    monkeypatch, capsys, people: str, words: list[str], told: str
) -> None:
    assert told in refused(monkeypatch, capsys, people, *words)
    assert clients.dynamodb().scan(TableName="CustomersTable")["Items"] == []


def test_a_choice_made_at_the_same_moment_is_kept(shopper, monkeypatch) -> None:
    """The shopper clicks the opt-out link between our read and our write."""
    keep, rivals = DynamoChoices.keep_choices, iter([True])

    def overtaken(self: DynamoChoices, person: str, choices: object) -> None:
        if next(rivals, False):
            keep(self, person, self.choices(person).stopping(Purpose.MARKETING, "email"))
        keep(self, person, choices)  # type: ignore[arg-type]

    monkeypatch.setattr(DynamoChoices, "keep_choices", overtaken)
    told = shopper("hold", "--until", "2026-12-24")
    assert told == [{"refuses": ["marketing by email"], "held_until": "2026-12-24T00:00:00.000Z"}]


def test_a_race_that_is_lost_again_and_again_is_told(monkeypatch, capsys) -> None:
    def lost(*_: object) -> None:
        message = "another was faster"
        raise ConflictError(message)

    monkeypatch.setattr(DynamoChoices, "keep_choices", lost)
    assert "try again" in refused(monkeypatch, capsys, ADA, "complaint", "open")
