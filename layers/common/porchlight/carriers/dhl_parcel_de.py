"""DHL Paket (Parcel Germany): polled through Parcel DE Tracking; the older "Sendungsverfolgung" answers alike.

In: nested `<data>` elements whose facts are attributes: `piece-shipment` or `piece-status-public`, with its events.
Out: one update per piece. Docs: https://developer.dhl.com/api-reference/dhl-parcel-de-tracking-post-parcel-germany
(request `d-get-piece-detail`; code lists ICE/RIC and standard events).
Key: API key and secret go in headers; the business user's name and password are attributes of the XML, which DHL takes
in the query string only. Without a business user DHL answers the public view.
Time: `18.05.2026 10:02`, the wall clock where the scan was; without a country in Germany.
Quirks: three codes per event. The ICE names the reason when something is unusual, the standard event where the parcel
is (`PO` is the delivery vehicle, while its ICE only says sorted). `ruecksendung` marks a parcel on its way back.
DHL pushes nothing here; its push is that of the unified API. Names and streets of recipients are not read.
"""

import string
from base64 import b64encode
from collections.abc import Iterator
from datetime import date, datetime
from urllib.parse import quote
from xml.etree.ElementTree import Element
from xml.sax.saxutils import quoteattr

from pydantic import Field

from porchlight.carriers._clock import digits
from porchlight.carriers._country_names import country_code
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, refusal
from porchlight.carriers._roles import Keyed, PollOnly
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery
from porchlight.domain.model import Value
from porchlight.domain.reading import looks_like_xml, read_json, read_xml
from porchlight.domain.status import MOVEMENT, Status, SubStatus
from porchlight.domain.times import missing, plausible, wall_clock
from porchlight.domain.tracking import Estimate, Place, TrackingEvent, TrackingUpdate, tracking_event
from porchlight.domain.zones import zone_of

REASON_OF: dict[str, Reading] = by_code(  # ICE that say more than the standard event beside them
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "PARCV",  # electronic data received
        (Status.CANCELLED, SubStatus.NONE): "CANCL",
        (Status.IN_TRANSIT, SubStatus.FORWARDED): "OFWRD",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "HLDCC",  # held for collection
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_POST_OFFICE): "CNRFC",  # notified, stored at a branch
        (Status.DELIVERED, SubStatus.NONE): "DLVRD",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "NTDEL",
        (Status.EXCEPTION, SubStatus.REFUSED): "DLVRF",
        (Status.EXCEPTION, SubStatus.DELAYED): "LDEXC MVTEX",  # left behind at loading, problem in transport
        (Status.EXCEPTION, SubStatus.MISSORTED): "MSRTD",
        (Status.EXCEPTION, SubStatus.DAMAGED): "DMGDS",
        (Status.EXCEPTION, SubStatus.DISPOSED): "DSPSD",
        (Status.EXCEPTION, SubStatus.HELD): "EXPHD",
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "ADURS",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "RETRN",
    }
)
STANDARD_OF: dict[str, Reading] = by_code(  # standard events
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "VA",  # announced
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "ES AE",  # posted, picked up
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "AA NB",  # in the first centre, reworked
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "EE",  # in the last centre
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "ZO",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "PO",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_POST_OFFICE): "ZF",
        (Status.DELIVERED, SubStatus.NONE): "ZU",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "ZN",
    }
)
MOVEMENT_OF: dict[str, Reading] = by_code(  # ICE that the standard event makes plainer
    {
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "SHRCU PCKDU",  # received from the sender, picked up
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "LDTMV MVDPT",  # loaded, departed
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "ULFMV MVARR ARRVD",  # unloaded, arrived
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "SRTED",
    }
)
AT_PACKSTATION = ("HLDCC", "PCKST")  # ICE with RIC
HTTP_STATUS_OF = by_code(  # the answer's own codes: wrong user, too many tries, no right; no data, wrong check digit
    {401: "5 6 62 64", 404: "41 57 100 200"}
)
HOST = "https://api-eu.dhl.com/parcel/de/tracking/v0"
HOME = Place(country="DE")


class _Refusal(Value):
    status: int = 0
    status_code: int = Field(0, alias="statusCode")
    title: Text = ""


