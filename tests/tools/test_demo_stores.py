"""Each simulated store's webhooks and answers, read by its plug-in through its own calls, tell the order again."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from porchlight.domain.carrier_names import carrier_named
from porchlight.domain.errors import InvalidSignatureError
from porchlight.domain.exchange import WebhookRequest
from porchlight.plugins import STORES

from tools.demo.carriers import REFUSED
from tools.demo.orders import PACKED
from tools.demo.shop import Teller
from tools.demo.shop_clock import at
from tools.demo.store_sites import READ, StoreSites
from tools.demo.stores import bigcommerce, woocommerce
from tools.demo.vendor_api import Call
from tools.demo.week import WEEK

ORDERS = [order for order in WEEK if order.store in READ]
START = datetime(2026, 3, 2, tzinfo=UTC)


class ClockAt:
    """The shop's clock, standing."""

    start = START

    def __init__(self, hour):
        self.hour = hour
        self.now = self.moment(hour)

    def moment(self, hour):
        return START + timedelta(hours=hour)


def asked(sites, code, request, **changes):
    """A plug-in's call, answered by the simulated store."""
    split = urlsplit(request.url)
    headers = {name.lower(): text for name, text in request.headers.items()} | changes
    path = split.path.removeprefix(f"/{code}")
    return sites.answer(code, Call(request.method, path, parse_qs(split.query), headers, request.body or b""))


def sites_at(hour):
    return StoreSites(WEEK, ClockAt(hour))


def credentials_of(sites, code):
    return {"base_url": f"http://localhost/{code}", **sites.accounts[code].credentials(READ[code].ENTRY)}


def read_order(order, hour):
    sites, store = sites_at(hour), STORES.get(order.store)
    credentials = credentials_of(sites, order.store)
    assert set(store.credential_fields) <= set(credentials)
    bodies = [asked(sites, order.store, one).body for one in store.order_requests(str(order.number), credentials, "")]
    [update] = store.parse_order(bodies, received_at=sites.clock.now)
    return update


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.name)
def test_the_plug_in_reads_the_order_back(order):
    update = read_order(order, PACKED + 1)
    assert update.vendor_order_id == update.order.number == order.name
    assert update.order.placed_at == START + timedelta(hours=order.placed)
    assert update.order.shopper.email == order.person.email
    assert update.order.destination.city == order.town
    assert [item.title for item in update.order.items] == [line.partition(" / ")[0] for line in order.lines]
    assert all(item.ships for item in update.order.items)
    [packed] = [one for one in update.fulfilments if not one.cancelled]
    [packing] = order.packings
    assert [parcel.tracking_number for parcel in packed.parcels] == [parcel.number for parcel in packing.parcels]
    assert [parcel.carrier for parcel in packed.parcels] == [carrier_named(packing.company)]
    assert packed.created_at == START + timedelta(hours=packing.hour)
    assert len(packed.items) == len(order.lines)


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.name)
def test_nothing_is_packed_before_its_hour(order):
    update = read_order(order, PACKED - 1)
    assert [parcel for one in update.fulfilments for parcel in one.parcels] == []


@pytest.mark.parametrize("code", sorted(READ))
def test_changed_orders_are_found_once(code):
    store, sites = STORES.get(code), sites_at(PACKED + 1)
    credentials = credentials_of(sites, code)
    found = asked(sites, code, store.changed_request(START, 1, credentials, ""))
    page = store.parse_changed(found.body, received_at=sites.clock.now)
    assert {one.vendor_order_id for one in page.updates} == {order.name for order in ORDERS if order.store == code}
    assert (page.newest, page.more) == (START + timedelta(hours=PACKED), False)
    later = asked(sites, code, store.changed_request(START + timedelta(days=2), 1, credentials, ""))
    assert store.parse_changed(later.body, received_at=sites.clock.now).updates == ()


@pytest.mark.parametrize("code", sorted(READ))
def test_a_store_refuses_another_key(code):
    store, sites = STORES.get(code), sites_at(PACKED)
    request = store.changed_request(START, 1, credentials_of(sites, code), "")
    [header] = READ[code].ENTRY.headers
    assert asked(sites, code, request, **{header: "somebody else's"}) == REFUSED


HOOKS = [hook for order in ORDERS for hook in order.tell(Teller(order, ClockAt(0).moment))]


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: f"{hook.topic}-{hook.delivery[:12]}")
def test_a_webhook_is_signed_and_says_what_the_store_says(hook):
    store, body, now = STORES.get(hook.store), json.dumps(hook.body).encode(), START
    signed = {
        woocommerce.CODE: lambda: woocommerce.signed(hook, body, "d1"),
        bigcommerce.CODE: lambda: bigcommerce.signed(hook, body, "d1", now),
    }[hook.store]()
    headers = {name.lower(): text for name, text in signed.items()}
    request = WebhookRequest(headers=headers, body=body, path="/", received_at=now)
    secret = READ[hook.store].SECRET
    store.verify_webhook(request, (secret,))
    with pytest.raises(InvalidSignatureError):
        store.verify_webhook(request, ("another",))
    assert store.topic(request) == hook.topic
    news = store.parse(hook.topic, body, received_at=now)
    assert any(one.is_bare for one in news) == (hook.store == bigcommerce.CODE or named_only(news))
    assert news


def named_only(news):
    """WooCommerce's Fulfillments are no part of the order."""
    told = {parcel.tracking_number for one in news for parcel in [p for f in one.fulfilments for p in f.parcels]}
    return not told and news[0].order.updated_at >= START + timedelta(hours=PACKED)


def test_one_order_is_told_by_no_webhook():
    unheard = [order for order in ORDERS if not order.tell(Teller(order, ClockAt(0).moment))]
    assert [order.name for order in unheard] == ["1056"]
    assert at("Mon", "12:00") == PACKED
