"""The samples of a data folder: a vendor's bytes and what somebody else says they mean.

In: a folder with `carriers/<folder>/NAME.<json|xml|html|txt>`, each beside its `NAME.expected.json`. Out: one `Sample`
a body. `null` in an expectation means that its source says nothing about the field.
"""

import re
from functools import cached_property
from pathlib import Path
from typing import Literal

import yaml
from porchlight.domain.model import Value
from pydantic import ConfigDict

HERE = Path(__file__).parent
SUFFIX = ".expected.json"
_SIGNED = re.compile(r'header (?P<header>[a-z0-9-]+): (?P<signature>\S+) .*secret "(?P<secret>[^"]+)"', re.IGNORECASE)


class Said(Value):
    """Base of what a source says: codes may come as numbers."""

    model_config = ConfigDict(coerce_numbers_to_str=True)


class Scan(Said):
    """One event as the source reads it."""

    time: str | None = None
    code: str | None = None
    description: str | None = None
    location: str | None = None
    status: str | None = None


class Shipment(Said):
    """One parcel as the source reads it."""

    tracking_number: str | None = None
    status: str | None = None
    delivered: bool | None = None
    estimated_delivery: str | None = None
    events: tuple[Scan, ...] | None = None


class Expectation(Value):
    """One `NAME.expected.json`."""

    source: str
    raw_file: str
    kind: Literal["response", "webhook", "error", "reference"]
    expected: Shipment | None = None
    expected_multiple: tuple[Shipment, ...] | None = None
    note: str | None = None

    @property
    def shipments(self) -> tuple[Shipment, ...]:
        """Everything expected of the body; empty when the source has no opinion."""
        return self.expected_multiple or ((self.expected,) if self.expected else ())

    @property
    def signed(self) -> tuple[str, str, str] | None:
        """Header, signature and secret of a delivery whose note gives all three."""
        told = _SIGNED.search(self.note or "")
        return (told["header"], told["signature"], told["secret"]) if told else None


class Sample(Value):
    """One body.

    Attributes:
        folder: Its carrier in the folder's own word.
        name: `folder/NAME`, as reports and exceptions write it.
    """

    folder: str
    name: str
    path: Path
    expectation: Expectation

    @cached_property
    def body(self) -> bytes:
        """The vendor's bytes."""
        return self.path.read_bytes()


def samples(folder: Path) -> list[Sample]:
    """Every sample of the folder. Raises `OSError` and `ValueError` when a body or its expectation can not be read."""
    return [_sample(file) for file in sorted((folder / "carriers").glob(f"*/*{SUFFIX}"))]


def _sample(file: Path) -> Sample:
    expectation = Expectation.model_validate_json(file.read_bytes())
    folder = file.parent.name
    name = f"{folder}/{file.name.removesuffix(SUFFIX)}"
    return Sample(folder=folder, name=name, path=file.with_name(expectation.raw_file), expectation=expectation)


def plugin_code(folder: str) -> str:
    """Code of the plug-in that reads a folder; the folder's own name where the table has no other."""
    return _FOLDERS.get(folder, folder)


_FOLDERS: dict[str, str] = yaml.safe_load((HERE / "folders.yaml").read_text(encoding="utf-8"))
