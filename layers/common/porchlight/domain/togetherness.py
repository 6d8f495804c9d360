"""What a journey says of messages that leave together and can not: bundles of one order, digests of several."""

from collections.abc import Iterator

from porchlight.domain.digests import is_kept
from porchlight.domain.journeys import Touchpoint

type Flaw = tuple[tuple[str | int, ...], str]
"""Path of the field in the file, and the sentence."""


def of_bundles(touchpoints: tuple[Touchpoint, ...]) -> Iterator[Flaw]:
    """Bundles that hold nothing together, or what must not leave together."""
    members: dict[str, list[tuple[int, Touchpoint]]] = {}
    for index, touchpoint in enumerate(touchpoints):
        if touchpoint.bundle:
            members.setdefault(touchpoint.bundle, []).append((index, touchpoint))
    for name, found in members.items():
        first = found[0][1]
        if len(found) == 1:
            yield ("touchpoints", found[0][0], "bundle"), f"no other touchpoint has the bundle {name}"
        for index, other in found[1:]:
            if (other.audience, other.purpose) != (first.audience, first.purpose):
                reason = f"{first.id} of the same bundle has another audience or purpose; they can not be one message"
                yield ("touchpoints", index, "bundle"), reason
            if other.digest_window != first.digest_window:
                reason = f"{first.id} of the same bundle waits for another time; they could not leave together"
                yield ("touchpoints", index, "digest_window"), reason


def of_digests(touchpoints: tuple[Touchpoint, ...]) -> Iterator[Flaw]:
    """A window of what never waits for other orders."""
    for index, touchpoint in enumerate(touchpoints):
        if touchpoint.digest_window and not is_kept(touchpoint):
            reason = "only news for shoppers that is not urgent waits for others; no experiment and no survey does"
            yield ("touchpoints", index, "digest_window"), reason
