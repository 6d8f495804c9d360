"""A merchant's files: what is wrong is named with file, line and field, and only right files are published."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from porchlight.cli import main
from porchlight.config import compile_config, journeys_schema, read_config, read_journey
from porchlight.domain.brand import Brand
from porchlight.domain.errors import InvalidConfigError
from porchlight.domain.journeys import Journey, Touchpoint, Trigger
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.status import SubStatus

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "config" / "journeys.yaml"
PROBLEMS = {Trigger.EXCEPTION, Trigger.CUSTOMS}
ON = {
    "address_problem",
    "back_ordered",
    "cancelled",
    "customs_held",
    "damaged",
    "delayed",
    "delivered",
    "delivery_attempted",
    "duty_due",
    "exception",
    "lost",
    "new_number",
    "order_confirmed",
    "order_edited",
    "out_for_delivery",
    "pickup_reminder",
    "processing_delay",
    "ready_for_pickup",
    "refunded",
    "returned",
    "returning",
    "shipped",
    "stalled",
    "storm",
}
"""What a shop that changes nothing tells its shoppers."""


def wrong(tmp_path: Path, text: str | bytes) -> list[tuple[int | None, str, str]]:
    """Line, field and reason of everything that is wrong with this text."""
    file = tmp_path / "journeys.yaml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(ExceptionGroup) as caught:
        read_journey(file)
    errors = [error for error in caught.value.exceptions if isinstance(error, InvalidConfigError)]
    assert len(errors) == len(caught.value.exceptions)
    assert all(error.file == str(file) for error in errors)
    return [(error.line, error.field, error.reason) for error in errors]


def test_the_file_we_ship_is_right_and_has_every_touchpoint() -> None:
    journey = read_journey(SHIPPED)
    assert {touchpoint.trigger for touchpoint in journey.touchpoints} == set(Trigger)
    assert {one.id for one in journey.touchpoints if one.enabled} == ON


PAGE = (ROOT / "docs" / "journeys.md").read_text(encoding="utf-8")


def test_the_page_lists_every_touchpoint_that_ships_and_whether_it_is_on() -> None:
    listed = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (yes|no) \|", PAGE, re.MULTILINE)
    touchpoints = read_journey(SHIPPED).touchpoints
    assert listed == [(one.id, one.trigger.value, "yes" if one.enabled else "no") for one in touchpoints]


@pytest.mark.parametrize("name", [*Trigger, *sorted(Touchpoint.model_fields.keys() - {"program"})])
def test_the_page_explains_every_trigger_and_every_field(name: str) -> None:
    assert re.search(rf"^\| `{name}` \|", PAGE, re.MULTILINE)


def test_marketing_and_messages_for_the_merchant_are_off_until_they_are_wanted() -> None:
    wanted = [one for one in read_journey(SHIPPED).touchpoints if one.purpose is Purpose.MARKETING]
    wanted += [one for one in read_journey(SHIPPED).touchpoints if one.audience is Audience.MERCHANT]
    assert len(wanted) == 12
    assert not [one.id for one in wanted if one.enabled]


def test_no_bundle_mixes_messages_for_shoppers_with_those_for_the_merchant_or_with_marketing() -> None:
    mixed: dict[str, set[tuple[Audience, Purpose]]] = {}
    for one in read_journey(SHIPPED).touchpoints:
        mixed.setdefault(one.bundle or one.id, set()).add((one.audience, one.purpose))
    assert [bundle for bundle, kinds in mixed.items() if len(kinds) > 1] == []


def test_nobody_is_asked_for_a_review_by_mood() -> None:
    [asked] = [one for one in read_journey(SHIPPED).touchpoints if one.id == "review_request"]
    assert (asked.when, asked.review_hold) == ("", True)


@pytest.mark.parametrize("reason", SubStatus)
def test_one_problem_is_told_to_a_shopper_by_one_touchpoint(reason: SubStatus) -> None:
    problems = [one for one in read_journey(SHIPPED).touchpoints if one.enabled and one.trigger in PROBLEMS]
    tell = [
        one.id
        for one in problems
        if reason not in one.other_reasons_than
        and (reason in one.reasons if one.reasons else one.trigger is Trigger.EXCEPTION)
    ]
    assert len(tell) == 1, tell


def without_programs(journey: Journey) -> Journey:
    """What was written: the checked form of a condition is the same in meaning, not in its bytes."""
    plain = tuple(one.model_copy(update={"program": ""}) for one in journey.touchpoints)
    segments = {name: one.model_copy(update={"program": ""}) for name, one in journey.segments.items()}
    return journey.model_copy(update={"touchpoints": plain, "segments": segments})


def test_the_published_schema_is_the_one_of_the_model() -> None:
    assert (ROOT / "docs" / "journeys.schema.json").read_text(encoding="utf-8") == journeys_schema()


def test_the_schema_accepts_durations_as_merchants_write_them_and_no_version() -> None:
    schema = json.loads(journeys_schema())
    assert "version" not in schema["properties"]
    assert schema["$defs"]["WrittenTouchpoint"]["properties"]["fresh_for"]["default"] == "24h"


def test_all_errors_are_told_at_once_each_with_its_line(tmp_path: Path) -> None:
    text = """\
