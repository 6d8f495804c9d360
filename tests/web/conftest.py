"""A loopback site that serves the page and answers as the API does, and a real browser that looks at it."""

import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.web.scenes import SCENES
from tools.tracking_page import PAGE, filled

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BRAND = {
    "name": "Lamp & Linen",
    "color": "#8a3b12",
    "color_dark": "#e8a06a",
    "shop_url": "https://shop.example/",
    "support_url": "https://shop.example/help",
}


@dataclass
class Site:
    """What the browser meets, and what it asked for.

    Attributes:
        asked: Method and path of every request, in order.
        bodies: What was posted.
        answers: Status to give instead of the usual answer, by path.
    """

    url: str = ""
    brand: dict[str, str] = field(default_factory=lambda: dict(BRAND))
    asked: list[str] = field(default_factory=list)
    bodies: list[dict[str, str]] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)
    views: dict[str, str] = field(default_factory=dict)

    def link(self, token: str) -> str:
        """The link of a mail."""
        return f"{self.url}/#{token}"

    @property
    def api_calls(self) -> list[str]:
        """Requests to the API alone."""
        return [line for line in self.asked if "/api/" in line]

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Status, type and body of a GET."""
        if path in self.answers:
            return self.answers[path], "application/json", b'{"message":"Not Found"}'
        if path == "/":
            return 200, "text/html; charset=utf-8", filled(PAGE.read_text(encoding="utf-8"), self.brand).encode()
        if path.startswith("/api/tracking/"):
            body = self.views.get(path.removeprefix("/api/tracking/"))
            return (200, "application/json", body.encode()) if body else (404, "application/json", b"{}")
        file = PAGE.parent / path.lstrip("/")
        return (200, "application/json", file.read_bytes()) if file.suffix == ".json" else (404, "text/plain", b"")

    def find(self, body: bytes) -> tuple[int, str, bytes]:
        """The look-up: one order exists."""
        self.bodies.append(json.loads(body))
        if "/api/lookup" in self.answers:
            return self.answers["/api/lookup"], "application/json", b"{}"
        known = self.bodies[-1] == {"order": "#1042", "email": "ada@example.com"}
        return (200, "application/json", b'{"token": "delivered"}') if known else (404, "application/json", b"{}")


@pytest.fixture
def site() -> Iterator[Site]:
    """A fresh site on a free port."""
    made = Site(views={name: scene().model_dump_json() for name, scene in SCENES.items()})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(f"GET {self.path}")
            self._send(*made.answer(self.path))

        def do_POST(self) -> None:
            made.asked.append(f"POST {self.path}")
            self._send(*made.find(self.rfile.read(int(self.headers["content-length"]))))

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield made
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium; its absence is a failure here, because the Makefile decides what to leave out."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.fail("no Chromium on this machine: install it (Debian: apt-get install chromium), then run again")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Shopper:
    """Someone with a device: opens pages and remembers what their browser complained about."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def page(self, **device: object) -> Page:
        """A blank page on a phone in Berlin that reads British English, unless `device` says otherwise."""
        usual = {"viewport": {"width": 390, "height": 844}, "locale": "en-GB", "timezone_id": "Europe/Berlin"}
        context = self._browser.new_context(**(usual | device))
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def open(self, url: str, **device: object) -> Page:
        """Open a link and wait until the page is no longer busy."""
        page = self.page(**device)
        page.goto(url)
        page.wait_for_selector("#main:not([aria-busy=true])")
        return page

    def leave(self) -> None:
        """Close everything."""
        for context in self._contexts:
            context.close()


@pytest.fixture
def shopper(chromium: Browser) -> Iterator[Shopper]:
    """A shopper for one test."""
    someone = Shopper(chromium)
    yield someone
    someone.leave()
