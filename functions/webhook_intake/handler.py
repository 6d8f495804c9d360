"""Webhooks in: verify, keep the raw bytes on the queue, answer."""

from base64 import b64decode
from datetime import UTC, datetime
from functools import cache
from typing import Any

from porchlight.aws import clients
from porchlight.aws.inbox import S3Inbox
from porchlight.aws.queues import SqsQueue
from porchlight.aws.secrets import AwsSecrets
from porchlight.aws.settings import settings
from porchlight.domain.exchange import WebhookRequest
from porchlight.pipeline.webhook_intake import IntakePorts, take_in


@cache
def ports() -> IntakePorts:
    """What intake needs, once per process."""
    env = settings()
    return IntakePorts(
        secrets=AwsSecrets(clients.ssm, clients.secretsmanager, path=env.secrets_path, link_key=env.link_key_arn),
        updates=SqsQueue(clients.sqs(), env.updates_queue_url),
        inbox=S3Inbox(clients.s3, env.data_bucket),
    )


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """One HTTP API request (payload format 2.0)."""
    body = event.get("body") or ""
    request = WebhookRequest(
        headers=event.get("headers") or {},
        body=b64decode(body) if event.get("isBase64Encoded") else body.encode("utf-8", "surrogatepass"),
        path=event["rawPath"],
        received_at=datetime.now(UTC),
    )
    where = event.get("pathParameters") or {}
    status = take_in(where.get("kind", ""), where.get("code", ""), where.get("connection", ""), request, ports())
    return {"statusCode": status, "headers": {"Retry-After": "30"} if status == 503 else {}}  # noqa: PLR2004 HTTP
