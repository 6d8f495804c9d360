"""F32, F36, F39: what carriers answer, and how slowly. F33–F35 belong to the circuit breaker."""

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from porchlight import http_client
from porchlight.domain.errors import (
    PermanentError,
    PorchlightError,
    RateLimitedError,
    RefusedCredentialsError,
    TransientError,
    UnknownParcelError,
)
from porchlight.domain.exchange import HttpRequest
from porchlight.domain.times import TimeQuality
from porchlight.http_client import HttpClient

from tests.fakes import Parcel, Scan
from tests.journey.shop import HOUR, MINUTE, ORDER, START, Shop
from tests.simulation.scenarios import POLLED

pytestmark = pytest.mark.usefixtures("socket_enabled")

type Answer = Callable[[socket.socket], None]


@contextmanager
def answering(answer: Answer) -> Iterator[tuple[str, list[bytes]]]:
    """A server on loopback that treats each connection this way; its address, and what it was asked."""
    asked: list[bytes] = []
    stopped = threading.Event()
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.1)

    def serve() -> None:
        while not stopped.is_set():
            try:
                connection, _ = server.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(2)
                asked.append(connection.recv(65536))
                try:
                    answer(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}", asked
    finally:
        stopped.set()
        thread.join(5)
        server.close()


def saying(status: str, body: bytes = b"", *headers: str) -> Answer:
    """One plain answer."""
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""])
    return lambda connection: connection.sendall(head.encode() + body)


def called(url: str) -> bytes:
    return HttpClient().call(HttpRequest(method="GET", url=url))


def test_an_answer_comes_back_byte_for_byte() -> None:
    with answering(saying("200 OK", b"\xff\x00{}")) as (url, asked):
        assert called(f"{url}/v1/track") == b"\xff\x00{}"
    assert asked[0].startswith(b"GET /v1/track HTTP/1.1")


def test_a_compressed_answer_is_read() -> None:
    with answering(saying("200 OK", gzip.compress(b"{}" * 100), "Content-Encoding: gzip")) as (url, _):
        assert called(url) == b"{}" * 100


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("400 Bad Request", PermanentError),
        ("401 Unauthorized", RefusedCredentialsError),
        ("403 Forbidden", RefusedCredentialsError),
        ("404 Not Found", UnknownParcelError),
        ("429 Too Many Requests", RateLimitedError),
        ("500 Internal Server Error", TransientError),
        ("502 Bad Gateway", TransientError),
        ("503 Service Unavailable", RateLimitedError),
    ],
)
def test_each_status_says_who_must_act(status: str, error: type[PorchlightError]) -> None:
    with answering(saying(status, b"secret words")) as (url, _), pytest.raises(error) as caught:
        called(url)
    assert type(caught.value) is error
    assert "secret words" not in str(caught.value)


@pytest.mark.parametrize(
    ("header", "seconds"), [("120", 120.0), ("soon", None), ("Mon, 01 Jan 2001 00:00:00 GMT", 0.0), ("-5", None)]
)
def test_a_pause_that_is_asked_for_is_told(header: str, seconds: float | None) -> None:
    answer = saying("429 Too Many Requests", b"", f"Retry-After: {header}")
    with answering(answer) as (url, _), pytest.raises(RateLimitedError) as caught:
        called(url)
    assert caught.value.retry_after == seconds


def test_f39_a_slow_drip_meets_the_total_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_client, "DEADLINE_SECONDS", 0.6)

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        for _ in range(40):
            connection.sendall(b"x")
            time.sleep(0.1)

    started = time.monotonic()
    with answering(drip) as (url, _):
        with pytest.raises(TransientError):
            called(url)
        assert time.monotonic() - started < 2


def test_f39_silence_is_a_time_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_client, "READ_SECONDS", 0.3)
    with answering(lambda _: time.sleep(1)) as (url, _), pytest.raises(TransientError):
        called(url)


@pytest.mark.parametrize("length", ["Content-Length: 20000000", "Transfer-Encoding: chunked"])
def test_f39_a_huge_answer_is_cut_off(length: str) -> None:
    sent = 0

    def flood(connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(f"HTTP/1.1 200 OK\r\n{length}\r\n\r\n".encode())
        for _ in range(200):
            chunk = b"x" * 100_000
            connection.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk) if "chunked" in length else chunk)
            sent += len(chunk)

    with answering(flood) as (url, _), pytest.raises(TransientError):
        called(url)
    assert sent < 15_000_000


def test_f39_a_small_answer_that_unpacks_to_a_huge_one_is_cut_off() -> None:
    bomb = gzip.compress(b"x" * 50_000_000)
    with answering(saying("200 OK", bomb, "Content-Encoding: gzip")) as (url, _), pytest.raises(TransientError):
        called(url)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
