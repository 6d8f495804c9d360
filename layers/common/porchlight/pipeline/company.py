"""What travels with a message that is on its way: news of the other orders of its shopper."""

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import islice

from porchlight.domain.digests import is_kept, orders_beside
from porchlight.domain.ledger import Decision
from porchlight.domain.localities import locality_of
from porchlight.domain.moot import moot_reason
from porchlight.domain.records import OrderRecord
from porchlight.domain.sections import MOST_SECTIONS, Host, Section, free_sections, orders_of, taken_sections
from porchlight.domain.shopper import Shopper
from porchlight.domain.shopper_guards import refusal
from porchlight.pipeline.errands import Errand, SendingPorts
from porchlight.pipeline.peace import when_quiet
from porchlight.pipeline.siblings import read_orders
from porchlight.rendering import tells_of_several


def told_along(  # noqa: PLR0913 a message, who gets it, and what may happen to it
    errand: Errand, record: OrderRecord, shopper: Shopper, ports: SendingPorts, now: datetime, *, taking: bool
) -> tuple[Section, ...]:
    """What the message tells of other orders: what it has taken before, and what it may take now.

    Args:
        errand: The message, with what is still to be told of its own order.
        record: Its own order.
        shopper: Who gets it.
        ports: For reading.
        now: Aware UTC.
        taking: Whether it may take anything now.
    """
    names = _taken(errand, record)
    taken = [live for one in _taken_along(names, ports) if (live := _live(one, errand, shopper, ports, now))]
    if not (taking and errand.news and _may_take(errand, ports)):
        return tuple(taken)
    free = _free(errand, orders_beside(errand.intent.order_id, shopper, now), ports)
    fit = (one for one in free if _may_come(one, errand, now) and _live(one, errand, shopper, ports, now) == one)
    return (*taken, *islice(fit, max(0, MOST_SECTIONS - len(taken))))


def _taken(errand: Errand, record: OrderRecord) -> tuple[str, ...]:
    """A second try, by another channel, tells what the first one took along."""
    before = record.ledger.get(errand.row.decision.instead_of)
    first = before.message.also if before and before.message else ()
    return errand.message.also or first


def _taken_along(names: Collection[str], ports: SendingPorts) -> Iterator[Section]:
    for state, record in read_orders(orders_of(names), ports.orders, ports.config):
        yield from taken_sections(state, record.ledger, ports.config.journey(), names)


def _free(errand: Errand, order_ids: Collection[str], ports: SendingPorts) -> Iterator[Section]:
    order = errand.state.order
    host = Host(errand.intent, errand.channel.code, order.number if order else "")
    for state, record in read_orders(order_ids, ports.orders, ports.config):
        yield from free_sections(state, record.ledger, ports.config.journey(), host)


def _may_take(errand: Errand, ports: SendingPorts) -> bool:
    """Its own news is of the kind that waits for others, and its channel has a form for several orders."""
    kept = {one.id for one in ports.config.journey().switched_on if is_kept(one)}
    return errand.row.decision.touchpoint in kept and tells_of_several(errand.channel.code)


def _may_come(section: Section, errand: Errand, now: datetime) -> bool:
    """It goes to the same address, and where it goes one may write now."""
    order, channel = section.state.order, errand.channel
    if order is None or channel.address_of(order.shopper) != errand.address:
        return False
    return when_quiet(section.told, channel.code, locality_of(order.destination), now) is None


def _live(section: Section, errand: Errand, shopper: Shopper, ports: SendingPorts, now: datetime) -> Section | None:
    """What of it is still worth telling; `None` when nothing is."""
    journey, channel = ports.config.journey(), errand.channel.code

    def is_live(one: Decision) -> bool:
        refused = refusal(one.purpose, channel, shopper, section.state.order)
        return not refused and moot_reason(section.state, one, journey, now) is None

    told = tuple(one for one in section.told if is_live(one))
    return section._replace(told=told) if told else None
