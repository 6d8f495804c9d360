"""Published test numbers, read from a folder."""

import json
from pathlib import Path
from typing import NamedTuple


class Case(NamedTuple):
    """One number and what is expected of it.

    Attributes:
        courier: The publisher's word; empty for a number that is nobody's.
        match: Whether the number is this courier's.
        published: From the couriers' files, not from a library's tests.
    """

    number: str
    courier: str
    match: bool
    published: bool


def cases_of(folder: Path) -> list[Case]:
    """Every case of the folder, each once."""
    found = [case for file in sorted((folder / "couriers").glob("*.json")) for case in _published(file)]
    libraries = folder / "detect_cases.jsonl"
    if libraries.exists():
        found += [_library(json.loads(line)) for line in libraries.read_text("utf-8").splitlines() if line.strip()]
    return list(dict.fromkeys(found))


def _published(file: Path) -> list[Case]:
    courier = json.loads(file.read_text("utf-8"))
    return [
        Case(number, courier["courier_code"], match, published=True)
        for kind in courier["tracking_numbers"]
        for match in (True, False)
        for number in kind["test_numbers"]["valid" if match else "invalid"]
    ]


def _library(line: dict[str, str | bool | None]) -> Case:
    return Case(str(line["number"]), str(line["carrier"] or ""), bool(line["match"]), published=False)
