"""Bad bytes end in one of our errors, never in a crash, and the error never quotes a person (F10)."""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from porchlight.domain.errors import MalformedPayloadError, PorchlightError
from porchlight.domain.orders import StoreUpdate
from porchlight.normalised import normalised_store
from porchlight.plugins import STORES

from tests.carriers.test_malformed import UNREADABLE, WRONG_VALUES
from tests.stores.cases import CASES, CODES, RECEIVED_AT, Case

MUTATIONS = 150


@pytest.mark.parametrize(
    ("code", "topic"), [(code, topic) for code in CODES for topic in STORES.get(code).topics], ids=str
)
@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_unreadable_body_is_malformed(code: str, topic: str, body: bytes) -> None:
    with pytest.raises(MalformedPayloadError):
        STORES.get(code).parse(topic, body, received_at=RECEIVED_AT)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_truncated_body_is_malformed(case: Case) -> None:
    body = case.body.rstrip()
    for part in (0.05, 0.3, 0.5, 0.8, 0.99):
        with pytest.raises(MalformedPayloadError):
            case.parse(body[: int(len(body) * part)])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_broken_encoding_is_malformed(case: Case) -> None:
    with pytest.raises(MalformedPayloadError):
        case.parse(case.body.replace(b"a", b"\xff", 1))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_flipped_bits_never_crash(case: Case) -> None:
    dice = random.Random(str(case))
    for _ in range(MUTATIONS):
        body = bytearray(case.body)
        for _ in range(dice.randint(1, 4)):
            body[dice.randrange(len(body))] ^= 1 << dice.randrange(8)
        survives(case, bytes(body))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_dropped_fields_and_changed_types_never_crash(case: Case) -> None:
    dice = random.Random(str(case))
    for _ in range(MUTATIONS):
        document = json.loads(case.body)
        for _ in range(dice.randint(1, 3)):
            mutate(document, dice)
        survives(case, json.dumps(document).encode())


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-05-20T10:15:30"])
def test_times_at_the_ends_of_the_calendar_or_without_a_zone_never_crash(case: Case, moment: str) -> None:
    survives(case, json.dumps(with_every_time(json.loads(case.body), moment)).encode())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_error_tells_where_but_not_what(case: Case) -> None:
    with pytest.raises(MalformedPayloadError) as caught:
        case.parse(b'{"secret-name": ')
    assert "secret-name" not in str(caught.value)
    assert str(caught.value).startswith(f"{case.code}: ")


def survives(case: Case, body: bytes) -> None:
    """Whatever the body says, only our own errors may come out."""
    refusal = ""
    updates: list[StoreUpdate] = []
    try:
        updates = case.parse(body)
    except PorchlightError as error:
        refusal = str(error)
    assert "@" not in refusal
    for update in updates:
        json.dumps(normalised_store(update))
        assert all(item.event.event_id for item in update.events)


def mutate(document: object, dice: random.Random) -> None:
    """Drop or replace one value somewhere in the document."""
    places = list(_places(document))
    if not places:
        return
    holder, key = dice.choice(places)
    if dice.random() < 0.3:
        del holder[key]
    else:
        holder[key] = copy.deepcopy(dice.choice(WRONG_VALUES))


def _places(value: object) -> Iterator[tuple[Any, Any]]:
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


def with_every_time(value: object, moment: str) -> object:
    """The same document, every field that ends in `_at` replaced."""
    if isinstance(value, list):
        return [with_every_time(item, moment) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: moment if key.endswith("_at") else with_every_time(item, moment) for key, item in value.items()}
