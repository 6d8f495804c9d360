"""Stage 1: check who sent it, keep the raw bytes, answer. Nothing is parsed, so a parser's bug can not lose a webhook.

| answer | when |
|--------|------|
| 202 | kept: the queue has acknowledged it |
| 401 | signature missing, wrong or stale; no hint which |
| 404 | no such vendor, or no such connection |
| 413 | larger than any vendor sends |
| 503 | could not be kept, with `Retry-After`: the sender tries again |
"""

import hashlib
from dataclasses import dataclass
from typing import NewType

from porchlight.domain.errors import InvalidSignatureError, MalformedPayloadError, PorchlightError, UnknownPluginError
from porchlight.domain.exchange import Envelope, Kind, WebhookRequest
from porchlight.observability import count, logger
from porchlight.pipeline.ports import Inbox, Queue, Secrets
from porchlight.plugins import CARRIERS, STORES, WebhookSender

HttpStatus = NewType("HttpStatus", int)

MAX_BODY = 5 * 1024 * 1024
MAX_IN_QUEUE = 180 * 1024
"""Raw bytes that still fit a 256 KiB queue message as base64, with room for the envelope."""

KEPT, REFUSED, UNKNOWN, TOO_LARGE, NOT_KEPT = (HttpStatus(code) for code in (202, 401, 404, 413, 503))


@dataclass(frozen=True, slots=True)
class IntakePorts:
    """What intake needs."""

    secrets: Secrets
    updates: Queue
    inbox: Inbox


def take_in(kind: str, code: str, connection: str, request: WebhookRequest, ports: IntakePorts) -> HttpStatus:
    """Verify one delivery and keep it. Returns the HTTP status; never raises for what a sender can cause."""
    if kind not in set(Kind):
        return _answer(UNKNOWN, "unknown", "unknown")
    try:
        status = _take_in(Kind(kind), code, connection, request, ports)
    except UnknownPluginError:
        return _answer(UNKNOWN, kind, "unknown")
    except (InvalidSignatureError, MalformedPayloadError):
        status = REFUSED
    except PorchlightError as error:
        # Whatever else goes wrong is on our side: the sender keeps the webhook and comes again.
        logger.error("webhook not kept", code=code, reason=str(error))
        status = NOT_KEPT
    return _answer(status, kind, code)


def _take_in(kind: Kind, code: str, connection: str, request: WebhookRequest, ports: IntakePorts) -> HttpStatus:
    plugin: WebhookSender = (STORES if kind is Kind.STORES else CARRIERS).get(code)
    if plugin.trust is None:
        return UNKNOWN
    if len(request.body) > MAX_BODY:
        return TOO_LARGE
    secrets = ports.secrets.connection(kind, code, connection)
    if secrets is None:
        return UNKNOWN
    plugin.verify_webhook(request, secrets.webhook_secrets)
    ports.updates.send([_envelope(plugin, kind, connection, request, ports.inbox)], group=connection)
    return KEPT


def _envelope(plugin: WebhookSender, kind: Kind, connection: str, request: WebhookRequest, inbox: Inbox) -> Envelope:
    digest = hashlib.sha256(request.body).hexdigest()
    body_key = None
    if len(request.body) > MAX_IN_QUEUE:
        body_key = f"inbox/{kind.value}/{plugin.code}/{digest}"
        inbox.put(body_key, request.body)
    delivery_id = plugin.delivery_id(request) or digest
    return Envelope(
        origin="webhook",
        kind=kind,
        code=plugin.code,
        connection=connection,
        headers={name: request.headers[name] for name in plugin.webhook_headers if name in request.headers},
        path=request.path,
        delivery_id=delivery_id,
        body=b"" if body_key else request.body,
        body_key=body_key,
        received_at=request.received_at,
        trace=delivery_id,
    )


def _answer(status: HttpStatus, kind: str, code: str) -> HttpStatus:
    names = {KEPT: "WebhookAccepted", NOT_KEPT: "WebhookNotKept"}
    count(names.get(status, "WebhookRefused"), kind=kind, code=code, status=str(status))
    return status
