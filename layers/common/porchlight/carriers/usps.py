"""USPS: Tracking v3 (JSON), the older Web Tools answer (XML) and Subscriptions - Tracking v3 (push).

https://developers.usps.com/trackingv3, .../subscriptions-trackingv3 and Publications 97 and 199 for the event codes.

* Poll with an OAuth token (client credentials); a new account may make 60 calls an hour, so prefer the push.
* A push is an envelope whose `payload` is a string of JSON: the same object a poll answers with. `X-HMAC` (once
  `hmac-header`) signs `timestamp + payload`, the payload as it stands; nothing else in the envelope is read.
* `eventTimestamp` is the wall clock at the scan and `GMTOffset` its offset; together they are EXACT. `GMTTimestamp` is
  not read: late in the evening USPS prints it a day early.
* Midnight without an offset stands for a day, as in pre-shipment events; in XML the time is then empty.
* Domestic scans leave the country out, foreign ones spell it out in capitals.
* A code we do not list is read by its event's fixed wording (`_usps_words.py`), else it stays unknown; if it is the
  newest scan, `statusCategory` says where the parcel is.
* Code 01 also reports what was brought back to its sender; there, too, the fixed wording tells.
* v3r2 answers with a list, has a block of dates and calls `eventZIP` `eventZIPCode`.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from urllib.parse import quote

from pydantic import AliasChoices, AliasPath, Field

from porchlight.carriers._oauth import base_url, form_request
from porchlight.carriers._payload import Text, day_or_end, instant, refusal, stated_at
from porchlight.carriers._roles import OAuth, Unnumbered, Unregistered
from porchlight.carriers._usps_web_tools import v3_forms
from porchlight.carriers._usps_words import READING_OF_WORDS
from porchlight.domain import tracking
from porchlight.domain.codes import UNKNOWN, Reading
from porchlight.domain.errors import InvalidSignatureError, MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery, Trust, WebhookRequest
from porchlight.domain.model import Value
from porchlight.domain.reading import looks_like_xml, read_answers, read_json
from porchlight.domain.signatures import hmac_base64, require_fresh, require_signature
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import EventTime, date_only, exact, missing, plausible, wall_clock
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, normal_number
from porchlight.domain.zones import zone_of

# Event codes by what they mean, in the order of Publication 199.
_CODES = (
    (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED, "GX MA 89"),  # label created, manifest received, merchant's notice
    (Status.IN_TRANSIT, SubStatus.ACCEPTED, "03 80 AD OA PA TM UA"),  # accepted, by USPS or its shipping partner
    (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY, "41 81 A1"),
    (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY, "10"),
    (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY, "82 EF SF T1"),
    (
        Status.IN_TRANSIT,
        SubStatus.HANDED_TO_PARTNER,
        "42 83 MR",
    ),  # to the shipping partner; by it to USPS; to the agent
    (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT, "07 PC"),  # arrived at the post office, sorting complete
    (Status.IN_TRANSIT, SubStatus.FORWARDED, "06"),
    (Status.IN_TRANSIT, SubStatus.RESCHEDULED, "71"),
    (Status.IN_TRANSIT, SubStatus.NONE, "43 NT TL DX"),  # on its way; DX: was out, awaits the delivery scan
    (Status.OUT_FOR_DELIVERY, SubStatus.NONE, "OF"),
    (Status.DELIVERED, SubStatus.NONE, "01"),
    (Status.DELIVERED, SubStatus.COLLECTED, "17"),  # picked up by the recipient's agent
    (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_POST_OFFICE, "14 16"),
    (Status.DELIVERY_ATTEMPTED, SubStatus.NONE, "02 52 54"),  # notice left; 54: receptacle full or item too large
    (Status.DELIVERY_ATTEMPTED, SubStatus.NO_ACCESS, "30 53"),
    (Status.DELIVERY_ATTEMPTED, SubStatus.BUSINESS_CLOSED, "51"),
    (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME, "55 56"),  # no secure place, no authorised recipient
    (Status.EXCEPTION, SubStatus.REFUSED, "04"),
    (Status.EXCEPTION, SubStatus.UNDELIVERABLE, "05 11"),  # as addressed; dead letter
    (Status.EXCEPTION, SubStatus.MISSORTED, "08 15"),
    (Status.RETURN_TO_SENDER, SubStatus.NONE, "09 29 44"),  # 44: the sender recalled it
    (Status.RETURN_TO_SENDER, SubStatus.ADDRESS_PROBLEM, "21 22 25 26"),  # number, address, addressee, vacant
    (Status.RETURN_TO_SENDER, SubStatus.RECIPIENT_MOVED, "23 24"),
    (Status.RETURN_TO_SENDER, SubStatus.NOT_COLLECTED, "27 31"),
    (Status.RETURN_TO_SENDER, SubStatus.UNDELIVERABLE, "28"),
)
MEANING_OF = {code: (status, reason) for status, reason, codes in _CODES for code in codes.split()}
STATUS_OF_CATEGORY = {
    "pre-shipment": Status.PRE_TRANSIT,
    "accepted": Status.IN_TRANSIT,
    "in transit": Status.IN_TRANSIT,
    "moving through network": Status.IN_TRANSIT,
    "out for delivery": Status.OUT_FOR_DELIVERY,
    "available for pickup": Status.AVAILABLE_FOR_PICKUP,
    "delivery attempt": Status.DELIVERY_ATTEMPTED,
    "alert": Status.EXCEPTION,
    "delivered": Status.DELIVERED,
}
MANY_WORDED = "01"
UNKNOWN_PARCEL = "150001"  # v3's `error.errors[0].code`, with HTTP 400
HOME = "https://apis.usps.com"


class _Event(Value):
    code: Text = Field("", alias="eventCode")
    words: Text = Field("", alias="eventType")
    local: Text = Field("", alias="eventTimestamp")
    offset: Text = Field("", alias="GMTOffset")
    city: Text = Field("", alias="eventCity")
    state: Text = Field("", alias="eventState")
    postal_code: Text = Field("", validation_alias=AliasChoices("eventZIP", "eventZIPCode"))
    country: Text = Field("", alias="eventCountry")


class _Error(Value):
    code: int = 0
    detail: Text = Field("", validation_alias=AliasPath("errors", 0, "code"))


def _dated(v3: str, v3r2: str) -> Any:
    return Field("", validation_alias=AliasChoices(v3, AliasPath("deliveryDateExpectation", v3r2)))


class _Answer(Value):
    number: Text = Field("", alias="trackingNumber")
    category: Text = Field("", alias="statusCategory")
    expected: Text = _dated("expectedDeliveryTimeStamp", "expectedDeliveryDate")
    predicted: Text = _dated("predictedDeliveryTimeStamp", "predictedDeliveryDate")
    guaranteed: Text = _dated("guaranteedDeliveryTimeStamp", "guaranteedDeliveryDate")
    events: tuple[_Event, ...] = Field((), alias="trackingEvents")
    error: _Error | str | None = None


class _Envelope(Value):
    timestamp: str
    payload: str


class Usps(OAuth, Unregistered, Unnumbered):
    """The plug-in."""

    code = "usps"
    name = "USPS"
    trust: Trust | None = Trust.BODY_AND_TIME
    webhook_headers = ("x-hmac", "hmac-header")
    credential_fields = ("client_id", "client_secret")
    budget = Budget(calls=60, seconds=3600)
    readings = MEANING_OF | READING_OF_WORDS
    clock = Clock.MIXED
    checked_on = date(2026, 11, 22)

    def token_request(self, credentials: Credentials) -> HttpRequest | None:
        """OAuth client credentials."""
        url = f"{base_url(credentials, HOME)}/oauth2/v3/token"
        return form_request(url, credentials["client_id"], credentials["client_secret"])

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:
        """One number with all its events."""
        url = (
            f"{base_url(credentials, HOME)}/tracking/v3/tracking/{quote(parcel.tracking_number, safe='')}?expand=DETAIL"
        )
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        return HttpRequest(method="GET", url=url, headers=headers)

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read v3's JSON or Web Tools' XML; of several parcels, those USPS does not know are left out."""
        if looks_like_xml(body):
            answers = [_Answer.model_validate(form) for form in v3_forms(self.code, body, received_at.date())]
        else:
            answers = [read_json(self.code, _Answer, part) for part in read_answers(self.code, body)]
        told = [answer for answer in answers if not answer.error] or answers
        return [_update(answer, received_at, received_at) for answer in told or [_Answer()]]

    def verify_webhook(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """Check `X-HMAC` over the envelope's time and payload."""
        try:
            envelope = read_json(self.code, _Envelope, request.body)
        except MalformedPayloadError:
            raise InvalidSignatureError from None
        given = request.headers.get("x-hmac") or request.headers.get("hmac-header")
        signed = (envelope.timestamp + envelope.payload).encode()
        require_signature(given, secrets, lambda secret: hmac_base64(secret, signed))
        require_fresh(instant(envelope.timestamp), request.received_at)

    def parse_webhook(self, request: WebhookRequest) -> list[TrackingUpdate]:
        """Read the envelope, then the tracking answer in its payload."""
        envelope = read_json(self.code, _Envelope, request.body)
        answer = read_json(self.code, _Answer, envelope.payload.encode())
        return [_update(answer, stated_at(envelope.timestamp, request.received_at), request.received_at)]


PLUGIN = Usps()


def _update(answer: _Answer, reported_at: datetime, received_at: datetime) -> TrackingUpdate:
    if isinstance(answer.error, str):  # the token service's form
        raise refusal(Usps.code, 401)
    if answer.error:
        raise refusal(Usps.code, 404 if answer.error.detail == UNKNOWN_PARCEL else answer.error.code)
    number = normal_number(answer.number)
    if not number or not answer.events:
        raise MalformedPayloadError(Usps.code, "trackingEvents" if number else "trackingNumber", "empty")
    events = tuple(_scan(event, received_at) for event in answer.events)
    status, sub_status = _summary(answer, events)
    return TrackingUpdate(
        tracking_number=number,
        carrier=Usps.code,
        source=Usps.code,
        status=status,
        sub_status=sub_status,
        estimate=day_or_end(answer.expected or answer.predicted or answer.guaranteed),
        reported_at=reported_at,
        events=events,
    )


def _summary(answer: _Answer, events: tuple[TrackingEvent, ...]) -> tuple[Status, SubStatus]:
    last = max(events, key=lambda event: event.occurred_at)
    if last.status is Status.UNKNOWN:
        category = STATUS_OF_CATEGORY.get(answer.category.lower().replace(",", ":").split(":")[0].strip())
        if category:
            return category, SubStatus.NONE
        last = tracking.newest(events) or last
    return last.status, last.sub_status


def _scan(event: _Event, received_at: datetime) -> TrackingEvent:
    home = "US" if event.state and not event.country else ""
    place = Place(city=event.city, region=event.state or event.country, postal_code=event.postal_code, country=home)
    status, sub_status = _reading(event)
    return tracking.tracking_event(
        Usps.code,
        _time(event, zone_of(place), received_at),
        status=status,
        sub_status=sub_status,
        code=event.code,
        description=event.words,
        place=place,
    )


def _reading(event: _Event) -> Reading:
    known = MEANING_OF.get(event.code, UNKNOWN)
    if known == UNKNOWN or event.code == MANY_WORDED:
        return READING_OF_WORDS.get(" ".join(event.words.lower().split()), known)
    return known


def _time(event: _Event, zone: str | None, received_at: datetime) -> EventTime:
    try:
        moment = datetime.fromisoformat((event.local.removesuffix("Z") if event.offset else event.local) + event.offset)
        if moment.tzinfo:
            return plausible(exact(moment), received_at)
        local = date_only(moment.date(), zone) if moment.time() == time.min else wall_clock(moment, zone)
        return plausible(local, received_at)
    except (ValueError, OverflowError):
        return missing(received_at)
