"""What aggregators must do beyond the contract suite: name carriers both ways, register, and their own signatures."""

import json
from datetime import UTC, datetime, timedelta
from types import ModuleType

import pytest
from porchlight.carriers import (
    _movers,
    aftership,
    c17track,
    easypost,
    karrio,
    sendcloud,
    ship24,
    shipengine,
    shippo,
    trackingmore,
)
from porchlight.domain.carrier_names import AGGREGATORS, NAME_OF
from porchlight.domain.errors import InvalidSignatureError, UnknownParcelError
from porchlight.domain.exchange import ParcelQuery, WebhookRequest
from porchlight.domain.times import TimeQuality
from porchlight.domain.tracking import Place, TrackingEvent, TrackingUpdate
from porchlight.plugins import CARRIERS

from tests.carriers.cases import FIXTURES, RECEIVED_AT

WITH_WORDS: list[ModuleType] = [aftership, c17track, easypost, karrio, shipengine, shippo, trackingmore]
WITH_NAMES: list[ModuleType] = [*WITH_WORDS, sendcloud, ship24]
MODULE_OF = {module.PLUGIN.code: module for module in WITH_NAMES}
TOLD_THE_CARRIER = ["shippo", "shipengine", "trackingmore", "karrio"]


def named(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def query(carrier: str = "", **facts: str) -> ParcelQuery:
    return ParcelQuery(tracking_number="990000000017", carrier=carrier, asked_at=RECEIVED_AT, **facts)


def credentials(code: str) -> dict[str, str]:
    return dict.fromkeys(CARRIERS.get(code).credential_fields, "key")


def registration(code: str, parcel: ParcelQuery) -> object:
    request = CARRIERS.get(code).registration_request(parcel, credentials(code), "")
    assert request is not None
    return json.loads(request.body or b"null")


def test_every_aggregator_is_here() -> None:
    assert {module.PLUGIN.code for module in WITH_NAMES} == set(AGGREGATORS)


@pytest.mark.parametrize("module", WITH_NAMES, ids=named)
def test_carriers_are_told_by_our_codes(module: ModuleType) -> None:
    assert set(module.CARRIER_OF.values()) <= set(NAME_OF)
    assert all(word == word.lower() for word in module.CARRIER_OF)


@pytest.mark.parametrize("module", WITH_WORDS, ids=named)
def test_a_carriers_word_leads_back_to_the_carrier(module: ModuleType) -> None:
    assert set(module.WORD_OF) <= set(NAME_OF)
    for code, word in module.WORD_OF.items():
        assert _movers.mover("nobody", word, module.CARRIER_OF) == code


def test_a_carrier_without_a_plugin_keeps_the_aggregators_word() -> None:
    assert _movers.mover("aftership", " Bring ", {}) == "bring"
    assert _movers.mover("aftership", "", {}) == "aftership"
    assert _movers.mover("aftership", "Royal Mail", {}) == "royal_mail"


@pytest.mark.parametrize("code", TOLD_THE_CARRIER)
def test_unknown_carrier_is_no_question_where_the_carrier_must_be_told(code: str) -> None:
    for carrier in ("", next(one for one in NAME_OF if one not in MODULE_OF[code].WORD_OF)):
        with pytest.raises(UnknownParcelError):
            CARRIERS.get(code).registration_request(query(carrier), credentials(code), "")
    assert CARRIERS.get(code).registration_request(query("bring"), credentials(code), "")


def test_registration_says_what_is_known_and_no_more() -> None:
    assert registration("aftership", query()) == {"tracking_number": "990000000017"}
    assert registration("aftership", query("evri", postal_code="YO1 7HH")) == {
        "tracking_number": "990000000017",
        "slug": "myhermes-uk",
        "tracking_postal_code": "YO1 7HH",
        "destination_postal_code": "YO1 7HH",
    }
    assert registration("17track", query("china_post")) == [{"number": "990000000017", "carrier": 3011}]
    assert registration("17track", query("bring")) == [{"number": "990000000017"}]
    assert registration("ship24", query("dpd", country="GB")) == {
        "trackingNumber": "990000000017",
        "courierName": "DPD",
        "destinationCountryCode": "GB",
    }
    assert registration("easypost", query("dhl_express")) == {
        "tracker": {"tracking_code": "990000000017", "carrier": "DHLExpress"}
    }


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("Lyon, FR", Place(city="Lyon", country="FR")),
        ("DAYTON,OH,US", Place(city="DAYTON", region="OH", country="US")),
        ("Kade 12, Utrecht, UT, NL", Place(city="Utrecht", region="UT", country="NL")),
        ("Los Angeles, CA", Place(city="Los Angeles, CA")),
        ("SAN RAFAEL, CA 94901", Place(city="SAN RAFAEL", region="CA", postal_code="94901", country="US")),
        ("Jena, TH 07743", Place(city="Jena, TH 07743")),
        ("Memphis hub", Place(city="Memphis hub")),
        ("", Place()),
    ],
)
def test_place_is_taken_apart_only_where_its_parts_are_sure(words: str, place: Place) -> None:
    assert _movers.place_in(words) == place


def older_push(received_at: datetime) -> WebhookRequest:
    body = (FIXTURES / "trackingmore" / "push.older_api.json").read_bytes()
    return WebhookRequest(headers={}, body=body, path="/", received_at=received_at)


def test_trackingmore_signed_its_time_in_the_body_once() -> None:
    sent_at = datetime(2026, 6, 1, 12, tzinfo=UTC)
    trackingmore.PLUGIN.verify_webhook(older_push(sent_at), ["the fixture's webhook secret"])
    for request, secret in (
        (older_push(sent_at), "another"),
        (older_push(sent_at + timedelta(minutes=6)), "the fixture's webhook secret"),
    ):
        with pytest.raises(InvalidSignatureError):
            trackingmore.PLUGIN.verify_webhook(request, [secret])


def test_karrio_holds_a_signature_that_is_sent_to_be_right() -> None:
    headers = {"x-event-id": "secret", "x-karrio-signature": "0" * 64}
    request = WebhookRequest(headers=headers, body=b"{}", path="/", received_at=RECEIVED_AT)
    with pytest.raises(InvalidSignatureError):
        karrio.PLUGIN.verify_webhook(request, ["secret"])
    # printf '{}' | openssl dgst -sha256 -hmac secret
    signed = "77325902caca812dc259733aacd046b73817372c777b8d95b402647474516e13"
    karrio.PLUGIN.verify_webhook(request.model_copy(update={"headers": {"x-karrio-signature": signed}}), ["secret"])


def shipengine_scan(**times: str) -> TrackingEvent:
    scan = {"status_code": "IT", "city_locality": "Reno", "state_province": "NV", "country_code": "US"} | times
    body = json.dumps({"tracking_number": "990000000017", "status_code": "IT", "events": [scan]}).encode()
    updates: list[TrackingUpdate] = shipengine.PLUGIN.parse_tracking(body, received_at=RECEIVED_AT)
    return updates[0].events[0]


def test_shipengine_time_that_is_local_and_utc_alike_is_the_places_wall_clock() -> None:
    both = shipengine_scan(occurred_at="2026-05-12T03:15:00Z", carrier_occurred_at="2026-05-11T20:15:00")
    alike = shipengine_scan(occurred_at="2026-05-11T20:15:00Z", carrier_occurred_at="2026-05-11T20:15:00")
    assert both.occurred_at == alike.occurred_at == datetime(2026, 5, 12, 3, 15, tzinfo=UTC)
    assert (both.time_quality, alike.time_quality) == (TimeQuality.EXACT, TimeQuality.ASSUMED_ZONE)
