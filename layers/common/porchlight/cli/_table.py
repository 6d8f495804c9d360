"""A spreadsheet saved as text: rows of cells by the name of their column, each with its line.

The delimiter is the one under which the header names most columns that are known; case, order, blanks, hyphens and
underscores of the names do not count.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from porchlight.cli import CommandError

DELIMITERS = (",", ";", "\t")
LONGEST_CELL = 10_000_000
"""A helpdesk exports a whole conversation as one cell; by itself the module stops at 131,072 characters."""
csv.field_size_limit(LONGEST_CELL)


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong, and where; `column` is as the header writes it, empty for a whole row."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        """As shown to people, after the name of the file."""
        return ": ".join(part for part in (str(self.line), self.column, self.reason) if part)


@dataclass(frozen=True, slots=True)
class Row:
    """Cells with something in them, by our name of the column.

    Attributes:
        line: First line of the row, counted from 1.
        overlong: It has cells beyond the last column.
    """

    line: int
    cells: Mapping[str, str]
    overlong: bool


@dataclass(frozen=True, slots=True)
class Table:
    """What was read.

    Attributes:
        header: As written, by our name.
        unread: Columns that nobody knows.
    """

    header: dict[str, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


def squeezed(words: str) -> str:
    """A column's name without what people write differently."""
    return "".join(one for one in words.casefold() if one.isalnum())


def read_table(data: bytes, known: Mapping[str, str]) -> Table:
    """Read a whole file; `known` gives our name for a squeezed one. Raises `CommandError` when it is no such file."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        message = "the file is not UTF-8; save it as `CSV UTF-8`"
        raise CommandError(message) from None
    lines = _lines(text, max(DELIMITERS, key=lambda one: _fit(text, one, known)))
    names = next(lines, (0, []))[1]
    columns = [known.get(squeezed(name), "") for name in names]
    doubled = next((name for name in columns if name and columns.count(name) > 1), "")
    if doubled:
        message = f"two columns are {doubled}"
        raise CommandError(message)
    found = {ours: name.strip() for ours, name in zip(columns, names, strict=True) if ours}
    unread = [name.strip() for ours, name in zip(columns, names, strict=True) if name.strip() and not ours]
    table = Table(header=found, unread=unread)
    for line, cells in lines:
        filled = [(at, cell.strip()) for at, cell in enumerate(cells) if cell.strip()]
        named = {columns[at]: cell for at, cell in filled if at < len(columns) and columns[at]}
        if filled:
            table.rows.append(Row(line, named, overlong=filled[-1][0] >= len(columns)))
    return table


def _fit(text: str, delimiter: str, known: Mapping[str, str]) -> int:
    names = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    return sum(squeezed(name) in known for name in names)


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        begun = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = f"line {begun}: {error}; nothing was read"
            raise CommandError(message) from None
        yield begun, cells
