"""docs/journeys.md shows what the commands print: its samples are run. The reference is the one of the code."""

import re
from pathlib import Path

import pytest
from porchlight.cli import main
from porchlight.config import read_journey
from porchlight.domain.conditions import checked
from porchlight.domain.judging import GUARDS
from porchlight.domain.rule_facts import FACTS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "journeys.md").read_text(encoding="utf-8")
REFERENCE = (ROOT / "docs" / "journeys-reference.md").read_text(encoding="utf-8")
SAMPLES = [
    (command.split(), shown)
    for command, shown in re.findall(
        r"^ *```console\n *\$ python -m porchlight ([^\n]+)\n(.*?)^ *```", PAGE, re.M | re.S
    )
]
CONDITIONS = re.findall(r"^\| [^|`]+ \| `([^`]*\b(?:order|customer|parcels|now)\b[^`]*)` \|$", PAGE, re.MULTILINE)


def _fits(shown: str, printed: str) -> bool:
    """Whether a sample is what was printed; `…` stands for anything, and indentation is the page's own."""
    wanted = [re.escape(line.strip()).replace("…", ".*") for line in shown.strip().splitlines()]
    got = "\n".join(line.strip() for line in printed.strip().splitlines())
    return re.fullmatch("\n".join(wanted), got, re.DOTALL) is not None


def test_the_page_has_a_sample_of_each_step() -> None:
    assert len(SAMPLES) == 5
    assert {command[1] for command, _ in SAMPLES} == {"check", "replay", "pickup_reminder"}


@pytest.mark.parametrize(("command", "shown"), SAMPLES, ids=[" ".join(command[:3]) for command, _ in SAMPLES])
def test_sample_is_what_a_run_prints(
    command: list[str],
    shown: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for folder in ("docs", "config"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    monkeypatch.chdir(tmp_path)
    assert main(command) == (2 if "wrong.yaml" in shown else 0)
    written = capsys.readouterr()
    assert _fits(shown, written.out or written.err)


def test_a_sample_that_says_something_else_does_not_fit() -> None:
    assert _fits("a\n…\nd", "a\n b\nc\nd\n")
    assert not _fits("a\n…\nd", "a\nb\nc")
    assert not _fits("a", "a\nb")


def test_every_condition_of_the_page_can_be_used() -> None:
    assert len(CONDITIONS) == 7
    assert all(checked(one) for one in CONDITIONS)


def test_what_the_page_adds_is_what_the_changed_sample_has() -> None:
    [segment] = re.findall(r"```yaml\n(segments:\n.*?)```", PAGE, re.DOTALL)
    changed = (ROOT / "docs" / "samples" / "changed.yaml").read_text(encoding="utf-8")
    assert all(line in changed.splitlines() for line in segment.splitlines())
    assert read_journey(ROOT / "docs" / "samples" / "changed.yaml").segments.keys() == {"large"}


def test_what_the_page_tells_sooner_is_what_the_sample_has() -> None:
    [shown] = re.findall(r"```yaml\n(  - id: stalled\n.*?)```", PAGE, re.DOTALL)
    assert shown in (ROOT / "docs" / "samples" / "perishable.yaml").read_text(encoding="utf-8")


def test_the_reference_is_the_one_of_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journeys", "reference"]) == 0
    assert capsys.readouterr().out == REFERENCE


def test_the_reference_has_every_fact_and_every_guard() -> None:
    listed = re.findall(r"^\| `([\w.]+)` \|", REFERENCE, re.MULTILINE)
    assert listed == [*FACTS, *(getattr(guard, "__name__", "") for guard in GUARDS)]
