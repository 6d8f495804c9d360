"""OnTrac's own quirks; what every carrier must do is in the contract suite."""

import pytest
from porchlight.carriers.ontrac import PLUGIN
from porchlight.domain.exchange import ParcelQuery

from tests.contract.cases import RECEIVED_AT


@pytest.mark.parametrize("number", ["1LS00000000000000001", "LX00000001"])
def test_lasership_number_is_asked_for_without_the_accounts_password(number: str) -> None:
    parcel = ParcelQuery(tracking_number=number, asked_at=RECEIVED_AT)
    request = PLUGIN.tracking_request(parcel, {"account": "37", "password": "hush"}, "")
    assert request.url == f"https://t.lasership.com/Track/{number}/json"
    assert "hush" not in str(request)
