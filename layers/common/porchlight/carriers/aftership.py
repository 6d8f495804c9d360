"""AfterShip Tracking: an aggregator of more than a thousand carriers.

In: trackings, one tracking or its last checkpoint, or a webhook (`tracking_update`, `edd_revise`). Out: one update per
tracking. https://www.aftership.com/docs/tracking (API 2026-07; the legacy v4 nests otherwise and is read too).

* Push and poll with the API key in `as-api-key`; a number must be registered first. Asked about one it follows already,
  registering is refused with code 4003: nothing is wrong and nothing new is said.
* `checkpoint_time` is the carrier's own: an instant with its offset, a wall clock of the place without one, or a day.
* Tag and sub-tag are AfterShip's reading of the carrier's words. A sub-tag newer than the table counts as its tag.
  `Pending` says that the carrier has not answered yet, nothing about the parcel: it becomes unknown.
* Countries are ISO 3166-1 alpha-3. `signed_by` and names are not read.
* The webhook's signature covers the body, not its time.
"""

from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import quote

from porchlight.carriers._countries import two_letters
from porchlight.carriers._movers import day_or_time, header_text, json_call, moved_update, mover, words_back
from porchlight.carriers._oauth import base_url
from porchlight.carriers._payload import Text, day_or_end, refusal, stated_at
from porchlight.carriers._roles import Keyed
from porchlight.carriers._tree import Many, Vendor, at
from porchlight.domain.codes import UNKNOWN, Reading, by_code
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Budget, Clock, Credentials, HttpRequest, ParcelQuery, Trust, WebhookRequest
from porchlight.domain.reading import read_json
from porchlight.domain.signatures import hmac_base64, require_signature
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Estimate, Place, TrackingEvent, TrackingUpdate, tracking_event

