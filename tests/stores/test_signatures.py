"""A delivery counts only when its sender is proved: the same attempts at forging, for every store."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from porchlight.domain.errors import InvalidSignatureError
from porchlight.domain.exchange import Trust, WebhookRequest
from porchlight.plugins import STORES, Store

from tests.stores.cases import SIGNATURES

SPOILED = {"empty": "", "blank": " ", "10 kB": "A" * 10_240, "non-ASCII": "ünsigniert", "surrogate": "\udcff\udc00"}


class Delivery:
    """A signed delivery from a fixture, with one thing changed at a time."""

    def __init__(self, file: Path) -> None:
        facts = json.loads(file.read_text(encoding="utf-8"))
        self.plugin: Store = STORES.get(file.parent.name)
        self.secret: str = facts["secret"]
        self.proof: list[str] = facts["proof"]
        self.signs: list[str] = facts["signs"]
        self.topic: str = facts["topic"]
        self.delivery_id: str = facts["delivery_id"]
        self.request = WebhookRequest(
            headers=facts["headers"],
            body=(file.parent / facts["body"]).read_bytes(),
            path=facts["path"],
            method=facts["method"],
            received_at=datetime.fromisoformat(facts["received_at"]),
        )

    def verify(self, *secrets: str, **changes: object) -> None:
        """Check the delivery, some fields replaced, against `secrets` (its own when none are named)."""
        self.plugin.verify_webhook(self.request.model_copy(update=changes), secrets or (self.secret,))

    def refuses(self, *secrets: str, **changes: object) -> None:
        """Assert that it is not accepted, and that the refusal tells a forger nothing."""
        with pytest.raises(InvalidSignatureError) as caught:
            self.verify(*secrets, **changes)
        assert str(caught.value) == ""


@pytest.fixture(params=SIGNATURES, ids=lambda file: file.parent.name)
def delivery(request: pytest.FixtureRequest) -> Delivery:
    return Delivery(request.param)


def test_genuine_delivery_is_accepted(delivery: Delivery) -> None:
    delivery.verify()


def test_kept_headers_suffice_to_verify_and_read(delivery: Delivery) -> None:
    kept = {name: text for name, text in delivery.request.headers.items() if name in delivery.plugin.webhook_headers}
    delivery.verify(headers=kept)
    request = delivery.request.model_copy(update={"headers": kept})
    assert delivery.plugin.topic(request) == delivery.topic
    assert delivery.plugin.delivery_id(request) == delivery.delivery_id


def test_trust_says_what_is_signed(delivery: Delivery) -> None:
    allowed = {Trust.BODY: ["body"], Trust.BODY_AND_TIME: ["body", "time"]}
    assert delivery.plugin.trust is not None
    assert delivery.signs == allowed[delivery.plugin.trust]


def test_changed_body_is_refused(delivery: Delivery) -> None:
    body = delivery.request.body
    for changed in (b"", body + b"\n", body[:-1], b"\xef\xbb\xbf" + body, body.replace(b"2", b"3", 1)):
        delivery.refuses(body=changed)


def test_secret_of_another_account_is_refused(delivery: Delivery) -> None:
    delivery.refuses("the secret of somebody else")
    delivery.refuses(delivery.secret + "x")
    delivery.refuses(delivery.secret[:-1])


def test_delivery_is_refused_when_no_secret_is_configured(delivery: Delivery) -> None:
    for secrets in ((), ("",), ("", "")):
        with pytest.raises(InvalidSignatureError):
            delivery.plugin.verify_webhook(delivery.request, secrets)


def test_missing_proof_is_refused(delivery: Delivery) -> None:
    delivery.refuses(headers={})
    for name in delivery.proof:
        delivery.refuses(headers={key: text for key, text in delivery.request.headers.items() if key != name})


@pytest.mark.parametrize("spoiled", SPOILED.values(), ids=SPOILED.keys())
def test_spoiled_proof_is_refused(delivery: Delivery, spoiled: str) -> None:
    for name in delivery.proof:
        delivery.refuses(headers={**delivery.request.headers, name: spoiled})


def test_header_sent_twice_is_refused(delivery: Delivery) -> None:
    for name in delivery.proof:
        twice = f"{delivery.request.headers[name]}, {delivery.request.headers[name]}"
        delivery.refuses(headers={**delivery.request.headers, name: twice})


def test_both_secrets_are_accepted_while_rotating_and_the_old_one_not_after(delivery: Delivery) -> None:
    delivery.verify("the next secret", delivery.secret)
    delivery.verify(delivery.secret, "the next secret")
    delivery.refuses("the next secret")


def test_signed_time_must_be_within_five_minutes_either_way(delivery: Delivery) -> None:
    if "time" not in delivery.signs:
        delivery.verify(received_at=delivery.request.received_at + timedelta(days=7))
        return
    for minutes in (-6, 6):
        delivery.refuses(received_at=delivery.request.received_at + timedelta(minutes=minutes))
    for minutes in (-4, 4):
        delivery.verify(received_at=delivery.request.received_at + timedelta(minutes=minutes))


def test_delivery_id_is_the_same_on_a_retry(delivery: Delivery) -> None:
    later = delivery.request.model_copy(update={"received_at": delivery.request.received_at + timedelta(hours=4)})
    assert delivery.plugin.delivery_id(later) == delivery.delivery_id


def test_delivery_without_headers_has_no_id_and_no_topic(delivery: Delivery) -> None:
    bare = delivery.request.model_copy(update={"headers": {}})
    assert delivery.plugin.delivery_id(bare) is None
    assert delivery.plugin.topic(bare) == ""


def test_empty_delivery_id_is_none_at_all(delivery: Delivery) -> None:
    blank = delivery.request.model_copy(update={"headers": dict.fromkeys(delivery.request.headers, "")})
    assert delivery.plugin.delivery_id(blank) is None
