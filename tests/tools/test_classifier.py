"""The labelled phrases are what the trainer expects, and the shipped model and the published figures are of them."""

import json
from collections import defaultdict
from pathlib import Path

import pytest
from porchlight.classifier import classify, model
from porchlight.domain.status import Status, SubStatus

from tools.classifier.corpus import COLUMNS, labelled_phrases, phrases_digest

ROOT = Path(__file__).parents[2]
MAIN_LANGUAGES = {"en", "de", "fr", "es", "it", "nl", "pt"}
PHRASES = labelled_phrases()
FIGURES = json.loads((ROOT / "docs" / "classifier.json").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs" / "classifier.md").read_text(encoding="utf-8")


def test_model_was_trained_on_these_phrases() -> None:
    assert model().phrases_digest == phrases_digest(), "phrases changed: run `make train-classifier`"


def test_figures_are_of_these_phrases() -> None:
    assert FIGURES["digest"] == phrases_digest(), "phrases changed: run `make train-classifier`"


def test_figures_keep_their_promises() -> None:
    assert FIGURES["all"]["precision"] >= 0.97
    assert FIGURES["delivered"]["precision"] >= 0.99


@pytest.mark.parametrize("group", ["all", "new_wordings"])
@pytest.mark.parametrize("name", ["accuracy_status", "accuracy_status_and_sub_status", "precision", "coverage"])
def test_page_tells_the_figures(group: str, name: str) -> None:
    assert f"{100 * FIGURES[group][name]:.1f} %" in PAGE


def test_phrases_are_many_and_of_many() -> None:
    assert len(PHRASES) >= 3000
    assert len({one.carrier for one in PHRASES}) >= 30
    assert {one.language for one in PHRASES} >= MAIN_LANGUAGES


def test_every_status_and_sub_status_has_phrases() -> None:
    assert {one.status for one in PHRASES} == set(Status)
    assert {one.sub_status for one in PHRASES} == set(SubStatus)


def test_a_wording_means_one_thing() -> None:
    readings = defaultdict(set)
    for one in PHRASES:
        readings[one.language, " ".join(one.phrase.casefold().split())].add(one.reading)
    assert {key: found for key, found in readings.items() if len(found) > 1} == {}


def test_learned_phrases_are_seldom_called_delivered_wrongly() -> None:
    wrong = [
        one.phrase
        for one in PHRASES
        if one.status is not Status.DELIVERED and classify(one.phrase, one.carrier).status is Status.DELIVERED
    ]
    assert len(wrong) <= len(PHRASES) // 1000


def test_bad_row_is_named(tmp_path: Path) -> None:
    (tmp_path / "some.tsv").write_text("\t".join(COLUMNS) + "\nen\tDelivered\tdelivered\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"some\.tsv:2"):
        labelled_phrases(tmp_path)
