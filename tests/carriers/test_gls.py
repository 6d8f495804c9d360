"""GLS's own quirks; what every carrier must do is in the contract suite."""

import json

from porchlight.carriers.gls import PLUGIN
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import TrackingUpdate

from tests.contract.cases import RECEIVED_AT

HISTORY = [
    {
        "address": {"city": "Bremen", "countryCode": "DE"},
        "date": "2026-05-13",
        "time": "11:02:10",
        "evtDscr": "Zweites",
    },
    {"address": {"city": "Bremen", "countryCode": "DE"}, "date": "2026-05-13", "time": "06:40:20", "evtDscr": "Erstes"},
]


def web(status: str, numbers: list[str], *, back: bool = False) -> TrackingUpdate:
    bar = {"retourFlag": back, "statusInfo": status, "evtNos": numbers}
    body = json.dumps({"tuStatus": [{"tuNo": "99000000091", "progressBar": bar, "history": HISTORY}]}).encode()
    return PLUGIN.parse_tracking(body, received_at=RECEIVED_AT)[0]


def test_codes_of_the_web_belong_to_the_events_in_the_same_place() -> None:
    events = web("DELIVEREDPS", ["3.124", "11.0"]).events
    assert [event.status for event in events] == [Status.AVAILABLE_FOR_PICKUP, Status.OUT_FOR_DELIVERY]
    assert events[0].local_time == "2026-05-13T11:02:10"


def test_codes_that_do_not_match_the_history_are_not_used() -> None:
    update = web("INDELIVERY", ["3.0"])
    assert {event.status for event in update.events} == {Status.UNKNOWN}
    assert update.status is Status.OUT_FOR_DELIVERY


def test_parcel_on_its_way_back_is_not_delivered_to_the_recipient() -> None:
    assert web("DELIVERED", [], back=True).status is Status.RETURNED
    assert web("INTRANSIT", [], back=True).status is Status.RETURN_TO_SENDER


def test_unknown_reason_keeps_a_movement_but_not_a_delivery() -> None:
    events = web("INTRANSIT", ["3.999", "1.999"]).events
    assert [event.status for event in events] == [Status.UNKNOWN, Status.IN_TRANSIT]
    assert events[1].sub_status is SubStatus.DEPARTED_FACILITY
