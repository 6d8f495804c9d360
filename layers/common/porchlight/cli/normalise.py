"""`normalise`: a vendor's bytes in, one JSON object per update out, one a line.

Nothing is stored and no network is used. The form of the objects is `porchlight/normalised.py`, described in
docs/normalise.md. A carrier's file is read as the answer to a poll, and where it is none, as a webhook body.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from porchlight.cli import CommandError, Subparsers, describe
from porchlight.cli._input import read_bytes
from porchlight.domain.errors import MalformedPayloadError, UnknownParcelError, UnknownPluginError
from porchlight.domain.exchange import WebhookRequest
from porchlight.domain.reading import read_answers
from porchlight.domain.tracking import TrackingUpdate
from porchlight.normalised import normalised, normalised_store
from porchlight.plugins import CARRIERS, STORES, Carrier, Plugin, Registry

KINDS = ("poll", "webhook")


def add_parser(subparsers: Subparsers) -> None:
    """Add `normalise carrier` and `normalise store`."""
    parser = subparsers.add_parser("normalise", help="read a carrier's or a store's bytes and print them as JSON")
    families = parser.add_subparsers(dest="family", required=True, metavar="carrier|store")
    carrier = families.add_parser("carrier", help="an answer of a carrier's API, or a body it pushed")
    carrier.add_argument("code", help="carrier code, as the plug-in file is named")
    carrier.add_argument("file", help="file with the bytes; - for standard input")
    carrier.add_argument("--kind", choices=KINDS, help="how the bytes came; both are tried when this is left out")
    store = families.add_parser("store", help="a webhook body of a store")
    store.add_argument("code", help="store code, as the plug-in file is named")
    store.add_argument("topic", help="the webhook's topic, e.g. orders/create; or what was read: order, changed")
    store.add_argument("file", help="file with the bytes; - for standard input")


def run(args: argparse.Namespace) -> int:
    """Print the updates. Raises `PorchlightError` or `CommandError` on bad input."""
    now = datetime.now(UTC)
    body = read_bytes(args.file)
    objects = _carrier(args, body, now) if args.family == "carrier" else _store(args, body, now)
    for item in objects:
        print(json.dumps(item))
    return 0


def _carrier(args: argparse.Namespace, body: bytes, now: datetime) -> Sequence[object]:
    plugin = _plugin(CARRIERS, args.code, "carrier")
    kinds = (args.kind,) if args.kind else KINDS
    return [normalised(update) for update in _first_readable(plugin, kinds, body, now)]


def _first_readable(plugin: Carrier, kinds: Sequence[str], body: bytes, now: datetime) -> list[TrackingUpdate]:
    readers: dict[str, Callable[[], list[TrackingUpdate]]] = {
        "poll": lambda: plugin.parse_tracking(body, received_at=now),
        "webhook": lambda: plugin.parse_webhook(WebhookRequest(headers={}, body=body, path="", received_at=now)),
    }
    refused = []
    for kind in kinds:
        try:
            return readers[kind]()
        except (MalformedPayloadError, UnknownParcelError) as error:
            refused.append(f"as a {kind}: {describe(error)}")
    raise CommandError("; ".join(refused))


def _store(args: argparse.Namespace, body: bytes, now: datetime) -> Sequence[object]:
    plugin = _plugin(STORES, args.code, "store")
    if args.topic == "order":
        answers = read_answers(plugin.code, body)
        return [normalised_store(update) for update in plugin.parse_order(answers, received_at=now)]
    if args.topic == "changed":
        return [normalised_store(update) for update in plugin.parse_changed(body, received_at=now).updates]
    if args.topic not in plugin.topics:
        message = f"{args.code} has no topic {args.topic!r} that is read; these are: {', '.join(plugin.topics)}"
        raise CommandError(message)
    return [normalised_store(update) for update in plugin.parse(args.topic, body, received_at=now)]


def _plugin[P: Plugin](registry: Registry[P], code: str, family: str) -> P:
    try:
        return registry.get(code)
    except UnknownPluginError as error:
        message = f"no {family} has the code {code!r}; these do: {', '.join(registry.codes())}"
        raise CommandError(message) from error
