"""Stores are read: 90 days back at first, what no webhook told afterwards, and orders that were only named."""

from datetime import datetime, timedelta

import pytest
from porchlight.domain.budgets import refill_rate
from porchlight.domain.errors import MalformedPayloadError, RateLimitedError, TransientError
from porchlight.domain.exchange import Budget, Kind, WebhookRequest
from porchlight.domain.facts import order_id_of
from porchlight.domain.records import Account, ConnectionSecrets, ReadChanges, ReadOrder, StoreProgress
from porchlight.domain.signatures import hmac_base64
from porchlight.domain.status import Status
from porchlight.pipeline import store_reading
from porchlight.pipeline.store_reading import read

from tests import payloads
from tests.fakes import Parcel, Scan
from tests.fakes.shops import PAGE, Sold
from tests.journey.shop import HOUR, MINUTE, START, Shop
from tests.simulation.faults import Fault, OneFault
from tests.simulation.scenarios import POLLED

DAY = timedelta(days=1)
WOO = {"shop": "woo.example", "consumer_key": "ck", "consumer_secret": "cs"}
BIG = {"store_hash": "abc", "access_token": "token"}
WOO_ACCOUNT, BIG_ACCOUNT = "woocommerce/shop", "bigcommerce/shop"


def reading(name: str = WOO_ACCOUNT, *, calls: int = 600, plan: object = None) -> Shop:
    """A shop of that kind, connected with credentials, and read until an hour from now."""
    shop = Shop(plan)  # type: ignore[arg-type]  # a plan of the simulator, or none
    code, _, connection = name.partition("/")
    shop.secrets.connections[Kind.STORES, code, connection] = ConnectionSecrets(
        webhook_secrets=("whsec",), credentials=WOO if code == "woocommerce" else BIG
    )
    budget = Budget(calls=calls, seconds=60)
    shop.accounts.add(
        Account(kind=Kind.STORES, name=name, polls=True, budget=budget, calls=calls / 10, counted_at=START - DAY)
    )
    shop.read_stores_until = START + HOUR
    shop.later(timedelta(0), lambda: None)
    return shop


def sell(shop: Shop, count: int, *, since: datetime = START - 80 * DAY, every: timedelta = HOUR) -> None:
    for index in range(count):
        at = since + index * every
        shop.shops.orders[1001 + index] = Sold(at, at)


def progress(shop: Shop, name: str = WOO_ACCOUNT) -> StoreProgress:
    held = shop.accounts.progress(name)
    assert held
    return held


def counted(capsys: pytest.CaptureFixture[str], name: str) -> int:
    return capsys.readouterr().out.count(f'"{name}":[1.0]')


def orders(shop: Shop) -> set[str]:
    return {facts.vendor_order_id for facts, _ in shop.table.facts.values()}


def pages(shop: Shop) -> list[str]:
    return [one for one in shop.shops.asked if "?" in one and "orders?" in one]


def test_ninety_days_are_read_over_several_pages_and_every_order_is_known() -> None:
    shop = reading()
    sell(shop, 3 * PAGE + 20)
    shop.shops.orders[1] = Sold(START - 100 * DAY, START - 100 * DAY)
    shop.run()
    assert orders(shop) == {str(1001 + index) for index in range(3 * PAGE + 20)}
    assert progress(shop).since == START - 80 * DAY + (3 * PAGE + 19) * HOUR
    assert progress(shop).caught_up_at


