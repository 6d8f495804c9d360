"""A message is claimed together with rows of other orders, all or nothing: asked of the fake and the adapter alike."""

import pytest
from porchlight.domain.errors import ConflictError
from porchlight.domain.facts import order_id_of
from porchlight.domain.ledger import Decision, LedgerRow, Message, MessageState, Outcome
from porchlight.domain.messages import Intent
from porchlight.domain.records import Change
from porchlight.domain.sections import Merge
from porchlight.domain.shards import shard_of

from tests.aws.conftest import Ports
from tests.aws.test_port_contracts import MINUTE, NOW, ORDER, OTHER, claimed, decision, due_of, facts, intent

SHIPPED = "shipped#1Z1"


def stored(ports: Ports, order_id: str, *decisions: Decision) -> None:
    ports.orders.commit(Change(order_id=order_id, read_version=0, facts=facts(order_id), decisions=decisions, now=NOW))


def row(ports: Ports, order_id: str = OTHER) -> LedgerRow:
    record = ports.orders.read(order_id)
    assert record is not None
    return record.ledger[SHIPPED]


def merge(ports: Ports) -> Merge:
    found = row(ports)
    merged = {"outcome": Outcome.MERGE, "into": f"{ORDER} {SHIPPED}", "until": None}
    return Merge(OTHER, found, found.decision.model_copy(update=merged))


@pytest.fixture(params=[Outcome.SEND, Outcome.DELAY])
def both(ports: Ports, request: pytest.FixtureRequest) -> Ports:
    """A message to send, and a row of another order that is about to be sent, or waits."""
    stored(ports, ORDER, decision())
    stored(ports, OTHER, decision(outcome=request.param))
    return ports


def test_the_row_is_merged_and_has_nothing_to_send_any_more(both: Ports) -> None:
    one = merge(both)

    assert both.outbox.claim(intent(), claimed(), now=NOW, merges=[one])
    assert row(both) == LedgerRow(decision=one.merged)
    assert row(both, ORDER).message == claimed()
    assert OTHER not in {order_id for _, order_id, _ in due_of(both, shard_of("messages", OTHER))}
    assert not both.outbox.claim(Intent(order_id=OTHER, message_id=SHIPPED), claimed(), now=NOW)


def test_a_merged_row_is_final(both: Ports) -> None:
    one = merge(both)
    both.outbox.claim(intent(), claimed(), now=NOW, merges=[one])

    with pytest.raises(ConflictError):
        both.orders.commit(Change(order_id=OTHER, read_version=1, decisions=(decision(),), now=NOW))


def test_nothing_happens_when_the_row_has_changed_since_it_was_read(both: Ports) -> None:
    one = merge(both)
    stale = one._replace(row=LedgerRow(decision=decision(at=NOW - MINUTE), message=one.row.message))

    assert not both.outbox.claim(intent(), claimed(), now=NOW, merges=[stale])
    assert row(both) == one.row
    assert row(both, ORDER).message == Message()


def test_nothing_happens_when_the_message_itself_is_taken(both: Ports) -> None:
    one = merge(both)
    both.outbox.claim(intent(), claimed(), now=NOW)

    assert not both.outbox.claim(intent(), claimed(2), now=NOW, merges=[one])
    assert row(both) == one.row


def test_what_somebody_began_to_send_is_not_taken(ports: Ports) -> None:
    stored(ports, ORDER, decision())
    stored(ports, OTHER, decision())
    one = merge(ports)
    assert ports.outbox.claim(Intent(order_id=OTHER, message_id=SHIPPED), claimed(), now=NOW)

    assert not ports.outbox.claim(intent(), claimed(), now=NOW, merges=[one])
    assert row(ports).message is not None
    assert row(ports).message.state is MessageState.CLAIMED  # type: ignore[union-attr]


def test_a_row_that_is_gone_is_not_made(ports: Ports) -> None:
    stored(ports, ORDER, decision())
    third = order_id_of("shopify", "shop", "3")
    gone = Merge(third, LedgerRow(decision=decision(outcome=Outcome.DELAY)), decision(outcome=Outcome.MERGE))

    assert not ports.outbox.claim(intent(), claimed(), now=NOW, merges=[gone])
    assert ports.orders.read(third) is None


def test_many_rows_are_taken_at_once(ports: Ports) -> None:
    stored(ports, ORDER, decision())
    keys = [f"shipped#1Z{number}" for number in range(2, 12)]
    stored(ports, OTHER, *(decision(key, Outcome.DELAY) for key in keys))
    record = ports.orders.read(OTHER)
    assert record is not None
    held = record.ledger.values()
    merges = [Merge(OTHER, one, one.decision.model_copy(update={"outcome": Outcome.MERGE})) for one in held]

    assert ports.outbox.claim(intent(), claimed(), now=NOW, merges=merges)
    after = ports.orders.read(OTHER)
    assert after is not None
    assert {one.decision.outcome for one in after.ledger.values()} == {Outcome.MERGE}
