"""DPD's envelopes: what a merchant or a shopper typed stays text inside them."""

from datetime import UTC, datetime
from xml.etree.ElementTree import fromstring

from porchlight.carriers.dpd import PLUGIN
from porchlight.domain.exchange import ParcelQuery

HELD = {"delis_id": "lamps&co", "password": "</password><x>"}
ASKED_AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


def words(body: bytes | None, tag: str) -> list[str | None]:
    return [element.text for element in fromstring(body or b"").iter() if element.tag.rpartition("}")[2] == tag]


def test_login_holds_the_credentials_as_they_are() -> None:
    request = PLUGIN.token_request(HELD)
    assert request
    assert request.url.endswith("/LoginService/V2_0/")
    assert words(request.body, "delisId") == ["lamps&co"]
    assert words(request.body, "password") == ["</password><x>"]


def test_question_holds_user_token_and_number_as_they_are() -> None:
    parcel = ParcelQuery(tracking_number='0123"<4>&5', asked_at=ASKED_AT)
    request = PLUGIN.tracking_request(parcel, HELD, "to<ken")
    assert words(request.body, "delisId") == ["lamps&co"]
    assert words(request.body, "authToken") == ["to<ken"]
    assert words(request.body, "parcelLabelNumber") == ['0123"<4>&5']
