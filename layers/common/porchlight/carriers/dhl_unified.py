"""DHL Shipment Tracking - Unified: one API over DHL's divisions (Parcel, Express, eCommerce, Freight, ...).

In: `shipments[]` with a coarse status and its events, polled or pushed. Out: one update per shipment.
https://developer.dhl.com/api-reference/shipment-tracking and .../shipment-tracking-unified-push

* Poll: the key goes in the header `DHL-API-Key`; a new key may make 250 calls a day.
* Push signs nothing. The subscription may name a header and a token (`hook.authentication`, type
  `ApiKeyAuthentication`); subscribe with the header `dhl-hook-token` and the connection's secret. A token says nothing
  about the body, so trust is HINT: a push only wakes a poll.
* Five status codes cover everything, in transit as well as out for delivery. Some divisions also send codes of their
  own in upper case (`NOT_HOME`), which say more; a sentence never decides a status.
* Times have an offset in some divisions; elsewhere they are the wall clock at the scan. Where the scan has no country,
  a parcel that stays in one country is read in that country's zone.
* Express prints the signatory's name into its text; it is cut off.
* The text language follows the request; we always ask for English, so a scan keeps its words and its id.
"""

import re
import string
from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pydantic import AliasPath, Field

from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, printed_time, refusal
from porchlight.carriers._roles import Keyed, Unregistered
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery, Trust, WebhookRequest
from porchlight.domain.model import Value
from porchlight.domain.reading import read_json
from porchlight.domain.signatures import require_signature
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Estimate, Place, TrackingEvent, TrackingUpdate, normal_number, tracking_event
from porchlight.domain.zones import zone_of


class _Event(Value):
    timestamp: Text = ""
    status_code: Text = Field("", alias="statusCode")
    status: Text = ""
    status_detailed: Text = Field("", alias="statusDetailed")
    description: Text = ""
    remark: Text = ""
    city: Text = Field("", validation_alias=AliasPath("location", "address", "addressLocality"))
    postal_code: Text = Field("", validation_alias=AliasPath("location", "address", "postalCode"))
    country: Text = Field("", validation_alias=AliasPath("location", "address", "countryCode"))


class _Shipment(Value):
    id: str
    status: _Event
    events: tuple[_Event, ...] = ()
    estimated: Text = Field("", alias="estimatedTimeOfDelivery")
    estimated_from: Text = Field("", validation_alias=AliasPath("estimatedDeliveryTimeFrame", "estimatedFrom"))
    estimated_through: Text = Field("", validation_alias=AliasPath("estimatedDeliveryTimeFrame", "estimatedThrough"))
    origin: Text = Field("", validation_alias=AliasPath("origin", "address", "countryCode"))
    destination: Text = Field("", validation_alias=AliasPath("destination", "address", "countryCode"))


class _Answer(Value):
    shipments: tuple[_Shipment, ...] = ()
    shipment: _Shipment | None = None
    status: int | None = None


