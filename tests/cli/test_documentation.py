"""docs/normalise.md says what the command does: its samples are run, its lists are compared."""

import json
import re
from pathlib import Path

import pytest
from porchlight.cli import main
from porchlight.domain.orders import OrderSnapshot
from porchlight.domain.status import Status
from porchlight.domain.times import TimeQuality

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "normalise.md").read_text(encoding="utf-8")
SAMPLES = re.findall(r"```console\n\$ python -m porchlight ([^\n]+)\n(.*?)```", PAGE, re.DOTALL)


def test_page_has_samples() -> None:
    assert len(SAMPLES) >= 3


@pytest.mark.parametrize(("command", "shown"), SAMPLES, ids=[command for command, _ in SAMPLES])
def test_sample_is_what_a_run_prints(
    command: str, shown: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(command.split()) == 0
    printed = json.loads(capsys.readouterr().out)
    assert json.dumps(printed) == json.dumps(json.loads(shown))


@pytest.mark.parametrize("word", [*Status, *TimeQuality])
def test_every_value_is_listed(word: str) -> None:
    assert f"`{word}`" in PAGE


@pytest.mark.parametrize("field", OrderSnapshot.model_fields)
def test_every_field_of_an_order_is_shown(field: str) -> None:
    assert f'"{field}"' in PAGE
