"""What one person did with our messages and pages lately, and what follows from it.

Deeds are a set: each is known by itself, so that a repeat changes nothing and the order in which they come does not
matter. An hour counts once: a mail that is opened five times in an hour, or a page that asks anew every minute, tells
no more of somebody than one look does.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from porchlight.domain.engagement import NO_HABIT, Act, Habit, learned, weight_of
from porchlight.domain.model import Value

LATELY = timedelta(days=30)
"""How long a deed is known; one that is heard of later is not learned, so that no repeat can outlive its memory."""
MOST_DEEDS = 200
"""Deeds known of one person: an item stays small however often a page is asked for. The newest are kept."""
CLOCKS_DIFFER = timedelta(minutes=10)
ANSWERS = frozenset({Act.OPEN, Act.CLICK, Act.OFFER_CLICK})
CLICKS = frozenset({Act.CLICK, Act.OFFER_CLICK})
HARMS = frozenset({Act.COMPLAINT})


class Deed(Value):
    """One act, in one hour.

    Attributes:
        at: When that hour began on the reader's clock. UTC.
        message_id: Of the message it was done with; empty for a page.
    """

    act: Act
    at: datetime
    order_id: str
    message_id: str = ""


class Engagement(Value):
    """Deeds of one person, as stored: read, added to, and written on condition that nobody else did.

    Attributes:
        version: Grows with each deed; 0 before the first.
        deeds: Of the last 30 days, the newest first.
        habit: When they tend to read, by everything that was ever learned.
        opens_known: An open was once heard of, so that none is none: many mail programs never tell.
    """

    version: int = 0
    deeds: tuple[Deed, ...] = ()
    habit: Habit = NO_HABIT
    opens_known: bool = False

    def is_news(self, deed: Deed, now: datetime) -> bool:
        """It was not known, and is to be learned."""
        known = self.as_of(now).deeds
        if not now - LATELY < deed.at <= now + CLOCKS_DIFFER or deed in known:
            return False
        return len(known) < MOST_DEEDS or _place(deed) > _place(known[-1])

    def with_deed(self, deed: Deed, now: datetime, zone: ZoneInfo | None) -> "Engagement":
        """And this one, which `is_news`; without a `zone` it tells nothing of the hours at which they read."""
        deeds = sorted((deed, *self.as_of(now).deeds), key=_place, reverse=True)[:MOST_DEEDS]
        teaches = zone and weight_of(deed.act)
        return Engagement(
            version=self.version + 1,
            deeds=tuple(deeds),
            habit=learned(self.habit, deed.at, zone, deed.act) if zone and teaches else self.habit,
            opens_known=self.opens_known or deed.act is Act.OPEN,
        )

    def as_of(self, now: datetime) -> "Engagement":
        """Without what is older than `LATELY`; its version stays, as it is what the next is written over."""
        deeds = tuple(one for one in self.deeds if one.at > now - LATELY)
        return self if len(deeds) == len(self.deeds) else self.model_copy(update={"deeds": deeds})

    def has_any(self, acts: Collection[Act], order_id: str, message_id: str) -> bool:
        """One of these was done with this message."""
        return any(one.act in acts for one in self.deeds if (one.order_id, one.message_id) == (order_id, message_id))


NOTHING_DONE = Engagement()


def deed_at(act: Act, at: datetime, zone: ZoneInfo | None, order_id: str, message_id: str = "") -> Deed:
    """The deed of an act at `at`; its hour is one of `zone`, for some clocks begin theirs at half past."""
    begun = at.astimezone(zone or UTC).replace(minute=0, second=0, microsecond=0)
    return Deed(act=act, at=begun.astimezone(UTC), order_id=order_id, message_id=message_id)


def _place(deed: Deed) -> tuple[datetime, str, str, str]:
    return deed.at, deed.act, deed.order_id, deed.message_id
