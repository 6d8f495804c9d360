"""F1–F10, F13, F57, F59: what senders do, and what happens to us while they do it. F12 is measured by `make bench`."""

import base64
import gzip
import json
import logging
import time
import tracemalloc
from datetime import timedelta

import pytest
from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.exchange import Kind, WebhookRequest
from porchlight.domain.records import ConnectionSecrets, read_arrival
from porchlight.plugins import STORES

from tests import payloads
from tests.journey.shop import MINUTE, START, Shop
from tests.simulation.faults import Fault, OneFault

GOOD = payloads.SHOP_SECRET


def signed(body: bytes, **changes: str) -> WebhookRequest:
    request = payloads.from_shop("orders/create", body, START, delivery_id="d1")
    return request.model_copy(update={"headers": request.headers | changes})


def test_f1_the_same_webhook_twice_at_once_is_one_order_and_one_mail() -> None:
    shop = Shop()
    request = shop.order_webhook()

    assert [shop.post(request), shop.post(request)] == [202, 202]
    shop.run()

    assert shop.told() == ["order_confirmed"]
    assert next(iter(shop.table.facts.values()))[1] == 1


@pytest.mark.parametrize("later", [timedelta(hours=4), timedelta(hours=48), timedelta(days=7)], ids=str)
def test_f2_a_retry_days_later_changes_nothing(later: timedelta) -> None:
    shop = Shop()
    request = shop.order_webhook()
    shop.post(request)
    shop.run()
    before = dict(shop.table.facts)

    shop.now = START + later
    assert shop.post(request.model_copy(update={"received_at": shop.now})) == 202
    shop.run()

    assert shop.told() == ["order_confirmed"]
    assert shop.table.facts == before


@pytest.mark.parametrize("minutes", [-6, 6])
def test_f3_a_signed_time_six_minutes_off_is_refused_and_nothing_queued(minutes: int) -> None:
    shop = Shop()
    body = payloads.as_bytes(payloads.tracker("EV1", (START, "in_transit"), event_id="e1"))
    path, stamp = "/webhooks/carriers/easypost/push", (START + minutes * MINUTE).isoformat()
    seal = payloads.hmac_hex(payloads.PUSH_SECRET, f"{stamp}POST{path}".encode() + body)
    headers = {"x-hmac-signature-v2": f"hmac-sha256-hex={seal}", "x-timestamp": stamp, "x-path": path}
    request = WebhookRequest(headers=headers, body=body, path=path, received_at=START)

    assert shop.post(request, "carriers", "easypost", "push") == 401
    on_time = request.model_copy(update={"received_at": START + minutes * MINUTE})
    assert shop.post(on_time, "carriers", "easypost", "push") == 202
    assert len(shop.updates.accepted) == 1


def test_f4_another_merchants_secret_is_refused_without_a_hint() -> None:
    shop = Shop()
    body = payloads.as_bytes(payloads.order(START))
    theirs = payloads.from_shop("orders/create", body, START, delivery_id="d1", secret="another merchant's")

    assert shop.post(theirs) == 401
    assert shop.post(signed(b"{}", **{"x-shopify-hmac-sha256": "AAAA"})) == 401
    assert shop.updates.accepted == []


@pytest.mark.parametrize("proof", ["", " ", "x" * 10_000, "ünïcödé", "\ud800", "a, b", "=" * 44, "\x00"], ids=range(8))
def test_f5_a_spoiled_signature_is_401_and_no_exception(proof: str, caplog: pytest.LogCaptureFixture) -> None:
    shop = Shop()
    body = payloads.as_bytes(payloads.order(START))
    good = payloads.from_shop("orders/create", body, START, delivery_id="d1")
    twice = {**good.headers, "x-shopify-hmac-sha256": f"{good.headers['x-shopify-hmac-sha256']}, {proof}"}
    missing = {name: value for name, value in good.headers.items() if "hmac" not in name}
    caplog.set_level(logging.WARNING)

    # `model_construct`, because a lone surrogate is what a gateway might hand us and pydantic would refuse it earlier.
    for headers in (missing, twice, {**good.headers, "x-shopify-hmac-sha256": proof}):
        request = WebhookRequest.model_construct(headers=headers, body=body, path="/", received_at=START, method="POST")
        assert shop.post(request) == 401
    assert shop.updates.accepted == []
    assert caplog.records == []


