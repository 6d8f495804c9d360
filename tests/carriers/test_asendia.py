"""Asendia's own quirks; what every carrier must do is in the contract suite."""

import json

import pytest
from porchlight.carriers.asendia import PLUGIN
from porchlight.domain.status import Status
from porchlight.domain.tracking import TrackingEvent

from tests.contract.cases import RECEIVED_AT


def branded(source: str, code: str, words: str = "") -> TrackingEvent:
    place = {"addressLine1": "1 Example Road", "city": "Osaka ", "province": None, "countryIso2": "JP"}
    event = {
        "eventCode": code,
        "eventDescription": words,
        "eventOn": "2026-05-13T10:34:00+00:00",
        "eventSource": source,
        "eventLocationDetails": place,
    }
    document = {"trackingBrandedSummary": {"trackingNumberVendor": "LX1"}, "trackingBrandedDetail": [event]}
    return PLUGIN.parse_tracking(json.dumps(document).encode(), received_at=RECEIVED_AT)[0].events[0]


@pytest.mark.parametrize(
    ("source", "code", "words", "status"),
    [
        ("FullTrack API", "DELIVERY", "", Status.DELIVERED),
        ("A1 Sorted Data", "2.1", "", Status.IN_TRANSIT),
        ("A1 Sorted Data", "DELIVERY", "", Status.UNKNOWN),
        ("USPS TrackV2 API", "2.1", "Sorted", Status.UNKNOWN),
        ("USPS TrackV2 API", "DL", "Delivered", Status.DELIVERED),
        ("USPS TrackV2 API", "DL", "Delivered to the moon", Status.UNKNOWN),
    ],
)
def test_code_means_what_it_means_to_its_source(source: str, code: str, words: str, status: Status) -> None:
    assert branded(source, code, words).status is status


def test_street_of_a_scan_is_not_kept() -> None:
    event = branded("FullTrack API", "DELIVERY")
    assert str(event.place) == "Osaka, JP"
    assert "Example" not in event.model_dump_json()


def test_bare_list_is_an_answer_without_a_number() -> None:
    body = json.dumps([{"code": "CHECKIN", "time": "2026-05-13T10:34:00Z"}]).encode()
    assert PLUGIN.parse_tracking(body, received_at=RECEIVED_AT)[0].tracking_number == ""
