"""F15, F16, F18, F20–F23, F26, F57, F58: what queues, workers and stores do. F14, F17, F19, F24: `tests/simulation`."""

import json
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from porchlight.aws.batches import run_batch
from porchlight.aws.failures import translated
from porchlight.domain.errors import ConflictError, RateLimitedError, TransientError
from porchlight.domain.exchange import Envelope
from porchlight.domain.messages import Intent
from porchlight.domain.records import Change, Job, Tick, read_arrival
from porchlight.domain.status import Status
from porchlight.pipeline.order_change import MAX_TRIES

from tests import payloads
from tests.aws.template import queue_limits
from tests.journey.shop import HOUR, MINUTE, ORDER, START, Shop
from tests.simulation.faults import Calm, Fault, Killed


class During(Calm):
    """Every call through a port fails while `failing` says so."""

    def __init__(self, fault: Fault = Fault.FAIL_BEFORE) -> None:
        self.failing = False
        self._fault = fault

    def at(self, call: int) -> Fault:
        return self._fault if self.failing else Fault.NONE


def test_f15_one_poison_of_ten_goes_back_alone_and_ends_dead_with_its_bytes() -> None:
    shop = Shop()
    for index in range(9):
        shop.post(shop.order_webhook(order_id=2000 + index))
    poison = payloads.from_shop("orders/create", b'{"id":[]}', START, delivery_id="p")
    shop.post(poison)
    shop.run()

    assert len(shop.table.facts) == 9
    assert sorted(shop.told()) == ["order_confirmed"] * 9
    (dead,) = shop.updates.dead
    assert read_arrival(dead).body == poison.body  # type: ignore[union-attr]  # an envelope


def test_f15_the_dead_one_is_understood_when_it_is_sent_again_after_a_fix() -> None:
    shop = Shop()
    shop.post(payloads.from_shop("orders/create", b'{"id":[]}', START, delivery_id="p"))
    shop.run()
    (dead,) = shop.updates.dead
    body = payloads.as_bytes(payloads.order(START))
    repaired = read_arrival(dead).model_copy(update={"body": body})

    shop.updates.accept(repaired.model_dump_json())
    shop.run()

    assert ORDER in shop.table.facts


def test_f16_a_store_that_is_down_sends_the_whole_batch_back_without_effects() -> None:
    plan = During()
    shop = Shop(plan)
    for index in range(10):
        shop.post(shop.order_webhook(order_id=2000 + index))
    plan.failing = True

    def back() -> None:
        plan.failing = False
        assert shop.table.facts == {}
        assert shop.provider.mails == []
        assert len(shop.updates.waiting) == 10

    shop.later(5 * MINUTE, back)
    shop.run()

    assert len(shop.table.facts) == 10
    assert shop.told() == ["order_confirmed"] * 10


def test_f18_a_time_out_in_the_middle_of_a_batch_repeats_nothing_visible() -> None:
    class DiesLate(Calm):
        def at(self, call: int) -> Fault:
            return Fault.KILL_BEFORE if call == 45 else Fault.NONE

    shop = Shop(DiesLate())
    for index in range(10):
        shop.post(shop.order_webhook(order_id=2000 + index))
    shop.run()

    assert shop.points.calls > 45
    assert len(shop.table.facts) == 10
    assert all(version == 1 for _, version in shop.table.facts.values())
    assert shop.told() == ["order_confirmed"] * 10


def test_f20_delivered_then_older_scans_is_delivered_and_sends_nothing_more() -> None:
    shop = Shop()
    shop.ordered_and_packed("EV1")
    scans = [(START + HOUR, "in_transit"), (START + 7 * HOUR, "out_for_delivery"), (START + 9 * HOUR, "delivered")]
    for index, scan in enumerate(reversed(scans)):
        shop.scanned(9 * HOUR + index * 10 * MINUTE, "EV1", [scan], f"e{index}")
    shop.run()

    parcel = shop.state().parcels[0]
    assert parcel.status is Status.DELIVERED
    assert [event.occurred_at for event in parcel.events] == [at for at, _ in scans]
    assert shop.told() == ["order_confirmed", "delivered"]


def test_f21_a_replayed_history_of_500_scans_makes_one_message_per_milestone() -> None:
    shop = Shop()
    shop.ordered_and_packed("EV1")
    scans = [(START + HOUR + index * MINUTE / 10, "in_transit") for index in range(498)]
    scans += [(START + 3 * HOUR, "out_for_delivery"), (START + 4 * HOUR, "delivered")]
    for index in range(0, 500, 25):
        shop.scanned(4 * HOUR + MINUTE, "EV1", scans[index : index + 25], f"e{index}")
    shop.run()

    assert sorted(shop.told()) == sorted(set(shop.told()))
    assert "delivered" in shop.told()
    assert shop.state().parcels[0].status is Status.DELIVERED


@pytest.mark.parametrize("losses", [1, MAX_TRIES - 1, MAX_TRIES, 3 * MAX_TRIES])
def test_f22_who_loses_the_race_again_and_again_loses_no_event(losses: int) -> None:
    shop = Shop()
    left = losses
    commit = shop.table.commit

    def losing(change: Change) -> None:
        nonlocal left
        left -= 1
        if left >= 0:
            message = "another was first"
            raise ConflictError(message)
        commit(change)

    shop.table.commit = losing  # type: ignore[method-assign]  # a table whose other writers are faster
    assert shop.post(shop.order_webhook()) == 202
    shop.run()

    assert shop.told() == ["order_confirmed"]
    assert shop.updates.dead == []


