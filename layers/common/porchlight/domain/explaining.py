"""Why did, or didn't, this shopper get this message: an order's ledger as plain JSON values, and as a story for people.

Every decision in the order of time, the ones not to send included, with the sentence that settled it, every guard's
verdict, the facts it was made from, the version of the rules, and what became of the message. No name, address, street
or item is in it: the ledger holds none, and of the order only its number and its parcels are told.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TypedDict

from porchlight.domain.ledger import Decision, LedgerRow, Message, Outcome
from porchlight.domain.state import OrderState, ShipmentState
from porchlight.domain.times import to_text


class Guarded(TypedDict):
    """One guard's word. `verdict` is `pass`, or the outcome it asked for."""

    guard: str
    verdict: str
    sentence: str


class Delivery(TypedDict):
    """What became of a message. `seen` has the provider's events by name, with their times, oldest first."""

    state: str
    attempts: int
    sent_at: str | None
    outcome: str
    provider_id: str
    template_version: str
    seen: dict[str, str]


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


class ExplainedParcel(TypedDict):
    """One parcel as the decisions see it now."""

    tracking_number: str
    carrier: str
    status: str
    sub_status: str
    since: str | None
    last_scan_at: str | None
    estimate: str | None
    superseded: bool


class Explanation(TypedDict):
    """Everything that can be said about an order's messages. `order` is empty before the store has told of it."""

    order_id: str
    order: str
    cancelled: bool
    parcels: list[ExplainedParcel]
    decisions: list[Explained]


def explain(rows: Iterable[LedgerRow], state: OrderState) -> Explanation:
    """The ledger of one order, oldest decision first; a merged one stands behind the one it went into."""
    in_time = sorted(rows, key=lambda row: _place(row.decision))
    return {
        "order_id": state.order_id,
        "order": state.order.number if state.order else "",
        "cancelled": state.cancelled,
        "parcels": [_parcel(parcel) for parcel in state.shipments],
        "decisions": [_explained(row.decision, row.message) for row in in_time],
    }


def story(explanation: Explanation) -> str:
    """The same for people, as lines of text."""
    return "\n".join(_lines(explanation)) + "\n"


def _place(decision: Decision) -> tuple[datetime, bool, str]:
    return decision.decided_at, decision.outcome is Outcome.MERGE, decision.decision_id


def _text(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None


def _parcel(parcel: ShipmentState) -> ExplainedParcel:
    return {
        "tracking_number": parcel.tracking_number,
        "carrier": parcel.carrier,
        "status": parcel.status.value,
        "sub_status": parcel.sub_status.value,
        "since": _text(parcel.since),
        "last_scan_at": _text(parcel.last_scan_at),
        "estimate": str(parcel.estimate) if parcel.estimate else None,
        "superseded": parcel.superseded,
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
        yield f"  parcel {_parcel_words(parcel)}"
    if not explanation["decisions"]:
        yield "Nothing has been decided yet."
    for one in explanation["decisions"]:
        yield ""
        yield from _decision_lines(one)


def _parcel_words(parcel: ExplainedParcel) -> str:
    reason = f" ({_words(parcel['sub_status'])})" if parcel["sub_status"] != "none" else ""
    parts = [
        f"{parcel['tracking_number']} {parcel['carrier']}".strip() + f": {_words(parcel['status'])}{reason}",
        f"since {_minute(parcel['since'])}" if parcel["since"] else "",
        f"expected {parcel['estimate']}" if parcel["estimate"] else "",
        "no longer part of the order" if parcel["superseded"] else "",
    ]
    return ", ".join(part for part in parts if part)


def _decision_lines(one: Explained) -> Iterator[str]:
    about = f" about {one['tracking_number']}" if one["tracking_number"] else ""
    until = f" until {_minute(one['until'])}" if one["until"] else ""
    yield f"{_minute(one['decided_at'])}  {one['touchpoint']}{about} {_DID[one['outcome']]}{until}: {one['reason']}"
    yield f"    rule: {one['trigger']}, journey version {one['rule_version']}, happened {_minute(one['happened_at'])}"
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
        f"{message['state']} {_minute(message['sent_at'])}" if message["sent_at"] else message["state"],
        message["outcome"],
        f"{message['attempts']} {'attempt' if message['attempts'] == 1 else 'attempts'}",
        f"receipt {message['provider_id']}" if message["provider_id"] else "",
        f"text version {message['template_version']}" if message["template_version"] else "",
    ]
    yield f"    {channel} message: " + ", ".join(part for part in parts if part)
    for event, time in message["seen"].items():
        yield f"    came back: {_words(event)} {_minute(time)}"


def _words(value: str) -> str:
    return value.replace("_", " ")


def _minute(text: str | None) -> str:
    """`2026-06-01 08:00 UTC` of an ISO 8601 time in UTC."""
    return f"{text[:10]} {text[11:16]} UTC" if text else ""
