"""DHL eCommerce Americas: polled through Tracking v4, pushed by Tracking Webhooks v4 in the same form.

In: JSON `packages[]`, the earlier `data.mailItems[]`, or the Global Mail XML `track`. Out: one update per package.
Docs: https://developer.dhl.com/api-reference/tracking-dhl-ecommerce-americas, for the push
https://developer.dhl.com/api-reference/tracking-webhooks-dhl-ecommerce-americas.
Push: not signed. Subscribe with a user and a password in the callback's URL (basic authentication) and give the
connection `user:password` as its secret. Three tries within seven hours, then a push is lost; so trust is HINT.
Time: local, with the name of its zone (`ET`), which makes it exact.
Quirks: an event is an id with a fixed text, and a secondary event beside it is finer. Of the ids only some are public,
and one id covers several texts ("delivered, to original sender"), so a text that we know is read first.
"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, date, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from porchlight.carriers._country_names import country_code
from porchlight.carriers._oauth import base_url, basic_request
from porchlight.carriers._payload import Text, day_or_end, refusal
from porchlight.carriers._roles import OAuth, PushesAnswers, Unnumbered, Unregistered
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery, Trust, WebhookRequest
from porchlight.domain.signatures import require_signature
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import EventTime, date_only, exact, missing, plausible, wall_clock
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, tracking_event
from porchlight.domain.zones import zone_of

STATUS_OF: dict[str, Reading] = by_code(  # event ids
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "99",
        (Status.PRE_TRANSIT, SubStatus.AWAITING_HANDOVER): "132",  # on its way to DHL
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "200 350 526",
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "220 540",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "300",
        (Status.IN_TRANSIT, SubStatus.HANDED_TO_PARTNER): "400",  # tendered to the delivering carrier
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "520 539",  # at the post office, sorted there
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "598",
        (Status.DELIVERED, SubStatus.NONE): "600",
    }
)
_WORDS: dict[Reading, str] = {  # event texts, up to a colon; those of the delivering carrier too
    (
        Status.PRE_TRANSIT,
        SubStatus.LABEL_CREATED,
    ): "ELECTRONIC NOTIFICATION RECEIVED|LABEL CREATED|MANIFEST DATA RECEIVED",
    (Status.PRE_TRANSIT, SubStatus.AWAITING_HANDOVER): "EN ROUTE TO DHL ECOMMERCE"
    "|EN ROUTE TO DHL ECOMMERCE DISTRIBUTION CENTER|EN ROUTE TO DHL ECOMMERCE OR AWAITING PROCESSING"
    "|DHL ECOMMERCE CURRENTLY AWAITING SHIPMENT AND TRACKING WILL BE UPDATED"
    "|DHL ECOMMERCE CURRENTLY AWAITING SHIPMENT AND TRACKING WILL BE UPDATED WHEN RECEIVED",
    (Status.IN_TRANSIT, SubStatus.NONE): "EN ROUTE",
    (Status.IN_TRANSIT, SubStatus.ACCEPTED): "PACKAGE RECEIVED AT DHL ECOMMERCE DISTRIBUTION CENTER",
    (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "ARRIVAL DHL DISTRIBUTION CENTER"
    "|ARRIVAL AT DHL ECOMMERCE DISTRIBUTION CENTER|ARRIVAL DESTINATION DHL DISTRIBUTION CENTER"
    "|ARRIVAL DESTINATION DHL ECOMMERCE DISTRIBUTION CENTER|ARRIVAL DESTINATION DHL ECOMMERCE FACILITY"
    "|ARRIVED USPS SORT FACILITY|ARRIVED AT TRANSIT FACILITY",
    (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "PROCESSED|PROCESSING COMPLETED AT ORIGIN"
    "|PROCESSED THROUGH SORT FACILITY|PROCESSED THROUGH USPS SORT FACILITY|PROCESSED AT EXPORT FACILITY",
    (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "DEPARTURE DHL DISTRIBUTION CENTER"
    "|DEPARTURE ORIGIN DHL ECOMMERCE DISTRIBUTION CENTER|DEPARTURE ORIGIN DHL ECOMMERCE FACILITY"
    "|DEPARTED FROM TRANSIT FACILITY",
    (Status.IN_TRANSIT, SubStatus.HANDED_TO_PARTNER): "TENDERED TO USPS|TENDERED TO DELIVERY SERVICE PROVIDER",
    (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "ARRIVAL AT POST OFFICE|SORTING COMPLETE",
    (Status.IN_TRANSIT, SubStatus.FORWARDED): "FORWARDED",
    (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "CUSTOMS CLEARANCE",
    (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "CUSTOMS CLEARED",
    (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "OUT FOR DELIVERY",
    (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_POST_OFFICE): "AVAILABLE FOR PICKUP",
    (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "ARRIVAL AT PICK-UP-POINT|READY FOR COLLECTION",
    (Status.DELIVERED, SubStatus.NONE): "DELIVERED|DELIVERED, LEFT WITH INDIVIDUAL|DELIVERED, PARCEL LOCKER"
    "|DELIVERED, FRONT DESK/RECEPTION/MAIL ROOM",
    (Status.DELIVERED, SubStatus.LEFT_IN_MAILBOX): "DELIVERED, IN/AT MAILBOX|DELIVERED, PO BOX",
    (Status.DELIVERED, SubStatus.LEFT_IN_SAFE_PLACE): "DELIVERED, FRONT DOOR/PORCH"
    "|DELIVERED, GARAGE / OTHER DOOR / OTHER LOCATION AT ADDRESS",
    (Status.DELIVERED, SubStatus.COLLECTED): "DELIVERED, INDIVIDUAL PICKED UP AT POST OFFICE"
    "|DELIVERED, INDIVIDUAL PICKED UP AT POSTAL FACILITY",
    (Status.DELIVERED, SubStatus.DELIVERED_DAMAGED): "DELIVERED DAMAGED",
    (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "NOTICE LEFT|DELIVERY ATTEMPT FAILED",
    (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "NOTICE LEFT (NO AUTHORIZED RECIPIENT AVAILABLE)",
    (Status.DELIVERY_ATTEMPTED, SubStatus.NO_ACCESS): "NOTICE LEFT (NO SECURE LOCATION AVAILABLE)",
    (Status.DELIVERY_ATTEMPTED, SubStatus.BUSINESS_CLOSED): "BUSINESS CLOSED|NOTICE LEFT (BUSINESS CLOSED)",
    (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "UNDELIVERABLE AS ADDRESSED|NO SUCH NUMBER|INSUFFICIENT ADDRESS"
    "|ADDRESSEE UNKNOWN|VACANT|UNSUCCESSFUL ATTEMPT - BAD ADDRESS",
    (Status.EXCEPTION, SubStatus.RECIPIENT_MOVED): "MOVED, LEFT NO ADDRESS|FORWARD EXPIRED",
    (Status.EXCEPTION, SubStatus.REFUSED): "REFUSED",
    (Status.EXCEPTION, SubStatus.NOT_COLLECTED): "UNCLAIMED",
    (Status.EXCEPTION, SubStatus.DAMAGED): "VISIBLE DAMAGE",
    (Status.RETURN_TO_SENDER, SubStatus.NONE): "RETURN TO SENDER|UNCLAIMED/BEING RETURNED TO SENDER",
    (Status.RETURNED, SubStatus.NONE): "DELIVERED, TO ORIGINAL SENDER",
}
STATUS_OF_WORDS = {text: reading for reading, texts in _WORDS.items() for text in texts.split("|")}
ZONE_OF_NAME = by_code(  # DHL prints standard time's name in summer too, so the name means the region
    {
        "America/New_York": "ET EST EDT",
        "America/Chicago": "CT CST CDT",
        "America/Denver": "MT MST MDT",
        "America/Los_Angeles": "PT PST PDT",
        "America/Anchorage": "AKT AKST AKDT",
        "Pacific/Honolulu": "HT HST",
        "UTC": "GMT UTC",
    }
)
HOST = "https://api.dhlecs.com"


class _Event(Vendor):
    code: Text = at("primaryEventId", "id", "code")
    words: Text = at("primaryEventDescription", "description")
    finer: Text = at("secondaryEventDescription")
    day: Text = at("date")
    clock: Text = at("time")
    zone: Text = at("timeZone")
    location: Text = at("location")
    city: Text = ""
    region: Text = at("state")
    postal_code: Text = at("postalCode", "postalcode")
    country: Text = ""

    def reading(self) -> Reading:
        known = (STATUS_OF_WORDS.get(_fixed(self.finer)), STATUS_OF_WORDS.get(_fixed(self.words)))
        return next((reading for reading in known if reading), STATUS_OF.get(self.code, UNKNOWN))

    def place(self) -> Place:
        """`ATLANTA, GA, US` of v4, there also a mere country, or the parts of earlier answers."""
        parts = [part.strip() for part in self.location.split(",")]
        ends = "" if len(parts) == 2 else country_code(parts[-1])  # noqa: PLR2004 `ATLANTA, GA` ends with a state
        country = country_code(self.country) or ends
        city, region, *_ = (*(parts[:-1] if ends else parts), "", "")
        return Place(
            city=self.city or city, region=self.region or region, postal_code=self.postal_code, country=country
        )


class _Package(Vendor):
    number: Text = at(
        "package.trackingId", "package.dhlPackageId", "package.packageId", "mail.dspNumber", "trackingnumber"
    )
    expected: Text = at("package.expectedDelivery", "expectedDelivery")
    events: Many[_Event] = at("events", "event", default=())


class _Answer(Vendor):
    packages: Many[_Package] = at("packages", "data.mailItems", "shipment", default=())
    total: int | None = None
    status: int = at("status", "meta.code", default=0)
    error: Text = ""


class DhlEcommerceUs(OAuth, Unregistered, Unnumbered, PushesAnswers):
    """The plug-in."""

    code = "dhl_ecommerce_us"
    name = "DHL eCommerce US"
    trust: Trust | None = Trust.HINT
    webhook_headers = ("authorization",)
    credential_fields = ("client_id", "client_secret")
    budget = Budget(calls=60, seconds=60)
    readings = STATUS_OF | STATUS_OF_WORDS
    clock = Clock.OFFSET
    checked_on = date(2026, 11, 22)

    def token_request(self, credentials: Credentials) -> HttpRequest | None:
        """Client credentials by Basic authentication."""
        url = f"{base_url(credentials, HOST)}/auth/v4/accesstoken"
        return basic_request(url, credentials["client_id"], credentials["client_secret"])

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:
        """One package with its events."""
        number = quote(parcel.tracking_number, safe="")
        return HttpRequest(
            method="GET",
            url=f"{base_url(credentials, HOST)}/tracking/v4/package/open?trackingId={number}",
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        )

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer; one without packages is an error, or tells that there are none."""
        answer = read_document(self.code, _Answer, body)
        if not answer.packages:
            raise refusal(self.code, 404 if answer.total == 0 else answer.status)
        return [_update(package, received_at) for package in answer.packages]

    def verify_webhook(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """Basic authentication with the user and password that the callback's URL names."""
        given = request.headers.get("authorization")
        require_signature(given, secrets, lambda secret: f"Basic {b64encode(secret.encode()).decode()}")


PLUGIN = DhlEcommerceUs()


def _fixed(words: str) -> str:
    """The fixed part of a text, which a hint to the shopper may follow after a colon."""
    return " ".join(words.partition(":")[0].split()).upper()


def _update(package: _Package, received_at: datetime) -> TrackingUpdate:
    events = tuple(_event(event, received_at) for event in package.events)
    estimate = day_or_end(package.expected[:10])
    return carrier_update(PLUGIN.code, package.number, UNKNOWN, events, estimate, received_at=received_at)


def _event(event: _Event, received_at: datetime) -> TrackingEvent:
    if not (event.code or event.words):
        raise MalformedPayloadError(PLUGIN.code, "events.primaryEventId", "no code")
    status, sub_status = event.reading()
    return tracking_event(
        PLUGIN.code,
        plausible(_when(event) or missing(received_at), received_at),
        status=status,
        sub_status=sub_status,
        code=event.code,
        description=event.finer or event.words,
        place=event.place(),
    )


def _when(event: _Event) -> EventTime | None:
    """`2026-05-13` and `10:34:00` with their zone apart, or `1/17/2017` and `12:26 PM ET`."""
    clock, _, name = event.clock.rpartition(" ") if event.clock[-1:].isalpha() else (event.clock, "", "")
    zone = ZONE_OF_NAME.get((event.zone or name).upper())
    local = _local(event.day, clock)
    if local is None:
        return None
    if not clock:
        return date_only(local.date(), zone or zone_of(event.place()))
    if zone is None:
        return wall_clock(local, zone_of(event.place()))
    return exact(local.replace(tzinfo=UTC if zone == "UTC" else ZoneInfo(zone)))


def _local(day: str, clock: str) -> datetime | None:
    try:
        if "/" in day:
            return datetime.strptime(f"{day} {clock or '12:00 AM'}", "%m/%d/%Y %I:%M %p")  # noqa: DTZ007 a wall clock
        return datetime.fromisoformat(f"{day}T{clock or '00:00'}").replace(tzinfo=None)
    except ValueError:
        return None
