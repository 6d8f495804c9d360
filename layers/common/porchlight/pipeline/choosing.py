"""One change of what a person chose, made whoever else changes it at the same moment."""

from collections.abc import Callable
from typing import NamedTuple

from porchlight.domain.choices import Choices
from porchlight.domain.errors import ConflictError
from porchlight.pipeline.person_ports import KeptChoices

MAX_TRIES = 5


class Change(NamedTuple):
    """What was kept before, and what is kept now; the same object when nothing was to be changed."""

    before: Choices
    after: Choices


def change_choices(person: str, change: Callable[[Choices], Choices], kept: KeptChoices) -> Change:
    """Read, change, and write over what was read; nothing is written where nothing changes.

    Raises:
        ConflictError: Others were faster five times.
    """
    for _ in range(MAX_TRIES):
        before = kept.choices(person)
        after = change(before)
        try:
            if after is not before:
                kept.keep_choices(person, after)
        except ConflictError:
            continue
        return Change(before, after)
    message = "the choices changed under every attempt"
    raise ConflictError(message)
