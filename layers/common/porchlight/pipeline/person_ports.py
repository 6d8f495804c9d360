"""What is kept of people, as the stages see it; the other ports are in ports.py."""

from datetime import datetime
from typing import Protocol

from porchlight.domain.choices import Choices
from porchlight.domain.privacy import PrivacyRecord
from porchlight.domain.shopper import History, Shopper


class Customers(Protocol):
    """What we know about an address, by its digest."""

    def suppressed(self, person: str, now: datetime) -> str | None:
        """Why nothing may be sent there, or `None`."""

    def suppress(self, person: str, reason: str, *, until: datetime | None) -> None:
        """Stop sending there; `until` `None` is for good."""

    def count_soft_bounce(self, person: str, event_id: str, now: datetime) -> int:
        """Note a soft bounce (once per event) and return how many there were lately."""

    def shopper(self, person: str, now: datetime) -> Shopper:
        """Everything known of one person, strongly consistent; `NOBODY` when that is nothing."""

    def keep_history(self, person: str, history: History) -> None:
        """Store what they got. Raises `ConflictError` unless the stored one is the version before."""

    def forget(self, person: str) -> None:
        """Delete what is known of an address, but not that nothing may be sent there, or what was refused.

        Raises `ConflictError` when their choices changed meanwhile.
        """


class KeptChoices(Protocol):
    """What people chose, by the digest of their address. `Customers.shopper` knows it too."""

    def choices(self, person: str) -> Choices:
        """Strongly consistent; `UNDECIDED` when nothing was chosen."""

    def keep_choices(self, person: str, choices: Choices) -> None:
        """Store them. Raises `ConflictError` unless the stored ones are the version before."""


class PrivacyRequests(Protocol):
    """Requests about personal data."""

    def keep(self, record: PrivacyRecord) -> None:
        """Store a request; one that is stored already stays as it is."""

    def note(self, record: PrivacyRecord) -> None:
        """Replace a request that is stored: it was answered, or gone on with."""

    def get(self, privacy_id: str) -> PrivacyRecord | None:
        """One request."""

    def requests(self) -> list[PrivacyRecord]:
        """All of them, the oldest first."""

    def close_shop(self, shop: str, now: datetime) -> None:
        """Nothing is learned from this shop (`<store>/<connection>`) any more."""

    def is_closed(self, shop: str) -> bool:
        """Whether it was closed."""

    def of_shop(self, shop: str, *, after: str, limit: int) -> list[str]:
        """Orders of a shop (`<store>/<connection>`) behind the order `after`, in a fixed sequence."""
