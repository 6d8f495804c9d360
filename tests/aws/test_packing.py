"""Packed text comes back as it was, and a usual order fits one write unit."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.aws.orders import DynamoOrders
from porchlight.aws.packing import packed, unpacked
from porchlight.domain.facts import OrderFacts
from porchlight.domain.ledger import Decision
from porchlight.domain.records import Change
from porchlight.plugins import CARRIERS, STORES

from tests.journey.shop import ORDER, START, Shop

FIXTURES = Path(__file__).parents[1]
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    assert unpacked(packed(text)) == text


def test_bytes_of_an_unknown_dictionary_are_not_guessed_at() -> None:
    with pytest.raises(KeyError):
        unpacked(b"\xff" + packed("facts")[1:])


@pytest.mark.parametrize("stored", ["0143699fe4832a72587b07dc1e8aad0500", "024399a5c807d55ab0590ff0ac486c2d00"])
def test_what_an_earlier_dictionary_packed_is_still_read(stored: str) -> None:
    """Bytes as they lie in tables."""
    assert unpacked(bytes.fromhex(stored)) == '{"order_id":"o1","tags":["gift"]}'


def test_a_usual_decision_is_one_write_unit() -> None:
    """Every row of an order's usual life, with its keys and its message, as DynamoDB counts it."""
    shop = Shop()
    shop.ordered_and_packed("1Z999AA10123456784")
    scans: list[tuple[datetime, str]] = []
    for hours, status in ((4, "in_transit"), (8, "out_for_delivery"), (9, "delivered")):
        scans.append((START + timedelta(hours=hours), status))
        shop.scanned(timedelta(hours=hours), "1Z999AA10123456784", scans, event_id=f"e{hours}")
    shop.run()

    rows = [row.decision for row in shop.table.rows.values()]
    assert {"order_confirmed", "shipped", "out_for_delivery", "delivered"} <= {row.touchpoint for row in rows}
    for decision in rows:
        assert len(decision.verdicts) >= 15
        assert len(packed(decision.model_dump_json(exclude_defaults=True))) < 150
        assert _item_size(decision) < 1024


def _item_size(decision: Decision) -> int:
    """Bytes of the item that a commit writes: names and values."""
    client = MagicMock()
    change = Change(order_id=ORDER, read_version=1, decisions=(decision,), now=START)
    DynamoOrders(client, "orders", timedelta(days=730)).commit(change)
    _, write = client.transact_write_items.call_args.kwargs["TransactItems"]
    return sum(len(name) + len(next(iter(value.values()))) for name, value in write["Put"]["Item"].items())


def test_an_order_with_a_delivered_parcel_is_one_write_unit() -> None:
    facts = OrderFacts(order_id="t6m6sb3h72iypl36yb74wrayly", store="shopify", connection="a" * 32, vendor_order_id="1")
    for topic in ("orders.create.created", "fulfillments.create.two_parcels"):
        file = FIXTURES / "stores/fixtures/shopify" / f"{topic}.json"
        name = topic.rsplit(".", 1)[0].replace(".", "/")
        for update in STORES.get("shopify").parse(name, file.read_bytes(), received_at=NOW):
            facts = facts.with_store_update(update)
    answer = (FIXTURES / "carriers/fixtures/ups/poll.delivered.json").read_bytes()
    for tracking in CARRIERS.get("ups").parse_tracking(answer, received_at=NOW):
        facts = facts.with_tracking_update(tracking)
    assert len(facts.shipments[0].events) >= 7
    assert len(packed(facts.model_dump_json(exclude_defaults=True))) < 900
