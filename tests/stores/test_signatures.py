"""What a store's delivery proves and names beyond what `tests/contract/test_signatures.py` asks of every sender."""

import pytest
from porchlight.domain.exchange import Trust
from porchlight.plugins import STORES, Store

from tests.contract.deliveries import Delivery
from tests.stores.cases import SIGNATURES


@pytest.fixture(params=SIGNATURES, ids=lambda file: file.parent.name)
def delivery(request: pytest.FixtureRequest) -> Delivery[Store]:
    return Delivery(STORES.get(request.param.parent.name), request.param)


def test_store_signs_its_body(delivery: Delivery[Store]) -> None:
    allowed = {Trust.BODY: ["body"], Trust.BODY_AND_TIME: ["body", "time"]}
    assert delivery.plugin.trust is not None
    assert delivery.signs == allowed[delivery.plugin.trust]


def test_kept_headers_suffice_to_read(delivery: Delivery[Store]) -> None:
    kept = delivery.changed(headers=delivery.kept_headers)
    assert delivery.plugin.topic(kept) == delivery.facts["topic"]
    assert delivery.plugin.delivery_id(kept) == delivery.facts["delivery_id"]


def test_delivery_without_headers_has_no_id_and_no_topic(delivery: Delivery[Store]) -> None:
    bare = delivery.changed(headers={})
    assert delivery.plugin.delivery_id(bare) is None
    assert delivery.plugin.topic(bare) == (delivery.facts["topic"] if delivery.facts.get("topic_in_body") else "")


def test_empty_delivery_id_is_none_at_all(delivery: Delivery[Store]) -> None:
    blank = delivery.changed(headers=dict.fromkeys(delivery.request.headers, ""))
    assert delivery.plugin.delivery_id(blank) is None
