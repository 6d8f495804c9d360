"""Requests and answers as plain data, so that plug-ins build and read them without doing I/O."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer, PlainValidator

from porchlight.domain.model import Value

Credentials = Mapping[str, str]
"""The merchant's secrets for one connection, by the names the plug-in lists in `credential_fields`."""


def _decoded(value: object) -> bytes:
    return value if isinstance(value, bytes) else b64decode(str(value))


Base64Bytes = Annotated[
    bytes, PlainValidator(_decoded), PlainSerializer(lambda raw: b64encode(raw).decode(), when_used="json")
]
"""Raw bytes that survive JSON: base64 on the wire, untouched in memory."""


class Trust(IntEnum):
    """What a webhook's signature proves (design, invariant 9)."""

    HINT = 3
    """The body is not authenticated: it wakes a poll, nothing more."""
    BODY = 2
    """The body is signed, its age is not: acts, deduplicated by content."""
    BODY_AND_TIME = 1
    """Body and time are signed: acts at once."""


class Kind(StrEnum):
    """Which family of plug-ins a connection belongs to; also the path element of its webhook URL."""

    STORES = "stores"
    CARRIERS = "carriers"


class HttpRequest(Value):
    """One call to make.

    Attributes:
        headers: May hold credentials: never log them.
        body: `None` for GET.
    """

    method: Literal["GET", "POST", "PUT"]
    url: str
    headers: dict[str, str] = {}
    body: bytes | None = None


class Token(Value):
    """An access token and how long it lives, in seconds from when it was answered."""

    value: str
    expires_in: float


class WebhookRequest(Value):
    """A delivery as it came in.

    Attributes:
        headers: Lower-case names; a header sent twice has its values joined by `, ` as HTTP says.
        body: Raw bytes, exactly as signed.
        path: Request path, for schemes that sign it.
        received_at: UTC.
    """

    headers: dict[str, str]
    body: bytes
    path: str
    received_at: datetime
    method: str = "POST"


class Budget(Value):
    """How many calls an account may make: `calls` (two at least) in any `seconds`."""

    calls: Annotated[int, Field(ge=2)]
    seconds: Annotated[float, Field(gt=0)]


class ParcelQuery(Value):
    """One parcel to ask a carrier about, or to register with an aggregator.

    Attributes:
        tracking_number: As `normal_number` writes it.
        carrier: Our code of who moves it, for aggregators; empty when nobody knows.
        country: Destination, ISO 3166-1 alpha-2; empty when unknown.
        postal_code: Destination, for carriers that want it as a second proof; empty when unknown.
        asked_at: UTC, for requests that are signed with a time.
    """

    tracking_number: str
    carrier: str = ""
    country: str = ""
    postal_code: str = ""
    asked_at: datetime


class Clock(StrEnum):
    """How a vendor writes the time of a scan, the best first; told in the docs, carrier by carrier."""

    OFFSET = "with its offset"
    """Every time is an instant."""
    MIXED = "some with an offset, some local"
    """Depends on service or age of the answer."""
    ZONE = "in one documented zone"
    """No offset is printed, but the vendor documents which zone all times are in."""
    PLACE = "local to the scan"
    """A wall clock; exact only as far as the place of the scan is known."""
    DAY = "dates only"
    """No time of day."""


class Asked(StrEnum):
    """What a store was asked for."""

    NOTHING = ""
    """It spoke by itself."""
    ORDER = "order"
    """One order: the body holds the answers of several calls."""
    CHANGES = "changes"
    """A page of changed orders."""


class Envelope(Value):
    """Raw bytes from outside on their way to evaluation; push and poll look alike from here.

    Attributes:
        origin: Whether it was pushed to us or is the answer to a poll.
        code: Plug-in code.
        connection: Name of the merchant's account with that vendor.
        headers: Only those the plug-in asked to keep.
        delivery_id: The sender's own id of this delivery, else a hash of the body.
        body: Raw bytes, or empty when they lie in the bucket under `body_key`.
        order_id: Known for polls; `None` for pushes.
        tracking_number: The number that was polled; `None` for pushes.
        asked: What a store was asked for, when it did not speak by itself.
        mends: Found by reading a store that was read to its end before: what it changes, no webhook has told.
        trace: Correlation id that follows the parcel through the queues.
    """

    schema_version: int = 1
    origin: Literal["webhook", "poll"]
    kind: Kind
    code: str
    connection: str
    headers: dict[str, str] = {}
    path: str = ""
    delivery_id: str
    body: Base64Bytes = b""
    body_key: str | None = None
    received_at: datetime
    order_id: str | None = None
    tracking_number: str | None = None
    asked: Asked = Asked.NOTHING
    mends: bool = False
    trace: str = ""

    def webhook_request(self) -> WebhookRequest:
        """The delivery again, as the plug-in's parser wants it."""
        return WebhookRequest(headers=self.headers, body=self.body, path=self.path, received_at=self.received_at)
