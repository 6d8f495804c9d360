"""The survey's routes, and `porchlight survey` on what they kept, on a stack that moto plays."""

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.stub import Stubber
from porchlight.aws import clients
from porchlight.aws.choices import DynamoChoices
from porchlight.aws.orders import DynamoOrders
from porchlight.cli import main
from porchlight.domain.links import person_digest
from porchlight.domain.survey import Answer
from porchlight.domain.survey_links import Ask, sign_ask

from tests.functions.conftest import NOON, ROOT, Deployed

DAY = timedelta(days=1)
PERSON = person_digest("marit.solberg@example.com")
EVENT = json.loads((ROOT / "events" / "tracking_api.survey.json").read_text())


def kept() -> DynamoChoices:
    return DynamoChoices(clients.dynamodb(), "CustomersTable")


def event(token: str, score: str = "2") -> dict[str, Any]:
    return EVENT | {"pathParameters": {"token": token, "score": score}}


def test_a_button_of_the_page_keeps_an_answer_and_a_link_or_a_forged_one_keeps_nothing(deployed: Deployed) -> None:
    """GET asks, POST acts; the body comes in base64, as the API hands forms on."""
    deployed.invoke("rule_evaluation", "order_created")
    [order_id] = DynamoOrders(clients.dynamodb(), "OrdersTable", 730 * DAY).by_name("2041")
    ask = Ask(person=PERSON, order_id=order_id, message_id="survey#all_arrived", channel="email", locale="de")
    token = sign_ask(ask, NOON + DAY, "k" * 32)
    assert deployed.run("tracking_api", EVENT)["statusCode"] == 404

    asked = deployed.run("tracking_api", event(token) | {"routeKey": "GET /api/survey/{token}/{score}"})
    assert (asked["statusCode"], asked["headers"]["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "Wie waren wir?" in asked["body"]
    assert kept().choices(PERSON).answers == ()

    done = deployed.run("tracking_api", event(token, "5"))
    assert "Ihre Antwort: Unzufrieden." in done["body"], "the form counts, and not the link"
    assert [(one.order_id, one.score) for one in kept().choices(PERSON).answers] == [(order_id, 2)]


def test_an_order_that_nobody_knows_any_more_is_answered_about_no_more(deployed: Deployed) -> None:
    ask = Ask(person=PERSON, order_id="a" * 26, message_id="survey#all_arrived", channel="email")
    token = sign_ask(ask, NOON + DAY, "k" * 32)
    assert deployed.run("tracking_api", event(token))["statusCode"] == 404
    assert kept().choices(PERSON).version == 0


def answered(*given: tuple[str, str, int, int]) -> None:
    """Person, order, score and day, counted back from the noon of the samples."""
    for person, order_id, score, ago in given:
        before = kept().choices(person * 32)
        after = before.answering(Answer(order_id=order_id, score=score, at=NOON - ago * DAY))
        kept().keep_choices(person * 32, after)


def reported(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[list[str], dict[str, Any]]:
    outputs = [{"OutputKey": key, "OutputValue": value} for key, value in OUTPUTS.items()]
    described = {"StackName": "shop", "CreationTime": NOON, "StackStatus": "CREATE_COMPLETE", "Outputs": outputs}
    with Stubber(clients.cloudformation()) as stubber:
        stubber.add_response("describe_stacks", {"Stacks": [described]}, {"StackName": "shop"})
        assert main(["survey", "--stack", "shop", *words]) == 0
    lines = capsys.readouterr().out.splitlines()
    return lines[:-1], json.loads(lines[-1])


OUTPUTS = {"CustomersTable": "CustomersTable", "DataBucket": "data"}


@pytest.mark.usefixtures("deployed")
def test_a_shop_without_answers_is_told_so(capsys) -> None:
    words, found = reported(capsys)
    assert words[0] == "All answers: none"
    assert (found["answers"], found["average"], found["weeks"], found["low"]) == (0, [1, 1, 5], [], [])


@pytest.mark.usefixtures("deployed")
def test_each_order_counts_once_with_its_last_answer_in_its_week(capsys) -> None:
    answered(("a", "one", 1, 9), ("a", "two", 5, 8), ("b", "three", 4, 1), ("a", "one", 2, 0))
    words, found = reported(capsys)

    assert words[0].startswith("All answers: 3, on average 3.67 (")
    assert words[1:6] == [f"  {score} of 5 {count:>8}" for score, count in ((5, 1), (4, 1), (3, 0), (2, 1), (1, 0))]
    assert [line.split(",")[0] for line in words[6:]] == ["Week of 2026-05-11: 1", "Week of 2026-05-18: 2"]
    assert found["scores"] == {"1": 0, "2": 1, "3": 0, "4": 1, "5": 1}
    assert [(one["order_id"], one["score"]) for one in found["low"]] == [("one", 2)]
    assert [(one["week"], one["answers"]) for one in found["weeks"]] == [("2026-05-11", 1), ("2026-05-18", 2)]


@pytest.mark.usefixtures("deployed")
def test_only_answers_since_a_day_are_told_when_one_is_named(capsys) -> None:
    answered(("a", "one", 1, 9), ("b", "two", 5, 1))
    _, found = reported(capsys, "--since", (NOON - DAY).date().isoformat())
    assert (found["answers"], found["low"]) == (1, [])


@pytest.mark.usefixtures("deployed")
def test_a_report_names_nobody(capsys) -> None:
    answered(("a", "one", 1, 9))
    words, found = reported(capsys)
    assert "a" * 32 not in "".join(words) + json.dumps(found)
