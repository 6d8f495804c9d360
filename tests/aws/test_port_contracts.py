"""What the ports promise, asked of the fakes and of the adapters alike: whoever passes may stand in for the other."""

from datetime import UTC, datetime, timedelta

import pytest
from porchlight.domain.errors import ConflictError, PermanentError
from porchlight.domain.exchange import Budget, Envelope, Kind
from porchlight.domain.facts import OrderFacts, order_id_of
from porchlight.domain.ledger import Decision, LedgerRow, Message, MessageState, Outcome, Verdict
from porchlight.domain.mappings import UnmappedCode
from porchlight.domain.messages import Intent
from porchlight.domain.privacy import PrivacyRecord, privacy_record
from porchlight.domain.purposes import Purpose
from porchlight.domain.records import Account, Change, Job, StoreProgress, Tick, Watch
from porchlight.domain.shards import Urgency, poll_shard, shard_of
from porchlight.domain.shopper import NOBODY, REMEMBERED, History, Sent
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.store_news import PrivacyKind, PrivacyRequest, StoreUpdate
from porchlight.pipeline.due_shard import position_of

from tests.aws.conftest import Ports
from tests.builders import expected, packing, scan, snapshot, tracked

NOW = datetime(2026, 6, 1, 9, 0, 0, 123456, tzinfo=UTC)
ORDER = order_id_of("shopify", "shop", "1")
OTHER = order_id_of("shopify", "shop", "2")
ACCOUNT = "ups/main"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def facts(order_id: str = ORDER) -> OrderFacts:
    said = StoreUpdate(
        source="shopify",
        vendor_order_id="1",
        topic="orders/create",
        order=snapshot(vendor_order_id="1"),
        fulfilments=(packing("1Z1", "1"), packing("1Z2", "2")),
    )
    known = OrderFacts(order_id=order_id, store="shopify", connection="shop", vendor_order_id="1")
    update = tracked(
        "1Z1",
        scan("2026-05-31T10:00:00+02:00", Status.IN_TRANSIT, SubStatus.ACCEPTED, "Übergabe", "Køln"),
        estimate=expected("2026-06-03", "09:00", "12:00"),
    )
    return known.with_store_update(said).with_tracking_update(update)


def decision(key: str = "shipped#1Z1", outcome: Outcome = Outcome.SEND, at: datetime = NOW) -> Decision:
    touchpoint, _, occurrence = key.partition("#")
    return Decision(
        decision_id=key,
        touchpoint=touchpoint,
        occurrence=occurrence,
        trigger="first_movement",
        rule_version="v1",
        outcome=outcome,
        decided_at=at,
        happened_at=at,
        channel="email",
        tracking_number=occurrence,
        facts={"parcel": occurrence},
        verdicts=(Verdict(guard="fresh", sentence="this happened 3 minutes ago"),),
        until=at + MINUTE if outcome is Outcome.DELAY else None,
        tells=(key,),
    )


def watch(number: str = "1Z1", due_at: datetime = NOW, order_id: str = ORDER) -> Watch:
    return Watch(order_id=order_id, tracking_number=number, account=ACCOUNT, since=NOW, due_at=due_at)


def change(read_version: int = 0, **parts: object) -> Change:
    base = Change(order_id=ORDER, read_version=read_version, facts=facts(), now=NOW)
    return base.model_copy(update=parts)


def row_of(ports: Ports, decision_id: str) -> LedgerRow | None:
    record = ports.orders.read(ORDER)
    return record.ledger.get(decision_id) if record else None


