"""SF Express: polled through the open platform's EXP_RECE_SEARCH_ROUTES; its route push is only a hint.

https://open.sf-express.com (Route Query, RoutePushService, and the table of operation codes in Developer Support).

In: the platform's JSON, whose `apiResultData` is JSON in a string; a push (`Body.WaybillRoute`); the older XML of both.
* Each request is signed: MD5 of the URL-encoded message, time and check word, in base64.
* A push carries no signature. Give SF the push URL with the user name `porchlight` and the connection's secret as
  password: the Authorization header then proves that the URL is known, nothing about the body.
* Times name no zone. They are read as China's, which is also that of Hong Kong, Macau and Taiwan.
* `opCode` says what was done; accounts set up for it also get a status code, which helps where an operation is not
  listed, and a reason code.
* `648` tells of a new number without saying whether the parcel goes on or back.
* Remarks name couriers with their phone numbers, and who signed: only those of transport are kept, without numbers.
"""

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import quote_plus, urlencode

from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, printed_time, refusal
from porchlight.carriers._roles import Keyed, PushesAnswers, Unnumbered, Unregistered
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery, Trust, WebhookRequest
from porchlight.domain.reading import looks_like_xml, read_xml
from porchlight.domain.signatures import require_signature
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, tracking_event
from porchlight.domain.transitions import in_order, walk

STATUS_OF: dict[str, Reading] = by_code(  # operation codes
    {
        (Status.PRE_TRANSIT, SubStatus.AWAITING_HANDOVER): "127 138 201 205 206 646 647",  # in a locker, in a warehouse
        (Status.PRE_TRANSIT, SubStatus.COLLECTION_FAILED): "131",
        (
            Status.IN_TRANSIT,
            SubStatus.ACCEPTED,
        ): "41 43 46 50 51 54 129 188 214 407 607 633 651 655 700 701 850 851 950",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "11 31 87 89 106 137 187 406 571",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "10 30 36 86 88 96 105 136 186 190 302 304 405 570 3036",
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "75 84",
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "130",  # at an SF shop, often before the last stretch
        (Status.IN_TRANSIT, SubStatus.HANDED_TO_PARTNER): "47 208 626 627 634 649 657 847",
        (Status.IN_TRANSIT, SubStatus.NONE): "98 123 147 310 656 921",
        (Status.IN_TRANSIT, SubStatus.FORWARDED): "99 126 643 648",  # 126: taken out of the locker again
        (Status.IN_TRANSIT, SubStatus.PROBLEM_RESOLVED): "34",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "15 16 17 604 605 612 619 620",  # with quarantine
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "14 606 623",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "44 122 204 212 630 658 677 880 933",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "642 678",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_LOCKER): "125",
        (Status.DELIVERED, SubStatus.NONE): "80 97 935 8000",  # 8000: the signature can be looked at
        (Status.DELIVERED, SubStatus.COLLECTED): "128 679",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "70",
        (Status.EXCEPTION, SubStatus.NONE): "33 72 611 934",
        (Status.EXCEPTION, SubStatus.DELAYED): "66 77",
        (Status.EXCEPTION, SubStatus.HELD): "833",
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "18 614 621",
        (Status.EXCEPTION, SubStatus.DUTY_DUE): "613",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "631",
        (Status.RETURNED, SubStatus.NONE): "215 660",
    }
)
REASON_OF: dict[str, Reading] = by_code(  # operation and reason code
    {
        (Status.CANCELLED, SubStatus.NONE): "70/46",
        (Status.EXCEPTION, SubStatus.LOST): "8000/6",
        (Status.EXCEPTION, SubStatus.DISPOSED): "8000/2",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "99/2",
    }
)
STAGE_OF: dict[str, Reading] = by_code(  # first status code
    {
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "1",
        (Status.IN_TRANSIT, SubStatus.NONE): "2",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "3",
        (Status.DELIVERED, SubStatus.NONE): "4",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.NONE): "11",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "13",  # waits for the next attempt
    }
)
HTTP_STATUS_OF = by_code({401: "A1003 A1004 A1006 A1008", 429: "A1005", 503: "A1009 A1099"})
CODE, HOST, CHINA = "sf_express", "https://sfapi.sf-express.com", Place(country="CN")
GOOD = frozenset({"", "A1000", "S0000"})
_NUMBER = re.compile(r"\d{7,}")


class _Route(Vendor):
    number: Text = at("mailno", "mailNo")
    code: Text = at("opCode", "opcode")
    reason: Text = at("reasonCode")
    stage: Text = at("firstStatusCode")
    stage_name: Text = at("secondaryStatusName", "firstStatusName")
    time: Text = at("acceptTime", "accept_time")
    address: Text = at("acceptAddress", "accept_address")
    remark: Text = ""

    def reading(self) -> Reading:
        known = REASON_OF.get(f"{self.code}/{self.reason}") or STATUS_OF.get(self.code)
        return known or STAGE_OF.get(self.stage, UNKNOWN)