def test_old_news_is_never_told_and_old_parcels_are_not_asked_about_all_at_once() -> None:
    shop = reading()
    shop.accounts.add(
        shop.accounts.held[Kind.CARRIERS, "ups/main"].model_copy(update={"budget": Budget(calls=9000, seconds=60)})
    )
    sell(shop, 70, since=START - 29 * DAY, every=9 * HOUR)
    for name, sold in shop.shops.orders.items():
        sold.number = f"1Z{name:016}"
        scans = [Scan(sold.placed_at + 5 * HOUR, "OR"), Scan(sold.placed_at + 2 * DAY, "FS", "D")]
        shop.site.parcels[sold.number] = Parcel(scans)
    shop.run()
    assert len(orders(shop)) == 70
    assert all(state.all_delivered for state in map(shop.state, shop.table.facts))
    told = {(mail.call.tags["touchpoint"], mail.at - START < HOUR) for mail in shop.provider.mails}
    assert told <= {("delivered", False), ("shipped", False), ("order_confirmed", True), ("delivered", True)}, told
    news = {order for order, decision in shop.table.rows if shop.table.rows[order, decision].message}
    assert all(START - shop.state(one).order.placed_at < 6 * DAY for one in news), "only what has just happened"
    hours = [int((call - START) / HOUR) for call in shop.site.calls]
    assert max(hours.count(hour) for hour in set(hours)) < 20


@pytest.mark.parametrize(
    "trouble", [TransientError("500"), RateLimitedError("429", retry_after=90), MalformedPayloadError("x", "y", "z")]
)
def test_an_error_on_the_third_page_keeps_the_first_two(trouble: Exception) -> None:
    shop = reading()
    sell(shop, 4 * PAGE)
    failing = iter([False, False, True])

    def before(_: str) -> None:
        if next(failing, False):
            raise trouble

    shop.shops.before = before
    shop.read_stores_until = START + 3 * HOUR
    shop.run()
    assert len(orders(shop)) == 4 * PAGE
    assert pages(shop).count(pages(shop)[0]) == 1, "the first page is not read again"
    assert pages(shop).count(pages(shop)[2]) == 2, "the third is"


def test_a_budget_that_ends_in_the_middle_goes_on_when_it_has_calls_again() -> None:
    shop = reading(calls=20)  # two at once, and three more within ten seconds
    sell(shop, 5 * PAGE)
    shop.run()
    assert len(orders(shop)) == 5 * PAGE
    assert all(pages(shop).count(page) == 1 for page in pages(shop)[:5]), "no page is read twice"


@pytest.mark.parametrize("call", range(0, 60, 3))
@pytest.mark.parametrize("fault", [Fault.KILL_BEFORE, Fault.KILL_AFTER])
def test_a_crash_anywhere_loses_no_order(call: int, fault: Fault) -> None:
    shop = reading(plan=OneFault(call, fault))
    sell(shop, 2 * PAGE + 1)
    shop.run()
    assert len(orders(shop)) == 2 * PAGE + 1


def test_many_orders_of_one_second_are_read_page_by_page() -> None:
    shop = reading()
    sell(shop, 2 * PAGE + 10, every=timedelta(0))
    shop.shops.orders[5000] = Sold(START - DAY, START - DAY)
    shop.run()
    assert len(orders(shop)) == 2 * PAGE + 11
    assert [one.partition("&page=")[2] for one in pages(shop)[:4]] == ["1", "1", "2", "3"]


def test_two_readings_at_once_read_each_page_once() -> None:
    shop = reading()
    sell(shop, 2 * PAGE + 1)
    shop.stores.accept(ReadChanges(account=WOO_ACCOUNT).model_dump_json())
    shop.stores.accept(ReadChanges(account=WOO_ACCOUNT).model_dump_json())
    shop.run()
    assert len(set(pages(shop)[:3])) == 3
    assert len(pages(shop)) < 10, "later looks alone ask again"


def test_a_second_reading_finds_the_first_one_under_way(capsys: pytest.CaptureFixture[str]) -> None:
    shop = reading()
    sell(shop, PAGE + 1)
    met: list[int] = []

    def meanwhile(_: str) -> None:
        if not met:
            met.append(1)
            read(ReadChanges(account=WOO_ACCOUNT), shop._reading, shop.now)

    shop.shops.before = meanwhile
    read(ReadChanges(account=WOO_ACCOUNT), shop._reading, shop.now)
    assert len(pages(shop)) == 2