touchpoints:
  - id: shipped
    trigger: first_movement
    fresh_for: 3 weeks
    colour: red
  - id: Stalled
    trigger: silence
    channels: [email, pigeon]
    no_scan_for:
      in_transit: 72h
      nowhere: 2h
version: "7"
"""
    errors = wrong(tmp_path, text)
    assert [(line, field) for line, field, _ in errors if "channels.0" not in field] == [
        (4, "touchpoints.0.fresh_for"),
        (5, "touchpoints.0.colour"),
        (6, "touchpoints.1.id"),
        (8, "touchpoints.1.channels.1"),
        (11, "touchpoints.1.no_scan_for.nowhere"),
        (12, "version"),
    ]


def test_a_missing_field_is_told_at_the_entry_that_lacks_it(tmp_path: Path) -> None:
    text = "# a comment\ntouchpoints:\n  - id: shipped\n"
    assert wrong(tmp_path, text) == [(3, "touchpoints.0.trigger", "is missing")]


def test_a_field_written_twice_is_refused_with_both_lines(tmp_path: Path) -> None:
    text = "touchpoints:\n  - id: shipped\n    trigger: first_movement\n    id: other\n"
    assert wrong(tmp_path, text) == [(4, "touchpoints.0.id", "written twice, first in line 2")]


def test_two_touchpoints_of_one_id_are_refused(tmp_path: Path) -> None:
    text = "touchpoints:\n  - {id: told, trigger: delivered}\n  - {id: told, trigger: exception}\n"
    assert wrong(tmp_path, text) == [(1, "file", "touchpoint ids must be unique: told")]


def test_a_fallback_that_waits_for_no_delivery_is_refused(tmp_path: Path) -> None:
    text = "fallback_after: 4m\ntouchpoints:\n  - {id: told, trigger: delivered}\n"
    [(_, _, reason)] = wrong(tmp_path, text)
    assert "fallback_after must be 5m or more" in reason


def test_waiting_longer_than_the_news_is_fresh_is_refused(tmp_path: Path) -> None:
    text = "touchpoints:\n  - id: told\n    trigger: delivered\n    fresh_for: 1h\n    merge_window: 1h\n"
    [(line, field, reason)] = wrong(tmp_path, text)
    assert (line, field) == (2, "touchpoints.0")
    assert "merge_window must be shorter" in reason


@pytest.mark.parametrize("limits", ["trigger: silence", "trigger: delivered\n    no_scan_for: {in_transit: 1h}"])
def test_limits_of_silence_go_with_silence_alone(tmp_path: Path, limits: str) -> None:
    [(line, field, reason)] = wrong(tmp_path, f"touchpoints:\n  - id: told\n    {limits}\n")
    assert (line, field) == (2, "touchpoints.0")
    assert "no_scan_for goes with trigger silence" in reason


@pytest.mark.parametrize("text", ["3 weeks", "1.5h", "-3h", "h", "", "24", "999999999999d", "null", "[]", "24h 3m"])
def test_a_duration_is_a_whole_number_and_a_unit(tmp_path: Path, text: str) -> None:
    found = wrong(tmp_path, f"touchpoints:\n  - id: told\n    trigger: delivered\n    fresh_for: {text}\n")
    assert [(line, field) for line, field, _ in found] == [(4, "touchpoints.0.fresh_for")]


@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        ("", 1, "file"),
        ("just words", 1, "file"),
        ("- a list", 1, "file"),
        ("touchpoints: []", 1, "touchpoints"),
        ("touchpoints:\n  - id: [unclosed\n", 3, "file"),
        ("touchpoints:\n\t- id: tab\n", 2, "file"),
        (b"touchpoints: \xff\xfe", 1, "file"),
        (b"touchpoints: \x00", 1, "file"),
        ("touchpoints: 2026-13-45", 1, "touchpoints"),
        ("touchpoints: !!python/object/apply:os.system [id]", 1, "touchpoints"),
        ("touchpoints:\n  !!set {a, b}", 2, "touchpoints"),
        ("on: true\ntouchpoints:\n  - {id: told, trigger: delivered}", 1, "on"),
        ("? [a, b]\n: c\n", 1, "?"),
    ],
)
def test_what_is_not_a_journeys_file_is_told_by_line(tmp_path: Path, text: str | bytes, line: int, field: str) -> None:
    assert (line, field) in [(at, name) for at, name, _ in wrong(tmp_path, text)]


def test_aliases_that_multiply_are_refused(tmp_path: Path) -> None:
    layers = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    layers += [f"a{one}: &a{one} [{', '.join([f'*a{one - 1}'] * 10)}]" for one in range(1, 9)]
    [(_, field, reason)] = wrong(tmp_path, "\n".join(layers))
    assert (field, "aliases" in reason) == ("file", True)


def test_an_alias_that_holds_itself_is_refused(tmp_path: Path) -> None:
    assert wrong(tmp_path, "touchpoints: &a [*a]")[0][2].startswith("its aliases")


@pytest.mark.parametrize("text", ["[" * 50_000, "{a: " * 20_000, "- " * 50_000])
def test_deep_nesting_is_refused_without_recursion(tmp_path: Path, text: str) -> None:
    assert wrong(tmp_path, text) == [(1, "file", "nested too deeply")]


def test_a_file_larger_than_any_honest_one_is_not_parsed(tmp_path: Path) -> None:
    [(line, _, reason)] = wrong(tmp_path, "#" * 300_000)
    assert (line, "larger" in reason) == (1, True)


def test_an_alias_may_share_a_value(tmp_path: Path) -> None:
    file = tmp_path / "journeys.yaml"
    file.write_text(
        "touchpoints:\n  - {id: one, trigger: delivered, fresh_for: &t 2h}\n  - {id: two, trigger: exception, fresh_for: *t}\n"
    )
    assert len({touchpoint.fresh_for for touchpoint in read_journey(file).touchpoints}) == 1


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "journeys.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + SHIPPED.read_bytes())
    assert without_programs(read_journey(file)).touchpoints == without_programs(read_journey(SHIPPED)).touchpoints


def test_version_changes_with_the_file(tmp_path: Path) -> None:
    file = tmp_path / "journeys.yaml"
    file.write_text("touchpoints: [{id: told, trigger: delivered}]\n")
    before = read_journey(file).version
    assert read_journey(file).version == before
    file.write_text("touchpoints: [{id: told, trigger: delivered, fresh_for: 3h}]\n")
    assert read_journey(file).version != before


def test_what_is_compiled_is_what_the_functions_read(tmp_path: Path) -> None:
    compile_config(ROOT / "config", tmp_path / "out")
    journey = Journey.model_validate_json((tmp_path / "out" / "journeys.json").read_bytes())
    assert without_programs(journey) == without_programs(read_journey(SHIPPED))
    brand = Brand.model_validate_json((tmp_path / "out" / "brand.json").read_bytes())
    assert brand == read_config(ROOT / "config" / "brand.yaml", Brand)


def test_nothing_is_written_when_one_file_is_wrong_and_both_are_told(tmp_path: Path) -> None:
    (tmp_path / "journeys.yaml").write_text("touchpoints: 3\n")
    (tmp_path / "brand.yaml").write_text("name: Shop\ncolor: green\n")
    with pytest.raises(ExceptionGroup) as caught:
        compile_config(tmp_path, tmp_path / "out")
    files = {Path(error.file).name for error in caught.value.exceptions if isinstance(error, InvalidConfigError)}
    assert files == {"journeys.yaml", "brand.yaml"}
    assert not (tmp_path / "out").exists()


def test_check_prints_one_line_per_error_and_exits_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "journeys.yaml"
    file.write_text("touchpoints:\n  - id: told\n    trigger: nothing\n    fresh_for: soon\n")
    assert main(["journeys", "check", str(file)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert [line.split(": ")[0] for line in shown.err.splitlines()] == [f"{file}:3", f"{file}:4"]


def test_check_of_a_right_file_prints_a_summary(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journeys", "check", str(SHIPPED)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("53 touchpoints, 24 on, version ")
    assert len(lines) == 54
    assert "  pickup_reminder: on; email; due after 3d 10:00; told for 36h; does not wait" in lines
    assert "  survey: off; marketing; email; due after 3d 10:00; told for 72h; does not wait" in lines


def test_a_file_that_is_not_there_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journeys", "check", str(tmp_path / "none.yaml")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_compile_command_writes_both_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "compile", str(ROOT / "config"), str(tmp_path)]) == 0
    assert {one.name for one in tmp_path.iterdir()} == {"journeys.json", "brand.json", "mappings.json"}
    assert "version" in capsys.readouterr().out


def test_the_schema_accepts_the_file_that_ships() -> None:
    """Waits too, which editors would else mark as wrong."""
    validator = jsonschema.Draft202012Validator(json.loads(journeys_schema()))
    written = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    assert [one.message for one in validator.iter_errors(written)] == []
    written["touchpoints"][0]["wait"] = "3 weeks"
    assert [one.json_path for one in validator.iter_errors(written)] == ["$.touchpoints[0].wait"]


def test_schema_command_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journeys", "schema"]) == 0
    assert capsys.readouterr().out == journeys_schema()
