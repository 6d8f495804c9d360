"""Bad bytes end in one of our errors, never in a crash and never in "no events" (F10, F36)."""

import json
import random

import pytest
from porchlight.domain.errors import MalformedPayloadError, PorchlightError
from porchlight.domain.exchange import WebhookRequest
from porchlight.domain.reading import looks_like_xml
from porchlight.plugins import CARRIERS

from tests.carriers.cases import CASES, CODES, RECEIVED_AT, Case

HTML = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1><br></body></html>"
UNREADABLE = {
    "empty": b"",
    "blank": b" \r\n",
    "empty object": b"{}",
    "empty list": b"[]",
    "null": b"null",
    "text": b'"ok"',
    "number": b"7",
    "NaN": b"NaN",
    "HTML page": HTML,
    "XHTML page": b"<html><body><p>Sorry</p></body></html>",
    "plain words": b"Service Unavailable",
    "nested lists": b"[" * 200 + b"]" * 200,
    "nested objects": b'{"a":' * 200 + b"1" + b"}" * 200,
    "nested tags": b"<a>" * 200 + b"</a>" * 200,
    "entity bomb": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
    "invalid UTF-8": b'{"a": "\xff\xfe"}',
    "zero byte": b"\x00",
    "lone brace": b"{",
}
WRONG_VALUES: tuple[object, ...] = (
    None,
    "",
    "?",
    0,
    -1,
    10**30,
    1.5,
    True,
    [],
    {},
    [[]],
    [None],
    {"a": 1},
    "\ud800",
    "9" * 5000,
)
MUTATIONS = 150


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_unreadable_answer_is_malformed(code: str, body: bytes) -> None:
    plugin = CARRIERS.get(code)
    if plugin.credential_fields:
        with pytest.raises(MalformedPayloadError):
            plugin.parse_tracking(body, received_at=RECEIVED_AT)
    if plugin.trust is not None:
        with pytest.raises(MalformedPayloadError):
            plugin.parse_webhook(WebhookRequest(headers={}, body=body, path="/", received_at=RECEIVED_AT))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_truncated_body_is_malformed(case: Case) -> None:
    body = case.body.rstrip()
    for part in (0.05, 0.3, 0.5, 0.8, 0.99):
        with pytest.raises(MalformedPayloadError):
            case.parse(body[: int(len(body) * part)])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_broken_encoding_is_malformed(case: Case) -> None:
    text = case.body.replace(b"a", b"\xff", 1)
    with pytest.raises(MalformedPayloadError):
        case.parse(text)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_flipped_bits_never_crash(case: Case) -> None:
    dice = random.Random(str(case))
    for _ in range(MUTATIONS):
        body = bytearray(case.body)
        for _ in range(dice.randint(1, 4)):
            body[dice.randrange(len(body))] ^= 1 << dice.randrange(8)
        survives(case, bytes(body))


@pytest.mark.parametrize("case", [case for case in CASES if not looks_like_xml(case.body)], ids=str)
def test_dropped_fields_and_changed_types_never_crash(case: Case) -> None:
    dice = random.Random(str(case))
    for _ in range(MUTATIONS):
        document = json.loads(case.body)
        for _ in range(dice.randint(1, 3)):
            mutate(document, dice)
        survives(case, json.dumps(document).encode())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_error_tells_where_but_not_what(case: Case) -> None:
    with pytest.raises(MalformedPayloadError) as caught:
        case.parse(b'{"secret-name": ')
    assert "secret-name" not in str(caught.value)
    assert str(caught.value).startswith(f"{case.code}: ")


def survives(case: Case, body: bytes) -> None:
    """Whatever the body says, only our own errors may come out."""
    try:
        updates = case.parse(body)
    except PorchlightError:
        return
    for update in updates:
        update.model_dump_json()
        assert all(event.event_id for event in update.events)


def mutate(document: object, dice: random.Random) -> None:
    """Drop or replace one value somewhere in the document."""
    places = list(_places(document))
    if not places:
        return
    holder, key = dice.choice(places)
    if dice.random() < 0.3:
        del holder[key]
    else:
        holder[key] = dice.choice(WRONG_VALUES)


def _places(value: object) -> list[tuple[dict | list, str | int]]:  # type: ignore[type-arg]
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    found = [(value, key) for key in keys]
    for key in keys:
        found += _places(value[key])
    return found
