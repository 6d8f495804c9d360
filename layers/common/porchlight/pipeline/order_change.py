"""One order, read, changed and written: the step every arrival and every timer ends in.

Facts are added, the state folded, everything due decided, and all of it written at once under the version that was
read; who loses a race starts over. The intents leave by the fast path; if that fails, the outbox rows are swept a
minute later.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from porchlight.domain.asking import LEAST_CONFIDENCE, accounts_to_ask, first_asked_at
from porchlight.domain.cadence import Watched, next_poll_at
from porchlight.domain.decide import Plan, Situation, decide
from porchlight.domain.errors import ConflictError, TransientError
from porchlight.domain.exchange import Kind
from porchlight.domain.facts import OrderFacts
from porchlight.domain.fold import fold
from porchlight.domain.fulfilments import ARRIVED_RETURN
from porchlight.domain.ledger import Outcome
from porchlight.domain.links import person_digest
from porchlight.domain.localities import locality_of
from porchlight.domain.messages import Intent
from porchlight.domain.orders import Destination, Person
from porchlight.domain.purposes import Audience
from porchlight.domain.records import Change, OrderRecord, Watch
from porchlight.domain.shopper import NOBODY, Shopper
from porchlight.domain.state import OrderState, ShipmentState
from porchlight.domain.store_news import StoreUpdate
from porchlight.domain.tracking import TrackingUpdate
from porchlight.observability import count, logger
from porchlight.pipeline.falling_back import so_far
from porchlight.pipeline.findable import Links
from porchlight.pipeline.person_ports import Customers
from porchlight.pipeline.ports import Accounts, Config, Orders, Queue, Secrets
from porchlight.plugins import CHANNELS

MAX_TRIES = 5


@dataclass(frozen=True, slots=True)
class ChangePorts:
    """What changing an order needs."""

    orders: Orders
    accounts: Accounts
    messages: Queue
    config: Config
    secrets: Secrets
    customers: Customers


@dataclass(frozen=True, slots=True)
class Lesson:
    """What there is to learn about one order.

    Attributes:
        fresh: Facts to begin with when the order is not stored yet; without them an unknown order is left alone.
        timer_went_off: Nothing new was said, time has passed.
        erase: The shopper's data is to be forgotten.
        mends: Found by reading the store again: what it changes, no webhook has told.
    """

    store: StoreUpdate | None = None
    tracking: TrackingUpdate | None = None
    fresh: OrderFacts | None = None
    timer_went_off: bool = False
    erase: bool = False
    mends: bool = False

    def taught_to(self, facts: OrderFacts) -> OrderFacts:
        """The facts with this lesson."""
        if self.store:
            facts = facts.with_store_update(self.store)
        if self.erase:
            facts = facts.without_personal_data()
        return facts.with_tracking_update(self.tracking) if self.tracking else facts


def change_order(order_id: str, lesson: Lesson, ports: ChangePorts, now: datetime) -> bool:
    """Learn, decide, write. False when there is no such order.

    Raises:
        ConflictError: Somebody else was faster five times; the queue tries again.
    """
    for _ in range(MAX_TRIES):
        record = ports.orders.read(order_id) or (OrderRecord(facts=lesson.fresh) if lesson.fresh else None)
        if record is None:
            return False
        change = _change(record, lesson, ports, now)
        try:
            _make_findable(record, change, lesson, ports)
            if not change.is_empty:
                ports.orders.commit(change)
        except ConflictError:
            count("ConflictMet")
            continue
        if lesson.mends and _is_mended(record, change):
            count("OrderMendedByReading", code=record.facts.store)
        _enqueue(change, ports)
        return True
    message = "the order changed under every attempt"
    raise ConflictError(message)


def _is_mended(record: OrderRecord, change: Change) -> bool:
    """Something follows from what was read; some stores date what they tell anew each time."""
    return change.facts is not None and (record.version == 0 or fold(change.facts) != fold(record.facts))


def _make_findable(record: OrderRecord, change: Change, lesson: Lesson, ports: ChangePorts) -> None:
    before = record.facts if record.version else None
    said = lesson.store.numbers if lesson.store else frozenset[str]()
    Links(ports.orders, ports.secrets).follow(before, change.facts or record.facts, said, change.now)


def _change(record: OrderRecord, lesson: Lesson, ports: ChangePorts, now: datetime) -> Change:
    facts = lesson.taught_to(record.facts)
    state = fold(ports.config.mappings().applied_to(facts))
    decided = {key: row.decision for key, row in record.ledger.items()}
    heard_now = {one.tracking_number for one in facts.numbered} - {one.tracking_number for one in record.facts.numbered}
    watch = tuple(_new_watches(state, record, lesson, ports, now))
    unasked = {one.tracking_number for one in (*watch, *record.watches.values()) if one.checked_at is None}
    situation = _situation(state, ports, now)._replace(heard_now=heard_now, unasked=unasked, progress=so_far(record))
    plan = decide(state, decided, ports.config.journey(), situation, now)
    return Change(
        order_id=facts.order_id,
        read_version=record.version,
        facts=facts if record.version == 0 or facts != record.facts else None,
        decisions=plan.decisions,
        set_timer=lesson.timer_went_off or _is_sooner(plan, record),
        look_again_at=plan.look_again_at,
        watch=watch,
        unwatch=tuple(sorted(record.watches.keys() - {parcel.tracking_number for parcel in _watchable(state)})),
        now=now,
    )


def _is_sooner(plan: Plan, record: OrderRecord) -> bool:
    """A timer that goes off too early only looks and sets itself anew, so it is moved only when it would be late."""
    if plan.look_again_at is None:
        return False
    return record.look_again_at is None or plan.look_again_at < record.look_again_at


def _situation(state: OrderState, ports: ChangePorts, now: datetime) -> Situation:
    if state.order is None:
        return Situation({})
    shopper = state.order.shopper
    reach = {Audience.SHOPPER: _reach(shopper)}
    if any(one.enabled and one.audience is Audience.MERCHANT for one in ports.config.journey().touchpoints):
        reach[Audience.MERCHANT] = _reach(ports.config.brand().merchant)
    return Situation(reach, partial(_shopper, shopper, ports, now), locality_of(state.order.destination))


def _reach(person: Person) -> frozenset[str]:
    return frozenset(code for code in CHANNELS.codes() if CHANNELS.get(code).address_of(person))


def _shopper(person: Person, ports: ChangePorts, now: datetime) -> Shopper:
    return ports.customers.shopper(person_digest(person.email), now) if person.email else NOBODY


def _new_watches(
    state: OrderState, record: OrderRecord, lesson: Lesson, ports: ChangePorts, now: datetime
) -> Iterator[Watch]:
    """Parcels that nobody asks about yet.

    One whose carrier was just heard is left alone: who asked has decided when, and whether, to ask again, and beginning
    anew here would ask for ever about a parcel that was given up.
    """
    told = lesson.tracking.tracking_number if lesson.tracking else ""
    known = record.watches.keys() | {told}
    missing = [one for one in _watchable(state) if one.is_open and one.tracking_number not in known]
    timely = [(one, next_at) for one in missing if (next_at := _next_poll_at(one, state, now))]
    if not timely:
        return
    accounts = ports.accounts.accounts(Kind.CARRIERS)
    to = state.order.destination if state.order else Destination()
    for parcel, next_at in timely:
        asked = accounts_to_ask(parcel.carrier, _candidates(parcel, to), accounts)
        if asked:
            yield Watch(
                order_id=state.order_id,
                tracking_number=parcel.tracking_number,
                account=asked[0],
                since=_known_since(parcel, state) or now,
                due_at=first_asked_at(parcel.tracking_number, _known_since(parcel, state), now, next_at),
                carrier=parcel.carrier,
                country="" if parcel.comes_back else to.country,
                postal_code="" if parcel.comes_back else to.postal_code,
                others=asked[1:],
            )


def _watchable(state: OrderState) -> tuple[ShipmentState, ...]:
    """Outbound parcels, and return legs that have not arrived as far as the store knows."""
    arrived = {parcel.tracking_number for one in state.returns if one.state in ARRIVED_RETURN for parcel in one.parcels}
    return (*state.parcels, *(one for one in state.return_legs if one.tracking_number not in arrived))


def _known_since(parcel: ShipmentState, state: OrderState) -> datetime | None:
    """Since when the number can have been scanned: a label that replaces another is younger than the packing."""
    replaces = any(parcel.tracking_number in one.replaced_by for one in state.shipments)
    times = [parcel.packed_at, parcel.named_at if replaces or parcel.comes_back else None]
    return max((moment for moment in times if moment), default=None)


def _candidates(parcel: ShipmentState, to: Destination) -> dict[str, float]:
    """Whose number it may be; asked only where the store does not say, and imported only then."""
    if parcel.carrier:
        return {}
    from porchlight.domain.detection import detect  # noqa: PLC0415 a hundred patterns that most orders never need

    found = detect(parcel.tracking_number, country=to.country, hint=parcel.carrier_name)
    return {one.carrier: one.confidence for one in found if one.confidence >= LEAST_CONFIDENCE}


def _next_poll_at(parcel: ShipmentState, state: OrderState, now: datetime) -> datetime | None:
    """When its next poll would be; `None` when asking is not worth it."""
    known = Watched(
        tracking_number=parcel.tracking_number,
        since=_known_since(parcel, state) or now,
        status=parcel.status,
        last_scan_at=parcel.last_scan_at if parcel.last_scan_id else None,
        estimate=parcel.estimate,
    )
    return next_poll_at(known, now)


def _enqueue(change: Change, ports: ChangePorts) -> None:
    """The fast path. When it fails the rows stay in the outbox and the schedule sends them a minute later."""
    sending = [one for one in change.decisions if one.outcome is Outcome.SEND]
    for decision in change.decisions:
        logger.info(
            "touchpoint decided",
            order_id=change.order_id,
            touchpoint=decision.touchpoint,
            outcome=decision.outcome.value,
            reason=decision.reason,
        )
        count("TouchpointDecided", outcome=decision.outcome.value)
    if not sending:
        return
    intents = [Intent(order_id=change.order_id, message_id=one.decision_id, trace=change.order_id) for one in sending]
    try:
        ports.messages.send(intents, group=change.order_id)
    except TransientError:
        count("IntentLeftToSweep", len(intents))
