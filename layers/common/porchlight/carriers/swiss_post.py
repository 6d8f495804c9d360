"""Swiss Post: polled through its Digital Commerce API (JSON, OAuth); it pushes nothing.

https://developer.post.ch/en/digital-commerce-api (token, scope `DCAPI_BARCODE_READ`, barcode service). The answer of
"track consignments" is documented to contract customers only; read is the shipment that Swiss Post's own tracking page
gets: `globalStatus` and events, alone or as a bare list of events.

* An event code is a path: `PARCEL.*.<product>.<event>[.<detail>...]`, or LETTER. The event number decides; it means the
  same for all products, letters' numbers lie below 100. A detail tells why a return began or that a scan is revoked.
* `TNT-..` events are those of the express partner.
* Times print their offset.
* The global status says DELIVERED while a parcel waits in a My Post 24 locker, so any scan we know overrules it.
"""

from datetime import date, datetime
from urllib.parse import quote, urlencode

from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, day_or_end, instant, printed_time, refusal
from porchlight.carriers._roles import OAuth, PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError, UnknownParcelError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import (
    Estimate,
    Place,
    TrackingEvent,
    TrackingUpdate,
    newest,
    normal_number,
    tracking_event,
)

EVENT_OF: dict[str, Reading] = by_code(
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "600 610 620 854 859",
        (Status.PRE_TRANSIT, SubStatus.COLLECTION_FAILED): "31 3100",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "1 2 5 100 200 500 501 912 TNT-PU TNT-CI",
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): (
            "12 13 400 807 820 906 907 909 920 952 1200 1201 1202 1203 1213 1218 1300 1302 1303 1304 TNT-AS"
        ),
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "855 951 TNT-DH TNT-IS",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "815 915 953 4020 TNT-OS TNT-FB",  # left the border point
        (Status.IN_TRANSIT, SubStatus.ARRIVED_IN_DESTINATION_COUNTRY): "818 918",
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "10 14 813 908 913 921 1000 1001 1004 1400 TNT-IR",
        (Status.IN_TRANSIT, SubStatus.NONE): "TNT-TR TNT-BF",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): (
            "801 802 803 819 842 843 844 845 846 848 849 853 901 902 919 TNT-PC TNT-HB TNT-IB TNT-BO"
        ),
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "804 805 847 858 904 TNT-RC",
        (Status.IN_TRANSIT, SubStatus.PROBLEM_RESOLVED): "9250 TNT-DC TNT-RU",  # import costs paid; obstacle removed
        (Status.IN_TRANSIT, SubStatus.FORWARDED): "35 3500 3501 3502 3508 9201 9224 TNT-CA TNT-CAR",
        (Status.IN_TRANSIT, SubStatus.HANDED_TO_PARTNER): "54 5400 TNT-OF TNT-RM TNT-HG TNT-PM",  # the army's post
        (Status.IN_TRANSIT, SubStatus.DELIVERY_SCHEDULED): "5100 5102 9202 9221 TNT-C1A TNT-C2A",  # at their wish
        (Status.IN_TRANSIT, SubStatus.RESCHEDULED): "TNT-BS TNT-RDR TNT-BSC",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "1003 TNT-OD",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.NONE): "21 55 910 926 2100 5500 9204 TNT-HP",  # period extended too
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "2101",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_LOCKER): "2102",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_POST_OFFICE): "63 94 6300 9400",  # by the box, poste restante
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "41 928 935 936 937 4100",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "924 TNT-NH TNT-CO",
        (Status.DELIVERY_ATTEMPTED, SubStatus.PAYMENT_DUE): "933",
        (Status.DELIVERED, SubStatus.NONE): "39 40 938 3900 3901 4000 4001 4200 TNT-OK",  # post box, by hand
        (Status.DELIVERED, SubStatus.COLLECTED): "20 2000",
        (Status.DELIVERED, SubStatus.SIGNED_FOR): "46 4600",
        (Status.DELIVERED, SubStatus.LEFT_IN_MAILBOX): "38 3800",
        (Status.DELIVERED, SubStatus.LEFT_WITH_NEIGHBOUR): "TNT-DN TNT-DNR",
        (Status.DELIVERED, SubStatus.LEFT_IN_SAFE_PLACE): "TNT-ATL TNT-LUR",
        (Status.DELIVERED, SubStatus.DELIVERED_DAMAGED): "TNT-DD",
        (Status.EXCEPTION, SubStatus.NONE): "91 911 930 9105 9112 9116",  # investigation; import broken off
        (Status.EXCEPTION, SubStatus.DELAYED): "18 1800 TNT-LA TNT-LS TNT-LT TNT-WE",
        (Status.EXCEPTION, SubStatus.WEATHER): "TNT-BW TNT-LW TNT-LAW TNT-LEW TNT-LXW",
        (Status.EXCEPTION, SubStatus.MISSORTED): "17 929 1700 1702",
        (Status.EXCEPTION, SubStatus.DAMAGED): "15 19 1500 1900 TNT-DU TNT-DF",
        (Status.EXCEPTION, SubStatus.LOST): "9107 9108",
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): (
            "922 923 1502 TNT-UA TNT-WA TNT-WAC TNT-WAD TNT-WAH TNT-WAN TNT-WAP TNT-WAS TNT-WAT"
        ),
        (Status.EXCEPTION, SubStatus.RECIPIENT_MOVED): "TNT-WAM",
        (Status.EXCEPTION, SubStatus.REFUSED): "925 TNT-CR TNT-CRA TNT-CRC TNT-CRD TNT-CRF TNT-CRI TNT-CRL TNT-CRN",
        (Status.EXCEPTION, SubStatus.UNDELIVERABLE): "931 932 934",  # forbidden, restricted
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "TNT-CV TNT-HD TNT-ID TNT-OI TNT-HX",
        (Status.EXCEPTION, SubStatus.DOCUMENTS_MISSING): "TNT-OR TNT-HM",
        (Status.EXCEPTION, SubStatus.DUTY_DUE): "TNT-AP",
        (Status.EXCEPTION, SubStatus.NOT_COLLECTED): "TNT-MP",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "34 36 3401 3600 3601 3602 3607 TNT-RO",
        (Status.RETURNED, SubStatus.NONE): "47 48 49",  # handed back at the counter, by the box, at the door
    }
)
REASON_OF: dict[str, Reading] = by_code(  # details of a return
    {
        (Status.RETURN_TO_SENDER, SubStatus.NOT_COLLECTED): "0 RET0",
        (Status.RETURN_TO_SENDER, SubStatus.RECIPIENT_MOVED): "1 RET1",
        (Status.RETURN_TO_SENDER, SubStatus.REFUSED): "2 RET2",
        (Status.RETURN_TO_SENDER, SubStatus.ADDRESS_PROBLEM): "3 RET3 18",  # unknown there; no name on box and bell
        (Status.RETURN_TO_SENDER, SubStatus.UNDELIVERABLE): "4 5 RET4 RET5 RET12",  # died, firm gone, box not emptied
        (Status.RETURN_TO_SENDER, SubStatus.DAMAGED): "7 RET7",
    }
)
REASON_OF_FAILURE: dict[str, Reading] = by_code(  # details of a failed delivery of a letter (41)
    {
        (Status.EXCEPTION, SubStatus.REFUSED): "2",
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "3",
        (Status.EXCEPTION, SubStatus.DAMAGED): "5",
    }
)
GLOBAL_OF: dict[str, Reading] = by_code(
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "REGISTERED NOT_YET_SENT",
        (Status.IN_TRANSIT, SubStatus.NONE): "TO_BE_DELIVERED ON_GOING_DELIVERY",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "CUSTOMS",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "IN_DELIVERY",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.NONE): "WAITING_FOR_PICKUP",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "MISSED_DELIVERY",
        (Status.DELIVERED, SubStatus.NONE): "DELIVERED",
        (Status.EXCEPTION, SubStatus.UNDELIVERABLE): "NOT_DELIVERED",
        (Status.RETURNED, SubStatus.NONE): "RETURNED",
    }
)
REVOKED = frozenset({"CANPDS", "CAN1"})
HTTP_STATUS_OF = by_code({401: "401", 403: "403", 404: "404", 429: "429", 503: "500 502 503 504"})
CODE, HOST, TOKEN_HOST = "swiss_post", "https://dcapi.apis.post.ch", "https://api.post.ch"


