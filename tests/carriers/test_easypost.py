"""EasyPost's own quirks; what every carrier must do is in the contract suite."""

import json
from datetime import datetime, timedelta

import pytest
from porchlight.carriers.easypost import PLUGIN
from porchlight.domain.errors import InvalidSignatureError
from porchlight.domain.exchange import WebhookRequest
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import TimeQuality
from porchlight.domain.tracking import TrackingEvent, TrackingUpdate

from tests.carriers.cases import FIXTURES
from tests.contract.cases import RECEIVED_AT

BODY = (FIXTURES / "easypost" / "push.delivered.json").read_bytes()
V1 = json.loads((FIXTURES / "easypost" / "signature.json").read_text())
SECRET = V1["secret"]
PATH = "/webhooks/carriers/easypost/main"
SENT_AT = datetime.fromisoformat("2026-05-13T20:36:12Z")
# Made with openssl over timestamp + "POST" + PATH + body, the key in NFKD.
V2 = {
    "2026-05-13T20:36:12Z": "2153541291be7b1178874b55bd07fefce3d0851a9510c36a27b431fa81f648f5",
    "Wed, 13 May 2026 20:36:12 +0000": "6e3dfcd803201b97e42188720da17759b0ceb5143dd290bca70b9e7aca5108d2",
}
STAMP = next(iter(V2))


def delivery(stamp: str = STAMP, **changes: object) -> WebhookRequest:
    headers = {"x-hmac-signature-v2": f"hmac-sha256-hex={V2[stamp]}", "x-timestamp": stamp, "x-path": PATH}
    request = WebhookRequest(headers=headers, body=BODY, path=PATH, received_at=SENT_AT + timedelta(seconds=2))
    return request.model_copy(update=changes)


def with_headers(**changes: str) -> WebhookRequest:
    headers = {name.replace("_", "-"): text for name, text in changes.items()}
    return delivery(headers=delivery().headers | headers)


def tracker(**fields: object) -> TrackingUpdate:
    body = json.dumps({"tracking_code": "1ZP0RC000312345671", "status": "in_transit", **fields}).encode()
    return PLUGIN.parse_tracking(body, received_at=RECEIVED_AT)[0]


@pytest.mark.parametrize("stamp", V2)
def test_second_signature_is_accepted_however_its_time_is_written(stamp: str) -> None:
    PLUGIN.verify_webhook(delivery(stamp), [SECRET])


@pytest.mark.parametrize("minutes", [-6, 6])
def test_second_signature_is_fresh_for_five_minutes(minutes: int) -> None:
    with pytest.raises(InvalidSignatureError):
        PLUGIN.verify_webhook(delivery(received_at=SENT_AT + timedelta(minutes=minutes)), [SECRET])


@pytest.mark.parametrize(
    "request_",
    [
        delivery(body=BODY + b"\n"),
        delivery(method="PUT"),
        delivery(path="/webhooks/carriers/easypost/another"),
        with_headers(x_path="/webhooks/carriers/easypost/another"),
        with_headers(x_timestamp="2026-05-13T20:36:13Z"),
        with_headers(x_timestamp="\udcff\udc00"),
    ],
    ids=["body", "method", "our path", "their path", "time", "surrogates"],
)
def test_second_signature_covers_time_method_path_and_body(request_: WebhookRequest) -> None:
    with pytest.raises(InvalidSignatureError):
        PLUGIN.verify_webhook(request_, [SECRET])


def test_good_first_signature_does_not_excuse_a_bad_second_one() -> None:
    both = delivery().headers | V1["headers"]
    PLUGIN.verify_webhook(delivery(headers=both), [SECRET])
    with pytest.raises(InvalidSignatureError):
        PLUGIN.verify_webhook(delivery(headers=both | {"x-timestamp": "2026-05-13T20:00:00Z"}), [SECRET])


def test_path_may_have_lost_a_prefix_at_the_gateway() -> None:
    PLUGIN.verify_webhook(delivery(path=PATH.removeprefix("/webhooks")), [SECRET])


def test_delivery_id_is_the_events_id() -> None:
    assert PLUGIN.delivery_id(delivery()) == "evt_00000000000000000000000000000001"
    assert PLUGIN.delivery_id(delivery(body=b"<html>")) is None


@pytest.mark.parametrize(
    ("status", "detail", "meaning"),
    [
        ("pre_transit", "label_created", (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED)),
        ("pre_transit", "status_update", (Status.PRE_TRANSIT, SubStatus.NONE)),
        ("in_transit", "received_at_origin_facility", (Status.IN_TRANSIT, SubStatus.ACCEPTED)),
        ("in_transit", "held", (Status.EXCEPTION, SubStatus.HELD)),
        ("in_transit", "lost", (Status.EXCEPTION, SubStatus.LOST)),
        ("in_transit", "transit_exception", (Status.EXCEPTION, SubStatus.NONE)),
        ("in_transit", "a detail of next year", (Status.IN_TRANSIT, SubStatus.NONE)),
        ("failure", "address_correction", (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM)),
        ("failure", "expired", (Status.EXPIRED, SubStatus.NONE)),
        ("delivered", "expired", (Status.DELIVERED, SubStatus.NONE)),
        ("error", "damaged", (Status.UNKNOWN, SubStatus.NONE)),
        ("a status of next year", "damaged", (Status.UNKNOWN, SubStatus.NONE)),
    ],
)
def test_status_and_detail_together_say_what_is_meant(
    status: str, detail: str, meaning: tuple[Status, SubStatus]
) -> None:
    update = tracker(status=status, status_detail=detail)
    assert (update.status, update.sub_status) == meaning


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("UPS", "ups"), ("UPSDAP", "ups"), ("FedExDefault", "fedex"), ("DHLPaket", "dhl_parcel_de"), ("OnTrac", "ontrac")],
)
def test_carrier_is_named_by_our_code_where_we_have_one(theirs: str, ours: str) -> None:
    assert tracker(carrier=theirs).carrier == ours


def test_estimate_in_utc_is_a_day_and_never_a_time() -> None:
    assert str(tracker(est_delivery_date="2026-05-20T00:00:00Z").estimate) == "2026-05-20"
    assert str(tracker(est_delivery_date="2026-05-20T23:30:00Z").estimate) == "2026-05-20"
    assert tracker(est_delivery_date="soon").estimate is None


def test_statement_from_the_future_counts_as_made_when_received() -> None:
    assert tracker(updated_at="2026-06-01T12:00:05Z").reported_at == RECEIVED_AT
    assert tracker(updated_at="2026-05-31T12:00:00Z").reported_at == RECEIVED_AT - timedelta(days=1)


def scan(**location: str | None) -> TrackingEvent:
    told = {"message": "Accepted", "status": "in_transit", "datetime": "2026-05-20T08:00:00Z"}
    return tracker(tracking_details=[told | {"tracking_location": location}]).events[0]


def test_time_of_a_scan_at_an_unknown_place_is_a_wall_clock() -> None:
    nowhere, somewhere = scan(country="US"), scan(city="Dayton", state="OH", country="US")
    assert (nowhere.local_time, nowhere.time_quality) == ("2026-05-20T08:00:00", TimeQuality.ASSUMED_ZONE)
    assert (somewhere.local_time, somewhere.time_quality) == ("2026-05-20T08:00:00+00:00", TimeQuality.EXACT)
    assert nowhere.occurred_at == somewhere.occurred_at
