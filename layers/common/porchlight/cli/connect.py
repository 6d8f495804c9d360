"""`connect`: make a connection to a store or a carrier, keep its secrets, print the address to paste at the vendor.

The connection's name is 128 random bits: for senders that sign nothing it is all the protection there is. Secrets are
asked for on the terminal, or read as JSON (`{"webhook_secrets": ["…"], "credentials": {"client_id": "…"}}`) with
`--secrets <file>` or `--secrets -`, never taken from the command line, which other users of the machine can read. With
`--rotate <connection>` the new webhook secret joins the newest old one, and both are accepted until the next rotation.
"""

import argparse
import getpass
import json
import secrets as randomness
from datetime import UTC, datetime

from pydantic import ValidationError

from porchlight.aws.deployment import Deployment, deployment
from porchlight.cli import CommandError, Subparsers
from porchlight.cli._input import read_bytes
from porchlight.domain.budgets import capacity
from porchlight.domain.exchange import Budget, Kind
from porchlight.domain.records import Account, ConnectionSecrets
from porchlight.plugins import CARRIERS, STORES, Carrier, Store

ACCEPTED_SECRETS = 2


def add_parser(subparsers: Subparsers) -> None:
    """`connect stores|carriers <code>`."""
    parser = subparsers.add_parser("connect", help="connect a store or a carrier account")
    parser.add_argument("kind", choices=[kind.value for kind in Kind])
    parser.add_argument("code", help="shopify, ups, easypost …")
    parser.add_argument("--stack", default="porchlight")
    parser.add_argument("--secrets", help="JSON file with the secrets, - for standard input; else they are asked for")
    parser.add_argument("--rotate", metavar="CONNECTION", help="renew the secrets of this connection")
    parser.add_argument("--calls", type=int, help="calls your account allows, when not the vendor's default …")
    parser.add_argument("--seconds", type=float, help="… in this many seconds")
    parser.add_argument("--eager", action="store_true", help="ask more often than needed, where calls allow it")


def run(args: argparse.Namespace) -> int:
    """Create or renew the connection; print what to paste."""
    kind = Kind(args.kind)
    plugin: Carrier | Store = (STORES if kind is Kind.STORES else CARRIERS).get(args.code)
    fields = plugin.credential_fields
    stack = deployment(args.stack)
    given = _given(args.secrets) if args.secrets else _asked(plugin, fields)
    connection = args.rotate or randomness.token_hex(16)
    kept = _joined(stack, kind, args, given) if args.rotate else given
    polls = bool(fields) and all(kept.credentials.get(name) for name in fields)
    budget = _budget(plugin, args)
    account = Account(
        kind=kind,
        name=f"{args.code}/{connection}",
        polls=polls,
        budget=budget,
        calls=capacity(budget),
        counted_at=datetime.now(UTC),
        eager=args.eager,
    )
    stack.connect(account, kept)
    url = stack.webhook_url(kind, args.code, connection)
    print(json.dumps({"connection": connection, "webhook_url": url, "polls": polls}))
    return 0


def _given(name: str) -> ConnectionSecrets:
    try:
        return ConnectionSecrets.model_validate_json(read_bytes(name))
    except ValidationError as error:
        message = 'the secrets must be {"webhook_secrets": [...], "credentials": {...}}'
        raise CommandError(message) from error


def _asked(plugin: Carrier | Store, fields: tuple[str, ...]) -> ConnectionSecrets:
    """Empty answers are allowed: a carrier may only be polled, or only push."""
    webhook = getpass.getpass(f"{plugin.name} webhook secret: ") if plugin.trust else ""
    credentials = {name: getpass.getpass(f"{plugin.name} {name.replace('_', ' ')}: ") for name in fields}
    return ConnectionSecrets(webhook_secrets=(webhook,) if webhook else (), credentials=credentials)


def _joined(stack: Deployment, kind: Kind, args: argparse.Namespace, new: ConnectionSecrets) -> ConnectionSecrets:
    old = stack.secrets(kind, args.code, args.rotate)
    if old is None:
        message = f"there is no connection {args.rotate} for {args.code}"
        raise CommandError(message)
    webhook_secrets = tuple(dict.fromkeys((*new.webhook_secrets, *old.webhook_secrets)))[:ACCEPTED_SECRETS]
    return ConnectionSecrets(webhook_secrets=webhook_secrets, credentials=old.credentials | new.credentials)


def _budget(plugin: Carrier | Store, args: argparse.Namespace) -> Budget:
    default = plugin.budget
    if args.calls is None and args.seconds is None:
        return default
    try:
        return Budget(calls=args.calls or default.calls, seconds=args.seconds or default.seconds)
    except ValidationError as error:
        message = "a budget is at least two calls in a positive number of seconds"
        raise CommandError(message) from error
