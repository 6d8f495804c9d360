"""InPost: polled through ShipX (Poland); pushed by the group's events API, signed.

https://dokumentacja-inpost.atlassian.net/wiki/spaces/PL ("API ShipX", tracking, statuses, webhooks) and
https://developers.inpost-group.com/docs/tracking (event codes in three parts, webhook signature).

* A push is one event of the group's API: `x-inpost-signature` is base64 HMAC-SHA256 of the ISO time in
  `x-inpost-timestamp`, a dot and the body. ShipX's own webhooks, which are read too, carry no proof by themselves: they
  need a relay that signs.
* Times print their offset; in ShipX pushes there are blanks before it.
* Read as well: the group's answer to a poll and the parcel of the consumer apps, whose words are ShipX statuses in
  capitals. The receiver's name and the locker's open code are never read.
* `returned_to_sender` means on the way back; `return_pickup_confirmation_to_sender` that the sender has it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from string import punctuation
from urllib.parse import quote

from porchlight.carriers._clock import iso_time
from porchlight.carriers._countries import two_letters
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, instant, refusal
from porchlight.carriers._roles import Keyed, PushesAnswers, Unregistered
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.errors import MalformedPayloadError, UnknownParcelError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery, Trust, WebhookRequest
from porchlight.domain.signatures import hmac_base64, require_fresh, require_signature
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, tracking_event

STATUS_OF: dict[str, Reading] = by_code(  # ShipX
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): (
            "created offers_prepared offer_selected confirmed shipment_confirmed"
        ),
        (Status.CANCELLED, SubStatus.NONE): "canceled cancelled",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): (
            "dispatched_by_sender dispatched_by_sender_to_pok collected_from_sender"
            " taken_by_courier taken_by_courier_from_pok"
        ),
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "adopted_at_source_branch adopted_at_sorting_center",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "sent_from_source_branch sent_from_sorting_center",
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "adopted_at_target_branch",
        (Status.IN_TRANSIT, SubStatus.FORWARDED): (
            "readdressed redirect_to_box permanently_redirected_to_box_machine"
            " permanently_redirected_to_customer_service_point taken_by_courier_from_customer_service_point"
            " unstack_from_box_machine unstack_from_customer_service_point"
        ),
        (Status.IN_TRANSIT, SubStatus.NONE): "canceled_redirect_to_box",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "out_for_delivery out_for_delivery_to_address",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_LOCKER): "ready_to_pickup stack_in_box_machine",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): (
            "ready_to_pickup_from_pok ready_to_pickup_from_pok_registered stack_in_customer_service_point"
            " courier_avizo_in_customer_service_point"
        ),
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.NONE): (
            "ready_to_pickup_from_branch ready_for_collection pickup_reminder_sent pickup_reminder_sent_address"
        ),
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "avizo",
        (Status.DELIVERED, SubStatus.NONE): "delivered",
        (Status.DELIVERED, SubStatus.COLLECTED): "collected_by_customer",
        (Status.EXCEPTION, SubStatus.NONE): "claimed",  # a complaint
        (Status.EXCEPTION, SubStatus.DELAYED): "delay_in_delivery",
        (Status.EXCEPTION, SubStatus.HELD): "oversized",
        (Status.EXCEPTION, SubStatus.LOST): "missing",
        (Status.EXCEPTION, SubStatus.REFUSED): "rejected_by_receiver",
        (Status.EXCEPTION, SubStatus.NOT_COLLECTED): (
            "pickup_time_expired not_collected stack_parcel_pickup_time_expired"
            " stack_parcel_in_box_machine_pickup_time_expired"
        ),
        (Status.EXCEPTION, SubStatus.UNDELIVERABLE): "undelivered",
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): (
            "undelivered_wrong_address undelivered_incomplete_address undelivered_unknown_receiver"
            " undelivered_not_live_address undelivered_no_mailbox"
        ),
        (Status.EXCEPTION, SubStatus.NO_ACCESS): "undelivered_lack_of_access_letterbox",
        (Status.EXCEPTION, SubStatus.PAYMENT_DUE): "undelivered_cod_cash_receiver",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "returned_to_sender",
        (Status.RETURNED, SubStatus.NONE): "return_pickup_confirmation_to_sender",
    }
)
EVENT_OF: dict[str, Reading] = by_code(  # the group's events
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "CRE.1001 CRE.1002",
        (Status.PRE_TRANSIT, SubStatus.AWAITING_HANDOVER): "FMD.1001 FMD.1007 FMD.1013 FUL.1001 FUL.1002 FUL.1003",
        (Status.PRE_TRANSIT, SubStatus.COLLECTION_FAILED): (
            "FMD.1008 FMD.1009 FMD.1010 FMD.1011 FMD.1012 FMD.1014 FMD.1016 FMD.1017"
        ),
        (Status.CANCELLED, SubStatus.NONE): "EOL.9004 EOL.9005",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "FMD.1002 FMD.1004 FMD.1005",  # collected, or left at point or locker
        (Status.IN_TRANSIT, SubStatus.HANDED_TO_PARTNER): "HAN.1001",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "MMD.1001",
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "MMD.1002 MMD.1005 MMD.1009 MMD.3001",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "MMD.1003 MMD.1007",
        (Status.IN_TRANSIT, SubStatus.NONE): "FMD.1003 FMD.1006 FMD.1015 MMD.1004 LMD.1001 LMD.3012",
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "LMD.1002",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "CC.001",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "CC.002",
        (Status.IN_TRANSIT, SubStatus.FORWARDED): (  # redirected, readdressed
            "LMD.3001 LMD.3002 LMD.3003 LMD.3004 LMD.3005 LMD.3006 LMD.3013 LMD.3014 LMD.3015 LMD.3016 LMD.3017"
        ),
        (Status.IN_TRANSIT, SubStatus.DELIVERY_SCHEDULED): "INF.9012 INF.9014",
        (Status.IN_TRANSIT, SubStatus.RESCHEDULED): "INF.9016",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.NONE): "LMD.1003 LMD.1006 LMD.9001",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "LMD.1004 LMD.9013",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_LOCKER): "LMD.1005",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "LMD.9004 LMD.9018",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "LMD.9017 LMD.9029",  # no answer, under age
        (Status.DELIVERY_ATTEMPTED, SubStatus.NO_ACCESS): "LMD.9011 LMD.9016 LMD.9025",
        (Status.DELIVERY_ATTEMPTED, SubStatus.ADDRESS_PROBLEM): "LMD.9015",
        (Status.DELIVERED, SubStatus.NONE): "EOL.1001 EOL.1005 EOL.1006 EOL.1007",
        (Status.DELIVERED, SubStatus.COLLECTED): "EOL.1002",
        (Status.DELIVERED, SubStatus.LEFT_IN_SAFE_PLACE): "EOL.1003",
        (Status.DELIVERED, SubStatus.LEFT_WITH_NEIGHBOUR): "EOL.1004",
        (Status.DELIVERED, SubStatus.LEFT_IN_MAILBOX): "EOL.1008",
        (Status.EXCEPTION, SubStatus.NONE): "FMD.9001 LMD.9024",  # a complaint, the point is closed
        (Status.EXCEPTION, SubStatus.DELAYED): (
            "INF.9001 INF.9003 INF.9004 INF.9005 INF.9009 INF.9017"
            " LMD.9020 LMD.9021 LMD.9022 LMD.9023 LMD.9026 LMD.9028"
        ),
        (Status.EXCEPTION, SubStatus.HELD): "MMD.1006 MMD.9001 LMD.3007 LMD.9012 FMD.9002 LMD.9003",
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "CC.003",
        (Status.EXCEPTION, SubStatus.SECURITY): "INF.9013 LMD.9027",
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "LMD.9007 LMD.9008 LMD.9010",
        (Status.EXCEPTION, SubStatus.PAYMENT_DUE): "LMD.9009",
        (Status.EXCEPTION, SubStatus.REFUSED): "LMD.9006",
        (Status.EXCEPTION, SubStatus.UNDELIVERABLE): "LMD.9005",
        (Status.EXCEPTION, SubStatus.NOT_COLLECTED): "LMD.3008 LMD.3009 LMD.3010 LMD.3011 LMD.9002 LMD.9019",
        (Status.EXCEPTION, SubStatus.LOST): "EOL.9001",
        (Status.EXCEPTION, SubStatus.DAMAGED): "EOL.9002 LMD.9030",
        (Status.EXCEPTION, SubStatus.DISPOSED): "EOL.9003 EOL.9006",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "RTS.1001",
        (Status.RETURN_TO_SENDER, SubStatus.NOT_COLLECTED): "LMD.9014",
        (Status.RETURNED, SubStatus.NONE): "RTS.1002",
    }
)
HTTP_STATUS_OF = by_code({401: "401", 403: "403", 404: "404 410", 429: "429", 503: "500 502 503 504"})
CODE, HOST = "inpost", "https://api-shipx-pl.easypack24.net"
NO_STATUS = frozenset({"offers_prepared"})
"""ShipX pushes about offers, before there is a number."""


class _Scan(Vendor):
    code: Text = at("eventCode", "status", "name")
    time: Text = at("timestamp", "datetime", "date")
    city: Text = at("location.city")
    postal_code: Text = at("location.postalCode", "location.postCode")
    country: Text = at("location.country", "location.countryCode")


class _Parcel(Vendor):
    number: Text = at("trackingNumber", "tracking_number", "shipmentNumber", "payload.tracking_number")
    status: Text = at("status", "payload.status", "event")
    pushed: Text = at("event")
    pushed_at: Text = at("event_ts")
    code: Text = at("eventCode")
    scans: Many[_Scan] = at("events", "tracking_details", "trackingDetails", "eventLog", default=())


class _Answer(Vendor):
    parcels: Many[_Parcel] = ()
    error: Text = ""
    http_status: Text = at("status")


class InPost(Keyed, Unregistered, PushesAnswers):
    """The plug-in."""

    code = CODE
    name = "InPost"
    trust: Trust | None = Trust.BODY_AND_TIME
    webhook_headers = ("x-inpost-signature", "x-inpost-timestamp", "x-inpost-event-id")
    credential_fields = ("api_token",)
    budget = Budget(calls=60, seconds=60)  # ShipX answers 429 beyond a limit it does not publish
    readings = STATUS_OF | EVENT_OF
    clock = Clock.OFFSET
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One parcel by ShipX."""
        key = quote(credentials["api_token"], safe=punctuation)
        path = f"/v1/tracking/{quote(parcel.tracking_number, safe='')}"
        headers = {"Accept": "application/json", "Authorization": f"Bearer {key}"}
        return HttpRequest(method="GET", url=base_url(credentials, HOST) + path, headers=headers)

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer or a push; a push about offers has no parcel yet."""
        answer = read_document(CODE, _Answer, body)
        if answer.error:
            raise refusal(CODE, HTTP_STATUS_OF.get(answer.http_status, 400))
        if not answer.parcels and "parcels" in answer.model_fields_set:
            message = "inpost knows no such parcel"
            raise UnknownParcelError(message)
        parcels = answer.parcels or (read_document(CODE, _Parcel, body),)
        return [_update(parcel, body, received_at) for parcel in parcels if parcel.pushed not in NO_STATUS]

    def verify_webhook(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """Time, a dot and the body are signed."""
        time = request.headers.get("x-inpost-timestamp", "")
        signed = time.encode("utf-8", "surrogatepass") + b"." + request.body
        given = request.headers.get("x-inpost-signature")
        require_signature(given, secrets, lambda secret: hmac_base64(secret, signed))
        require_fresh(instant(time), request.received_at)

    def delivery_id(self, request: WebhookRequest) -> str | None:
        """The id of the event."""
        return request.headers.get("x-inpost-event-id")


PLUGIN = InPost()


def _update(parcel: _Parcel, body: bytes, received_at: datetime) -> TrackingUpdate:
    scans = parcel.scans
    if parcel.code:  # a push is an event by itself
        scans = (read_document(CODE, _Scan, body),)
    elif parcel.pushed_at:
        scans = (_Scan(eventCode=parcel.status, timestamp=parcel.pushed_at),)
    events = tuple(_event(scan, received_at) for scan in scans)
    return carrier_update(CODE, parcel.number, _reading(parcel.status), events, None, received_at=received_at)


def _event(scan: _Scan, received_at: datetime) -> TrackingEvent:
    if not scan.code:
        raise MalformedPayloadError(CODE, "status", "no code")
    status, sub_status = _reading(scan.code)
    place = Place(city=scan.city, postal_code=scan.postal_code, country=two_letters(scan.country))
    return tracking_event(
        CODE,
        iso_time(scan.time, place, received_at),
        status=status,
        sub_status=sub_status,
        code=scan.code,
        place=place,
    )


def _reading(code: str) -> Reading:
    return EVENT_OF.get(code) or STATUS_OF.get(code.lower()) or UNKNOWN
