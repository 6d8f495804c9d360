"""What all simulated vendors share: calls and replies, how an API is entered, and the shape of a format.

A vendor is one file in `formats/`, written from the vendor's documentation and not from the plug-in: where the two
disagree, a test fails, and one of them is wrong.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from urllib.parse import unquote

from tools.demo.journey import Journey
from tools.demo.stories import Word

Body = Mapping[str, object]
JSON, XML, HTML = "application/json", "text/xml", "text/html"


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it came in, its path below the vendor's root."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    @property
    def last(self) -> str:
        """The last part of the path."""
        return unquote(self.path.rstrip("/").rpartition("/")[2])


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer."""

    status: int
    body: bytes
    kind: str = JSON
    retry_after: int | None = None


def in_json(body: Body | list[Body], status: int = HTTPStatus.OK, retry_after: int | None = None) -> Reply:
    """An answer in JSON."""
    return Reply(status, json.dumps(body, ensure_ascii=False).encode(), JSON, retry_after)


def in_xml(text: str, status: int = HTTPStatus.OK) -> Reply:
    """An answer in XML."""
    return Reply(status, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode(), XML)


def basic(user: str, password: str) -> str:
    """The Basic authorization of a user."""
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


def oauth_token(token: str, issued: datetime, seconds: int) -> Body:  # noqa: ARG001 OAuth tells only how long
    """The usual answer to a request for a token; several vendors write the lifetime as text."""
    return {"access_token": token, "token_type": "Bearer", "expires_in": str(seconds)}


@dataclass(frozen=True, slots=True)
class Entry:
    """How an API is entered.

    `{id}` and `{secret}` stand for the account's, `{basic}` for both as Basic authorization, `{key_alone}` for the
    secret as its user.

    Attributes:
        credentials: What the merchant types in to connect the account.
        headers: What each call must carry, by lower-case name.
        token_path: Where tokens are fetched; empty when the key itself goes with each call.
        token_seconds: How long one lives.
        token: Writes the answer.
    """

    credentials: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)
    token_path: str = ""
    token_seconds: int = 0
    token: Callable[[str, datetime, int], Body] = oauth_token


def oauth(token_path: str, seconds: int) -> Entry:
    """Client credentials of OAuth 2."""
    return Entry({"client_id": "{id}", "client_secret": "{secret}"}, {}, token_path, seconds)


@dataclass(frozen=True, slots=True)
class Sending:
    """How a push leaves: to which path, at what time."""

    path: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Push:
    """How a vendor pushes.

    Attributes:
        secret: What the merchant gives Porchlight to check it with.
        write: Body and signed headers.
    """

    secret: Callable[[], str]
    write: Callable[[Journey, Sending], tuple[bytes, dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Registration:
    """How a vendor is made to follow a number. `is_one` tells such a call, `confirm` answers it."""

    is_one: Callable[[Call], bool]
    confirm: Callable[[Journey], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How one vendor speaks.

    Attributes:
        entry: `None` for a vendor whose API nobody enters here.
        words: Of a story that it can tell; any other can not be played with it.
        silent: Those of them that it never shows as a scan.
        asked: The number a call asks about.
        tell: Answers about a parcel that it knows.
        unknown: Answers about one that it does not know.
        places: Which parts of a place it prints.
        estimates: Whether it names a day.
    """

    entry: Entry
    words: frozenset[Word]
    asked: Callable[[Call], str]
    tell: Callable[[Journey], Reply]
    unknown: Callable[[str], Reply]
    places: frozenset[str]
    estimates: bool = True
    silent: frozenset[Word] = frozenset()
    registration: Registration | None = None
    push: Push | None = None


EVERYWHERE = frozenset({"city", "region", "country"})
