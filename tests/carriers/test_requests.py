"""What a plug-in asks of its vendor: https, no secret in the URL, no way out of the path."""

import json
from urllib.parse import urlsplit

import pytest
from porchlight.domain.errors import PorchlightError, RefusedCredentialsError
from porchlight.domain.exchange import HttpRequest, ParcelQuery
from porchlight.plugins import CARRIERS, Carrier

from tests.carriers.cases import CODES, FIXTURES, RECEIVED_AT

POLLED = [code for code in CODES if CARRIERS.get(code).credential_fields]
NUMBER = "1Z999AA10123456784"
TOKEN = "token-of-the-day"
KEY_IN_URL: set[str] = {"asendia", "dhl_parcel_de", "ontrac", "postnord"}
"""Vendors whose documentation knows no other place for the key; request URLs are never logged."""
SEALED: set[str] = {"china_post"}
"""Vendors that are asked in cipher; their own test reads what is asked."""
KEYS_OF_A_CIPHER = {("china_post", "sign_key"): "c2VjcmV0LXNpZ24ta2V5IQ=="}
NO_TOKEN = [b"", b"{}", b"[]", b"null", b"<html></html>", b'{"access_token": "", "expires_in": 3600}', b"\xff"]


def query(number: str = NUMBER) -> ParcelQuery:
    return ParcelQuery(tracking_number=number, carrier="ups", country="US", postal_code="10001", asked_at=RECEIVED_AT)


def credentials(plugin: Carrier) -> dict[str, str]:
    fields = plugin.credential_fields
    return {field: KEYS_OF_A_CIPHER.get((plugin.code, field), f"secret-{field}-ümläut") for field in fields}


def requests_of(plugin: Carrier, extra: dict[str, str]) -> list[HttpRequest]:
    held = credentials(plugin) | extra
    token = plugin.token_request(held)
    registration = plugin.registration_request(query(), held, TOKEN)
    return [request for request in (token, plugin.tracking_request(query(), held, TOKEN), registration) if request]


@pytest.mark.parametrize("code", POLLED)
def test_requests_use_https_and_keep_secrets_out_of_the_url(code: str) -> None:
    plugin = CARRIERS.get(code)
    for request in requests_of(plugin, {}):
        assert urlsplit(request.url).scheme == "https"
        assert "@" not in urlsplit(request.url).netloc
        assert TOKEN not in request.url
        assert "secret-" not in request.url or code in KEY_IN_URL
        assert (request.body is None) == (request.method == "GET")


@pytest.mark.parametrize("code", POLLED)
def test_base_url_moves_every_request(code: str) -> None:
    for request in requests_of(CARRIERS.get(code), {"base_url": "http://localhost:9999"}):
        assert request.url.startswith("http://localhost:9999/")


@pytest.mark.parametrize("code", POLLED)
def test_headers_are_plain_ascii_without_line_breaks(code: str) -> None:
    for request in requests_of(CARRIERS.get(code), {}):
        for name, text in request.headers.items():
            assert name.isascii()
            assert text.isascii()
            assert text.isprintable()


@pytest.mark.parametrize("code", POLLED)
def test_hostile_number_stays_inside_its_place(code: str) -> None:
    plugin = CARRIERS.get(code)
    plain = urlsplit(plugin.tracking_request(query(), credentials(plugin), TOKEN).url)
    try:
        hostile = urlsplit(plugin.tracking_request(query("../1Z?a=b&c=d#e/\r\nX: y"), credentials(plugin), TOKEN).url)
    except PorchlightError:
        return
    assert hostile.netloc == plain.netloc
    assert hostile.path.count("/") == plain.path.count("/")
    assert hostile.query.count("&") == plain.query.count("&")
    assert not hostile.fragment


@pytest.mark.parametrize("code", POLLED)
def test_tracking_request_names_the_parcel_and_carries_the_token(code: str) -> None:
    plugin = CARRIERS.get(code)
    request = plugin.tracking_request(query(), credentials(plugin), TOKEN)
    assert NUMBER in request.url + (request.body or b"").decode() or code in SEALED
    if plugin.token_request(credentials(plugin)):
        assert any(TOKEN in text for text in (*request.headers.values(), (request.body or b"").decode()))


@pytest.mark.parametrize("code", POLLED)
def test_token_answer_is_read(code: str) -> None:
    plugin = CARRIERS.get(code)
    folder = FIXTURES / code
    if plugin.token_request(credentials(plugin)) is None:
        assert not [*folder.glob("token.*")]
        return
    written = next(path for path in (folder / "token.json", folder / "token.xml") if path.is_file())
    token = plugin.parse_token(written.read_bytes())
    assert token.model_dump() == json.loads((folder / "token.expected.json").read_text())


@pytest.mark.parametrize("code", POLLED)
@pytest.mark.parametrize("body", NO_TOKEN)
def test_unreadable_token_answer_is_ours_to_report(code: str, body: bytes) -> None:
    plugin = CARRIERS.get(code)
    if plugin.token_request(credentials(plugin)):
        with pytest.raises(PorchlightError):
            plugin.parse_token(body)


@pytest.mark.parametrize("code", [code for code in POLLED if (FIXTURES / code / "poll.refused_token.json").is_file()])
def test_refusal_in_place_of_a_token_blames_the_credentials(code: str) -> None:
    plugin = CARRIERS.get(code)
    if plugin.token_request(credentials(plugin)):
        with pytest.raises(RefusedCredentialsError):
            plugin.parse_token((FIXTURES / code / "poll.refused_token.json").read_bytes())


@pytest.mark.parametrize("code", POLLED)
def test_registration_names_the_parcel_and_stays_on_the_vendors_host(code: str) -> None:
    plugin = CARRIERS.get(code)
    request = plugin.registration_request(query(), credentials(plugin), TOKEN)
    if request:
        assert NUMBER in request.url + (request.body or b"").decode()
        asked = plugin.tracking_request(query(), credentials(plugin), TOKEN)
        assert urlsplit(request.url).netloc == urlsplit(asked.url).netloc
