"""The texts of eight languages: complete, alike in their facts, and right about plurals, days and times."""

import json
import re
from datetime import date
from importlib import resources

import pytest
from porchlight.domain.errors import RenderError
from porchlight.domain.status import Action, Status, SubStatus
from porchlight.texts import PLURAL_FORM, catalogue, languages, texts_for

SPOKEN = ("ar", "de", "en", "es", "fr", "it", "nl", "pt")
FORMS = {"ar": {"zero", "one", "two", "few", "many", "other"}}
TODAY = date(2026, 3, 12)
FORMAT = "format."


def keys(language: str) -> set[str]:
    """All keys but those of one region."""
    return {key for key in catalogue(language) if not re.search(r"\.[A-Z]{2}$", key)}


def variants(language: str, key: str) -> list[str]:
    text = catalogue(language)[key]
    return list(text.values()) if isinstance(text, dict) else [text]


def placeholders(language: str, key: str) -> set[str]:
    return {name for text in variants(language, key) for name in re.findall(r"\{(\w+)\}", text)}


def test_the_languages_are_these():
    assert languages() == SPOKEN


@pytest.mark.parametrize("language", SPOKEN)
class TestEveryLanguage:
    def test_has_every_key_and_no_other(self, language: str):
        assert keys(language) == keys("en")

    def test_tells_the_same_facts(self, language: str):
        spoken = {key for key in keys("en") if not key.startswith(FORMAT)}
        assert {key for key in spoken if placeholders(language, key) != placeholders("en", key)} == set()

    def test_has_its_plural_forms(self, language: str):
        forms = FORMS.get(language, {"one", "other"})
        plural = {key: set(text) for key, text in catalogue(language).items() if isinstance(text, dict)}
        assert plural
        assert {key for key, found in plural.items() if found != forms} == set()

    def test_has_no_empty_text_and_no_markup(self, language: str):
        texts = {key: variants(language, key) for key in keys(language) if key not in {"format.am", "format.pm"}}
        assert {key for key, found in texts.items() if any(not one.strip() for one in found)} == set()
        assert {key for key, found in texts.items() if any(set(one) & set("<>&\n\r") for one in found)} == set()

    def test_names_seven_days_and_twelve_months(self, language: str):
        assert len(variants(language, "format.weekdays")[0].split()) == 7
        assert len(variants(language, "format.months")[0].split()) == 12

    def test_speaks_of_every_status_and_action(self, language: str):
        assert {f"status.{status}" for status in Status} <= keys(language)
        assert {f"action.{action}" for action in Action} <= keys(language)

    def test_its_sentences_end(self, language: str):
        ends = (".lead", ".next", "why.", "action.")
        sentences = {key for key in keys(language) if any(end in key for end in ends)} - {"action.heading"}
        assert {key for key in sentences if not all(one.endswith(".") for one in variants(language, key))} == set()


def test_no_key_is_written_twice():
    for language in SPOKEN:
        text = resources.files("porchlight").joinpath("locales", f"{language}.json").read_text("utf-8")
        names = [name for name, _ in json.loads(text, object_pairs_hook=list)]
        assert len(names) == len(set(names))


def test_every_reason_is_one_of_ours():
    reasons = {key.removeprefix("why.") for key in keys("en") if key.startswith("why.")}
    assert reasons <= set(SubStatus)


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("ar", {0: "zero", 1: "one", 2: "two", 3: "few", 10: "few", 11: "many", 99: "many", 100: "other", 103: "few"}),
        ("fr", {0: "one", 1: "one", 2: "other"}),
        ("pt", {0: "one", 1: "one", 2: "other"}),
    ],
)
def test_plural_forms_follow_the_language(language: str, forms: dict[int, str]):
    assert {count: PLURAL_FORM[language](count) for count in forms} == forms


@pytest.mark.parametrize(
    ("locale", "day"),
    [
        ("en", "Monday, May 4"),
        ("en-GB", "Monday 4 May"),
        ("de", "Montag, 4. Mai"),
        ("fr", "lundi 4 mai"),
        ("es", "lunes 4 de mayo"),
        ("it", "lunedì 4 maggio"),
        ("nl", "maandag 4 mei"),
        ("pt", "segunda-feira, 4 de maio"),
        ("ar", "الاثنين 4 مايو"),
    ],
)
def test_a_day_in_every_language(locale: str, day: str):
    assert texts_for(locale).day(date(2026, 5, 4), TODAY) == day


def test_the_first_of_the_month_is_an_ordinal_where_people_say_so():
    assert texts_for("fr").day(date(2026, 5, 1), TODAY) == "vendredi 1er mai"
    assert texts_for("de").day(date(2026, 5, 1), TODAY) == "Freitag, 1. Mai"


def test_a_far_day_names_its_year():
    assert texts_for("en-GB").day(date(2027, 5, 4), TODAY) == "Tuesday 4 May, 2027"
    assert texts_for("pt").day(date(2027, 5, 4), TODAY) == "terça-feira, 4 de maio de 2027"


@pytest.mark.parametrize(
    ("locale", "clock", "time"),
    [
        ("en", "00:05", "12:05 am"),
        ("en", "12:00", "12:00 pm"),
        ("en", "14:30", "2:30 pm"),
        ("de", "08:05", "08:05"),
        ("fr", "08:05", "8\u00a0h\u00a005"),
        ("es", "08:05", "8:05"),
    ],
)
def test_a_time_as_the_language_writes_it(locale: str, clock: str, time: str):
    assert texts_for(locale).time(clock) == time


@pytest.mark.parametrize(
    ("wishes", "locale"),
    [
        (("de-AT", "en"), "de-AT"),
        (("pt_BR", "en"), "pt-BR"),
        (("zh-Hant-TW", "nl-BE"), "nl-BE"),
        (("", "it"), "it"),
        (("xx", "yy"), "en"),
        (("en", "en-GB"), "en-GB"),
        (("../../etc/passwd", "de"), "de"),
        (("e" * 10_000, "fr"), "fr"),
    ],
)
def test_the_first_language_we_speak_is_chosen(wishes: tuple[str, ...], locale: str):
    assert texts_for(*wishes).locale == locale


def test_a_value_is_never_looked_into():
    assert texts_for("en").say("greeting", name="{shop} {name}") == "Hi {shop} {name},"


def test_a_latin_value_in_arabic_keeps_its_own_direction():
    assert "\u2068#1001\u2069" in texts_for("ar").say("order_confirmed.subject", order="#1001")


def test_a_missing_key_or_value_is_an_error():
    with pytest.raises(RenderError):
        texts_for("en").say("no.such.key")
    with pytest.raises(RenderError):
        texts_for("en").say("greeting")
