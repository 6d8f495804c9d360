"""One order, read, changed and written: the step every arrival and every timer ends in.

Facts are added, the state folded, everything due decided, and all of it written at once under the version that was
read; who loses a race starts over. The intents leave by the fast path; if that fails, the outbox rows are swept a
minute later.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from porchlight.domain.asking import LEAST_CONFIDENCE, accounts_to_ask
from porchlight.domain.cadence import Watched, next_poll_at
from porchlight.domain.decide import Plan, Situation, decide
from porchlight.domain.errors import ConflictError, TransientError
from porchlight.domain.exchange import Kind
from porchlight.domain.facts import OrderFacts
from porchlight.domain.fold import fold
from porchlight.domain.fulfilments import FulfilmentSnapshot, ReturnSnapshot
from porchlight.domain.journeys import Audience
from porchlight.domain.ledger import Outcome
from porchlight.domain.links import lookup_digest
from porchlight.domain.localities import NOWHERE, locality_of
from porchlight.domain.messages import Intent
from porchlight.domain.orders import Destination
from porchlight.domain.records import Change, OrderRecord, Watch
from porchlight.domain.state import OrderState, ShipmentState
from porchlight.domain.store_news import StoreUpdate
from porchlight.domain.tracking import TrackingUpdate
from porchlight.observability import count, logger
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


@dataclass(frozen=True, slots=True)
class Lesson:
    """What there is to learn about one order.

    Attributes:
        fresh: Facts to begin with when the order is not stored yet; without them an unknown order is left alone.
        timer_went_off: Nothing new was said, time has passed.
        mends: Found by reading the store again: what it changes, no webhook has told.
    """

    store: StoreUpdate | None = None
    tracking: TrackingUpdate | None = None
    fresh: OrderFacts | None = None
    timer_went_off: bool = False
    mends: bool = False

    def taught_to(self, facts: OrderFacts) -> OrderFacts:
        """The facts with this lesson."""
        if self.store:
            facts = facts.with_store_update(self.store)
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
            _make_findable(record, change.facts or record.facts, lesson, ports, now)
            if not change.is_empty:
                ports.orders.commit(change)
        except ConflictError:
            count("ConflictMet")
            continue
        if lesson.mends and change.facts:
            count("OrderMendedByReading", code=change.facts.store)
        _enqueue(change, ports)
        return True
    message = "the order changed under every attempt"
    raise ConflictError(message)


def _make_findable(record: OrderRecord, after: OrderFacts, lesson: Lesson, ports: ChangePorts, now: datetime) -> None:
    """Links before the order itself: one that leads nowhere harms nobody, an order that can not be found does.

    A number is linked even when it is heard of only after it was replaced: its scans belong to the order's history.
    """
    before = record.facts if record.version else None
    said = lesson.store.numbers if lesson.store else frozenset[str]()
    numbers = sorted((_numbers(after) | said) - (_numbers(before) if before else set()))
    if numbers:
        ports.orders.link_numbers(after.order_id, numbers, now)
    identity = _identity(after)
    if identity and (before is None or identity != _identity(before)):
        digest = lookup_digest(*identity, ports.secrets.link_keys()[0])
        ports.orders.link_lookup(after.order_id, identity[0], digest, now)


def _numbers(facts: OrderFacts) -> set[str]:
    return _named(facts.fulfilments) | _named(facts.returns)


def _named(snapshots: Iterable[FulfilmentSnapshot | ReturnSnapshot]) -> set[str]:
    return {parcel.tracking_number for snapshot in snapshots for parcel in snapshot.parcels}


def _identity(facts: OrderFacts) -> tuple[str, str] | None:
    """What a shopper proves an order with: its number and the e-mail address."""
    if facts.order is None:
        return None
    return facts.order.number, facts.order.shopper.email


def _change(record: OrderRecord, lesson: Lesson, ports: ChangePorts, now: datetime) -> Change:
    facts = lesson.taught_to(record.facts)
    state = fold(facts)
    decided = {key: row.decision for key, row in record.ledger.items()}
    plan = decide(state, decided, ports.config.journey(), _situation(state), now)
    return Change(
        order_id=facts.order_id,
        read_version=record.version,
        facts=facts if record.version == 0 or facts != record.facts else None,
        decisions=plan.decisions,
        set_timer=lesson.timer_went_off or _is_sooner(plan, record),
        look_again_at=plan.look_again_at,
        watch=tuple(_new_watches(state, record, lesson, ports, now)),
        unwatch=tuple(sorted(record.watches.keys() - {parcel.tracking_number for parcel in _watchable(state)})),
        now=now,
    )


def _is_sooner(plan: Plan, record: OrderRecord) -> bool:
    """A timer that goes off too early only looks and sets itself anew, so it is moved only when it would be late."""
    if plan.look_again_at is None:
        return False
    return record.look_again_at is None or plan.look_again_at < record.look_again_at


def _situation(state: OrderState) -> Situation:
    place = locality_of(state.order.destination) if state.order else NOWHERE
    return Situation(reach={Audience.SHOPPER: _reach(state)}, place=place)


def _reach(state: OrderState) -> frozenset[str]:
    if state.order is None:
        return frozenset()
    shopper = state.order.shopper
    return frozenset(code for code in CHANNELS.codes() if CHANNELS.get(code).address_of(shopper))


def _new_watches(
    state: OrderState, record: OrderRecord, lesson: Lesson, ports: ChangePorts, now: datetime
) -> Iterator[Watch]:
    """Parcels that nobody asks about yet.

    One whose carrier was just heard is left alone: who asked has decided when, and whether, to ask again, and beginning
    anew here would ask for ever about a parcel that was given up.
    """
    told = lesson.tracking.tracking_number if lesson.tracking else ""
    open_parcels = (one for one in _watchable(state) if one.is_open and one.tracking_number != told)
    missing = [one for one in open_parcels if one.tracking_number not in record.watches and _is_worth_asking(one, now)]
    if not missing:
        return
    accounts = ports.accounts.accounts(Kind.CARRIERS)
    to = state.order.destination if state.order else Destination()
    for parcel in missing:
        asked = accounts_to_ask(parcel.carrier, _candidates(parcel, to), accounts)
        if asked:
            yield Watch(
                order_id=state.order_id,
                tracking_number=parcel.tracking_number,
                account=asked[0],
                since=parcel.packed_at or now,
                due_at=now,
                carrier=parcel.carrier,
                country="" if parcel.comes_back else to.country,
                postal_code="" if parcel.comes_back else to.postal_code,
                others=asked[1:],
            )


def _watchable(state: OrderState) -> tuple[ShipmentState, ...]:
    return (*state.parcels, *state.return_legs)


def _candidates(parcel: ShipmentState, to: Destination) -> tuple[str, ...]:
    """Whose number it may be; asked only where the store does not say, and imported only then."""
    if parcel.carrier:
        return ()
    from porchlight.domain.detection import detect  # noqa: PLC0415 a hundred patterns that most orders never need

    found = detect(parcel.tracking_number, country=to.country, hint=parcel.carrier_name)
    return tuple(one.carrier for one in found if one.confidence >= LEAST_CONFIDENCE)


def _is_worth_asking(parcel: ShipmentState, now: datetime) -> bool:
    known = Watched(
        tracking_number=parcel.tracking_number,
        since=parcel.packed_at or now,
        status=parcel.status,
        last_scan_at=parcel.last_scan_at if parcel.last_scan_id else None,
        estimate=parcel.estimate,
    )
    return next_poll_at(known, now) is not None


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
