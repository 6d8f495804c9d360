"""From counts to money: the list price of a shipment's life and of a month in which nothing happens.

In: the counted life of `calls.py` and the weights of the page. Out: USD per 1,000 shipments by line, and per month.
Nothing is subtracted for free tiers, batches or caches of the CDN; what had to be assumed stands in prices.json.
"""

import json
from collections.abc import Mapping
from pathlib import Path

PRICES = json.loads(Path(__file__).with_name("prices.json").read_text(encoding="utf-8"))
MINUTES_A_MONTH = 43_800
THOUSAND = 1000
GB = 10**9


def price(unit: str) -> float:
    """USD."""
    return float(PRICES["per_unit"][unit]["price"])


def shipments(life: Mapping[str, float], invocations: Mapping[str, float], log_bytes: float) -> dict[str, float]:
    """USD per 1,000 shipments, by line.

    Args:
        life: Units of one shipment: `read_units`, `write_units`, `sqs_requests`, `http_requests`, `cdn_requests`,
            `cdn_bytes`, `mail_events`; what is not named is none.
        invocations: By function, of one shipment.
        log_bytes: That the functions themselves wrote for one shipment.
    """
    assumed = PRICES["assumptions"]
    gb_seconds = sum(count * _gb_seconds(name) for name, count in invocations.items())
    runs = sum(invocations.values())
    logs = log_bytes + runs * assumed["platform_log_bytes_per_invocation"]
    lines = {
        "DynamoDB writes": life.get("write_units", 0.0) * price("dynamodb_write_unit"),
        "DynamoDB reads": life.get("read_units", 0.0) * price("dynamodb_read_unit"),
        "Lambda time": gb_seconds * price("lambda_gb_second"),
        "Lambda requests": runs * price("lambda_request"),
        "SQS": life.get("sqs_requests", 0.0) * price("sqs_request"),
        "HTTP API": life.get("http_requests", 0.0) * price("http_api_request"),
        "CDN requests": life.get("cdn_requests", 0.0) * price("cdn_request"),
        "CDN bytes": life.get("cdn_bytes", 0.0) / GB * price("cdn_gb"),
        "logs": logs / GB * price("logs_gb"),
        "SNS": life.get("mail_events", 0.0) * price("sns_publish"),
    }
    return {name: round(value * THOUSAND, 5) for name, value in lines.items()}


def _gb_seconds(function: str) -> float:
    assumed = PRICES["assumptions"]
    memory = assumed["memory_gb"].get(function, assumed["memory_gb_otherwise"])
    return float(assumed["warm_ms"][function] / 1000 * memory)


def idle_month(minute: Mapping[str, float], alarms: int, queues: int) -> dict[str, float]:
    """USD of a month without any order: what the stack costs by being there.

    Args:
        minute: `read_units`, `write_units` and `calls` of one run of the clock that finds nothing.
        alarms: In the template.
        queues: That a function reads.
    """
    assumed = PRICES["assumptions"]
    run = _gb_seconds("due_release") * price("lambda_gb_second")
    tables = minute["read_units"] * price("dynamodb_read_unit") + minute["write_units"] * price("dynamodb_write_unit")
    lines = {
        "alarms": alarms * price("alarm_month"),
        "queues waited for": queues * assumed["idle_receives_per_queue_month"] * price("sqs_request"),
        "the clock's function": MINUTES_A_MONTH * (run + price("lambda_request")),
        "the clock's reads and writes": MINUTES_A_MONTH * tables,
        "the clock's logs": MINUTES_A_MONTH * assumed["platform_log_bytes_per_invocation"] / GB * price("logs_gb"),
        "link key": price("secret_month"),
    }
    return {name: round(value, 3) for name, value in lines.items()}
