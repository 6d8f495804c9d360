"""A journeys file that is right in every field and asks for what can not be: refused with line, field and a sentence."""

import json
from pathlib import Path

import pytest
from porchlight.cli import main
from porchlight.config import doubtful, read_journey
from porchlight.domain.contradictions import NO_PROBLEM, contradictions, doubts
from porchlight.domain.errors import InvalidConfigError
from porchlight.domain.status import Status

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "config" / "journeys.yaml"
FIXTURES = ROOT / "tests" / "carriers" / "fixtures"

ALONE = "touchpoints:\n  - id: delivered\n    trigger: {}\n    {}\n"
"""One touchpoint; what is at stake stands in the fourth line."""


def file_of(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "journeys.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def refused(tmp_path: Path, text: str) -> list[tuple[int | None, str, str]]:
    with pytest.raises(ExceptionGroup) as caught:
        read_journey(file_of(tmp_path, text))
    errors = [error for error in caught.value.exceptions if isinstance(error, InvalidConfigError)]
    return [(error.line, error.field, error.reason) for error in errors]


def test_a_banners_condition_is_checked_like_a_touchpoints(tmp_path: Path) -> None:
    text = """\
touchpoints:
  - {id: delivered, trigger: delivered}
banners:
  - {text: {en: Fine}, when: segment.big}
  - text: {en: A parcel is late}
    when: parcel.days_late > 2
"""
    (typo, parcel) = refused(tmp_path, text)
    assert typo[:2] == (4, "banners.0.when")
    assert "segment.big" in typo[2]
    assert parcel[:2] == (6, "banners.1.when")
    assert "look at all of them" in parcel[2]


@pytest.mark.parametrize(
    ("trigger", "written", "sentence"),
    [
        ("delivered", "reasons: [damaged]", "goes with trigger exception or customs; delivered has no reasons"),
        ("exception", "reasons: [signed_for]", "exception never has the reason signed_for"),
        ("exception", "other_reasons_than: [at_locker]", "exception never has the reason at_locker"),
        ("customs", "reasons: [duty_due, damaged]", "customs never has the reason damaged"),
        ("delivered", "hold_reasons: [out_of_stock]", "goes with trigger order_held"),
        ("delivered", "lasts: {TEA: 20d}", "goes with trigger replenish"),
        ("replenish", "lasts: {}", "nothing is ever sent"),
        ("replenish", "lasts: {TEA: 401d}", "longer than 400 days, which no order is kept for: TEA"),
        ("silence", "no_scan_for: {delivered: 3d}", "a parcel that is delivered is never silent"),
        ("silence", "no_scan_for: {unknown: 3d}", "counts as pre_transit"),
        ("out_for_delivery", "purpose: marketing", "marketing is never urgent"),
        ("out_for_delivery", "best_hour: true", "what is urgent does not wait"),
        ("exception", "review_hold: true", "not every order comes to exception"),
        ("delivered", "bundle: arrival", "no other touchpoint has the bundle arrival"),
        ("delivered", "wait: 401d", "longer than 400 days"),
        ("delivered", "when: 'false'", "never holds"),
        ("delivered", "when: 1 > 2 || size('') > 0", "never holds"),
        ("delivered", "when: parcel.status == 'in-transit'", "no parcel has the status 'in-transit'"),
        ("delivered", "when: parcel.sub_status in ['signed_for', 'gone']", "no parcel has the sub_status 'gone'"),
        ("delivered", "when: parcels.exists(p, p.status == 'lost')", "no parcel has the status 'lost'"),
        ("order_placed", "when: parcel.days_late > 2", "about the order and no single parcel"),
        ("all_arrived", "merge_window: 20m", "no other parcel gives the same news"),
        ("out_for_delivery", "digest_window: 30m", "only news for shoppers that is not urgent waits"),
        ("delivered", "digest_window: 30m\n    purpose: marketing", "only news for shoppers that is not urgent waits"),
        ("delivered", "digest_window: 30m\n    audience: merchant", "only news for shoppers that is not urgent waits"),
        ("silence", "template: no_such\n    no_scan_for: {in_transit: 3d}", "no template email/no_such.j2"),
    ],
)
def test_field_that_can_never_work_is_refused(tmp_path: Path, trigger: str, written: str, sentence: str) -> None:
    [(line, field, reason)] = refused(tmp_path, ALONE.format(trigger, written))
    assert (line, field.split(".")[:3]) == (4, ["touchpoints", "0", written.partition(":")[0]])
    assert sentence in reason


@pytest.mark.parametrize(
    ("trigger", "written"),
    [
        ("exception", "reasons: [damaged, weather]"),
        ("customs", "other_reasons_than: [customs_started]"),
        ("out_for_delivery", "purpose: marketing\n    urgent: false"),
        ("replenish", "lasts: {}\n    enabled: false"),
        ("all_arrived", "review_hold: true"),
        ("delivered", "when: parcel.sub_status != 'left_with_neighbour'"),
        ("order_placed", "when: parcels.exists(parcel, parcel.status == 'delivered')"),
        ("order_placed", 'when: order.tags.exists(t, t == "parcel.x")'),
        ("delivered", "when: now.hour < 12"),
        ("delivered", "when: 'true'"),
        ("delivered", "wait: 400d"),
        ("customs", "merge_window: 20m"),
        ("returning", "merge_window: 20m"),
        ("delivered", "digest_window: 6h"),
        ("delivered", "template: delivery_check"),
    ],
)
def test_what_can_happen_is_accepted(tmp_path: Path, trigger: str, written: str) -> None:
    assert len(read_journey(file_of(tmp_path, ALONE.format(trigger, written))).touchpoints) == 1


def test_reasons_that_leave_nothing_are_refused_at_the_list_that_takes_the_last(tmp_path: Path) -> None:
    text = ALONE.format("exception", "reasons: [lost]\n    other_reasons_than: [lost]")
    assert refused(tmp_path, text) == [(5, "touchpoints.0.other_reasons_than", "leaves no reason that is told")]


def test_bundle_whose_touchpoints_wait_differently_for_other_orders_is_refused(tmp_path: Path) -> None:
    text = """\
touchpoints:
  - {id: shipped, trigger: first_movement, bundle: way, digest_window: 30m}
  - {id: first_movement, trigger: first_movement, bundle: way}
"""
    [(line, field, reason)] = refused(tmp_path, text)
    assert (line, field) == (3, "touchpoints.1.digest_window")
    assert reason == "shipped of the same bundle waits for another time; they could not leave together"


@pytest.mark.parametrize("other", ["audience: merchant", "purpose: marketing"])
def test_bundle_of_messages_that_can_not_be_one_is_refused(tmp_path: Path, other: str) -> None:
    text = f"""\
touchpoints:
  - {{id: delivered, trigger: delivered, bundle: arrival}}
  - id: survey
    trigger: all_arrived
    {other}
    bundle: arrival
"""
    [(line, field, reason)] = refused(tmp_path, text)
    assert (line, field) == (6, "touchpoints.1.bundle")
    assert "delivered of the same bundle has another audience or purpose" in reason


@pytest.mark.parametrize("field", ["purpose: marketing", "review_hold: true", "best_hour: true"])
def test_message_for_the_merchant_needs_no_consent_and_is_not_held(tmp_path: Path, field: str) -> None:
    [(line, _, reason)] = refused(tmp_path, ALONE.format("all_arrived", f"{field}\n    audience: merchant"))
    assert line == 4
    assert reason.startswith("a message for yourself")


@pytest.mark.parametrize("cap", ["per_day", "per_week"])
def test_cap_above_what_is_remembered_of_a_person_is_refused(tmp_path: Path, cap: str) -> None:
    text = (
        f"limits:\n  caps:\n    marketing:\n      {cap}: 101\ntouchpoints:\n  - {{id: delivered, trigger: delivered}}\n"
    )
    [(line, field, reason)] = refused(tmp_path, text)
    assert (line, field) == (4, f"limits.caps.marketing.{cap}")
    assert reason == "of one person 100 messages are remembered, so that it is never reached; leave it out"
    assert read_journey(file_of(tmp_path, text.replace("101", "100"))).limits.caps.marketing


@pytest.mark.parametrize("cap", ["per_day", "per_week"])
def test_cap_of_nothing_is_refused_while_somebody_could_get_something(tmp_path: Path, cap: str) -> None:
    text = f"""\
limits:
  caps:
    service:
      {cap}: 0
touchpoints:
  - {{id: delivered, trigger: delivered}}
  - {{id: exception, trigger: exception, enabled: false}}
  - {{id: out_for_delivery, trigger: out_for_delivery}}
"""
    [(line, field, reason)] = refused(tmp_path, text)
    assert (line, field) == (4, f"limits.caps.service.{cap}")
    assert reason.endswith("switch them off instead: delivered")
    assert read_journey(file_of(tmp_path, text.replace("service", "marketing"))).limits.caps.marketing


def test_all_contradictions_are_told_at_once_by_line(tmp_path: Path) -> None:
    text = """\
touchpoints:
  - id: delivered
    trigger: delivered
    reasons: [lost]
    bundle: arrival
  - id: survey
    trigger: out_for_delivery
    purpose: marketing
    review_hold: true
"""
    assert [line for line, _, _ in refused(tmp_path, text)] == [4, 5, 8, 9]


def test_no_carrier_gives_a_problem_a_reason_that_is_refused() -> None:
    found = set()
    for file in FIXTURES.glob("*/*.expected.json"):
        for word in _statements(json.loads(file.read_text(encoding="utf-8"))):
            found.add(word)
    assert len(found) > 10
    assert found & NO_PROBLEM == set()


def _statements(value: object) -> list[str]:
    """Every reason that stands beside the status `exception`, however deep."""
    if isinstance(value, list):
        return [reason for one in value for reason in _statements(one)]
    if not isinstance(value, dict):
        return []
    own = [str(value["sub_status"])] if value.get("status") == Status.EXCEPTION and "sub_status" in value else []
    return own + [reason for one in value.values() for reason in _statements(one)]


def test_the_file_we_ship_leaves_no_doubt(capsys: pytest.CaptureFixture[str]) -> None:
    journey = read_journey(SHIPPED)
    assert (contradictions(journey), doubts(journey), doubtful(SHIPPED, journey)) == ([], [], [])
    assert main(["journeys", "check", str(SHIPPED)]) == 0
    assert capsys.readouterr().err == ""


def test_what_was_perhaps_not_meant_is_told_and_not_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = """\
segments:
  big: {when: order.total > 100.0}
  bigger: {when: order.total > 500.0}
touchpoints:
  - id: exception
    trigger: exception
    other_reasons_than: [lost, damaged]
  - id: damaged
    trigger: exception
    reasons: [damaged]
    when: segment.bigger
  - id: thanks
    trigger: all_arrived
    wait: 60d
"""
    file = file_of(tmp_path, text)
    assert main(["journeys", "check", str(file)]) == 0
    assert capsys.readouterr().err.splitlines() == [
        f"perhaps not meant: {file}:2: segments.big: no touchpoint and no banner uses this segment",
        f"perhaps not meant: {file}:7: touchpoints.0.other_reasons_than: no touchpoint that is on tells lost",
        f"perhaps not meant: {file}:12: touchpoints.2.id: has no template of its own, and reads like all_arrived",
        f"perhaps not meant: {file}:14: touchpoints.2.wait: needs a stack whose RetentionDays is more than 60"
        " (730 unless it was changed)",
    ]


class TestTemplates:
    def test_template_with_a_text_that_a_language_lacks_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sources = {
            "email/_offer.j2": '{{ t(key ~ ".lead") }}',
            "email/survey.j2": '{% extends "email/_offer.j2" %}{% set key = "poll" %}{{ t("greeting.nobody") }}',
        }
        monkeypatch.setattr("porchlight.template_checks.sources", lambda: sources)
        text = "touchpoints:\n  - id: survey\n    trigger: all_arrived\n"
        told = refused(tmp_path, text)
        assert len(told) == 8
        assert told[0] == (
            2,
            "touchpoints.0.id",
            "email/survey.j2 needs texts that locales/ar.json does not have: poll.lead",
        )

    def test_channel_without_any_template_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("porchlight.template_checks.sources", dict)
        [(line, field, reason)] = refused(tmp_path, ALONE.format("delivered", "channels: [email]"))
        assert (line, field) == (4, "touchpoints.0.channels")
        assert reason == "there is no template email/delivered.j2"

    def test_variant_by_a_channel_that_has_no_template_is_refused_at_the_variant(self, tmp_path: Path) -> None:
        text = ALONE.format(
            "delivered", "experiment:\n      variants:\n        - {id: one}\n        - {id: two, channels: [owl]}"
        )
        [(line, field, reason)] = refused(tmp_path, text)
        assert (line, field) == (7, "touchpoints.0.experiment.variants.1.channels")
        assert reason == "there is no template owl/delivered.j2"

    @pytest.mark.parametrize(
        ("source", "reason"),
        [
            ("{% extends layout %}\n{% if %}", "email/delivered--loud.j2: line 2: "),
            ('{{ t("no.such.text") }}', "email/delivered--loud.j2 needs texts that locales/ar.json does not have"),
        ],
    )
    def test_variant_with_a_text_that_can_not_be_rendered_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, reason: str
    ) -> None:
        sources = {"email/delivered.j2": "fine", "email/delivered--loud.j2": source}
        monkeypatch.setattr("porchlight.template_checks.sources", lambda: sources)
        variants = "experiment:\n      variants:\n        - {id: usual}\n        - {id: loud}"
        told = refused(tmp_path, ALONE.format("delivered", variants))
        assert {(line, field) for line, field, _ in told} == {(7, "touchpoints.0.experiment.variants.1.id")}
        assert told[0][2].startswith(reason)
        assert read_journey(file_of(tmp_path, ALONE.format("delivered", variants.replace("loud", "quiet"))))

    def test_template_that_can_not_be_compiled_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("porchlight.template_checks.sources", lambda: {"email/delivered.j2": "{% block %}"})
        [(line, field, reason)] = refused(tmp_path, ALONE.format("delivered", "channels: [email]"))
        assert (line, field) == (2, "touchpoints.0.id")
        assert reason.startswith("email/delivered.j2: line 1: ")


