"""What is kept of channels, as the stages see it; a part of the `Customers` port, as it lies in the same table."""

from datetime import datetime
from typing import Protocol

from porchlight.domain.channel_health import ChannelHealth, Harm, Suspension


class ChannelHealths(Protocol):
    """How the channels are."""

    def suspension(self, channel: str, now: datetime) -> Suspension | None:
        """The last one, also when it is over; read anew while one goes on, else up to a minute old."""

    def keep_suspension(self, channel: str, suspension: Suspension) -> None:
        """Store it. Raises `ConflictError` unless the stored one is the version before."""

    def health(self, channel: str, now: datetime) -> ChannelHealth:
        """With what its provider judges it by; up to a minute old."""

    def count_sent(self, channel: str, message_id: str, at: datetime) -> None:
        """A message has left. Said twice, it counts twice."""

    def count_against(self, channel: str, harm: Harm, provider_id: str, at: datetime) -> None:
        """The provider holds this against the channel. Said twice of one message, it counts once."""
