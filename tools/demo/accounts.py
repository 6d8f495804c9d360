"""Carrier accounts as the vendor sees them: credentials, tokens that expire, call limits, and the faults of the week.

Each account counts its calls on the shop's clock. `most_in_window` says afterwards how close a caller came to the
limit; a call beyond it is refused as the vendor would refuse it.
"""

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import parse_qs

from porchlight.domain.exchange import Budget

from tools.demo.vendor_api import Call, Entry, Reply, basic, in_json


class Fault(StrEnum):
    """What may go wrong with one call."""

    SERVER_ERROR = "500"
    GARBAGE = "garbage"
    TOO_MANY = "429"
    SLOW = "slow"
    REVOKED = "revoked token"


@dataclass(slots=True)
class Account:
    """One account.

    Attributes:
        faults: Hour from which a fault waits for the next tracking call, in order of time.
        happened: The faults that calls have met.
        calls: Times of all calls, the shop's.
    """

    client_id: str
    secret: str
    budget: Budget
    token_seconds: int
    faults: list[tuple[float, Fault]]
    happened: list[Fault] = field(default_factory=list)
    calls: list[datetime] = field(default_factory=list)
    refused: int = 0
    _tokens: dict[str, datetime] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def admit(self, now: datetime) -> bool:
        """Count a call; false when the limit is used up."""
        with self._lock:
            since = now - timedelta(seconds=self.budget.seconds)
            admitted = sum(call > since for call in self.calls) < self.budget.calls
            self.calls.append(now)
            self.refused += not admitted
            return admitted

    def issue(self, now: datetime) -> str:
        """A fresh token."""
        with self._lock:
            token = f"demo-{self.client_id}-{len(self._tokens)}"
            self._tokens[token] = now + timedelta(seconds=self.token_seconds)
            return token

    def knows(self, token: str, now: datetime) -> bool:
        """Whether it was issued and is still good."""
        return self._tokens.get(token, now) > now

    def credentials(self, entry: Entry) -> dict[str, str]:
        """What the merchant types in to connect it."""
        return {name: self._filled(text) for name, text in entry.credentials.items()}

    def sell(self, call: Call, entry: Entry, now: datetime) -> Reply | None:
        """The answer to a call for a token; `None` for somebody else's credentials."""
        form = parse_qs(call.body.decode())
        in_form = form.get("client_id") == [self.client_id] and form.get("client_secret") == [self.secret]
        if not in_form and call.headers.get("authorization") != basic(self.client_id, self.secret):
            return None
        return in_json(entry.token(self.issue(now), now, entry.token_seconds))

    def lets_in(self, call: Call, entry: Entry, now: datetime) -> bool:
        """Whether a call proves who makes it."""
        if entry.token_path:
            return self.knows(call.headers.get("authorization", "").removeprefix("Bearer "), now)
        return all(call.headers.get(name) == self._filled(text) for name, text in entry.headers.items())

    def _filled(self, text: str) -> str:
        user, key = basic(self.client_id, self.secret), basic(self.secret, "")
        return text.format(id=self.client_id, secret=self.secret, basic=user, key_alone=key)

    def fault(self, hour: float) -> Fault | None:
        """The fault that this tracking call meets, if any."""
        with self._lock:
            if not self.faults or self.faults[0][0] > hour:
                return None
            fault = self.faults.pop(0)[1]
            self.happened.append(fault)
            if fault is Fault.REVOKED:
                self._tokens.clear()
            return fault

    @property
    def most_in_window(self) -> int:
        """The most calls in any window of the limit's length."""
        return most_within(sorted(self.calls), timedelta(seconds=self.budget.seconds))


def most_within(calls: Iterable[datetime], window: timedelta) -> int:
    """The largest number of calls, given in order, in any stretch of that length."""
    held: deque[datetime] = deque()
    most = 0
    for call in calls:
        held.append(call)
        while call - held[0] >= window:
            held.popleft()
        most = max(most, len(held))
    return most
