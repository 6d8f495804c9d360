"""The project's own Python files as syntax trees."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "layers" / "common" / "porchlight"
FUNCTIONS = ROOT / "functions"

SHIPPED = sorted([*PACKAGE.rglob("*.py"), *FUNCTIONS.rglob("*.py")])
TOOLS = sorted((ROOT / "tools").rglob("*.py"))


def label(file):
    return file.relative_to(ROOT).as_posix().removeprefix("layers/common/porchlight/")


@cache
def tree(file):
    return ast.parse(file.read_text(encoding="utf-8"))


def zone(file):
    """`domain`, `aws`, `carriers`, … for files in a folder of the package; the file's stem for those at its root."""
    if FUNCTIONS in file.parents:
        return "functions"
    parts = file.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else parts[0].removesuffix(".py")


def imports(file):
    """Dotted names of all imported modules, those inside functions and type-checking blocks too."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def our_zones(file):
    """Zones of the package that a file imports."""
    return {name.split(".")[1] for name in imports(file) if name.startswith("porchlight.")}


def outside(file):
    """Top-level names of everything else it imports."""
    return {name.split(".")[0] for name in imports(file)} - {"porchlight"}


def calls(file):
    """Dotted text of everything called, such as `datetime.now`."""
    return [ast.unparse(node.func) for node in ast.walk(tree(file)) if isinstance(node, ast.Call)]


def functions(file):
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.end_lineno - node.lineno + 1


def strings(file):
    """Every string constant that is not a docstring."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value
