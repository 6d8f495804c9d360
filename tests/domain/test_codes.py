"""Code tables refuse a second meaning, and a vendor's summary never hides what a scan says better."""

from datetime import UTC, datetime

import pytest
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update, stated
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import exact
from porchlight.domain.tracking import TrackingEvent, tracking_event

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def scan(status: Status, sub_status: SubStatus = SubStatus.NONE) -> TrackingEvent:
    return tracking_event("ups", exact(NOON), status=status, sub_status=sub_status, code="X")


def test_table_is_looked_up_by_code() -> None:
    assert by_code({"a": "X Y", "b": "Z"}) == {"X": "a", "Y": "a", "Z": "b"}


def test_code_with_two_meanings_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        by_code({"a": "X Y", "b": "Y"})


@pytest.mark.parametrize(
    ("summary", "newest", "expected"),
    [
        (
            (Status.EXCEPTION, SubStatus.DELAYED),
            scan(Status.IN_TRANSIT),
            (Status.EXCEPTION, SubStatus.DELAYED),
        ),
        (
            (Status.EXCEPTION, SubStatus.NONE),
            scan(Status.EXCEPTION, SubStatus.WEATHER),
            (Status.EXCEPTION, SubStatus.WEATHER),
        ),
        (
            (Status.DELIVERED, SubStatus.SIGNED_FOR),
            scan(Status.DELIVERED),
            (Status.DELIVERED, SubStatus.SIGNED_FOR),
        ),
        (
            (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED),
            scan(Status.IN_TRANSIT),
            (Status.IN_TRANSIT, SubStatus.NONE),
        ),
        (UNKNOWN, scan(Status.OUT_FOR_DELIVERY), (Status.OUT_FOR_DELIVERY, SubStatus.NONE)),
        ((Status.DELIVERED, SubStatus.NONE), scan(Status.UNKNOWN), (Status.DELIVERED, SubStatus.NONE)),
    ],
)
def test_summary_and_newest_scan_are_read_together(summary: Reading, newest: TrackingEvent, expected: Reading) -> None:
    assert stated(summary, (newest,)) == expected


@pytest.mark.parametrize(
    ("number", "summary"), [("", (Status.DELIVERED, SubStatus.NONE)), ("1Z", UNKNOWN), ("--", UNKNOWN)]
)
def test_update_that_says_nothing_is_malformed(number: str, summary: Reading) -> None:
    with pytest.raises(MalformedPayloadError):
        carrier_update("ups", number, summary, (), None, received_at=NOON)
