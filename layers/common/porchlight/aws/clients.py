"""One SDK client per service and process, made when first needed.

Time-outs are short, because a function that waits is billed and a queue retries anyway. The mail client never retries:
a client that repeats a send by itself would send twice.
"""

from functools import cache
from typing import TYPE_CHECKING, cast

import botocore.session
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

_USUAL = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})
_IN_PASSING = Config(connect_timeout=1, read_timeout=0.5, retries={"total_max_attempts": 1})
_ONCE = Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 1})


@cache
def _session() -> botocore.session.Session:
    # botocore alone: boto3's resource layer is never used and costs import time in every cold start.
    return botocore.session.get_session()


@cache
def dynamodb() -> "DynamoDBClient":
    """Tables."""
    return cast("DynamoDBClient", _session().create_client("dynamodb", config=_USUAL))


@cache
def dynamodb_in_passing() -> "DynamoDBClient":
    """Tables, for what somebody waits for and can do without: one short attempt per call."""
    return cast("DynamoDBClient", _session().create_client("dynamodb", config=_IN_PASSING))


@cache
def sqs() -> "SQSClient":
    """Queues."""
    return cast("SQSClient", _session().create_client("sqs", config=_USUAL))


@cache
def s3() -> "S3Client":
    """Config and oversized bodies."""
    return cast("S3Client", _session().create_client("s3", config=_USUAL))


@cache
def ssm() -> "SSMClient":
    """Connection secrets."""
    return cast("SSMClient", _session().create_client("ssm", config=_USUAL))


@cache
def secretsmanager() -> "SecretsManagerClient":
    """The link key."""
    return cast("SecretsManagerClient", _session().create_client("secretsmanager", config=_USUAL))


@cache
def ses() -> "SESV2Client":
    """Mail, one attempt per call."""
    return cast("SESV2Client", _session().create_client("sesv2", config=_ONCE))


@cache
def cloudformation() -> "CloudFormationClient":
    """Outputs of the stack, for the command line only."""
    return cast("CloudFormationClient", _session().create_client("cloudformation", config=_USUAL))
