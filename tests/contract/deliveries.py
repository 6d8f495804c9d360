"""Signed deliveries from the fixtures of carriers and of stores."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from porchlight.domain.errors import InvalidSignatureError
from porchlight.domain.exchange import WebhookRequest
from porchlight.plugins import WebhookSender


class Delivery[Sender: WebhookSender]:
    """A signed delivery from a fixture, with one thing changed at a time."""

    def __init__(self, plugin: Sender, file: Path) -> None:
        facts = json.loads(file.read_text(encoding="utf-8"))
        self.plugin = plugin
        self.secret: str = facts["secret"]
        self.proof: list[str] = facts["proof"]
        self.signs: list[str] = facts["signs"]
        self.envelope: bool = facts.get("envelope", False)
        self.facts: dict[str, str] = facts
        self.request = WebhookRequest(
            headers=facts["headers"],
            body=(file.parent / facts["body"]).read_bytes(),
            path=facts["path"],
            method=facts["method"],
            received_at=datetime.fromisoformat(facts["received_at"]),
        )

    @property
    def kept_headers(self) -> dict[str, str]:
        """What is kept of its headers."""
        return {name: text for name, text in self.request.headers.items() if name in self.plugin.webhook_headers}

    def changed(self, **changes: object) -> WebhookRequest:
        """The delivery, some fields replaced."""
        return self.request.model_copy(update=changes)

    def verify(self, *secrets: str, **changes: object) -> None:
        """Check the delivery, some fields replaced, against `secrets` (its own when none are named)."""
        self.plugin.verify_webhook(self.changed(**changes), secrets or (self.secret,))

    def refuses(self, *secrets: str, **changes: object) -> None:
        """Assert that it is not accepted, and that the refusal tells a forger nothing."""
        with pytest.raises(InvalidSignatureError) as caught:
            self.verify(*secrets, **changes)
        assert str(caught.value) == ""
