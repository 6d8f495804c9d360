"""What the fixtures of carriers and of stores have in common: a body in a file, and beside it what it must become."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from porchlight.domain.store_news import StoreNews
from porchlight.domain.tracking import TrackingUpdate

RECEIVED_AT = datetime.fromisoformat("2026-06-01T12:00:00Z")


@dataclass(frozen=True)
class Case[Update: (TrackingUpdate, StoreNews)](ABC):
    """One body of one plug-in."""

    code: str
    path: Path

    def __str__(self) -> str:
        return f"{self.code}-{self.path.stem}"

    @property
    def name(self) -> str:
        return self.path.stem.rpartition(".")[2]

    @property
    def body(self) -> bytes:
        return self.path.read_bytes()

    @property
    def expected_path(self) -> Path:
        return self.path.with_name(f"{self.path.stem}.expected.json")

    @property
    def expected(self) -> object:
        """Content of the expected file; `None` while there is none, which no parse equals."""
        return json.loads(self.expected_path.read_text(encoding="utf-8")) if self.expected_path.is_file() else None

    @abstractmethod
    def parse(self, body: bytes | None = None) -> Sequence[Update]:
        """Read this case's body, or another one in its place."""

    @abstractmethod
    def normalised(self, update: Update) -> dict[str, object]:
        """The update in the words of the expected files."""

    @abstractmethod
    def event_ids(self, update: Update) -> Iterable[str]:
        """Ids of the scans in it."""
