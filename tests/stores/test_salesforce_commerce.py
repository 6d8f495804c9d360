"""What is Salesforce B2C Commerce's own: statuses, shipments without a clock, numbers in one field, the order search."""

import json
from base64 import b64encode
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.store_news import StoreUpdate
from porchlight.plugins import STORES

from tests.contract.cases import RECEIVED_AT
from tests.stores.cases import FIXTURES

SALESFORCE = STORES.get("salesforce_commerce")
KEYS = {"host": "shop.example", "site": "Nordlicht", "client_id": "id", "client_secret": "secret"}


def fixture(name: str) -> Any:
    return json.loads((FIXTURES / "salesforce_commerce" / f"{name}.json").read_text(encoding="utf-8"))


def read(name: str = "_order.created", **fields: object) -> list[StoreUpdate]:
    [document] = fixture(name)
    document["hits"][0]["data"] |= fields
    return SALESFORCE.parse_order([json.dumps(document).encode()], received_at=RECEIVED_AT)


@pytest.mark.parametrize(
    ("status", "confirmation", "told", "cancelled", "held"),
    [
        ("created", "not_confirmed", False, False, False),
        ("failed", "not_confirmed", False, False, False),
        ("new", "confirmed", True, False, False),
        ("new", "not_confirmed", True, False, True),
        ("open", "confirmed", True, False, False),
        ("completed", "confirmed", True, False, False),
        ("cancelled", "not_confirmed", True, True, False),
        ("replaced", "confirmed", True, False, False),
        ("a_status_of_tomorrow", None, True, False, False),
    ],
)
def test_status_means(status: str, confirmation: str | None, told: bool, cancelled: bool, held: bool) -> None:
    updates = read(status=status, confirmation_status=confirmation)
    assert bool(updates) is told
    for update in updates:
        assert update.order is not None
        assert bool(update.order.cancelled_at) is cancelled
        assert [hold.held for hold in update.holds] == [held]


def test_replaced_order_stands_without_items() -> None:
    [update] = read("_order.replaced")
    assert update.order is not None
    assert update.order.items == ()
    assert all(packed.items == () for packed in update.fulfilments)


@pytest.mark.parametrize(
    ("field", "numbers"),
    [
        ("1Z999AA10123456784", ["1Z999AA10123456784"]),
        ("A1234, B1234;C1234|D1234\nA 1234", ["A1234", "B1234", "C1234", "D1234"]),
        (" , ", []),
        (None, []),
    ],
)
def test_several_numbers_stand_in_one_field(field: str | None, numbers: list[str]) -> None:
    shipment = fixture("_order.two_parcels")[0]["hits"][0]["data"]["shipments"][0] | {"tracking_number": field}
    [update] = read("_order.two_parcels", shipments=[shipment])
    assert [one.tracking_number for packed in update.fulfilments for one in packed.parcels] == numbers


@pytest.mark.parametrize(
    ("status", "number", "undone"),
    [("shipped", None, False), ("not_shipped", "A1234", False), ("not_shipped", None, True), (None, None, True)],
)
def test_shipment_that_did_not_leave_is_no_packing(status: str | None, number: str | None, undone: bool) -> None:
    shipment = {"shipment_id": "me", "shipping_status": status, "tracking_number": number}
    [update] = read(shipments=[shipment])
    assert [packed.cancelled for packed in update.fulfilments] == [undone]


def test_each_shipment_holds_its_own_lines() -> None:
    [update] = read("_order.two_shipments")
    assert [[item.line_id for item in packed.items] for packed in update.fulfilments] == [["7fa1"], ["7fa2"]]


@pytest.mark.parametrize(("guest", "known"), [(True, ""), (False, "00004711")])
def test_guest_has_no_customer_id(guest: bool, known: str) -> None:
    [update] = read(guest=guest)
    assert update.order is not None
    assert update.order.customer_id == known


def test_token_comes_from_the_account_manager() -> None:
    asked = SALESFORCE.token_request(KEYS)
    assert asked is not None
    assert asked.url == "https://account.demandware.com/dwsso/oauth2/access_token"
    assert asked.headers["Authorization"] == f"Basic {b64encode(b'id:secret').decode()}"
    assert parse_qs((asked.body or b"").decode()) == {"grant_type": ["client_credentials"]}


def test_order_and_changes_are_asked_of_the_sites_order_search() -> None:
    [one] = SALESFORCE.order_requests("00012607", KEYS, "token")
    many = SALESFORCE.changed_request(datetime.fromisoformat("2026-05-18T11:03:10.5+02:00"), 3, KEYS, "token")
    for asked in (one, many):
        assert urlsplit(asked.url).path == "/s/Nordlicht/dw/shop/v24_5/order_search"
        assert asked.headers["Authorization"] == "Bearer token"
    assert json.loads(one.body or b"")["query"]["term_query"]["values"] == ["00012607"]
    wanted = json.loads(many.body or b"")
    changed = {"field": "last_modified", "from": "2026-05-18T09:03:10.500Z"}
    assert wanted["query"]["filtered_query"]["filter"]["range_filter"] == changed
    assert wanted["sorts"] == [{"field": "last_modified", "sort_order": "asc"}]
    assert (wanted["start"], wanted["count"]) == (100, 50)


@pytest.mark.parametrize(("start", "count", "total", "more"), [(0, 50, 51, True), (50, 1, 51, False), (0, 0, 0, False)])
def test_total_says_where_to_stop(start: int, count: int, total: int, more: bool) -> None:
    document = fixture("_changed.page") | {"start": start, "count": count, "total": total}
    assert SALESFORCE.parse_changed(json.dumps(document).encode(), received_at=RECEIVED_AT).more is more


def test_page_without_hits_is_empty_and_order_that_is_gone_says_nothing() -> None:
    body = b'{"_type": "order_search_result", "count": 0, "start": 0, "total": 0}'
    assert SALESFORCE.parse_changed(body, received_at=RECEIVED_AT).newest is None
    assert SALESFORCE.parse_order([body], received_at=RECEIVED_AT) == []
    with pytest.raises(MalformedPayloadError):
        SALESFORCE.parse_order([], received_at=RECEIVED_AT)


def test_untold_order_still_moves_the_page_on() -> None:
    document = fixture("_changed.page")
    document["hits"][1]["data"]["status"] = "failed"
    page = SALESFORCE.parse_changed(json.dumps(document).encode(), received_at=RECEIVED_AT)
    assert [update.vendor_order_id for update in page.updates] == ["00012606"]
    assert page.newest == datetime.fromisoformat("2026-05-18T09:03:10Z")
