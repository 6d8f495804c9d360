"""Bad bytes end in one of our errors, never in a crash, and the error never quotes what it read (F10, F36)."""

import random

import pytest
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.reading import looks_like_xml
from porchlight.domain.store_news import StoreUpdate
from porchlight.domain.tracking import TrackingUpdate

from tests.carriers import cases as carriers
from tests.contract.cases import Case
from tests.contract.spoiling import WRONG_VALUES, survives, with_flipped_bits, with_wrong_values
from tests.stores import cases as stores

MUTATIONS = 150

type AnyCase = Case[TrackingUpdate] | Case[StoreUpdate]

CASES: list[AnyCase] = [*carriers.CASES, *stores.CASES]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_truncated_body_is_malformed(case: AnyCase) -> None:
    body = case.body.rstrip()
    for part in (0.05, 0.3, 0.5, 0.8, 0.99):
        with pytest.raises(MalformedPayloadError):
            case.parse(body[: int(len(body) * part)])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_broken_encoding_is_malformed(case: AnyCase) -> None:
    with pytest.raises(MalformedPayloadError):
        case.parse(case.body.replace(b"a", b"\xff", 1))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_flipped_bits_never_crash(case: AnyCase) -> None:
    dice = random.Random(str(case))
    for _ in range(MUTATIONS):
        survives(case, with_flipped_bits(case.body, dice))


@pytest.mark.parametrize("case", [case for case in CASES if not looks_like_xml(case.body)], ids=str)
def test_dropped_fields_and_changed_types_never_crash(case: AnyCase) -> None:
    dice = random.Random(str(case))
    for _ in range(MUTATIONS):
        survives(case, with_wrong_values(case.body, dice))


def test_spoiling_one_body_leaves_the_next_alone() -> None:
    before = repr(WRONG_VALUES)
    dice = random.Random(0)
    for _ in range(500):
        with_wrong_values(b'{"a": [1], "b": {"c": 2}}', dice)
    assert repr(WRONG_VALUES) == before


@pytest.mark.parametrize("case", CASES, ids=str)
def test_error_tells_where_but_not_what(case: AnyCase) -> None:
    with pytest.raises(MalformedPayloadError) as caught:
        case.parse(b'{"secret-name": ')
    assert "secret-name" not in str(caught.value)
    assert str(caught.value).startswith(f"{case.code}: ")