def ms(moment: datetime) -> datetime:
    """As stored: milliseconds."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def intent(key: str = "shipped#1Z1") -> Intent:
    return Intent(order_id=ORDER, message_id=key, trace=ORDER)


def due_of(ports: Ports, shard: str, until: datetime = NOW + timedelta(days=1)) -> list[tuple[str, str, str]]:
    found = ports.schedule.due(shard, after="", until=until, limit=100)
    return [(entry.kind, entry.order_id, entry.subject) for entry in found]


# ---- Orders


def test_an_order_nobody_stored_is_none(ports: Ports) -> None:
    assert ports.orders.read(ORDER) is None


def test_an_order_is_read_as_it_was_written(ports: Ports) -> None:
    delayed = decision("delivered#1Z1", Outcome.DELAY)
    later = NOW + timedelta(hours=1)
    ports.orders.commit(
        change(decisions=(decision(), delayed), watch=(watch(),), set_timer=True, look_again_at=later),
    )

    record = ports.orders.read(ORDER)

    assert record is not None
    assert record.facts == facts()
    assert record.version == 1
    assert {key: row.decision for key, row in record.ledger.items()} == {
        "shipped#1Z1": decision(),
        "delivered#1Z1": delayed,
    }
    assert record.ledger["shipped#1Z1"].message == Message()
    assert record.ledger["delivered#1Z1"].message is None
    assert record.watches["1Z1"].due_at == ms(NOW)
    assert record.look_again_at == ms(later)


def test_facts_alone_are_written_over_the_version_that_was_read(ports: Ports) -> None:
    ports.orders.commit(change())
    ports.orders.commit(change(read_version=1))

    record = ports.orders.read(ORDER)

    assert record is not None
    assert record.version == 2


@pytest.mark.parametrize("version", [0, 1, 3])
def test_a_change_from_another_version_is_refused_whole(ports: Ports, version: int) -> None:
    ports.orders.commit(change())
    ports.orders.commit(change(read_version=1))

    with pytest.raises(ConflictError):
        ports.orders.commit(change(read_version=version, decisions=(decision(),), watch=(watch(),)))
    with pytest.raises(ConflictError):
        ports.orders.commit(change(read_version=version))

    record = ports.orders.read(ORDER)
    assert record is not None
    assert (record.version, record.ledger, record.watches) == (2, {}, {})


def test_a_change_without_facts_needs_the_version_and_leaves_it(ports: Ports) -> None:
    ports.orders.commit(change())
    ports.orders.commit(change(read_version=1, facts=None, decisions=(decision(),)))

    with pytest.raises(ConflictError):
        ports.orders.commit(change(read_version=2, facts=None, set_timer=True, look_again_at=NOW))

    record = ports.orders.read(ORDER)
    assert record is not None
    assert (record.version, record.look_again_at) == (1, None)


def test_a_final_decision_is_never_written_again(ports: Ports) -> None:
    ports.orders.commit(change(decisions=(decision(),)))

    with pytest.raises(ConflictError):
        ports.orders.commit(change(read_version=1, decisions=(decision(outcome=Outcome.DROP),)))

    record = ports.orders.read(ORDER)
    assert record is not None
    assert record.version == 1
    assert record.ledger["shipped#1Z1"].decision.outcome is Outcome.SEND


def test_a_delayed_decision_is_replaced_once_it_is_made(ports: Ports) -> None:
    ports.orders.commit(change(decisions=(decision(outcome=Outcome.DELAY),)))
    ports.orders.commit(change(read_version=1, facts=None, decisions=(decision(),)))

    row = row_of(ports, "shipped#1Z1")

    assert row is not None
    assert (row.decision.outcome, row.message) == (Outcome.SEND, Message())


def test_a_timer_is_replaced_and_removed(ports: Ports) -> None:
    shard = shard_of("ticks", ORDER)
    ports.orders.commit(change(set_timer=True, look_again_at=NOW))
    assert due_of(ports, shard) == [("tick", ORDER, "")]

    ports.orders.commit(change(read_version=1, facts=None, set_timer=True, look_again_at=NOW + timedelta(days=9)))
    assert due_of(ports, shard) == []

    ports.orders.commit(change(read_version=1, facts=None, set_timer=True, look_again_at=None))
    assert due_of(ports, shard, NOW + timedelta(days=99)) == []


def test_watches_come_and_go_with_a_change(ports: Ports) -> None:
    ports.orders.commit(change(watch=(watch("1Z1"), watch("1Z2"))))
    ports.orders.commit(change(read_version=1, facts=None, unwatch=("1Z1", "never watched")))

    record = ports.orders.read(ORDER)

    assert record is not None
    assert set(record.watches) == {"1Z2"}


def test_forty_parcels_can_be_decided_in_one_change(ports: Ports) -> None:
    decisions = tuple(decision(f"shipped#P{index}") for index in range(40))
    watches = tuple(watch(f"P{index}") for index in range(40))

    ports.orders.commit(change(decisions=decisions, watch=watches))

    record = ports.orders.read(ORDER)
    assert record is not None
    assert (len(record.ledger), len(record.watches)) == (40, 40)


def test_orders_are_found_by_number_and_by_proof(ports: Ports) -> None:
    ports.orders.link_numbers(ORDER, ["1Z1", "1Z2"], NOW)
    ports.orders.link_numbers(OTHER, ["1Z1"], NOW)
    ports.orders.link_numbers(OTHER, ["1Z1"], NOW)
    ports.orders.link_lookup(ORDER, "#1001", "d" * 32, NOW)

    assert sorted(ports.orders.by_number("1Z1")) == sorted([ORDER, OTHER])
    assert ports.orders.by_number("1Z2") == [ORDER]
    assert ports.orders.by_number("1Z3") == []
    assert ports.orders.by_lookup("d" * 32) == ORDER
    assert ports.orders.by_lookup("e" * 32) is None


def test_parked_updates_wait_under_their_number_and_repeat_as_one(ports: Ports) -> None:
    first = tracked("1Z9", scan("2026-05-31T10:00:00+00:00", Status.IN_TRANSIT))
    second = tracked("1Z9", scan("2026-05-31T12:00:00+00:00", Status.OUT_FOR_DELIVERY))
    for update in (first, second, first):
        ports.orders.park(update, NOW)
    ports.orders.link_numbers(ORDER, ["1Z9"], NOW)

    assert sorted(one.status for one in ports.orders.parked("1Z9")) == ["in_transit", "out_for_delivery"]
    assert ports.orders.by_number("1Z9") == [ORDER]

    ports.orders.unpark("1Z9")
    assert ports.orders.parked("1Z9") == []
    assert ports.orders.by_number("1Z9") == [ORDER]


# ---- Watches


def test_a_watch_moves_only_from_where_it_was_read(ports: Ports) -> None:
    ports.orders.commit(change(watch=(watch(),)))
    read = ports.watches.watch(ORDER, "1Z1")
    assert read is not None
    moved = read.model_copy(
        update={"due_at": NOW + MINUTE, "answer": "said", "checked_at": NOW, "failures": 2},
    )

    ports.watches.reschedule(moved, expected_due_at=read.due_at)
    ports.watches.reschedule(read.model_copy(update={"answer": "late"}), expected_due_at=read.due_at)

    held = ports.watches.watch(ORDER, "1Z1")
    assert held == moved.model_copy(update={"due_at": ms(NOW + MINUTE), "checked_at": ms(NOW)})


def test_a_watch_keeps_whom_to_ask_and_what_to_tell_them(ports: Ports) -> None:
    whole = watch().model_copy(
        update={
            "account": "easypost/push",
            "carrier": "evri",
            "country": "GB",
            "postal_code": "CB7 4AA",
            "registered": True,
            "others": ("ups/main", "17track/0a1b"),
            "answer": "digest",
            "checked_at": NOW,
            "failures": 3,
        }
    )
    ports.orders.commit(change(watch=(whole,)))
    kept = whole.model_copy(update={"since": ms(NOW), "due_at": ms(NOW), "checked_at": ms(NOW)})
    assert ports.watches.watch(ORDER, "1Z1") == kept
    record = ports.orders.read(ORDER)
    assert record
    assert record.watches == {"1Z1": kept}

    turned = kept.model_copy(
        update={"account": "ups/main", "others": ("17track/0a1b",), "registered": False, "due_at": ms(NOW + MINUTE)}
    )
    ports.watches.reschedule(turned, expected_due_at=NOW)
    assert ports.watches.watch(ORDER, "1Z1") == turned
    assert due_of(ports, poll_shard("easypost/push")) == []
    assert due_of(ports, poll_shard("ups/main")) == [("poll", ORDER, "1Z1")]


def test_a_watch_that_is_gone_does_not_come_back(ports: Ports) -> None:
    ports.orders.commit(change(watch=(watch(),)))
    ports.watches.unwatch(watch())
    ports.watches.unwatch(watch())

    ports.watches.reschedule(watch(due_at=NOW + MINUTE), expected_due_at=NOW)

    assert ports.watches.watch(ORDER, "1Z1") is None
    assert due_of(ports, poll_shard(ACCOUNT)) == []


# ---- Outbox


@pytest.fixture
def outbox(ports: Ports) -> Ports:
    """A side that holds one message to send."""
    ports.orders.commit(change(decisions=(decision(), decision("delivered#1Z1", Outcome.DROP))))
    return ports


def claimed(attempts: int = 1, now: datetime = NOW) -> Message:
    return Message(
        state=MessageState.CLAIMED, claimed_until=now + 15 * MINUTE, attempts=attempts, template_version="t1"
    )


def ended(state: MessageState, attempts: int = 1) -> Message:
    return claimed(attempts).model_copy(update={"state": state, "claimed_until": None})


def message_of(ports: Ports) -> Message:
    row = row_of(ports, "shipped#1Z1")
    assert row is not None
    assert row.message is not None
    return row.message


def test_a_message_to_send_is_due_after_a_minute(outbox: Ports) -> None:
    shard = shard_of("messages", ORDER)

    assert due_of(outbox, shard, NOW + MINUTE - timedelta(seconds=1)) == []
    assert due_of(outbox, shard, NOW + MINUTE) == [("message", ORDER, "shipped#1Z1")]


def test_only_one_sender_gets_a_message(outbox: Ports) -> None:
    """F27."""
    assert outbox.outbox.claim(intent(), claimed(), now=NOW)
    assert not outbox.outbox.claim(intent(), claimed(), now=NOW + MINUTE)
    assert not outbox.outbox.claim(intent(), claimed(2), now=NOW + MINUTE)
    assert message_of(outbox).state is MessageState.CLAIMED
    assert message_of(outbox).template_version == "t1"


def test_a_row_that_sends_nothing_can_not_be_claimed(outbox: Ports) -> None:
    assert not outbox.outbox.claim(intent("delivered#1Z1"), claimed(), now=NOW)
    assert not outbox.outbox.claim(intent("no such row"), claimed(), now=NOW)
    assert row_of(outbox, "no such row") is None


def test_a_claimed_message_stays_on_the_schedule_until_it_is_settled(outbox: Ports) -> None:
    outbox.outbox.claim(intent(), claimed(), now=NOW)

    assert due_of(outbox, shard_of("messages", ORDER)) == [("message", ORDER, "shipped#1Z1")]


def test_a_lapsed_claim_can_be_taken_again(outbox: Ports) -> None:
    outbox.outbox.claim(intent(), claimed(), now=NOW)
    later = NOW + 15 * MINUTE

    assert not outbox.outbox.claim(intent(), claimed(2, later), now=later - timedelta(seconds=1))
    assert outbox.outbox.claim(intent(), claimed(2, later), now=later)
    assert message_of(outbox).attempts == 2


def test_a_claim_made_from_an_old_reading_is_refused(outbox: Ports) -> None:
    outbox.outbox.claim(intent(), claimed(), now=NOW)
    outbox.outbox.settle(intent(), ended(MessageState.PENDING), due_at=NOW)

    assert not outbox.outbox.claim(intent(), claimed(1), now=NOW)
    assert outbox.outbox.claim(intent(), claimed(2), now=NOW)


@pytest.mark.parametrize("state", [MessageState.SENT, MessageState.SKIPPED, MessageState.FAILED])
def test_a_settled_message_is_final_and_leaves_the_schedule(outbox: Ports, state: MessageState) -> None:
    outbox.outbox.claim(intent(), claimed(), now=NOW)
    outbox.outbox.settle(intent(), ended(state))

    outbox.outbox.settle(intent(), ended(MessageState.PENDING), due_at=NOW)

    assert message_of(outbox).state is state
    assert not outbox.outbox.claim(intent(), claimed(2), now=NOW + timedelta(days=1))
    assert due_of(outbox, shard_of("messages", ORDER)) == []


def test_a_postponed_message_comes_back_when_it_is_due(outbox: Ports) -> None:
    outbox.outbox.claim(intent(), claimed(), now=NOW)
    outbox.outbox.settle(intent(), ended(MessageState.PENDING), due_at=NOW + 30 * MINUTE)
    shard = shard_of("messages", ORDER)

    assert due_of(outbox, shard, NOW + 29 * MINUTE) == []
    assert due_of(outbox, shard, NOW + 30 * MINUTE) == [("message", ORDER, "shipped#1Z1")]
    assert outbox.outbox.claim(intent(), claimed(2), now=NOW)


def test_who_did_not_claim_can_not_settle_over_who_did(outbox: Ports) -> None:
    """Two workers, one intent: the one that found it moot must not overwrite the one that is sending."""
    read_before = message_of(outbox)
    outbox.outbox.claim(intent(), claimed(), now=NOW)

    outbox.outbox.settle(intent(), read_before.model_copy(update={"state": MessageState.SKIPPED}))

    assert message_of(outbox).state is MessageState.CLAIMED


def test_a_sender_that_wakes_up_late_can_not_free_the_next_senders_claim(outbox: Ports) -> None:
    outbox.outbox.claim(intent(), claimed(), now=NOW)
    later = NOW + 16 * MINUTE
    outbox.outbox.claim(intent(), claimed(2, later), now=later)

    outbox.outbox.settle(intent(), ended(MessageState.PENDING, attempts=1), due_at=later)

    assert message_of(outbox).state is MessageState.CLAIMED
    assert not outbox.outbox.claim(intent(), claimed(3), now=later)


@pytest.mark.parametrize("event", ["send", "delivery", "bounce", "complaint"])
def test_a_provider_event_confirms_a_send_in_doubt(outbox: Ports, event: str) -> None:
    """F40."""
    outbox.outbox.claim(intent(), claimed(), now=NOW)

    outbox.outbox.note_event(intent(), event, NOW + MINUTE, "p1")

    message = message_of(outbox)
    assert (message.state, message.provider_id) == (MessageState.SENT, "p1")
    assert set(message.seen) == {event}
    assert due_of(outbox, shard_of("messages", ORDER)) == []


def test_a_late_event_of_a_first_send_stops_the_second(outbox: Ports) -> None:
    """The first send was in doubt, the second was throttled: the first send's event settles the message."""
    outbox.outbox.claim(intent(), claimed(), now=NOW)
    later = NOW + 16 * MINUTE
    outbox.outbox.claim(intent(), claimed(2, later), now=later)
    outbox.outbox.settle(intent(), ended(MessageState.PENDING, attempts=2), due_at=later)

    outbox.outbox.note_event(intent(), "send", later, "p1")

    assert message_of(outbox).state is MessageState.SENT
    assert not outbox.outbox.claim(intent(), claimed(3), now=later + MINUTE)


