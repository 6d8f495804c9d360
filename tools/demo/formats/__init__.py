"""How each simulated vendor speaks: one file a vendor, found by its name; its `FORMAT` is the vendor.

The codes are those of the plug-ins in `porchlight/carriers/`.
"""

import importlib
import pkgutil

from tools.demo.vendor_api import Format


def _formats() -> dict[str, Format]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    # A module's name can not begin with a digit.
    return {name.removeprefix("c") if name[1:2].isdigit() else name: _format(name) for name in names}


def _format(name: str) -> Format:
    found: Format = importlib.import_module(f"{__name__}.{name}").FORMAT
    return found


FORMATS = _formats()
