"""What somebody did, added to what is known of them, of their groups, and of the variant they were given.

The person's own record comes first, on condition that nobody else wrote it; only a deed that was news there is counted
for groups and variants. So a repeat counts nothing, and a crash in between loses one count and never makes two.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from porchlight.domain.deeds import CLICKS, HARMS, Deed, Engagement, deed_at
from porchlight.domain.effects import Tally
from porchlight.domain.engagement import Act, weight_of
from porchlight.domain.errors import ConflictError
from porchlight.domain.groups import counted, groups_of
from porchlight.domain.localities import Locality
from porchlight.domain.messages import Intent
from porchlight.domain.purposes import Purpose
from porchlight.domain.shopper import Sent
from porchlight.pipeline.person_ports import Customers

MAX_TRIES = 5


@dataclass(frozen=True, slots=True)
class Happening:
    """An act as it was heard of.

    Attributes:
        person: Digest of the address of who did it.
        at: Aware.
    """

    act: Act
    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Learner:
    """Learns at one moment.

    Attributes:
        now: Aware UTC.
    """

    customers: Customers
    now: datetime

    def from_message(self, what: Happening, intent: Intent) -> bool:
        """Somebody did something with a message of ours. False when it is not news, or no message they got lately.

        Raises:
            ConflictError: Others were faster five times; the queue tries again.
        """
        for _ in range(MAX_TRIES):
            shopper = self.customers.shopper(what.person, self.now)
            sent = shopper.history.find(intent.order_id, intent.message_id)
            if sent is None:
                return False
            zone = ZoneInfo(sent.zone) if sent.zone else None
            deed = deed_at(_act_with(what.act, sent), what.at, zone, intent.order_id, intent.message_id)
            try:
                learned = self._learned(deed, what.person, shopper.engagement, zone)
            except ConflictError:
                continue
            if learned:
                self._count_for_groups(deed, zone, sent.segments, what.person)
                self._count_for_variant(deed, shopper.engagement, sent, what.person)
            return learned
        message = "what is known of a shopper changed under every attempt"
        raise ConflictError(message)

    def from_page(self, order_id: str, person: str, place: Locality) -> bool:
        """Somebody looks at an order's page. False when that is known of this hour. Raises `ConflictError`."""
        zone = place.zone if place.known else None
        deed = deed_at(Act.PAGE_VIEW, self.now, zone, order_id)
        learned = self._learned(deed, person, self.customers.engagement(person), zone)
        if learned:
            self._count_for_groups(deed, zone, (), person)
        return learned

    def was_proved(self, intent: Intent, person: str) -> None:
        """A message in doubt has left after all; to be said once."""
        sent = self.customers.shopper(person, self.now).history.find(intent.order_id, intent.message_id)
        if sent:
            self.has_left(sent.touchpoint, sent.variant, person)

    def has_left(self, touchpoint: str, variant: str, person: str) -> None:
        """A message has left, and counts where its touchpoint has variants; to be said once."""
        if variant:
            self.customers.tally(touchpoint, variant, Tally(sent=1), person, self.now)

    def _learned(self, deed: Deed, person: str, known: Engagement, zone: ZoneInfo | None) -> bool:
        if not known.is_news(deed, self.now):
            return False
        self.customers.keep_engagement(person, known.with_deed(deed, self.now, zone))
        return True

    def _count_for_groups(self, deed: Deed, zone: ZoneInfo | None, segments: tuple[str, ...], person: str) -> None:
        if zone and weight_of(deed.act):
            self.customers.add_reading(groups_of(segments), counted(deed, zone, person))

    def _count_for_variant(self, deed: Deed, before: Engagement, sent: Sent, person: str) -> None:
        """A message is a success once, with its first click, and does harm once."""
        alike = next((acts for acts in (CLICKS, HARMS) if deed.act in acts), frozenset[Act]())
        if not sent.variant or not alike or before.has_any(alike, deed.order_id, deed.message_id):
            return
        found = Tally(successes=1) if deed.act in CLICKS else Tally(harms=1)
        self.customers.tally(sent.touchpoint, sent.variant, found, person, self.now)


def _act_with(act: Act, sent: Sent) -> Act:
    """A link of a marketing message leads to an offer."""
    return Act.OFFER_CLICK if act is Act.CLICK and sent.purpose is Purpose.MARKETING else act