def test_events_are_kept_whatever_the_sender_knew_of_them(outbox: Ports) -> None:
    outbox.outbox.claim(intent(), claimed(), now=NOW)
    outbox.outbox.note_event(intent(), "open", NOW + MINUTE, "p1")
    outbox.outbox.settle(intent(), ended(MessageState.SENT))
    outbox.outbox.note_event(intent(), "click", NOW + 2 * MINUTE, "p1")
    outbox.outbox.note_event(intent(), "click", NOW + 3 * MINUTE, "p1")

    seen = message_of(outbox).seen
    assert set(seen) == {"open", "click"}
    assert seen["click"].startswith("2026-06-01T09:02:00")


def test_an_event_of_no_message_changes_nothing(outbox: Ports) -> None:
    outbox.outbox.note_event(intent("no such row"), "send", NOW, "p1")
    outbox.outbox.note_event(intent("delivered#1Z1"), "send", NOW, "p1")

    assert row_of(outbox, "no such row") is None
    row = row_of(outbox, "delivered#1Z1")
    assert row is not None
    assert row.message is None


# ---- Schedule


def test_a_shard_is_leased_to_one_run(ports: Ports) -> None:
    """F29."""
    taken = ports.schedule.take_shard("ticks#0", NOW, NOW + MINUTE)
    assert taken is not None
    assert (taken.position, taken.rescanned_at) == ("", None)

    assert ports.schedule.take_shard("ticks#0", NOW, NOW + MINUTE) is None
    assert ports.schedule.take_shard("ticks#1", NOW, NOW + MINUTE) is not None
    assert ports.schedule.take_shard("ticks#0", NOW + MINUTE, NOW + 2 * MINUTE) is not None


