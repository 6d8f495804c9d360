"""`classify`: the documented seam. A phrase in, one JSON object out; with `-` a line in, a line out."""

import io
import json
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from porchlight.cli import main
from porchlight.domain.status import Status, SubStatus

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers" / "common"
PAGE = (ROOT / "docs" / "classifier.md").read_text(encoding="utf-8")
SAMPLE = re.search(r"```console\n\$ python -m porchlight ([^\n]+)\n(.*?)```", PAGE, re.DOTALL)


def output(capsys: pytest.CaptureFixture[str], *argv: str) -> list[dict[str, object]]:
    assert main(["classify", *argv]) == 0
    written = capsys.readouterr()
    assert written.err == ""
    return [json.loads(line) for line in written.out.splitlines()]


def give(monkeypatch: pytest.MonkeyPatch, lines: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(lines)))


def test_a_phrase_gives_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    [answer] = output(capsys, "Sendung wurde zugestellt")
    assert list(answer) == ["status", "sub_status", "confidence"]
    assert answer["status"] == "delivered"
    assert answer["sub_status"] in set(SubStatus)
    assert 0.9 < answer["confidence"] <= 1


def test_carrier_may_be_told(capsys: pytest.CaptureFixture[str]) -> None:
    [answer] = output(capsys, "Departed FedEx location MEMPHIS, TN", "--carrier", "fedex")
    assert (answer["status"], answer["sub_status"]) == ("in_transit", "departed_facility")


def test_empty_text_is_unknown_without_confidence(capsys: pytest.CaptureFixture[str]) -> None:
    assert output(capsys, "") == [{"status": "unknown", "sub_status": "none", "confidence": 0.0}]


def test_each_line_has_its_answer_in_order(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, "Delivered\n\nEn cours de livraison\r\n\xff\xfe\nReturned to sender".encode("latin-1"))
    answers = output(capsys, "-")
    assert [answer["status"] for answer in answers] == [
        Status.DELIVERED,
        Status.UNKNOWN,
        Status.OUT_FOR_DELIVERY,
        Status.UNKNOWN,
        Status.RETURNED,
    ]
    assert [answers[1]["confidence"], answers[3]["confidence"]] == [0.0, 0.0]


def test_ten_thousand_lines_take_seconds(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, b"Your parcel has arrived at the sorting hub in Leeds\n" * 10_000)
    begin = time.process_time()
    assert len(output(capsys, "-")) == 10_000
    assert time.process_time() - begin < 10


def test_a_program_that_keeps_it_open_is_answered_at_once() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "porchlight", "classify", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(LAYER)},
    ) as child:
        for phrase, status in (("Delivered", "delivered"), ("Out for delivery", "out_for_delivery")):
            child.stdin.write(f"{phrase}\n")
            child.stdin.flush()
            assert json.loads(child.stdout.readline())["status"] == status
        child.stdin.close()
        assert child.wait(timeout=20) == 0


def test_no_text_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["classify"])
    assert refused.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_sample_on_the_page_is_what_a_run_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert SAMPLE is not None
    _, *argv = shlex.split(SAMPLE[1])
    assert output(capsys, *argv) == [json.loads(SAMPLE[2])]