STATUS_OF = {
    "pre-transit": Status.PRE_TRANSIT,
    "transit": Status.IN_TRANSIT,
    "delivered": Status.DELIVERED,
    "failure": Status.EXCEPTION,
    "unknown": Status.UNKNOWN,
}
_TO_PARCELSHOP = "NOT_HOME_SYSTEM_INTERVENTION_DELIVERY_AT_PARCELSHOP"
# A division's own code, under the status code it comes with: a code seen under another one keeps the coarse meaning.
MEANING_OF = {
    # Parcel Netherlands
    ("pre-transit", "PRENOTIFICATION_RECEIVED"): (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED),
    ("transit", "PARCEL_SORTED_AT_HUB"): (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY),
    ("transit", "PARCEL_ARRIVED_AT_LOCAL_DEPOT"): (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT),
    ("transit", "DELIVERY_PLANNED_IN_ROUTE"): (Status.IN_TRANSIT, SubStatus.DELIVERY_SCHEDULED),
    ("transit", "OUT_FOR_DELIVERY"): (Status.OUT_FOR_DELIVERY, SubStatus.NONE),
    ("failure", "NOT_HOME"): (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME),
    ("failure", _TO_PARCELSHOP): (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME),
    ("transit", _TO_PARCELSHOP): (Status.IN_TRANSIT, SubStatus.FORWARDED),
    # eCommerce Americas
    ("pre-transit", "EN ROUTE TO DHL ECOMMERCE"): (Status.PRE_TRANSIT, SubStatus.AWAITING_HANDOVER),
    ("transit", "PROCESSED"): (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY),
    ("transit", "ARRIVAL AT DHL ECOMMERCE DISTRIBUTION CENTER"): (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY),
    ("transit", "DEPARTURE ORIGIN DHL ECOMMERCE FACILITY"): (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY),
    ("transit", "ARRIVAL DESTINATION DHL ECOMMERCE FACILITY"): (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY),
    ("transit", "TENDERED TO DELIVERY SERVICE PROVIDER"): (Status.IN_TRANSIT, SubStatus.HANDED_TO_PARTNER),
    ("transit", "ARRIVED USPS SORT FACILITY"): (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY),
    ("transit", "ARRIVAL AT POST OFFICE"): (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT),
    ("transit", "SORTING COMPLETE"): (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT),
    ("transit", "OUT FOR DELIVERY"): (Status.OUT_FOR_DELIVERY, SubStatus.NONE),
}
# Where eCommerce Americas says that the delivering carrier left a parcel: the description beside `DELIVERED`.
DELIVERED_AS = {
    "FRONT DOOR/PORCH": SubStatus.LEFT_IN_SAFE_PLACE,
    "GARAGE / OTHER DOOR / OTHER LOCATION AT ADDRESS": SubStatus.LEFT_IN_SAFE_PLACE,
    "IN/AT MAILBOX": SubStatus.LEFT_IN_MAILBOX,
    "PO BOX": SubStatus.LEFT_IN_MAILBOX,
    "INDIVIDUAL PICKED UP AT POST OFFICE": SubStatus.COLLECTED,
    "INDIVIDUAL PICKED UP AT POSTAL FACILITY": SubStatus.COLLECTED,
}

_CODE = re.compile(r"[A-Z][A-Z0-9]*(?:[ _/-][A-Z0-9]+)*")
_SIGNATORY = re.compile(r"\W*\bsigned for by\b.*", re.IGNORECASE | re.DOTALL)
_TOKEN_HEADER = "dhl-hook-token"  # noqa: S105 the header's name


