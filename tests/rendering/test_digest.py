"""The mail about several orders: a part for each, in each one's own words, in every language, never too large."""

from itertools import pairwise
from pathlib import Path

import pytest
from porchlight.cli._sample_orders import sample
from porchlight.config import read_journey
from porchlight.domain.digests import is_kept
from porchlight.domain.sections import MOST_SECTIONS
from porchlight.domain.telling import Telling
from porchlight.rendering import Rendered, render, render_several, tells_of_several
from porchlight.sandbox import MAX_BYTES
from porchlight.texts import languages

from tests.rendering.test_mails import BRAND, Page

ROOT = Path(__file__).parents[2]

KEPT = [one.template or one.id for one in read_journey(ROOT / "config" / "journeys.yaml").touchpoints if is_kept(one)]


def told(scene: str, order: str, locale: str = "en", parcels: int = 1) -> Telling:
    link = f"https://lampandlinen.example/track/#{order.strip('#')}"
    return sample(scene, BRAND, locale, parcels=parcels).model_copy(update={"order": order, "page_url": link})


def digest(*orders: Telling) -> Rendered:
    return render_several("email", orders)


def seen(mail: Rendered) -> str:
    return " ".join(Page(mail.html).seen)


def test_the_mail_channel_has_a_form_for_it_and_one_without_templates_has_not() -> None:
    assert tells_of_several("email")
    assert not tells_of_several("telegraph")


@pytest.mark.parametrize("scene", KEPT)
@pytest.mark.parametrize("locale", languages())
def test_each_message_that_may_wait_is_a_part_in_its_own_words(scene: str, locale: str) -> None:
    alone = render("email", told(scene, "#1001", locale))
    mail = digest(told(scene, "#1001", locale), told("shipped", "#1002", locale, 2))

    for part in (seen(mail), mail.text):
        assert alone.subject in part
        assert "{" not in part
    assert "#1001, #1002" in mail.subject
    assert mail.locale == alone.locale


@pytest.mark.parametrize("locale", languages())
def test_each_part_leads_to_the_page_of_its_own_order_and_follows_the_one_before(locale: str) -> None:
    mail = digest(
        *(told(scene, f"#{place}", locale) for place, scene in enumerate(("shipped", "delivered", "delayed")))
    )

    for place in range(3):
        assert f'href="https://lampandlinen.example/track/#{place}"' in mail.html
    for part in (mail.html, mail.text):
        found = [part.index(f"track/#{place}") for place in range(3)]
        assert all(first < second for first, second in pairwise(found))


def test_arabic_is_written_from_right_to_left() -> None:
    mail = digest(told("shipped", "#1", "ar"), told("delivered", "#2", "ar"))

    assert '<html lang="ar" dir="rtl"' in mail.html
    assert '<td class="line" align="right"' in mail.html


def test_what_an_order_says_is_escaped_and_the_parts_are_not() -> None:
    hostile = "<script>alert(1)</script>"
    order = told("shipped", hostile)
    mail = digest(order, told("delivered", "#2"))

    assert "<script" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert "&lt;table" not in mail.html
    assert mail.html.count("<h2") == 2


def test_the_text_has_no_markup() -> None:
    mail = digest(told("shipped", "#1"), told("delivered", "#2"))

    assert "<" not in mail.text
    assert "&" not in mail.text.replace("Lamp & Linen", "")


def test_the_largest_orders_fit_into_one_mail() -> None:
    orders = [told(scene, "#" + "9" * 60, parcels=2) for scene in ("shipped", "delivered")]
    parcels = tuple(one for order in orders for one in order.told) * 2
    large = [orders[0].model_copy(update={"told": parcels * 2}) for _ in range(MOST_SECTIONS + 1)]

    assert len(digest(*large).html.encode()) < MAX_BYTES


def test_its_version_changes_with_the_words_of_any_part() -> None:
    versions = {digest(told(one, "#1"), told(other, "#2")).template_version for one in KEPT[:3] for other in KEPT[:3]}

    assert len(versions) == 9
