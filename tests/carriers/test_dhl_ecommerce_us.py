"""DHL eCommerce's own quirks; what every carrier must do is in the contract suite."""

import json

import pytest
from porchlight.carriers.dhl_ecommerce_us import PLUGIN
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import TimeQuality
from porchlight.domain.tracking import TrackingEvent

from tests.contract.cases import RECEIVED_AT


def scan(**fields: object) -> TrackingEvent:
    event = {
        "primaryEventId": "220",
        "primaryEventDescription": "PROCESSED",
        "date": "2026-05-13",
        "time": "10:34:00",
        "timeZone": "CT",
        "location": "MELROSE PARK, IL, US",
    }
    package = {"package": {"trackingId": "9261290999000000000011"}, "events": [event | fields]}
    body = json.dumps({"total": 1, "packages": [package]}).encode()
    return PLUGIN.parse_tracking(body, received_at=RECEIVED_AT)[0].events[0]


@pytest.mark.parametrize(
    ("name", "printed", "quality"),
    [
        ("CT", "2026-05-13T10:34:00-05:00", TimeQuality.EXACT),
        ("EST", "2026-05-13T10:34:00-04:00", TimeQuality.EXACT),
        ("GMT", "2026-05-13T10:34:00+00:00", TimeQuality.EXACT),
        ("LT", "2026-05-13T10:34:00", TimeQuality.ASSUMED_ZONE),
    ],
)
def test_named_zone_makes_a_time_exact(name: str, printed: str, quality: TimeQuality) -> None:
    event = scan(timeZone=name)
    assert (event.local_time, event.time_quality) == (printed, quality)


def test_local_time_abroad_is_read_there() -> None:
    event = scan(timeZone="LT", location="FR")
    assert str(event.place) == "FR"
    assert event.occurred_at.hour == 8


@pytest.mark.parametrize(
    ("location", "place"),
    [("ATLANTA, GA, US", "ATLANTA, GA, US"), ("ATLANTA, GA", "ATLANTA, GA"), ("Roissy", "Roissy"), ("", "")],
)
def test_state_is_not_taken_for_a_country(location: str, place: str) -> None:
    assert str(scan(location=location).place) == place


def test_finer_text_counts_before_the_text_and_the_text_before_the_id() -> None:
    mailbox = scan(
        primaryEventId="600", primaryEventDescription="DELIVERED", secondaryEventDescription="DELIVERED, PO BOX"
    )
    assert (mailbox.status, mailbox.sub_status) == (Status.DELIVERED, SubStatus.LEFT_IN_MAILBOX)
    assert scan(primaryEventId="600", primaryEventDescription="DELIVERED, TO ORIGINAL SENDER").status is Status.RETURNED
    assert scan(primaryEventId="600", primaryEventDescription="ENTREGADO").status is Status.DELIVERED
    assert scan(primaryEventId="777", primaryEventDescription="DELIVERED TO THE MOON").status is Status.UNKNOWN
