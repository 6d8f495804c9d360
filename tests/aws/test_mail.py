"""SES behind the transport: what is sent, and what each refusal says about whether the mail left (F40-F42)."""

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.stub import Stubber
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from porchlight.aws.mail import SesTransport
from porchlight.domain import errors
from porchlight.domain.messages import EmailCall

CALL = EmailCall(
    sender="orders@oak.example",
    to="ada@example.com",
    raw=b"From: orders@oak.example\r\nTo: ada@example.com\r\nSubject: Hello\r\n\r\nHello\r\n",
    tags={"message": "orderkey@shipped@1Z9", "touchpoint": "shipped"},
)
ONCE = Config(retries={"total_max_attempts": 1})


def client():
    return boto3.client("sesv2", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="y", config=ONCE)


def refusing(code: str, status: int = 400, account: dict[str, bool] | None = None):
    """A transport whose SES refuses with this code, and answers about the account if asked."""
    ses = client()
    stubber = Stubber(ses)
    stubber.add_client_error("send_email", service_error_code=code, http_status_code=status)
    if account is not None:
        stubber.add_response("get_account", account)
    stubber.activate()
    return SesTransport(ses, configuration_set="porchlight"), stubber


def test_one_call_carries_the_whole_mail_its_tags_and_the_configuration_set():
    ses = client()
    with Stubber(ses) as stubber:
        stubber.add_response(
            "send_email",
            {"MessageId": "p-1"},
            {
                "FromEmailAddress": "orders@oak.example",
                "Destination": {"ToAddresses": ["ada@example.com"]},
                "Content": {"Raw": {"Data": CALL.raw}},
                "EmailTags": [
                    {"Name": "message", "Value": "orderkey@shipped@1Z9"},
                    {"Name": "touchpoint", "Value": "shipped"},
                ],
                "ConfigurationSetName": "porchlight",
            },
        )
        assert SesTransport(ses, configuration_set="porchlight").send_email(CALL).provider_id == "p-1"
        stubber.assert_no_pending_responses()


@mock_aws
def test_a_mail_arrives():
    ses = client()
    ses.create_email_identity(EmailIdentity="orders@oak.example")
    receipt = SesTransport(ses, configuration_set="porchlight").send_email(CALL)
    assert receipt.provider_id
    sent = ses_backends[DEFAULT_ACCOUNT_ID]["eu-west-1"].sent_messages
    assert [set(one.destinations) for one in sent] == [{"ada@example.com"}]
    assert "Subject: Hello" in sent[0].raw_data


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("TooManyRequestsException", 429, errors.RateLimitedError),
        ("LimitExceededException", 400, errors.RateLimitedError),
        ("ThrottlingException", 400, errors.RateLimitedError),
        ("SomethingNew", 429, errors.RateLimitedError),
        ("SendingPausedException", 400, errors.ChannelSuspendedError),
        ("AccountSuspendedException", 400, errors.ChannelSuspendedError),
        ("MailFromDomainNotVerifiedException", 400, errors.ChannelSuspendedError),
        ("NotFoundException", 404, errors.ChannelSuspendedError),
        ("AccessDeniedException", 403, errors.ChannelSuspendedError),
        ("InternalServiceErrorException", 500, errors.OutcomeUnknownError),
        ("ServiceUnavailable", 503, errors.OutcomeUnknownError),
        ("ExpiredTokenException", 403, errors.TransientError),
        ("SomethingNew", 400, errors.TransientError),
    ],
)
def test_each_refusal_says_whether_the_mail_left(code: str, status: int, expected: type[errors.PorchlightError]):
    transport, _ = refusing(code, status)
    with pytest.raises(errors.PorchlightError) as raised:
        transport.send_email(CALL)
    assert type(raised.value) is expected
    assert "@" not in str(raised.value)


@pytest.mark.parametrize("code", ["MessageRejected", "BadRequestException"])
def test_a_rejected_recipient_is_final(code: str):
    transport, asked = refusing(code, account={"ProductionAccessEnabled": True, "SendingEnabled": True})
    with pytest.raises(errors.RejectedRecipientError):
        transport.send_email(CALL)
    asked.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("account", "for_this_one"),
    [
        ({"ProductionAccessEnabled": False, "SendingEnabled": True}, True),
        ({"ProductionAccessEnabled": True, "SendingEnabled": False}, False),
        ({"ProductionAccessEnabled": False, "SendingEnabled": False}, False),
    ],
)
def test_an_account_that_may_not_send_to_everybody_keeps_its_mails(account: dict[str, bool], *, for_this_one: bool):
    transport, _ = refusing("MessageRejected", account=account)
    with pytest.raises(errors.ChannelSuspendedError) as raised:
        transport.send_email(CALL)
    assert raised.value.for_this_one is for_this_one


def test_an_account_that_can_not_be_asked_is_taken_to_be_in_order():
    transport, stubber = refusing("MessageRejected")
    stubber.add_client_error("get_account", service_error_code="AccessDeniedException", http_status_code=403)
    with pytest.raises(errors.RejectedRecipientError):
        transport.send_email(CALL)


URL = "https://email.eu-west-1.amazonaws.com"


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (EndpointConnectionError(endpoint_url=URL), errors.TransientError),
        (ConnectTimeoutError(endpoint_url=URL), errors.TransientError),
        (NoCredentialsError(), errors.TransientError),
        (ReadTimeoutError(endpoint_url=URL), errors.OutcomeUnknownError),
        (ConnectionClosedError(endpoint_url=URL), errors.OutcomeUnknownError),
    ],
)
def test_a_lost_answer_is_in_doubt_and_a_failed_connection_is_not(
    broken: Exception, expected: type[errors.PorchlightError]
):
    ses = client()

    def fail(**_: object) -> None:
        raise broken

    ses.meta.events.register("before-send.sesv2.SendEmail", fail)
    with pytest.raises(errors.PorchlightError) as raised:
        SesTransport(ses, configuration_set="porchlight").send_email(CALL)
    assert type(raised.value) is expected


def test_the_client_is_asked_once_however_it_fails():
    ses = client()
    tries = []

    def fail(**_: object) -> None:
        tries.append(1)
        raise ReadTimeoutError(endpoint_url=URL)

    ses.meta.events.register("before-send.sesv2.SendEmail", fail)
    with pytest.raises(errors.OutcomeUnknownError):
        SesTransport(ses, configuration_set="porchlight").send_email(CALL)
    assert tries == [1]
