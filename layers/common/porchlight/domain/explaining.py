"""Why did, or didn't, this shopper get this message: an order's ledger as plain JSON values, and as a story for people.

Every decision in the order of time, the ones not to send included, with the sentence that settled it, every guard's
verdict, the facts it was made from, the version of the rules, and what became of the message. No name, address, street
or item is in it: the ledger holds none, and of the order only its number and its parcels are told.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TypedDict

from porchlight.domain.explaining_parcels import ExplainedParcel, explained_parcel, minute, parcel_lines, words
from porchlight.domain.fulfilments import ReturnSnapshot
from porchlight.domain.ledger import Decision, LedgerRow, Message, Outcome
from porchlight.domain.state import OrderState
from porchlight.domain.times import to_text


class Guarded(TypedDict):
    """One guard's word. `verdict` is `pass`, or the outcome it asked for."""

    guard: str
    verdict: str
    sentence: str


class Delivery(TypedDict):
    """What became of a message. `seen` has the provider's events by name, with their times, oldest first.

    `also` names what it told of the shopper's other orders, as `<order id> <decision id>`.
    """

    state: str
    attempts: int
    sent_at: str | None
    outcome: str
    provider_id: str
    template_version: str
    seen: dict[str, str]
    also: list[str]


class Explained(TypedDict):
    """One decision. Times are ISO 8601 in UTC; `message` is `None` unless a message was decided on."""

    decision_id: str
    touchpoint: str
    outcome: str
    reason: str
    decided_at: str
    happened_at: str
    until: str | None
    trigger: str
    rule_version: str
    channel: str
    tracking_number: str
    into: str
    tells: list[str]
    facts: dict[str, str]
    guards: list[Guarded]
    message: Delivery | None


class Refunded(TypedDict):
    """Money that went back. `amount` is decimal text, empty where the store does not say."""

    at: str
    amount: str
    currency: str


class Returned(TypedDict):
    """A return as the store last told it."""

    return_id: str
    state: str
    at: str
    numbers: list[str]


class Held(TypedDict):
    """A part of the order that is not packed for now."""

    reason: str
    since: str


class Explanation(TypedDict):
    """Everything that can be said about an order's messages. `order` is empty before the store has told of it."""

    order_id: str
    order: str
    cancelled: bool
    parcels: list[ExplainedParcel]
    refunds: list[Refunded]
    returns: list[Returned]
    holds: list[Held]
    decisions: list[Explained]


def explain(rows: Iterable[LedgerRow], state: OrderState) -> Explanation:
    """The ledger of one order, oldest decision first; a merged one stands behind the one it went into."""
    in_time = sorted(rows, key=lambda row: _place(row.decision))
    return {
        "order_id": state.order_id,
        "order": state.order.number if state.order else "",
        "cancelled": state.cancelled,
        "parcels": [explained_parcel(parcel) for parcel in state.shipments],
        "refunds": [
            {"at": to_text(one.refunded_at), "amount": one.amount, "currency": one.currency} for one in state.refunds
        ],
        "returns": [_returned(one) for one in state.returns],
        "holds": [{"reason": one.reason.value, "since": to_text(one.updated_at)} for one in state.holds],
        "decisions": [_explained(row.decision, row.message) for row in in_time],
    }


def story(explanation: Explanation) -> str:
    """The same for people, as lines of text."""
    return "\n".join(_lines(explanation)) + "\n"


def _place(decision: Decision) -> tuple[datetime, bool, str]:
    return decision.decided_at, decision.outcome is Outcome.MERGE, decision.decision_id


