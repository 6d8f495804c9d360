"""YunExpress's signed requests, against a signature made with openssl."""

from datetime import UTC, datetime

from porchlight.carriers.yunexpress import PLUGIN
from porchlight.domain.exchange import ParcelQuery

HELD = {"app_id": "app", "app_secret": "invented-app-secret", "source_key": "source"}


def test_request_is_signed_over_time_method_and_path() -> None:
    parcel = ParcelQuery(tracking_number="YT2600000000000017", asked_at=datetime(2026, 6, 1, 12, tzinfo=UTC))
    headers = PLUGIN.tracking_request(parcel, HELD, "token").headers
    assert headers["date"] == "1780315200000"
    assert headers["sign"] == "V/6cw2qwwlwz/35EubN+nGZuawna3N08Z/dKDqsM3bY="


def test_signature_does_not_depend_on_the_parcel_or_the_token() -> None:
    at = datetime(2026, 6, 1, 12, tzinfo=UTC)
    one = PLUGIN.tracking_request(ParcelQuery(tracking_number="YT1", asked_at=at), HELD, "token")
    other = PLUGIN.tracking_request(ParcelQuery(tracking_number="YT2", asked_at=at), HELD, "other")
    assert one.headers["sign"] == other.headers["sign"]
    assert one.url != other.url