READING_OF = by_code(
    {
        UNKNOWN: "Pending Pending_001 Pending_002 Pending_003 Pending_004 Pending_005 Pending_006",
        (Status.PRE_TRANSIT, SubStatus.LABEL_CREATED): "InfoReceived InfoReceived_001",
        (Status.IN_TRANSIT, SubStatus.NONE): "InTransit InTransit_001",
        (Status.IN_TRANSIT, SubStatus.ACCEPTED): "InTransit_002",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_AT_FACILITY): "InTransit_003",
        (Status.IN_TRANSIT, SubStatus.ARRIVED_IN_DESTINATION_COUNTRY): "InTransit_004",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_CLEARED): "InTransit_005",
        (Status.IN_TRANSIT, SubStatus.CUSTOMS_STARTED): "InTransit_006",
        (Status.IN_TRANSIT, SubStatus.DEPARTED_FACILITY): "InTransit_007",
        (Status.IN_TRANSIT, SubStatus.PROBLEM_RESOLVED): "InTransit_008",
        (Status.IN_TRANSIT, SubStatus.FORWARDED): "InTransit_009",
        (Status.OUT_FOR_DELIVERY, SubStatus.NONE): "OutForDelivery OutForDelivery_001 OutForDelivery_003",
        (Status.OUT_FOR_DELIVERY, SubStatus.DELIVERY_SCHEDULED): "OutForDelivery_004",
        # OutForDelivery_002 was the code for pick-up before there was a tag for it.
        (Status.AVAILABLE_FOR_PICKUP, SubStatus.AT_PICKUP_POINT): (
            "AvailableForPickup AvailableForPickup_001 OutForDelivery_002"
        ),
        (Status.DELIVERED, SubStatus.NONE): "Delivered Delivered_001 Delivered_004",  # 004: paid on delivery
        (Status.DELIVERED, SubStatus.COLLECTED): "Delivered_002",
        (Status.DELIVERED, SubStatus.SIGNED_FOR): "Delivered_003",
        (Status.DELIVERED, SubStatus.LEFT_WITH_NEIGHBOUR): "Delivered_005",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NONE): "AttemptFail AttemptFail_001",
        (Status.DELIVERY_ATTEMPTED, SubStatus.NOBODY_HOME): "AttemptFail_002",
        (Status.DELIVERY_ATTEMPTED, SubStatus.BUSINESS_CLOSED): "AttemptFail_003",
        (Status.EXCEPTION, SubStatus.NONE): "Exception Exception_001",
        (Status.EXCEPTION, SubStatus.RECIPIENT_MOVED): "Exception_002",
        (Status.EXCEPTION, SubStatus.REFUSED): "Exception_003",
        (Status.EXCEPTION, SubStatus.CUSTOMS_HELD): "Exception_004",
        (Status.EXCEPTION, SubStatus.DELAYED): "Exception_005 Exception_016 Exception_019",  # 019: late flight
        (Status.EXCEPTION, SubStatus.PAYMENT_DUE): "Exception_006",
        (Status.EXCEPTION, SubStatus.ADDRESS_PROBLEM): "Exception_007",
        (Status.EXCEPTION, SubStatus.NOT_COLLECTED): "Exception_008",
        (Status.EXCEPTION, SubStatus.UNDELIVERABLE): "Exception_009",  # against the carrier's rules
        (Status.EXCEPTION, SubStatus.DAMAGED): "Exception_012",
        (Status.EXCEPTION, SubStatus.LOST): "Exception_013",
        (Status.EXCEPTION, SubStatus.WEATHER): "Exception_017",
        (Status.EXCEPTION, SubStatus.DOCUMENTS_MISSING): "Exception_018",
        (Status.EXCEPTION, SubStatus.DISPOSED): "Exception_021",
        (Status.RETURN_TO_SENDER, SubStatus.NONE): "Exception_010",
        (Status.RETURNED, SubStatus.NONE): "Exception_011",
        (Status.CANCELLED, SubStatus.NONE): "Exception_020",
        (Status.EXPIRED, SubStatus.NONE): "Expired Expired_001",
    }
)
# AfterShip finds a carrier that is not named by the form of the number.
WORD_OF = {
    "amazon_shipping": "amazon",
    "aramex": "aramex",
    "asendia": "asendia",
    "australia_post": "australia-post",
    "austrian_post": "austrian-post-registered",
    "bpost": "bpost",
    "canada_post": "canada-post",
    "canpar": "canpar",
    "china_post": "china-post",
    "chronopost": "chronopost-france",
    "correios_br": "brazil-correios",
    "correos_es": "spain-correos-es",
    "dhl_ecommerce_us": "dhl-global-mail",
    "dhl_express": "dhl",
    "dhl_parcel_de": "dhl-germany",
    "dpd": "dpd",
    "evri": "myhermes-uk",
    "fedex": "fedex",
    "gls": "gls",
    "inpost": "inpost-paczkomaty",
    "japan_post": "japan-post",
    "la_poste": "la-poste-colissimo",
    "ontrac": "ontrac",
    "poste_italiane": "poste-italiane",
    "postnl": "postnl-international",
    "postnord": "postnord",
    "purolator": "purolator",
    "royal_mail": "royal-mail",
    "sendle": "sendle",
    "sf_express": "sf-express",
    "swiss_post": "swiss-post",
    "tnt": "tnt",
    "ups": "ups",
    "usps": "usps",
    "yanwen": "yanwen",
    "yunexpress": "yunexpress",
}
CARRIER_OF = words_back(
    WORD_OF,
    {
        "amazon_shipping": "amazon-uk-api",
        "asendia": "asendia-de asendia-hk asendia-uk asendia-usa",
        "austrian_post": "austrian-post",
        "bpost": "bpost-international",
        "china_post": "china-ems",
        "dhl_express": "dhl-express dhl-pieceid dhl-api",
        "dhl_parcel_de": "dhl-germany-ftp dhl-de",
        "dhl_unified": "dhl-benelux dhl-es dhl-nl dhl-poland dhl-global-mail-asia dhl-hk",
        "dpd": "dpd-uk dpd-de dpd-poland dpd-ireland dpd-fr dpd-nl",
        "evri": "evri hermes-uk",
        "fedex": "fedex-api fedex-uk fedex-poland fedex-fims",
        "gls": "gls-italy gls-netherlands gls-spain gls-us gls-canada",
        "inpost": "inpost-uk",
        "la_poste": "colissimo laposte-france",
        "poste_italiane": "poste-italiane-paccocelere",
        "postnl": "postnl postnl-3s",
        "postnord": "sweden-posten danmark-post",
        "royal_mail": "royal-mail-ftp",
        "sf_express": "sfb2c",
        "tnt": "tnt-au tnt-fr tnt-it tnt-uk tnt-click",
        "ups": "ups-api ups-mi ups-freight",
        "usps": "usps-api usps-webhook",
    },
)
HOME = "https://api.aftership.com"
FOLLOWED_ALREADY = "4003"
HTTP_STATUS_OF = {"4001": 400, "4004": 404, "401": 401, "403": 403, "404": 404, "429": 429}
SIGNATURE = "aftership-hmac-sha256"


class _Checkpoint(Vendor):
    time: Text = at("checkpoint_time")
    tag: Text = ""
    subtag: Text = ""
    message: Text = ""
    city: Text = ""
    state: Text = ""
    zip: Text = at("zip", "postal_code")
    country: Text = at("country_region", "country_iso3")


