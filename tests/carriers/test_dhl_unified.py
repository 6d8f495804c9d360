"""DHL's own quirks; what every carrier must do is in the contract suite."""

import json

import pytest
from porchlight.carriers.dhl_unified import PLUGIN
from porchlight.domain.exchange import ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import TimeQuality, to_text
from porchlight.domain.tracking import TrackingEvent, TrackingUpdate

from tests.contract.cases import RECEIVED_AT


def shipment(*events: dict[str, object], origin: str = "DE", destination: str = "DE", **more: object) -> TrackingUpdate:
    parcel = {
        "id": "00340434990000000017",
        "origin": {"address": {"countryCode": origin}},
        "destination": {"address": {"countryCode": destination}},
        "status": events[0],
        "events": list(events),
    }
    body = json.dumps({"shipments": [parcel | more]}).encode()
    return PLUGIN.parse_tracking(body, received_at=RECEIVED_AT)[0]


def scan(**fields: object) -> TrackingEvent:
    return shipment({"timestamp": "2026-05-14T11:51:00", "statusCode": "transit", **fields}).events[0]


def test_divisions_code_refines_the_status_code_it_comes_with() -> None:
    assert scan(status="OUT_FOR_DELIVERY").status is Status.OUT_FOR_DELIVERY
    assert scan(statusDetailed="OUT_FOR_DELIVERY", status="Unterwegs").status is Status.OUT_FOR_DELIVERY
    attempt = scan(statusCode="failure", status="NOT_HOME")
    assert (attempt.status, attempt.sub_status) == (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME)


def test_a_missed_recipient_is_an_attempt_and_then_on_the_way_to_the_shop() -> None:
    code = "NOT_HOME_SYSTEM_INTERVENTION_DELIVERY_AT_PARCELSHOP"
    attempt, forwarded = scan(statusCode="failure", status=code), scan(status=code)
    assert (attempt.status, attempt.sub_status) == (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME)
    assert (forwarded.status, forwarded.sub_status) == (Status.IN_TRANSIT, SubStatus.FORWARDED)


def test_divisions_code_under_another_status_code_keeps_the_coarse_meaning() -> None:
    assert scan(statusCode="failure", status="OUT_FOR_DELIVERY").status is Status.EXCEPTION
    assert scan(statusCode="levitating", status="OUT_FOR_DELIVERY").status is Status.UNKNOWN


def test_a_delivery_says_where_it_was_left() -> None:
    left = scan(statusCode="delivered", status="DELIVERED", description="IN/AT MAILBOX")
    assert (left.status, left.sub_status) == (Status.DELIVERED, SubStatus.LEFT_IN_MAILBOX)
    assert scan(statusCode="delivered", status="DELIVERED", description="ON THE ROOF").sub_status is SubStatus.NONE
    assert scan(statusCode="transit", status="PROCESSED", description="PO BOX").status is Status.IN_TRANSIT


@pytest.mark.parametrize("words", ["The shipment is out for delivery", "Delivered", "Zugestellt"])
def test_sentence_never_decides_a_status(words: str) -> None:
    assert scan(status=words).status is Status.IN_TRANSIT


def test_scans_of_the_same_second_stay_apart() -> None:
    at = {"timestamp": "2026-05-14T10:06:00", "statusCode": "transit"}
    update = shipment({**at, "status": "Processed in the parcel center"}, {**at, "status": "Loaded onto the vehicle"})
    assert len({event.event_id for event in update.events}) == 2


def test_signatory_is_not_kept() -> None:
    event = scan(statusCode="delivered", status="Delivered", description="Delivered - Signed for by: A. EXAMPLE")
    assert event.description == "Delivered"


def test_contact_in_a_locality_is_not_kept() -> None:
    event = scan(location={"address": {"addressLocality": "Santiago,Chile,AM - A. EXAMPLE,Santiago"}})
    assert str(event.place) == "Santiago, Chile"


def test_wall_clock_is_read_where_the_scan_was() -> None:
    event = scan(location={"address": {"addressLocality": "Lisboa", "countryCode": "PT"}})
    assert to_text(event.occurred_at) == "2026-05-14T10:51:00.000Z"


def test_wall_clock_without_a_place_is_read_at_home_only_if_the_parcel_stays_there() -> None:
    bare: dict[str, object] = {"timestamp": "2026-05-14T11:51:00", "statusCode": "transit"}
    at_home = shipment(bare).events[0]
    assert to_text(at_home.occurred_at) == "2026-05-14T09:51:00.000Z"
    abroad = shipment(bare, destination="JP").events[0]
    assert to_text(abroad.occurred_at) == "2026-05-14T11:51:00.000Z"
    assert {at_home.time_quality, abroad.time_quality} == {TimeQuality.ASSUMED_ZONE}


@pytest.mark.parametrize(
    ("fields", "estimate"),
    [
        ({"estimatedTimeOfDelivery": "2026-05-15T23:59:00"}, "2026-05-15"),
        ({"estimatedTimeOfDelivery": "2026-05-15T22:30:00Z"}, "2026-05-16"),
        (
            {
                "estimatedDeliveryTimeFrame": {
                    "estimatedFrom": "2026-05-15T13:00:00",
                    "estimatedThrough": "2026-05-15T16:00:00",
                }
            },
            "2026-05-15T13:00/2026-05-15T16:00",
        ),
        (
            {
                "estimatedDeliveryTimeFrame": {
                    "estimatedFrom": "2026-05-15T00:00:00",
                    "estimatedThrough": "2026-05-17T00:00:00",
                }
            },
            "2026-05-17",
        ),
        ({"estimatedTimeOfDelivery": "soon"}, "None"),
    ],
)
def test_estimate_is_the_day_or_frame_at_the_destination(fields: dict[str, object], estimate: str) -> None:
    update = shipment({"timestamp": "2026-05-14T11:51:00", "statusCode": "transit"}, **fields)
    assert str(update.estimate) == estimate


def test_line_break_in_a_pasted_key_adds_no_header() -> None:
    request = PLUGIN.tracking_request(
        ParcelQuery(tracking_number="00340434990000000017", asked_at=RECEIVED_AT),
        {"api_key": "abc-123_X\r\nX-Other: 1"},
        "",
    )
    assert request.headers["DHL-API-Key"] == "abc-123_X%0D%0AX-Other:%201"
