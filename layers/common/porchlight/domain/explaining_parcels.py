"""What is known of each parcel and from whom, for `explain`: plain JSON values, and lines for people.

Who told the scan that counts, who says otherwise and who is believed, what was set aside and why, which number stands
for which, and what was only guessed. A carrier's own words are left out: they may name a person.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import TypedDict

from porchlight.domain.state import ShipmentState
from porchlight.domain.times import to_text
from porchlight.domain.tracking import Labeller, TrackingEvent


class Decisive(TypedDict):
    """The scan that set the status. `sources` are all who told it, `labelled_by` is who read its code."""

    at: str
    sources: list[str]
    code: str
    labelled_by: str
    confidence: float


class Disputed(TypedDict):
    """One source says delivered and another does not."""

    delivered_by: str
    denied_by: str
    denied_status: str
    believed: str


class Doubted(TypedDict):
    """Scans of one source that do not count, for one reason."""

    source: str
    reason: str
    scans: int
    latest: str


class Guessed(TypedDict):
    """A scan that no table knows. `counts` is false where a guess may not decide."""

    at: str
    source: str
    code: str
    status: str
    sub_status: str
    confidence: float
    counts: bool


class ExplainedParcel(TypedDict):
    """One parcel as the decisions see it now. `decided_by` is `None` where a summary, or nobody, set the status."""

    tracking_number: str
    carrier: str
    status: str
    sub_status: str
    since: str | None
    last_scan_at: str | None
    estimate: str | None
    superseded: bool
    replaced_by: list[str]
    comes_back: bool
    return_of: list[str]
    decided_by: Decisive | None
    disagreement: Disputed | None
    set_aside: list[Doubted]
    guesses: list[Guessed]


def explained_parcel(parcel: ShipmentState) -> ExplainedParcel:
    """Everything that can be said about one parcel."""
    disputed = parcel.truth.disagreement
    return {
        "tracking_number": parcel.tracking_number,
        "carrier": parcel.carrier,
        "status": parcel.status.value,
        "sub_status": parcel.sub_status.value,
        "since": _text(parcel.since),
        "last_scan_at": _text(parcel.last_scan_at),
        "estimate": str(parcel.estimate) if parcel.estimate else None,
        "superseded": parcel.superseded,
        "replaced_by": list(parcel.replaced_by),
        "comes_back": parcel.comes_back,
        "return_of": list(parcel.return_of),
        "decided_by": next(
            (_decisive(one, parcel) for one in parcel.events if one.event_id == parcel.decided_by), None
        ),
        "disagreement": {
            "delivered_by": disputed.delivered_by,
            "denied_by": disputed.denied_by,
            "denied_status": disputed.denied_status.value,
            "believed": disputed.believed,
        }
        if disputed
        else None,
        "set_aside": list(_doubted(parcel)),
        "guesses": [_guessed(one, parcel) for one in parcel.events if one.labelled_by is Labeller.MODEL],
    }


def parcel_lines(parcel: ExplainedParcel) -> Iterator[str]:
    """The same for people."""
    yield f"  {'return' if parcel['comes_back'] else 'parcel'} {_headline(parcel)}"
    if parcel["return_of"]:
        yield f"    brings back: {', '.join(parcel['return_of'])}"
    if parcel["decided_by"]:
        yield f"    told by: {_decisive_words(parcel['decided_by'])}"
    if parcel["disagreement"]:
        yield f"    disagreement: {_dispute_words(parcel['disagreement'])}"
    for one in parcel["set_aside"]:
        scans = "1 scan" if one["scans"] == 1 else f"{one['scans']} scans"
        yield f"    set aside: {scans} of {one['source']} until {minute(one['latest'])}, {one['reason']}"
    for guess in parcel["guesses"]:
        yield f"    guessed: {_guess_words(guess)}"


def words(value: str) -> str:
    """An enum's value as people write it."""
    return value.replace("_", " ")


def minute(text: str | None) -> str:
    """`2026-06-01 08:00 UTC` of an ISO 8601 time in UTC."""
    return f"{text[:10]} {text[11:16]} UTC" if text else ""


def _text(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None


def _decisive(event: TrackingEvent, parcel: ShipmentState) -> Decisive:
    return {
        "at": to_text(event.occurred_at),
        "sources": list(parcel.truth.heard_from.get(event.event_id, (event.source,))),
        "code": event.code,
        "labelled_by": event.labelled_by.value,
        "confidence": event.confidence,
    }


def _doubted(parcel: ShipmentState) -> Iterator[Doubted]:
    in_groups = sorted(parcel.truth.set_aside, key=lambda one: (one.event.source, one.reason, one.event.occurred_at))
    for (source, reason), group in groupby(in_groups, lambda one: (one.event.source, one.reason)):
        events = [one.event for one in group]
        yield {
            "source": source,
            "reason": reason,
            "scans": len(events),
            "latest": to_text(events[-1].occurred_at),
        }


def _guessed(event: TrackingEvent, parcel: ShipmentState) -> Guessed:
    return {
        "at": to_text(event.occurred_at),
        "source": event.source,
        "code": event.code,
        "status": event.status.value,
        "sub_status": event.sub_status.value,
        "confidence": event.confidence,
        "counts": event in parcel.truth.deciding,
    }


def _headline(parcel: ExplainedParcel) -> str:
    instead = f", replaced by {', '.join(parcel['replaced_by'])}" if parcel["replaced_by"] else ""
    parts = [
        f"{parcel['tracking_number']} {parcel['carrier']}".strip()
        + f": {_reading(parcel['status'], parcel['sub_status'])}",
        f"since {minute(parcel['since'])}" if parcel["since"] else "",
        f"expected {parcel['estimate']}" if parcel["estimate"] else "",
        f"no longer part of the order{instead}" if parcel["superseded"] else "",
    ]
    return ", ".join(part for part in parts if part)


def _reading(status: str, reason: str) -> str:
    return words(status) + (f" ({words(reason)})" if reason != "none" else "")


def _decisive_words(decisive: Decisive) -> str:
    code = f", code {decisive['code']}" if decisive["code"] else ""
    by = {"merchant": ", as your mapping reads it", "model": f", a guess ({decisive['confidence']:.0%} sure)"}
    return f"{', '.join(decisive['sources'])} {minute(decisive['at'])}{code}{by.get(decisive['labelled_by'], '')}"


def _dispute_words(disputed: Disputed) -> str:
    denied = f"{disputed['denied_by']} says {words(disputed['denied_status'])} later"
    return f"{disputed['delivered_by']} says delivered, {denied}; {disputed['believed']} is believed"


def _guess_words(guess: Guessed) -> str:
    code = guess["code"] or "words without a code"
    effect = "" if guess["counts"] else ", which a guess alone never settles"
    meaning = _reading(guess["status"], guess["sub_status"])
    return f"{guess['source']} {minute(guess['at'])}, {code}: {meaning} ({guess['confidence']:.0%} sure){effect}"
