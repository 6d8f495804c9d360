"""Amazon Shipping: polled through Shipping v2 `getTracking` of the Selling Partner API.

In: `eventHistory` with a summary (v2, and v1 inside `payload`), or the milestones of the Tracking API (2026-01-30).
https://developer-docs.amazon.com/amazon-shipping/docs/tutorial-track-a-shipment and .../docs/shipping-api-v2-reference

* Login with Amazon trades a refresh token for an access token, which goes in the header `x-amz-access-token`.
* The connection may name its `business_id` (`AmazonShipping_US`): it decides the endpoint and the carrier's id. The
  United Kingdom is the default, as it is Amazon's.
* Amazon's own push goes to queues inside AWS, not to a webhook.
* Times are instants in UTC. The promised delivery is one too: it becomes a day only where a scan tells the zone.
* A scan says which leg it belongs to. What happens on the leg `RETURNS` is a return, `Delivered` its end.
* Detail codes belong to the summary, not to a scan: they give the summary its reason.
* Scans have codes but no words, milestones have both. After 45 days only the summary is left.
"""

from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from porchlight.carriers._oauth import base_url, read_token
from porchlight.carriers._payload import Text, instant, printed_time, refusal
from porchlight.carriers._roles import PollOnly
from porchlight.carriers._tree import Many, Vendor, at, read_document
from porchlight.domain.codes import UNKNOWN, Reading, by_code, carrier_update
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery, Token
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Estimate, Place, TrackingEvent, TrackingUpdate, tracking_event
from porchlight.domain.zones import zone_of

STATUS_OF: dict[str, Reading] = by_code(  # event codes and summary statuses of Shipping, milestones of Tracking
    {
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "ReadyForReceive",
        (Status.PRE_TRANSIT, SubStatus.NONE): "PreTransit ORDER_PREPARING",
        (Status.PRE_TRANSIT, SubStatus.AWAITING_HANDOVER): "CARRIER_ASSIGNED",
        (Status.CANCELLED, SubStatus.NONE): "PickupCancelled",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "PickupDone PackageReceivedByCarrier",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "ArrivedAtCarrierFacility Received",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "Departed SHIPPED",
        (Status.IN_TRANSIT, SubStatus.RESCHEDULED): "RecipientRequestedAlternateDeliveryTiming",
        (Status.IN_TRANSIT, SubStatus.NONE): "InTransit",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "OutForDelivery OUT_FOR_DELIVERY",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "AvailableForPickup AwaitingCustomerPickup",
        (Status.DELIVERED, SubStatus.NONE): "Delivered DELIVERED",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "DeliveryAttempted",
        (Status.EXCEPTION, SubStatus.LOST): "Lost",
        (Status.EXCEPTION, SubStatus.REFUSED): "Rejected",
        (Status.EXCEPTION, SubStatus.UNDELIVERABLE): "Undeliverable",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "ReturnInitiated",
    }
)
REASON_OF: dict[str, Reading] = by_code(  # detail codes, and sub-codes of milestones; used where the status agrees
    {
        (Status.IN_TRANSIT, SubStatus.AT_LOCAL_DEPOT): "ArrivedAtLocalFacility",
        (Status.DELIVERY_ATTEMPTED, SubStatus.BUSINESS_CLOSED): "BusinessClosed",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "CustomerUnavailable UnableToContactRecipient",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NO_ACCESS): "UnableToAccess",
        (Status.DELIVERY_ATTEMPTED, SubStatus.PAYMENT_DUE): "PaymentNotReady",
        (Status.DELIVERED, SubStatus.LEFT_IN_SAFE_PLACE): (
            "DeliveredToBehindWheelieBin DeliveredToPorch DeliveredToGarage DeliveredToGarden DeliveredToGreenhouse "
            "DeliveredToRearDoor DeliveredToShed PORCH"
        ),
        (Status.DELIVERED, SubStatus.LEFT_IN_MAILBOX): "DeliveredToMailSlot",
        (Status.DELIVERED, SubStatus.LEFT_WITH_NEIGHBOUR): "DeliveredToNeighbor",
        (Status.DELIVERED, SubStatus.SIGNED_FOR): "Signed",
        (Status.EXCEPTION, SubStatus.DAMAGED): "Damaged",
        (Status.EXCEPTION, SubStatus.REFUSED): (
            "Rejected RejectedByRecipientWithVerification CancelledByRecipient NotRequired IncorrectItems"
        ),
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "AddressNotFound",
    }
)
HTTP_STATUS_OF = by_code(
    {
        404: "InvalidTrackingId NotFound ResourceNotFound RESOURCE_NOT_FOUND",
        401: "Unauthorized UNAUTHORIZED AccessDenied ACCESS_DENIED InvalidSignature FORBIDDEN "
        "invalid_client invalid_grant unauthorized_client",
        429: "QuotaExceeded TooManyRequests TOO_MANY_REQUESTS",
        500: "InternalError InternalFailure INTERNAL_SERVER_ERROR",
        503: "ServiceUnavailable SERVICE_UNAVAILABLE",
    }
)
CODE, TOKENS, RETURNS = "amazon_shipping", "https://api.amazon.com", "RETURNS"
ENDPOINT = "https://sellingpartnerapi-{}.amazon.com"
REGION_OF = {"AmazonShipping_US": "na"} | dict.fromkeys(
    (f"AmazonShipping_{country}" for country in ("UK", "FR", "IT", "ES", "IN")), "eu"
)
DEFAULT_BUSINESS = "AmazonShipping_UK"


