"""What must hold when everything has settled, whatever failed on the way.

I1   A webhook answered with 2xx is kept: its bytes reached the queue.
I2   State is a fold of everything the queue accepted, in whatever order and however often.
I3   A decision is made at most once: no ledger row is written again after it was final.
I4   A message is accepted by the provider at most once, but for the documented resend: its claim had lapsed after
     fifteen minutes, and no provider event had proved the first send.
I5   Every decision to send ends: sent, skipped or failed, and "sent" is never said of what was not sent.
I6   Nothing waits for ever: no timer, poll, message or queue entry is left, and no open parcel is forgotten.
I7   No carrier is called more often than its account allows, in any window.
I8   No queue message holds personal data outside the sender's own raw bytes.
I9   Only poison ends in a dead-letter queue.
I10  The ledger explains everything: each occurrence of what is on has a row, each row its verdicts, each merge its
     message.
I11  Nobody gets more than a cap allows, over all their orders, in any window; what is urgent goes over it but counts.
I12  No marketing leaves for an order that never agreed to it.
I13  No marketing mail leaves in quiet hours of where its order goes, unless it is urgent.
I14  While a storm is known on a lane, no single alert is decided on of what stands still in it, for as long as alerts are
     held, and nobody is told of one storm twice.
I15  No news is told twice by one channel, and no second channel tells what the first was seen to deliver before.
I16  What left with the message of another order is named there, once, and was never tried by itself.
I17  No 24 hours hold more than three texts to one person about one order, or for marketing; urgent ones count and wait.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Asked, Envelope, Kind, Trust
from porchlight.domain.facts import OrderFacts, order_id_of
from porchlight.domain.fallback import HARD_BOUNCE
from porchlight.domain.fold import fold
from porchlight.domain.journeys import Trigger
from porchlight.domain.lanes import HELD_UP, Lane, lane_of
from porchlight.domain.ledger import Decision, LedgerRow, MessageState, Outcome
from porchlight.domain.mail_events import TAG
from porchlight.domain.messages import Intent
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.reading import read_answers
from porchlight.domain.records import read_arrival
from porchlight.domain.store_news import StoreUpdate
from porchlight.domain.times import from_text
from porchlight.domain.tracking import TrackingUpdate, normal_number
from porchlight.domain.triggers import occurrences
from porchlight.pipeline.message_sending import CLAIM
from porchlight.pipeline.message_tags import intent_of, tag_of
from porchlight.plugins import CARRIERS, STORES

from tests.fakes.outside import Mail
from tests.payloads import PERSONAL
from tests.simulation.world import UPS, World

DESTINATION, DECENT = ZoneInfo("America/Boise"), (time(8), time(21))
SENDING_TAKES = timedelta(minutes=1)
"""A mail is counted a moment before the provider has it."""
SETTLED = frozenset({MessageState.SENT, MessageState.SKIPPED, MessageState.FAILED})


def broken(world: World) -> list[str]:
    """A sentence for every invariant that does not hold."""
    checks = (
        _acknowledged_is_kept,
        _state_is_a_fold,
        _decided_once,
        _sent_once,
        _every_send_ends,
        _nothing_waits,
        _budgets_hold,
        _nothing_personal_travels,
        _only_poison_is_dead,
        _everything_is_explained,
        _caps_hold,
        _marketing_was_agreed_to,
        _quiet_hours_are_quiet,
        _storms_hold_alerts,
        _storms_are_told_once,
        told_twice_or_in_vain,
        _taken_along_once,
        too_many_texts,
    )
    return [f"{check.__name__.strip('_')}: {found}" for check in checks for found in check(world)]


def _envelopes(world: World) -> Iterator[Envelope]:
    for body in world.updates.accepted:
        arrival = read_arrival(body)
        if isinstance(arrival, Envelope):
            raw = world.inbox.get(arrival.body_key) if arrival.body_key else arrival.body
            yield arrival.model_copy(update={"body": raw})


def _acknowledged_is_kept(world: World) -> Iterator[str]:
    kept = {envelope.body for envelope in _envelopes(world)}
    yield from ("I1 an acknowledged body is not in the queue" for body in world.heard.acknowledged if body not in kept)


def _state_is_a_fold(world: World) -> Iterator[str]:
    expected = _expected_facts(world)
    stored = {order_id: facts for order_id, (facts, _) in world.table.facts.items()}
    if expected.keys() != stored.keys():
        yield f"I2 orders {sorted(stored)} instead of {sorted(expected)}"
    for order_id in expected.keys() & stored.keys():
        if expected[order_id] != stored[order_id]:
            yield f"I2 {_difference(expected[order_id], stored[order_id])}"


def _difference(expected: OrderFacts, stored: OrderFacts) -> str:
    names = [name for name in OrderFacts.model_fields if getattr(expected, name) != getattr(stored, name)]
    parts = [f"{name}: expected {getattr(expected, name)!r}, stored {getattr(stored, name)!r}" for name in names]
    return "; ".join(parts)[:1500]


def _expected_facts(world: World) -> dict[str, OrderFacts]:
    return _taught(*_statements(world))


def _statements(world: World) -> tuple[list[tuple[str, str, StoreUpdate]], list[TrackingUpdate]]:
    """Everything that the queue accepted, as stores and carriers said it."""
    stores: list[tuple[str, str, StoreUpdate]] = []
    scans: list[TrackingUpdate] = []
    for envelope in _envelopes(world):
        try:
            if envelope.kind is Kind.STORES:
                stores += [(envelope.code, envelope.connection, update) for update in _told(envelope)]
            else:
                scans += _scans(envelope)
        except MalformedPayloadError:
            continue
    return stores, scans


def _told(envelope: Envelope) -> Sequence[StoreUpdate]:
    store, at = STORES.get(envelope.code), envelope.received_at
    if envelope.asked is Asked.ORDER:
        return store.parse_order(read_answers(store.code, envelope.body), received_at=at)
    if envelope.asked is Asked.CHANGES:
        said = store.parse_changed(envelope.body, received_at=at).updates
    else:
        said = store.parse(store.topic(envelope.webhook_request()), envelope.body, received_at=at)
    return [update for update in said if isinstance(update, StoreUpdate) and not update.is_bare]


def _scans(envelope: Envelope) -> list[TrackingUpdate]:
    carrier = CARRIERS.get(envelope.code)
    if envelope.origin == "poll":
        updates = carrier.parse_tracking(envelope.body, received_at=envelope.received_at)
    elif carrier.trust is Trust.HINT:
        return []
    else:
        updates = carrier.parse_webhook(envelope.webhook_request())
    return [one.model_copy(update={"tracking_number": normal_number(one.tracking_number)}) for one in updates]


def _taught(stores: list[tuple[str, str, StoreUpdate]], scans: list[TrackingUpdate]) -> dict[str, OrderFacts]:
    facts: dict[str, OrderFacts] = {}
    numbers: dict[str, set[str]] = {}
    for code, connection, update in stores:
        order_id = order_id_of(code, connection, update.vendor_order_id)
        fresh = OrderFacts(order_id=order_id, store=code, connection=connection, vendor_order_id=update.vendor_order_id)
        facts[order_id] = facts.get(order_id, fresh).with_store_update(update)
        packed = {parcel.tracking_number for one in update.fulfilments for parcel in one.parcels}
        numbers.setdefault(order_id, set()).update(packed)
    for update in scans:
        for order_id, packed in numbers.items():
            if update.tracking_number in packed:
                facts[order_id] = facts[order_id].with_tracking_update(update)
    return facts


def _decided_once(world: World) -> Iterator[str]:
    final: set[tuple[str, str]] = set()
    for order_id, decision_id, outcome in world.table.journal.decided:
        if (order_id, decision_id) in final:
            yield f"I3 {decision_id} was decided again"
        if outcome is not Outcome.DELAY:
            final.add((order_id, decision_id))


def _sent_once(world: World) -> Iterator[str]:
    accepted: dict[str, list[object]] = {}
    for mail in world.provider.mails:
        tag = mail.call.tags[TAG]
        before = accepted.setdefault(tag, [])
        proved = world.heard.proved.get(tag)
        if proved and proved < mail.at:
            yield f"I4 {tag} was sent again although an event had proved the first send"
        if before and mail.at - before[-1] < CLAIM:  # type: ignore[operator]  # times
            yield f"I4 {tag} was sent twice within the claim's fifteen minutes"
        before.append(mail.at)
    resent = world.table.journal.resent
    for tag, times in accepted.items():
        intent = intent_of(tag)
        allowed = 1 + (resent.count((intent.order_id, intent.message_id)) if intent else 0)
        if len(times) > allowed:
            yield f"I4 {tag} was accepted {len(times)} times, {allowed} allowed"
    yield from (f"I4 {one} was claimed although it was proved" for one in world.table.journal.resent_in_vain)


def _every_send_ends(world: World) -> Iterator[str]:
    accepted = {mail.call.tags[TAG] for mail in world.provider.mails}
    for order_id, row in _rows(world):
        if row.decision.outcome is not Outcome.SEND:
            continue
        name = row.decision.decision_id
        if row.message is None or row.message.state not in SETTLED:
            yield f"I5 {name} has not ended: {row.message}"
            continue
        went = tag_of(Intent(order_id=order_id, message_id=name)) in accepted
        if row.message.state is MessageState.SENT and not went:
            yield f"I5 {name} is said to be sent, but never was"
        if went and row.message.state is not MessageState.SENT and row.message.attempts == 0:
            yield f"I5 {name} was sent, and the ledger knows of no attempt"


def _rows(world: World) -> Iterator[tuple[str, LedgerRow]]:
    for (order_id, _), row in world.table.rows.items():
        yield order_id, LedgerRow(decision=row.decision, message=row.message)


def _nothing_waits(world: World) -> Iterator[str]:
    yield from (f"I6 still due: {entry}" for entry in world.table.index())
    for name, queue in world.queues.items():
        yield from (f"I6 still in {name}: {one.body[:80]}" for one in queue.waiting.values())
    for _, row in _rows(world):
        if row.decision.outcome is Outcome.DELAY:
            yield f"I6 {row.decision.decision_id} is still delayed until {row.decision.until}"
    polled = UPS.name.partition("/")[0]
    for facts, _ in world.table.facts.values():
        forgotten = [one.tracking_number for one in fold(facts).parcels if one.carrier == polled and one.is_open]
        yield from (f"I6 parcel {number} is open and nobody asks about it" for number in forgotten)
    yield from _unheard(world)


def _unheard(world: World) -> Iterator[str]:
    """A parked scan whose order does not know it. A copy that a dying worker left behind is known, and expires."""
    for number, held in world.table.parked_updates.items():
        for order_id in world.table.numbers.get(number, ()):
            facts, _ = world.table.facts.get(order_id, (None, 0))
            if facts and any(facts.with_tracking_update(update) != facts for update in held.values()):
                yield f"I6 {number} has an order and is still parked"


def _budgets_hold(world: World) -> Iterator[str]:
    window = timedelta(seconds=UPS.budget.seconds)
    calls = world.site.calls
    for index, start in enumerate(calls):
        within = sum(start <= one < start + window for one in calls[index:])
        if within > UPS.budget.calls:
            yield f"I7 {within} calls within an hour from {start}"
            return


def _nothing_personal_travels(world: World) -> Iterator[str]:
    for name in ("updates", "polling", "messages"):
        for body in set(world.queues[name].accepted):
            found = [word for word in PERSONAL if word in body]
            yield from (f"I8 {name} carries {word}" for word in found)


def _only_poison_is_dead(world: World) -> Iterator[str]:
    for name, queue in world.queues.items():
        for body in queue.dead:
            arrival = read_arrival(body) if name == "updates" else None
            if not isinstance(arrival, Envelope) or arrival.body not in world.poison:
                yield f"I9 dead in {name}: {body[:200]}"


def _everything_is_explained(world: World) -> Iterator[str]:
    for order_id, (facts, _) in world.table.facts.items():
        state = fold(facts)
        rows = {key: row for (order, key), row in world.table.rows.items() if order == order_id}
        on = (touchpoint for touchpoint in world.config.journey().touchpoints if touchpoint.enabled)
        for touchpoint in on if state.order else ():
            for occurrence in occurrences(touchpoint, state, world.now):
                key = f"{touchpoint.id}#{occurrence.key}"
                if key not in rows:
                    yield f"I10 nothing says why {key} was not told"
        for key, row in rows.items():
            if not row.decision.verdicts:
                yield f"I10 {key} has no reasons"
            if row.decision.outcome is Outcome.MERGE and not _is_told_by(world, order_id, key, row.decision.into):
                yield f"I10 {key} was merged into nothing"


def _is_told_by(world: World, order_id: str, key: str, into: str) -> bool:
    """The message it was merged into tells it: one of its own order, or of another of the same shopper."""
    other, between, decision_id = into.partition(" ")
    lead = world.table.rows.get((other, decision_id) if between else (order_id, into))
    if lead is None:
        return False
    return f"{order_id} {key}" in (lead.message.also if lead.message else ()) if between else key in lead.decision.tells


def _taken_along_once(world: World) -> Iterator[str]:
    named = Counter(one for _, row in _rows(world) if row.message for one in row.message.also)
    yield from (f"I16 {one} is told by {times} messages" for one, times in named.items() if times > 1)
    accepted = {mail.call.tags[TAG] for mail in world.provider.mails}
    for one in named:
        order_id, _, decision_id = one.partition(" ")
        if tag_of(Intent(order_id=order_id, message_id=decision_id)) in accepted:
            yield f"I16 {one} left by itself too"


def _mails(world: World) -> Iterator[tuple[Mail, Decision]]:
    """Every message that a shopper got for the first time; the documented resend (I4) is no second one."""
    seen: set[str] = set()
    for mail in world.provider.mails:
        tag = mail.call.tags[TAG]
        intent = intent_of(tag)
        row = world.table.rows[intent.order_id, intent.message_id] if intent else None
        if row and tag not in seen and row.decision.audience is Audience.SHOPPER:
            seen.add(tag)
            yield mail, row.decision


def _caps_hold(world: World) -> Iterator[str]:
    caps = world.config.journey().limits.caps
    got: dict[tuple[str, Purpose], list[tuple[datetime, bool]]] = {}
    for mail, decision in _mails(world):
        got.setdefault((mail.call.to, decision.purpose), []).append((mail.at, decision.urgent))
    for (_, purpose), mails in got.items():
        cap = caps.marketing if purpose is Purpose.MARKETING else caps.service
        for limit, window in cap.windows():
            for index, (at, urgent) in enumerate(mails):
                earlier = sum(at - one < window - SENDING_TAKES for one, _ in mails[:index])
                if not urgent and earlier >= limit:
                    yield f"I11 {earlier + 1} {purpose} mails in {window} until {at}, {limit} at most"


def _marketing_was_agreed_to(world: World) -> Iterator[str]:
    for mail, decision in _mails(world):
        intent = intent_of(mail.call.tags[TAG])
        if decision.purpose is Purpose.MARKETING and (intent is None or intent.order_id not in _agreed(world)):
            yield f"I12 {decision.decision_id} without consent"


def _agreed(world: World) -> set[str]:
    """Orders that ever agreed; a withdrawal may come while a mail is already on its way."""
    return {
        order_id_of(code, connection, update.vendor_order_id)
        for code, connection, update in _statements(world)[0]
        if update.order and update.order.marketing_consent
    }


def _quiet_hours_are_quiet(world: World) -> Iterator[str]:
    """The hours are counted here anew, from the clock at the destination."""
    for mail, decision in _mails(world):
        local = mail.at.astimezone(DESTINATION)
        if decision.purpose is Purpose.MARKETING and not decision.urgent and not DECENT[0] <= local.time() < DECENT[1]:
            yield f"I13 {decision.decision_id} at {local:%H:%M}"


def _storms_hold_alerts(world: World) -> Iterator[str]:
    rules = world.config.journey().storms
    for order_id, row in _rows(world):
        decision = row.decision
        lane = _lane_of(world, order_id, decision)
        held_until = decision.happened_at + rules.hold_at_most
        if lane is None or not _is_single_alert(decision) or decision.decided_at >= held_until:
            continue
        if world.lanes.was_open(lane, decision.decided_at, SENDING_TAKES):
            yield f"I14 {decision.decision_id} was decided on at {decision.decided_at}, in a storm on {lane.name}"


def _is_single_alert(decision: Decision) -> bool:
    held_up = decision.trigger == Trigger.EXCEPTION and decision.facts.get("sub_status") in HELD_UP
    return decision.outcome in {Outcome.SEND, Outcome.MERGE} and (decision.trigger == Trigger.SILENCE or held_up)


def _lane_of(world: World, order_id: str, decision: Decision) -> Lane | None:
    state = fold(world.table.facts[order_id][0])
    found = (one for one in state.parcels if one.tracking_number == decision.tracking_number)
    parcel = next(found, None)
    return lane_of(parcel, state) if parcel else None


def _storms_are_told_once(world: World) -> Iterator[str]:
    told = Counter(
        (mail.call.to, decision.occurrence) for mail, decision in _mails(world) if decision.trigger == Trigger.STORM
    )
    yield from (f"I14 {to} was told {times} times of {incident}" for (to, incident), times in told.items() if times > 1)


def told_twice_or_in_vain(world: World) -> Iterator[str]:
    """I15, of what left; for tests of second channels too, which the histories do not have."""
    told: set[tuple[str, str, str, str]] = set()
    for (order_id, key), row in world.table.rows.items():
        if row.message is None or row.message.state is not MessageState.SENT or row.message.sent_at is None:
            continue
        for one in (world.table.rows[order_id, name].decision for name in row.decision.tells):
            news = order_id, one.touchpoint, one.occurrence, row.decision.channel
            if news in told:
                yield f"I15 {one.touchpoint} is told twice by {row.decision.channel}"
            told.add(news)
        before = world.table.rows.get((order_id, row.decision.instead_of))
        proof = before.message.seen.get("delivery") if before and before.message else None
        gone = before and before.message and HARD_BOUNCE in before.message.seen
        if proof and not gone and from_text(proof) < row.message.sent_at - SENDING_TAKES:
            yield f"I15 {key} was sent after the proof that the message before had arrived"


def too_many_texts(world: World) -> Iterator[str]:
    """I17, of what left; for tests of second channels too, which the histories do not have."""
    got: dict[tuple[str, str], list[datetime]] = {}
    for mail in world.provider.mails:
        intent = intent_of(mail.call.tags["message"])
        if mail.call.tags.get("channel") == "sms" and intent:
            purpose = world.table.rows[intent.order_id, intent.message_id].decision.purpose
            subject = purpose.value if purpose is Purpose.MARKETING else intent.order_id
            got.setdefault((mail.call.to, subject), []).append(mail.at)
    for texts in got.values():
        for first, fourth in zip(sorted(texts), sorted(texts)[3:], strict=False):
            if fourth - first <= timedelta(hours=24):
                yield f"I17 four texts on one subject from {first} to {fourth}"
