"""The shop's clock, for the functions and commands of the demo alone.

Python imports this module at start when its folder is on the path, and only the demo puts it there. Shipped code reads
the time at its edge, by `datetime.now` in a function's `handler` and in the command `connect`; here that name, in those
modules, is replaced by a clock that differs by as many seconds as the file named in `SHOP_CLOCK` says. Everything else,
the signing of requests included, keeps the machine's time. The file is read on each call, so functions that are already
running follow too.
"""

import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from types import ModuleType

OFFSET = Path(os.environ["SHOP_CLOCK"])
MODULES = {"handler", "porchlight.cli.connect"}


class ShopClock(datetime):
    """`datetime`, its `now` moved."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # a plain datetime, as handlers expect
        """The shop's time."""
        return datetime.now(tz) + timedelta(seconds=float(OFFSET.read_text()))


class ClockLoader(importlib.abc.Loader):
    """Loads a module as usual, then sets its clock."""

    def __init__(self, usual: importlib.abc.Loader) -> None:
        self._usual = usual

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        """As usual."""
        return self._usual.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """As usual, and one name replaced."""
        self._usual.exec_module(module)
        if hasattr(module, "datetime"):
            vars(module)["datetime"] = ShopClock


class ClockFinder(importlib.abc.MetaPathFinder):
    """Finds the modules that read the time as usual, but with a loader that sets their clock."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Only for those; everything else is found by the next finder."""
        if fullname not in MODULES:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec and spec.loader:
            spec.loader = ClockLoader(spec.loader)
        return spec


sys.meta_path.insert(0, ClockFinder())
