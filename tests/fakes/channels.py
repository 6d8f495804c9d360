"""How the channels are, in memory."""

from datetime import datetime, timedelta

from porchlight.domain.channel_health import DAYS, ChannelHealth, Harm, Judged, Suspension
from porchlight.domain.errors import ConflictError


class FakeChannels:
    """The part of `Customers` that is about channels. Nothing is ever old here, which the port allows."""

    def __init__(self) -> None:
        super().__init__()
        self.suspensions: dict[str, Suspension] = {}
        self.sent: list[tuple[str, datetime]] = []
        self.held_against: dict[tuple[str, Harm, str], datetime] = {}

    def suspension(self, channel: str, now: datetime) -> Suspension | None:
        return self.suspensions.get(channel)

    def keep_suspension(self, channel: str, suspension: Suspension) -> None:
        held = self.suspensions.get(channel)
        if (held.version if held else 0) != suspension.version - 1:
            message = "another has noted how the channel is"
            raise ConflictError(message)
        self.suspensions[channel] = suspension

    def health(self, channel: str, now: datetime) -> ChannelHealth:
        since = (now - timedelta(days=DAYS)).date()
        harms = [harm for (named, harm, _), at in self.held_against.items() if named == channel and at.date() >= since]
        return ChannelHealth(
            self.suspensions.get(channel),
            Judged(
                sent=sum(named == channel and at.date() >= since for named, at in self.sent),
                bounces=harms.count(Harm.BOUNCE),
                complaints=harms.count(Harm.COMPLAINT),
            ),
        )

    def count_sent(self, channel: str, message_id: str, at: datetime) -> None:
        self.sent.append((channel, at))

    def count_against(self, channel: str, harm: Harm, provider_id: str, at: datetime) -> None:
        self.held_against.setdefault((channel, harm, provider_id), at)
