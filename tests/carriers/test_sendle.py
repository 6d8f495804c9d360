"""Sendle's own quirks; what every carrier must do is in the contract suite."""

import json

import pytest
from porchlight.carriers.sendle import PLUGIN
from porchlight.domain.status import Status
from porchlight.domain.tracking import TrackingUpdate

from tests.contract.cases import RECEIVED_AT


def scan(kind: str, **fields: object) -> dict[str, object]:
    return {"event_type": kind, "scan_time": "2026-05-13T20:15:00Z", **fields}


def parcel(state: str, *events: dict[str, object]) -> TrackingUpdate:
    body = json.dumps({"state": state, "tracking_events": list(events)}).encode()
    return PLUGIN.parse_tracking(body, received_at=RECEIVED_AT)[0]


@pytest.mark.parametrize(
    ("state", "events", "status"),
    [
        ("Pickup", [], Status.PRE_TRANSIT),
        ("Pickup", ["Pickup"], Status.IN_TRANSIT),
        ("Transit", ["Out for Delivery"], Status.OUT_FOR_DELIVERY),
        ("Transit", ["Info"], Status.IN_TRANSIT),
        ("Lost", ["In Transit"], Status.EXCEPTION),
        ("Return to Sender", ["Unable to Deliver"], Status.RETURN_TO_SENDER),
        ("Cancelled", [], Status.CANCELLED),
    ],
)
def test_state_counts_where_events_say_less(state: str, events: list[str], status: Status) -> None:
    assert parcel(state, *(scan(kind) for kind in events)).status is status


@pytest.mark.parametrize(
    ("local", "printed"),
    [
        ("2026-05-14T05:45:00", "2026-05-14T05:45:00+09:30"),
        ("2026-05-13T13:15:00", "2026-05-13T13:15:00-07:00"),
        ("", "2026-05-13T20:15:00+00:00"),
    ],
)
def test_both_clocks_give_the_offset(local: str, printed: str) -> None:
    assert parcel("Transit", scan("In Transit", local_scan_time=local)).events[0].local_time == printed
