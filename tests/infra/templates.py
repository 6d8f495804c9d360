"""The templates as plain data: `!Ref A` is `{"Ref": "A"}`, `!GetAtt A.B` is `{"Fn::GetAtt": "A.B"}`, and so on."""

from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent.parent
INFRA = ROOT / "infra"
NAMES = ("template", "api", "page", "mail", "monitoring")


class Loader(yaml.SafeLoader):
    """SafeLoader that knows CloudFormation's tags."""


def _intrinsic(loader, tag, node):
    name = tag if tag in {"Ref", "Condition"} else f"Fn::{tag}"
    build = {yaml.ScalarNode: loader.construct_scalar, yaml.SequenceNode: loader.construct_sequence}
    deep = {"deep": True} if isinstance(node, yaml.SequenceNode) else {}
    return {name: build[type(node)](node, **deep)}


Loader.add_multi_constructor("!", _intrinsic)


@cache
def template(name="template"):
    return yaml.load((INFRA / f"{name}.yaml").read_text(), Loader)


def of_type(kind, name="template"):
    """Properties by logical id."""
    found = template(name)["Resources"].items()
    return {logical: one.get("Properties", {}) for logical, one in found if one["Type"] == kind}


def everywhere(kind):
    return {f"{name}.{logical}": one for name in NAMES for logical, one in of_type(kind, name).items()}


def walk(value, path=()):
    """Every (path, value) below, containers included."""
    yield path, value
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from walk(child, (*path, key))


def target(value):
    """Logical id that a !Ref or !GetAtt points at."""
    return value["Ref"] if "Ref" in value else value["Fn::GetAtt"].split(".")[0]
