"""Shippo Tracks: an aggregator of some sixty carriers.

In: a Track, or a `track_updated` webhook. Out: one update. https://docs.goshippo.com/tracking/tracking

* Push and poll with the API token. Both need the carrier as well as the number, and asking works without registering;
  registering is what makes Shippo push. A parcel whose carrier nobody knows can not be asked about.
* `status_date` is an instant. `eta` is a day dressed as midnight UTC, so its time is never read.
* Status and sub-status are Shippo's reading of the carrier. That a parcel is out for delivery, or was tried to be
  delivered, stands in the sub-status alone. `RETURNED` says that it goes back, never that it arrived there. A
  sub-status that does not belong to its status is not read.
* A number the carrier does not know is a Track without a status: an update that says nothing.
* The signature covers time and body. Shippo sets it up on request; until then it sends none, and pushes are refused.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from urllib.parse import quote

from porchlight.carriers._movers import header_text, json_call, moved_update, mover, word_for, words_back
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, day_or_end, printed_time, refusal, stated_at
from porchlight.carriers._roles import Keyed, Unnumbered
from porchlight.carriers._tree import Many, Vendor, at
from porchlight.domain.codes import UNKNOWN, Reading, by_code
from porchlight.domain.errors import InvalidSignatureError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery, Trust, WebhookRequest
from porchlight.domain.reading import read_json
from porchlight.domain.signatures import hmac_hex, require_fresh, require_signature
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate, tracking_event

READING_OF = by_code(
    {
        UNKNOWN: "UNKNOWN UNKNOWN/other",
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "PRE_TRANSIT PRE_TRANSIT/information_received",
        (Status.IN_TRANSIT, SubStatus.NONE): "TRANSIT",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "TRANSIT/package_accepted",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "TRANSIT/package_arrived",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "TRANSIT/package_departed",
        (Status.IN_TRANSIT, SubStatus.FORWARDED): "TRANSIT/package_forwarded",
        (Status.IN_TRANSIT, SubStatus.PROCESSED_AT_FACILITY): "TRANSIT/package_processed TRANSIT/package_processing",
        (Status.IN_TRANSIT, SubStatus.DELIVERY_SCHEDULED): "TRANSIT/delivery_scheduled",
        (Status.IN_TRANSIT, SubStatus.RESCHEDULED): "TRANSIT/delivery_rescheduled",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "TRANSIT/out_for_delivery",
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): "TRANSIT/pickup_available",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "TRANSIT/delivery_attempted TRANSIT/notice_left",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NO_ACCESS): "TRANSIT/location_inaccessible",
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "TRANSIT/address_issue",
        (Status.EXCEPTION, SubStatus.DELAYED): "TRANSIT/delayed",
        (Status.EXCEPTION, SubStatus.DAMAGED): "TRANSIT/package_damaged",
        # Held, or waiting for the shopper to call the carrier.
        (Status.EXCEPTION, SubStatus.HELD): "TRANSIT/package_held TRANSIT/contact_carrier TRANSIT/reschedule_delivery",
        (Status.DELIVERED, SubStatus.NONE): "DELIVERED DELIVERED/delivered",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "RETURNED RETURNED/return_to_sender",
        (Status.RETURN_TO_SENDER, SubStatus.NOT_COLLECTED): "RETURNED/package_unclaimed",
        (Status.EXCEPTION, SubStatus.NONE): "FAILURE",
        (Status.EXCEPTION, SubStatus.UNDELIVERABLE): "FAILURE/package_undeliverable",
        (Status.EXCEPTION, SubStatus.DISPOSED): "FAILURE/package_disposed",
        (Status.EXCEPTION, SubStatus.LOST): "FAILURE/package_lost",
    }
)
# Of DPD and GLS Shippo follows the networks of a few countries only: these are the larger ones.
WORD_OF = {
    "aramex": "aramex",
    "asendia": "asendia_us",
    "australia_post": "australia_post",
    "canada_post": "canada_post",
    "chronopost": "chronopost",
    "correios_br": "correios_br",
    "correos_es": "correos_espana",
    "dhl_ecommerce_us": "dhl_ecommerce",
    "dhl_express": "dhl_express",
    "dhl_parcel_de": "dhl_germany",
    "dpd": "dpd_uk",
    "evri": "hermes_uk",
    "fedex": "fedex",
    "gls": "gls_us",
    "la_poste": "colissimo",
    "ontrac": "ontrac",
    "poste_italiane": "poste_italiane",
    "purolator": "purolator",
    "royal_mail": "royal_mail",
    "sendle": "sendle",
    "ups": "ups",
    "usps": "usps",
}
CARRIER_OF = words_back(
    WORD_OF,
    {
        "aramex": "fastway_australia",
        "asendia": "globegistics",
        "dhl_parcel_de": "dhl_germany_c2c",
        "dhl_unified": "dhl_benelux",
        "dpd": "dpd_de",
        "gls": "gls_de gls_fr",
        "la_poste": "la_poste",
        "royal_mail": "royal_mail_sf",
    },
)
HOME = "https://api.goshippo.com"
SIGNATURE = "shippo-auth-signature"
_SIGNATURE_FORM = re.compile(r"t=(\d{1,11}),v1=([0-9a-f]{64})", re.ASCII)


class _Status(Vendor):
    status: Text = ""
    substatus: Text = at("substatus.code")
    when: Text = at("status_date")
    details: Text = at("status_details")
    updated: Text = at("object_updated", "object_created")
    city: Text = at("location.city")
    state: Text = at("location.state")
    zip: Text = at("location.zip")
    country: Text = at("location.country")


class _Track(Vendor):
    number: str = at("tracking_number", default=...)
    carrier: Text = ""
    eta: Text = ""
    status: _Status = at("tracking_status", default=_Status())
    history: Many[_Status] = at("tracking_history", default=())


class _Bare(Vendor):
    """A push as it was before there were events: the Track itself."""

    number: Text = at("tracking_number")


class _Refusal(Vendor):
    detail: Text = ""


class _Event(Vendor):
    event: str = "track_updated"


class _TrackEvent(Vendor):
    track: _Track = at("data", default=...)


class Shippo(Keyed, Unnumbered):
    """The plug-in."""

    code = "shippo"
    name = "Shippo"
    trust: Trust | None = Trust.BODY_AND_TIME
    webhook_headers = (SIGNATURE,)
    credential_fields = ("api_token",)
    budget = Budget(calls=750, seconds=60)
    readings = READING_OF
    clock = Clock.OFFSET
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """One Track. Raises `UnknownParcelError` when the carrier is not known: Shippo finds none by the number."""
        carrier, number = quote(word_for(self.code, parcel, WORD_OF), safe=""), quote(parcel.tracking_number, safe="")
        url = f"{base_url(credentials, HOME)}/tracks/{carrier}/{number}"
        return HttpRequest(method="GET", url=url, headers=_headers(credentials))

    def registration_request(
        self,
        parcel: ParcelQuery,
        credentials: Credentials,
        token: str,  # noqa: ARG002
    ) -> HttpRequest | None:
        """Make Shippo push what happens to a parcel. Raises `UnknownParcelError` when the carrier is not known."""
        content = {"carrier": word_for(self.code, parcel, WORD_OF), "tracking_number": parcel.tracking_number}
        return json_call("POST", f"{base_url(credentials, HOME)}/tracks/", _headers(credentials), content)

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read one Track, or an error in its place."""
        if read_json(self.code, _Refusal, body).detail:
            raise refusal(self.code, 400)
        return [_update(read_json(self.code, _Track, body), received_at)]

    def verify_webhook(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """`t=seconds,v1=HMAC` over `seconds.body`."""
        claim = _SIGNATURE_FORM.fullmatch(request.headers.get(SIGNATURE, ""))
        if claim is None:
            raise InvalidSignatureError
        signed = claim[1].encode() + b"." + request.body
        require_signature(claim[2], secrets, lambda secret: hmac_hex(secret, signed))
        require_fresh(datetime.fromtimestamp(int(claim[1]), UTC), request.received_at)

    def parse_webhook(self, request: WebhookRequest) -> list[TrackingUpdate]:
        """Read an event; those about anything but a Track say nothing about a parcel."""
        if read_json(self.code, _Event, request.body).event != "track_updated":
            return []
        if read_json(self.code, _Bare, request.body).number:
            return [_update(read_json(self.code, _Track, request.body), request.received_at)]
        return [_update(read_json(self.code, _TrackEvent, request.body).track, request.received_at)]


PLUGIN = Shippo()


def _headers(credentials: Credentials) -> dict[str, str]:
    token = header_text(credentials["api_token"])
    return {"Authorization": f"ShippoToken {token}", "Accept": "application/json"}


def _reading(status: _Status) -> Reading:
    fine = READING_OF.get(f"{status.status}/{status.substatus}")
    return fine or READING_OF.get(status.status, UNKNOWN)


def _update(track: _Track, received_at: datetime) -> TrackingUpdate:
    return moved_update(
        Shippo.code,
        mover(Shippo.code, track.carrier, CARRIER_OF),
        track.number,
        _reading(track.status),
        tuple(_scan(status, received_at) for status in track.history),
        estimate=day_or_end(track.eta[:10]),
        reported_at=stated_at(track.status.updated, received_at),
    )


def _scan(status: _Status, received_at: datetime) -> TrackingEvent:
    place = Place(city=status.city, region=status.state, postal_code=status.zip, country=status.country)
    meaning, reason = _reading(status)
    return tracking_event(
        Shippo.code,
        printed_time(status.when, place, received_at),
        status=meaning,
        sub_status=reason,
        code=status.substatus or status.status,
        description=status.details,
        place=place,
    )
