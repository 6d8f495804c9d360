"""TNT's own quirks; what every carrier must do is in the contract suite."""

import pytest
from porchlight.carriers.tnt import PLUGIN
from porchlight.domain.status import Status
from porchlight.domain.times import TimeQuality, to_text
from porchlight.domain.tracking import TrackingUpdate

from tests.contract.cases import RECEIVED_AT


def scan(code: str, words: str = "", *, depot: str = "BA4", clock: str = "0841", day: str = "20260514") -> str:
    return (
        f"<StatusData><StatusCode>{code}</StatusCode><StatusDescription>{words}</StatusDescription>"
        f"<LocalEventDate>{day}</LocalEventDate><LocalEventTime>{clock}</LocalEventTime><Depot>{depot}</Depot></StatusData>"
    )


def consignment(summary: str, *scans: str, origin: str = "DE", destination: str = "GB") -> TrackingUpdate:
    body = (
        "<TrackResponse><Consignment><ConsignmentNumber>990000013</ConsignmentNumber><OriginDepot>NBE</OriginDepot>"
        f"<SummaryCode>{summary}</SummaryCode><OriginCountry><CountryCode>{origin}</CountryCode></OriginCountry>"
        f"<DestinationCountry><CountryCode>{destination}</CountryCode></DestinationCountry>{''.join(scans)}"
        "</Consignment></TrackResponse>"
    )
    return PLUGIN.parse_tracking(body.encode(), received_at=RECEIVED_AT)[0]


@pytest.mark.parametrize(
    ("summary", "code", "words", "status"),
    [
        ("INT", "OD", "", Status.OUT_FOR_DELIVERY),
        ("INT", "QQ", "", Status.IN_TRANSIT),
        ("EXC", "TR", "", Status.EXCEPTION),
        ("EXC", "QQ", "Customer Not Home. Follow Up Actions Underway", Status.DELIVERY_ATTEMPTED),
        ("DEL", "PA", "", Status.DELIVERED),
    ],
)
def test_summary_counts_where_the_scans_say_less(summary: str, code: str, words: str, status: Status) -> None:
    assert consignment(summary, scan(code, words)).status is status


def test_known_code_is_not_overruled_by_its_text() -> None:
    assert consignment("INT", scan("OD", "Shipment In Transit.")).events[0].status is Status.OUT_FOR_DELIVERY


@pytest.mark.parametrize(
    ("scanned", "lane", "moment"),
    [
        (scan("CI", depot="NBE"), ("DE", "GB"), "2026-05-14T06:41:00.000Z"),
        (scan("OK"), ("DE", "GB"), "2026-05-14T07:41:00.000Z"),
        (scan("AS", depot="QAR"), ("DE", "GB"), "2026-05-14T08:41:00.000Z"),
        (scan("AS", depot="HAM"), ("DE", "DE"), "2026-05-14T06:41:00.000Z"),
    ],
    ids=["origin depot", "delivered", "on the way", "domestic"],
)
def test_clock_is_read_in_a_country_only_where_it_is_certain(scanned: str, lane: tuple[str, str], moment: str) -> None:
    event = consignment("INT", scanned, origin=lane[0], destination=lane[1]).events[0]
    assert to_text(event.occurred_at) == moment


def test_date_without_a_time_stays_a_date() -> None:
    event = consignment("DEL", scan("OK", clock="")).events[0]
    assert (event.local_time, event.time_quality) == ("2026-05-14", TimeQuality.DATE_ONLY)
