"""`privacy`: what shoppers and shops ask about personal data, and the merchant's answers.

`list` prints every request, a JSON object a line. `export <id>` writes one file with everything that is held about the
orders a shopper's request names. `erase <id>` has the orders of a request erased, those of a whole shop too: each order
is sent through the queue that all news takes, page by page, and a walk that was cut short goes on where it was. A
shopper's erasure that names its orders needs no command, it is done when it is asked for; one that names a person alone
has the shop's orders gone through for theirs.
"""

import argparse
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from porchlight.aws.deployment import Deployment, deployment
from porchlight.cli import CommandError, Subparsers
from porchlight.domain.facts import order_id_of
from porchlight.domain.links import person_digest
from porchlight.domain.privacy import Erasure, PrivacyRecord
from porchlight.domain.records import OrderRecord
from porchlight.domain.store_news import PrivacyKind

PAGE = 100
ANSWER_WITHIN = timedelta(days=30)
ONLY_ME = 0o600


def add_parser(subparsers: Subparsers) -> None:
    """Add `privacy list`, `export <id>` and `erase <id>`."""
    parser = subparsers.add_parser("privacy", help="answer requests about personal data")
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|export|erase")
    listing = actions.add_parser("list", help="every request and whether it was answered")
    exporting = actions.add_parser("export", help="write everything held about the orders of a request")
    exporting.add_argument("--out", type=Path, help="file to write; privacy-<id>.json by default")
    erasing = actions.add_parser("erase", help="erase the orders of a request")
    for action in (exporting, erasing):
        action.add_argument("id", help="as `privacy list` prints it")
    for action in (listing, exporting, erasing):
        action.add_argument("--stack", default="porchlight")


def run(args: argparse.Namespace) -> int:
    """Do it and print what was done."""
    stack, now = deployment(args.stack), datetime.now(UTC)
    if args.action == "list":
        for record in stack.privacy().requests():
            print(json.dumps(_listed(record)))
        return 0
    record = _asked(stack, args.id)
    if args.action == "export":
        print(json.dumps(_export(record, stack, args.out or Path(f"privacy-{record.privacy_id}.json"), now)))
    else:
        print(json.dumps(_erase(record, stack, now)))
    return 0


def _listed(record: PrivacyRecord) -> dict[str, object]:
    told = record.model_dump(mode="json", exclude={"vendor_order_ids", "person", "walked_to"})
    answer_by = (record.asked_at + ANSWER_WITHIN).isoformat()
    return told | {"orders": len(record.vendor_order_ids), "answer_by": answer_by}


def _asked(stack: Deployment, privacy_id: str) -> PrivacyRecord:
    record = stack.privacy().get(privacy_id)
    if record is None:
        message = f"no privacy request {privacy_id}"
        raise CommandError(message)
    return record


def _export(record: PrivacyRecord, stack: Deployment, out: Path, now: datetime) -> dict[str, object]:
    if record.kind is not PrivacyKind.EXPORT_SHOPPER:
        message = f"request {record.privacy_id} asks to erase, not to export"
        raise CommandError(message)
    orders = stack.orders()
    held = {one: orders.read(order_id) for one, order_id in _orders_of(record, stack).items()}
    found = {one: kept for one, kept in held.items() if kept}
    document = {
        "request": _listed(record),
        "orders": [_whole(one, kept) for one, kept in found.items()],
        "not_held": sorted(held.keys() - found.keys()),
        "mail_stopped": stack.customers().suppressed(record.person, now) if record.person else None,
        "shopper": _known(record, found.values(), stack, now),
    }
    try:
        out.touch(mode=ONLY_ME)
        out.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        message = f"{out}: {error.strerror}"
        raise CommandError(message) from error
    stack.privacy().note(record.model_copy(update={"answered_at": now}))
    return {"privacy_id": record.privacy_id, "file": str(out), "orders": len(found)}


def _known(
    record: PrivacyRecord, orders: Iterable[OrderRecord], stack: Deployment, now: datetime
) -> dict[str, object] | None:
    """Of the person it names, else of who gave the named orders: what they got, did and chose."""
    addresses = (kept.facts.order.shopper.email for kept in orders if kept.facts.order)
    person = record.person or next((person_digest(one) for one in addresses if one.strip()), "")
    if not person:
        return None
    return stack.customers().shopper(person, now).model_dump(mode="json", exclude_defaults=True)


def _orders_of(record: PrivacyRecord, stack: Deployment) -> dict[str, str]:
    """Our keys by the store's: those it names, else those of the person it names."""
    if record.is_by_person:
        return dict(_of_person(record, stack))
    return {one: order_id_of(record.store, record.connection, one) for one in record.vendor_order_ids}


def _of_person(record: PrivacyRecord, stack: Deployment) -> Iterator[tuple[str, str]]:
    """Reads every order of the shop: nothing leads from a person to their orders, which is as well."""
    orders, shop, after = stack.orders(), f"{record.store}/{record.connection}", ""
    while page := stack.privacy().of_shop(shop, after=after, limit=PAGE):
        for kept in filter(None, map(orders.read, page)):
            shopper = kept.facts.order.shopper if kept.facts.order else None
            if shopper and shopper.email and person_digest(shopper.email) == record.person:
                yield kept.facts.vendor_order_id, kept.facts.order_id
        after = page[-1]


def _whole(vendor_order_id: str, kept: OrderRecord) -> dict[str, object]:
    return {
        "vendor_order_id": vendor_order_id,
        "facts": kept.facts.model_dump(mode="json", exclude_defaults=True),
        "messages": [row.model_dump(mode="json", exclude_defaults=True) for row in kept.ledger.values()],
        "watches": [watch.model_dump(mode="json", exclude_defaults=True) for watch in kept.watches.values()],
    }


def _erase(record: PrivacyRecord, stack: Deployment, now: datetime) -> dict[str, object]:
    if record.kind is PrivacyKind.EXPORT_SHOPPER:
        message = f"request {record.privacy_id} asks to export, not to erase"
        raise CommandError(message)
    if record.kind is PrivacyKind.ERASE_SHOPPER:
        meant = list(_orders_of(record, stack).values())
        if record.person:  # what is known of them outlives their orders
            stack.customers().forget(record.person)
        _send(meant, record, stack)
        done = record.model_copy(update={"orders_erased": len(meant)})
    else:
        done = _walk(record, stack)
    stack.privacy().note(done.model_copy(update={"answered_at": now, "walked_to": ""}))
    return {"privacy_id": record.privacy_id, "orders": done.orders_erased}


def _walk(record: PrivacyRecord, stack: Deployment) -> PrivacyRecord:
    """Every order of the shop, from where an earlier walk ended; its last page is noted only after it was sent."""
    requests, shop = stack.privacy(), f"{record.store}/{record.connection}"
    if record.answered_at:
        record = record.model_copy(update={"answered_at": None, "orders_erased": 0})
    while page := requests.of_shop(shop, after=record.walked_to, limit=PAGE):
        _send(page, record, stack)
        gone_on = {"walked_to": page[-1], "orders_erased": record.orders_erased + len(page)}
        record = record.model_copy(update=gone_on)
        requests.note(record)
    return record


def _send(order_ids: list[str], record: PrivacyRecord, stack: Deployment) -> None:
    erasures = [Erasure(order_id=one, trace=record.privacy_id) for one in order_ids]
    if erasures:
        stack.updates().send(erasures, group="privacy")
