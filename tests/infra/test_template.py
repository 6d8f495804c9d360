"""What the template promises (house style, 3.7)."""

import re

import pytest
from porchlight.aws.settings import Settings

from tests.infra.templates import INFRA, NAMES, ROOT, everywhere, of_type, target, template, walk

FUNCTIONS = of_type("AWS::Serverless::Function")
QUEUES = of_type("AWS::SQS::Queue")
DEAD_LETTERS = {name for name in QUEUES if name.endswith("DeadLetters")}
TABLES = of_type("AWS::DynamoDB::Table")
GLOBALS = template()["Globals"]["Function"]

PUBLIC_ROUTES = {
    "POST /webhooks/{kind}/{code}/{connection}",
    "GET /api/tracking/{token}",
    "POST /api/lookup",
    "GET /api/unsubscribe/{token}",
    "POST /api/unsubscribe/{token}",
    "GET /api/survey/{token}/{score}",
    "POST /api/survey/{token}/{score}",
}

KNOW_NO_RESOURCE = {"ses:GetAccount"}  # IAM offers no narrower resource for these

EMULATOR_DIFFERENCES = {  # each is explained in docs/local-stack.md
    "template.DataBucketPolicy",
    "template.MessageSendingFunction",
    "page.Cdn.api.DomainName",
    "page.Cdn.api.OriginPath",
    "page.Cdn.api.OriginProtocolPolicy",
    "page.Cdn.api.HTTPPort",
    "page.Cdn.default.ViewerProtocolPolicy",
    "page.Cdn./api/*.ViewerProtocolPolicy",
    "page.PagesBucketPolicy",
    "page.PageUrl",
    "page.ApiUrl",
}


def readers():
    return {
        target(event["Properties"]["Queue"]): (name, event["Properties"])
        for name, function in FUNCTIONS.items()
        for event in function.get("Events", {}).values()
        if event["Type"] == "SQS"
    }


def statements(function):
    return [one for policy in function["Policies"] for one in policy["Statement"]]


def on_aws(value):
    """A value, or the branch of it that counts on AWS."""
    condition, then, _ = value["Fn::If"] if isinstance(value, dict) and "Fn::If" in value else ("OnAws", value, None)
    assert condition == "OnAws"
    return then


def as_list(value):
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("queue", sorted(set(QUEUES) - DEAD_LETTERS))
class TestEveryQueue:
    def test_gives_up_into_a_queue_of_its_own(self, queue):
        assert target(QUEUES[queue]["RedrivePolicy"]["deadLetterTargetArn"]) == queue.replace("Queue", "DeadLetters")

    def test_keeps_what_was_given_up_for_fourteen_days(self, queue):
        dead = target(QUEUES[queue]["RedrivePolicy"]["deadLetterTargetArn"])
        assert QUEUES[dead]["MessageRetentionPeriod"] == 14 * 24 * 3600

    def test_hides_a_message_for_six_times_its_readers_timeout_and_the_window(self, queue):
        reader, event = readers()[queue]
        timeout = FUNCTIONS[reader].get("Timeout", GLOBALS["Timeout"])
        window = event.get("MaximumBatchingWindowInSeconds", 0)
        assert QUEUES[queue]["VisibilityTimeout"] >= 6 * timeout + window

    def test_is_read_in_batches_whose_records_fail_alone(self, queue):
        _, event = readers()[queue]
        assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert event["BatchSize"] == 10
        assert event["ScalingConfig"]["MaximumConcurrency"] >= 2


def test_everything_at_rest_is_encrypted():
    assert all(queue["SqsManagedSseEnabled"] for queue in QUEUES.values())
    assert all(table["SSESpecification"]["SSEEnabled"] for table in TABLES.values())
    assert all(bucket["BucketEncryption"] for bucket in everywhere("AWS::S3::Bucket").values())


@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_table_outlives_the_stack_can_be_restored_and_forgets(table):
    assert template()["Resources"][table]["DeletionPolicy"] == "Retain"
    assert TABLES[table]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert TABLES[table]["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert TABLES[table]["BillingMode"] == "PAY_PER_REQUEST"


def test_no_bucket_is_public_and_each_takes_tls_only():
    for name, bucket in everywhere("AWS::S3::Bucket").items():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}, name
    policies = everywhere("AWS::S3::BucketPolicy")
    assert len(policies) == len(everywhere("AWS::S3::Bucket"))
    for name, policy in policies.items():
        found = [one for _, one in walk(policy) if isinstance(one, dict) and one.get("Effect") == "Deny"]
        assert [one["Condition"] for one in found] == [{"Bool": {"aws:SecureTransport": "false"}}], name


