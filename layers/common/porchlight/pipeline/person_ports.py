"""What is kept of people, as the stages see it; the other ports are in ports.py."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from porchlight.domain.choices import Choices
from porchlight.domain.deeds import Engagement
from porchlight.domain.effects import Tally
from porchlight.domain.engagement import Habit
from porchlight.domain.groups import Counted
from porchlight.domain.privacy import PrivacyRecord
from porchlight.domain.shopper import History, Shopper
from porchlight.domain.supply import Purchase
from porchlight.pipeline.channel_ports import ChannelHealths


class Customers(ChannelHealths, Protocol):
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

    def engagement(self, person: str) -> Engagement:
        """What they did, without the rest; it may be a second old."""

    def keep_engagement(self, person: str, engagement: Engagement) -> None:
        """Store what they did. Raises `ConflictError` unless the stored one is the version before."""

    def note_order(self, person: str, purchase: Purchase, now: datetime) -> None:
        """This order is theirs; said twice, it is one order. It is forgotten when an order of `now` would be."""

    def add_reading(self, groups: Sequence[str], counted: Counted) -> None:
        """Add one deed to each of these groups. Said twice, it counts twice."""

    def habits(self, groups: Sequence[str], now: datetime) -> tuple[Habit, ...]:
        """When each group tends to read; up to an hour old."""

    def tally(self, touchpoint: str, variant: str, found: Tally, person: str, at: datetime) -> None:
        """Add to what became of a variant. Said twice, it counts twice."""

    def tallies(self, touchpoints: Collection[str], now: datetime) -> Mapping[str, Mapping[str, Tally]]:
        """What became of the variants of these touchpoints, by touchpoint and variant; up to five minutes old."""

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
