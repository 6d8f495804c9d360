"""What a store plug-in asks of its vendor: https, no secret in the URL, no way out of the path."""

from urllib.parse import urlsplit

import pytest
from porchlight.domain.exchange import HttpRequest
from porchlight.plugins import STORES, Store

from tests.contract.cases import RECEIVED_AT
from tests.stores.cases import CODES

READABLE = [code for code in CODES if STORES.get(code).credential_fields]
ORDER = "450789469"
TOKEN = "token-of-the-day"
ADDRESSES = {"base_url", "shop", "host", "site", "store_hash"}
"""Credentials that are addresses and no secrets: they belong in the URL."""
KEY_IN_URL: set[str] = set()
"""Vendors whose documentation knows no other place for the key; request URLs are never logged."""


def credentials(plugin: Store) -> dict[str, str]:
    return {field: "shop.example" if field in ADDRESSES else f"secret-{field}" for field in plugin.credential_fields}


def requests_of(plugin: Store, order: str = ORDER, **extra: str) -> list[HttpRequest]:
    held = credentials(plugin) | extra
    token = plugin.token_request(held)
    changed = plugin.changed_request(RECEIVED_AT, 1, held, TOKEN)
    return [*([token] if token else []), *plugin.order_requests(order, held, TOKEN), changed]


@pytest.mark.parametrize("code", READABLE)
def test_requests_use_https_and_keep_secrets_out_of_the_url(code: str) -> None:
    for request in requests_of(STORES.get(code)):
        assert urlsplit(request.url).scheme == "https"
        assert "@" not in urlsplit(request.url).netloc
        assert TOKEN not in request.url
        assert "secret-" not in request.url or code in KEY_IN_URL
        assert (request.body is None) == (request.method == "GET")


@pytest.mark.parametrize("code", READABLE)
def test_base_url_moves_every_request(code: str) -> None:
    for request in requests_of(STORES.get(code), base_url="http://localhost:9999"):
        assert request.url.startswith("http://localhost:9999/")


@pytest.mark.parametrize("code", READABLE)
def test_order_is_named_and_stays_inside_its_place(code: str) -> None:
    plugin = STORES.get(code)
    held = credentials(plugin)
    plain = plugin.order_requests(ORDER, held, TOKEN)
    hostile = plugin.order_requests("../4?a=b&c=d#e/\r\nX: y", held, TOKEN)
    assert all(ORDER in request.url + (request.body or b"").decode() for request in plain)
    assert len(plain) == len(hostile)
    for one, other in zip(plain, hostile, strict=True):
        assert urlsplit(other.url).netloc == urlsplit(one.url).netloc
        assert urlsplit(other.url).path.count("/") == urlsplit(one.url).path.count("/")
        assert urlsplit(other.url).query.count("&") == urlsplit(one.url).query.count("&")
        assert not urlsplit(other.url).fragment


@pytest.mark.parametrize("code", READABLE)
def test_pages_differ(code: str) -> None:
    plugin = STORES.get(code)
    held = credentials(plugin)
    first, second = (plugin.changed_request(RECEIVED_AT, page, held, TOKEN) for page in (1, 2))
    assert (first.url, first.body) != (second.url, second.body)
