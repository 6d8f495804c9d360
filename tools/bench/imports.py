"""Cold start as far as code decides it: importing each function from the built artifact.

Each import is a process of its own, without site-packages, environment or writing of byte code, as in Lambda: the
function's folder, the layer and the SDK are all it finds. The figure is what the process takes longer than an empty
interpreter. Beside the functions runs the usual yardstick, a function that imports boto3 and makes one client. All take
turns, so that a busy moment of the machine hits every one of them; the median of the rounds counts.
"""

import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import distribution
from pathlib import Path
from statistics import median

from porchlight.aws.settings import Settings

from tools.local_stack import ROOT, credentials

BUILD = ROOT / ".aws-sam" / "build"
LAYER = BUILD / "CommonLayer" / "python"
RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "six", "urllib3")
ROUNDS = 15
EMPTY, YARDSTICK = "an empty interpreter", "boto3 and one client"

_YARDSTICK = "import boto3; boto3.client('dynamodb')"
_IMPORT = "import handler"
_READY = "import handler; handler.ports()"
_SETTINGS = {name.upper(): "x" for name in Settings.model_fields} | {"RETENTION_DAYS": "730"}


def measure(rounds: int = ROUNDS) -> dict[str, object]:
    """Milliseconds, modules and the ratio to the yardstick, by function."""
    functions = {path.stem: path for path in sorted(BUILD.glob("*Function"))}
    with _runtime() as runtime:
        programs = {EMPTY: _program([], "pass"), YARDSTICK: _program([runtime], _YARDSTICK)}
        for name, folder in functions.items():
            path = [folder, LAYER, runtime]
            programs |= {name: _program(path, _IMPORT), f"{name} ready": _program(path, _READY)}
        seconds = _in_turns(programs, rounds)
        modules = {name: int(_run(program)[1]) for name, program in programs.items()}
    empty = median(seconds[EMPTY])
    yardstick = median(seconds[YARDSTICK]) - empty
    rows = {
        name: {
            "import_ms": round((median(times) - empty) * 1000, 1),
            "ratio": round((median(times) - empty) / yardstick, 2),
            "modules": modules[name] - modules[EMPTY],
        }
        for name, times in seconds.items()
        if name != EMPTY
    }
    return {"rounds": rounds, "empty_ms": round(empty * 1000, 1), "functions": rows, "byte_code": byte_code()}


def byte_code() -> dict[str, int]:
    """How many shipped source files there are, and how many have byte code that is valid and never checked."""
    sources = [file for file in BUILD.rglob("*.py") if "__pycache__" not in file.parts]
    return {"files": len(sources), "valid": sum(_is_compiled(file) for file in sources)}


def _is_compiled(source: Path) -> bool:
    compiled = Path(importlib.util.cache_from_source(str(source)))
    if not compiled.is_file():
        return False
    head = compiled.read_bytes()[:16]
    if head[:8] != importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little"):
        return False
    return head[8:] == importlib.util.source_hash(source.read_bytes())


def _in_turns(programs: dict[str, list[str]], rounds: int) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in programs}
    for program in programs.values():  # once unmeasured: the files are in memory from here on
        _run(program)
    for _ in range(rounds):
        for name, program in programs.items():
            seconds[name].append(_run(program)[0])
    return seconds


def _program(path: list[Path], statement: str) -> list[str]:
    places = [str(folder) for folder in path]
    code = f"import sys; sys.path[:0] = {places!r}; {statement}; print(len(sys.modules))"
    return [sys.executable, "-I", "-S", "-B", "-c", code]


def _run(program: list[str]) -> tuple[float, str]:
    environment = {**credentials(), **_SETTINGS, "LANG": "C.UTF-8"}
    environment |= {"POWERTOOLS_SERVICE_NAME": "bench", "PATH": os.defpath}
    begun = time.perf_counter()
    done = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)
    return time.perf_counter() - begun, done.stdout.splitlines()[-1]


@contextmanager
def _runtime() -> Iterator[Path]:
    """A folder with what Lambda's runtime brings, out of the development environment."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for package in RUNTIME:
            for top in _top_levels(package):
                (folder / top.name).symlink_to(top)
        yield folder


def _top_levels(package: str) -> set[Path]:
    dist = distribution(package)
    tops = {Path(file).parts[0] for file in dist.files or () if ".." not in Path(file).parts}
    return {Path(str(dist.locate_file(top))) for top in tops if top != "__pycache__" and not top.endswith("-info")}