def test_a_shard_given_back_goes_on_where_it_was_left(ports: Ports) -> None:
    taken = ports.schedule.take_shard("ticks#0", NOW, NOW + MINUTE)
    assert taken is not None
    ports.schedule.give_back(taken.model_copy(update={"position": "x|y|z", "rescanned_at": NOW}))

    again = ports.schedule.take_shard("ticks#0", NOW, NOW + MINUTE)

    assert again is not None
    assert (again.position, again.rescanned_at) == ("x|y|z", ms(NOW))


def test_due_entries_come_oldest_first_and_go_on_behind_a_position(ports: Ports) -> None:
    numbers = [f"P{index}" for index in range(7)]
    watches = tuple(watch(number, NOW - timedelta(seconds=index)) for index, number in enumerate(numbers))
    ports.orders.commit(change(watch=watches))
    shard = poll_shard(ACCOUNT)

    first = ports.schedule.due(shard, after="", until=NOW - timedelta(seconds=1), limit=4)
    rest = ports.schedule.due(shard, after=first[-1].position, until=NOW - timedelta(seconds=1), limit=4)

    assert [entry.subject for entry in first] == ["P6", "P5", "P4", "P3"]
    assert [entry.subject for entry in rest] == ["P2", "P1"]
    assert first[0].due_at == ms(NOW - timedelta(seconds=6))
    assert ports.schedule.due(shard, after=rest[-1].position, until=NOW - timedelta(seconds=1), limit=4) == []


