"""DHL Express's own quirks; what every carrier must do is in the contract suite."""

import json

import pytest
from porchlight.carriers.dhl_express import PLUGIN
from porchlight.domain.errors import MalformedPayloadError, UnknownParcelError
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import TrackingUpdate

from tests.contract.cases import RECEIVED_AT


def read(document: object) -> TrackingUpdate:
    return PLUGIN.parse_tracking(json.dumps(document).encode(), received_at=RECEIVED_AT)[0]


def scan(**fields: object) -> dict[str, object]:
    return {"date": "2026-05-13", "time": "13:06:00", "typeCode": "PL", "description": "Processed", **fields}


def shipment(*events: dict[str, object], **more: object) -> TrackingUpdate:
    parcel = {"shipmentTrackingNumber": "5300000011", "status": "Success", "events": list(events)}
    return read({"shipments": [parcel | more]})


def website(*checkpoints: str, status: str = "transit") -> TrackingUpdate:
    scans = [
        {
            "description": words,
            "date": "Wednesday, May 13, 2026 ",
            "time": f"{hour:02}:21",
            "location": "PARIS - FRANCE",
        }
        for hour, words in enumerate(checkpoints)
    ]
    return read({"results": [{"id": "5300000022", "delivery": {"status": status}, "checkpoints": scans}]})


def test_wordings_of_the_web_site_stand_for_their_checkpoints() -> None:
    events = website("Departed Facility in  PARIS - FRANCE", "With delivery courier").events
    assert [event.code for event in events] == ["DF", "WC"]
    assert [event.status for event in events] == [Status.IN_TRANSIT, Status.OUT_FOR_DELIVERY]
    assert events[1].local_time == "2026-05-13T01:21:00"
    assert events[1].occurred_at.hour == 23
    assert str(events[1].place) == "PARIS, FR"


def test_other_words_of_the_web_site_decide_nothing() -> None:
    update = website("Your parcel was delivered to the moon", status="delivered")
    assert update.events[0].status is Status.UNKNOWN
    assert update.status is Status.DELIVERED


def test_signatory_is_not_kept() -> None:
    event = shipment(scan(typeCode="OK", description="Delivered - Signed for by : A EXAMPLE")).events[0]
    assert event.description == "Delivered"


@pytest.mark.parametrize(
    ("area", "place"),
    [
        ("HONG KONG-HKG", "HONG KONG, HK"),
        ("VAN NUYS,CA-USA", "VAN NUYS, CA, US"),
        ("Leipzig - Germany ", "Leipzig, DE"),
        ("LONDON-HEATHROW - UNITED KINGDOM", "LONDON-HEATHROW, GB"),
        ("Brisbane-AU", "Brisbane, AU"),
        ("Somewhere-Else", "Somewhere-Else"),
    ],
)
def test_service_area_names_city_and_country(area: str, place: str) -> None:
    assert str(shipment(scan(serviceArea=[{"code": "XXX", "description": area}])).events[0].place) == place


@pytest.mark.parametrize(
    ("printed", "estimate"),
    [
        ("2026-05-15", "2026-05-15"),
        ("2026-05-15T23:59:00", "2026-05-15"),
        ("2026-05-15T12:00:00", "2026-05-15T12:00"),
        ("2026-05-15 23:59:00 GMT-07:00", "2026-05-15"),
        ("soon", "None"),
    ],
)
def test_estimate_is_local_and_the_end_of_a_day_is_the_day(printed: str, estimate: str) -> None:
    assert str(shipment(scan(), estimatedDeliveryDate=printed).estimate) == estimate


def test_date_without_a_clock_stays_a_date() -> None:
    assert shipment(scan(time="")).events[0].local_time == "2026-05-13"


def test_scans_of_pieces_count_where_the_shipment_has_none() -> None:
    update = shipment(pieces=[{"events": [scan(typeCode="NH")]}, {"events": [scan()]}])
    assert [event.code for event in update.events] == ["NH", "PL"]


def test_soap_answer_wraps_each_list() -> None:
    body = b"""<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>
    <r:trackShipmentRequestResponse xmlns:r="http://scxgxtt.phx-dc.dhl.com/glDHLExpressTrack">
    <trackingResponse><TrackingResponse><AWBInfo><ArrayOfAWBInfoItem><AWBNumber>5300000033</AWBNumber>
    <Status><ActionStatus>Success</ActionStatus></Status><ShipmentInfo><ShipmentEvent><ArrayOfShipmentEventItem>
    <Date>2026-05-13</Date><Time>10:14:00</Time><ServiceEvent><EventCode>CA</EventCode></ServiceEvent>
    </ArrayOfShipmentEventItem></ShipmentEvent></ShipmentInfo></ArrayOfAWBInfoItem></AWBInfo></TrackingResponse>
    </trackingResponse></r:trackShipmentRequestResponse></e:Body></e:Envelope>"""
    update = PLUGIN.parse_tracking(body, received_at=RECEIVED_AT)[0]
    assert update.tracking_number == "5300000033"
    assert (update.status, update.sub_status) == (Status.DELIVERY_ATTEMPTED, SubStatus.BUSINESS_CLOSED)


def test_waybill_without_a_checkpoint_is_announced_only_if_dhl_knows_it() -> None:
    assert shipment().status is Status.PRE_TRANSIT
    with pytest.raises(MalformedPayloadError):
        shipment(status="Failure")
    with pytest.raises(UnknownParcelError):
        shipment(status="No Shipments Found")
