"""The generic store: errors that name the field, times with their precision, a schema and a page that are current."""

import base64
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from porchlight.cli import main
from porchlight.domain.errors import InvalidSignatureError, MalformedPayloadError
from porchlight.domain.exchange import WebhookRequest
from porchlight.domain.orders import OrderSnapshot
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.store_news import PrivacyKind, PrivacyRequest, StoreUpdate
from porchlight.domain.times import TimeQuality
from porchlight.plugins import STORES

from tests.contract.cases import RECEIVED_AT
from tests.stores.cases import FIXTURES, cases_of

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "generic-store.md").read_text(encoding="utf-8")
SCHEMA = json.loads((DOCS / "generic-store.schema.json").read_text(encoding="utf-8"))
GENERIC = STORES.get("generic")


def fixture(name: str) -> Any:
    return json.loads((FIXTURES / "generic" / f"{name}.json").read_text(encoding="utf-8"))


def parse(document: Any) -> list[Any]:
    return list(GENERIC.parse(document["topic"], json.dumps(document).encode(), received_at=RECEIVED_AT))


def order_with(**fields: object) -> OrderSnapshot:
    [update] = parse({**fixture("order.changed.created"), "order": fixture("order.changed.created")["order"] | fields})
    assert isinstance(update, StoreUpdate)
    assert update.order is not None
    return update.order


def valid(document: object) -> bool:
    return bool(jsonschema.Draft202012Validator(SCHEMA).is_valid(document))


def test_published_schema_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert capsys.readouterr().out == (DOCS / "generic-store.schema.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", cases_of("generic"), ids=str)
def test_schema_admits_every_message_that_is_read(case: Any) -> None:
    assert valid(json.loads(case.body))


@pytest.mark.parametrize(
    ("path", "value", "wanted"),
    [
        ("order_id", "", "at least 1 character"),
        ("order_id", 70031, "valid string"),
        ("colour", "blue", "not permitted"),
        ("order.colour", "blue", "not permitted"),
        ("order.updated_at", "2026-05-18T10:15:30", "timezone"),
        ("order.updated_at", "yesterday", "datetime"),
        ("order.placed_at", None, "datetime"),
        ("order.total", "1.640,00", "decimal text"),
        ("order.total", "-3.00", "decimal text"),
        ("order.total", 1640.0, "valid string"),
        ("order.currency", "kr", "ISO 4217"),
        ("order.destination.country", "Sweden", "ISO 3166-1"),
        ("order.shopper.locale", "sv_SE", "BCP 47"),
        ("order.shopper.email", "hanne", "mail address"),
        ("order.items.1.quantity", 0, "greater than or equal to 1"),
        ("order.items.0.image_url", "javascript:alert(1)", "https://"),
        ("order.items.0.line_id", "  ", "at least 1 character"),
        ("order.promised.day", "2026-05-32", "date"),
        ("order.promised.window_start", "9am", "time of day"),
        ("order.order_count", 0, "greater than or equal to 1"),
    ],
)
def test_refusal_names_the_field_and_what_is_wanted_there(path: str, value: object, wanted: str) -> None:
    document = fixture("order.changed.created")
    *way, last = path.split(".")
    place = document
    for step in way:
        place = place[int(step) if step.isdecimal() else step]
    place[last] = value
    with pytest.raises(MalformedPayloadError) as caught:
        parse(document)
    assert caught.value.field == path
    assert wanted in caught.value.reason
    assert str(value) not in caught.value.reason or value in ("", None, 0)


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("fulfilments", "created_at", "2026-05-19"),
        ("fulfilments", "parcels", [{"tracking_number": " - "}]),
        ("events", "status", "on the moon"),
        ("events", "occurred_at", "20 May"),
        ("events", "occurred_at", "2026-13-01"),
        ("events", "occurred_at", "2026-05-20T25:00"),
        ("returns", "state", "lost"),
        ("holds", "reason", "none of your business"),
        ("refunds", "amount", "many"),
        ("edits", "edited_at", "now"),
    ],
)
def test_refusal_names_the_place_in_a_list(part: str, field: str, value: object) -> None:
    sources = {
        "fulfilments": "two_parcels",
        "events": "scans",
        "returns": "return",
        "holds": "return",
        "refunds": "cancelled",
        "edits": "updated",
    }
    document = fixture(f"order.changed.{sources[part]}")
    document[part][0][field] = value
    with pytest.raises(MalformedPayloadError) as caught:
        parse(document)
    assert caught.value.field.startswith(f"{part}.0.{field}")


def test_order_that_says_nothing_is_refused() -> None:
    with pytest.raises(MalformedPayloadError, match="should say something"):
        parse({"topic": "order.changed", "order_id": "1"})


def test_privacy_request_that_names_nobody_is_refused() -> None:
    with pytest.raises(MalformedPayloadError, match="should name the shopper"):
        parse({"topic": "shopper.erase", "request_id": "1"})


def test_topic_must_be_the_bodys_own() -> None:
    body = json.dumps(fixture("order.changed.created")).encode()
    with pytest.raises(MalformedPayloadError):
        GENERIC.parse("shop.erase", body, received_at=RECEIVED_AT)


