"""The labelled phrases: one file a carrier in `phrases/`, with the columns language, phrase, status and sub-status.

`phrases_digest` names a state of all of them; the model keeps it, so that a model older than its phrases is noticed.
"""

import hashlib
from pathlib import Path
from typing import NamedTuple

from porchlight.domain.status import Status, SubStatus

FOLDER = Path(__file__).parent / "phrases"
COLUMNS = ["language", "phrase", "status", "sub_status"]


class Labelled(NamedTuple):
    """A wording of one carrier and what it means."""

    carrier: str
    language: str
    phrase: str
    status: Status
    sub_status: SubStatus

    @property
    def reading(self) -> str:
        """Status and sub-status as the model writes them."""
        return f"{self.status}/{self.sub_status}"


def labelled_phrases(folder: Path = FOLDER) -> list[Labelled]:
    """All of them, by carrier. Raises `ValueError`, with file and line, for a row that is not as it should be."""
    return [one for file in sorted(folder.glob("*.tsv")) for one in _rows(file)]


def phrases_digest(folder: Path = FOLDER) -> str:
    """Changes whenever a phrase or a label does."""
    files = sorted(folder.glob("*.tsv"))
    parts = (f"{file.stem}\n{file.read_text(encoding='utf-8')}" for file in files)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _rows(file: Path) -> list[Labelled]:
    first, *lines = file.read_text(encoding="utf-8").splitlines()
    rows = []
    for number, line in enumerate([first, *lines], start=1):
        cells = line.split("\t")
        if (number == 1 and cells != COLUMNS) or len(cells) != len(COLUMNS):
            message = f"{file.name}:{number}: not {', '.join(COLUMNS)}"
            raise ValueError(message)
        if number > 1:
            language, phrase, status, sub_status = cells
            rows.append(Labelled(file.stem, language, phrase, Status(status), SubStatus(sub_status)))
    return rows
