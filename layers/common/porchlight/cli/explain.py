"""`explain <order>`: every decision of an order with its reasons, for people or as JSON.

The order is named as the shopper knows it (`#1001`) or by our own key.
"""

import argparse
import json

from porchlight.aws.deployment import Deployment, deployment
from porchlight.cli import CommandError, Subparsers
from porchlight.domain.explaining import Explanation, explain, story
from porchlight.domain.fold import fold


def add_parser(subparsers: Subparsers) -> None:
    """`explain <order> [--json] [--stack]`."""
    parser = subparsers.add_parser("explain", help="why an order's messages were sent or held")
    parser.add_argument("order", help="order number, or our order key")
    parser.add_argument("--json", action="store_true", help="one JSON object an order instead of text")
    parser.add_argument("--stack", default="porchlight")


def run(args: argparse.Namespace) -> int:
    """Print the story of every order of that name; two stores may use the same number."""
    explanations = explained(args.order, deployment(args.stack))
    if not explanations:
        message = f"no order {args.order}"
        raise CommandError(message)
    print("\n".join(json.dumps(one) if args.json else story(one) for one in explanations))
    return 0


def explained(order: str, stack: Deployment) -> list[Explanation]:
    """The explanations of all orders with this number or key."""
    orders = stack.orders()
    records = (orders.read(order_id) for order_id in dict.fromkeys((*orders.by_name(order), order)))
    mappings = stack.config().mappings()
    return [explain(record.ledger.values(), fold(mappings.applied_to(record.facts))) for record in records if record]
