"""One vendor account being called: its budget is spent before each call, its token fetched once per life."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from porchlight.domain.errors import RefusedCredentialsError
from porchlight.domain.exchange import Credentials, HttpRequest, Kind, Token
from porchlight.pipeline.ports import Accounts, Http

TOKEN_MARGIN = timedelta(seconds=60)
SHORT_WAIT = timedelta(seconds=2)
"""Waiting so long for a call costs less than writing the parcel's turn anew."""
MOST_WAITS = 4
A_BIT_LONGER = timedelta(milliseconds=10)
"""A call that is free at a moment is not yet at the same moment when fractions are rounded."""


@dataclass(slots=True)
class Tokens:
    """Access tokens of this process, by account. A token is asked for once per life, not once per call."""

    held: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def get(self, account: str, now: datetime) -> str | None:
        """A token that is good for another minute."""
        value, expires_at = self.held.get(account, ("", now))
        return value if expires_at - TOKEN_MARGIN > now else None

    def keep(self, account: str, token: Token, now: datetime) -> str:
        """Remember a token."""
        self.held[account] = (token.value, now + timedelta(seconds=token.expires_in))
        return token.value

    def drop(self, account: str) -> None:
        """Forget a token that was refused."""
        self.held.pop(account, None)


class Vendor(Protocol):
    """A store or a carrier, as far as entering its API goes."""

    def token_request(self, credentials: Credentials) -> HttpRequest | None:
        """The call that fetches a token; `None` when there is none."""

    def parse_token(self, body: bytes) -> Token:
        """Read its answer."""


class NoBudgetError(Exception):
    """The account may not be called before `available_at`. Nothing was called."""

    def __init__(self, available_at: datetime) -> None:
        super().__init__()
        self.available_at = available_at


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls on one account.

    Attributes:
        account: `<code>/<connection>`.
        wait: Sleeps so many seconds; without it no budget is waited for.
    """

    vendor: Vendor
    kind: Kind
    account: str
    credentials: Credentials
    accounts: Accounts
    http: Http
    tokens: Tokens
    now: datetime
    wait: Callable[[float], None] | None = None

    def token(self) -> str:
        """An access token; empty when the vendor has none."""
        request = self.vendor.token_request(self.credentials)
        if request is None:
            return ""
        held = self.tokens.get(self.account, self.now)
        return held or self.tokens.keep(self.account, self.vendor.parse_token(self.call(request)), self.now)

    def call(self, request: HttpRequest) -> bytes:
        """Body of the answer.

        Raises:
            NoBudgetError: Not called.
            PorchlightError: As the `Http` port says.
        """
        self.reserve(1)
        return self.reserved(request)

    def reserve(self, calls: int) -> None:
        """Take so many calls out of the budget at once: errands that compete for single calls would starve each other.

        Raises `NoBudgetError`; nothing is taken then.
        """
        available_at = self._spend(calls)
        if available_at:
            raise NoBudgetError(available_at)

    def reserved(self, request: HttpRequest) -> bytes:
        """Make a call that was paid for. Raises as the `Http` port says."""
        try:
            return self.http.call(request)
        except RefusedCredentialsError:
            self.tokens.drop(self.account)
            raise

    def _spend(self, calls: int) -> datetime | None:
        """Spend calls; when they will be available if they can not be waited for. Who waits may be overtaken."""
        now = self.now
        available_at = self.accounts.spend(self.account, calls, now, self.kind)
        for _ in range(MOST_WAITS):
            if available_at is None or self.wait is None or available_at - now > SHORT_WAIT:
                break
            self.wait((available_at - now + A_BIT_LONGER).total_seconds())
            now = available_at + A_BIT_LONGER
            available_at = self.accounts.spend(self.account, calls, now, self.kind)
        return available_at
