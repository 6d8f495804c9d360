"""Each function's role, taken on and tried with what other stages do: refused by the emulator's own evaluation of IAM."""

import boto3
import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.local

FORBIDDEN = [
    ("WebhookIntake", "dynamodb", "put_item", {"TableName": "{OrdersTable}", "Item": {}}),
    ("WebhookIntake", "sqs", "send_message", {"QueueUrl": "{MessagesQueueUrl}", "MessageBody": "{{}}"}),
    ("WebhookIntake", "secretsmanager", "get_secret_value", {"SecretId": "{LinkKeyArn}"}),
    ("TrackingApi", "dynamodb", "delete_item", {"TableName": "{OrdersTable}", "Key": {}}),
    ("TrackingApi", "dynamodb", "delete_item", {"TableName": "{CustomersTable}", "Key": {}}),
    ("TrackingApi", "dynamodb", "scan", {"TableName": "{OrdersTable}"}),
    ("TrackingApi", "ssm", "get_parameter", {"Name": "{SecretsPath}/stores/shopify/x"}),
    ("CarrierPolling", "secretsmanager", "get_secret_value", {"SecretId": "{LinkKeyArn}"}),
    ("CarrierPolling", "ssm", "get_parameter", {"Name": "{SecretsPath}/stores/shopify/x"}),
    ("RuleEvaluation", "ssm", "get_parameter", {"Name": "{SecretsPath}/carriers/ups/x"}),
    ("RuleEvaluation", "dynamodb", "scan", {"TableName": "{OrdersTable}"}),
    ("RuleEvaluation", "dynamodb", "update_item", {"TableName": "{CustomersTable}", "Key": {}}),
    ("MessageSending", "dynamodb", "delete_item", {"TableName": "{OrdersTable}", "Key": {}}),
    ("MessageSending", "s3", "put_object", {"Bucket": "{DataBucket}", "Key": "config/brand.json", "Body": b""}),
    ("MessageFeedback", "dynamodb", "delete_item", {"TableName": "{CustomersTable}", "Key": {}}),
    ("DueRelease", "dynamodb", "put_item", {"TableName": "{OrdersTable}", "Item": {}}),
]
"""A function's role, and a call that its stage never makes."""


@pytest.mark.parametrize(("function", "service", "operation", "call"), FORBIDDEN, ids=lambda one: str(one)[:24])
def test_a_role_may_not_do_what_its_stage_does_not_need(shop, function, service, operation, call):
    role = next(one["Role"] for one in _functions(shop) if f"-{function}Function-" in one["FunctionName"])
    taken = shop.client("sts").assume_role(RoleArn=role, RoleSessionName="trial")["Credentials"]
    keys = (taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"])
    session = boto3.Session(*keys, region_name="us-east-1")
    key = {"collection": {"S": "x"}, "item": {"S": "x"}}
    customer = {"customer": {"S": "x"}, "item": {"S": "x"}}
    filled = {
        name: (customer if "Customers" in str(call) else key)
        if value == {}
        else (value.format(**shop.stack.outputs) if isinstance(value, str) else value)
        for name, value in call.items()
    }
    with pytest.raises(ClientError) as refused:
        getattr(session.client(service, endpoint_url=shop.stack.endpoint), operation)(**filled)
    assert refused.value.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}


def _functions(shop):
    return shop.functions.list_functions()["Functions"]
