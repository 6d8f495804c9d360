"""The tracking page's two questions: an order by its link, a link by order number and e-mail."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from porchlight.aws import clients
from porchlight.aws.config import S3Config
from porchlight.aws.customers import DynamoCustomers
from porchlight.aws.lanes import DynamoLanes
from porchlight.aws.orders import DynamoOrders
from porchlight.aws.secrets import AwsSecrets
from porchlight.aws.settings import settings
from porchlight.observability import count
from porchlight.pipeline.tracking_api import PagePorts, answer


@cache
def ports() -> PagePorts:
    """What the page needs, once per process."""
    env = settings()
    return PagePorts(
        orders=DynamoOrders(clients.dynamodb(), env.orders_table, timedelta(days=env.retention_days)),
        secrets=AwsSecrets(clients.ssm, clients.secretsmanager, path=env.secrets_path, link_key=env.link_key_arn),
        config=S3Config(clients.s3(), env.data_bucket),
        customers=DynamoCustomers(clients.dynamodb(), env.customers_table),
        lanes=DynamoLanes(clients.dynamodb(), env.orders_table),
    )


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """One HTTP API request (payload format 2.0)."""
    token = (event.get("pathParameters") or {}).get("token")
    body = event.get("body") or ""
    # The CDN may leave out the content type, and the API then takes the form for bytes.
    text = b64decode(body).decode("utf-8", "replace") if event.get("isBase64Encoded") else body
    reply = answer(token, text, ports(), datetime.now(UTC))
    count("PageAnswered", status=str(reply.status))
    return {"statusCode": reply.status, "headers": reply.headers, "body": reply.body}
