"""Reading what the user names: a file, or `-` for standard input."""

import sys
from pathlib import Path

from porchlight.cli import CommandError


def read_bytes(name: str) -> bytes:
    """The bytes of a file, untouched. Raises `CommandError` when it can not be read."""
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except (OSError, ValueError) as error:
        message = f"{name}: {getattr(error, 'strerror', None) or 'no such file'}"
        raise CommandError(message) from error
