"""A webhook counts only when its sender is proved: the same attempts at forging, for every plug-in that is pushed to."""

from datetime import timedelta

import pytest
from porchlight.domain.errors import InvalidSignatureError
from porchlight.domain.exchange import Trust
from porchlight.plugins import CARRIERS, STORES, WebhookSender

from tests.carriers import cases as carriers
from tests.contract.deliveries import Delivery
from tests.stores import cases as stores

SPOILED = {"empty": "", "blank": " ", "10 kB": "A" * 10_240, "non-ASCII": "ünsigniert", "surrogate": "\udcff\udc00"}
SIGNATURES = [*carriers.SIGNATURES, *stores.SIGNATURES]

type AnyDelivery = Delivery[WebhookSender]


@pytest.fixture(params=SIGNATURES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def delivery(request: pytest.FixtureRequest) -> AnyDelivery:
    folder = request.param.parent
    plugin: WebhookSender = (STORES if folder.parent == stores.FIXTURES else CARRIERS).get(folder.name)
    return Delivery(plugin, request.param)


def test_genuine_delivery_is_accepted(delivery: AnyDelivery) -> None:
    delivery.verify()


def test_kept_headers_suffice_to_verify(delivery: AnyDelivery) -> None:
    delivery.verify(headers=delivery.kept_headers)


def test_trust_says_what_is_signed(delivery: AnyDelivery) -> None:
    allowed = {Trust.HINT: ([], ["time"]), Trust.BODY: (["body"],), Trust.BODY_AND_TIME: (["body", "time"],)}
    assert delivery.plugin.trust is not None
    assert delivery.signs in allowed[delivery.plugin.trust]


def test_changed_body_is_refused_where_the_body_is_signed(delivery: AnyDelivery) -> None:
    signed = delivery.request.body
    if "body" not in delivery.signs:
        delivery.verify(body=signed + b" ")
        return
    for body in (b"", signed.replace(b"0", b"1"), signed[:-1], b"\xef\xbb\xbf" + signed):
        delivery.refuses(body=body)
    if not delivery.envelope:
        delivery.refuses(body=signed + b"\n")
        delivery.refuses(body=signed.replace(b"2", b"3", 1))


def test_secret_of_another_account_is_refused(delivery: AnyDelivery) -> None:
    delivery.refuses("the secret of somebody else")
    delivery.refuses(delivery.secret + "x")
    delivery.refuses(delivery.secret[:-1])


def test_delivery_is_refused_when_no_secret_is_configured(delivery: AnyDelivery) -> None:
    for secrets in ((), ("",), ("", "")):
        with pytest.raises(InvalidSignatureError):
            delivery.plugin.verify_webhook(delivery.request, secrets)


def test_empty_secret_proves_nothing_even_with_an_empty_proof(delivery: AnyDelivery) -> None:
    delivery.refuses("", headers=dict.fromkeys(delivery.request.headers, ""))


def test_missing_proof_is_refused(delivery: AnyDelivery) -> None:
    delivery.refuses(headers={})
    for name in delivery.proof:
        delivery.refuses(headers={key: text for key, text in delivery.request.headers.items() if key != name})


@pytest.mark.parametrize("spoiled", SPOILED.values(), ids=SPOILED.keys())
def test_spoiled_proof_is_refused(delivery: AnyDelivery, spoiled: str) -> None:
    for name in delivery.proof:
        delivery.refuses(headers={**delivery.request.headers, name: spoiled})


def test_header_sent_twice_is_refused(delivery: AnyDelivery) -> None:
    for name in delivery.proof:
        twice = f"{delivery.request.headers[name]}, {delivery.request.headers[name]}"
        delivery.refuses(headers={**delivery.request.headers, name: twice})


def test_both_secrets_are_accepted_while_rotating_and_the_old_one_not_after(delivery: AnyDelivery) -> None:
    delivery.verify("the next secret", delivery.secret)
    delivery.verify(delivery.secret, "the next secret")
    delivery.refuses("the next secret")
    delivery.refuses("the next secret", "the one after")


def test_signed_time_must_be_within_five_minutes_either_way(delivery: AnyDelivery) -> None:
    received_at = delivery.request.received_at
    if "time" not in delivery.signs:
        delivery.verify(received_at=received_at + timedelta(days=7))
        return
    for minutes in (-6, 6):
        delivery.refuses(received_at=received_at + timedelta(minutes=minutes))
    for minutes in (-4, 4):
        delivery.verify(received_at=received_at + timedelta(minutes=minutes))


def test_delivery_id_is_the_same_on_a_retry(delivery: AnyDelivery) -> None:
    later = delivery.changed(received_at=delivery.request.received_at + timedelta(hours=4))
    assert delivery.plugin.delivery_id(later) == delivery.plugin.delivery_id(delivery.request)
