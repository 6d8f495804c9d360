"""Banners: which of the merchant's lines a page shows."""

import pytest
from porchlight.domain.banners import MOST_SHOWN, Banner, shown_banners
from porchlight.domain.conditions import checked
from porchlight.domain.rule_facts import SAMPLE
from porchlight.domain.segments import Segment
from pydantic import ValidationError

SEGMENTS = {"large": Segment(when="order.total > 100.0", program=checked("order.total > 100.0"))}
SMALL, LARGE = {**SAMPLE, "order.total": 20.0}, {**SAMPLE, "order.total": 200.0}


def banner(text: str, when: str = "", **more: object) -> Banner:
    program = checked(when, tuple(SEGMENTS)) if when else ""
    return Banner.model_validate({"text": {"en": text}, "when": when, "program": program, **more})


def texts(*banners: Banner, facts: dict[str, object]) -> list[str]:
    return [one.text["en"] for one in shown_banners(banners, SEGMENTS, facts)]  # type: ignore[arg-type]


def test_a_banner_without_a_condition_is_on_every_page() -> None:
    assert texts(banner("Open on Sunday"), facts=SMALL) == ["Open on Sunday"]


def test_a_segment_says_whose_page_shows_it() -> None:
    large = banner("Thank you", when="segment.large")
    assert texts(large, facts=LARGE) == ["Thank you"]
    assert texts(large, facts=SMALL) == []


def test_the_first_that_fit_are_shown_and_no_more() -> None:
    several = [banner("never", when="!segment.large"), *(banner(f"line {index}") for index in range(5))]
    assert texts(*several, facts=LARGE) == [f"line {index}" for index in range(MOST_SHOWN)]


def test_one_that_is_switched_off_takes_nobodys_place() -> None:
    assert texts(banner("off", enabled=False), banner("on"), facts=SMALL) == ["on"]


def test_a_condition_that_can_not_be_told_shows_nothing() -> None:
    assert texts(banner("odd", when="100 / order.quantity > 1"), facts={**SMALL, "order.quantity": 0}) == []


@pytest.mark.parametrize(
    "wrong", [{"text": {}}, {"text": {"en": ""}}, {"text": {"en": "x" * 301}}, {"url": "http://a"}]
)
def test_what_a_page_can_not_show_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Banner.model_validate({"text": {"en": "right"}, **wrong})
