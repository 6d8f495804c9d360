"""docs/metrics.md lists what is counted, and by what."""

import ast
import re

from tests.architecture.sources import ROOT, SHIPPED, tree

ROW = re.compile(r"^\| `(\w+)` \|([^|]*)\|", re.MULTILINE)
LISTED = {name: set(re.findall(r"`(\w+)`", by)) for name, by in ROW.findall((ROOT / "docs" / "metrics.md").read_text())}


def counted():
    """Name and dimensions of each count whose name stands in the call."""
    for file in SHIPPED:
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "count" and node.args:
                named = node.args[0]
                if isinstance(named, ast.Constant) and isinstance(named.value, str) and named.value[:1].isupper():
                    yield named.value, {word.arg for word in node.keywords if word.arg != "value"}


def test_every_count_is_listed_with_its_dimensions():
    wrong = {name: by for name, by in counted() if name not in LISTED or not by <= LISTED[name]}
    assert wrong == {}


def test_nothing_is_listed_that_is_never_counted():
    everything = "\n".join(file.read_text(encoding="utf-8") for file in SHIPPED)
    assert [name for name in LISTED if f'"{name}"' not in everything] == []
