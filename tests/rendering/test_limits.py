"""F47: a template that raises, loops for ever or renders megabytes ends in an error, and the built-in one is sent."""

import time
from datetime import datetime

import pytest
from porchlight.cli._sample_orders import sample
from porchlight.cli._sample_scenes import SCENES
from porchlight.domain.brand import Brand
from porchlight.domain.errors import RenderError
from porchlight.domain.fulfilments import FulfilmentSnapshot, PackedItem
from porchlight.domain.journeys import Trigger
from porchlight.domain.ledger import Decision, Outcome
from porchlight.domain.orders import Item, Person
from porchlight.domain.plain import LINE, plain_line
from porchlight.domain.state import OrderState
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.telling import telling
from porchlight.domain.tracking import TrackingUpdate
from porchlight.rendering import MAX_SUBJECT, render
from porchlight.sandbox import MAX_BYTES, MAX_STEPS, lay_out

from tests.builders import NOW, expected, folded, packing, scan, snapshot, tracked

BRAND = Brand(name="Oak & Ember", sender_name="Oak & Ember", shop_url="https://oak.example")
TOLD = sample("shipped", BRAND, "en")
USUAL = render("email", TOLD)
START = "{% extends layout %}{% block subject %}Own{% endblock %}{% block lead %}"
END = "{% endblock %}"
KILOBYTE = "x" * 1024
STORM_FACTS = {"carrier": "<" * 500, "country": "US", "still": "2000", "parcels": "2000", "since": "2026-03-09"}


def own(body: str) -> dict[str, str]:
    return {"email/shipped": START + body + END}