@pytest.mark.parametrize(
    ("written", "country", "moment", "local", "quality"),
    [
        ("2026-05-20T08:05:00+02:00", "", "2026-05-20T06:05:00Z", "2026-05-20T08:05:00+02:00", TimeQuality.EXACT),
        ("2026-05-20T06:05:00Z", "SE", "2026-05-20T06:05:00Z", "2026-05-20T06:05:00+00:00", TimeQuality.EXACT),
        ("2026-05-20T08:05", "SE", "2026-05-20T06:05:00Z", "2026-05-20T08:05:00", TimeQuality.ASSUMED_ZONE),
        ("2026-05-20T08:05", "", "2026-05-20T08:05:00Z", "2026-05-20T08:05:00", TimeQuality.ASSUMED_ZONE),
        ("2026-05-20", "SE", "2026-05-20T10:00:00Z", "2026-05-20", TimeQuality.DATE_ONLY),
        ("2031-05-20", "SE", "2026-06-01T12:00:00Z", "2031-05-20", TimeQuality.CLAMPED),
    ],
)
def test_scan_keeps_the_precision_it_was_told_with(
    written: str, country: str, moment: str, local: str, quality: TimeQuality
) -> None:
    document = fixture("order.changed.scans")
    document["events"] = [document["events"][0] | {"occurred_at": written, "place": {"country": country}}]
    [update] = parse(document)
    event = update.events[0].event
    assert (event.occurred_at, event.local_time, event.time_quality) == (datetime.fromisoformat(moment), local, quality)


@pytest.mark.parametrize("status", [one.value for one in Status])
def test_every_status_can_be_told(status: str) -> None:
    document = fixture("order.changed.scans")
    document["events"][0] |= {"status": status, "sub_status": "none"}
    [update] = parse(document)
    event = update.events[0].event
    assert (event.status, event.sub_status) == (Status(status), SubStatus.NONE)


@pytest.mark.parametrize(
    ("written", "carrier", "shown"),
    [
        ("UPS", "ups", "UPS"),
        ("ups", "ups", "UPS"),
        ("dhl_parcel_de", "dhl_parcel_de", "DHL Paket"),
        ("DHL Paket", "dhl_parcel_de", "DHL Paket"),
        ("Pigeon Post", "", "Pigeon Post"),
        ("", "", ""),
    ],
)
def test_carrier_is_a_name_or_a_code(written: str, carrier: str, shown: str) -> None:
    document = fixture("order.changed.two_parcels")
    document["fulfilments"][0]["parcels"] = [{"tracking_number": "A1", "carrier": written}]
    [update] = parse(document)
    [parcel] = update.fulfilments[0].parcels
    assert (parcel.carrier, parcel.carrier_name) == (carrier, shown)


@pytest.mark.parametrize(
    ("recipient", "told", "gift"),
    [
        (None, None, False),
        ({"first_name": "Hanne", "last_name": "Lindqvist"}, None, False),
        ({"first_name": "Oskar", "last_name": "Berg"}, None, True),
        ({"first_name": "Oskar", "last_name": "Berg"}, False, False),
        (None, True, True),
    ],
)
def test_gift_is_told_or_follows_from_the_names(recipient: object, told: bool | None, gift: bool) -> None:
    assert order_with(recipient=recipient, gift=told).gift is gift


def test_privacy_requests_are_what_their_topic_says() -> None:
    asked = [
        parse(fixture(name))[0] for name in ("shopper.export.by_mail", "shopper.erase.by_order", "shop.erase.closed")
    ]
    assert all(isinstance(one, PrivacyRequest) for one in asked)
    assert [one.kind for one in asked] == list(PrivacyKind)


def delivery(headers: dict[str, str], body: bytes) -> WebhookRequest:
    return WebhookRequest(headers=headers, body=body, path="", received_at=RECEIVED_AT)


def sample(language: str) -> str:
    [code] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(code)


@pytest.fixture
def signed(monkeypatch: pytest.MonkeyPatch) -> Any:
    held: dict[str, Any] = {}
    exec(sample("python"), held)
    monkeypatch.setattr("time.time", RECEIVED_AT.timestamp)
    return held["signed"]


def test_page_signs_as_the_store_verifies(signed: Any) -> None:
    secret = "whsec_" + base64.b64encode(b"a key of thirty-two bytes, at least").decode()
    headers, body = signed({"topic": "shop.erase", "request_id": "1"}, secret)
    GENERIC.verify_webhook(delivery(headers, body), [secret])
    with pytest.raises(InvalidSignatureError):
        GENERIC.verify_webhook(delivery(headers, body + b" "), [secret])


@pytest.mark.parametrize("secret", ["whsec_", "whsec_=", "whsec_ä", "whsec_no base64"])
def test_secret_that_is_no_base64_is_never_an_empty_key(signed: Any, secret: str) -> None:
    headers, body = signed({"topic": "shop.erase", "request_id": "1"}, "whsec_")
    with pytest.raises(InvalidSignatureError):
        GENERIC.verify_webhook(delivery(headers, body), [secret])


def test_page_shows_a_message_that_is_read() -> None:
    document = json.loads(sample("json"))
    assert valid(document)
    [update] = parse(document)
    assert update.order.number == "HW-2031"
    assert [parcel.carrier for parcel in update.fulfilments[0].parcels] == ["postnord"]


@pytest.mark.parametrize("word", [*GENERIC.topics, *(name for name in StoreUpdate.model_fields if name != "source")])
def test_page_names_every_topic_and_part(word: str) -> None:
    assert f"`{word.replace('vendor_order_id', 'order_id')}`" in PAGE
