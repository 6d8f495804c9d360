"""What is known of one person across their orders: what they chose, what they got, and how they tend to react.

It is kept under a digest of the address, never under the address itself.
"""

from datetime import datetime, timedelta

from porchlight.domain.journeys import Purpose
from porchlight.domain.model import Value

REMEMBERED = timedelta(days=30)
"""How long a message counts against caps and for engagement."""


class Sent(Value):
    """One message this person got."""

    at: datetime
    order_id: str
    touchpoint: str
    purpose: Purpose
    channel: str


class Shopper(Value):
    """One person.

    Attributes:
        orders: Orders of this person; 0 when nobody knows.
        sent: Of the last 30 days, newest first.
        stopped: What they no longer want, as `<purpose>.<channel>`; `marketing.*` for every channel.
        consented: Marketing they agreed to, as `<channel>`, beside what the store says of an order.
        channel: The channel they chose; empty without a choice.
        suppressed: Why nothing can be sent there, by channel.
        held_until: Somebody asked for silence: the merchant by hand, or the shopper for a while.
        page_views: Of tracking pages in the last 30 days; `opens`, `clicks`, `offer_clicks` of messages likewise.
        open_complaint: A complaint that is not settled.
        survey_score: Last answer to a survey, 0 to 10; `None` without one.
    """

    orders: int = 0
    sent: tuple[Sent, ...] = ()
    stopped: frozenset[str] = frozenset()
    consented: frozenset[str] = frozenset()
    channel: str = ""
    suppressed: dict[str, str] = {}
    held_until: datetime | None = None
    page_views: int = 0
    opens: int = 0
    clicks: int = 0
    offer_clicks: int = 0
    open_complaint: bool = False
    survey_score: int | None = None

    def has_stopped(self, purpose: Purpose, channel: str) -> bool:
        """Whether they asked not to get such messages there."""
        return not self.stopped.isdisjoint({f"{purpose}.{channel}", f"{purpose}.*"})

    def got(self, since: datetime, purpose: Purpose | None = None, channel: str = "") -> tuple[Sent, ...]:
        """Messages since then, newest first."""
        return tuple(
            one
            for one in self.sent
            if one.at >= since and purpose in {None, one.purpose} and channel in {"", one.channel}
        )


NOBODY = Shopper()
"""Somebody we know nothing of yet."""
