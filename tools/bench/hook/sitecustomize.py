"""Counts the SDK's calls in the functions of the benchmark, and in nothing else.

Python imports this module at start when its folder is on the path, and only the benchmark puts it there. It waits until
`botocore.client` is loaded and then wraps the one method through which every call goes. Each call is one line in a file
of the folder named in `CALL_COUNTS`: function, service, operation, table or queue, units, bytes out and in.
"""

import importlib.abc
import importlib.machinery
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = Path(os.environ["CALL_COUNTS"])


class CountingLoader(importlib.abc.Loader):
    """Loads `botocore.client` as usual, then wraps the way every call takes."""

    def __init__(self, usual: importlib.abc.Loader) -> None:
        self._usual = usual

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        """As usual."""
        return self._usual.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """As usual, then count."""
        self._usual.exec_module(module)
        client = module.BaseClient
        usual = client._make_api_call  # noqa: SLF001 the one place that sees every call

        def counted(self: Any, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
            service = self.meta.service_model.service_name
            asks_units = service == "dynamodb" and operation not in {"DescribeTable"}
            asked = {**parameters, "ReturnConsumedCapacity": "INDEXES"} if asks_units else parameters
            row = {"service": service, "operation": operation, "about": about(parameters), "failed": ""}
            try:
                answer: dict[str, Any] = usual(self, operation, asked)
            except module.ClientError as error:
                note({**row, "failed": error.response["Error"]["Code"]})
                raise
            note({**row, **units(answer), "sent": size(parameters)})
            return answer

        client._make_api_call = counted  # noqa: SLF001


class CountingFinder(importlib.abc.MetaPathFinder):
    """Finds `botocore.client` as usual, but with a loader that counts."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Only for that one module; everything else is found by the next finder."""
        if fullname != "botocore.client":
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec and spec.loader:
            spec.loader = CountingLoader(spec.loader)
        return spec


def about(parameters: dict[str, Any]) -> str:
    """What the call is about: queue, parameter, object, or the first part of a key, without anything personal."""
    if "QueueUrl" in parameters:
        return str(parameters["QueueUrl"]).rpartition("/")[2].partition("-")[2].partition("-")[0]
    if "IndexName" in parameters:
        return f"index {parameters['IndexName']}"
    where = parameters.get("Key") or parameters.get("Item") or parameters.get("ExpressionAttributeValues") or {}
    if not isinstance(where, dict):
        return str(where).partition("/")[0]
    first = where.get("collection") or where.get(":collection") or {}
    item = where.get("item") or where.get(":prefix") or {}
    return f"{first.get('S', '').partition('#')[0]} {item.get('S', '').partition('#')[0]}".strip()


def units(answer: dict[str, Any]) -> dict[str, float]:
    """Request units of the table and of its indexes."""
    used = answer.get("ConsumedCapacity") or []
    used = used if isinstance(used, list) else [used]
    total = sum(one.get("CapacityUnits", 0.0) for one in used)
    indexes = sum(one["CapacityUnits"] for each in used for one in each.get("GlobalSecondaryIndexes", {}).values())
    return {"units": total, "index_units": indexes} if used else {}


def size(parameters: dict[str, Any]) -> int:
    """Bytes of what matters in a request: messages of a queue, items of a table."""
    bodies = [entry["MessageBody"] for entry in parameters.get("Entries", ())]
    return sum(map(len, bodies)) if bodies else len(json.dumps(parameters.get("Item", {}), default=_length))


def note(row: dict[str, Any]) -> None:
    """One line, in this process's own file."""
    function = os.environ.get("POWERTOOLS_SERVICE_NAME", "tool")
    with (FOLDER / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"function": function, "at": time.time(), **row}) + "\n")


def _length(value: object) -> str:
    return "x" * (len(value) if isinstance(value, bytes) else len(str(value)))


sys.meta_path.insert(0, CountingFinder())
