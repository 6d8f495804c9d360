"""Asendia: polled through the Asendia Sync API; the answers of Asendia USA's A1 platform are read too.

In: JSON events, bare or in `trackingEvents`; A1's `data[].trackingMilestoneEvents` or `trackingBrandedDetail`. Out: one
update per parcel; a bare list does not repeat the number. Docs: https://www.asendia-sync.com/swagger-ui (Sync),
https://a1.asendiausa.com (A1). Asendia documents no push.
Key: user and password give a token; the customer's id is part of the path.
Time: always with an offset. A1 passes partners' scans on with `+00:00`; some may be wall clocks, which nothing tells.
Quirks: Asendia's harmonised codes are words (`IMPCUSTIN`), A1's own ones numbers (`2.1`) or milestones (`s10`). A1
lists partners' scans under the partners' codes, which mean something else: those are read only by three fixed texts.
"""

import json
from datetime import date, datetime
from urllib.parse import quote

from pydantic import Field, RootModel

from porchlight.carriers._country_names import country_code
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, printed_time, refusal
from porchlight.carriers._roles import PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery, Token
from porchlight.domain.model import Value
from porchlight.domain.reading import read_json
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, tracking_event

STATUS_OF: dict[str, Reading] = by_code(  # harmonised codes, and the short ones of Sync's example
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "ELECNOT CREALAB PRINTLAB POSTLIST",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "PICKUP ARRSUB CHECKIN PU",
        (Status.IN_TRANSIT, SubStatus.NONE): "TRANSP TRANSPDEST TRANSPLOC IT",
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "PROSUB FINALAB CREADES SORTHUB",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "ARRHUB",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "DEPSUB DEPHUB LEAVHUB",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_IN_DESTINATION_COUNTRY): "ARRDEST",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "CLEARIN EXPCLEAR EXPCUSTIN IMPCLEAR IMPCUSTIN",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "CLEAROUT EXPCUSTOUT IMPCUSTOUT",
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "INDELIVCENTER",
        (Status.IN_TRANSIT, SubStatus.DELIVERY_SCHEDULED): "DELIVPLAN",
        (Status.IN_TRANSIT, SubStatus.FORWARDED): "DELFAILFOW",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "OUTDELIVCENTER",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "PICKUPREAD",
        (Status.DELIVERED, SubStatus.NONE): "DELIVERY DL",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "ATTEMPT DELIVFAILURE",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "DELFAILABS",
        (Status.EXCEPTION, SubStatus.NONE): "INCIDPRO",
        (Status.EXCEPTION, SubStatus.DELAYED): "DELIVDELAY",
        (Status.EXCEPTION, SubStatus.MISSORTED): "MISSROUTED",
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "DELFAILINCOR DELFAILUNKN",  # incorrect, recipient unknown
        (Status.EXCEPTION, SubStatus.RECIPIENT_MOVED): "DELFAILMOV",
        (Status.EXCEPTION, SubStatus.NOT_COLLECTED): "DELFAILPICK",
        (Status.EXCEPTION, SubStatus.SECURITY): "DELFAILFORB",  # forbidden content
        (Status.EXCEPTION, SubStatus.DOCUMENTS_MISSING): "EXPCLEARINC IMPCLEARINC",  # clearance information incomplete
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "CLEARRET EXPCUSTRET IMPCUSTRET",  # held back by customs
        (Status.EXCEPTION, SubStatus.DUTY_DUE): "PAYCHARG",
        (Status.EXCEPTION, SubStatus.DAMAGED): "DAMAGINSP",
        (Status.EXCEPTION, SubStatus.LOST): "ITEMLOST",
        (Status.EXCEPTION, SubStatus.DISPOSED): "DESTROY",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "RETURNED RETURNDEAD RETURNUNCL RETURNREFU RETURNFORB RETURNINC"
        " RETURNUNKN RETURNABS RETURNMOV RETURNSEND",
        (Status.RETURNED, SubStatus.NONE): "DELIVSEND",  # delivered to the sender
    }
)
MILESTONE_OF: dict[str, Reading] = by_code(  # A1: milestones, and the numbers of its own scans
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "s1 1 1.1",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "s2a 2",
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "s2b 2.1 2.2",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "s2c s2d s4",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_IN_DESTINATION_COUNTRY): "s5",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "s7",
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "s8",
        (Status.DELIVERED, SubStatus.NONE): "s10",
    }
)
PARTNER_WORDS: dict[str, Reading] = {
    "customs released": (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED),
    "out for delivery": (Status.OUT_FOR_DELIVERY, SubStatus.NONE),
    "delivered": (Status.DELIVERED, SubStatus.NONE),
}
HOST = "https://www.asendia-sync.com"
HARMONISED, OWN = "FullTrack API", "A1 "
TOKEN_SECONDS = 3600.0
"""The answer does not say how long a token lives; an hour is well within a day."""
NO_CONTENT = 204