def test_going_on_works_behind_an_entry_that_is_gone(ports: Ports) -> None:
    ports.orders.commit(change(watch=(watch("P1", NOW), watch("P2", NOW + MINUTE))))
    shard = poll_shard(ACCOUNT)
    position = ports.schedule.due(shard, after="", until=NOW, limit=1)[0].position
    ports.watches.unwatch(watch("P1"))

    found = ports.schedule.due(shard, after=position, until=NOW + MINUTE, limit=5)

    assert [entry.subject for entry in found] == ["P2"]


def test_a_poll_lies_in_the_shard_of_its_urgency_and_moves_with_it(ports: Ports) -> None:
    ports.orders.commit(change(watch=(watch("P1"), watch("P2"))))
    read = ports.watches.watch(ORDER, "P1")
    assert read is not None
    assert read.urgency is Urgency.ROUTINE

    urgent = read.model_copy(update={"urgency": Urgency.LIKELY, "due_at": NOW + MINUTE})
    ports.watches.reschedule(urgent, expected_due_at=read.due_at)

    held = ports.watches.watch(ORDER, "P1")
    assert held is not None
    assert held.urgency is Urgency.LIKELY
    assert due_of(ports, poll_shard(ACCOUNT, Urgency.LIKELY)) == [("poll", ORDER, "P1")]
    assert due_of(ports, poll_shard(ACCOUNT, Urgency.POSSIBLE)) == []
    assert due_of(ports, poll_shard(ACCOUNT)) == [("poll", ORDER, "P2")]


def test_a_shard_can_be_read_from_a_time_on(ports: Ports) -> None:
    ports.orders.commit(change(watch=tuple(watch(f"P{index}", NOW + index * MINUTE) for index in range(4))))
    shard = poll_shard(ACCOUNT)

    found = ports.schedule.due(shard, after=position_of(NOW + 2 * MINUTE), until=NOW + 9 * MINUTE, limit=5)

    assert [entry.subject for entry in found] == ["P2", "P3"]


# ---- Accounts


def account(**changes: object) -> Account:
    base = Account(
        kind=Kind.CARRIERS,
        name=ACCOUNT,
        polls=True,
        budget=Budget(calls=60, seconds=3600),
        calls=6,
        counted_at=NOW,
    )
    return base.model_copy(update=changes)


def test_connections_are_listed_by_kind(ports: Ports) -> None:
    shop = account(kind=Kind.STORES, name="shopify/shop", polls=False)
    ports.add_account(account(eager=True))
    ports.add_account(shop)

    (found,) = ports.accounts.accounts(Kind.CARRIERS)

    assert found == account(counted_at=ms(NOW), eager=True)
    assert [one.name for one in ports.accounts.accounts(Kind.STORES)] == ["shopify/shop"]


def test_a_budget_is_never_exceeded_in_any_window(ports: Ports) -> None:
    ports.add_account(account())
    granted: list[datetime] = []
    for second in range(0, 3 * 3600, 20):
        now = NOW + timedelta(seconds=second)
        if ports.accounts.spend(ACCOUNT, 1, now) is None:
            granted.append(now)

    hour = timedelta(hours=1)
    assert max(sum(start <= one < start + hour for one in granted) for start in granted) <= 60
    assert len(granted) > 150


def test_who_gets_no_call_hears_when_there_is_one(ports: Ports) -> None:
    ports.add_account(account(calls=0))

    available_at = ports.accounts.spend(ACCOUNT, 1, NOW)

    assert available_at is not None
    assert ports.accounts.spend(ACCOUNT, 1, available_at - timedelta(seconds=2)) is not None
    assert ports.accounts.spend(ACCOUNT, 1, available_at + timedelta(seconds=1)) is None


def test_a_pause_holds_every_call(ports: Ports) -> None:
    ports.add_account(account())
    ports.accounts.pause(ACCOUNT, NOW + MINUTE)

    assert ports.accounts.spend(ACCOUNT, 1, NOW) == ms(NOW + MINUTE)
    assert ports.accounts.spend(ACCOUNT, 1, NOW + MINUTE) is None


