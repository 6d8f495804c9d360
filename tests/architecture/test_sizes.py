"""Sizes that a reader can hold (house style, rule 2)."""

import pytest

from tests.architecture.sources import FUNCTIONS, SHIPPED, TOOLS, functions, label, tree

HANDLER = 40
FUNCTION = 40
MODULE = 250
PLUGIN = 300
"""One vendor is one file, its code tables included."""


def most_lines(file):
    if FUNCTIONS in file.parents:
        return HANDLER
    return PLUGIN if file.parent.name in {"carriers", "stores"} else MODULE


def lines(file):
    return len(file.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("file", [*SHIPPED, *TOOLS], ids=label)
def test_module_and_functions_are_short(file):
    assert lines(file) <= most_lines(file)
    assert [name for name, length in functions(file) if length > FUNCTION] == []


@pytest.mark.parametrize("file", [*SHIPPED, *TOOLS], ids=label)
def test_module_opens_with_its_contract(file):
    text = file.read_text(encoding="utf-8")
    assert not text or text.startswith('"""'), "a module without a contract"
    assert not text or tree(file).body[0].value.value.strip()