class DhlUnified(Keyed, Unregistered):
    """The plug-in."""

    code = "dhl_unified"
    name = "DHL"
    trust: Trust | None = Trust.HINT
    webhook_headers = (_TOKEN_HEADER,)
    credential_fields = ("api_key",)
    budget = Budget(calls=250, seconds=86_400)
    readings = {code: (status, SubStatus.NONE) for code, status in STATUS_OF.items()} | {
        "/".join(codes): reading for codes, reading in MEANING_OF.items()
    }
    readings |= {f"delivered/{words}": (Status.DELIVERED, how) for words, how in DELIVERED_AS.items()}
    clock = Clock.MIXED
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One number, in English."""
        base = base_url(credentials, "https://api-eu.dhl.com")
        return HttpRequest(
            method="GET",
            url=f"{base}/track/shipments?trackingNumber={quote(parcel.tracking_number, safe='')}&language=en",
            # A key is plain ASCII; quoting turns a line break pasted with it into a refusal, not into a second header.
            headers={
                "DHL-API-Key": quote(credentials["api_key"], safe=string.punctuation),
                "Accept": "application/json",
            },
        )

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer; one without shipments is an error, its kind told by the `status` in it."""
        answer = read_json(self.code, _Answer, body)
        shipments = answer.shipments or ((answer.shipment,) if answer.shipment else ())
        if not shipments:
            raise refusal(self.code, answer.status or 0)
        return [_update(shipment, received_at) for shipment in shipments]

    def verify_webhook(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """Compare the token that the subscription was made with; nothing else proves a push."""
        require_signature(request.headers.get(_TOKEN_HEADER), secrets, lambda secret: secret)

    def delivery_id(self, request: WebhookRequest) -> str | None:  # noqa: ARG002 DHL sends none
        """None."""
        return None

    def parse_webhook(self, request: WebhookRequest) -> list[TrackingUpdate]:
        """Read a push: the same shipments under `shipments` or, alone, under `shipment`."""
        return self.parse_tracking(request.body, received_at=request.received_at)


PLUGIN = DhlUnified()


def _update(shipment: _Shipment, received_at: datetime) -> TrackingUpdate:
    number = normal_number(shipment.id)
    if not number:
        raise MalformedPayloadError(DhlUnified.code, "shipments.id", "empty")
    home = shipment.origin if shipment.origin == shipment.destination else ""
    events = tuple(_scan(event, home, received_at) for event in shipment.events or (shipment.status,))
    status, sub_status = _meaning(shipment.status)
    return TrackingUpdate(
        tracking_number=number,
        carrier=DhlUnified.code,
        source=DhlUnified.code,
        status=status,
        sub_status=sub_status,
        estimate=_estimate(shipment),
        reported_at=received_at,
        events=events,
    )


def _scan(event: _Event, home: str, received_at: datetime) -> TrackingEvent:
    place = _place(event)
    status, sub_status = _meaning(event)
    clock = place if place.country else Place(country=home)
    return tracking_event(
        DhlUnified.code,
        printed_time(event.timestamp, clock, received_at),
        status=status,
        sub_status=sub_status,
        code=_own_code(event) or ("" if status is not Status.UNKNOWN else event.status_code or "none"),
        description=_words(event),
        place=place,
    )


def _own_code(event: _Event) -> str:
    """The division's code, empty when it sent a sentence instead."""
    return next((text for text in (event.status_detailed, event.status) if _CODE.fullmatch(text)), "")


def _meaning(event: _Event) -> tuple[Status, SubStatus]:
    coarse = STATUS_OF.get(event.status_code, Status.UNKNOWN), SubStatus.NONE
    if coarse[0] is Status.DELIVERED:
        return coarse[0], DELIVERED_AS.get(event.description, SubStatus.NONE)
    return MEANING_OF.get((event.status_code, _own_code(event)), coarse)


def _words(event: _Event) -> str:
    """Status, description and remark, without what repeats the one before and without the signatory."""
    words = ""
    for text in (_SIGNATORY.sub("", part) for part in (event.status, event.description, event.remark)):
        words = text if text.startswith(words) else f"{words}: {text}" if text else words
    return words


def _place(event: _Event) -> Place:
    """Split `City, Region, Country` where the last part repeats the country code.

    Else keep two parts: Supply Chain goes on with a contact's name.
    """
    city, *rest = (part.strip() for part in event.city.split(","))
    if len(rest) == 2 and rest[1] == event.country:  # noqa: PLR2004 region and country
        return Place(city=city, region=rest[0], postal_code=event.postal_code, country=event.country)
    return Place(city=", ".join((city, *rest[:1])), postal_code=event.postal_code, country=event.country)


def _estimate(shipment: _Shipment) -> Estimate | None:
    """The frame with its times, else the day of the single estimate: a moment that is no promised end stays a day."""
    start, end = _local(shipment.estimated_from, shipment), _local(shipment.estimated_through, shipment)
    if start and end and start.date() == end.date():
        return Estimate(day=end.date(), window_start=f"{start:%H:%M}", window_end=f"{end:%H:%M}")
    moment = _local(shipment.estimated, shipment) or end or start
    return Estimate(day=moment.date()) if moment else None


def _local(text: str, shipment: _Shipment) -> datetime | None:
    """The wall clock at the destination, as printed or, from an instant in UTC, in the zone of the country."""
    zone = zone_of(Place(country=shipment.destination))
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(ZoneInfo(zone)) if zone and text.endswith("Z") else moment
    except (ValueError, OverflowError):
        return None
