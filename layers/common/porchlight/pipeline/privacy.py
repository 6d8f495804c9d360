"""Requests about personal data: recorded first, erased at once where orders are named, left to the merchant otherwise.

A shop that is to be erased is closed at once: what its store still says is dropped. Every step may be repeated: the
record is the same, what is erased stays erased, and a link that is gone stays gone. An order that was never heard of is
erased before it comes, so that a late webhook can not bring its shopper back.
"""

from dataclasses import dataclass
from datetime import datetime

from porchlight.domain.facts import OrderFacts, order_id_of
from porchlight.domain.links import person_digest
from porchlight.domain.privacy import PrivacyRecord, privacy_record
from porchlight.domain.store_news import PrivacyKind, PrivacyRequest
from porchlight.observability import count, logger
from porchlight.pipeline.order_change import ChangePorts, Lesson, change_order
from porchlight.pipeline.person_ports import Customers, PrivacyRequests


@dataclass(frozen=True, slots=True)
class PrivacyPorts:
    """What answering needs."""

    change: ChangePorts
    customers: Customers
    requests: PrivacyRequests


def hear_request(
    request: PrivacyRequest, connection: str, asked_at: datetime, ports: PrivacyPorts, now: datetime
) -> None:
    """Keep a request, and erase the named orders where that is what it asks."""
    record = privacy_record(request, connection, asked_at)
    ports.requests.keep(record)
    count("PrivacyRequested", code=record.store, kind=record.kind.value)
    logger.info(
        "privacy request kept",
        privacy_id=record.privacy_id,
        kind=record.kind.value,
        orders=len(record.vendor_order_ids),
    )
    if record.kind is PrivacyKind.ERASE_SHOPPER and not record.is_by_person:
        _erase_shopper(record, ports, now)
    else:
        if record.kind is PrivacyKind.ERASE_SHOP:
            ports.requests.close_shop(f"{record.store}/{record.connection}", now)
        # The merchant's to answer: `python -m porchlight privacy list`.
        count("PrivacyAnswerDue", kind=record.kind.value)


def erase_order(order_id: str, ports: PrivacyPorts, now: datetime, fresh: OrderFacts | None = None) -> bool:
    """Forget who bought and who receives. False when there is no such order and nothing to begin with."""
    record = ports.change.orders.read(order_id)
    email = record.facts.order.shopper.email if record and record.facts.order else ""
    if email.strip():
        ports.customers.forget(person_digest(email))
    erased = change_order(order_id, Lesson(erase=True, fresh=fresh), ports.change, now)
    if erased:
        count("OrderErased")
        logger.info("order erased", order_id=order_id)
    return erased


def _erase_shopper(record: PrivacyRecord, ports: PrivacyPorts, now: datetime) -> None:
    if record.person:
        ports.customers.forget(record.person)
    for vendor_order_id in record.vendor_order_ids:
        order_id = order_id_of(record.store, record.connection, vendor_order_id)
        fresh = OrderFacts(
            order_id=order_id, store=record.store, connection=record.connection, vendor_order_id=vendor_order_id
        )
        erase_order(order_id, ports, now, fresh)
    done = {"answered_at": now, "orders_erased": len(record.vendor_order_ids)}
    ports.requests.note(record.model_copy(update=done))