@pytest.mark.parametrize(
    "code",
    ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded", "InternalServerError"],
)
def test_f23_a_throttled_table_is_tried_again(code: str) -> None:
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 500 if "Internal" in code else 400}}

    with pytest.raises(TransientError) as caught, translated("write"):
        raise ClientError(answer, "PutItem")  # type: ignore[arg-type]  # as much of it as is read
    assert isinstance(caught.value, RateLimitedError) == ("Internal" not in code)


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        (["None", "ConditionalCheckFailed"], ConflictError),
        (["TransactionConflict", "None"], ConflictError),
        (["ThrottlingError", "None"], TransientError),
        (["ProvisionedThroughputExceeded"], TransientError),
    ],
)
def test_f24_a_cancelled_transaction_says_whether_to_read_again(reasons: list[str], expected: type[Exception]) -> None:
    answer = {
        "Error": {"Code": "TransactionCanceledException"},
        "CancellationReasons": [{"Code": code} for code in reasons],
        "ResponseMetadata": {"HTTPStatusCode": 400},
    }

    with pytest.raises(TransientError) as caught, translated("commit"):
        raise ClientError(answer, "TransactWriteItems")  # type: ignore[arg-type]  # as much of it as is read
    assert type(caught.value) is expected


def test_f24_a_lost_answer_of_the_table_is_tried_again() -> None:
    with pytest.raises(TransientError), translated("commit"):
        raise ReadTimeoutError(endpoint_url="https://dynamodb.example")


def test_f26_old_messages_sent_again_after_a_fix_are_recorded_and_not_told() -> None:
    shop = Shop()
    shop.ordered_and_packed("EV1")
    shop.run()
    (before,) = [facts for facts, _ in shop.table.facts.values()]
    shop.now = START + timedelta(days=9)
    told = len(shop.told())
    for index in range(40):
        shop.scanned(MINUTE, "EV1", [(START + (1 + index) * HOUR, "in_transit")], f"e{index}")
    shop.scanned(MINUTE, "EV1", [(START + 50 * HOUR, "delivered")], "last")
    shop.run()

    assert shop.state().parcels[0].status is Status.DELIVERED
    assert len(shop.table.facts[ORDER][0].shipments[0].events) == 41
    assert shop.told()[told:] == []
    assert before != shop.table.facts[ORDER][0]


def test_f57_half_an_hour_without_the_table_loses_nothing() -> None:
    """What was acknowledged waits in the queue and is done then; nothing of it dies."""
    plan = During()
    shop = Shop(plan)
    for index in range(10):
        shop.post(shop.order_webhook(order_id=2000 + index))
    plan.failing = True

    def back() -> None:
        plan.failing = False

    shop.later(31 * MINUTE, back)
    shop.run()

    assert len(shop.table.facts) == 10
    assert shop.told() == ["order_confirmed"] * 10
    assert [queue.unlucky + queue.dead for queue in shop.queues.values()] == [[]] * 5


@pytest.mark.parametrize("queue", ["UpdatesQueue", "FeedbackQueue"])
def test_f57_a_queue_that_nothing_sweeps_outlasts_half_an_hour_of_outage(queue: str) -> None:
    visibility, receives = queue_limits(queue)

    assert timedelta(seconds=visibility * receives) > 30 * MINUTE


NEWER = {"schema_version": 2, "written_by": "a later version", "nested": {"list": [1]}}


def test_f58_a_message_of_a_newer_version_is_read() -> None:
    shop = Shop()
    shop.post(shop.order_webhook())
    newer = json.loads(shop.updates.accepted[0]) | NEWER

    shop.updates.waiting.clear()
    shop.updates.accept(json.dumps(newer))
    shop.run()

    assert shop.told() == ["order_confirmed"]


@pytest.mark.parametrize(
    ("model", "oldest"),
    [
        (Intent, {"order_id": ORDER, "message_id": "shipped#1"}),
        (Job, {"order_id": ORDER, "tracking_number": "1Z1"}),
        (Tick, {"order_id": ORDER}),
        (
            Envelope,
            {
                "origin": "webhook",
                "kind": "stores",
                "code": "shopify",
                "connection": "shop",
                "delivery_id": "d1",
                "body": "e30=",
                "received_at": "2026-06-01T09:00:00Z",
            },
        ),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_f58_messages_of_both_schemas_are_read(
    model: type[Intent | Job | Tick | Envelope], oldest: dict[str, str]
) -> None:
    """What this version needs and nothing else: the smallest message it must always understand."""
    assert model.model_validate_json(json.dumps(oldest)) == model.model_validate(
        {**oldest, "body": b"{}"} if "body" in oldest else oldest
    )
    assert model.model_validate_json(json.dumps(oldest | NEWER)).model_dump().keys() == model.model_fields.keys()


def test_f15_the_batch_answer_names_exactly_what_failed() -> None:
    def handle(body: str) -> None:
        if body == "poison":
            message = "unreadable"
            raise ConflictError(message)

    records = [{"messageId": str(index), "body": "poison" if index == 3 else "good"} for index in range(10)]

    assert run_batch({"Records": records}, handle) == {"batchItemFailures": [{"itemIdentifier": "3"}]}
    assert run_batch({"Records": records[:3]}, handle) == {"batchItemFailures": []}


def test_a_killed_process_is_not_mistaken_for_a_failed_record() -> None:
    def dying(_: str) -> None:
        raise Killed

    with pytest.raises(Killed):
        run_batch({"Records": [{"messageId": "1", "body": ""}]}, dying)
