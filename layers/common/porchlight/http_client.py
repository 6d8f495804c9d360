"""The one HTTP client: one call, a total deadline, a size limit, no redirects, errors in our own terms.

It never retries by itself: each try would spend the account's budget, and the schedule retries better. Plain HTTP is
spoken to this machine only (a sandbox or a local proxy); redirects are refused, so no answer can point us elsewhere.
"""

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from porchlight.domain.errors import (
    PermanentError,
    RateLimitedError,
    RefusedCredentialsError,
    TransientError,
    UnknownParcelError,
)
from porchlight.domain.exchange import HttpRequest

CONNECT_SECONDS = 3.05
READ_SECONDS = 8.0
DEADLINE_SECONDS = 12.0
MAX_ANSWER = 4 * 1024 * 1024
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_CHUNK = 65536
_USER_AGENT = "Porchlight (order tracking)"


class HttpClient:
    """The `Http` port. Keeps connections open between calls of one process."""

    def __init__(self) -> None:
        self._session = requests.Session()
        self._session.headers["User-Agent"] = _USER_AGENT
        # Proxies and .netrc of the environment would change where credentials go.
        self._session.trust_env = False

    def call(self, request: HttpRequest) -> bytes:
        """Make the call; see the port for the errors."""
        _require_safe(request.url)
        deadline = time.monotonic() + DEADLINE_SECONDS
        try:
            with self._session.request(
                request.method,
                request.url,
                headers=request.headers,
                data=request.body,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                body = _read(response, deadline)
        except (requests.RequestException, HTTPError) as error:
            message = f"call failed: {type(error).__name__}"
            raise TransientError(message) from error
        _raise_for(response.status_code, response.headers.get("Retry-After"))
        return body


def _require_safe(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        return
    message = "only https addresses are called"
    raise PermanentError(message)


def _read(response: requests.Response, deadline: float) -> bytes:
    body = bytearray()
    # `read1` returns what is there: `iter_content` would wait for a full chunk, however slowly it drips (F39).
    while chunk := response.raw.read1(_CHUNK, decode_content=True):
        body += chunk
        if len(body) > MAX_ANSWER:
            message = "answer is larger than any carrier's"
            raise TransientError(message)
        if time.monotonic() > deadline:
            message = "answer took too long"
            raise TransientError(message)
    return bytes(body)


def _raise_for(status: int, retry_after: str | None) -> None:
    if status in {requests.codes.too_many_requests, requests.codes.service_unavailable}:
        message = f"answered {status}"
        raise RateLimitedError(message, retry_after=_seconds(retry_after))
    if status >= requests.codes.internal_server_error:
        message = f"answered {status}"
        raise TransientError(message)
    if status in {requests.codes.unauthorized, requests.codes.forbidden}:
        message = f"answered {status}"
        raise RefusedCredentialsError(message)
    if status == requests.codes.not_found:
        message = "answered 404"
        raise UnknownParcelError(message)
    if not requests.codes.ok <= status < requests.codes.multiple_choices:
        message = f"answered {status}"
        raise PermanentError(message)


def _seconds(retry_after: str | None) -> float | None:
    """`Retry-After` is seconds or an HTTP date (RFC 9110, 10.2.3)."""
    if not retry_after:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        at = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max((at - datetime.now(UTC)).total_seconds(), 0.0)
