"""Aramex's own quirks; what every carrier must do is in the contract suite."""

import json

import pytest
from porchlight.carriers.aramex import PLUGIN
from porchlight.domain.status import Status
from porchlight.domain.times import TimeQuality
from porchlight.domain.tracking import TrackingEvent

from tests.contract.cases import RECEIVED_AT


def scan(**fields: object) -> TrackingEvent:
    update = {
        "UpdateCode": "SH160",
        "UpdateDescription": "Under processing at operations facility",
        "UpdateDateTime": "/Date(1778747400000+0300)/",
        "UpdateLocation": "Dubai, United Arab Emirates",
        "Comments": "Handed to A EXAMPLE",
    }
    results = [{"Key": "49990000011", "Value": [update | fields]}]
    body = json.dumps({"HasErrors": False, "TrackingResults": results}).encode()
    return PLUGIN.parse_tracking(body, received_at=RECEIVED_AT)[0].events[0]


def test_json_and_soap_times_of_one_scan_are_the_same_moment() -> None:
    wrapped, plain = scan(), scan(UpdateDateTime="2026-05-14T11:30:00")
    assert wrapped.local_time == plain.local_time == "2026-05-14T11:30:00"
    assert wrapped.event_id == plain.event_id
    assert wrapped.occurred_at.hour == 7


@pytest.mark.parametrize("printed", ["", "soon", "/Date(soon)/", "/Date(1778747400000+9999)/"])
def test_unreadable_time_is_the_time_received(printed: str) -> None:
    event = scan(UpdateDateTime=printed)
    assert event.time_quality is TimeQuality.CLAMPED
    assert event.occurred_at == RECEIVED_AT


def test_comments_are_not_kept() -> None:
    assert "EXAMPLE" not in scan().model_dump_json()


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("Delivered", Status.DELIVERED),
        ("Attempted Delivery - Customer not available", Status.DELIVERY_ATTEMPTED),
        ("Departed Operations facility – In transit", Status.IN_TRANSIT),
        ("Delivered to our partner", Status.UNKNOWN),
    ],
)
def test_fixed_text_is_read_where_the_code_is_unknown(words: str, status: Status) -> None:
    assert scan(UpdateCode="SH999", UpdateDescription=words).status is status


def test_known_code_is_not_overruled_by_its_text() -> None:
    assert scan(UpdateDescription="Delivered").status is Status.IN_TRANSIT


def test_location_without_a_country_is_the_city() -> None:
    assert str(scan(UpdateLocation="Riyadh").place) == "Riyadh"