BROKEN = {
    "raises": "{{ 1 // 0 }}",
    "names what is not there": "{{ it.no_such_fact }}",
    "calls what is no function": "{{ it.order() }}",
    "asks for a text that is not there": '{{ t("no.such") }}',
    "does not end": "{% for",
    "loops for long": "{% for a in range(1000) %}{% for b in range(1000) %}{% set c = b %}{% endfor %}{% endfor %}",
    "loops over what it is given": "{% for a in 'x'|list %}{% endfor %}",
    "counts to a billion": "{% for a in range(1000000000) %}{% endfor %}",
    "calls itself": "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
    "renders five megabytes": "{% for a in range(1000) %}{% for b in range(5) %}"
    + KILOBYTE
    + "{% endfor %}{% endfor %}",
    "multiplies a text": "{{ 'x' * 1000000000 }}",
    "raises to a power": "{{ 9 ** 9 ** 9 }}",
    "formats a wide field": "{{ '%1000000000d' % 1 }}",
    "pads a text": "{{ 'x'.ljust(1000000000) }}",
    "reaches for Python": "{{ it.__class__.__mro__ }}",
    "copies the facts": "{{ it.model_dump() }}",
    "reads another file": "{% include '../../config.py' %}",
    "is too long": KILOBYTE * 60,
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_the_built_in_mail_is_sent_in_place_of_a_template_that(body: str):
    began = time.monotonic()
    sent = render("email", TOLD, own(body))
    assert sent.fell_back
    assert sent.model_copy(update={"fell_back": ""}) == USUAL
    assert time.monotonic() - began < 5  # each takes milliseconds; without its limit minutes, or all memory


def test_a_merchants_template_that_works_is_used():
    sent = render("email", TOLD, own("Good news, {{ it.first_name }}."))
    assert sent.subject == "Own"
    assert "Good news, Ada." in sent.text
    assert not sent.fell_back
    assert sent.template_version != USUAL.template_version


def test_an_edit_is_another_version():
    first, second = (render("email", TOLD, own(words)).template_version for words in ("one", "two"))
    assert first != second


def test_an_error_names_the_template_and_quotes_nothing():
    sent = render("email", TOLD, own("{{ it.first_name + 1 }}"))
    assert sent.fell_back.startswith("email/shipped.j2: ")
    assert "Ada" not in sent.fell_back


def test_a_merchants_template_escapes_like_ours():
    told = TOLD.model_copy(update={"first_name": "<b>"})
    assert "<b>" not in render("email", told, own("{{ it.first_name }}")).html


def test_a_merchants_template_can_not_switch_escaping_off():
    assert render("email", TOLD, own("{{ it.order|safe }}")).fell_back


def test_a_long_subject_is_cut_and_stays_one_line():
    source = {
        "email/shipped": "{% extends layout %}{% block subject %}a\r\nBcc: b\u2028" + "long " * 100 + "{% endblock %}"
    }
    sent = render("email", TOLD, source)
    assert not sent.fell_back
    assert len(sent.subject) <= MAX_SUBJECT
    assert sent.subject.startswith("a Bcc: b long")
    assert sent.subject.splitlines() == [sent.subject]


def test_an_empty_subject_is_no_mail():
    assert render("email", TOLD, {"email/shipped": "{% extends layout %}"}).fell_back


def test_a_channel_without_templates_is_an_error():
    with pytest.raises(RenderError):
        render("pigeon", TOLD)


def test_the_budget_is_of_each_rendering_and_not_shared():
    loop = "{% for a in range(1000) %}{% for b in range(6) %}{% endfor %}{% endfor %}"
    for _ in range(3):
        assert lay_out("x", loop, {}, escaping=False) == ""
    with pytest.raises(RenderError, match=str(MAX_STEPS)):
        lay_out("x", loop + loop, {}, escaping=False)


@pytest.mark.parametrize("touchpoint", SCENES)
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_the_largest_order_makes_a_mail_within_its_limits(touchpoint: str, locale: str):
    """40 lines and 30 parcels whose every text is too long and whose every character needs escaping."""
    told = telling(*enormous(SCENES[touchpoint].trigger, touchpoint, locale))
    assert told.items
    sent = render("email", told)
    assert len(sent.html.encode()) <= MAX_BYTES
    assert not sent.fell_back


def enormous(
    trigger: Trigger, touchpoint: str, locale: str
) -> tuple[OrderState, Decision, list[Decision], Brand, str, datetime]:
    wide = "<" * 500
    address = "https://x.example/" + "&" * 70
    items = tuple(
        Item(line_id=str(line), title=wide, variant=wide, image_url=address + str(line)) for line in range(40)
    )
    order = snapshot(
        items=items, number=wide, shopper=Person(first_name="A" * 40, email="a@example.com", locale=locale)
    )
    numbers = [f"N{number:03}" for number in range(30)]
    said: list[FulfilmentSnapshot | TrackingUpdate] = []
    for number in numbers:
        packed = packing(number, carrier="", name=wide, url=address)
        said += [
            packed.model_copy(update={"items": tuple(PackedItem(line_id=str(line)) for line in range(30))}),
            tracked(
                number,
                scan("2026-03-12T10:00:00Z", Status.EXCEPTION, SubStatus.DUTY_DUE),
                estimate=expected("2026-03-20"),
            ),
        ]
    told = [
        Decision(
            decision_id=f"{touchpoint}#{number}",
            touchpoint=touchpoint,
            occurrence=number,
            trigger=trigger.value,
            rule_version="v1",
            outcome=Outcome.SEND,
            decided_at=NOW,
            happened_at=NOW,
            tracking_number=number,
            facts=STORM_FACTS if trigger is Trigger.STORM else {},
        )
        for number in numbers[:15]
    ]
    return folded(order, *said), told[0], told, BRAND, "https://oak.example/track/#token", NOW


def test_a_title_of_a_megabyte_costs_no_more_than_a_long_one():
    began = time.monotonic()
    assert len(plain_line("x" * 1_000_000)) == LINE
    assert time.monotonic() - began < 0.1


def test_variant_has_its_own_template_and_else_its_touchpoints() -> None:
    warm = TOLD.model_copy(update={"variant": "warm"})
    both = {**own("Usual."), **{f"{path}--warm": source for path, source in own("Warm.").items()}}
    assert "Warm." in render("email", warm, both).text
    assert "Usual." in render("email", TOLD, both).text
    assert render("email", warm) == USUAL