class _Event(Vendor):
    code: Text = at("code", "eventCode")
    words: Text = at("carrierEventDescription", "eventDescription")
    moment: Text = at("time", "eventOn")
    source: Text = at("eventSource")
    city: Text = at("locationName", "eventLocationDetails.city", "eventLocation")
    region: Text = at("eventLocationDetails.province")
    postal_code: Text = at("eventLocationDetails.postalCode")
    country: Text = at("locationCountry", "eventLocationDetails.countryIso2")

    def reading(self) -> Reading:
        if not self.source or self.source == HARMONISED:
            return STATUS_OF.get(self.code) or MILESTONE_OF.get(self.code, UNKNOWN)
        if self.source.startswith(OWN):
            return MILESTONE_OF.get(self.code, UNKNOWN)
        return PARTNER_WORDS.get(self.words.strip().lower(), UNKNOWN)


class _Parcel(Vendor):
    number: Text = at("trackingNumber", "trackingNumberVendor", "trackingBrandedSummary.trackingNumberVendor")
    events: Many[_Event] = at("trackingEvents", "trackingMilestoneEvents", "trackingBrandedDetail", default=())


class _Answer(Vendor):
    parcels: Many[_Parcel] = at("data", default=())
    status: int = at("responseStatus.responseStatusCode", "status", default=0)


class _Events(RootModel[tuple[_Event, ...]]):
    pass


class _Login(Value):
    id_token: str = Field(min_length=1)


class Asendia(PollOnly):
    """The plug-in."""

    code = "asendia"
    name = "Asendia"
    credential_fields = ("username", "password", "customer_id")
    budget = Budget(calls=60, seconds=60)  # no number published
    readings = STATUS_OF | MILESTONE_OF | PARTNER_WORDS
    clock = Clock.OFFSET
    checked_on = date(2026, 11, 22)

    def token_request(self, credentials: Credentials) -> HttpRequest | None:
        """Log in."""
        body = json.dumps({name: credentials[name] for name in ("username", "password")}).encode()
        url = f"{base_url(credentials, HOST)}/api/authenticate"
        return HttpRequest(method="POST", url=url, headers={"Content-Type": "application/json"}, body=body)

    def parse_token(self, body: bytes) -> Token:
        """Read the token or the refusal."""
        status = read_document(self.code, _Answer, body).status
        if status:
            raise refusal(self.code, status)
        return Token(value=read_json(self.code, _Login, body).id_token, expires_in=TOKEN_SECONDS)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:
        """The events of one parcel."""
        customer, number = quote(credentials["customer_id"], safe=""), quote(parcel.tracking_number, safe="")
        return HttpRequest(
            method="GET",
            url=f"{base_url(credentials, HOST)}/api/customers/{customer}/tracking/{number}",
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        )

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer of Sync or of A1."""
        if body.lstrip()[:1] == b"[":
            bare = _Parcel().model_copy(update={"events": read_json(self.code, _Events, body).root})
            return [_update(bare, received_at, numbered=False)]
        answer = read_document(self.code, _Answer, body)
        parcels = answer.parcels or (read_document(self.code, _Parcel, body),)
        known = [parcel for parcel in parcels if parcel.events]
        if not known:
            raise refusal(self.code, 404 if answer.status == NO_CONTENT else answer.status)
        return [_update(parcel, received_at) for parcel in known]


PLUGIN = Asendia()


def _update(parcel: _Parcel, received_at: datetime, *, numbered: bool = True) -> TrackingUpdate:
    events = tuple(_event(event, received_at) for event in parcel.events)
    return carrier_update(PLUGIN.code, parcel.number, UNKNOWN, events, None, received_at=received_at, numbered=numbered)


def _event(event: _Event, received_at: datetime) -> TrackingEvent:
    if not event.code:
        raise MalformedPayloadError(PLUGIN.code, "trackingEvents.code", "no code")
    place = Place(
        city=event.city.strip(),
        region=event.region.strip(),
        postal_code=event.postal_code.strip(),
        country=country_code(event.country),
    )
    status, sub_status = event.reading()
    return tracking_event(
        PLUGIN.code,
        printed_time(event.moment, place, received_at),
        status=status,
        sub_status=sub_status,
        code=event.code,
        description=event.words,
        place=place,
    )
