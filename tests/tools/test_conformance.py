"""The conformance report, run over our own fixtures in the schema of its samples: what it accepts and what it refuses."""

import hmac
import json
from pathlib import Path

import pytest
from porchlight.domain.status import Status, SubStatus
from porchlight.plugins import CARRIERS

from tests.carriers.cases import CASES, Case
from tests.contract.cases import RECEIVED_AT
from tools.conformance.__main__ import main
from tools.conformance.compare import Comparison
from tools.conformance.exceptions import Documented, Exceptions, documented
from tools.conformance.reading import read
from tools.conformance.samples import plugin_code, samples
from tools.conformance.words import Words, vocabularies

DELIVERED = next(case for case in CASES if case.code == "ups" and case.path.name.startswith("poll.delivered"))


def shipment(update: dict) -> dict:
    """One of our expected updates in the schema of the samples."""
    fields = ("tracking_number", "status", "delivered", "estimated_delivery")
    events = [
        {"time": event["local_time"] or None}
        | {field: event[field] or None for field in ("code", "description", "location", "status")}
        for event in update["events"]
    ]
    return {field: update[field] for field in fields} | {"events": events}


def expectation(case: Case) -> dict:
    """A fixture's `.expected.json` in the schema of the samples."""
    kind = "error" if case.is_error else {"push": "webhook", "poll": "response"}[case.kind]
    shipments = [] if case.is_error else [shipment(update) for update in case.expected]
    return {
        "carrier": case.code,
        "source": "porchlight:tests/carriers/fixtures",
        "raw_file": case.path.name,
        "kind": kind,
        "expected": None,
        "expected_multiple": shipments or None,
    }


def write(folder: Path, case: Case, said: dict | None = None, *, carrier: str = "") -> None:
    """A fixture as a sample."""
    place = folder / "carriers" / (carrier or case.code)
    place.mkdir(parents=True, exist_ok=True)
    (place / case.path.name).write_bytes(case.body)
    (place / f"{case.path.stem}.expected.json").write_text(json.dumps(said or expectation(case)))


def run(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict, str]:
    """Exit status, the last line of standard output as JSON, and standard error."""
    status = main([str(folder), *words])
    printed = capsys.readouterr()
    return status, json.loads(printed.out.splitlines()[-1]), printed.err


def test_our_fixtures_are_read_as_their_files_say(tmp_path, capsys):
    for case in CASES:
        write(tmp_path, case)
    status, told, shown = run(tmp_path, capsys)
    wrong = {field: counts["wrong"] for field, counts in told["fields"].items() if counts["wrong"]}
    assert (status, wrong) == (0, {}), shown
    assert set(told["carriers"]) == {plugin_code(code) for code in CARRIERS.codes()}


@pytest.mark.parametrize(
    ("field", "value", "shows"),
    [
        ("tracking_number", "1Z999AA10123456784", "number: they say '1Z999AA10123456784'"),
        ("delivered", False, "delivered: they say 'false', we say 'true (delivered)'"),
        ("status", "in_transit", "status: they say 'in_transit', we say 'delivered"),
        ("events", [], "events: they say '0'"),
    ],
)
def test_a_difference_fails_the_run_and_is_shown(tmp_path, capsys, field, value, shows):
    said = expectation(DELIVERED)
    said["expected_multiple"][0][field] = value
    write(tmp_path, DELIVERED, said)
    status, told, shown = run(tmp_path, capsys)
    assert (status, told["clean"]) == (1, False)
    assert shows in shown


def test_an_error_that_is_read_as_a_parcel_fails_the_run(tmp_path, capsys):
    write(tmp_path, DELIVERED, expectation(DELIVERED) | {"kind": "error", "expected_multiple": None})
    status, told, _ = run(tmp_path, capsys)
    assert (status, told["fields"]["refused"]["wrong"]) == (1, 1)


@pytest.mark.parametrize(("secret", "right"), [("porch and light", 1), ("another", 0)])
def test_a_signature_in_the_note_is_checked(tmp_path, capsys, secret, right):
    case = next(case for case in CASES if case.code == "sendcloud" and case.kind == "push" and not case.is_error)
    signature = hmac.new(b"porch and light", case.body, "sha256").hexdigest()
    note = f'exact bytes; header sendcloud-signature: {signature} (HMAC-SHA256 hex, secret "{secret}")'
    write(tmp_path, case, expectation(case) | {"note": note})
    status, told, _ = run(tmp_path, capsys)
    assert (status, told["fields"]["signature"]["right"]) == (1 - right, right)


def test_a_parcel_that_is_refused_fails_the_run(tmp_path, capsys):
    write(tmp_path, DELIVERED)
    (tmp_path / "carriers" / "ups" / DELIVERED.path.name).write_bytes(b"<html>down for maintenance</html>")
    status, told, shown = run(tmp_path, capsys)
    assert (status, told["fields"]["number"]["wrong"]) == (1, 1)
    assert "MalformedPayloadError" in shown