def test_clocks_that_disagree_get_no_calls_out_of_it(ports: Ports) -> None:
    """F31: one worker's clock is ten minutes fast."""
    ports.add_account(account(calls=0))
    fast = [ports.accounts.spend(ACCOUNT, 1, NOW + 10 * MINUTE) for _ in range(9)]
    granted = sum(one is None for one in fast)
    for _ in range(5):
        granted += sum(ports.accounts.spend(ACCOUNT, 1, NOW + skew) is None for skew in (timedelta(0), 10 * MINUTE))

    assert granted <= 7


def test_an_account_nobody_connected_gets_no_call(ports: Ports) -> None:
    assert ports.accounts.spend("ups/nobody", 1, NOW) is not None


# ---- Stores that are read

SHOP = "woocommerce/shop"


def shop_account(**changes: object) -> Account:
    return account(kind=Kind.STORES, name=SHOP, **changes)


def test_progress_is_kept_and_says_when_to_read_again(ports: Ports) -> None:
    ports.add_account(shop_account())
    assert ports.accounts.progress(SHOP) is None
    [before] = ports.accounts.accounts(Kind.STORES)
    assert before.read_again_at is None

    begun = StoreProgress(since=NOW, page=3, next_at=NOW + MINUTE, caught_up_at=NOW)
    ports.accounts.keep_progress(SHOP, begun)

    assert ports.accounts.progress(SHOP) == begun.model_copy(update={"version": 1})
    [after] = ports.accounts.accounts(Kind.STORES)
    assert after.read_again_at == NOW + MINUTE


def test_of_two_readings_from_one_place_only_the_first_is_kept(ports: Ports) -> None:
    ports.add_account(shop_account())
    for version in range(2):
        here = StoreProgress(since=NOW, page=version + 1, version=version)
        ports.accounts.keep_progress(SHOP, here)
        with pytest.raises(ConflictError):
            ports.accounts.keep_progress(SHOP, here.model_copy(update={"page": 9}))
    kept = ports.accounts.progress(SHOP)
    assert kept
    assert (kept.page, kept.version) == (2, 2)


def test_progress_of_a_connection_that_is_gone_is_not_kept(ports: Ports) -> None:
    with pytest.raises(ConflictError):
        ports.accounts.keep_progress(SHOP, StoreProgress(since=NOW))
    assert ports.accounts.accounts(Kind.STORES) == []


def test_a_renewed_connection_keeps_how_far_it_was_read_and_loses_its_pause(ports: Ports) -> None:
    ports.add_account(shop_account())
    ports.accounts.pause(SHOP, NOW + MINUTE, Kind.STORES)
    ports.accounts.keep_progress(SHOP, StoreProgress(since=NOW))

    ports.add_account(shop_account(calls=5))

    kept = ports.accounts.progress(SHOP)
    [held] = ports.accounts.accounts(Kind.STORES)
    assert kept
    assert (kept.since, held.calls, held.paused_until) == (NOW, 5, None)


def test_what_one_errand_needs_is_paid_at_once_or_not_at_all(ports: Ports) -> None:
    ports.add_account(shop_account())
    assert ports.accounts.spend(SHOP, 5, NOW, Kind.STORES) is None
    available_at = ports.accounts.spend(SHOP, 5, NOW, Kind.STORES)
    assert available_at is not None
    assert ports.accounts.spend(SHOP, 1, NOW, Kind.STORES) is None, "the last call is still there"


def test_an_errand_larger_than_the_bucket_waits_until_it_is_full(ports: Ports) -> None:
    ports.add_account(shop_account(calls=2))
    available_at = ports.accounts.spend(SHOP, 9, NOW, Kind.STORES)
    assert available_at is not None
    full = available_at + timedelta(seconds=1)
    assert ports.accounts.spend(SHOP, 9, full, Kind.STORES) is None
    assert ports.accounts.spend(SHOP, 1, full, Kind.STORES) is not None, "what was overdrawn is paid back first"


# ---- The mapping desk


def met(**changes: object) -> UnmappedCode:
    base = UnmappedCode(source="evri", code="Q1", text="left with a neighbour", first_seen=ms(NOW), last_seen=ms(NOW))
    return base.model_copy(update=changes)


def test_what_is_met_again_adds_up_under_the_latest_example(ports: Ports) -> None:
    ports.desk.note(met(count=2, order_id=ORDER))
    latest = met(
        count=3,
        text="left in the garage",
        order_id=OTHER,
        last_seen=ms(NOW + MINUTE),
        first_seen=ms(NOW + MINUTE),
        guess=Status.DELIVERED,
        guessed_reason=SubStatus.WEATHER,
        confidence=0.875,
    )
    ports.desk.note(latest)

    assert ports.desk.unmapped() == [latest.model_copy(update={"count": 5, "first_seen": ms(NOW)})]


def test_codes_lie_on_the_desk_by_source_and_name_the_most_frequent_first(ports: Ports) -> None:
    long = "word " * 90
    said = [met(), met(source="ups"), met(code="Q2", count=7), met(code="", text="No  Code"), met(code="", text=long)]
    for one in (*said, met(code="", text="no code"), met(code="", text=long + "and more")):
        ports.desk.note(one)

    found = [(one.source, one.code or one.name[:8], one.count) for one in ports.desk.unmapped()]
    assert found == [
        ("evri", "Q2", 7),
        ("evri", "no code", 2),
        ("evri", "word wor", 2),
        ("evri", "Q1", 1),
        ("ups", "Q1", 1),
    ]


