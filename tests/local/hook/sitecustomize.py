"""Breaks chosen SDK calls in the functions of the fault tests, and in nothing else.

Python imports this module at start when its folder is on the path, and only those tests put it there. Each file in the
folder named in `PLANNED_FAULTS` is one fault, used once by whichever process meets it first: function, operation, a text
that the call's parameters hold, and what goes wrong.

| kind     | what happens |
|----------|--------------|
| throttle | the service refuses the call and asks for patience |
| crash    | the process dies before the call |
| lost     | the call takes effect and the process dies before it hears so |
| silent   | the call takes effect; its answer times out |
"""

import importlib.abc
import importlib.machinery
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = Path(os.environ["PLANNED_FAULTS"])


class BreakingLoader(importlib.abc.Loader):
    """Loads `botocore.client` as usual, then stands in the way that every call takes."""

    def __init__(self, usual: importlib.abc.Loader) -> None:
        self._usual = usual

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._usual.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._usual.exec_module(module)
        usual = module.BaseClient._make_api_call

        def breakable(self: Any, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
            kind = planned(operation, parameters)
            if kind == "crash":
                os._exit(1)
            if kind == "throttle":
                error = {"Error": {"Code": "ThrottlingException", "Message": "planned"}}
                raise module.ClientError(error, operation)
            answer: dict[str, Any] = usual(self, operation, parameters)
            if kind == "lost":
                os._exit(1)
            if kind == "silent":
                from botocore.exceptions import ReadTimeoutError

                raise ReadTimeoutError(endpoint_url="planned")
            return answer

        module.BaseClient._make_api_call = breakable


class BreakingFinder(importlib.abc.MetaPathFinder):
    """Finds `botocore.client` as usual, but with a loader that may break it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != "botocore.client":
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec and spec.loader:
            spec.loader = BreakingLoader(spec.loader)
        return spec


def planned(operation: str, parameters: dict[str, Any]) -> str:
    """What shall go wrong with this call; a fault is taken by removing its file, which one process alone can do."""
    function = os.environ.get("POWERTOOLS_SERVICE_NAME", "")
    for file in sorted(FOLDER.glob("*.json")):
        try:
            fault = json.loads(file.read_text())
        except (OSError, ValueError):
            continue
        meant = fault["function"] == function and fault["operation"] == operation
        if meant and fault["about"] in repr(parameters):
            try:
                file.unlink()
            except FileNotFoundError:
                continue
            return str(fault["kind"])
    return ""


sys.meta_path.insert(0, BreakingFinder())
