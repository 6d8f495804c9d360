"""Royal Mail: polled through Tracking API v2 (JSON); it pushes nothing.

https://developer.royalmail.net/api-catalogue ("Royal Mail Tracking", operations events, summary, signature).

* `events` answers with one mail piece, `summary` with up to thirty; each may hold an `error` of its own.
* Event times print their offset. The delivery window is a date and two times beside it.
* The name beside a signature is never read.
* Event names vary between products and over the years; the codes are stable. The status category is coarse.
* "Forwarded to a new address" and customs charges are told by codes Royal Mail does not publish; the status category
  then speaks for the parcel and the scan stays unknown.
"""

from datetime import date, datetime
from urllib.parse import quote

from porchlight.carriers._clock import hour
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, day_or_end, printed_time, refusal
from porchlight.carriers._roles import Keyed, PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Estimate, Place, TrackingEvent, TrackingUpdate, normal_number, tracking_event

STATUS_OF: dict[str, Reading] = by_code(
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "EVAIE EVAIP",  # sender preparing; sender has dispatched
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "EVPPA EVPAD",  # at a post office or drop-off point
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "EVBAH EVBAV EVDAC EVDAV EVIAV EVIMC EVOAC EVORI",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "EVODO",
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "EVOCO",  # at the delivery office
        (Status.IN_TRANSIT, SubStatus.DELIVERY_SCHEDULED): "EVNKS EVNRT",  # kept at the recipient's wish
        # Redelivery prepared, or asked for: same place, safe place, neighbour, other address, post office.
        (Status.IN_TRANSIT, SubStatus.RESCHEDULED): "EVNAR EVNSR ASRXS RSRXS RORXS RFRXS RNRXS RPRXS",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "EVGPD",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "EVKNR EVNDN EVKSU",  # card left; again tomorrow; no safe place
        (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "EVKNA EVNDA",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NO_ACCESS): "EVKAA EVNAA",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_POST_OFFICE): "EVPLA",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "EVKLS EVKLC",
        (Status.DELIVERED, SubStatus.NONE): "EVKOP",
        (Status.DELIVERED, SubStatus.SIGNED_FOR): "EVKSP",
        (Status.DELIVERED, SubStatus.LEFT_IN_SAFE_PLACE): "EVKSF",
        (Status.DELIVERED, SubStatus.LEFT_WITH_NEIGHBOUR): "EVKDN",
        (Status.DELIVERED, SubStatus.COLLECTED): "EVPLC EVNOC",  # from a post office, from the delivery office
        (Status.EXCEPTION, SubStatus.MISSORTED): "EVNMI EVGMI EVIPI",
        (Status.RETURN_TO_SENDER, SubStatus.ADDRESS_PROBLEM): "EVKAI",
        (Status.RETURN_TO_SENDER, SubStatus.RECIPIENT_MOVED): "EVKGA EVNGA",
        (Status.RETURN_TO_SENDER, SubStatus.REFUSED): "EVKRF EVNRF",
        (Status.RETURNED, SubStatus.NONE): "EVRTS",
    }
)
CATEGORY_OF: dict[str, Reading] = {  # a phrase each, so written out
    "PRE ADVICE": (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED),
    "IN TRANSIT": (Status.IN_TRANSIT, SubStatus.NONE),
    "OUT FOR DELIVERY": (Status.OUT_FOR_DELIVERY, SubStatus.NONE),
    "ATTEMPTED DELIVERY": (Status.DELIVERY_ATTEMPTED, SubStatus.NONE),
    "AVAILABLE FOR COLLECTION": (Status.AVAILABLE_FOR_PICKUP, SubStatus.NONE),
    "READY FOR COLLECTION": (Status.AVAILABLE_FOR_PICKUP, SubStatus.NONE),
    "DELIVERED": (Status.DELIVERED, SubStatus.NONE),
    "COLLECTED": (Status.DELIVERED, SubStatus.COLLECTED),
    "RETURNED TO SENDER": (Status.RETURN_TO_SENDER, SubStatus.NONE),
}
HTTP_STATUS_OF = by_code({404: "E1142 404", 401: "401 403", 429: "429", 503: "500 502 503 504"})
CODE, HOST = "royal_mail", "https://api.royalmail.net"


