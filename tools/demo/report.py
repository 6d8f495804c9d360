"""The week as a table for the terminal: each order, what it shows, what was sent, what was held back and why."""

from collections.abc import Iterator

from tools.demo.books import Page

SHORT = {
    "order_confirmed": "confirmed",
    "out_for_delivery": "out",
    "delivery_attempted": "attempted",
    "ready_for_pickup": "pickup",
}
_ORDER = (
    "order_confirmed",
    "shipped",
    "delayed",
    "stalled",
    "exception",
    "out_for_delivery",
    "delivery_attempted",
    "ready_for_pickup",
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
            reasons.setdefault(("merged", "told in one message with another parcel"), []).append(one["touchpoint"])
        elif message and message["state"] == "skipped":
            reasons.setdefault(("held", message["outcome"]), []).append(one["touchpoint"])
    yield from ((word, names, reason) for (word, reason), names in reasons.items())
