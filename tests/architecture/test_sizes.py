"""Sizes that a reader can hold (house style, rule 2)."""

import pytest

from tests.architecture.sources import FUNCTIONS, SHIPPED, TOOLS, functions, label, tree

HANDLER = 40
FUNCTION = 40
MODULE = 250


def lines(file):
    return len(file.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("file", [*SHIPPED, *TOOLS], ids=label)
def test_module_and_functions_are_short(file):
    assert lines(file) <= (HANDLER if FUNCTIONS in file.parents else MODULE)
    assert [name for name, length in functions(file) if length > FUNCTION] == []


@pytest.mark.parametrize("file", [*SHIPPED, *TOOLS], ids=label)
def test_module_opens_with_its_contract(file):
    text = file.read_text(encoding="utf-8")
    assert not text or text.startswith('"""'), "a module without a contract"
    assert not text or tree(file).body[0].value.value.strip()