class _Event(Vendor):
    code: Text = at("eventCode")
    number: Text = at("shipmentNumber")
    time: Text = at("timestamp")
    description: Text = at("externalMetadata.description")
    city: Text = ""
    postal_code: Text = at("zip")
    country: Text = ""


class _Shipment(Vendor):
    number: Text = at("shipmentNumber", "mailpieceId")
    abroad: Text = at("internationalBarcode")
    status: Text = at("globalStatus", "mailpieceStatusType")
    expected: Text = at("calculatedDeliveryDate")
    start: Text = at("deliveryRange.start")
    end: Text = at("deliveryRange.end")
    events: Many[_Event] = ()


class _Answer(Vendor):
    shipments: Many[_Shipment] | None = at("shipments", "consignments", default=None)
    http_status: Text = at("status", "statusCode")
    error: Text = ""


class SwissPost(OAuth, PollOnly):
    """The plug-in."""

    code = CODE
    name = "Swiss Post"
    credential_fields = ("client_id", "client_secret")
    budget = Budget(calls=60, seconds=60)  # by contract
    readings = EVENT_OF | GLOBAL_OF
    clock = Clock.OFFSET
    checked_on = date(2026, 11, 22)

    def token_request(self, credentials: Credentials) -> HttpRequest | None:
        """Client credentials in the body, with the scope."""
        form = {
            "grant_type": "client_credentials",
            "client_id": credentials["client_id"],
            "client_secret": credentials["client_secret"],
            "scope": "DCAPI_BARCODE_READ",
        }
        url = f"{base_url(credentials, TOKEN_HOST)}/OAuth/token"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return HttpRequest(method="POST", url=url, headers=headers, body=urlencode(form).encode())

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:
        """One consignment, in English."""
        path = f"/barcode/v1/trackingStatus/{quote(parcel.tracking_number, safe='')}"
        headers = {"Accept": "application/json", "Accept-Language": "en", "Authorization": f"Bearer {token}"}
        return HttpRequest(method="GET", url=base_url(credentials, HOST) + path, headers=headers)

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read shipments, one shipment, or its events."""
        document = b'{"events": %b}' % body if body.lstrip().startswith(b"[") else body
        answer = read_document(CODE, _Answer, document)
        if answer.error:
            raise refusal(CODE, HTTP_STATUS_OF.get(answer.http_status, 400))
        if answer.shipments == ():
            message = "swiss_post knows no such parcel"
            raise UnknownParcelError(message)
        shipments = answer.shipments or (read_document(CODE, _Shipment, document),)
        return [_update(shipment, number, received_at) for shipment in shipments for number in _numbers(shipment)]


PLUGIN = SwissPost()


def _numbers(shipment: _Shipment) -> list[str]:
    """Its number, then that of the post it came from: shops abroad know only that one."""
    number = shipment.number or next((event.number for event in shipment.events), "")
    return [*dict.fromkeys(filter(None, map(normal_number, (number, shipment.abroad))))] or [""]


def _update(shipment: _Shipment, number: str, received_at: datetime) -> TrackingUpdate:
    events = tuple(_event(event, received_at) for event in shipment.events)
    summary = UNKNOWN if newest(events) else GLOBAL_OF.get(shipment.status, UNKNOWN)
    return carrier_update(CODE, number, summary, events, _estimate(shipment), received_at=received_at)


def _event(event: _Event, received_at: datetime) -> TrackingEvent:
    if not event.code:
        raise MalformedPayloadError(CODE, "eventCode", "no code")
    status, sub_status = _reading(event.code.split("."))
    place = Place(city=event.city, postal_code=event.postal_code, country=event.country)
    return tracking_event(
        CODE,
        printed_time(event.time, place, received_at),
        status=status,
        sub_status=sub_status,
        code=event.code,
        description=event.description,
        place=place,
    )


def _reading(path: list[str]) -> Reading:
    number, *details = path[3:] or [""]
    if REVOKED.intersection(details):
        return UNKNOWN
    reading = EVENT_OF.get(number, UNKNOWN)
    finer: dict[str, Reading] = REASON_OF if reading[0] is Status.RETURN_TO_SENDER else {}
    finer = REASON_OF_FAILURE if number == "41" else finer
    return next((finer[detail] for detail in details if detail in finer), reading)


def _estimate(shipment: _Shipment) -> Estimate | None:
    """The day, and its window where both ends are given."""
    start, end = instant(shipment.start), instant(shipment.end)
    if start and end and start.date() == end.date():
        return Estimate(day=start.date(), window_start=f"{start:%H:%M}", window_end=f"{end:%H:%M}")
    estimate = day_or_end(shipment.expected)
    return Estimate(day=estimate.day) if estimate else None
