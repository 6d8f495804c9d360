"""One order, read, changed and written: the step every arrival and every timer ends in.

Facts are added, the state folded, everything due decided, and all of it written at once under the version that was
read; who loses a race starts over. The intents leave by the fast path; if that fails, the outbox rows are swept a
minute later.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from porchlight.domain.decide import Plan, decide
from porchlight.domain.errors import ConflictError, TransientError
from porchlight.domain.facts import OrderFacts
from porchlight.domain.fold import fold
from porchlight.domain.ledger import Outcome
from porchlight.domain.links import person_digest
from porchlight.domain.localities import locality_of
from porchlight.domain.messages import Intent
from porchlight.domain.orders import Person
from porchlight.domain.purposes import Audience
from porchlight.domain.records import Change, OrderRecord
from porchlight.domain.shopper import NOBODY, Shopper
from porchlight.domain.situation import Situation
from porchlight.domain.state import OrderState
from porchlight.domain.store_news import StoreUpdate
from porchlight.domain.storm_looks import tells_of_storms
from porchlight.domain.tracking import TrackingUpdate
from porchlight.observability import count, logger
from porchlight.pipeline.falling_back import so_far
from porchlight.pipeline.findable import Links
from porchlight.pipeline.lane_weather import LanePorts, note_parcels, storm_look
from porchlight.pipeline.new_watches import new_watches, watchable
from porchlight.pipeline.others import known_of_others
from porchlight.pipeline.person_ports import Customers
from porchlight.pipeline.ports import Accounts, Config, Lanes, Orders, Queue, Secrets
from porchlight.pipeline.siblings import siblings_of
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
    lanes: Lanes
    updates: Queue


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
    for attempt in range(MAX_TRIES):
        record = ports.orders.read(order_id) or (OrderRecord(facts=lesson.fresh) if lesson.fresh else None)
        if record is None:
            return False
        facts = lesson.taught_to(record.facts)
        try:
            _make_findable(record, facts, lesson, ports, now)  # first: this order counts among its shopper's
            change = _change(record, facts, lesson, ports, now)
            _note_lanes(record, change, ports, anew=attempt > 0)
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


def _make_findable(record: OrderRecord, facts: OrderFacts, lesson: Lesson, ports: ChangePorts, now: datetime) -> None:
    before = record.facts if record.version else None
    said = lesson.store.numbers if lesson.store else frozenset[str]()
    Links(ports.orders, ports.secrets, ports.customers).follow(before, facts, said, now)


def _note_lanes(record: OrderRecord, change: Change, ports: ChangePorts, *, anew: bool) -> None:
    """What its parcels tell of their lanes, where anything was said that can have changed it."""
    if (change.facts is None and not anew) or not tells_of_storms(ports.config.journey()):
        return
    applied = ports.config.mappings().applied_to
    before = fold(applied(record.facts)) if record.version else None
    note_parcels(before, fold(applied(change.facts or record.facts)), ports.lanes, anew=anew)


def _change(record: OrderRecord, facts: OrderFacts, lesson: Lesson, ports: ChangePorts, now: datetime) -> Change:
    state = fold(ports.config.mappings().applied_to(facts))
    decided = {key: row.decision for key, row in record.ledger.items()}
    heard_now = {one.tracking_number for one in facts.numbered} - {one.tracking_number for one in record.facts.numbered}
    told = lesson.tracking.tracking_number if lesson.tracking else ""
    watch = tuple(new_watches(state, record, told, ports.accounts, now))
    unasked = {one.tracking_number for one in (*watch, *record.watches.values()) if one.checked_at is None}
    situation = _situation(state, ports, now)._replace(heard_now=heard_now, unasked=unasked, progress=so_far(record))
    lanes = LanePorts(ports.lanes, ports.updates)
    situation = situation._replace(storm=storm_look(state, record, ports.config.journey(), lanes, now))
    plan = decide(state, decided, ports.config.journey(), situation, now)
    return Change(
        order_id=facts.order_id,
        read_version=record.version,
        facts=facts if record.version == 0 or facts != record.facts else None,
        decisions=plan.decisions,
        set_timer=lesson.timer_went_off or _is_sooner(plan, record),
        look_again_at=plan.look_again_at,
        watch=watch,
        unwatch=tuple(sorted(record.watches.keys() - {parcel.tracking_number for parcel in watchable(state)})),
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
    others = known_of_others(ports.config.journey(), ports.customers, now)
    beside = partial(siblings_of, state.order_id, ports.orders, ports.config, now)
    place = locality_of(state.order.destination)
    situation = Situation(reach, partial(_shopper, shopper, ports, now), place, siblings=beside, **others)
    return situation._replace(health=lambda channel: ports.customers.health(channel, now))


def _reach(person: Person) -> frozenset[str]:
    return frozenset(code for code in CHANNELS.codes() if CHANNELS.get(code).address_of(person))


def _shopper(person: Person, ports: ChangePorts, now: datetime) -> Shopper:
    return ports.customers.shopper(person_digest(person.email), now) if person.email else NOBODY


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
