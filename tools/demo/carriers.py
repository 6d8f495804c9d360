"""The carrier simulator: four carriers' APIs on one loopback port, each under its own prefix.

`/ups`, `/fedex`, `/usps` and `/dhl_unified` are what a connection's `base_url` names. Tokens, refusals, limits and
error answers have each vendor's own form; parcels move with the shop's clock.
"""

import json
import re
import threading
import time
from base64 import b64encode
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from porchlight.plugins import CARRIERS

from tools.demo.accounts import Account, Fault
from tools.demo.answers import ANSWERS, Body, Journey
from tools.demo.orders import Order
from tools.demo.routes import route_to
from tools.demo.shop_clock import Clock, at

SLOW_SECONDS = 9
"""Longer than Porchlight waits for an answer."""
_TOKEN_PATHS = {"ups": "/security/v1/oauth/token", "fedex": "/oauth/token", "usps": "/oauth2/v3/token"}
_TOKEN_SECONDS = {"ups": 14_399, "fedex": 3_600, "usps": 28_799, "dhl_unified": 0}
_FAULTS: dict[str, list[tuple[float, Fault]]] = {
    "ups": [(at("Tue", "07:00"), Fault.GARBAGE), (at("Wed", "07:00"), Fault.REVOKED)],
    "fedex": [(at("Mon", "22:00"), Fault.SERVER_ERROR)],
    "usps": [(at("Tue", "10:00"), Fault.TOO_MANY)],
    "dhl_unified": [(at("Mon", "22:00"), Fault.SLOW)],
}
_NUMBER_IN_PATH = re.compile(r"/(?:details|tracking)/([A-Za-z0-9]+)$")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; a text is sent as HTML."""

    status: int
    body: Body | str
    retry_after: int | None = None


_BROKEN = {
    Fault.GARBAGE: Reply(HTTPStatus.OK, "<html><body><h1>We'll be right back</h1></body></html>"),
    Fault.SERVER_ERROR: Reply(HTTPStatus.INTERNAL_SERVER_ERROR, {"errors": [{"code": "INTERNAL.SERVER.ERROR"}]}),
    Fault.TOO_MANY: Reply(HTTPStatus.TOO_MANY_REQUESTS, {"error": {"code": "429"}}, 900),
}


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it came in."""

    vendor: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


class Carriers:
    """The carriers and the accounts that the shop has with them."""

    def __init__(self, orders: tuple[Order, ...], clock: Clock) -> None:
        self._clock = clock
        self._found = {parcel.number: (parcel, order) for order in orders for parcel in order.parcels}
        self.accounts = {
            code: Account(f"{code}-client", f"{code}-secret", CARRIERS.get(code).budget, _TOKEN_SECONDS[code], faults)
            for code, faults in ((code, list(listed)) for code, listed in _FAULTS.items())
        }

    def answer(self, call: Call) -> Reply:
        """What the vendor answers."""
        account = self.accounts[call.vendor]
        now = self._clock.now
        if not account.admit(now):
            return Reply(HTTPStatus.TOO_MANY_REQUESTS, {"error": "too many requests"}, 60)
        if call.path == _TOKEN_PATHS.get(call.vendor):
            return self._token(call, account)
        fault = account.fault((now - self._clock.start).total_seconds() / 3600)
        if fault in _BROKEN:
            return _BROKEN[fault]
        if fault is Fault.SLOW:
            time.sleep(SLOW_SECONDS)
        if not self._may_ask(call, account):
            return Reply(HTTPStatus.UNAUTHORIZED, {"errors": [{"code": "NOT.AUTHORIZED.ERROR"}]})
        return self._parcel(call, _number(call))

    def journey(self, number: str) -> Journey:
        """A parcel at this moment."""
        parcel, order = self._found[number]
        hour = (self._clock.now - self._clock.start).total_seconds() / 3600
        return Journey(parcel, route_to(order.town), self._clock.start, hour)

    def _token(self, call: Call, account: Account) -> Reply:
        basic = b64encode(f"{account.client_id}:{account.secret}".encode()).decode()
        form = parse_qs(call.body.decode())
        in_form = form.get("client_id") == [account.client_id] and form.get("client_secret") == [account.secret]
        if not (in_form or call.headers.get("authorization") == f"Basic {basic}"):
            return Reply(HTTPStatus.UNAUTHORIZED, {"errors": [{"code": "NOT.AUTHORIZED.ERROR"}]})
        answer = {"access_token": account.issue(self._clock.now), "token_type": "Bearer"}
        return Reply(HTTPStatus.OK, {**answer, "expires_in": str(account.token_seconds)})

    def _may_ask(self, call: Call, account: Account) -> bool:
        if call.vendor not in _TOKEN_PATHS:
            return call.headers.get("dhl-api-key") == account.secret
        return account.knows(call.headers.get("authorization", "").removeprefix("Bearer "), self._clock.now)

    def _parcel(self, call: Call, number: str) -> Reply:
        if number not in self._found:
            return Reply(HTTPStatus.NOT_FOUND, {"title": "No result found", "status": 404})
        body = ANSWERS[call.vendor](self.journey(number))
        status = body.get("status") if call.vendor == "dhl_unified" else None
        return Reply(status if isinstance(status, int) else HTTPStatus.OK, body)


def _number(call: Call) -> str:
    if call.vendor == "fedex":
        asked = json.loads(call.body)["trackingInfo"]
        return str(asked[0]["trackingNumberInfo"]["trackingNumber"])
    if call.vendor == "dhl_unified":
        return call.query["trackingNumber"][0]
    found = _NUMBER_IN_PATH.search(call.path)
    return found.group(1) if found else ""


def serve(carriers: Carriers) -> ThreadingHTTPServer:
    """Answer on a free loopback port until `shutdown`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _reply(self) -> None:
            split = urlsplit(self.path)
            _, vendor, path = split.path.split("/", 2)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            self._send(carriers.answer(Call(vendor, f"/{path}", parse_qs(split.query), headers, body)))

        def _send(self, reply: Reply) -> None:
            text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
            raw = text.encode()
            try:
                self.send_response(reply.status)
                self.send_header("Content-Type", "text/html" if isinstance(reply.body, str) else "application/json")
                self.send_header("Content-Length", str(len(raw)))
                if reply.retry_after is not None:
                    self.send_header("Retry-After", str(reply.retry_after))
                self.end_headers()
                self.wfile.write(raw)
            except (BrokenPipeError, ConnectionResetError):  # the caller did not wait for a slow answer
                self.close_connection = True

        do_GET = do_POST = _reply  # noqa: N815 the base class's names

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
