"""A webhook counts only when its sender is proved: the same attempts at forging, for every plug-in that is pushed to."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from porchlight.domain.errors import InvalidSignatureError
from porchlight.domain.exchange import Trust, WebhookRequest
from porchlight.plugins import CARRIERS, Carrier

from tests.carriers.cases import SIGNATURES

SPOILED = {"empty": "", "blank": " ", "10 kB": "A" * 10_240, "non-ASCII": "ünsigniert", "surrogate": "\udcff\udc00"}


class Delivery:
    """A signed delivery from a fixture, with one thing changed at a time."""

    def __init__(self, file: Path) -> None:
        facts = json.loads(file.read_text())
        self.plugin: Carrier = CARRIERS.get(file.parent.name)
        self.secret: str = facts["secret"]
        self.proof: list[str] = facts["proof"]
        self.signs: list[str] = facts["signs"]
        self.envelope: bool = facts.get("envelope", False)
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
        """Assert that it is not accepted."""
        with pytest.raises(InvalidSignatureError):
            self.verify(*secrets, **changes)


@pytest.fixture(params=SIGNATURES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def delivery(request: pytest.FixtureRequest) -> Delivery:
    return Delivery(request.param)


def test_genuine_delivery_is_accepted(delivery: Delivery) -> None:
    delivery.verify()


def test_kept_headers_suffice_to_verify(delivery: Delivery) -> None:
    kept = {name: text for name, text in delivery.request.headers.items() if name in delivery.plugin.webhook_headers}
    delivery.verify(headers=kept)


def test_trust_says_what_is_signed(delivery: Delivery) -> None:
    allowed = {Trust.HINT: ([], ["time"]), Trust.BODY: (["body"],), Trust.BODY_AND_TIME: (["body", "time"],)}
    assert delivery.plugin.trust is not None
    assert delivery.signs in allowed[delivery.plugin.trust]


def test_changed_body_is_refused_where_the_body_is_signed(delivery: Delivery) -> None:
    if "body" not in delivery.signs:
        delivery.verify(body=delivery.request.body + b" ")
        return
    signed = delivery.request.body
    for body in (b"", signed.replace(b"0", b"1"), signed[:-1], b"\xef\xbb\xbf" + signed):
        delivery.refuses(body=body)
    if not delivery.envelope:
        delivery.refuses(body=signed + b"\n")


def test_secret_of_another_account_is_refused(delivery: Delivery) -> None:
    delivery.refuses("the secret of somebody else")
    delivery.refuses(delivery.secret + "x")
    delivery.refuses(delivery.secret[:-1])


def test_delivery_is_refused_when_no_secret_is_configured(delivery: Delivery) -> None:
    for secrets in ((), ("",), ("", "")):
        with pytest.raises(InvalidSignatureError):
            delivery.plugin.verify_webhook(delivery.request, secrets)


def test_empty_secret_proves_nothing_even_with_an_empty_proof(delivery: Delivery) -> None:
    delivery.refuses("", headers=dict.fromkeys(delivery.request.headers, ""))


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


def test_both_secrets_are_accepted_while_rotating(delivery: Delivery) -> None:
    delivery.verify("the next secret", delivery.secret)
    delivery.verify(delivery.secret, "the next secret")
    delivery.refuses("the next secret", "the one after")


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
    assert delivery.plugin.delivery_id(later) == delivery.plugin.delivery_id(delivery.request)
