"""USPS's own quirks; what every carrier must do is in the contract suite."""

import json
from datetime import datetime

import pytest
from porchlight.carriers.usps import PLUGIN
from porchlight.domain.errors import InvalidSignatureError, RefusedCredentialsError
from porchlight.domain.exchange import WebhookRequest
from porchlight.domain.signatures import hmac_base64
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import TimeQuality, to_text
from porchlight.domain.tracking import TrackingEvent, TrackingUpdate

from tests.carriers.cases import FIXTURES
from tests.contract.cases import RECEIVED_AT

PUSH = (FIXTURES / "usps" / "push.delivered.json").read_bytes()
AT = {"eventTimestamp": "2026-05-12T18:31:00", "GMTOffset": "-07:00"}


def answer(*events: dict[str, object], category: str = "") -> TrackingUpdate:
    body = {"trackingNumber": "9400111899223100001011", "statusCategory": category, "trackingEvents": list(events)}
    return PLUGIN.parse_tracking(json.dumps(body).encode(), received_at=RECEIVED_AT)[0]


def scan(**fields: object) -> TrackingEvent:
    return answer({"eventCode": "03", "eventType": "USPS in possession of item", **fields}).events[0]


def push(envelope: dict[str, str]) -> WebhookRequest:
    return WebhookRequest(headers={}, body=json.dumps(envelope).encode(), path="/", received_at=RECEIVED_AT)


def test_evening_scan_is_not_moved_to_the_day_that_gmt_prints() -> None:
    event = scan(**AT, GMTTimestamp="2026-05-12T01:31:44Z")
    assert to_text(event.occurred_at) == "2026-05-13T01:31:00.000Z"
    assert event.time_quality is TimeQuality.EXACT


def test_scan_without_offset_is_read_in_the_zone_of_its_state() -> None:
    event = scan(eventTimestamp="2026-01-12T18:31:00", eventState="TX", eventCity="EL CAMPO")
    assert (to_text(event.occurred_at), event.time_quality) == ("2026-01-13T00:31:00.000Z", TimeQuality.ASSUMED_ZONE)


def test_midnight_without_offset_is_a_day_but_with_one_a_time() -> None:
    assert scan(eventTimestamp="2026-05-12T00:00:00").local_time == "2026-05-12"
    assert scan(eventTimestamp="2026-05-12T00:00:00", GMTOffset="-07:00").local_time == "2026-05-12T00:00:00-07:00"


@pytest.mark.parametrize(
    ("code", "words", "meaning"),
    [
        ("01", "Delivered, In/At Mailbox", (Status.DELIVERED, SubStatus.LEFT_IN_MAILBOX)),
        ("01", "DELIVERED, NEIGHBOR AS REQUESTED", (Status.DELIVERED, SubStatus.LEFT_WITH_NEIGHBOUR)),
        ("01", "Delivered, to a place of next year", (Status.DELIVERED, SubStatus.NONE)),
        ("01", "Delivered, To Original Sender", (Status.RETURNED, SubStatus.NONE)),
        ("10", "Delivered, To Original Sender", (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY)),
        ("04", "Refused", (Status.EXCEPTION, SubStatus.REFUSED)),
        ("07", "Arrived at Post Office", (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT)),
        ("09", "Return to Sender", (Status.RETURN_TO_SENDER, SubStatus.NONE)),
        ("23", "Moved, Left no Address", (Status.RETURN_TO_SENDER, SubStatus.RECIPIENT_MOVED)),
        ("51", "Business Closed", (Status.DELIVERY_ATTEMPTED, SubStatus.BUSINESS_CLOSED)),
        ("82", "Departed Shipping Partner Facility", (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY)),
        ("DX", "Awaiting Delivery Scan", (Status.IN_TRANSIT, SubStatus.NONE)),
        ("ZZ", "Inbound Out of Customs", (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED)),
        ("ZZ", "Delivered to a wording of next year", (Status.UNKNOWN, SubStatus.NONE)),
    ],
)
def test_event_code_decides_but_code_01_and_a_code_we_do_not_list_by_the_fixed_wording(
    code: str, words: str, meaning: tuple[Status, SubStatus]
) -> None:
    event = scan(**AT, eventCode=code, eventType=words)
    assert (event.status, event.sub_status) == meaning


@pytest.mark.parametrize(
    ("category", "status"),
    [
        ("Delivered", Status.DELIVERED),
        ("Delivery Attempt: Action Needed", Status.DELIVERY_ATTEMPTED),
        ("Delivery Attempt, action needed", Status.DELIVERY_ATTEMPTED),
        ("Alert", Status.EXCEPTION),
        ("A category of next year", Status.OUT_FOR_DELIVERY),
    ],
)
def test_category_speaks_for_a_newest_scan_we_do_not_know(category: str, status: Status) -> None:
    newer = {"eventCode": "ZZ", "eventTimestamp": "2026-05-15T13:00:00", "GMTOffset": "-06:00"}
    older = {"eventCode": "OF", "eventTimestamp": "2026-05-15T08:00:00", "GMTOffset": "-06:00"}
    assert answer(newer, older, category=category).status is status


def test_known_newest_scan_is_finer_than_the_category() -> None:
    assert answer({"eventCode": "OF", **AT}, category="In Transit").status is Status.OUT_FOR_DELIVERY


def test_push_and_poll_of_one_parcel_have_the_same_scans() -> None:
    polled = PLUGIN.parse_tracking((FIXTURES / "usps" / "poll.delivered.json").read_bytes(), received_at=RECEIVED_AT)
    pushed = PLUGIN.parse_webhook(push(json.loads(PUSH)))
    assert [event.event_id for event in pushed[0].events] == [event.event_id for event in polled[0].events]


def test_push_was_stated_at_the_envelopes_time() -> None:
    assert PLUGIN.parse_webhook(push(json.loads(PUSH)))[0].reported_at == datetime.fromisoformat("2026-06-01T11:58:30Z")


@pytest.mark.parametrize("stamp", ["2026-06-01T12:00:00", "now", ""])
def test_envelope_without_a_time_in_a_zone_is_refused_however_well_signed(stamp: str) -> None:
    envelope = {"timestamp": stamp, "payload": "{}"}
    signed = push(envelope).model_copy(update={"headers": {"x-hmac": hmac_base64("secret", f"{stamp}{{}}".encode())}})
    with pytest.raises(InvalidSignatureError):
        PLUGIN.verify_webhook(signed, ["secret"])


def test_rest_of_the_envelope_is_not_read() -> None:
    envelope = json.loads(PUSH) | {"trackingNumber": "9400000000000000000000", "trackingEvents": []}
    assert PLUGIN.parse_webhook(push(envelope))[0].tracking_number == "9400111899223100001011"


def test_error_of_the_gateway_is_told_by_its_code() -> None:
    body = json.dumps({"error": {"code": "403", "message": "Insufficient OAuth scope", "errors": None}}).encode()
    with pytest.raises(RefusedCredentialsError):
        PLUGIN.parse_tracking(body, received_at=RECEIVED_AT)
