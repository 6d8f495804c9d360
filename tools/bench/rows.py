"""The counted SDK calls, as read back from the hook's files."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

READS = frozenset({"GetItem", "Query", "BatchGetItem"})


@dataclass(frozen=True, slots=True)
class Row:
    """One call.

    Attributes:
        about: Queue, index, object or kind of key.
        failed: The error's code; empty when it succeeded.
        units: Request units, those of indexes included; `index_units` is that part alone.
        sent: Bytes of the messages or the item sent.
    """

    function: str
    service: str
    operation: str
    about: str
    failed: str = ""
    units: float = 0.0
    index_units: float = 0.0
    sent: int = 0

    @property
    def is_read(self) -> bool:
        """A read of a table."""
        return self.service == "dynamodb" and self.operation in READS

    @property
    def is_write(self) -> bool:
        """A write to a table."""
        return self.service == "dynamodb" and self.operation not in READS

    @property
    def name(self) -> str:
        """`GetItem order poll`: operation and what it is about."""
        return f"{self.operation} {self.about}".strip()


_FIELDS = [field.name for field in fields(Row)]


def read_rows(folder: Path) -> list[Row]:
    """Every call of a function so far, in the order in which they were made."""
    lines = (line for file in folder.glob("*.jsonl") for line in file.read_text(encoding="utf-8").splitlines())
    found = sorted((json.loads(line) for line in lines), key=lambda row: float(row["at"]))
    return [Row(**{name: row[name] for name in _FIELDS if name in row}) for row in found if row["function"] != "tool"]


def total(rows: Iterable[Row]) -> dict[str, float]:
    """Calls, reads, writes and units."""
    kept = list(rows)
    return {
        "calls": len(kept),
        "reads": sum(row.is_read for row in kept),
        "writes": sum(row.is_write for row in kept),
        "read_units": sum(row.units for row in kept if row.is_read),
        "write_units": sum(row.units for row in kept if row.is_write),
        "queue_sends": sum(row.service == "sqs" for row in kept),
        "other": sum(row.service not in {"dynamodb", "sqs"} for row in kept),
    }
