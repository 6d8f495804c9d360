"""SF Express's own quirks; what every carrier must do is in the contract suite."""

from urllib.parse import parse_qs

from porchlight.carriers.sf_express import PLUGIN
from porchlight.domain.exchange import ParcelQuery

from tests.contract.cases import RECEIVED_AT

DIGEST = "+w5PB4BPyRZ6Y6RcGUCidQ=="
"""Made once with a command-line digest of the message as Java's URLEncoder writes it."""


def test_request_is_signed_over_message_time_and_check_word() -> None:
    parcel = ParcelQuery(tracking_number="SF0000000000011", asked_at=RECEIVED_AT)
    request = PLUGIN.tracking_request(parcel, {"partner_id": "PORCH", "check_word": "check~word*1"}, "")
    form = parse_qs((request.body or b"").decode())
    assert form["msgDigest"] == [DIGEST]
    assert form["timestamp"] == ["1780315200000"]
    assert "check~word*1" not in str(form)
