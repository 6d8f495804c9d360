"""The survey's page in every language: readable, pressable, without a script."""

import re
from html import unescape

import pytest
from porchlight.domain.brand import Brand
from porchlight.survey_page import Answering, survey_page
from porchlight.texts import languages, texts_for

from tests.rendering.test_mails import Page

BRAND = Brand(name="Lamp & Linen", sender_name="Lamp & Linen", shop_url="https://lampandlinen.example")
REACHABLE = {"support_email": "help@lampandlinen.example", "support_url": "https://lampandlinen.example/help"}
ASKED, LOW = Answering(4, None), Answering(1, 1, is_done=True, is_low=True)


def page(now: Answering, locale: str = "en", **brand: str) -> str:
    return survey_page(now, BRAND.model_copy(update=brand), locale)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("now", [ASKED, LOW, Answering(None, 5), Answering(3, 4, is_done=True)])
class TestInEveryLanguage:
    def test_five_answers_with_their_words_are_buttons_of_one_form(self, language: str, now: Answering) -> None:
        found = page(now, language)
        captions = [unescape(one) for one in re.findall(r"<button [^>]*>([^<]+)</button>", found)]
        texts = texts_for(language)
        assert captions == [f"{score} – {texts.say(f'score.{score}')}" for score in (5, 4, 3, 2, 1)]
        assert found.count('<form method="post">') == found.count("<form") == 1

    def test_it_needs_no_script_and_asks_for_nothing_from_elsewhere(self, language: str, now: Answering) -> None:
        found = page(now, language, **REACHABLE)
        tags = {name for name, _ in Page(found).tags}
        assert not tags & {"script", "img", "link", "iframe", "object"}
        assert "default-src 'none'" in found
        assert f'lang="{language}"' in found

    def test_it_has_one_heading_and_says_something_else_below(self, language: str, now: Answering) -> None:
        seen = Page(page(now, language)).seen
        assert len(set(seen)) == len(seen)
        assert page(now, language).count("<h1>") == 1


def test_one_answer_alone_is_marked_and_it_is_the_one_that_was_chosen_or_given():
    for now, score in ((ASKED, "4"), (LOW, "1"), (Answering(None, 5), "5"), (Answering(2, 5), "2")):
        assert re.findall(r'aria-current="true"[^>]* value="(.)"', page(now)) == [score]
    assert "aria-current" not in page(Answering(None, None))


def test_the_key_that_sends_is_set_on_the_choice_and_never_after_it_was_sent():
    assert "autofocus" in page(ASKED)
    assert "autofocus" not in page(LOW)


def test_who_answered_before_reads_what_counts_so_far():
    assert "Your answer so far: Very satisfied." in page(Answering(2, 5))
    assert "so far" not in page(ASKED)


def test_an_apology_names_every_way_to_the_shop_and_asks_nothing_where_there_is_none():
    reachable = page(LOW, **REACHABLE)
    assert 'href="mailto:help@lampandlinen.example"' in reachable
    assert 'href="https://lampandlinen.example/help"' in reachable
    assert "mailto:answers@lampandlinen.example" in page(LOW, reply_to="answers@lampandlinen.example")
    assert "We are sorry" in page(LOW)
    assert "what went wrong" not in page(LOW)
