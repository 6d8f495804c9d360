"""China Post's own quirk, the cipher; what every carrier must do is in the contract suite."""

from urllib.parse import parse_qs

import pytest
from porchlight.carriers._sm4 import encrypted
from porchlight.carriers.china_post import PLUGIN
from porchlight.domain.errors import RefusedCredentialsError
from porchlight.domain.exchange import ParcelQuery

from tests.contract.cases import RECEIVED_AT

KEY = "c2VjcmV0LXNpZ24ta2V5IQ=="
CREDENTIALS = {"sender_no": "1100000000001", "authorization": "code", "sign_key": KEY}
PARCEL = ParcelQuery(tracking_number="1200000000011", asked_at=RECEIVED_AT)
SEALED = (
    "|$4|vT0u/xFWpUPmF6iDDAWHa9FRisxynp+MBK2sqeUgmrp5klqCYTYkW0MBGe+ZTx6fveR1ujRcHR1miBZr0R29WvOCtjq2UYb4XgekLJbjuEk="
)
"""Made once with `openssl enc -sm4-ecb` of the question and the key."""


def test_question_is_encrypted_together_with_the_sign_key() -> None:
    form = parse_qs((PLUGIN.tracking_request(PARCEL, CREDENTIALS, "").body or b"").decode())
    assert form["logitcsInterface"] == [SEALED]
    assert form["timeStamp"] == ["2026-06-01 20:00:00"]
    assert KEY not in str(form)


@pytest.mark.parametrize("key", ["", "short", "c2hvcnQ=", "nicht-ümläut"])
def test_sign_key_that_is_none_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(RefusedCredentialsError) as refused:
        PLUGIN.tracking_request(PARCEL, CREDENTIALS | {"sign_key": key}, "")
    assert not key or key not in str(refused.value)


def test_sm4_agrees_with_the_example_of_its_standard() -> None:
    block = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    assert encrypted(block, block)[:16].hex() == "681edf34d206965e86b3e94f536e4246"
