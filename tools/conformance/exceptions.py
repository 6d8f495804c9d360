"""Where we read a body otherwise than its source on purpose: `exceptions.yaml`, printed in docs/carriers.md.

An exception names samples that show it. It is stale, and fails the run, when one of them is there and differs no more.
"""

from fnmatch import fnmatchcase
from pathlib import Path

import yaml
from porchlight.domain.model import StrictValue

FILE = Path(__file__).with_name("exceptions.yaml")


class Documented(StrictValue):
    """One rule.

    Attributes:
        samples: `folder/NAME` of those that show it.
        also: A pattern of names; other samples of the same source that it holds for as well.
        fields: Which fields it excuses.
        theirs: What they say; any when empty. One that ends with an asterisk is a beginning.
        ours: What we say, in the same way.
        why: The reason why ours is right.
    """

    samples: tuple[str, ...]
    also: str = ""
    fields: tuple[str, ...]
    theirs: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    why: str

    def covers(self, sample: str, field: str, theirs: str, ours: str) -> bool:
        """Whether this difference is excused."""
        return (
            (sample in self.samples or bool(self.also and fnmatchcase(sample, self.also)))
            and field in self.fields
            and _says(self.theirs, theirs)
            and _says(self.ours, ours)
        )


def _says(expected: tuple[str, ...], said: str) -> bool:
    return not expected or any(said == one or (one.endswith("*") and said.startswith(one[:-1])) for one in expected)


class Exceptions:
    """All rules, and which of them were needed."""

    def __init__(self, rules: tuple[Documented, ...]) -> None:
        self.rules = rules
        self._used: set[tuple[int, str]] = set()

    def excuse(self, sample: str, field: str, theirs: str, ours: str) -> str:
        """Why a difference is no mistake of ours; empty when it is not documented."""
        for place, rule in enumerate(self.rules):
            if rule.covers(sample, field, theirs, ours):
                self._used.add((place, sample))
                return rule.why
        return ""

    def stale(self, present: set[str]) -> list[str]:
        """Samples of the folder that a rule names though nothing of theirs differs any more."""
        return [
            f"{sample}: {rule.why}"
            for place, rule in enumerate(self.rules)
            for sample in rule.samples
            if sample in present and (place, sample) not in self._used
        ]


def documented() -> Exceptions:
    """The rules of `exceptions.yaml`. Raises `ValueError` when the file is wrong."""
    entries = yaml.safe_load(FILE.read_text(encoding="utf-8")) or []
    return Exceptions(tuple(Documented.model_validate(entry) for entry in entries))