@pytest.mark.parametrize("target", ["http://169.254.169.254/latest/meta-data", "https://elsewhere.example/", "/again"])
def test_f39_redirects_are_not_followed(status: str, target: str) -> None:
    with answering(saying(status, b"", f"Location: {target}")) as (url, asked):
        with pytest.raises(PermanentError):
            called(url)
        assert len(asked) == 1


@pytest.mark.parametrize(
    "url",
    ["http://carrier.example/x", "http://169.254.169.254/x", "ftp://carrier.example/x", "file:///etc/passwd", "x"],
)
def test_f39_only_https_is_spoken_to_others(url: str) -> None:
    with pytest.raises(PermanentError):
        called(url)


def test_a_broken_connection_is_tried_again_later() -> None:
    def cut(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")

    with answering(cut) as (url, _), pytest.raises(TransientError):
        called(url)
    with pytest.raises(TransientError):
        called(url)


class _Saying:
    """A carrier that answers every question about a parcel with these bytes."""

    def __init__(self, shop: Shop, body: bytes) -> None:
        self._site = shop.site
        self.body = body

    def call(self, request: HttpRequest) -> bytes:
        honest = self._site.call
        return honest(request) if request.url.endswith("/token") or not self.body else self.body


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html><html><body>We are busy</body></html>",
        b'{"trackResponse":{"shipment":[]}}',
        b"{}",
        b"[]",
        b"",
        b'{"trackResponse":{"shipment":[{"package":[{"trackingNumber":"1Z","activity":[{"status":{}}]}]}]}}',
        b"<?xml version='1.0'?><TrackResponse/>",
        b"\xff\xfe",
    ],
    ids=range(8),
)
def test_f36_an_answer_that_is_none_is_a_failed_poll_and_not_no_news(body: bytes) -> None:
    shop = Shop()
    shop.site.parcels[POLLED] = Parcel([Scan(START + MINUTE, "OR"), Scan(START + 3 * HOUR, "FS", "D")])
    site = _Saying(shop, body or b" ")
    shop._polling = _with_http(shop, site)
    shop.ordered_and_packed(POLLED, company="UPS")
    seen: list[int] = []

    def look() -> None:
        watch = shop.table.watch(ORDER, POLLED)
        assert watch is not None
        seen.append(watch.failures)
        assert (watch.checked_at, watch.answer) == (None, "")
        site.body = b""

    shop.later(2 * HOUR, look)
    shop.run()

    assert seen[0] >= 1
    assert shop.state().parcels[0].status == "delivered"
    assert shop.updates.dead == shop.polling.dead == []


def _with_http(shop: Shop, site: _Saying):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    return replace(shop._polling, http=site)


@pytest.mark.parametrize(
    ("printed", "quality"),
    [
        ("2026-06-01T10:00:00", TimeQuality.ASSUMED_ZONE),
        ("2029-01-01T00:00:00Z", TimeQuality.CLAMPED),
        ("1970-01-01T00:00:00Z", TimeQuality.CLAMPED),
        ("0001-01-01T00:00:00", TimeQuality.CLAMPED),
        ("", TimeQuality.CLAMPED),
        ("yesterday", TimeQuality.CLAMPED),
    ],
)
def test_f32_an_impossible_time_is_clamped_flagged_and_stays_in_its_place(printed: str, quality: TimeQuality) -> None:
    shop = Shop()
    shop.ordered_and_packed("EV1")
    told = {
        "id": "e1",
        "description": "tracker.updated",
        "result": {
            "tracking_code": "EV1",
            "status": "in_transit",
            "carrier": "Evri",
            "tracking_details": [{"message": "Somewhere", "status": "in_transit", "datetime": printed}],
        },
    }
    for after in (HOUR, 2 * HOUR, 30 * HOUR):
        shop.aggregator(after, json.loads(json.dumps(told)))
    shop.run()

    (event,) = shop.state().parcels[0].events
    assert event.time_quality is quality
    if quality is TimeQuality.CLAMPED:
        assert START + HOUR <= event.occurred_at < START + HOUR + timedelta(seconds=2)
    assert shop.told().count("shipped") == 1


def test_f32_a_zone_is_taken_from_the_place() -> None:
    from porchlight.domain.times import wall_clock

    read = wall_clock(datetime(2026, 6, 1, 10, 0), "America/Boise")  # noqa: DTZ001 a wall clock has no zone

    assert (read.occurred_at, read.quality) == (START + 7 * HOUR, TimeQuality.ASSUMED_ZONE)
