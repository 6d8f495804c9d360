"""`import`: orders and tracking numbers of a spreadsheet, as messages of the generic store; see docs/import.md.

Every row that is wrong is told on standard error, `file:line: column: reason`; the orders of the other rows are sent.
An import can be repeated: the same row is the same delivery, and of an order the latest word counts. Where it broke
off, `--from-line` goes on. Exit 1 when anything was wrong in the file, 0 when nothing was.
"""
# ruff: noqa: N999 a command is called as its file; nobody imports it by a statement

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from porchlight.aws.deployment import Deployment, deployment
from porchlight.aws.queues import BATCH
from porchlight.cli import CommandError, Subparsers
from porchlight.cli._columns import COLUMNS, KNOWN, Part
from porchlight.cli._import_orders import Order, read_orders
from porchlight.cli._input import read_bytes
from porchlight.cli._table import Table, read_table
from porchlight.domain.errors import TransientError
from porchlight.domain.exchange import Envelope, Kind
from porchlight.normalised import normalised_store
from porchlight.stores.generic import PLUGIN


def add_parser(subparsers: Subparsers) -> None:
    """`import <file> --store <code>/<connection>`."""
    parser = subparsers.add_parser("import", help="orders and tracking numbers of a spreadsheet (CSV)")
    parser.add_argument("file", help="the spreadsheet, saved as CSV UTF-8; - for standard input")
    parser.add_argument(
        "--store", required=True, help=f"the connection the orders belong to: {PLUGIN.code}/<connection>"
    )
    parser.add_argument("--zone", help="time zone of times without an offset, such as Europe/Berlin")
    parser.add_argument("--from-line", type=int, default=1, help="leave out the orders that begin before this line")
    parser.add_argument("--dry-run", action="store_true", help="print what would be learnt, and send nothing")
    parser.add_argument("--stack", default="porchlight")


def run(args: argparse.Namespace) -> int:
    """Read all, tell what is wrong, send or print the rest."""
    connection = _connection(args.store)
    stack = None if args.dry_run else _stack(args.stack, connection)
    table = _table(args.file)
    orders, complaints = read_orders(table, _zone(args.zone), _changed_at(args.file))
    for complaint in complaints:
        print(f"{args.file}:{complaint}", file=sys.stderr)
    orders = [order for order in orders if order.line >= args.from_line]
    if stack is None:
        for order in orders:
            for update in order.updates:
                print(json.dumps(normalised_store(update)))
    else:
        _send(orders, connection, stack)
        print(json.dumps({"orders": len(orders), "wrong": len(complaints)}))
    return 1 if complaints else 0


def _connection(store: str) -> str:
    code, _, connection = store.partition("/")
    if code != PLUGIN.code or not connection:
        message = f"an import belongs to a connection of the generic store: --store {PLUGIN.code}/<connection>"
        raise CommandError(message)
    return connection


def _stack(name: str, connection: str) -> Deployment:
    stack = deployment(name)
    if stack.secrets(Kind.STORES, PLUGIN.code, connection) is None:
        message = f"there is no connection {connection} for {PLUGIN.code}; make one with `porchlight connect`"
        raise CommandError(message)
    return stack


def _zone(name: str | None) -> str | None:
    try:
        return ZoneInfo(name).key if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"there is no time zone {name}; write it as Europe/Berlin"
        raise CommandError(message) from error


def _changed_at(file: str) -> datetime:
    return datetime.now(UTC) if file == "-" else datetime.fromtimestamp(int(Path(file).stat().st_mtime), UTC)


def _table(file: str) -> Table:
    table = read_table(read_bytes(file), KNOWN)
    names = [column.name for column in COLUMNS if column.part is Part.NAME]
    if not any(name in table.header for name in names):
        message = f"{file}: no column says which order a row is about; name one {names[0]}"
        raise CommandError(message)
    for name in table.unread:
        print(f"{file}:1: {name}: nobody knows this column; it is not read", file=sys.stderr)
    return table


def _send(orders: Sequence[Order], connection: str, stack: Deployment) -> None:
    queue = stack.updates()
    now = datetime.now(UTC)
    for begun in range(0, len(orders), BATCH):
        batch = orders[begun : begun + BATCH]
        try:
            queue.send([_envelope(order, connection, now) for order in batch], group=connection)
        except TransientError as error:
            message = f"broken off: {error}; go on with --from-line {batch[0].line}"
            raise CommandError(message) from error


def _envelope(order: Order, connection: str, now: datetime) -> Envelope:
    return Envelope(
        origin="webhook",
        kind=Kind.STORES,
        code=PLUGIN.code,
        connection=connection,
        delivery_id=order.delivery_id,
        body=order.body,
        received_at=now,
        trace=order.delivery_id,
    )
