"""Stage 3: the only writer of order state. Normalise, append, fold, decide, write the ledger, enqueue.

One envelope can touch several orders; each is read, changed and written on its own, and each step may be repeated. A
scan that changes nothing a shopper would notice costs one read and one conditional write.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from porchlight.domain.exchange import Asked, Envelope, Kind, Trust
from porchlight.domain.facts import OrderFacts, order_id_of
from porchlight.domain.privacy import Erasure
from porchlight.domain.reading import read_answers
from porchlight.domain.records import ReadOrder, Tick
from porchlight.domain.shards import Urgency
from porchlight.domain.store_news import PrivacyRequest, StoreNews, StoreUpdate
from porchlight.domain.tracking import TrackingUpdate, normal_number
from porchlight.observability import count, follow, logger
from porchlight.pipeline.order_change import ChangePorts, Lesson, change_order
from porchlight.pipeline.person_ports import Customers, PrivacyRequests
from porchlight.pipeline.ports import Desk, Inbox, Queue, Watches
from porchlight.pipeline.privacy import PrivacyPorts, erase_order, hear_request
from porchlight.pipeline.understanding import Understanding
from porchlight.plugins import CARRIERS, STORES

HINT_GAP = timedelta(minutes=5)
"""However often an unproved sender pokes us, a parcel is asked about no more often than this."""


@dataclass(frozen=True, slots=True)
class EvaluationPorts:
    """What evaluation needs."""

    change: ChangePorts
    watches: Watches
    inbox: Inbox
    desk: Desk
    stores: Queue
    customers: Customers
    privacy: PrivacyRequests
    understanding: Understanding = field(default_factory=Understanding)


def evaluate(arrival: Envelope | Tick | Erasure, ports: EvaluationPorts, now: datetime) -> None:
    """Understand one arrival and act on it.

    Raises:
        MalformedPayloadError: The bytes can not be read; the message belongs in the dead-letter queue, bytes and all.
        TransientError: Try again.
    """
    follow(arrival.trace)
    if isinstance(arrival, Tick):
        change_order(arrival.order_id, Lesson(timer_went_off=True), ports.change, now)
        return
    if isinstance(arrival, Erasure):
        erase_order(arrival.order_id, _privacy(ports), now)
        return
    if arrival.body_key:
        arrival = arrival.model_copy(update={"body": ports.inbox.get(arrival.body_key)})
    if arrival.kind is Kind.STORES:
        _hear_store(arrival, ports, now)
    else:
        _hear_carrier(arrival, ports, now)


def _hear_store(envelope: Envelope, ports: EvaluationPorts, now: datetime) -> None:
    news, shop = _news(envelope), f"{envelope.code}/{envelope.connection}"
    for request in (one for one in news if isinstance(one, PrivacyRequest)):
        hear_request(request, envelope.connection, envelope.received_at, _privacy(ports), now)
    updates = [one for one in news if isinstance(one, StoreUpdate)]
    if updates and ports.privacy.is_closed(shop):
        count("UpdateDropped", len(updates), code=envelope.code)
        return
    for update in updates:
        if not update.is_bare:
            _learn(update, envelope, ports, now)
        elif envelope.asked is Asked.NOTHING:
            wanted = ReadOrder(account=shop, vendor_order_id=update.vendor_order_id, trace=envelope.trace)
            ports.stores.send([wanted], group=shop)


def _privacy(ports: EvaluationPorts) -> PrivacyPorts:
    return PrivacyPorts(ports.change, ports.customers, ports.privacy)


def _news(envelope: Envelope) -> Sequence[StoreNews]:
    store, received_at = STORES.get(envelope.code), envelope.received_at
    if envelope.asked is Asked.ORDER:
        return store.parse_order(read_answers(store.code, envelope.body), received_at=received_at)
    if envelope.asked is Asked.CHANGES:
        return store.parse_changed(envelope.body, received_at=received_at).updates
    topic = store.topic(envelope.webhook_request())
    news = store.parse(topic, envelope.body, received_at=received_at)
    if not news:
        count("TopicUnknown", code=envelope.code)
        logger.info("store topic not understood", code=envelope.code, topic=topic[:60])
    return news


def _learn(update: StoreUpdate, envelope: Envelope, ports: EvaluationPorts, now: datetime) -> None:
    order_id = order_id_of(envelope.code, envelope.connection, update.vendor_order_id)
    fresh = OrderFacts(
        order_id=order_id,
        store=envelope.code,
        connection=envelope.connection,
        vendor_order_id=update.vendor_order_id,
    )
    lesson = Lesson(store=update, fresh=fresh, mends=envelope.mends)
    change_order(order_id, lesson, ports.change, now)
    _claim_parked(order_id, update, ports, now)


def _claim_parked(order_id: str, update: StoreUpdate, ports: EvaluationPorts, now: datetime) -> None:
    """Scans that came before their order; read after it was written, so that this or `_learn_or_park` sees both."""
    for number in sorted(update.numbers):
        _claim([order_id], number, ports, now)


def _claim(orders: list[str], number: str, ports: EvaluationPorts, now: datetime) -> None:
    """Everything parked is learned before anything is forgotten: others may have parked theirs long ago."""
    parked = ports.change.orders.parked(number) if orders else []
    learned = [change_order(one, Lesson(tracking=said), ports.change, now) for one in orders for said in parked]
    if any(learned):
        ports.change.orders.unpark(number)


def _hear_carrier(envelope: Envelope, ports: EvaluationPorts, now: datetime) -> None:
    for said in _parsed(envelope):
        orders = [envelope.order_id] if envelope.order_id else ports.change.orders.by_number(said.tracking_number)
        if envelope.origin == "webhook" and CARRIERS.get(envelope.code).trust is Trust.HINT:
            _wake_polls(orders, said, ports, now)
        else:
            _learn_or_park(orders, _understood(said, next(iter(orders), ""), ports, now), ports, now)


def _parsed(envelope: Envelope) -> Iterator[TrackingUpdate]:
    carrier = CARRIERS.get(envelope.code)
    if envelope.origin == "poll":
        updates = carrier.parse_tracking(envelope.body, received_at=envelope.received_at)
    else:
        updates = carrier.parse_webhook(envelope.webhook_request())
    for update in updates:
        # Some carriers do not repeat the number they were asked about.
        number = normal_number(update.tracking_number) or envelope.tracking_number
        if number:
            yield update.model_copy(update={"tracking_number": number})


def _understood(said: TrackingUpdate, order_id: str, ports: EvaluationPorts, now: datetime) -> TrackingUpdate:
    """What was said, with a guess where nobody could read it; that lies on the desk as well."""
    read, unmapped = ports.understanding.of(said, ports.change.config.mappings(), order_id, now)
    for one in unmapped:
        count("UnmappedCarrierCode", carrier=one.source)
        logger.warning("carrier code not mapped", carrier=one.source, vendor_code=(one.code or "(text)")[:60])
        ports.desk.note(one)
    return read


def _learn_or_park(orders: list[str], update: TrackingUpdate, ports: EvaluationPorts, now: datetime) -> None:
    lesson = Lesson(tracking=update)
    known = [one for one in orders if change_order(one, lesson, ports.change, now)]
    if known:
        return
    ports.change.orders.park(update, now)
    count("UpdateParked", carrier=update.source)
    # The order may have been written between our look and the parking: look once more (see `_claim_parked`).
    _claim(ports.change.orders.by_number(update.tracking_number), update.tracking_number, ports, now)


def _wake_polls(orders: list[str], update: TrackingUpdate, ports: EvaluationPorts, now: datetime) -> None:
    """A hint proves nothing; it makes us ask the carrier now instead of later (invariant 9)."""
    for order_id in orders:
        watch = ports.watches.watch(order_id, update.tracking_number)
        soon = max(now, watch.checked_at + HINT_GAP) if watch and watch.checked_at else now
        if watch and watch.due_at > soon:
            hastened = watch.model_copy(update={"due_at": soon, "urgency": Urgency.LIKELY})
            ports.watches.reschedule(hastened, expected_due_at=watch.due_at)
            count("PollWoken", carrier=update.source)
