"""The frame around every command: how commands are found, what they cost to start, how they refuse."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from porchlight import cli

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers" / "common"
UPS_ANSWER = ROOT / "tests" / "carriers" / "fixtures" / "ups" / "poll.delivered.json"


def run_python(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *args], capture_output=True, text=True, check=False, env={"PYTHONPATH": str(LAYER)}, timeout=60
    )


def test_module_runs_as_a_command() -> None:
    done = run_python("-m", "porchlight", "--help")
    assert done.returncode == 0
    assert "normalise" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("argv", [["--help"], ["normalise", "carrier", "ups", str(UPS_ANSWER)]], ids=["help", "result"])
def test_reader_that_leaves_early_gets_no_traceback(argv: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "porchlight", *argv],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env={"PYTHONPATH": str(LAYER)},
        timeout=60,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize("argv", [[], ["no-such-command"], ["normalise"], ["normalise", "carrier"], ["_input"]])
def test_wrong_use_exits_with_2_and_one_line(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(argv)
    written = capsys.readouterr()
    assert left.value.code == 2
    assert written.out == ""
    assert written.err.startswith("porchlight")
    assert written.err.count("\n") == 1


def test_a_new_command_is_a_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "greet_test.py").write_text(
        "def add_parser(subparsers):\n    subparsers.add_parser('greet_test')\n\ndef run(args):\n    return 1\n"
    )
    monkeypatch.setattr(cli, "__path__", [*cli.__path__, str(tmp_path)])
    assert cli.main(["greet_test"]) == 1


def test_one_command_does_not_load_another_nor_any_plugin() -> None:
    code = (
        "import sys; from porchlight import cli; "
        "cli.main(['normalise', 'store', 'shopify', 'no/topic', '-']); "
        "print(sorted(name for name in sys.modules if name.startswith(('porchlight.carriers.', 'boto', 'requests'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input="",
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(LAYER)},
        timeout=60,
    )
    assert done.stdout == "[]\n"