def test_bodies_in_the_bucket_outlive_their_messages():
    rules = {rule["Id"]: rule for rule in of_type("AWS::S3::Bucket")["DataBucket"]["LifecycleConfiguration"]["Rules"]}
    assert rules["inbox"]["Prefix"] == "inbox/"
    assert rules["inbox"]["ExpirationInDays"] >= 4 + 14


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
class TestEveryFunction:
    def test_is_a_folder_with_one_file(self, function):
        stage = re.sub(r"(?<!^)(?=[A-Z])", "_", function.removesuffix("Function")).lower()
        folder = (INFRA / FUNCTIONS[function]["CodeUri"]).resolve()
        assert folder == ROOT / "functions" / stage
        assert [file.name for file in folder.iterdir() if file.is_file()] == ["handler.py"]

    def test_names_its_stage_to_logs(self, function):
        folder = FUNCTIONS[function]["CodeUri"].strip("/").split("/")[-1]
        assert FUNCTIONS[function]["Environment"]["Variables"] == {"POWERTOOLS_SERVICE_NAME": folder}

    def test_has_a_log_group_that_forgets(self, function):
        group = target(FUNCTIONS[function]["LoggingConfig"]["LogGroup"])
        folder = FUNCTIONS[function]["CodeUri"].strip("/").split("/")[-1]
        properties = of_type("AWS::Logs::LogGroup")[group]
        assert properties["RetentionInDays"] == {"Ref": "LogRetentionDays"}
        assert properties["LogGroupName"]["Fn::Sub"].endswith(folder)

    def test_may_do_named_things_to_named_resources(self, function):
        for statement in statements(FUNCTIONS[function]):
            if statement["Resource"] == "*":
                assert statement["Action"] in KNOW_NO_RESOURCE
                continue
            assert not [action for action in as_list(statement["Action"]) if "*" in action]
            for resource in as_list(on_aws(statement["Resource"])):
                text = next(iter(resource.values()))
                named = text if isinstance(text, str) else text[0]
                assert "*" not in named or re.search(r"/(\*|[a-z]+/\*)$", named), named

    def test_shares_no_role(self, function):
        assert "Role" not in FUNCTIONS[function]


def test_every_folder_of_functions_is_deployed_once():
    deployed = [function["CodeUri"].strip("/").split("/")[-1] for function in FUNCTIONS.values()]
    assert sorted(deployed) == sorted(folder.name for folder in (ROOT / "functions").iterdir() if folder.is_dir())


def test_only_the_sender_may_send_mail_and_only_as_the_sender():
    allowed = {
        name: one
        for name, function in FUNCTIONS.items()
        for one in statements(function)
        if "ses:SendEmail" in as_list(one["Action"])
    }
    assert list(allowed) == ["MessageSendingFunction"]
    condition = on_aws(allowed["MessageSendingFunction"]["Condition"])
    assert condition == {"StringEquals": {"ses:FromAddress": {"Ref": "SenderAddress"}}}


def test_what_is_known_of_shoppers_is_open_to_these_alone_and_only_so_far():
    """Deciding reads, notes orders and forgets; sending reads and counts; feedback and pages note what was done."""
    allowed = {
        name: set(as_list(one["Action"]))
        for name, function in FUNCTIONS.items()
        for one in statements(function)
        if {"Fn::GetAtt": "CustomersTable.Arn"} in as_list(one["Resource"])
        or {"Fn::GetAtt": ["CustomersTable", "Arn"]} in as_list(one["Resource"])
    }
    assert {name: sorted(one.removeprefix("dynamodb:") for one in actions) for name, actions in allowed.items()} == {
        "RuleEvaluationFunction": ["DeleteItem", "GetItem", "PutItem", "Query"],
        "MessageSendingFunction": ["PutItem", "Query", "UpdateItem"],
        "MessageFeedbackFunction": ["PutItem", "Query", "UpdateItem"],
        "TrackingApiFunction": ["GetItem", "PutItem", "Query", "UpdateItem"],
    }