def test_a_folder_without_a_plugin_is_listed(tmp_path, capsys):
    write(tmp_path, DELIVERED)
    write(tmp_path, DELIVERED, carrier="pony_express")
    status, told, shown = run(tmp_path, capsys)
    assert (status, told["not_covered"], told["read"]) == (0, ["pony_express"], 1)
    assert "not covered: pony_express" in shown


def test_a_word_of_an_unknown_source_is_listed_and_not_compared(tmp_path, capsys):
    said = expectation(DELIVERED) | {"source": "somebody/else:file@commit"}
    said["expected_multiple"][0]["status"] = "gone fishing"
    write(tmp_path, DELIVERED, said)
    _, told, _ = run(tmp_path, capsys)
    assert "gone fishing" in told["words_not_compared"]
    assert told["fields"]["status"] == {"right": 0, "documented": 0, "wrong": 0}


def test_the_figures_can_be_published(tmp_path, capsys):
    write(tmp_path, DELIVERED)
    _, told, _ = run(tmp_path, capsys, "--publish", str(tmp_path / "figures.json"))
    assert json.loads((tmp_path / "figures.json").read_text()) == told


def test_no_samples_is_an_error(tmp_path, capsys):
    assert main([str(tmp_path)]) == 2
    assert capsys.readouterr().out == ""


def findings_under(rule: Documented, folder: Path) -> tuple[list[str], list[str]]:
    """Verdicts of the one sample's number, and what is stale, under one rule."""
    exceptions = Exceptions((rule,))
    comparison = Comparison(Words(vocabularies()), exceptions)
    (sample,) = samples(folder)
    found = comparison.findings(sample, read(CARRIERS.get("ups"), sample, RECEIVED_AT), frozenset())
    return [one.verdict.value for one in found if one.field == "number"], exceptions.stale({sample.name})


RULE = Documented(samples=("ups/poll.delivered",), fields=("number",), why="theirs is another parcel's")


def test_a_documented_difference_is_excused(tmp_path):
    said = expectation(DELIVERED)
    said["expected_multiple"][0]["tracking_number"] = "1Z999AA10123456784"
    write(tmp_path, DELIVERED, said)
    assert findings_under(RULE, tmp_path) == (["documented"], [])


def test_a_documented_difference_that_is_gone_is_stale(tmp_path):
    write(tmp_path, DELIVERED)
    verdicts, stale = findings_under(RULE, tmp_path)
    assert (verdicts, stale) == (["right"], ["ups/poll.delivered: theirs is another parcel's"])


def test_a_rule_about_other_samples_is_not_stale(tmp_path):
    write(tmp_path, DELIVERED)
    other = RULE.model_copy(update={"samples": ("ups/another",)})
    assert findings_under(other, tmp_path) == (["right"], [])


@pytest.mark.parametrize(
    ("rule", "sample", "ours", "excused"),
    [
        ({"ours": ("UnknownParcelError:*",)}, "ups/a", "UnknownParcelError: ups knows no such parcel", True),
        ({"ours": ("UnknownParcelError:*",)}, "ups/a", "MalformedPayloadError: ups: body: an error answer", False),
        ({"theirs": ("in_transit",)}, "ups/a", "delivered", True),
        ({"theirs": ("delivered",)}, "ups/a", "delivered", False),
        ({}, "ups/b", "delivered", False),
        ({"also": "ups/*"}, "ups/b", "delivered", True),
        ({"also": "ups/*"}, "usps/b", "delivered", False),
        ({"fields": ("number",)}, "ups/a", "delivered", False),
    ],
)
def test_a_rule_excuses_what_it_names_and_nothing_else(rule, sample, ours, excused):
    given = Documented(**{"samples": ("ups/a",), "fields": ("status",), "why": "because"} | rule)
    assert given.covers(sample, "status", "in_transit", ours) is excused


def test_every_word_means_a_status_of_ours():
    readings = {reading for one in vocabularies().values() for words in one.words.values() for reading in words.split()}
    for reading in readings:
        status, _, sub_status = reading.partition("/")
        assert Status(status)
        assert SubStatus(sub_status or "none")


def test_every_word_that_several_statuses_agree_with_has_a_reason():
    for name, vocabulary in vocabularies().items():
        several = {
            word
            for word, readings in vocabulary.words.items()
            if len({reading.partition("/")[0] for reading in readings.split()}) > 1
        }
        assert several == set(vocabulary.why), name


def test_every_exception_is_about_a_carrier_we_read():
    for rule in documented().rules:
        assert {plugin_code(sample.partition("/")[0]) for sample in rule.samples} <= set(CARRIERS.codes())