# ---- Customers


PERSON = "a" * 32


def test_a_suppression_for_good_stays(ports: Ports) -> None:
    assert ports.customers.suppressed(PERSON, NOW) is None
    ports.customers.suppress(PERSON, "the address does not exist", until=None)
    ports.customers.suppress(PERSON, "the mailbox keeps bouncing", until=NOW + MINUTE)

    assert ports.customers.suppressed(PERSON, NOW + timedelta(days=999)) == "the address does not exist"
    assert ports.customers.suppressed("b" * 32, NOW) is None


def test_a_suppression_with_an_end_ends(ports: Ports) -> None:
    """F44."""
    ports.customers.suppress(PERSON, "the mailbox keeps bouncing", until=NOW + MINUTE)

    assert ports.customers.suppressed(PERSON, NOW) == "the mailbox keeps bouncing"
    assert ports.customers.suppressed(PERSON, NOW + MINUTE) is None

    ports.customers.suppress(PERSON, "for good", until=None)
    assert ports.customers.suppressed(PERSON, NOW + MINUTE) == "for good"


def test_soft_bounces_count_once_per_event_and_not_for_ever(ports: Ports) -> None:
    assert ports.customers.count_soft_bounce(PERSON, "e1", NOW) == 1
    assert ports.customers.count_soft_bounce(PERSON, "e1", NOW) == 1
    assert ports.customers.count_soft_bounce(PERSON, "e2", NOW + timedelta(days=1)) == 2
    assert ports.customers.count_soft_bounce("b" * 32, "e3", NOW) == 1
    assert ports.customers.count_soft_bounce(PERSON, "e4", NOW + timedelta(days=30, minutes=1)) == 2


def got(message: str, at: datetime = NOW) -> Sent:
    return Sent(
        at=at, order_id=ORDER, message_id=message, touchpoint=message, purpose=Purpose.MARKETING, channel="email"
    )


def test_nobody_knows_a_shopper_who_never_got_anything(ports: Ports) -> None:
    assert ports.customers.shopper(PERSON, NOW) == NOBODY


def test_what_a_person_got_comes_back_newest_first_and_is_theirs_alone(ports: Ports) -> None:
    for index in range(3):
        history = ports.customers.shopper(PERSON, NOW).history
        ports.customers.keep_history(PERSON, history.with_sent(got(f"m{index}", NOW + index * MINUTE)))

    known = ports.customers.shopper(PERSON, NOW + HOUR).history
    assert known.version == 3
    assert known.sent == tuple(got(f"m{index}", NOW + index * MINUTE) for index in (2, 1, 0))
    assert ports.customers.shopper("b" * 32, NOW) == NOBODY


def test_of_two_senders_who_read_the_same_history_one_must_read_again(ports: Ports) -> None:
    """Both the first message ever and a later one: else two orders together exceed a cap."""
    nothing = ports.customers.shopper(PERSON, NOW).history
    ports.customers.keep_history(PERSON, nothing.with_sent(got("m1")))
    with pytest.raises(ConflictError):
        ports.customers.keep_history(PERSON, nothing.with_sent(got("m2")))

    one = ports.customers.shopper(PERSON, NOW).history
    ports.customers.keep_history(PERSON, one.with_sent(got("m2")))
    with pytest.raises(ConflictError):
        ports.customers.keep_history(PERSON, one.with_sent(got("m3")))

    assert [sent.message_id for sent in ports.customers.shopper(PERSON, NOW).history.sent] == ["m2", "m1"]


def test_what_is_remembered_ends_though_its_version_goes_on(ports: Ports) -> None:
    """The table forgets days late: what has ended counts no more, and the next is still written over it."""
    ports.customers.keep_history(PERSON, History().with_sent(got("m1")))
    later = NOW + REMEMBERED

    assert [one.message_id for one in ports.customers.shopper(PERSON, later - MINUTE).history.sent] == ["m1"]
    history = ports.customers.shopper(PERSON, later).history
    assert history.sent == ()
    ports.customers.keep_history(PERSON, history.with_sent(got("m2", later)))
    assert [one.message_id for one in ports.customers.shopper(PERSON, later).history.sent] == ["m2"]


def test_a_suppression_is_known_of_a_shopper_until_it_ends(ports: Ports) -> None:
    ports.customers.suppress(PERSON, "the mailbox keeps bouncing", until=NOW + MINUTE)

    assert ports.customers.shopper(PERSON, NOW).suppressed == {"email": "the mailbox keeps bouncing"}
    assert ports.customers.shopper(PERSON, NOW + MINUTE).suppressed == {}


def test_who_is_forgotten_got_nothing_and_still_gets_nothing_where_they_refused(ports: Ports) -> None:
    stale = History().with_sent(got("m1"))
    ports.customers.keep_history(PERSON, stale)
    ports.customers.suppress(PERSON, "the shopper marked a message as spam", until=None)

    ports.customers.forget(PERSON)

    known = ports.customers.shopper(PERSON, NOW)
    assert known.history == History()
    assert known.suppressed == {"email": "the shopper marked a message as spam"}
    with pytest.raises(ConflictError):
        ports.customers.keep_history(PERSON, stale.with_sent(got("m2")))


# ---- Inbox and queue