def _text(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None


def _returned(told: ReturnSnapshot) -> Returned:
    return {
        "return_id": told.return_id,
        "state": told.state.value,
        "at": to_text(told.updated_at),
        "numbers": [parcel.tracking_number for parcel in told.parcels],
    }


def _explained(decision: Decision, message: Message | None) -> Explained:
    return {
        "decision_id": decision.decision_id,
        "touchpoint": decision.touchpoint,
        "outcome": decision.outcome.value,
        "reason": decision.reason,
        "decided_at": to_text(decision.decided_at),
        "happened_at": to_text(decision.happened_at),
        "until": _text(decision.until),
        "trigger": decision.trigger,
        "rule_version": decision.rule_version,
        "channel": decision.channel,
        "tracking_number": decision.tracking_number,
        "into": decision.into,
        "tells": list(decision.tells),
        "facts": dict(decision.facts),
        "guards": [
            {"guard": one.guard, "verdict": one.outcome.value if one.outcome else "pass", "sentence": one.sentence}
            for one in decision.verdicts
        ],
        "message": _delivery(message) if message else None,
    }


def _delivery(message: Message) -> Delivery:
    return {
        "state": message.state.value,
        "attempts": message.attempts,
        "sent_at": _text(message.sent_at),
        "outcome": message.outcome,
        "provider_id": message.provider_id,
        "template_version": message.template_version,
        "seen": dict(sorted(message.seen.items(), key=lambda one: one[1])),
        "also": list(message.also),
    }


_DID = {
    "send": "sends",
    "delay": "waits",
    "merge": "travels with another message",
    "drop": "does not send",
}


def _lines(explanation: Explanation) -> Iterator[str]:
    name = explanation["order"] or f"{explanation['order_id']} (the store has not told of it yet)"
    yield f"Order {name}{', cancelled' if explanation['cancelled'] else ''}"
    for parcel in explanation["parcels"]:
        yield from parcel_lines(parcel)
    yield from _order_lines(explanation)
    if not explanation["decisions"]:
        yield "Nothing has been decided yet."
    for one in explanation["decisions"]:
        yield ""
        yield from _decision_lines(one)


def _order_lines(explanation: Explanation) -> Iterator[str]:
    for back in explanation["refunds"]:
        yield f"  refund {back['amount']} {back['currency']}".rstrip() + f", {minute(back['at'])}"
    for told in explanation["returns"]:
        by = f", by {', '.join(told['numbers'])}" if told["numbers"] else ""
        yield f"  return {told['return_id']} {words(told['state'])}, {minute(told['at'])}{by}"
    for held in explanation["holds"]:
        yield f"  on hold since {minute(held['since'])}: {words(held['reason'])}"


def _decision_lines(one: Explained) -> Iterator[str]:
    about = f" about {one['tracking_number']}" if one["tracking_number"] else ""
    until = f" until {minute(one['until'])}" if one["until"] else ""
    yield f"{minute(one['decided_at'])}  {one['touchpoint']}{about} {_DID[one['outcome']]}{until}: {one['reason']}"
    yield f"    rule: {one['trigger']}, journey version {one['rule_version']}, happened {minute(one['happened_at'])}"
    if one["facts"]:
        yield "    facts: " + ", ".join(f"{key} {value}" for key, value in one["facts"].items())
    for guarded in one["guards"]:
        yield f"    guard {guarded['guard']}: {guarded['verdict']}, {guarded['sentence']}"
    if len(one["tells"]) > 1:
        yield "    tells too: " + ", ".join(told for told in one["tells"] if told != one["decision_id"])
    if one["message"]:
        yield from _message_lines(one["message"], one["channel"])


def _message_lines(message: Delivery, channel: str) -> Iterator[str]:
    parts = [
        f"{message['state']} {minute(message['sent_at'])}" if message["sent_at"] else message["state"],
        message["outcome"],
        f"{message['attempts']} {'attempt' if message['attempts'] == 1 else 'attempts'}",
        f"receipt {message['provider_id']}" if message["provider_id"] else "",
        f"text version {message['template_version']}" if message["template_version"] else "",
    ]
    yield f"    {channel} message: " + ", ".join(part for part in parts if part)
    if message["also"]:
        yield f"    tells of other orders too: {', '.join(message['also'])}"
    for event, time in message["seen"].items():
        yield f"    came back: {words(event)} {minute(time)}"
