"""A carrier's unreadable answer is a failure and never "no events" (F10, F36); see also `tests/contract`."""

import pytest
from porchlight.domain.errors import MalformedPayloadError
from porchlight.plugins import CARRIERS

from tests.carriers.cases import CODES, parse
from tests.contract.spoiling import UNREADABLE


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_unreadable_answer_is_malformed(code: str, body: bytes) -> None:
    plugin = CARRIERS.get(code)
    if plugin.credential_fields:
        with pytest.raises(MalformedPayloadError):
            parse(plugin, "poll", body)
    if plugin.trust is not None:
        with pytest.raises(MalformedPayloadError):
            parse(plugin, "push", body)