class _Tracking(Vendor):
    number: Text = at("tracking_number")
    slug: Text = ""
    tag: Text = ""
    subtag: Text = ""
    updated_at: Text = ""
    latest: Text = at("latest_estimated_delivery.datetime_max")
    latest_exact: Text = at("latest_estimated_delivery.datetime")
    promised: Text = at("courier_estimated_delivery_date.estimated_delivery_date")
    expected: Text = at("expected_delivery")
    checkpoints: Many[_Checkpoint] = at("checkpoints", "checkpoint", default=())


class _Answer(Vendor):
    code: str = at("meta.code", default=...)
    trackings: Many[_Tracking] = at("data.trackings", "data.tracking", "data", default=())


class _Event(Vendor):
    kind: str = at("event", default=...)
    id: Text = at("event_id")
    tracking: _Tracking = at("msg", default=_Tracking())


class AfterShip(Keyed):
    """The plug-in."""

    code = "aftership"
    name = "AfterShip"
    trust: Trust | None = Trust.BODY
    webhook_headers = (SIGNATURE,)
    credential_fields = ("api_key",)
    budget = Budget(calls=6, seconds=1)
    readings = READING_OF
    clock = Clock.MIXED
    checked_on = date(2026, 11, 22)

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:  # noqa: ARG002
        """All trackings of one number; nearly always one."""
        url = f"{_trackings(credentials)}?tracking_numbers={quote(parcel.tracking_number, safe='')}"
        return HttpRequest(method="GET", url=url, headers=_headers(credentials))

    def registration_request(
        self,
        parcel: ParcelQuery,
        credentials: Credentials,
        token: str,  # noqa: ARG002
    ) -> HttpRequest | None:
        """Make a tracking."""
        content = {"tracking_number": parcel.tracking_number, "slug": WORD_OF.get(parcel.carrier)}
        content["tracking_postal_code"] = content["destination_postal_code"] = parcel.postal_code or None
        said = {name: value for name, value in content.items() if value}
        return json_call("POST", _trackings(credentials), _headers(credentials), said)

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read trackings, whatever the call that they answer."""
        answer = read_json(self.code, _Answer, body)
        if answer.code == FOLLOWED_ALREADY:
            return []
        if not answer.code.startswith("20"):
            raise refusal(self.code, HTTP_STATUS_OF.get(answer.code, 500 if answer.code.startswith("5") else 400))
        if not answer.trackings:
            raise refusal(self.code, 404)
        return [_update(tracking, received_at) for tracking in answer.trackings]

    def verify_webhook(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """HMAC of the body."""
        given = request.headers.get(SIGNATURE)
        require_signature(given, secrets, lambda secret: hmac_base64(secret, request.body))

    def delivery_id(self, request: WebhookRequest) -> str | None:
        """The event's id."""
        try:
            return read_json(self.code, _Event, request.body).id or None
        except MalformedPayloadError:
            return None

    def parse_webhook(self, request: WebhookRequest) -> list[TrackingUpdate]:
        """Read an event; those about anything but a tracking say nothing about a parcel."""
        event = read_json(self.code, _Event, request.body)
        about_tracking = event.tracking.number or event.kind == "tracking_update"
        return [_update(event.tracking, request.received_at)] if about_tracking else []


PLUGIN = AfterShip()


def _trackings(credentials: Credentials) -> str:
    return f"{base_url(credentials, HOME)}/tracking/2026-07/trackings"


def _headers(credentials: Credentials) -> dict[str, str]:
    return {"as-api-key": header_text(credentials["api_key"]), "Accept": "application/json"}


def _reading(tag: str, subtag: str) -> Reading:
    return READING_OF.get(subtag) or READING_OF.get(tag, UNKNOWN)


def _update(tracking: _Tracking, received_at: datetime) -> TrackingUpdate:
    scans = tuple(_scan(point, received_at) for point in tracking.checkpoints if point.time or point.message)
    return moved_update(
        AfterShip.code,
        mover(AfterShip.code, tracking.slug, CARRIER_OF),
        tracking.number,
        _reading(tracking.tag, tracking.subtag),
        scans,
        estimate=_estimate(tracking),
        reported_at=stated_at(tracking.updated_at, received_at),
    )


def _estimate(tracking: _Tracking) -> Estimate | None:
    return day_or_end(tracking.latest or tracking.latest_exact or tracking.promised or tracking.expected)


def _scan(point: _Checkpoint, received_at: datetime) -> TrackingEvent:
    place = Place(city=point.city, region=point.state, postal_code=point.zip, country=two_letters(point.country))
    status, sub_status = _reading(point.tag, point.subtag)
    return tracking_event(
        AfterShip.code,
        day_or_time(point.time, place, received_at),
        status=status,
        sub_status=sub_status,
        code=point.subtag or point.tag,
        description=point.message,
        place=place,
    )
