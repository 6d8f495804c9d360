"""The three kinds of plug-ins and how they are found: one vendor is one file, its code is the file's name.

`Registry` lists a package and imports a file only when its code is asked for, so that thirty carriers stay out of a
cold start that needs one. Codes come from URLs and stored items, so they are looked up in the file list before any
import. A file's module-level `PLUGIN` is the plug-in. Files that start with `_` are not plug-ins.
"""

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from types import ModuleType
from typing import Protocol, cast

from porchlight import carriers, channels, stores
from porchlight.domain.codes import Reading
from porchlight.domain.errors import UnknownPluginError
from porchlight.domain.exchange import (
    Budget,
    Clock,
    Credentials,
    HttpRequest,
    ParcelQuery,
    Token,
    Trust,
    WebhookRequest,
)
from porchlight.domain.messages import OutgoingMessage, Receipt, Transports
from porchlight.domain.orders import Person
from porchlight.domain.store_news import ChangedOrders, StoreNews, StoreUpdate
from porchlight.domain.tracking import TrackingUpdate


class Plugin(Protocol):
    """What all kinds share."""

    code: str
    """Equals the file name (a leading digit is written `c17track.py`, code `17track`)."""
    name: str
    """As shown to people."""


class WebhookSender(Plugin, Protocol):
    """Somebody who calls us."""

    trust: Trust | None
    """What its signature proves; `None` when it sends nothing."""
    webhook_headers: tuple[str, ...]
    """Lower-case names of the headers that verifying, deduplicating and parsing need; no other header is kept."""

    def verify_webhook(self, request: WebhookRequest, secrets: Sequence[str]) -> None:
        """Raise `InvalidSignatureError` unless one of `secrets` (two while rotating) proves the sender."""

    def delivery_id(self, request: WebhookRequest) -> str | None:
        """The sender's own id of this delivery, equal on its retries; `None` when it has none."""


class Carrier(WebhookSender, Protocol):
    """Who moves parcels, or an aggregator that speaks for many. No method performs I/O."""

    credential_fields: tuple[str, ...]
    """Names of the secrets a connection needs to poll; empty when the carrier only pushes."""
    budget: Budget
    """The documented default call limit of an account, its token requests included."""
    readings: Mapping[str, Reading]
    """Every vendor code its tables know, with our reading: for docs, mapping desk and tests, not for parsing."""
    clock: Clock
    """How it writes the time of a scan."""
    checked_on: date
    """When its tables were last compared with the vendor's documentation."""

    def token_request(self, credentials: Credentials) -> HttpRequest | None:
        """The call that fetches an access token; `None` when the key itself goes with each call."""

    def parse_token(self, body: bytes) -> Token:
        """Read its answer. Raises `MalformedPayloadError`."""

    def tracking_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest:
        """The call that asks for one parcel; `token` is empty when there is none."""

    def parse_tracking(self, body: bytes, *, received_at: datetime) -> list[TrackingUpdate]:
        """Read its answer, or that of `registration_request`.

        An answer that does not repeat the number it was asked about gives an update with an empty one. An aggregator
        that only confirms a registration gives an empty list.

        Raises:
            MalformedPayloadError: Not as documented.
            UnknownParcelError: The carrier knows no such parcel.
        """

    def registration_request(self, parcel: ParcelQuery, credentials: Credentials, token: str) -> HttpRequest | None:
        """The call that makes an aggregator follow a parcel, before it is first asked; `None` when none is needed."""

    def parse_webhook(self, request: WebhookRequest) -> list[TrackingUpdate]:
        """Read a push. Raises `MalformedPayloadError`."""


class Store(WebhookSender, Protocol):
    """A shop platform. No method performs I/O."""

    topics: tuple[str, ...]
    """Topics it understands; any other is accepted and recorded as unknown."""
    credential_fields: tuple[str, ...]
    """Names of the secrets a connection needs to read orders; empty when the store only pushes."""
    budget: Budget
    """The documented default call limit of an account."""

    def topic(self, request: WebhookRequest) -> str:
        """The topic of a delivery, empty when it names none."""

    def parse(self, topic: str, body: bytes, *, received_at: datetime) -> list[StoreNews]:
        """Read a body. An unknown topic gives an empty list. Raises `MalformedPayloadError`.

        A body that only names an order gives a bare update: the order must be read. Where it names a part of an order
        and not the order, so does the update, in words that `order_requests` knows; the answer names the order.
        """

    def token_request(self, credentials: Credentials) -> HttpRequest | None:
        """The call that fetches an access token; `None` when the key itself goes with each call."""

    def parse_token(self, body: bytes) -> Token:
        """Read its answer. Raises `MalformedPayloadError`."""

    def order_requests(self, vendor_order_id: str, credentials: Credentials, token: str) -> tuple[HttpRequest, ...]:
        """The calls that together tell one order whole."""

    def parse_order(self, bodies: Sequence[bytes], *, received_at: datetime) -> list[StoreUpdate]:
        """Read their answers, in the same order; an answer without content is empty. Raises `MalformedPayloadError`."""

    def changed_request(self, since: datetime, page: int, credentials: Credentials, token: str) -> HttpRequest:
        """The call for orders changed since then, the oldest change first.

        `page` is 1, or more where so many orders changed in the same second that one page does not hold them.
        """

    def parse_changed(self, body: bytes, *, received_at: datetime) -> ChangedOrders:
        """Read its answer. Raises `MalformedPayloadError`."""


class Channel(Plugin, Protocol):
    """One way to reach a shopper. Builds the provider's call; the transport it is given makes it."""

    tells_of_delivery: bool
    """Its provider says when a message has arrived: then an urgent one of which it does not is told on another."""

    def address_of(self, person: Person) -> str | None:
        """Where this person is reached, or `None` when there is no usable address."""

    def send(self, message: OutgoingMessage, transports: Transports) -> Receipt:
        """Make exactly one provider call.

        Raises:
            RateLimitedError: Known not sent.
            ChannelSuspendedError: Known not sent; the account is paused.
            RejectedRecipientError: Known not sent, and never will be.
            OutcomeUnknownError: May have been sent.
        """


class Registry[P: Plugin]:
    """The plug-ins of one package."""

    def __init__(self, package: ModuleType) -> None:
        self._package = package

    @cache  # noqa: B019 one registry per process
    def _files(self) -> dict[str, str]:
        names = (module.name for module in pkgutil.iter_modules(self._package.__path__))
        return {_code_of(name): name for name in names if not name.startswith("_")}

    def codes(self) -> list[str]:
        """All codes, sorted."""
        return sorted(self._files())

    def get(self, code: str) -> P:
        """The plug-in with this code. Raises `UnknownPluginError` for anything that is not a listed file."""
        file = self._files().get(code)
        if file is None:
            message = f"no plug-in of this code in {self._package.__name__}"
            raise UnknownPluginError(message)
        return cast("P", importlib.import_module(f"{self._package.__name__}.{file}").PLUGIN)


def _code_of(file: str) -> str:
    return file[1:] if file[0] == "c" and file[1:2].isdigit() else file


CARRIERS: Registry[Carrier] = Registry(carriers)
STORES: Registry[Store] = Registry(stores)
CHANNELS: Registry[Channel] = Registry(channels)