class _Event(Vendor):
    code: Text = at("eventCode", "status.code")
    sub_code: Text = at("status.subCode")
    description: Text = at("status.description")
    time: Text = at("eventTime", "occurredAt")
    leg: Text = at("shipmentType")
    city: Text = at("location.city", "location.address.city")
    region: Text = at("location.stateOrRegion", "location.address.region")
    postal_code: Text = at("location.postalCode", "location.address.postalCode")
    country: Text = at("location.countryCode", "location.address.countryCode")


class _Details(Vendor):
    forward: Many[str] = ()


class _Estimate(Vendor):
    type: Text = ""
    end: Text = at("estimatedInterval.endTime")


class _Parcel(Vendor):
    number: Text = at("trackingId", "identifier.aftn", "identifier.carrierTracking.trackingNumber")
    status: Text = at("summary.status")
    details: _Details = at("summary.trackingDetailCodes", default=_Details())
    promised: Text = at("promisedDeliveryDate")
    estimates: Many[_Estimate] = at("trackingEstimates", default=())
    events: Many[_Event] = at("eventHistory", "milestoneHistory", default=())


class _Problem(Vendor):
    code: Text = ""


class _Answer(Vendor):
    parcel: _Parcel = at("payload", "trackingDetail", default=_Parcel())
    problems: Many[_Problem] = at("errors", default=())
    error: Text = ""


class AmazonShipping(PollOnly):
    """The plug-in."""

    code = CODE
    name = "Amazon Shipping"
    credential_fields = ("client_id", "client_secret", "refresh_token")
    budget = Budget(calls=80, seconds=1)
    readings = STATUS_OF | {f"detail {code}": reading for code, reading in REASON_OF.items()}
    clock = Clock.OFFSET
    checked_on = date(2026, 11, 22)

    def token_request(self, credentials: Credentials) -> HttpRequest | None:
        """Login with Amazon; the refresh token is the merchant's grant."""
        form = {"grant_type": "refresh_token"} | {field: credentials[field] for field in self.credential_fields}
        return HttpRequest(
            method="POST",
            url=f"{base_url(credentials, TOKENS)}/auth/o2/token",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(form).encode(),
        )

    def parse_token(self, body: bytes) -> Token:
        """Read the token or the refusal."""
        _refuse(read_document(CODE, _Answer, body))
        return read_token(CODE, body)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:
        """One parcel of the connection's business."""
        business = credentials.get("business_id", DEFAULT_BUSINESS)
        business = business if business in REGION_OF else DEFAULT_BUSINESS
        carrier = f"AMZN_{business.removeprefix('AmazonShipping_')}"
        query = urlencode({"trackingId": parcel.tracking_number, "carrierId": carrier})
        host = base_url(credentials, ENDPOINT.format(REGION_OF[business]))
        return HttpRequest(
            method="GET",
            url=f"{host}/shipping/v2/tracking?{query}",
            headers={"x-amz-access-token": token, "x-amzn-shipping-business-id": business},
        )

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read an answer of any of the three APIs, or its errors."""
        answer = read_document(CODE, _Answer, body)
        _refuse(answer)
        parcel = answer.parcel if answer.parcel.number else read_document(CODE, _Parcel, body)
        events = tuple(_event(event, received_at) for event in parcel.events)
        estimate = _estimate(parcel, events)
        return [carrier_update(CODE, parcel.number, _summary(parcel), events, estimate, received_at=received_at)]


PLUGIN = AmazonShipping()


def _refuse(answer: _Answer) -> None:
    codes = [problem.code for problem in answer.problems] + ([answer.error] if answer.error else [])
    for code in codes:
        raise refusal(CODE, HTTP_STATUS_OF.get(code, 400))


def _summary(parcel: _Parcel) -> Reading:
    status = STATUS_OF.get(parcel.status, UNKNOWN)
    if any(event.leg == RETURNS for event in parcel.events):
        return _returning(status)
    reasons = (REASON_OF[code] for code in parcel.details.forward if code in REASON_OF)
    return next((reason for reason in reasons if reason[0] is status[0]), status)


def _returning(reading: Reading) -> Reading:
    if reading[0] is Status.UNKNOWN:
        return reading
    return (Status.RETURNED if reading[0] is Status.DELIVERED else Status.RETURN_TO_SENDER), SubStatus.NONE


def _event(event: _Event, received_at: datetime) -> TrackingEvent:
    reading = STATUS_OF.get(event.code, UNKNOWN)
    reason = REASON_OF.get(event.sub_code, reading)
    status, sub_status = _returning(reading) if event.leg == RETURNS else reason if reason[0] is reading[0] else reading
    place = Place(city=event.city, region=event.region, postal_code=event.postal_code, country=event.country)
    return tracking_event(
        CODE,
        printed_time(event.time, place, received_at),
        status=status,
        sub_status=sub_status,
        code=event.code or "none",
        description=event.description,
        place=place,
    )


def _estimate(parcel: _Parcel, events: tuple[TrackingEvent, ...]) -> Estimate | None:
    """The promised day where the parcel was last seen: in UTC an evening in America is tomorrow."""
    predicted = next((one.end for one in parcel.estimates if one.type == "ESTIMATED_DELIVERY_DATE"), "")
    moment = instant(predicted or parcel.promised)
    seen = [event for event in events if zone_of(event.place)]
    if moment is None or not seen:
        return None
    zone = zone_of(max(seen, key=lambda event: event.occurred_at).place) or "UTC"
    try:
        return Estimate(day=moment.astimezone(ZoneInfo(zone)).date())
    except OverflowError:
        return None
