"""What `effects` tells of a helpdesk's export: contacts per 100 orders, held out and with the messages.

The file is read here and goes nowhere: of each ticket a moment, a digest and an order number are kept while this runs.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from porchlight.aws.deployment import Deployment
from porchlight.cli import CommandError
from porchlight.cli._input import read_bytes
from porchlight.cli._table import Complaint
from porchlight.cli._tickets import Ticket, read_columns, read_tickets
from porchlight.cli._written_dates import DateOrder
from porchlight.domain.contacts import Contact, ContactCounts, Span, count_contacts, span_of
from porchlight.domain.effects import Interval
from porchlight.domain.experiments import HoldOut
from porchlight.domain.rates import Comparison, Counted, compared
from porchlight.domain.reorders import PlacedOrder

WITHIN_DAYS, MOST_DAYS = 60, 3650
LOOK_UPS_AT_ONCE = 10
"""As many as a client of AWS has connections."""
MOST_COMPLAINTS = 20
"""So many rows are told one by one."""


class Export(NamedTuple):
    """What the file says.

    Attributes:
        within: How long after it was placed an order may be asked about.
        wrong: Rows that could not be read.
    """

    tickets: Sequence[Ticket]
    span: Span
    within: timedelta
    wrong: int


class Report(NamedTuple):
    """All there is to tell."""

    export: Export
    hold_out: HoldOut
    counts: ContactCounts

    @property
    def comparison(self) -> Comparison | None:
        """`None` while a group has no orders."""
        return compared(self.counts.told, self.counts.held_out)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--contacts <file>` and how to read it."""
    parser.add_argument("--contacts", default="", help="tickets of your helpdesk (CSV), to compare contacts per order")
    parser.add_argument("--columns", default="", help="names of its columns: time=<name>,mail=<name>,order=<name>")
    parser.add_argument("--zone", default="UTC", help="time zone of its times, such as Europe/Berlin; UTC by default")
    parser.add_argument("--dates", choices=[one.value for one in DateOrder], help="how 05/06/2026 is meant")
    parser.add_argument(
        "--within", type=int, default=WITHIN_DAYS, help="days after an order in which a contact is about it"
    )


def read_export(args: argparse.Namespace, now: datetime, since: datetime | None) -> Export:
    """The file that was named; bad rows are told. Raises `CommandError` when there is no other."""
    if not 1 <= args.within <= MOST_DAYS:
        message = f"--within wants 1 to {MOST_DAYS} days"
        raise CommandError(message)
    order = DateOrder(args.dates) if args.dates else None
    tickets, complaints = read_tickets(read_bytes(args.contacts), read_columns(args.columns), _zone(args.zone), order)
    _tell(args.contacts, complaints)
    if not tickets:
        message = f"{args.contacts}: no row is a ticket that can be read"
        raise CommandError(message)
    span = span_of([one.at for one in tickets], now, since)
    return Export(tickets, span, timedelta(days=args.within), len(complaints))


def report(export: Export, stack: Deployment, orders: Iterable[PlacedOrder], hold_out: HoldOut) -> Report:
    """Join and count; one look-up in the stack for each order number."""
    numbers = sorted({one.number for one in export.tickets if one.number})
    with ThreadPoolExecutor(LOOK_UPS_AT_ONCE) as pool:
        named = dict(zip(numbers, pool.map(stack.orders().by_name, numbers), strict=True))
    contacts = [Contact(one.at, one.person, named.get(one.number, ())) for one in export.tickets]
    return Report(export, hold_out, count_contacts(contacts, orders, hold_out, export.span, export.within))


def lines(told: Report) -> Iterator[str]:
    """For people."""
    export, counts, found = told.export, told.counts, told.comparison
    begin, end, days = export.span.begin.date(), export.span.end.date(), export.within.days
    yield f"Contacts within {days} days of an order, {begin} to {end}: orders, contacts, contacts per 100 orders"
    yield f"  {_counted('held out', counts.held_out)}{_range(found.control) if found else ''}"
    yield f"  {_counted('with messages', counts.told)}{_range(found.treated) if found else ''}"
    yield f"  {_meaning(found)}"
    if told.hold_out.percent:
        yield f"  Held out from: {', '.join(told.hold_out.purposes)}"
    yield f"  {counts.waiting} orders are not counted: not all of their {days} days are over and in the file"
    yield f"  {counts.strangers} contacts are of nobody who ordered here, {counts.aside} not within days that count"
    yield f"  {export.wrong} rows can not be read"


def as_json(told: Report) -> dict[str, object]:
    """For programs; rates are per order."""
    export, counts, found = told.export, told.counts, told.comparison
    return {
        "days": export.within.days,
        "begin": export.span.begin.isoformat(),
        "end": export.span.end.isoformat(),
        "groups": [
            _group("held out", counts.held_out, found.control if found else None),
            _group("with messages", counts.told, found.treated if found else None),
        ],
        "difference": _rounded(found.difference) if found else None,
        "is_clear": found.difference.is_clear if found else None,
        "more_orders": found.more_orders if found else None,
        "not_counted": {
            "strangers": counts.strangers,
            "aside": counts.aside,
            "waiting_orders": counts.waiting,
            "unreadable": export.wrong,
        },
    }


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"there is no time zone {name}; write it as Europe/Berlin"
        raise CommandError(message) from error


def _tell(file: str, complaints: Sequence[Complaint]) -> None:
    for complaint in complaints[:MOST_COMPLAINTS]:
        print(f"{file}:{complaint}", file=sys.stderr)
    if len(complaints) > MOST_COMPLAINTS:
        print(f"{file}: {len(complaints) - MOST_COMPLAINTS} more rows can not be read", file=sys.stderr)


def _meaning(found: Comparison | None) -> str:
    if found is None:
        return "There is nothing to compare yet: a group has no order that counts"
    value, low, high = (100 * one for one in found.difference)
    if found.difference.is_clear:
        least, most = sorted((abs(low), abs(high)))
        more = "more" if value > 0 else "fewer"
        return f"With the messages, 100 orders bring {abs(value):.1f} contacts {more} ({least:.1f} to {most:.1f})"
    seen = f"{value:+.1f} ({low:+.1f} to {high:+.1f}) with the messages: the two can not be told apart yet"
    if found.more_orders is None:
        return f"{seen}, and if there is a difference, it is too small to wait for"
    return f"{seen}; if it stays so, about {_about(found.more_orders)} more orders are needed"


def _about(number: int) -> str:
    """With two digits that mean something."""
    return f"{float(f'{number:.2g}'):,.0f}"


def _counted(name: str, group: Counted) -> str:
    return f"{name:<20} {group.orders:>8} {group.events:>8}  {100 * group.rate:.1f}"


def _range(rate: Interval) -> str:
    return f" ({100 * rate.low:.1f} to {100 * rate.high:.1f})"


def _group(name: str, group: Counted, rate: Interval | None) -> Mapping[str, object]:
    counted = {"name": name, "people": group.people, "orders": group.orders, "contacts": group.events}
    return counted | {"rate": _rounded(rate) if rate else None}


def _rounded(interval: Interval) -> list[float]:
    return [round(value, 4) for value in interval]
