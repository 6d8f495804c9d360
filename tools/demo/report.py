"""The week as a table for the terminal: each order, what it shows, what was sent, what was held back and why."""

from collections.abc import Iterator

from porchlight.domain.mappings import UnmappedCode
from porchlight.domain.storms import Incident
from porchlight.domain.truth import Disagreement

from tools.demo.books import Page

SHORT = {
    "order_confirmed": "confirmed",
    "out_for_delivery": "out",
    "delivery_attempted": "attempted",
    "ready_for_pickup": "pickup",
    "new_number": "new number",
}
_ORDER = (
    "order_confirmed",
    "order_edited",
    "back_ordered",
    "processing_delay",
    "cancelled",
    "refunded",
    "new_number",
    "shipped",
    "customs_held",
    "duty_due",
    "delayed",
    "storm",
    "stalled",
    "address_problem",
    "exception",
    "damaged",
    "lost",
    "out_for_delivery",
    "delivery_attempted",
    "ready_for_pickup",
    "pickup_reminder",
    "returning",
    "returned",
    "delivered",
)
_WIDE = 48


def table(pages: list[Page]) -> Iterator[str]:
    """One line an order, and one more for each reason."""
    yield f"{'order':6} {'what it shows':{_WIDE}} {'sent'}"
    for page in pages:
        yield f"{page.order.name:6} {page.order.why:{_WIDE}} {', '.join(short(page.sent)) or 'nothing'}"
        for word, names, reason in notes(page):
            yield f"{'':6} {'':{_WIDE}} {word} {', '.join(short(names))}: {reason}"
        for sentence in truths(page):
            yield f"{'':6} {'':{_WIDE}} {sentence}"


def short(touchpoints: list[str]) -> list[str]:
    """Touchpoints in the order of a parcel's life, repeated ones counted."""
    counted = {one: touchpoints.count(one) for one in sorted(set(touchpoints), key=_ORDER.index)}
    return [SHORT.get(one, one) + (f" ×{count}" if count > 1 else "") for one, count in counted.items()]


def notes(page: Page) -> Iterator[tuple[str, list[str], str]]:
    """What was not sent as a message of its own: how that is called, the touchpoints, and the reason."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for one in page.decisions:
        message = one["message"]
        if one["outcome"] == "drop":
            reasons.setdefault(("held", one["reason"]), []).append(one["touchpoint"])
        elif one["outcome"] == "merge":
            reason = one["reason"] if " " in one["into"] else "told in one message with another parcel"
            reasons.setdefault(("merged", reason), []).append(one["touchpoint"])
        elif message and message["state"] == "skipped":
            reasons.setdefault(("held", message["outcome"]), []).append(one["touchpoint"])
    yield from ((word, names, reason) for (word, reason), names in reasons.items())


def truths(page: Page) -> Iterator[str]:
    """What was made of it where sources were several, wrong, or about another parcel."""
    for parcel in page.state.shipments if page.state else ():
        truth, number = parcel.truth, parcel.tracking_number
        if parcel.replaced_by:
            yield f"{number} was replaced by {', '.join(parcel.replaced_by)}"
        if truth.set_aside:
            yield f"{number}: {len(truth.set_aside)} scans set aside, {truth.set_aside[0].reason}"
        for several in sorted(set(truth.heard_from.values())):
            count = sum(sources == several for sources in truth.heard_from.values())
            yield f"{number}: {count} scans told by {' and '.join(several)}, shown once"
        if truth.disagreement:
            yield f"{number}: {disagreement(truth.disagreement)}"


def midweek(pages: list[Page]) -> Iterator[str]:
    """Who contradicted whom in the middle of the week; later the truth came out."""
    for page in pages:
        for parcel in page.state.shipments if page.state else ():
            if parcel.truth.disagreement:
                yield f"{page.order.name}: {disagreement(parcel.truth.disagreement)}"


def disagreement(one: Disagreement) -> str:
    """Who says what, and who is believed."""
    denied = one.denied_status.value.replace("_", " ")
    return f"{one.delivered_by} says delivered, {one.denied_by} says {denied}; {one.believed} is believed"


def storms(pages: list[Page], incidents: list[Incident]) -> Iterator[str]:
    """Each storm in the words of the order that found it, who was told, and what waited for its end."""
    for incident in incidents:
        rows = [
            (page, one)
            for page in pages
            for one in page.decisions
            if one["facts"].get("incident") == incident.incident_id
        ]
        facts = next((one["facts"] for _, one in rows), {})
        told = [page.order.name for page, one in rows if one["outcome"] == "send"]
        waited = sum(one["touchpoint"] == "stalled" for page, _ in rows for one in page.decisions)
        yield (
            f"storm {incident.incident_id}: {facts.get('still')} of {facts.get('parcels')} parcels by"
            f" {facts.get('carrier')} to {facts.get('country')} stood still; one mail each to {len(told)} orders'"
            f" shoppers ({', '.join(told)}), {waited} single alerts waited"
        )


def on_the_desk(unmapped: list[UnmappedCode]) -> Iterator[str]:
    """Codes that wait for the merchant's word."""
    for one in unmapped:
        yield f"on the mapping desk: {one.source} {one.code or '(no code)'}, “{one.text}”, met about {one.count} times"
