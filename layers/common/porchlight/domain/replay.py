"""A journey over history: what it would have decided, had it been in force when everything was said.

What is stored of an order is a set of statements with the time of each. They are taught again in that order, and the
order is looked at after each of them and whenever a timer would have gone off, exactly as in life. So a changed journey
can be compared with the one in force before anybody gets a message from it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from porchlight.domain.decide import decide
from porchlight.domain.facts import OrderFacts
from porchlight.domain.fold import fold
from porchlight.domain.journeys import Journey
from porchlight.domain.ledger import Decision, Outcome
from porchlight.domain.localities import NOWHERE, locality_of
from porchlight.domain.orders import Destination
from porchlight.domain.purposes import Audience
from porchlight.domain.rehearsal import as_if_sent, within_caps
from porchlight.domain.shipment_facts import ShipmentFacts
from porchlight.domain.shopper import NOBODY
from porchlight.domain.situation import Situation

HEARD_WITHIN = timedelta(minutes=1)
"""A scan is heard about this long after it happened; when it truly was is not stored."""
MOST_LOOKS = 2000


NOT_KNOWN = (
    "what the shopper got for other orders, which counts against caps too",
    "what the shopper has stopped, agreed to outside the shop, or complained of",
    "clicks, opens, and the hours at which somebody reads",
    "who is in an experiment's or hold-out's group: orders are drawn without their shopper",
    "storms: what stood still on a lane at the time",
)
"""What life looks at and a replay can not."""
_SOMEBODY = "somebody"


def without_names(facts: OrderFacts) -> OrderFacts:
    """An order without personal data, and with all the same what decides: consent, tags, region, gift, account."""
    left = facts.without_personal_data().model_copy(update={"erased": False})
    if facts.order is None or left.order is None:
        return left
    known = facts.order
    decides = {
        "marketing_consent": known.marketing_consent,
        "sms_consent": known.sms_consent,
        "tags": known.tags,
        "gift": known.gift,
        "order_count": known.order_count,
        "customer_id": _SOMEBODY if known.customer_id else "",
        "destination": Destination(country=known.destination.country, region=known.destination.region),
    }
    return left.model_copy(update={"order": left.order.model_copy(update=decides)})


class Told(NamedTuple):
    """One message that would have left."""

    at: datetime
    touchpoint: str
    decision_id: str
    channel: str


def replayed(facts: OrderFacts, journey: Journey, channels: frozenset[str], until: datetime) -> dict[str, Decision]:
    """The ledger that this journey would have written.

    Args:
        facts: Everything that is stored of the order.
        journey: Compiled.
        channels: Those that reach the shopper.
        until: The end of the replay, aware.
    """
    ledger: dict[str, Decision] = {}
    situation = Situation(
        {Audience.SHOPPER: channels, Audience.MERCHANT: channels},
        shopper=lambda: as_if_sent(NOBODY, facts.order_id, ledger.values(), {Outcome.SEND}),
        place=locality_of(facts.order.destination) if facts.order else NOWHERE,
    )
    look_again_at: datetime | None = None
    moments = _moments(facts, until)
    looks = 0
    while (moments or look_again_at) and looks < MOST_LOOKS:
        looks += 1
        now = min(*moments[:1], look_again_at or until, until)
        if now >= until:
            break
        moments = [moment for moment in moments if moment > now]
        plan = decide(fold(_as_of(facts, now)), ledger, journey, situation, now)
        decisions = within_caps(plan.decisions, situation.shopper(), facts.order_id, journey.limits.caps, now)
        ledger |= {one.decision_id: one for one in decisions}
        waits = (plan.look_again_at, *(one.until for one in decisions))
        look_again_at = min((one for one in waits if one), default=None)
    return ledger


def told(ledger: dict[str, Decision]) -> tuple[Told, ...]:
    """Its messages, in the order of time."""
    sending = [one for one in ledger.values() if one.outcome in {Outcome.SEND, Outcome.SHADOW}]
    found = (Told(one.decided_at, one.touchpoint, one.decision_id, one.channel) for one in sending)
    return tuple(sorted(found))


class Difference(NamedTuple):
    """What changes for one order.

    Attributes:
        more: Messages that only the changed journey sends.
        fewer: Messages that only the one in force sends.
        moved: Messages that both send, and not at the same time or not by the same channel: as it was, as it will be.
    """

    order_id: str
    more: tuple[Told, ...]
    fewer: tuple[Told, ...]
    moved: tuple[tuple[Told, Told], ...] = ()

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return bool(self.more or self.fewer or self.moved)


def difference(order_id: str, now: Sequence[Told], then: Sequence[Told]) -> Difference:
    """What changes from the journey in force (`now`) to the changed one (`then`)."""
    mine, theirs = {one.decision_id: one for one in now}, {one.decision_id: one for one in then}
    more = tuple(one for one in then if one.decision_id not in mine)
    fewer = tuple(one for one in now if one.decision_id not in theirs)
    both = ((mine[one.decision_id], one) for one in then if one.decision_id in mine)
    return Difference(order_id, more, fewer, tuple((was, will) for was, will in both if was != will))


def _moments(facts: OrderFacts, until: datetime) -> list[datetime]:
    return sorted({moment for moment in _heard_at(facts) if moment < until})


def _heard_at(facts: OrderFacts) -> Iterator[datetime]:
    if facts.order:
        yield facts.order.placed_at + HEARD_WITHIN
        if facts.order.cancelled_at:
            yield facts.order.cancelled_at + HEARD_WITHIN
    yield from (one.updated_at + HEARD_WITHIN for one in facts.fulfilments)
    yield from (item.event.occurred_at + HEARD_WITHIN for item in facts.fulfilment_events)
    for shipment in facts.shipments:
        yield from (event.occurred_at + HEARD_WITHIN for event in shipment.events)
        yield from (report.reported_at for report in (*shipment.reports, *shipment.first_estimates))
    yield from (one.refunded_at + HEARD_WITHIN for one in facts.refunds)
    yield from (one.updated_at + HEARD_WITHIN for one in facts.returns)
    yield from (one.updated_at + HEARD_WITHIN for one in facts.holds)
    yield from (one.edited_at + HEARD_WITHIN for one in facts.edits)


def _as_of(facts: OrderFacts, now: datetime) -> OrderFacts:
    """What was known then. Of the order only its latest word is stored, so that one counts from the beginning."""
    order = facts.order
    if order and order.cancelled_at and order.cancelled_at > now:
        order = order.model_copy(update={"cancelled_at": None})
    return facts.model_copy(
        update={
            "order": order if order and order.placed_at <= now else None,
            "fulfilments": tuple(one for one in facts.fulfilments if one.updated_at <= now),
            "numbered": tuple(one for one in facts.numbered if one.named_at <= now),
            "fulfilment_events": tuple(one for one in facts.fulfilment_events if one.event.occurred_at <= now),
            "shipments": tuple(_shipment_as_of(one, now) for one in facts.shipments),
            "refunds": tuple(one for one in facts.refunds if one.refunded_at <= now),
            "returns": tuple(one for one in facts.returns if one.updated_at <= now),
            "holds": tuple(one for one in facts.holds if one.updated_at <= now),
            "edits": tuple(one for one in facts.edits if one.edited_at <= now),
        }
    )


def _shipment_as_of(shipment: ShipmentFacts, now: datetime) -> ShipmentFacts:
    return shipment.model_copy(
        update={
            "events": tuple(event for event in shipment.events if event.occurred_at <= now),
            "reports": tuple(report for report in shipment.reports if report.reported_at <= now),
            "first_estimates": tuple(report for report in shipment.first_estimates if report.reported_at <= now),
            "first_said": {reading: at for reading, at in shipment.first_said.items() if at <= now},
        }
    )
