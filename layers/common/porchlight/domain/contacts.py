"""Whether the messages keep shoppers from asking: contacts with the support, joined to the orders they were about.

A contact is about the order that it names, else about the latest order its writer had placed by then; it counts for
that order when it came within so many days. An order counts as soon as these days are over, and only where all of them
lie between the first contact that is known and the last: before and after, nobody wrote down who asked.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from porchlight.domain.experiments import HoldOut
from porchlight.domain.rates import Counted, counted
from porchlight.domain.reorders import PlacedOrder


class Contact(NamedTuple):
    """Somebody asked the support.

    Attributes:
        at: Aware; where only the day is known, its end.
        person: Digest of the writer's address; empty when unknown.
        orders: Ids of the orders that may be meant by the number it names.
    """

    at: datetime
    person: str
    orders: Sequence[str] = ()


class Span(NamedTuple):
    """The time in which it is known who asked; both ends belong to it."""

    begin: datetime
    end: datetime

    def holds(self, order: PlacedOrder, within: timedelta) -> bool:
        """All the days in which the order may be asked about."""
        return self.begin <= order.placed_at and order.placed_at + within <= self.end


class ContactCounts(NamedTuple):
    """Contacts about orders, with the messages and without.

    Attributes:
        told: Of people who get the messages.
        held_out: Of people who get none.
        waiting: Orders that do not count, as not all of their days lie in the span.
        strangers: Contacts of people without an order, or about one that is not known.
        aside: Contacts too early or too late for their order, or about one that does not count.
    """

    told: Counted
    held_out: Counted
    waiting: int
    strangers: int
    aside: int


class _Orders:
    """Orders by their id and by who placed them; one of which two addresses are known is of both."""

    def __init__(self, orders: Iterable[PlacedOrder]) -> None:
        self.all = sorted(set(orders), key=lambda one: (one.placed_at, one.order_id, one.person))
        self.by_id: dict[str, list[PlacedOrder]] = {}
        self.by_person: dict[str, list[PlacedOrder]] = {}
        for one in self.all:
            self.by_id.setdefault(one.order_id, []).append(one)
            self.by_person.setdefault(one.person, []).append(one)

    def meant(self, contact: Contact) -> PlacedOrder | None:
        """Of several orders with one number the writer's own; where that settles nothing, the number is no help."""
        named = [order for order_id in set(contact.orders) for order in self.by_id.get(order_id, [])]
        theirs = [one for one in named if one.person == contact.person] or named
        return theirs[0] if len(theirs) == 1 else self._latest(contact)

    def _latest(self, contact: Contact) -> PlacedOrder | None:
        """Their first one where all are later: the contact is somebody's, but too early."""
        theirs = self.by_person.get(contact.person, [])
        before = bisect_right(theirs, contact.at, key=lambda one: one.placed_at)
        return theirs[max(0, before - 1)] if theirs else None


def span_of(moments: Sequence[datetime], now: datetime, since: datetime | None = None) -> Span:
    """What contacts of these moments, one at least, tell about; it begins at `since` if that is later. All aware."""
    first = min(moments)
    return Span(max(first, since or first), min(max(moments), now))


def count_contacts(
    contacts: Sequence[Contact], orders: Iterable[PlacedOrder], hold_out: HoldOut, span: Span, within: timedelta
) -> ContactCounts:
    """Count them.

    Args:
        contacts: In any order; one that is there twice counts twice.
        orders: In any order; one that is there twice counts once.
        hold_out: The group as it is drawn now.
        span: Only orders all of whose days lie in it count.
        within: How long after it was placed an order may be asked about.
    """
    known = _Orders(orders)
    counting = [one for one in known.all if span.holds(one, within)]
    about = Counter(dict.fromkeys(counting, 0))
    strangers = aside = 0
    for contact in contacts:
        order = known.meant(contact)
        if order is None:
            strangers += 1
        elif order in about and timedelta() <= contact.at - order.placed_at <= within:
            about[order] += 1
        else:
            aside += 1
    held_out = {person for person in known.by_person if hold_out.has(person)}
    return ContactCounts(
        told=counted(_of_each((order for order in counting if order.person not in held_out), about)),
        held_out=counted(_of_each((order for order in counting if order.person in held_out), about)),
        waiting=len(known.all) - len(counting),
        strangers=strangers,
        aside=aside,
    )


def _of_each(orders: Iterable[PlacedOrder], about: Mapping[PlacedOrder, int]) -> list[tuple[int, int]]:
    """How many orders, and contacts about them, each person has."""
    placed, asked = Counter[str](), Counter[str]()
    for one in orders:
        placed[one.person] += 1
        asked[one.person] += about[one]
    return [(placed[person], asked[person]) for person in placed]
