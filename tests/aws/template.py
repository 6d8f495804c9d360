"""What the shipped template says about tables and queues, so that tests and fakes use the same figures."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parents[2] / "infra" / "template.yaml"


class _Loader(yaml.SafeLoader):
    """Keeps `!Ref`, `!GetAtt` and the like as the plain value behind the tag."""


def _behind(loader: yaml.SafeLoader, _: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    assert isinstance(node, yaml.MappingNode)
    return loader.construct_mapping(node, deep=True)


_Loader.add_multi_constructor("!", _behind)


@cache
def resources() -> dict[str, Any]:
    """Every resource of the template."""
    found = yaml.load(FILE.read_text(encoding="utf-8"), _Loader)["Resources"]
    assert isinstance(found, dict)
    return found


def table(name: str) -> dict[str, Any]:
    """Arguments of `create_table`, without what no emulator of one process has."""
    properties = resources()[name]["Properties"]
    wanted = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    return {"TableName": name, **{key: properties[key] for key in wanted if key in properties}}


def queue_limits(name: str) -> tuple[int, int]:
    """Visibility time-out in seconds and `maxReceiveCount`."""
    properties = resources()[name]["Properties"]
    return int(properties["VisibilityTimeout"]), int(properties["RedrivePolicy"]["maxReceiveCount"])