class _Parcel(Vendor):
    number: Text = at("mailNo", "mailno")
    routes: Many[_Route] = ()


class _Answer(Vendor):
    code: Text = at("errorCode", "apiResultCode")
    data: Text = at("apiResultData")
    parcels: Many[_Parcel] | None = at("msgData.routeResps", default=None)
    pushed: Many[_Route] = at("Body.WaybillRoute", default=())


class SfExpress(Keyed, Unregistered, Unnumbered, PushesAnswers):
    """The plug-in."""

    code = CODE
    name = "SF Express"
    trust: Trust | None = Trust.HINT
    webhook_headers = ("authorization",)
    credential_fields = ("partner_id", "check_word")
    budget = Budget(calls=30, seconds=1)
    readings = STATUS_OF | REASON_OF | {f"stage {code}": reading for code, reading in STAGE_OF.items()}
    clock = Clock.PLACE
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One waybill, in English as far as SF translates it."""
        asked = {"language": "1", "trackingType": "1", "trackingNumber": [parcel.tracking_number], "methodType": "1"}
        message, moment = json.dumps(asked), str(int(parcel.asked_at.timestamp() * 1000))
        form = {
            "partnerID": credentials["partner_id"],
            "requestID": hashlib.blake2b(f"{parcel.tracking_number} {moment}".encode(), digest_size=16).hexdigest(),
            "serviceCode": "EXP_RECE_SEARCH_ROUTES",
            "timestamp": moment,
            "msgDigest": _digest(message + moment + credentials["check_word"]),
            "msgData": message,
        }
        return HttpRequest(
            method="POST",
            url=f"{base_url(credentials, HOST)}/std/service",
            headers={"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"},
            body=urlencode(form).encode(),
        )

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer or a push, as JSON or as the older XML."""
        answer = _from_xml(body) if looks_like_xml(body) else read_document(CODE, _Answer, body)
        if answer.code in GOOD and answer.data:
            answer = read_document(CODE, _Answer, answer.data.encode("utf-8", "replace"))
        if answer.code not in GOOD:
            raise refusal(CODE, HTTP_STATUS_OF.get(answer.code, 400))
        if answer.parcels is None and not answer.pushed:
            raise MalformedPayloadError(CODE, "msgData.routeResps", "missing")
        numbers = dict.fromkeys(route.number for route in answer.pushed)
        pushed = [(number, tuple(one for one in answer.pushed if one.number == number)) for number in numbers]
        asked = [(parcel.number, parcel.routes) for parcel in answer.parcels or ()]
        found = [_update(number, routes, received_at) for number, routes in pushed + asked if routes]
        if not found:
            raise refusal(CODE, 404)
        return found

    def verify_webhook(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """Basic authentication with the secret as password."""
        require_signature(request.headers.get("authorization"), secrets, _basic)


PLUGIN = SfExpress()


def _digest(signed: str) -> str:
    """As Java's URLEncoder writes it, which leaves the asterisk and not the tilde."""
    encoded = quote_plus(signed, safe="*").replace("~", "%7E").encode()
    return b64encode(hashlib.md5(encoded, usedforsecurity=False).digest()).decode()


def _basic(secret: str) -> str:
    return f"Basic {b64encode(f'porchlight:{secret}'.encode()).decode()}"


def _from_xml(body: bytes) -> _Answer:
    """The older form keeps everything in attributes."""
    root = read_xml(CODE, body)
    error = root.find("ERROR")
    asked = [
        {"mailNo": parcel.get("mailno"), "routes": [dict(route.attrib) for route in parcel.iter("Route")]}
        for parcel in root.iter("RouteResponse")
    ]
    pushed = [dict(route.attrib) for route in root.iter("WaybillRoute")]
    known = {"msgData": {"routeResps": asked}} if root.findtext("Head") == "OK" else {}
    code = "" if error is None else error.get("code") or "unknown"
    return _Answer.model_validate({"errorCode": code, "Body": {"WaybillRoute": pushed}, **known})


def _update(number: str, routes: tuple[_Route, ...], received_at: datetime) -> TrackingUpdate:
    events = tuple(_event(route, received_at) for route in routes)
    returned = walk(in_order(events))[1] is Status.RETURNED
    summary = (Status.RETURNED, SubStatus.NONE) if returned else UNKNOWN
    return carrier_update(CODE, number, summary, events, None, received_at=received_at)


def _event(route: _Route, received_at: datetime) -> TrackingEvent:
    if not route.code:
        raise MalformedPayloadError(CODE, "opCode", "empty")
    status, sub_status = route.reading()
    transport = status is Status.IN_TRANSIT and sub_status is not SubStatus.ACCEPTED
    return tracking_event(
        CODE,
        printed_time(route.time, CHINA, received_at),
        status=status,
        sub_status=sub_status,
        code=route.code,
        description=_NUMBER.sub("", route.remark) if transport else route.stage_name,
        place=Place(city=route.address),
    )
