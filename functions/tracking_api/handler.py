"""What pages ask: an order by its link, a link by order number and e-mail, and what the links in messages do."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from porchlight.aws import clients
from porchlight.aws.choices import DynamoChoices
from porchlight.aws.config import S3Config
from porchlight.aws.customers import DynamoCustomers
from porchlight.aws.lanes import DynamoLanes
from porchlight.aws.orders import DynamoOrders
from porchlight.aws.secrets import AwsSecrets
from porchlight.aws.settings import settings
from porchlight.observability import count
from porchlight.pipeline import pages
from porchlight.pipeline.tracking_api import PagePorts


@cache
def ports() -> PagePorts:
    env, db = settings(), clients.dynamodb()
    keep, lanes = timedelta(days=env.retention_days), DynamoLanes(db, env.orders_table)
    secrets = AwsSecrets(clients.ssm, clients.secretsmanager, path=env.secrets_path, link_key=env.link_key_arn)
    config, passing = S3Config(clients.s3(), env.data_bucket), clients.dynamodb_in_passing()
    customers, choices = DynamoCustomers(passing, env.customers_table), DynamoChoices(db, env.customers_table)
    orders = DynamoOrders(db, env.orders_table, keep)
    return PagePorts(orders, secrets, config, customers, choices, lanes)


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """One HTTP API request (payload format 2.0)."""
    named, body = event.get("pathParameters") or {}, event.get("body") or ""
    link = "/".join(named[one] for one in ("token", "score") if one in named) or None
    # The CDN may leave out the content type, and the API then takes the form for bytes.
    text = b64decode(body).decode("utf-8", "replace") if event.get("isBase64Encoded") else body
    reply = pages.reply(event.get("routeKey", ""), link, text, ports(), datetime.now(UTC))
    count("PageAnswered", status=str(reply.status))
    return {"statusCode": reply.status, "headers": reply.headers, "body": reply.body}
