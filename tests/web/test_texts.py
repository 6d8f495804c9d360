"""The page's text tables and its weight, read from the files that are published."""

import gzip
import json
import re
from pathlib import Path

import pytest
from porchlight.domain.status import Action, Responsible, Status, SubStatus

from tests.web.scenes import SCENES
from tools.tracking_page import PAGE, filled, policy

LANGUAGES = ("de", "fr", "es", "it", "nl", "pt", "ar")
CRITICAL_PATH_BYTES = 14 * 1024


def html() -> str:
    return PAGE.read_text(encoding="utf-8")


def english() -> dict[str, dict[str, str]]:
    found = re.search(r'id="texts">(.*?)</script>', html(), re.DOTALL)
    assert found
    return json.loads(found[1])


def table(language: str) -> dict[str, dict[str, str]]:
    return json.loads((PAGE.parent / "l" / f"{language}.json").read_text(encoding="utf-8"))


def slots(text: str) -> list[str]:
    return sorted(re.findall(r"\{\w\}", text))


def compressed(data: bytes) -> int:
    return len(gzip.compress(data, compresslevel=6))


def test_every_status_reason_and_action_has_words() -> None:
    texts = english()
    assert set(texts["status"]) == set(Status)
    assert set(texts["sub"]) == set(SubStatus) - {SubStatus.NONE}
    assert set(texts["action"]) == set(Action) - {Action.NONE}
    assert set(texts["wait"]) == set(Responsible) - {Responsible.NOBODY, Responsible.RECIPIENT}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text_with_the_same_slots(language: str) -> None:
    theirs = table(language)
    ours = english()
    assert {group: set(texts) for group, texts in theirs.items()} == {
        group: set(texts) for group, texts in ours.items()
    }
    for group, texts in ours.items():
        for key, text in texts.items():
            assert theirs[group][key].strip(), f"{group}.{key} is empty"
            assert slots(theirs[group][key]) == slots(text), f"{group}.{key}"


def test_the_page_offers_exactly_the_languages_that_have_a_file() -> None:
    offered = re.search(r"const LANGS = \{(.*?)\}", html())
    assert offered
    assert set(re.findall(r"(\w\w):", offered[1])) == {"en", *LANGUAGES}
    assert {file.stem for file in (PAGE.parent / "l").iterdir()} == set(LANGUAGES)


def test_every_text_is_used_by_the_script() -> None:
    script = html().split("<script>")[1]
    unused = [key for key in english()["ui"] if f'"{key}"' not in script]
    assert unused == []


def test_page_and_answer_together_stay_within_the_critical_path() -> None:
    answer = SCENES["multi"]().model_dump_json().encode()
    assert compressed(html().encode()) + compressed(answer) <= CRITICAL_PATH_BYTES


def test_the_page_names_its_own_script_and_style_in_its_policy() -> None:
    assert f'content="{policy(html())}"' in html(), "run: python -m tools.tracking_page"


def test_filling_the_brand_changes_neither_script_nor_policy() -> None:
    brand = {"name": "</script><b>", "color": "#8a3b12", "postal_address": ["secret"], "logo_url": ""}
    page = filled(html(), brand)
    assert policy(page) == policy(html())
    assert '{"name": "\\u003c/script>\\u003cb>", "color": "#8a3b12"}' in page
    assert "secret" not in page


def test_an_api_on_another_host_is_named_in_slot_and_policy() -> None:
    page = filled(html(), {}, "http://localhost:4566/_aws/execute-api/abc/$default")
    assert '<meta name="porchlight-api" content="http://localhost:4566/_aws/execute-api/abc/$default">' in page
    assert "connect-src 'self' http://localhost:4566;" in page


def test_a_page_that_is_already_filled_is_refused() -> None:
    page = filled(html(), {"name": "Lamp & Linen"})
    with pytest.raises(ValueError, match="no empty slot"):
        filled(page, {"name": "Lamp & Linen"})


def test_nothing_of_the_page_comes_from_elsewhere() -> None:
    files = [PAGE, *(PAGE.parent / "l").iterdir()]
    assert all(
        not re.search(r"""(src|href|@import|url)\s*[=(]\s*["']?https?:""", Path(file).read_text(encoding="utf-8"))
        for file in files
    )
