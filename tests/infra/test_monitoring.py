"""Every queue, dead-letter queue and function is watched, and the dashboard shows what exists."""

import json
import re

import pytest

from tests.infra.templates import of_type, target, template

ALARMS = of_type("AWS::CloudWatch::Alarm", "monitoring")
PARAMETERS = template()["Resources"]["Monitoring"]["Properties"]["Parameters"]


def watched(metric):
    """Logical ids of the main template that an alarm on this metric watches."""
    return {
        target(PARAMETERS[target(alarm["Dimensions"][0]["Value"])])
        for alarm in ALARMS.values()
        if alarm["MetricName"] == metric
    }


def test_every_dead_letter_queue_has_an_alarm_at_the_first_message():
    queues = {name for name in of_type("AWS::SQS::Queue") if name.endswith("DeadLetters")}
    assert watched("ApproximateNumberOfMessagesVisible") == queues
    found = [one for one in ALARMS.values() if one["MetricName"] == "ApproximateNumberOfMessagesVisible"]
    assert {(one["Threshold"], one["ComparisonOperator"]) for one in found} == {(0, "GreaterThanThreshold")}


def test_every_queue_has_an_alarm_on_its_oldest_message():
    queues = {name for name in of_type("AWS::SQS::Queue") if name.endswith("Queue")}
    assert watched("ApproximateAgeOfOldestMessage") == queues


@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_every_function_has_an_alarm(metric):
    assert watched(metric) == set(of_type("AWS::Serverless::Function"))


@pytest.mark.parametrize(
    ("name", "metric"), [("UnmappedCodes", "UnmappedCarrierCode"), ("PrivacyAnswers", "PrivacyAnswerDue")]
)
def test_what_somebody_must_look_at_raises_an_alarm_whatever_its_dimensions(name, metric):
    found = of_type("AWS::Logs::MetricFilter", "monitoring")[f"{name}Filter"]
    assert found["FilterPattern"] == f"{{ $.{metric}[0] > 0 }}"
    [transformation] = found["MetricTransformations"]
    alarm = ALARMS[name]
    assert (alarm["Namespace"], alarm["MetricName"]) == (
        transformation["MetricNamespace"],
        transformation["MetricName"],
    )


@pytest.mark.parametrize("name", sorted(ALARMS))
def test_every_alarm_tells_somebody_in_words(name):
    assert ALARMS[name]["AlarmActions"] == [{"Ref": "Alarms"}]
    assert ALARMS[name]["AlarmDescription"].endswith(".")
    assert ALARMS[name]["TreatMissingData"] == "notBreaching"


def test_every_parameter_of_the_nested_stack_is_given_and_used():
    declared = set(template("monitoring")["Parameters"])
    assert set(PARAMETERS) == declared
    body = json.dumps(template("monitoring")["Resources"])
    assert {name for name in declared if f'"{name}"' not in body and f"${{{name}}}" not in body} == set()


def test_dashboard_is_json_with_widgets_that_do_not_overlap():
    body = of_type("AWS::CloudWatch::Dashboard", "monitoring")["Dashboard"]["DashboardBody"]["Fn::Sub"]
    widgets = json.loads(re.sub(r"\$\{[^}]+\}", "x", body))["widgets"]
    cells = [
        (widget["x"] + column, widget["y"] + row)
        for widget in widgets
        for column in range(widget["width"])
        for row in range(widget["height"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
