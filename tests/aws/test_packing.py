"""Packed text comes back as it was, and a usual order fits one write unit."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.aws.packing import packed, unpacked
from porchlight.domain.facts import OrderFacts
from porchlight.plugins import CARRIERS, STORES

FIXTURES = Path(__file__).parents[1]
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    assert unpacked(packed(text)) == text


def test_bytes_of_an_unknown_dictionary_are_not_guessed_at() -> None:
    with pytest.raises(KeyError):
        unpacked(b"\xff" + packed("facts")[1:])


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
