"""`detect`: a tracking number in, a JSON list of carriers out; and docs/detection.md says what it does."""

import json
import re
from pathlib import Path

import pytest
from porchlight.cli import main
from porchlight.domain.check_digits import Rule
from porchlight.domain.number_formats import FORMATS

from tools.detection.__main__ import report, table
from tools.detection.cases import cases_of

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "detection.md").read_text(encoding="utf-8")
SAMPLES = re.findall(r"```console\n\$ python -m porchlight (detect [^\n]+)\n(.*?)```", PAGE, re.DOTALL)


def output(capsys: pytest.CaptureFixture[str], *argv: str) -> list[dict[str, object]]:
    assert main(["detect", *argv]) == 0
    written = capsys.readouterr()
    assert written.err == ""
    assert written.out.count("\n") == 1
    found: list[dict[str, object]] = json.loads(written.out)
    return found


def test_certain_number_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert output(capsys, "1Z 4F8 1B7 03 4261 8078") == [{"carrier": "ups", "confidence": 0.99}]


@pytest.mark.parametrize("number", ["", "hello world", "1Z4F81B70342618079", "8" * 10_000])
def test_number_of_no_carrier_is_an_empty_list(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert output(capsys, number) == []


def test_destination_and_store_word_are_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert output(capsys, "417260583") == []
    assert output(capsys, "417260583", "--hint", "TNT")[0]["carrier"] == "tnt"
    assert [one["carrier"] for one in output(capsys, "41726058390", "--country", "de")] == ["gls"]


@pytest.mark.parametrize("country", ["DEU", "D", "12", "ДЕ"])
def test_country_that_is_none_is_refused(country: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["detect", "417260583", "--country", country]) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err == "porchlight detect: --country takes two letters, e.g. DE\n"


def test_page_has_samples() -> None:
    assert len(SAMPLES) >= 4


@pytest.mark.parametrize(("command", "shown"), SAMPLES, ids=[command for command, _ in SAMPLES])
def test_sample_is_what_a_run_prints(command: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    argv = [part.strip('"') for part in re.findall(r'"[^"]*"|\S+', command)]
    assert main(argv) == 0
    assert capsys.readouterr().out == shown


def test_page_shows_the_table_of_formats() -> None:
    assert table() in PAGE


def test_page_explains_every_check_digit() -> None:
    rules: set[Rule] = {row.check for row in FORMATS if row.check}
    assert [rule.__name__ for rule in rules if f"`{rule.__name__.partition(' ')[0]}`" not in PAGE] == []


def test_measuring_counts_what_is_missed_and_what_is_wrongly_accepted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    valid, spoiled = "1Z4F81B70342618078", "1Z4F81B70342618079"
    kind = {"test_numbers": {"valid": [valid, spoiled], "invalid": [spoiled, valid, valid]}}
    (tmp_path / "couriers").mkdir()
    (tmp_path / "couriers" / "ups.json").write_text(json.dumps({"courier_code": "ups", "tracking_numbers": [kind]}))
    (tmp_path / "detect_cases.jsonl").write_text(
        json.dumps({"number": "LX24172605", "carrier": "lasership", "match": True})
        + "\n"
        + json.dumps({"number": "8417260585", "carrier": None, "match": False})
        + "\n"
    )
    told = report(cases_of(tmp_path))
    assert (told["numbers"], told["valid_missed"], told["invalid_accepted"], told["clean"]) == (6, 1, 1, False)
    assert told["libraries_disagree"] == 1
    assert told["couriers"] == {
        "": {"valid": 0, "found": 0, "invalid": 1, "accepted": 1},
        "lasership": {"valid": 1, "found": 1, "invalid": 0, "accepted": 0},
        "ups": {"valid": 2, "found": 1, "invalid": 2, "accepted": 1},
    }
    assert spoiled in capsys.readouterr().out