class DhlParcelDe(Keyed, PollOnly):
    """The plug-in."""

    code = "dhl_parcel_de"
    name = "DHL Paket"
    credential_fields = ("api_key", "api_secret", "appname", "password")
    budget = Budget(calls=1000, seconds=86_400)
    readings = REASON_OF | STANDARD_OF | MOVEMENT_OF
    clock = Clock.PLACE
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One piece with its events, in English."""
        facts = {
            "appname": credentials["appname"],
            "password": credentials["password"],
            "request": "d-get-piece-detail",
            "language-code": "en",
            "piece-code": parcel.tracking_number,
        }
        attributes = " ".join(f"{name}={quoteattr(text)}" for name, text in facts.items())
        question = f'<?xml version="1.0" encoding="UTF-8" standalone="no"?><data {attributes}/>'
        key = b64encode(f"{credentials['api_key']}:{credentials['api_secret']}".encode()).decode()
        return HttpRequest(
            method="GET",
            url=f"{base_url(credentials, HOST)}/shipments?xml={quote(question, safe='')}",
            headers={
                "Authorization": f"Basic {key}",
                "DHL-API-Key": quote(credentials["api_key"], safe=string.punctuation),
                "Accept": "application/xml",
            },
        )

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer; a piece that DHL does not know is left out while others are known."""
        if not looks_like_xml(body):
            problem = read_json(self.code, _Refusal, body)
            raise refusal(self.code, problem.status or problem.status_code)
        root = read_xml(self.code, body)
        _refuse(next((code for part in root.iter("data") if (code := part.get("code"))), "0"))
        pieces = [part for part in root.iter("data") if part.get("piece-code") and part.get("error-status") is not None]
        known = [piece for piece in pieces if piece.get("error-status") == "0"]
        if not known:
            _refuse(next((piece.get("error-status", "") for piece in pieces), ""))
        return [_update(piece, received_at) for piece in known]


PLUGIN = DhlParcelDe()


def _refuse(code: str) -> None:
    if code != "0":
        raise refusal(PLUGIN.code, HTTP_STATUS_OF.get(code, 400))


def _update(piece: Element, received_at: datetime) -> TrackingUpdate:
    said = _reading(piece)
    if piece.get("delivery-event-flag") == "1" and said[0] is not Status.RETURNED:
        said = (Status.RETURNED if _goes_back(piece) else Status.DELIVERED), said[1]
    events = tuple(_event(scan, received_at) for scan in _scans(piece))
    number = piece.get("piece-code", "")
    return carrier_update(PLUGIN.code, number, said, events, _estimate(piece), received_at=received_at)


def _scans(piece: Element) -> Iterator[Element]:
    """Its events; an answer without the list still tells the last one."""
    listed = [part for part in piece.iter("data") if part.get("event-timestamp")]
    yield from listed or ([piece] if piece.get("status-timestamp") or piece.get("last-event-timestamp") else [])


def _event(scan: Element, received_at: datetime) -> TrackingEvent:
    code = scan.get("standard-event-code", "") or scan.get("ice", "")
    words = scan.get("event-status", "") or scan.get("event-text", "") or scan.get("status", "")
    if not (code or words):
        raise MalformedPayloadError(PLUGIN.code, "piece-event", "neither a code nor words")
    place = Place(city=scan.get("event-location", ""), country=country_code(scan.get("event-country", "")))
    moment = _moment(scan.get("event-timestamp") or scan.get("status-timestamp") or scan.get("last-event-timestamp"))
    zone = zone_of(place if place.country else HOME)
    reading = _reading(scan)
    return tracking_event(
        PLUGIN.code,
        plausible(wall_clock(moment, zone), received_at) if moment else missing(received_at),
        status=reading[0],
        sub_status=reading[1],
        code=code,
        description=words,
        place=place,
    )


def _reading(scan: Element) -> Reading:
    ice, ric, standard = (scan.get(name, "") for name in ("ice", "ric", "standard-event-code"))
    known = (REASON_OF.get(ice), STANDARD_OF.get(standard), MOVEMENT_OF.get(ice))
    status, sub_status = next((reading for reading in known if reading), UNKNOWN)
    if (ice, ric) == AT_PACKSTATION:
        sub_status = SubStatus.AT_LOCKER
    if _goes_back(scan) and status in MOVEMENT:
        return (Status.RETURNED if status is Status.DELIVERED else Status.RETURN_TO_SENDER), SubStatus.NONE
    return status, sub_status


def _goes_back(part: Element) -> bool:
    return part.get("ruecksendung") == "true"


def _moment(text: str | None) -> datetime | None:
    """`18.05.2026 10:02`, with or without seconds, or without a time."""
    day, _, clock = (text or "").partition(" ")
    return digits("".join(reversed(day.split("."))), clock.replace(":", "").ljust(6, "0"))


def _estimate(piece: Element) -> Estimate | None:
    moment = _moment(piece.get("delivery-date")) or _moment(piece.get("preferred-delivery-day"))
    return Estimate(day=moment.date()) if moment else None
