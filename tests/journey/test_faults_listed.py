"""`docs/faults.md` names a test for every fault, and every test it names exists."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| F(\d+) \|(.*)\|$", TABLE, re.MULTILINE))
CLAIMED = {*range(1, 33), 36, *range(39, 45), 47, 48, *range(53, 60)}
MEASURED = {12}


def test_every_fault_of_this_release_is_listed() -> None:
    assert {int(number) for number in ROWS} == CLAIMED


@pytest.mark.parametrize("number", ROWS)
def test_the_tests_it_names_exist(number: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", ROWS[number])

    assert named or int(number) in MEASURED
    for file, test in named:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, f"{file}::{test}"