def test_environment_and_settings_are_the_same_list():
    variables = {name for name in GLOBALS["Environment"]["Variables"] if not name.startswith("POWERTOOLS_")}
    assert variables == {name.upper() for name in Settings.model_fields}


def test_public_routes_are_exactly_these():
    assert {route["RouteKey"] for route in everywhere("AWS::ApiGatewayV2::Route").values()} == PUBLIC_ROUTES
    assert not [name for name in FUNCTIONS if "FunctionUrlConfig" in FUNCTIONS[name]]
    events = [event["Type"] for function in FUNCTIONS.values() for event in function.get("Events", {}).values()]
    assert set(events) == {"SQS", "Schedule"}


def test_public_routes_are_throttled_and_look_ups_most():
    stage = of_type("AWS::ApiGatewayV2::Stage", "api")["HttpApiStage"]
    limits = {route: one["ThrottlingRateLimit"]["Ref"] for route, one in stage["RouteSettings"].items()}
    assert limits == {
        "GET /api/tracking/{token}": "TrackingRateLimit",
        "POST /api/lookup": "LookupRateLimit",
        "GET /api/unsubscribe/{token}": "TrackingRateLimit",
        "POST /api/unsubscribe/{token}": "TrackingRateLimit",
        "GET /api/survey/{token}/{score}": "TrackingRateLimit",
        "POST /api/survey/{token}/{score}": "TrackingRateLimit",
    }
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] == {"Ref": "WebhookRateLimit"}
    defaults = {name: template()["Parameters"][name]["Default"] for name in [*limits.values(), "WebhookRateLimit"]}
    assert min(defaults, key=defaults.get) == "LookupRateLimit"


def test_access_log_names_no_path_and_no_caller():
    log = of_type("AWS::ApiGatewayV2::Stage", "api")["HttpApiStage"]["AccessLogSettings"]["Format"]
    assert not re.search(r"context\.(path|identity|http)|sourceIp|userAgent", log)


def test_answers_about_a_parcel_are_cached_by_path_and_language_for_half_a_minute_at_most():
    policy = of_type("AWS::CloudFront::CachePolicy", "page")["TrackingCache"]["CachePolicyConfig"]
    key = policy["ParametersInCacheKeyAndForwardedToOrigin"]
    assert policy["MaxTTL"] <= 30
    assert policy["MinTTL"] == 0
    assert key["HeadersConfig"] == {"HeaderBehavior": "whitelist", "Headers": ["Accept-Language"]}
    assert key["CookiesConfig"] == {"CookieBehavior": "none"}
    assert key["QueryStringsConfig"] == {"QueryStringBehavior": "none"}


def test_mail_events_that_stop_or_settle_a_message_reach_the_feedback_queue():
    events = of_type("AWS::SES::ConfigurationSetEventDestination", "mail")["Events"]["EventDestination"]
    condition, tracked, untracked = events["MatchingEventTypes"]["Fn::If"]
    assert condition == "TracksReading"
    assert {"SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "REJECT"} <= set(untracked)
    assert set(tracked) - set(untracked) == {"OPEN", "CLICK"}
    subscription = of_type("AWS::SNS::Subscription", "mail")["EventsSubscription"]
    assert subscription["RawMessageDelivery"] is False
    assert target(template()["Resources"]["Mail"]["Properties"]["Parameters"]["FeedbackQueueArn"]) == "FeedbackQueue"


def test_differences_between_emulator_and_aws_are_the_documented_ones():
    found = set()
    for name in NAMES:
        for path, value in walk(template(name)):
            conditional = isinstance(value, dict) and value.get("Fn::If", [""])[0] in {"IsLocal", "OnAws"}
            if conditional or (isinstance(value, dict) and value.get("Condition") == "OnAws"):
                found.add(_label(name, path))
    assert found == EMULATOR_DIFFERENCES


def _label(name, path):
    if "Cdn" not in path:
        return f"{name}.{path[1]}"
    part = {"Origins": "api", "DefaultCacheBehavior": "default", "CacheBehaviors": "/api/*"}[path[4]]
    return f"{name}.Cdn.{part}.{path[-1]}"


@pytest.mark.parametrize("name", NAMES)
def test_no_template_outgrows_its_reader(name):
    assert len((INFRA / f"{name}.yaml").read_text().splitlines()) < 500
