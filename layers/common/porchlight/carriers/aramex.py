"""Aramex: polled through the Shipments Tracking API (JSON); its SOAP answers are read too.

In: `TrackingResults`, a list of a waybill's updates. Out: one update per waybill that Aramex knows.
Docs: https://www.aramex.com/developers/aramex-apis (Shipments Tracking API, TrackShipments).
Key: user, password and account stand in the request's `ClientInfo`. Aramex pushes on request only, without a published
signature, so a push is not accepted here.
Time: the wall clock at the scan. JSON wraps it in `/Date(1722924060000+0300)/`, where the offset is that of Aramex's
server: SOAP prints the same update without one. The clock is read in the country that ends `UpdateLocation`.
Aramex Australia and New Zealand, once Fastway, answer by themselves: `result` with a label's `Scans`; read as well.
Quirks: Aramex gives its list of update codes to accounts only. Descriptions are fixed for each code; a known one is
read up to its dash where we do not know the code, and no other text decides. `Comments` name people and are not read.
"""

import json
from datetime import date, datetime

from porchlight.carriers._clock import dotnet, iso_local
from porchlight.carriers._country_names import country_code
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, instant, printed_time, refusal
from porchlight.carriers._roles import Keyed, PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import EventTime, missing, plausible, wall_clock
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, tracking_event
from porchlight.domain.zones import zone_of

STATUS_OF: dict[str, Reading] = by_code(
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "SH014 SH203",  # record created
        (Status.PRE_TRANSIT, SubStatus.AWAITING_HANDOVER): "SH308",  # pickup scheduled
        (Status.CANCELLED, SubStatus.NONE): "SH313",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "SH012 SH314",  # picked up from the shipper
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "SH001 SH047",  # at the destination, at the origin
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "SH160",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "SH022",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "SH003",
        (Status.DELIVERED, SubStatus.NONE): "SH005",
        (Status.DELIVERED, SubStatus.COLLECTED): "SH006",  # collected by the consignee
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "SH033",
        (Status.RETURNED, SubStatus.NONE): "SH069",  # returned to the shipper
    }
)
STATUS_OF_WORDS: dict[str, Reading] = {
    "record created": (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED),
    "picked up from shipper": (Status.IN_TRANSIT, SubStatus.ACCEPTED),
    "received at origin facility": (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY),
    "received at operations facility": (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY),
    "under processing at operations facility": (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY),
    "departed operations facility": (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY),
    "out for delivery": (Status.OUT_FOR_DELIVERY, SubStatus.NONE),
    "delivered": (Status.DELIVERED, SubStatus.NONE),
    "collected by consignee": (Status.DELIVERED, SubStatus.COLLECTED),
    "attempted delivery": (Status.DELIVERY_ATTEMPTED, SubStatus.NONE),
    "shipment on hold": (Status.EXCEPTION, SubStatus.HELD),
    "returned to shipper": (Status.RETURNED, SubStatus.NONE),
}
SCAN_OF: dict[str, Reading] = by_code(  # of Australia and New Zealand, once Fastway
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "PP8",
        (Status.IN_TRANSIT, SubStatus.NONE): "078 B72 PCY PP1 PPP RIA S2M SYD TOO TRN",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "ONB",  # on board with the courier
        (Status.DELIVERED, SubStatus.NONE): "R36 YES",
        (Status.EXCEPTION, SubStatus.NONE): "UND U03",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "RTS",
    }
)
HTTP_STATUS_OF = by_code({401: "ERR01"})  # invalid user name or password
HOST = "https://ws.aramex.net/ShippingAPI.V2"
CLIENT_INFO = {  # by credential field
    "username": "UserName",
    "password": "Password",
    "account_number": "AccountNumber",
    "account_pin": "AccountPin",
    "account_entity": "AccountEntity",
    "account_country": "AccountCountryCode",
}
_PAIR = "KeyValueOfstringArrayOfTrackingResult"


class _Update(Vendor):
    code: Text = at("UpdateCode", "Status")
    words: Text = at("UpdateDescription", "StatusDescription")
    moment: Text = at("UpdateDateTime", "RealDateTime")
    location: Text = at("UpdateLocation")

    def reading(self) -> Reading:
        fixed = " ".join(self.words.replace("–", "-").partition(" - ")[0].split()).rstrip(".").lower()
        return STATUS_OF.get(self.code) or SCAN_OF.get(self.code) or STATUS_OF_WORDS.get(fixed, UNKNOWN)

    def place(self) -> Place:
        """`Al Muqabalain, Jordan`; all of it is the city where no country ends it."""
        city, _, last = self.location.rpartition(",")
        country = country_code(last)
        return Place(city=(city if country else self.location).strip(), country=country)

    def when(self, received_at: datetime) -> EventTime:
        if instant(self.moment):
            return printed_time(self.moment, self.place(), received_at)
        moment = dotnet(self.moment)
        local = moment.replace(tzinfo=None) if moment else iso_local(self.moment)
        reading = wall_clock(local, zone_of(self.place())) if local else missing(received_at)
        return plausible(reading, received_at)


class _Waybill(Vendor):
    number: Text = at("Key", "LabelNumber")
    updates: Many[_Update] = at("Value.TrackingResult", "Value", "Scans", default=())


class _Answer(Vendor):
    waybills: Many[_Waybill] = at(
        f"TrackingResults.{_PAIR}mFAkxlpY", f"TrackingResults.{_PAIR}", "TrackingResults", "result", default=()
    )
    problem: Text = at("Notifications.0.Code", "Notifications.Notification.Code", "Notifications.Notification.0.Code")
    missing: Many[str] = at("NonExistingWaybills.string", "NonExistingWaybills", default=())


class Aramex(Keyed, PollOnly):
    """The plug-in."""

    code = "aramex"
    name = "Aramex"
    credential_fields = tuple(CLIENT_INFO)
    budget = Budget(calls=60, seconds=60)  # no number published
    readings = STATUS_OF | STATUS_OF_WORDS | SCAN_OF
    clock = Clock.PLACE
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """All updates of one waybill."""
        client = {name: credentials[field] for field, name in CLIENT_INFO.items()}
        question = {
            "ClientInfo": client | {"Version": "v1.0"},
            "Shipments": [parcel.tracking_number],
            "GetLastTrackingUpdateOnly": False,
        }
        return HttpRequest(
            method="POST",
            url=f"{base_url(credentials, HOST)}/Tracking/Service_1_0.svc/json/TrackShipments",
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            body=json.dumps(question).encode(),
        )

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer; a waybill without updates is left out while others have some."""
        answer = read_document(self.code, _Answer, body)
        known = [waybill for waybill in answer.waybills if waybill.updates]
        if not known:
            absent = bool(answer.missing or answer.waybills)
            raise refusal(self.code, 404 if absent else HTTP_STATUS_OF.get(answer.problem, 400))
        return [_update(waybill, received_at) for waybill in known]


PLUGIN = Aramex()


def _update(waybill: _Waybill, received_at: datetime) -> TrackingUpdate:
    events = tuple(_event(update, received_at) for update in waybill.updates)
    return carrier_update(PLUGIN.code, waybill.number, UNKNOWN, events, None, received_at=received_at)


def _event(update: _Update, received_at: datetime) -> TrackingEvent:
    if not update.code:
        raise MalformedPayloadError(PLUGIN.code, "TrackingResults.UpdateCode", "no code")
    status, sub_status = update.reading()
    return tracking_event(
        PLUGIN.code,
        update.when(received_at),
        status=status,
        sub_status=sub_status,
        code=update.code,
        description=update.words,
        place=update.place(),
    )