def test_a_reading_that_outlived_its_lease_gives_way(capsys: pytest.CaptureFixture[str]) -> None:
    shop = reading()
    sell(shop, 3 * PAGE)
    met: list[int] = []

    def meanwhile(_: str) -> None:
        if not met:
            met.append(1)
            read(ReadChanges(account=WOO_ACCOUNT), shop._reading, shop.now + store_reading.LEASE)

    shop.shops.before = meanwhile
    read(ReadChanges(account=WOO_ACCOUNT), shop._reading, shop.now)
    assert '"reason":"another reading"' in capsys.readouterr().out
    assert len(set(pages(shop))) == 4, "three pages and the empty one; the first was asked for twice"


def test_a_thin_webhook_leads_to_the_whole_order() -> None:
    shop = reading(BIG_ACCOUNT)
    shop.read_stores_until = START - DAY
    shop.shops.orders[1001] = Sold(START, START, POLLED)
    shop.site.parcels[POLLED] = Parcel([Scan(START + HOUR, "OR"), Scan(START + 20 * HOUR, "FS", "D")])
    named = {
        "scope": "store/order/created",
        "data": {"type": "order", "id": 1001},
        "created_at": int(START.timestamp()),
    }
    assert shop.post(big_webhook(shop, named), code="bigcommerce") == 202
    shop.run()
    state = shop.state(order_id_of("bigcommerce", "shop", "1001"))
    assert state.order
    assert (state.order.number, state.all_delivered) == ("1001", True)
    assert shop.told()[0] == "order_confirmed"


def big_webhook(shop: Shop, body: payloads.Json) -> WebhookRequest:
    raw, at = payloads.as_bytes(body), str(int(shop.now.timestamp()))
    signed = hmac_base64("whsec", f"m1.{at}.".encode() + raw)
    headers = {"webhook-id": "m1", "webhook-timestamp": at, "webhook-signature": f"v1,{signed}"}
    return WebhookRequest(headers=headers, body=raw, path="/webhooks/stores/bigcommerce/shop", received_at=shop.now)


def test_what_no_webhook_told_is_found_and_counted_once(capsys: pytest.CaptureFixture[str]) -> None:
    shop = reading()
    sell(shop, 3, since=START - DAY)
    shop.later(20 * MINUTE, lambda: shop.shops.orders.update({2000: Sold(shop.now, shop.now)}))
    shop.run()
    assert "2000" in orders(shop)
    assert capsys.readouterr().out.count('"OrderMendedByReading":[1.0]') == 1, "the first 90 days are no mending"
    assert shop.told().count("order_confirmed") >= 1


def test_an_order_that_is_only_named_again_is_not_mended(capsys: pytest.CaptureFixture[str]) -> None:
    """BigCommerce dates a shipment when it is read: nothing follows from that."""
    shop = reading(BIG_ACCOUNT)
    shop.shops.orders[1001] = Sold(START - DAY, START - DAY, "1Z1")
    shop.run()
    assert len([one for one in shop.shops.asked if one.startswith("/stores/abc/v2/orders/1001?")]) > 2
    assert counted(capsys, "OrderMendedByReading") == 0


def test_orders_that_are_only_named_are_read_no_faster_than_the_account_allows() -> None:
    shop = reading(BIG_ACCOUNT, calls=300)
    sell(shop, 3 * PAGE)
    shop.read_stores_until = START + 3 * HOUR
    asked: list[datetime] = []
    shop.shops.before = lambda _: asked.append(shop.now)
    shop.run()
    assert len(orders(shop)) == 3 * PAGE
    window = timedelta(seconds=60)
    assert max(sum(one <= two < one + window for two in asked) for one in asked) <= 300
    second = next(at for at, path in zip(asked, shop.shops.asked, strict=True) if "page=1" in path and at > asked[0])
    needed = PAGE * 5 / refill_rate(Budget(calls=300, seconds=60))
    assert (second - asked[0]).total_seconds() > needed, "half of the orders are through before the next page"


