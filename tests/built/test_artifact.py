"""What `make build` made is what Lambda needs: every handler imports from it, and nothing is compiled at a cold start."""

import importlib.util
import json
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
BUILD = ROOT / ".aws-sam" / "build"
LAYER = BUILD / "CommonLayer" / "python"
STAGES = sorted(folder.name for folder in (ROOT / "functions").iterdir() if folder.is_dir())
RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "six", "urllib3")

pytestmark = pytest.mark.built

SMOKE = """
import json, sys
sys.path[:0] = json.loads(sys.argv[1])
import handler
origins = {name: getattr(module, "__file__", None) or "" for name, module in sys.modules.items()}
print(json.dumps({"callable": callable(handler.lambda_handler), "origins": origins}))
"""


def folder_of(stage):
    return BUILD / ("".join(part.title() for part in stage.split("_")) + "Function")


@pytest.fixture(scope="module")
def runtime(tmp_path_factory):
    """A folder with what Lambda's runtime brings, and nothing else of this environment."""
    folder = tmp_path_factory.mktemp("runtime")
    for name in RUNTIME:
        for top in _top_levels(name):
            (folder / top.name).symlink_to(top)
    return folder


def _top_levels(name):
    dist = distribution(name)
    tops = {Path(file).parts[0] for file in dist.files if ".." not in Path(file).parts}
    return [Path(str(dist.locate_file(top))) for top in tops if top != "__pycache__" and not top.endswith("-info")]


@pytest.mark.parametrize("stage", STAGES)
def test_handler_imports_from_the_artifact_and_the_runtime_alone(stage, runtime):
    path = [str(folder_of(stage)), str(LAYER), str(runtime)]
    # -I and -S: no environment, no user folder, no site-packages.
    command = [sys.executable, "-I", "-S", "-c", SMOKE, json.dumps(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["callable"]
    site = str(Path(pytest.__file__).parent.parent)
    leaked = [name for name, origin in answer["origins"].items() if origin.startswith(site)]
    assert leaked == []
    assert answer["origins"]["porchlight"].startswith(str(LAYER))


def test_every_shipped_file_has_byte_code_that_is_never_checked_against_its_source():
    assert sys.version_info[:2] == (3, 13)
    sources = [file for file in BUILD.rglob("*.py") if "__pycache__" not in file.parts]
    assert len(sources) > len(STAGES)
    stale = [str(file.relative_to(BUILD)) for file in sources if not _has_valid_byte_code(file)]
    assert stale == []


def _has_valid_byte_code(source):
    compiled = Path(importlib.util.cache_from_source(str(source)))
    if not compiled.exists():
        return False
    head = compiled.read_bytes()[:16]
    unchecked = int.from_bytes(head[4:8], "little") == 0b01
    return (
        head[:4] == importlib.util.MAGIC_NUMBER
        and unchecked
        and head[8:] == importlib.util.source_hash(source.read_bytes())
    )


def test_no_byte_code_of_another_version_is_shipped():
    assert [file for file in BUILD.rglob("*.pyc") if f".{sys.implementation.cache_tag}." not in file.name] == []


def test_a_functions_artifact_is_its_handler():
    for stage in STAGES:
        assert {file.name for file in folder_of(stage).rglob("*") if file.is_file()} == {
            "handler.py",
            f"handler.{sys.implementation.cache_tag}.pyc",
        }


def test_layer_fits_and_brings_no_sdk():
    assert not (LAYER / "boto3").exists()
    assert not (LAYER / "botocore").exists()
    size = sum(file.stat().st_size for file in LAYER.rglob("*") if file.is_file())
    assert size < 60_000_000  # Lambda takes 250 MB with everything; a cold start loads what we ship


def test_package_ships_its_texts_and_templates():
    source = ROOT / "layers" / "common" / "porchlight"
    texts = {".json", ".j2", ".html", ".txt", ".model"}
    wanted = [file for file in source.rglob("*") if file.is_file() and file.suffix in texts]
    missing = [file.name for file in wanted if not (LAYER / "porchlight" / file.relative_to(source)).exists()]
    assert missing == []