class _Problem(Vendor):
    code: Text = at("errorCode")


class _Event(Vendor):
    code: Text = at("eventCode", "lastEventCode")
    name: Text = at("eventName", "lastEventName")
    time: Text = at("eventDateTime", "lastEventDateTime")
    place: Text = at("locationName", "lastEventLocationName")


class _Summary(_Event):
    category: Text = at("statusCategory")


class _Piece(Vendor):
    number: Text = at("mailPieceId", "summary.uniqueItemId")
    barcode: Text = at("summary.oneDBarcode")
    summary: _Summary = _Summary()
    expected: Text = at("estimatedDelivery.date")
    start: Text = at("estimatedDelivery.startOfEstimatedWindow")
    end: Text = at("estimatedDelivery.endOfEstimatedWindow")
    events: Many[_Event] = ()
    problems: Many[_Problem] = at("error", default=())


class _Answer(Vendor):
    pieces: Many[_Piece] = at("mailPieces", default=())
    http_code: Text = at("httpCode")
    problems: Many[_Problem] = at("errors", default=())


class RoyalMail(Keyed, PollOnly):
    """The plug-in."""

    code = CODE
    name = "Royal Mail"
    credential_fields = ("client_id", "client_secret")
    budget = Budget(calls=60, seconds=60)  # by plan; none is published
    readings = STATUS_OF | CATEGORY_OF
    clock = Clock.OFFSET
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """All events of one mail piece."""
        headers = {
            "Accept": "application/json",
            "X-IBM-Client-Id": quote(credentials["client_id"]),
            "X-IBM-Client-Secret": quote(credentials["client_secret"]),
            "X-Accept-RMG-Terms": "yes",
        }
        path = f"/mailpieces/v2/{quote(parcel.tracking_number, safe='')}/events"
        return HttpRequest(method="GET", url=base_url(credentials, HOST) + path, headers=headers)

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read the pieces that have news; the error of a lone piece, or of the whole answer, is raised."""
        answer = read_document(CODE, _Answer, body)
        told = [piece for piece in answer.pieces if not piece.problems]
        problems = answer.problems or tuple(problem for piece in answer.pieces for problem in piece.problems)
        if not told and (problems or answer.http_code):
            known = (HTTP_STATUS_OF.get(problem.code) for problem in problems)
            raise refusal(CODE, next(filter(None, known), HTTP_STATUS_OF.get(answer.http_code, 400)))
        if not told:
            raise MalformedPayloadError(CODE, "mailPieces", "neither a piece nor an error")
        return [_update(piece, number, received_at) for piece in told for number in _numbers(piece)]


PLUGIN = RoyalMail()


def _numbers(piece: _Piece) -> list[str]:
    """Its id, then its barcode where that is another: shops know either."""
    return [*dict.fromkeys(filter(None, map(normal_number, (piece.number, piece.barcode))))] or [""]


def _update(piece: _Piece, number: str, received_at: datetime) -> TrackingUpdate:
    scans = piece.events or ((piece.summary,) if piece.summary.code else ())
    events = tuple(_event(scan, received_at) for scan in scans)
    summary = CATEGORY_OF.get(piece.summary.category.upper(), UNKNOWN)
    return carrier_update(CODE, number, summary, events, _estimate(piece), received_at=received_at)


def _event(event: _Event, received_at: datetime) -> TrackingEvent:
    if not event.code:
        raise MalformedPayloadError(CODE, "eventCode", "no code")
    status, sub_status = STATUS_OF.get(event.code, UNKNOWN)
    return tracking_event(
        CODE,
        printed_time(event.time, Place(), received_at),
        status=status,
        sub_status=sub_status,
        code=event.code,
        description=event.name,
        place=Place(city=event.place),
    )


def _estimate(piece: _Piece) -> Estimate | None:
    estimate = day_or_end(piece.expected)
    if estimate is None:
        return None
    return Estimate(day=estimate.day, window_start=hour(piece.start[:8]), window_end=hour(piece.end[:8]))