def test_a_large_body_comes_back_byte_for_byte(ports: Ports) -> None:
    body = bytes(range(256)) * 1000
    ports.inbox.put("inbox/stores/shopify/x", body)
    ports.inbox.put("inbox/stores/shopify/x", body)

    assert ports.inbox.get("inbox/stores/shopify/x") == body
    with pytest.raises(PermanentError):
        ports.inbox.get("inbox/stores/shopify/y")


def test_everything_sent_arrives_as_it_was(ports: Ports) -> None:
    envelope = Envelope(
        origin="webhook",
        kind=Kind.STORES,
        code="shopify",
        connection="shop",
        delivery_id="d1",
        body=b"\xff\x00raw",
        received_at=NOW,
        trace="00",
    )
    jobs = [Job(order_id=ORDER, tracking_number=f"P{index}", trace=f"{index:02}") for index in range(1, 24)]

    ports.queue.send([envelope], group="shop, with / odd characters")
    ports.queue.send(jobs, group="x" * 300)
    ports.queue.send([Tick(order_id=ORDER, trace="99")], group="")

    first, *middle, last = ports.received()
    assert Envelope.model_validate_json(first) == envelope
    assert [Job.model_validate_json(body) for body in middle] == jobs
    assert Tick.model_validate_json(last).order_id == ORDER


def test_large_messages_are_sent_in_calls_that_fit(ports: Ports) -> None:
    large = [
        Envelope(
            origin="webhook",
            kind=Kind.STORES,
            code="shopify",
            connection="shop",
            delivery_id=f"d{index}",
            body=b"x" * 100_000,
            received_at=NOW,
            trace=str(index),
        )
        for index in range(3)
    ]

    ports.queue.send(large, group="shop")

    assert [Envelope.model_validate_json(body).delivery_id for body in ports.received()] == ["d0", "d1", "d2"]


# ---- Privacy


def petition(vendor_order_id: str = "1", asked_at: datetime = NOW) -> PrivacyRecord:
    wish = PrivacyRequest(source="shopify", kind=PrivacyKind.EXPORT_SHOPPER, vendor_order_ids=(vendor_order_id,))
    return privacy_record(wish, "shop", asked_at)


def test_a_privacy_request_is_kept_once_and_noted_when_answered(ports: Ports) -> None:
    first, second = petition("1", NOW), petition("2", NOW - MINUTE)
    ports.privacy.keep(first)
    ports.privacy.keep(second)
    ports.privacy.note(first.model_copy(update={"answered_at": NOW, "walked_to": "x", "orders_erased": 3}))
    ports.privacy.keep(petition("1", NOW + MINUTE))

    read = ports.privacy.get(first.privacy_id)
    assert read is not None
    assert (read.answered_at, read.walked_to, read.orders_erased, read.asked_at) == (NOW, "x", 3, NOW)
    assert [one.privacy_id for one in ports.privacy.requests()] == [second.privacy_id, first.privacy_id]
    assert ports.privacy.get("0" * 16) is None


def test_a_shops_orders_are_walked_in_pages(ports: Ports) -> None:
    orders = sorted(order_id_of("shopify", "shop", str(number)) for number in range(7))
    for order_id in (*orders, *orders):
        ports.orders.link_shop(order_id, "shopify/shop", NOW)
    ports.orders.link_shop(OTHER, "shopify/shop2", NOW)

    first = ports.privacy.of_shop("shopify/shop", after="", limit=5)
    second = ports.privacy.of_shop("shopify/shop", after=first[-1], limit=5)
    assert (first, second) == (orders[:5], orders[5:])
    assert ports.privacy.of_shop("shopify/shop", after=orders[-1], limit=5) == []
    assert ports.privacy.of_shop("shopify/nobody", after="", limit=5) == []


def test_a_shop_is_closed_for_good_and_alone(ports: Ports) -> None:
    ports.orders.link_shop(ORDER, "shopify/shop", NOW)
    assert not ports.privacy.is_closed("shopify/shop")
    ports.privacy.close_shop("shopify/shop", NOW)
    ports.privacy.close_shop("shopify/shop", NOW)

    assert ports.privacy.is_closed("shopify/shop")
    assert not ports.privacy.is_closed("shopify/shop2")
    assert ports.privacy.of_shop("shopify/shop", after="", limit=5) == [ORDER]


def test_a_proof_that_is_forgotten_leads_nowhere(ports: Ports) -> None:
    ports.orders.link_lookup(ORDER, "#1001", "d" * 32, NOW)
    ports.orders.unlink_lookup("d" * 32)
    ports.orders.unlink_lookup("d" * 32)

    assert ports.orders.by_lookup("d" * 32) is None


def test_an_address_is_forgotten_but_not_that_it_must_not_be_written_to(ports: Ports) -> None:
    ports.customers.count_soft_bounce(PERSON, "e1", NOW)
    ports.customers.count_soft_bounce("b" * 32, "e1", NOW)
    ports.customers.suppress(PERSON, "the shopper marked a message as spam", until=None)
    ports.customers.forget(PERSON)
    ports.customers.forget(PERSON)

    assert ports.customers.count_soft_bounce(PERSON, "e2", NOW) == 1
    assert ports.customers.count_soft_bounce("b" * 32, "e2", NOW) == 2
    assert ports.customers.suppressed(PERSON, NOW) == "the shopper marked a message as spam"
