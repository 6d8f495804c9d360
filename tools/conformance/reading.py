"""One sample through its plug-in: what it became, or why it was refused."""

from collections.abc import Callable
from datetime import datetime

from porchlight.domain.errors import InvalidSignatureError, MalformedPayloadError, PorchlightError
from porchlight.domain.exchange import WebhookRequest
from porchlight.domain.tracking import TrackingUpdate
from porchlight.plugins import Carrier

from tools.conformance.samples import Sample

type Outcome = tuple[TrackingUpdate, ...] | PorchlightError


def read(plugin: Carrier, sample: Sample, now: datetime) -> Outcome:
    """Read the body the way it came, and where it is none of that kind, the other way, as `normalise` does."""
    request = WebhookRequest(headers={}, body=sample.body, path="", received_at=now)
    ways: list[Callable[[], list[TrackingUpdate]]] = [
        lambda: plugin.parse_tracking(sample.body, received_at=now),
        lambda: plugin.parse_webhook(request),
    ]
    if sample.expectation.kind == "webhook":
        ways.reverse()
    first = _outcome(ways[0])
    if not isinstance(first, MalformedPayloadError):
        return first
    second = _outcome(ways[1])
    return first if isinstance(second, PorchlightError) else second


def is_proved(plugin: Carrier, sample: Sample, now: datetime) -> bool | None:
    """Whether the signature of a delivery holds, and no longer over another body; `None` where none is given."""
    signed = sample.expectation.signed
    if signed is None:
        return None
    header, signature, secret = signed
    given = WebhookRequest(headers={header.lower(): signature}, body=sample.body, path="", received_at=now)
    spoiled = given.model_copy(update={"body": sample.body + b" "})
    return _holds(plugin, given, secret) and not _holds(plugin, spoiled, secret)


def _holds(plugin: Carrier, request: WebhookRequest, secret: str) -> bool:
    try:
        plugin.verify_webhook(request, (secret,))
    except InvalidSignatureError:
        return False
    return True


def _outcome(way: Callable[[], list[TrackingUpdate]]) -> Outcome:
    try:
        return tuple(way())
    except PorchlightError as error:
        return error
