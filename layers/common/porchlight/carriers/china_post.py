"""China Post and its express EMS: polled through the open platform of EMS for contract customers.

https://api.ems.com.cn, service 040001 ("运单轨迹信息查询"). The platform pushes too (040002), which is not read.

In: JSON whose `retBody` is JSON in a string. Out: one update per waybill.
* The question is encrypted with SM4 in place of a signature: the sign key is added to the JSON, and is also the key.
* `opCode` is a code of the domestic network, or the UPU's for international items (EMA and its kin). The full list is
  for contract customers; the table has those whose meaning is known for certain. Two digits are older answers.
* 705 is a failed attempt; why is told by `attemptDeliveryCode`, whose list is not public.
* `opDesc` names couriers with their phone numbers, and who signed. Only `opName`, a fixed wording, is kept.
* Times name no zone: China's, while a province is named; abroad they are the place's own, wherever that is.
"""

import json
from base64 import b64decode, b64encode
from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from porchlight.carriers import _upu
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, printed_time, refusal
from porchlight.carriers._roles import Keyed, PollOnly
from porchlight.carriers._sm4 import BLOCK, encrypted
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError, RefusedCredentialsError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, tracking_event

DOMESTIC: dict[str, Reading] = by_code(
    {
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "203 10",
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "303 345 423",  # 423: sealed for export
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "305 389 989",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "954",
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "306",
        (Status.IN_TRANSIT, SubStatus.NONE): "404 457 500 505 912 20",  # given to the airline, in the air, landed
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "469",  # abroad
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "470",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "702",
        (Status.DELIVERED, SubStatus.NONE): "704 80",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "705",
    }
)
STATUS_OF = DOMESTIC | _upu.STATUS_OF
CODE, HOST, CHINA = "china_post", "https://api.ems.com.cn", ZoneInfo("Asia/Shanghai")
GOOD = "00000"


class _Event(Vendor):
    number: Text = at("waybillNo", "traceNo")
    code: Text = at("opCode")
    name: Text = at("opName")
    time: Text = at("opTime")
    province: Text = at("opOrgProvName")
    city: Text = at("opOrgCity")


class _Answer(Vendor):
    code: Text = at("retCode")
    body: Text = at("retBody")


class _Body(Vendor):
    events: Many[_Event] = at("responseItems", default=())


class ChinaPost(Keyed, PollOnly):
    """The plug-in."""

    code = CODE
    name = "China Post"
    credential_fields = ("sender_no", "authorization", "sign_key")
    budget = Budget(calls=60, seconds=60)  # EMS publishes no number
    readings = STATUS_OF
    clock = Clock.PLACE
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One waybill. Raises `RefusedCredentialsError` when the sign key is none."""
        asked = json.dumps({"waybillNo": parcel.tracking_number, "direction": "0"}, separators=(",", ":"))
        form = {
            "apiCode": "040001",
            "senderNo": credentials["sender_no"],
            "authorization": credentials["authorization"],
            "msgType": "0",
            "timeStamp": f"{parcel.asked_at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
            "version": "V1.0.0",
            "logitcsInterface": _sealed(asked, credentials["sign_key"]),  # sic
        }
        return HttpRequest(
            method="POST",
            url=f"{base_url(credentials, HOST)}/amp-prod-api/f/amp/api/open",
            headers={"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8", "Accept": "application/json"},
            body=urlencode(form).encode(),
        )

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer. An error's codes are not public, so each counts as malformed."""
        answer = read_document(CODE, _Answer, body)
        if answer.code != GOOD:
            raise refusal(CODE, 400)
        events = read_document(CODE, _Body, answer.body.encode("utf-8", "replace")).events if answer.body else ()
        if not events:
            raise refusal(CODE, 404)
        return [
            _update(number, [event for event in events if event.number == number], received_at)
            for number in dict.fromkeys(event.number for event in events)
        ]


PLUGIN = ChinaPost()


def _sealed(asked: str, sign_key: str) -> str:
    try:
        key = b64decode(sign_key)
    except ValueError:
        key = b""
    if len(key) != BLOCK:
        message = f"{CODE}: the sign key is not {BLOCK} bytes in base64"
        raise RefusedCredentialsError(message)
    return "|$4|" + b64encode(encrypted((asked + sign_key).encode(), key)).decode()


def _update(number: str, events: list[_Event], received_at: datetime) -> TrackingUpdate:
    scans = tuple(_scan(event, received_at) for event in events)
    return carrier_update(CODE, number, UNKNOWN, scans, None, received_at=received_at)


def _scan(event: _Event, received_at: datetime) -> TrackingEvent:
    if not event.code:
        raise MalformedPayloadError(CODE, "responseItems.opCode", "empty")
    status, sub_status = STATUS_OF.get(event.code, UNKNOWN)
    place = Place(city=event.city, region=event.province, country="CN" if event.province else "")
    return tracking_event(
        CODE,
        printed_time(event.time, place, received_at),
        status=status,
        sub_status=sub_status,
        code=event.code,
        description=event.name,
        place=place,
    )
