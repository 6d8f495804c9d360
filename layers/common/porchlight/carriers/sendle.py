"""Sendle: polled through the Sendle API, pushed event by event.

In: a parcel's `state` with its `tracking_events`, or one event with its `sendle_reference`. Out: one update; an answer
does not repeat the reference it was asked about.
Docs: https://developers.sendle.com/reference (Track Parcel, Webhooks).
Key: Sendle id and API key by basic authentication.
Push: not signed. Put a user and a password in the callback's URL (basic authentication) and give the connection
`user:password` as its secret; trust is HINT. Sendle tries three times.
Time: `scan_time` is in UTC, `local_scan_time` the wall clock of the same scan; both together give the offset.
Quirks: `Pickup` is an event (picked up) and a state (to be picked up). A state is coarser than the events; it counts
where no event can say the same (lost, cancelled, going back). `Info` may mean anything and stays unknown.
"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import quote

from porchlight.carriers._clock import paired
from porchlight.carriers._country_names import country_code
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, day_or_end, refusal
from porchlight.carriers._roles import Keyed, Unnumbered, Unregistered
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery, Trust, WebhookRequest
from porchlight.domain.signatures import require_signature
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import EventTime
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, newest, tracking_event
from porchlight.domain.zones import zone_of

STATUS_OF: dict[str, Reading] = {  # event types
    "Pickup Attempted": (Status.PRE_TRANSIT, SubStatus.COLLECTION_FAILED),
    "Pickup": (Status.IN_TRANSIT, SubStatus.ACCEPTED),
    "Drop Off": (Status.IN_TRANSIT, SubStatus.ACCEPTED),
    "Dropped Off": (Status.IN_TRANSIT, SubStatus.ACCEPTED),
    "Dropped off": (Status.IN_TRANSIT, SubStatus.ACCEPTED),
    "In Transit": (Status.IN_TRANSIT, SubStatus.NONE),
    "Out for Delivery": (Status.OUT_FOR_DELIVERY, SubStatus.NONE),
    "Local Delivery": (Status.OUT_FOR_DELIVERY, SubStatus.NONE),
    "Left with Agent": (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT),
    "Delivered": (Status.DELIVERED, SubStatus.NONE),
    "Delivery Attempted": (Status.DELIVERY_ATTEMPTED, SubStatus.NONE),
    "Card Left": (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME),
    "Unable to Deliver": (Status.EXCEPTION, SubStatus.UNDELIVERABLE),
    "Damaged": (Status.EXCEPTION, SubStatus.DAMAGED),
    "Delayed": (Status.EXCEPTION, SubStatus.DELAYED),
    "Lost": (Status.EXCEPTION, SubStatus.LOST),
    "Return to Sender": (Status.RETURN_TO_SENDER, SubStatus.NONE),
    "Expired": (Status.EXPIRED, SubStatus.NONE),
}
EARLY_STATE_OF: dict[str, Reading] = {  # of use only as long as no event says more
    "Draft": (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED),
    "Booking": (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED),
    "Pickup": (Status.PRE_TRANSIT, SubStatus.AWAITING_HANDOVER),
    "Drop Off": (Status.PRE_TRANSIT, SubStatus.AWAITING_HANDOVER),
    "Transit": (Status.IN_TRANSIT, SubStatus.NONE),
}
STATE_OF: dict[str, Reading] = {
    "Delivered": (Status.DELIVERED, SubStatus.NONE),
    "Cancelled": (Status.CANCELLED, SubStatus.NONE),
    "Lost": (Status.EXCEPTION, SubStatus.LOST),
    "Return to Sender": (Status.RETURN_TO_SENDER, SubStatus.NONE),
}
HTTP_STATUS_OF = by_code({404: "not_found", 401: "unauthorized forbidden", 429: "too_many_requests"})
HOST = "https://api.sendle.com"


class _Event(Vendor):
    type: Text = at("event_type")
    scanned: Text = at("scan_time")
    local: Text = at("local_scan_time")
    description: Text = at("description")
    location: Text = at("location")
    suburb: Text = at("location_data.suburb")
    state: Text = at("location_data.state")
    postcode: Text = at("location_data.postcode")
    country: Text = at("location_data.country")

    def place(self) -> Place:
        country = country_code(self.country)
        return Place(city=self.suburb or self.location, region=self.state, postal_code=self.postcode, country=country)

    def when(self, received_at: datetime) -> EventTime:
        return paired(_pair(self.local), _pair(self.scanned), zone_of(self.place()), received_at)


class _Parcel(Vendor):
    reference: Text = at("sendle_reference")
    state: Text = at("state")
    earliest: Text = at("scheduling.estimated_delivery_date_minimum")
    latest: Text = at("scheduling.estimated_delivery_date_maximum")
    events: Many[_Event] = at("tracking_events", default=())
    type: Text = at("event_type")
    error: Text = at("error")


class Sendle(Keyed, Unregistered, Unnumbered):
    """The plug-in."""

    code = "sendle"
    name = "Sendle"
    trust: Trust | None = Trust.HINT
    webhook_headers = ("authorization",)
    credential_fields = ("sendle_id", "api_key")
    budget = Budget(calls=60, seconds=60)  # no number published
    readings = {f"state {code}": reading for code, reading in (EARLY_STATE_OF | STATE_OF).items()} | STATUS_OF
    clock = Clock.OFFSET
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One parcel with its events."""
        key = b64encode(f"{credentials['sendle_id']}:{credentials['api_key']}".encode()).decode()
        return HttpRequest(
            method="GET",
            url=f"{base_url(credentials, HOST)}/api/tracking/{quote(parcel.tracking_number, safe='')}",
            headers={"Authorization": f"Basic {key}", "Accept": "application/json"},
        )

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer, or the refusal in its place."""
        parcel = read_document(self.code, _Parcel, body)
        if parcel.error or not parcel.state:
            raise refusal(self.code, HTTP_STATUS_OF.get(parcel.error, 400))
        events = tuple(_event(event, received_at) for event in parcel.events)
        estimate = day_or_end(parcel.latest[:10]) or day_or_end(parcel.earliest[:10])
        summary = _summary(parcel.state, events)
        return [carrier_update(self.code, "", summary, events, estimate, received_at=received_at, numbered=False)]

    def verify_webhook(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """Basic authentication with the user and password that the callback's URL names."""
        given = request.headers.get("authorization")
        require_signature(given, secrets, lambda secret: f"Basic {b64encode(secret.encode()).decode()}")

    def parse_webhook(self, request: WebhookRequest) -> list[TrackingUpdate]:
        """Read one event."""
        reference = read_document(self.code, _Parcel, request.body).reference
        event = _event(read_document(self.code, _Event, request.body), request.received_at)
        return [carrier_update(self.code, reference, UNKNOWN, (event,), None, received_at=request.received_at)]


PLUGIN = Sendle()


def _summary(state: str, events: tuple[TrackingEvent, ...]) -> Reading:
    known = STATE_OF if newest(events) else STATE_OF | EARLY_STATE_OF
    return known.get(state, UNKNOWN)


def _event(event: _Event, received_at: datetime) -> TrackingEvent:
    if not event.type:
        raise MalformedPayloadError(PLUGIN.code, "event_type", "no code")
    status, sub_status = STATUS_OF.get(event.type, UNKNOWN)
    return tracking_event(
        PLUGIN.code,
        event.when(received_at),
        status=status,
        sub_status=sub_status,
        code=event.type,
        description=event.description,
        place=event.place(),
    )


def _pair(text: str) -> tuple[str, str]:
    """Day and time of `2026-05-25T21:21:05Z` as bare digits, without fractions."""
    day, _, clock = text.removesuffix("Z").partition("T")
    return day.replace("-", ""), clock[:8]
