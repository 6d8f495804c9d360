"""What is known of one person across their orders: what they chose, what they got, and how they tend to react.

It is kept under a digest of the address, never under the address itself.
"""

from datetime import datetime, timedelta

from porchlight.domain.deeds import ANSWERS, CLICKS, NOTHING_DONE, Deed, Engagement
from porchlight.domain.engagement import NO_HABIT, Act, Habit
from porchlight.domain.model import Value
from porchlight.domain.purposes import Purpose
from porchlight.domain.supply import Purchase
from porchlight.domain.survey import Answer

MOST = 100
"""Messages remembered of one person: an item stays small, and every cap is far below."""
REMEMBERED = timedelta(days=30)
"""How long a message counts against caps and for engagement."""
FAILED_REMEMBERED = timedelta(days=1, hours=1)
"""A text that is said to have failed may have arrived, so it counts for as long as the law counts it, and a little."""


class Sent(Value):
    """One message this person got, with all that is needed to learn from what they do with it.

    Attributes:
        zone: IANA name of the reader's clock; empty when unknown.
        variant: Of the touchpoint's experiment; empty without one.
        segments: That the order was in.
    """

    at: datetime
    order_id: str
    message_id: str
    touchpoint: str
    purpose: Purpose
    channel: str
    zone: str = ""
    variant: str = ""
    segments: tuple[str, ...] = ()


class History(Value):
    """Messages one person got lately, as stored: read, added to, and written on condition that nobody else did.

    Attributes:
        version: Grows with each message; 0 before the first.
        failed: Tries of the last day that reached nobody as far as is known; they count against no cap.
    """

    version: int = 0
    sent: tuple[Sent, ...] = ()
    failed: tuple[Sent, ...] = ()

    def with_sent(self, one: Sent) -> "History":
        """And this one; what is older than `REMEMBERED` is forgotten."""
        kept = tuple(old for old in self.sent if old.at > one.at - REMEMBERED)
        failed = tuple(old for old in self.failed if old.at > one.at - FAILED_REMEMBERED)
        return History(version=self.version + 1, sent=(one, *kept)[:MOST], failed=failed[:MOST])

    def as_of(self, now: datetime) -> "History":
        """Without what is older than `REMEMBERED`; its version stays, as it is what the next is written over."""
        kept = tuple(one for one in self.sent if one.at > now - REMEMBERED)
        return self if len(kept) == len(self.sent) else self.model_copy(update={"sent": kept})

    def but(self, order_id: str, message_id: str) -> "History":
        """Without this message: a second try is no second message, and counts from when it is made."""
        kept = tuple(one for one in self.sent if (one.order_id, one.message_id) != (order_id, message_id))
        return self.model_copy(update={"sent": kept})

    def but_failed(self, order_id: str, message_id: str) -> "History":
        """Without this message, which reached nobody as far as is known; that it was tried is remembered."""
        one = self.find(order_id, message_id)
        return self.but(order_id, message_id).model_copy(update={"failed": (one, *self.failed)}) if one else self

    def find(self, order_id: str, message_id: str) -> Sent | None:
        """The message, if they got it lately."""
        return next((one for one in self.sent if (one.order_id, one.message_id) == (order_id, message_id)), None)

    def got(self, since: datetime, purpose: Purpose) -> tuple[Sent, ...]:
        """Messages of this purpose since then, newest first."""
        return tuple(one for one in self.sent if one.at >= since and one.purpose is purpose)


class Response(Value):
    """How one channel is answered by this person.

    Attributes:
        answered: Messages that were opened or clicked.
    """

    sent: int = 0
    answered: int = 0


class Shopper(Value):
    """One person.

    Attributes:
        orders: Orders of this person; 0 when nobody knows.
        history: What they got lately.
        stopped: What they no longer want, as `<purpose>.<channel>`; `marketing.*` for every channel.
        consented: Marketing they agreed to, as `<channel>`, beside what the store says of an order.
        channel: The channel they chose; empty without a choice.
        suppressed: Why nothing can be sent there, by channel.
        held_until: Somebody asked for silence: the merchant by hand, or the shopper for a while.
        page_views: Of tracking pages in the last 30 days; `opens`, `clicks`, `offer_clicks` of messages likewise.
        opens_known: Opened messages are heard of, so that none is none.
        responses: How they answered in the last 30 days, by channel.
        habit: When they tend to read.
        complaint_since: A complaint that is not settled.
        answers: To surveys, one an order, the newest first.
        engagement: What they did, as stored.
        bought: What their orders added to their supply, in any order.
    """

    orders: int = 0
    history: History = History()
    stopped: frozenset[str] = frozenset()
    consented: frozenset[str] = frozenset()
    channel: str = ""
    suppressed: dict[str, str] = {}
    held_until: datetime | None = None
    page_views: int = 0
    opens: int = 0
    clicks: int = 0
    offer_clicks: int = 0
    opens_known: bool = False
    responses: dict[str, Response] = {}
    habit: Habit = NO_HABIT
    complaint_since: datetime | None = None
    answers: tuple[Answer, ...] = ()
    engagement: Engagement = NOTHING_DONE
    bought: tuple[Purchase, ...] = ()

    def has_stopped(self, purpose: Purpose, channel: str) -> bool:
        """Whether they asked not to get such messages there."""
        return not self.stopped.isdisjoint({f"{purpose}.{channel}", f"{purpose}.*"})


NOBODY = Shopper()
"""Somebody we know nothing of yet."""


def with_engagement(shopper: Shopper, engagement: Engagement, now: datetime) -> Shopper:
    """The shopper with everything that follows from what they did."""
    lately = engagement.as_of(now)
    opened = {(one.order_id, one.message_id) for one in lately.deeds if one.act is Act.OPEN}
    follows = {
        "engagement": lately,
        "habit": lately.habit,
        "page_views": sum(one.act is Act.PAGE_VIEW for one in lately.deeds),
        "opens": len(opened),
        "clicks": sum(one.act in CLICKS for one in lately.deeds),
        "offer_clicks": sum(one.act is Act.OFFER_CLICK for one in lately.deeds),
        "opens_known": lately.opens_known,
        "responses": _responses(shopper.history, lately.deeds),
    }
    return shopper.model_copy(update=follows)


def _responses(history: History, deeds: tuple[Deed, ...]) -> dict[str, Response]:
    answered = {(one.order_id, one.message_id) for one in deeds if one.act in ANSWERS}
    found: dict[str, Response] = {}
    for one in history.sent:
        known = found.get(one.channel, Response())
        hits = known.answered + ((one.order_id, one.message_id) in answered)
        found[one.channel] = Response(sent=known.sent + 1, answered=hits)
    return found
