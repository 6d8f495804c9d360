"""DHL Paket's own quirks; what every carrier must do is in the contract suite."""

from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import fromstring
from xml.sax.saxutils import quoteattr

import pytest
from porchlight.carriers.dhl_parcel_de import PLUGIN
from porchlight.domain.errors import UnknownParcelError
from porchlight.domain.exchange import ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import to_text
from porchlight.domain.tracking import TrackingUpdate

from tests.contract.cases import RECEIVED_AT


def element(**facts: str) -> str:
    return " ".join(f"{name.replace('_', '-')}={quoteattr(text)}" for name, text in facts.items())


def piece(*scans: str, **facts: str) -> TrackingUpdate:
    told = {"piece_code": "00340434999000000011", "error_status": "0"} | facts
    listed = "".join(f"<data {scan}/>" for scan in scans)
    body = f'<data name="piece-shipment-list" code="0"><data {element(**told)}><data>{listed}</data></data></data>'
    return PLUGIN.parse_tracking(body.encode(), received_at=RECEIVED_AT)[0]


def scan(**facts: str) -> str:
    return element(**{"event_timestamp": "13.05.2026 08:51", "event_status": "…"} | facts)


@pytest.mark.parametrize(
    ("ice", "ric", "standard", "status", "reason"),
    [
        ("SRTED", "NRQRD", "PO", Status.OUT_FOR_DELIVERY, SubStatus.NONE),
        ("SRTED", "NRQRD", "", Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY),
        ("DLVRF", "", "ZN", Status.EXCEPTION, SubStatus.REFUSED),
        ("HLDCC", "PCKST", "ZF", Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_LOCKER),
        ("HLDCC", "OTHER", "ZF", Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT),
        ("QQQQQ", "", "ZN", Status.DELIVERY_ATTEMPTED, SubStatus.NONE),
    ],
)
def test_unusual_ice_counts_before_the_standard_event(
    ice: str, ric: str, standard: str, status: Status, reason: SubStatus
) -> None:
    event = piece(scan(ice=ice, ric=ric, standard_event_code=standard)).events[0]
    assert (event.status, event.sub_status) == (status, reason)


def test_parcel_on_its_way_back_is_delivered_to_its_sender() -> None:
    events = piece(
        scan(ice="LDTMV", standard_event_code="AA", ruecksendung="true"),
        scan(ice="DLVRD", standard_event_code="ZU", ruecksendung="true"),
    ).events
    assert [event.status for event in events] == [Status.RETURN_TO_SENDER, Status.RETURNED]


def test_delivery_flag_counts_beside_scans_that_say_less() -> None:
    update = piece(scan(ice="SRTED", standard_event_code="PO"), delivery_event_flag="1")
    assert update.status is Status.DELIVERED
    assert piece(scan(ice="SRTED"), delivery_event_flag="1", ruecksendung="true").status is Status.RETURNED


def test_clock_is_read_at_the_scan_and_at_home_without_a_country() -> None:
    abroad, home = piece(scan(ice="SRTED", event_country="Portugal"), scan(ice="SRTED")).events
    assert to_text(abroad.occurred_at) == "2026-05-13T07:51:00.000Z"
    assert to_text(home.occurred_at) == "2026-05-13T06:51:00.000Z"


def test_piece_that_dhl_does_not_know_is_left_out() -> None:
    with pytest.raises(UnknownParcelError):
        piece(error_status="100")


def test_recipient_is_not_kept() -> None:
    update = piece(scan(ice="DLVRD"), recipient_name="A Example", recipient_street="Musterweg 1")
    assert not {"Example", "Musterweg"} & set(update.model_dump_json().replace('"', " ").split())


def test_question_is_escaped_xml() -> None:
    secret = {"api_key": "key", "api_secret": "secret", "appname": "shop", "password": 'a"<&>'}
    request = PLUGIN.tracking_request(ParcelQuery(tracking_number='1"/>', asked_at=RECEIVED_AT), secret, "")
    question = fromstring(parse_qs(urlsplit(request.url).query)["xml"][0])
    assert question.attrib["piece-code"] == '1"/>'
    assert question.attrib["password"] == 'a"<&>'
