"""A store's unreadable body and its impossible times (F10); see also `tests/contract`."""

import json

import pytest
from porchlight.domain.errors import MalformedPayloadError
from porchlight.plugins import STORES

from tests.contract.cases import RECEIVED_AT
from tests.contract.spoiling import UNREADABLE, survives
from tests.stores.cases import CASES, CODES, Case


@pytest.mark.parametrize(
    ("code", "topic"), [(code, topic) for code in CODES for topic in STORES.get(code).topics], ids=str
)
@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_unreadable_body_is_malformed(code: str, topic: str, body: bytes) -> None:
    with pytest.raises(MalformedPayloadError):
        STORES.get(code).parse(topic, body, received_at=RECEIVED_AT)


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-05-20T10:15:30"])
def test_times_at_the_ends_of_the_calendar_or_without_a_zone_never_crash(case: Case, moment: str) -> None:
    survives(case, json.dumps(with_every_time(json.loads(case.body), moment)).encode())


def with_every_time(value: object, moment: str) -> object:
    """The same document, every field that ends in `_at` replaced."""
    if isinstance(value, list):
        return [with_every_time(item, moment) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: moment if key.endswith("_at") else with_every_time(item, moment) for key, item in value.items()}
