"""The one logger and the one way to count.

Log records hold a constant message and facts as keys, never a webhook's body, a name, an address or a token. Counts are
CloudWatch metrics in embedded format: one line on standard output, no call.
"""

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

NAMESPACE = "Porchlight"

logger = Logger()


def follow(trace: str) -> None:
    """Name the parcel's correlation id in every log line from here on, until the next record is followed."""
    logger.append_keys(trace=trace)


def count(name: str, value: int = 1, **dimensions: str) -> None:
    """Count an outcome, e.g. `count("WebhookAccepted", kind="stores", code="shopify")`.

    Args:
        name: Past participle in PascalCase.
        value: How many.
        dimensions: Small fixed sets only: stage, kind, code, channel, reason. Never an id. Each combination is billed
            as a metric of its own (0.30 USD a month), so what a log line says already stays out.
    """
    with single_metric(name=name, unit=MetricUnit.Count, value=value, namespace=NAMESPACE) as metric:
        for key, text in dimensions.items():
            metric.add_dimension(name=key, value=text)
