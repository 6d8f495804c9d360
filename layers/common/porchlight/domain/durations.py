"""Lengths of time as a merchant writes them: a whole number and m, h or d."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_DURATION = re.compile(r"([0-9]{1,6})\s*(m|h|d)")
_DURATION_SCHEMA = r"^\s*[0-9]{1,6}\s*[mhd]\s*$"
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def _duration(text: object) -> timedelta:
    if isinstance(text, timedelta):
        return text
    match = _DURATION.fullmatch(str(text).strip())
    if match is None:
        message = "a duration is a whole number and m, h or d: 20m, 72h, 7d"
        raise ValueError(message)
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _duration_text(value: timedelta) -> str:
    return f"{int(value.total_seconds() // 60)}m"


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    PlainSerializer(_duration_text, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": _DURATION_SCHEMA}),
]
"""Written `20m`, `72h` or `7d`."""
