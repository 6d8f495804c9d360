"""`schema`: print the JSON schema of the generic store's messages, for the shop that sends them.

`docs/generic-store.schema.json` is what this prints.
"""

import argparse

from porchlight.cli import Subparsers
from porchlight.stores.generic import schema


def add_parser(subparsers: Subparsers) -> None:
    """`schema`."""
    subparsers.add_parser("schema", help="print the JSON schema of the generic store's messages")


def run(_: argparse.Namespace) -> int:
    """Print it."""
    print(schema(), end="")
    return 0