def test_review_request_that_leaves_out_who_got_nothing_is_pointed_out(tmp_path: Path) -> None:
    text = "touchpoints:\n  - {id: review_request, trigger: all_arrived, review_hold: true}\n"
    [doubt] = doubts(read_journey(file_of(tmp_path, text)))
    assert doubt == (
        ("touchpoints", 0, "trigger"),
        "whose parcel never comes is not asked; use order_placed and review_hold",
    )


def test_storms_that_nobody_is_told_of_are_refused_once_somebody_writes_of_storms(tmp_path: Path) -> None:
    told_by_nobody = "storms: {enabled: true}\n" + ALONE.format("delivered", "fresh_for: 24h")
    [(line, field, reason)] = refused(tmp_path, told_by_nobody)
    assert (line, field) == (1, "storms.enabled")
    assert "nobody is told why alerts wait" in reason


@pytest.mark.parametrize(
    "text",
    [
        ALONE.format("delivered", "fresh_for: 24h"),
        "storms: {enabled: false}\n" + ALONE.format("delivered", "fresh_for: 24h"),
        "storms: {parcels: 30}\n" + ALONE.format("storm", "fresh_for: 24h"),
    ],
)
def test_storms_that_are_off_or_told_or_never_spoken_of_are_right(tmp_path: Path, text: str) -> None:
    assert read_journey(file_of(tmp_path, text))


def test_a_storm_touchpoint_for_the_merchant_alone_tells_no_shopper(tmp_path: Path) -> None:
    text = "storms: {enabled: true}\n" + ALONE.format("storm", "audience: merchant")
    assert [field for _, field, _ in refused(tmp_path, text)] == ["storms.enabled"]


def test_more_parcels_that_stand_still_than_there_are_is_refused(tmp_path: Path) -> None:
    text = "storms: {parcels: 10, still: 11}\n" + ALONE.format("storm", "fresh_for: 24h")
    assert [field for _, field, _ in refused(tmp_path, text)] == ["storms.still"]


def test_word_of_a_storm_that_only_some_get_is_pointed_out(tmp_path: Path) -> None:
    text = """\
storms: {enabled: true}
touchpoints:
  - {id: storm, trigger: storm, when: order.total > 100.0}
"""
    [(path, reason)] = doubts(read_journey(file_of(tmp_path, text)))
    assert path == ("touchpoints", 0, "when")
    assert "alerts wait for every order" in reason
