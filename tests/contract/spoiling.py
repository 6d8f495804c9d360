"""Bodies that nobody can read, and ways to spoil one that could be read."""

import copy
import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

from porchlight.domain.errors import PorchlightError
from porchlight.domain.store_news import StoreUpdate
from porchlight.domain.tracking import TrackingUpdate

from tests.contract.cases import Case

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


def survives[Update: TrackingUpdate | StoreUpdate](case: Case[Update], body: bytes) -> None:
    """Whatever the body says, only our own errors may come out, and none quotes an address."""
    refusal = ""
    updates: Sequence[Update] = ()
    try:
        updates = case.parse(body)
    except PorchlightError as error:
        refusal = str(error)
    assert "@" not in refusal
    for update in updates:
        update.model_dump_json()
        json.dumps(case.normalised(update))
        assert all(case.event_ids(update))


def with_flipped_bits(body: bytes, dice: random.Random) -> bytes:
    """The body with one to four bits changed."""
    spoiled = bytearray(body)
    for _ in range(dice.randint(1, 4)):
        spoiled[dice.randrange(len(spoiled))] ^= 1 << dice.randrange(8)
    return bytes(spoiled)


def with_wrong_values(body: bytes, dice: random.Random) -> bytes:
    """The JSON body with one to three values dropped or replaced."""
    document = json.loads(body)
    for _ in range(dice.randint(1, 3)):
        _mutate(document, dice)
    return json.dumps(document).encode()


def _mutate(document: object, dice: random.Random) -> None:
    places = list(_places(document))
    if not places:
        return
    holder, key = dice.choice(places)
    if dice.random() < 0.3:
        del holder[key]
    else:
        # A copy: the next mutation may fill a list or an object that this one puts in.
        holder[key] = copy.deepcopy(dice.choice(WRONG_VALUES))


def _places(value: object) -> Iterator[tuple[Any, Any]]:
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])