def test_f6_both_secrets_hold_during_a_rotation_and_the_old_one_not_after() -> None:
    shop = Shop()
    where = (Kind.STORES, "shopify", "shop")
    body = payloads.as_bytes(payloads.order(START))
    old, new = (payloads.from_shop("orders/create", body, START, delivery_id="d", secret=one) for one in (GOOD, "new"))

    shop.secrets.connections[where] = ConnectionSecrets(webhook_secrets=("new", GOOD))
    assert [shop.post(old), shop.post(new)] == [202, 202]

    shop.secrets.connections[where] = ConnectionSecrets(webhook_secrets=("new",))
    assert [shop.post(old), shop.post(new)] == [401, 202]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("byte order mark", lambda body: b"\xef\xbb\xbf" + body),
        ("trailing newline", lambda body: body + b"\n"),
        ("other white space", lambda body: json.dumps(json.loads(body), indent=1).encode()),
        ("compressed", gzip.compress),
        ("base64", base64.b64encode),
    ],
)
def test_f7_the_raw_bytes_are_what_is_signed(name: str, change) -> None:  # type: ignore[no-untyped-def]
    shop = Shop()
    body = payloads.as_bytes(payloads.order(START))
    proof = payloads.from_shop("orders/create", body, START, delivery_id="d1").headers

    assert shop.post(WebhookRequest(headers=proof, body=change(body), path="/", received_at=START)) == 401, name
    assert shop.post(signed(change(body))) == 202, name
    (kept,) = shop.updates.accepted
    assert read_arrival(kept).body == change(body)  # type: ignore[union-attr]  # an envelope


@pytest.mark.parametrize("call", [0, 1])
def test_f8_no_2xx_without_an_acknowledged_send(call: int) -> None:
    """Secret store or queue away: the sender keeps it and comes again."""
    shop = Shop(OneFault(call, Fault.FAIL_BEFORE))

    assert shop.post(shop.order_webhook()) == 503
    assert shop.updates.accepted == []
    assert shop.post(shop.order_webhook()) == 202


def test_f9_accepted_with_the_reply_lost_is_sent_again_and_absorbed() -> None:
    shop = Shop(OneFault(1, Fault.FAIL_AFTER))
    request = shop.order_webhook()

    assert [shop.post(request), shop.post(request)] == [503, 202]
    shop.run()

    assert len(shop.updates.accepted) == 2
    assert shop.told() == ["order_confirmed"]


@pytest.mark.parametrize("size", [5 * 1024 * 1024 + 1, 10 * 1024 * 1024])
def test_f10_a_body_beyond_every_vendors_size_is_413(size: int) -> None:
    shop = Shop()

    assert shop.post(signed(b"x" * size)) == 413
    assert shop.updates.accepted == []
    assert shop.inbox.bodies == {}


