"""Every version is pinned, the tests run with what the layer ships, and no file names an index."""

import re

import pytest

from tests.infra.templates import ROOT

LAYER = ROOT / "layers" / "common" / "requirements.txt"
FILES = sorted([LAYER, *ROOT.glob("requirements-*.txt")])


def pins(file):
    lines = [line.split("#")[0].strip() for line in file.read_text().splitlines()]
    found = [re.fullmatch(r"([A-Za-z0-9._-]+)(\[[a-z,]+\])?==([0-9][\w.]*)", line) for line in lines if line]
    assert all(found), f"{file.name} has a line that is not name==version"
    return {re.sub(r"[-_.]+", "-", match[1]).lower(): match[3] for match in found}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_line_is_a_pin(file):
    assert pins(file)


def test_there_are_four_environments_and_the_layer():
    assert {file.name for file in FILES} == {
        "requirements.txt",
        "requirements-dev.txt",
        "requirements-sam.txt",
        "requirements-local.txt",
        "requirements-train.txt",
    }


def test_tests_run_with_the_layers_versions():
    assert pins(LAYER).items() <= pins(ROOT / "requirements-dev.txt").items()


def test_layer_leaves_the_sdk_to_the_runtime():
    assert not pins(LAYER).keys() & {"boto3", "botocore", "aws-xray-sdk"}
