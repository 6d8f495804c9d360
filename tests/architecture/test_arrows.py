"""Who may import whom (design, section 4). Each arrow points down; a new one is a decision, made here."""

import sys

import pytest
from porchlight.plugins import CARRIERS, STORES

from tests.architecture.sources import (
    FUNCTIONS,
    PACKAGE,
    SHIPPED,
    calls,
    imports,
    label,
    our_zones,
    outside,
    strings,
    zone,
)

PLUGINS = {"stores", "carriers", "channels"}
MAY_IMPORT = {
    "functions": {"pipeline", "aws", "domain", "plugins", "http_client", "observability"},
    "cli": {
        "aws",
        "carriers",
        "classifier",
        "cli",
        "config",
        "domain",
        "forecast",
        "normalised",
        "pipeline",
        "plugins",
        "rendering",
        "stores",
        "texts",
    },
    "__main__": {"cli"},
    "pipeline": {
        "classifier",
        "pipeline",
        "domain",
        "plugins",
        "rendering",
        "stop_page",
        "survey_page",
        "texts",
        "observability",
    },
    "aws": {"aws", "domain", "observability"},
    "stores": {"access", "stores", "domain"},
    "carriers": {"access", "carriers", "domain"},
    "channels": {"channels", "domain"},
    "domain": {"domain"},
    "forecast": {"domain", "forecast"},
    "plugins": {*PLUGINS, "domain"},
    "access": {"domain"},
    "classifier": {"domain"},
    "config": {"domain", "plugins", "template_checks", "yaml_file"},
    "http_client": {"domain"},
    "normalised": {"domain"},
    "rendering": {"domain", "sandbox", "texts", "wording"},
    "sandbox": {"domain"},
    "link_page": {"domain", "texts"},
    "stop_page": {"domain", "link_page", "texts"},
    "survey_page": {"domain", "link_page", "texts"},
    "template_checks": {"domain", "rendering", "sandbox", "texts"},
    "texts": {"domain"},
    "wording": {"domain", "texts"},
    "yaml_file": {"domain"},
    "observability": set(),
    "__init__": set(),
}

CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
MAY_READ_THE_CLOCK = {"functions", "cli", "http_client"}  # the last because Retry-After may be a date

MAY_LIST_VENDORS = {
    "domain/carrier_names.py",
    "domain/detection.py",
    "domain/number_formats.py",
}  # how shops spell carriers, also those without a plug-in

MAY_SCAN = "aws/reports.py"


@pytest.mark.parametrize("file", SHIPPED, ids=label)
class TestEveryFile:
    def test_imports_only_what_lies_below_it(self, file):
        assert our_zones(file) - MAY_IMPORT[zone(file)] == set()

    def test_leaves_aws_to_its_zone(self, file):
        sdk = {name for name in outside(file) if name in {"boto3", "botocore"} or name.startswith("mypy_boto3")}
        assert not sdk or zone(file) in {"aws", "cli"}

    def test_leaves_http_to_the_one_client(self, file):
        assert not outside(file) & {"requests", "urllib3", "httpx", "http"} or label(file) == "http_client.py"

    def test_leaves_the_environment_to_settings(self, file):
        text = file.read_text(encoding="utf-8")
        assert not ("os.environ" in text or "os.getenv" in text) or label(file) == "aws/settings.py"

    def test_leaves_the_clock_to_the_edge(self, file):
        assert not CLOCKS & set(calls(file)) or zone(file) in MAY_READ_THE_CLOCK

    def test_scans_no_table(self, file):
        assert not [call for call in calls(file) if call.endswith(".scan")]
        assert zone(file) != "aws" or "scan" not in strings(file) or label(file) == MAY_SCAN

    def test_names_no_vendor_outside_the_vendors_own_file(self, file):
        if zone(file) not in PLUGINS and label(file) not in MAY_LIST_VENDORS:
            assert set(strings(file)) & {*CARRIERS.codes(), *STORES.codes()} == set()


def test_only_the_command_line_has_what_scans_a_table():
    having = {
        label(file) for file in SHIPPED if any(one.startswith("porchlight.aws.reports.") for one in imports(file))
    }
    reach = {label(file) for file in SHIPPED if "porchlight.aws.deployment.deployment" in imports(file)}
    assert having == {"aws/deployment.py"}
    assert {file.split("/")[0] for file in reach} == {"cli"}


@pytest.mark.parametrize("file", [one for one in SHIPPED if zone(one) == "domain"], ids=label)
def test_domain_knows_the_standard_library_pydantic_and_cel(file):
    assert outside(file) - set(sys.stdlib_module_names) <= {"pydantic", "annotated_types", "cel_expr_python"}
    assert not outside(file) & {"os", "socket", "subprocess", "random", "logging", "urllib", "asyncio", "threading"}


@pytest.mark.parametrize("file", [one for one in SHIPPED if zone(one) in PLUGINS], ids=label)
def test_plugins_do_no_input_or_output(file):
    assert not outside(file) & {"os", "socket", "subprocess", "requests", "pathlib", "logging"}
    assert "open" not in calls(file)


def test_every_zone_has_its_arrows_written_down():
    assert {zone(file) for file in SHIPPED} <= set(MAY_IMPORT)
    folders = {folder.name for folder in PACKAGE.iterdir() if folder.is_dir() and any(folder.glob("*.py"))}
    assert folders <= set(MAY_IMPORT)


def test_a_functions_folder_is_one_file_that_imports_nothing_beside_it():
    for folder in FUNCTIONS.iterdir():
        assert [file.name for file in folder.iterdir() if file.name != "__pycache__"] == ["handler.py"]
        assert not {name for name in outside(folder / "handler.py") if name in {"functions", "handler"}}