HOSTILE = {
    "100,000 lines": payloads.as_bytes(payloads.order(START) | {"line_items": [payloads.line(1)] * 40_000}),
    "200 deep": b'{"id":1,"note":' + b"[" * 200 + b"]" * 200 + b"}",
    "100,000 deep": b'{"id":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "duplicate keys": b'{"id":1,"id":2,"created_at":"2026-06-01T09:00:00Z","created_at":"x"}',
    "not a number": payloads.as_bytes(payloads.order(START)).replace(b'"quantity":1', b'"quantity":NaN'),
    "lone surrogates": payloads.as_bytes(payloads.order(START)).replace(b"Storm", b"\\ud800"),
    "bad UTF-8": payloads.as_bytes(payloads.order(START)).replace(b"Storm", b"\xff\xfe"),
    "empty": b"",
    "huge number": payloads.as_bytes(payloads.order(START)).replace(b'"id":1001', b'"id":' + b"9" * 5000),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_f10_a_hostile_body_is_kept_and_read_within_bounds(body: bytes) -> None:
    """Intake parses nothing; evaluation reads it or refuses it as malformed, and never anything else."""
    shop = Shop()
    tracemalloc.start()
    started = time.process_time()

    assert shop.post(signed(body)) == 202
    shop.run()

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert time.process_time() - started < 20
    assert peak < 400 * 1024 * 1024
    for dead in shop.updates.dead:
        with pytest.raises(MalformedPayloadError):
            STORES.get("shopify").parse("orders/create", _body(shop, dead), received_at=START)


def _body(shop: Shop, arrival: str) -> bytes:
    envelope = read_arrival(arrival)
    return shop.inbox.get(envelope.body_key) if envelope.body_key else envelope.body  # type: ignore[union-attr]


def test_f10_a_body_too_large_for_the_queue_travels_through_the_bucket() -> None:
    shop = Shop()
    body = payloads.as_bytes(payloads.order(START) | {"note": "x" * 300_000})

    assert shop.post(signed(body)) == 202
    assert len(shop.updates.accepted[0]) < 4096
    shop.run()

    assert shop.told() == ["order_confirmed"]


@pytest.mark.parametrize("topic", ["carts/update", "", "orders/create/../x", "x" * 500])
def test_f13_an_unknown_topic_is_kept_counted_and_harms_nobody(topic: str, capsys: pytest.CaptureFixture[str]) -> None:
    shop = Shop()
    body = payloads.as_bytes({"id": 1})

    assert shop.post(payloads.from_shop(topic, body, START, delivery_id="d")) == 202
    shop.run()

    assert shop.updates.dead == []
    assert '"TopicUnknown":[1.0]' in capsys.readouterr().out


def test_f13_a_new_status_word_is_unknown_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    shop = Shop()
    shop.ordered_and_packed("EV1")
    said = payloads.tracker("EV1", (START + MINUTE, "teleported"), event_id="e1")
    said["result"]["tracking_details"][0]["message"] = "Qx 7"  # type: ignore[index]  # JSON
    shop.aggregator(5 * MINUTE, said)
    shop.run()

    assert shop.told() == ["order_confirmed", "stalled"]
    assert [event.status for event in shop.state().parcels[0].events] == ["unknown"]
    assert '"UnmappedCarrierCode":[1.0]' in capsys.readouterr().out


def test_f57_intake_answers_503_while_nothing_can_be_stored_and_loses_nothing() -> None:
    shop = Shop()
    shop.secrets.away = True
    for minute in range(0, 30, 5):
        shop.shop(minute * MINUTE, "orders/create", payloads.order(START, order_id=1001 + minute))

    def back() -> None:
        shop.secrets.away = False

    shop.later(31 * MINUTE, back)
    shop.run()

    assert len(shop.table.facts) == 6
    assert shop.told() == ["order_confirmed"] * 6


def test_f59_without_the_secret_store_nothing_is_accepted_unverified() -> None:
    """The cache with its grace is in front of this: `tests/aws/test_secrets.py`."""
    shop = Shop()
    shop.secrets.away = True

    assert shop.post(shop.order_webhook()) == 503
    assert shop.post(signed(b"{}", **{"x-shopify-hmac-sha256": "forged"})) == 503
    assert shop.updates.accepted == []


@pytest.mark.parametrize(
    "where", [("shops", "shopify", "shop"), ("stores", "nobody", "shop"), ("stores", "_signed", "shop"),
              ("stores", "../x", "shop"), ("stores", "shopify", "guess"), ("carriers", "shopify", "shop")]
)  # fmt: skip
def test_f4_an_address_that_was_never_given_out_is_404(where: tuple[str, str, str]) -> None:
    shop = Shop()

    assert shop.post(shop.order_webhook(), *where) == 404
