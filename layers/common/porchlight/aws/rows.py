"""Ledger rows and watches as items, both ways."""

from datetime import timedelta

from porchlight.aws.items import POLL, Attribute, Item, ReadItem, due, moment, number, order_key, packed, text, unpacked
from porchlight.domain.ledger import Decision, LedgerRow, Message
from porchlight.domain.records import Watch
from porchlight.domain.shards import poll_shard, urgency_of
from porchlight.domain.times import from_text

FORGOTTEN_AFTER = timedelta(days=60)
"""A watch that nobody moved for so long belongs to an order that is gone."""


def ledger_row(item: ReadItem) -> LedgerRow:
    """A row as stored: the decision never changes once final, its message does."""
    decision = Decision.model_validate_json(unpacked(item["decision"]))
    if "message" not in item:
        return LedgerRow(decision=decision)
    message = Message.model_validate_json(item["message"]["S"])
    seen = {event: at["S"] for event, at in item["seen"]["M"].items()}
    return LedgerRow(decision=decision, message=message.model_copy(update={"seen": seen}))


def decision_packed(decision: Decision) -> Attribute:
    """A decision as it is stored."""
    return packed(decision.model_dump_json(exclude_defaults=True))


def watch_item(watch: Watch) -> Item:
    """A watched parcel with its place in the due index."""
    item: Item = {
        **order_key(watch.order_id, POLL + watch.tracking_number),
        "order_id": text(watch.order_id),
        "tracking_number": text(watch.tracking_number),
        "account": text(watch.account),
        "since": moment(watch.since),
        "answer": text(watch.answer),
        "failures": number(watch.failures),
        "expires_at": number(int((watch.due_at + FORGOTTEN_AFTER).timestamp())),
        **due(poll_shard(watch.account, watch.urgency), watch.due_at),
    }
    if watch.checked_at:
        item["checked_at"] = moment(watch.checked_at)
    if watch.registered:
        item["registered"] = {"BOOL": True}
    named = {"carrier": watch.carrier, "country": watch.country, "postal_code": watch.postal_code}
    item |= {name: text(value) for name, value in named.items() if value}
    return item | ({"others": text(" ".join(watch.others))} if watch.others else {})


def watch_of(item: ReadItem) -> Watch:
    """The reverse of `watch_item`."""
    checked_at = item.get("checked_at")
    return Watch(
        order_id=item["order_id"]["S"],
        tracking_number=item["tracking_number"]["S"],
        account=item["account"]["S"],
        since=from_text(item["since"]["S"]),
        due_at=from_text(item["due_at"]["S"]),
        answer=item["answer"]["S"],
        checked_at=from_text(checked_at["S"]) if checked_at else None,
        failures=int(item["failures"]["N"]),
        carrier=_text(item, "carrier"),
        country=_text(item, "country"),
        postal_code=_text(item, "postal_code"),
        registered="registered" in item,
        others=tuple(_text(item, "others").split()),
        urgency=urgency_of(item["due_shard"]["S"]),
    )


def _text(item: ReadItem, name: str) -> str:
    return item[name]["S"] if name in item else ""
