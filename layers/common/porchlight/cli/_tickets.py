"""A helpdesk's export in, its tickets out: when each came, from whom, about which order number.

An address becomes a digest as it is read, and no complaint repeats what is in a cell. A row that can not be read is
told and left out. docs/journeys.md says which columns are known.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from porchlight.cli import CommandError
from porchlight.cli._table import Complaint, Row, Table, read_table, squeezed
from porchlight.cli._written_dates import DateOrder, date_order, read_date
from porchlight.domain.links import person_digest

NAMES = {
    "time": "created at, creation date, created time, created date, created, created on, date created, date, time",
    "mail": "requester email, customer email, customer email address, contact email, email, email address, from",
    "order": "order number, order no, order name, order",
}
"""Of several columns in one file the one that is named first here counts."""
LONGEST_NUMBER = 100
"""What is longer is no order's number, and could be no key of a table."""
_ADDRESS = re.compile(r"[^\s<>;,\"]+@[^\s<>;,\"]+")


class Ticket(NamedTuple):
    """One row.

    Attributes:
        at: Aware; of a date alone its end.
        person: Digest of the address; empty without one.
        number: The order's, as written; empty without one.
    """

    at: datetime
    person: str
    number: str


def read_tickets(
    data: bytes, columns: Mapping[str, str], zone: str, order: DateOrder | None = None
) -> tuple[list[Ticket], list[Complaint]]:
    """The tickets of a file, and what is wrong in it.

    Args:
        data: The file.
        columns: Name in the header of `time`, `mail` or `order`, where it is none of `NAMES`.
        zone: IANA name, for times without an offset.
        order: Of dates that may be read both ways.

    Raises:
        CommandError: It is no table, or says not when, or not who and about what.
    """
    listed = {squeezed(name) for names in NAMES.values() for name in names.split(",")}
    chosen = {kind: squeezed(name) for kind, name in columns.items()}
    table = read_table(data, {name: name for name in (*listed, *chosen.values()) if name})
    place = _places(table, columns)
    order = order or date_order(row.cells.get(place["time"], "") for row in table.rows)
    tickets, complaints = [], []
    for row in table.rows:
        try:
            tickets.append(_ticket(row, place, zone, order))
        except ValueError as error:
            complaints.append(Complaint(row.line, "", str(error)))
    return tickets, complaints


def _places(table: Table, columns: Mapping[str, str]) -> dict[str, str]:
    """Which column is which. Raises `CommandError`."""
    for name in columns.values():
        if squeezed(name) not in table.header:
            message = f"no column is named {name}"
            raise CommandError(message)
    found = {kind: _place(table, names, columns.get(kind)) for kind, names in NAMES.items()}
    for kinds, what in ((("time",), "when a ticket came"), (("mail", "order"), "who wrote, or about which order")):
        if not any(found[kind] for kind in kinds):
            message = f"no column says {what}: name it with --columns {kinds[0]}=<its name>"
            raise CommandError(message)
    return found


def _place(table: Table, names: str, chosen: str | None) -> str:
    return next((name for name in map(squeezed, [chosen] if chosen else names.split(",")) if name in table.header), "")


def _ticket(row: Row, place: Mapping[str, str], zone: str, order: DateOrder | None) -> Ticket:
    written, mail, number = (row.cells.get(place[kind], "") for kind in ("time", "mail", "order"))
    address = _ADDRESS.search(mail)
    number = number if number.strip("# ") and len(number) <= LONGEST_NUMBER else ""
    if row.overlong:
        message = "has more cells than the header has columns"
        raise ValueError(message)
    if not address and not number:
        message = "has neither an address nor an order number"
        raise ValueError(message)
    if not written:
        message = "says not when it came"
        raise ValueError(message)
    try:
        at = read_date(written, zone, order)
    except ValueError as error:
        message = f"the date {error}"
        raise ValueError(message) from None
    return Ticket(at, person_digest(address[0]) if address else "", number)


def read_columns(text: str) -> dict[str, str]:
    """`time=Erstellt am,mail=Kunde` as the user writes it. Raises `CommandError`."""
    parts = re.split(rf"(?:^|,)({'|'.join(NAMES)})=", text)
    if parts[0].strip() or (text and len(parts) == 1):
        message = f"{text} is not like time=<column>,mail=<column>,order=<column>"
        raise CommandError(message)
    return dict(zip(parts[1::2], map(str.strip, parts[2::2]), strict=True))