def test_refused_credentials_wait_an_hour_and_go_on_where_they_stopped() -> None:
    shop = reading()
    sell(shop, PAGE + 5)
    shop.shops.refuses = True
    shop.read_stores_until = START + 5 * HOUR
    shop.later(90 * MINUTE, lambda: setattr(shop.shops, "refuses", False))
    shop.run()
    assert len(orders(shop)) == PAGE + 5
    refused = [one for one in shop.shops.asked if one == shop.shops.asked[0]]
    assert len(refused) == 3, "now, after an hour, and after two, when it is let in"


def test_a_single_order_that_is_refused_ends_in_the_dead_letters() -> None:
    shop = reading(BIG_ACCOUNT)
    shop.read_stores_until = START - DAY
    shop.shops.refuses = True
    shop.stores.accept(ReadOrder(account=BIG_ACCOUNT, vendor_order_id="1001").model_dump_json())
    shop.run()
    assert len(shop.stores.dead) == 1


def test_a_store_without_credentials_is_not_called(capsys: pytest.CaptureFixture[str]) -> None:
    shop = reading(BIG_ACCOUNT)
    shop.secrets.connections[Kind.STORES, "bigcommerce", "shop"] = ConnectionSecrets(webhook_secrets=("whsec",))
    shop.stores.accept(ReadOrder(account=BIG_ACCOUNT, vendor_order_id="1001").model_dump_json())
    shop.stores.accept(ReadChanges(account="bigcommerce/gone").model_dump_json())
    shop.run()
    told = capsys.readouterr().out
    assert (shop.shops.asked, shop.stores.dead) == ([], [])
    assert '"reason":"no credentials"' in told
    assert '"reason":"no connection"' in told


def test_an_order_that_is_gone_is_left_alone() -> None:
    shop = reading(BIG_ACCOUNT)
    shop.read_stores_until = START - DAY
    shop.stores.accept(ReadOrder(account=BIG_ACCOUNT, vendor_order_id="4").model_dump_json())
    shop.run()
    assert (shop.table.facts, shop.stores.dead) == ({}, [])


@pytest.mark.parametrize("times", [1, 4])
def test_an_order_that_can_not_be_read_now_is_read_minutes_later(times: int) -> None:
    shop = reading(BIG_ACCOUNT)
    shop.read_stores_until = START - DAY
    shop.shops.orders[1001] = Sold(START, START)
    left = iter(range(times))

    def before(_: str) -> None:
        if next(left, None) is not None:
            message = "502"
            raise TransientError(message)

    shop.shops.before = before
    shop.stores.accept(ReadOrder(account=BIG_ACCOUNT, vendor_order_id="1001").model_dump_json())
    shop.run()
    assert orders(shop) == {"1001"}
    assert shop.told() == ["order_confirmed"]


def test_a_page_too_large_for_a_queue_goes_by_way_of_the_bucket() -> None:
    shop = reading()
    sell(shop, PAGE)
    for sold in shop.shops.orders.values():
        sold.note = "x" * 8000
    shop.run()
    assert len(orders(shop)) == PAGE
    assert [key for key in shop.inbox.bodies if key.startswith("inbox/stores/woocommerce/")]


def test_parcels_of_a_read_order_are_watched() -> None:
    shop = reading()
    shop.shops.orders[1001] = Sold(START - 2 * HOUR, START - HOUR, POLLED)
    shop.site.parcels[POLLED] = Parcel([Scan(START + HOUR, "OR"), Scan(START + 20 * HOUR, "FS", "D")])
    shop.run()
    [parcel] = shop.state(order_id_of("woocommerce", "shop", "1001")).parcels
    assert (parcel.carrier, parcel.status) == ("ups", Status.DELIVERED)
