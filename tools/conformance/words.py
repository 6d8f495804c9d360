"""What the status words of each source mean in ours: `words.yaml`, which gives the reasons."""

from collections.abc import Mapping
from pathlib import Path

import yaml
from porchlight.domain.model import StrictValue

FILE = Path(__file__).with_name("words.yaml")
OURS = "porchlight"
"""The vocabulary of our own fixtures."""


class Vocabulary(StrictValue):
    """One source's words.

    Attributes:
        sources: Beginnings of `source`; a vocabulary without them is that of the folders.
        folders: Folders whose own words these are.
        words: To the readings that agree with it: `status` alone, or `status/sub_status`.
        why: Reasons for words that more than one of our statuses agrees with.
    """

    sources: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    words: dict[str, str]
    why: dict[str, str] = {}


def vocabularies() -> Mapping[str, Vocabulary]:
    """All of them, by name. Raises `ValueError` when the file is wrong."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {name: Vocabulary.model_validate(entry) for name, entry in content.items()}


class Words:
    """Looks a source's word up."""

    def __init__(self, given: Mapping[str, Vocabulary]) -> None:
        self._given = tuple(given.values())

    def readings(self, source: str, folder: str, word: str) -> frozenset[str] | None:
        """Readings that agree with `word`; `None` when no table knows it."""
        spoken = [one for one in self._given if one.sources and source.startswith(one.sources)]
        for vocabulary in spoken or [one for one in self._given if folder in one.folders]:
            if word in vocabulary.words:
                return frozenset(vocabulary.words[word].split())
        return None
