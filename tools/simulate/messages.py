"""One message and what it claims, so that every strategy is judged by the same truth.

A message is *told again* when everything it says was said in an earlier one, and *moot* when nothing of it is still
true at the moment it is (or would be) read. News of a status stays the same news while the parcel truly keeps it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from porchlight.domain.status import Status

from tools.simulate.histories import History, still_so


class About(StrEnum):
    """What a claim is about; decides when it stops being true."""

    STATUS = "status"
    SILENCE = "silence"
    NAMED_DAY = "named_day"
    ORDER = "order"


class Claim(NamedTuple):
    """One thing that is said.

    Attributes:
        key: Of two claims with the same key the second tells nothing new.
        since: For silence: the last scan that was known.
    """

    about: About
    key: str
    parcel: str = ""
    status: Status = Status.UNKNOWN
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    Attributes:
        warns: It says that something is wrong or will be later.
        asks: It asks for a review; it claims nothing.
        at_limit: It asks because the review hold's limit was reached.
    """

    at: datetime
    kind: str
    claims: frozenset[Claim] = frozenset()
    warns: bool = False
    asks: bool = False
    at_limit: bool = False


def status_claim(history: History, number: str, status: Status, happened_at: datetime) -> Claim:
    """News of a status, named by the stretch of the parcel's true life that it belongs to."""
    stretch = history.parcel(number).stretch_at(happened_at)
    return Claim(About.STATUS, f"{number}.{status}.{stretch.since}", number, status)


def holds(claim: Claim, history: History, moment: datetime) -> bool:
    """Whether it is true at a moment, as nobody but the simulation can know."""
    if claim.about is About.ORDER:
        return True
    parcel = history.parcel(claim.parcel)
    if claim.about is About.STATUS:
        return still_so(claim.status, parcel.stretch_at(moment).status)
    if claim.about is About.NAMED_DAY or claim.since is None:
        return not parcel.arrived_by(moment)
    return not parcel.scanned_between(claim.since, moment)


def told_again(messages: Iterable[Message]) -> list[bool]:
    """For each message, in the order of time, whether it says nothing that is new."""
    said: set[str] = set()
    found = []
    for message in messages:
        keys = {claim.key for claim in message.claims}
        found.append(bool(keys) and keys <= said)
        said |= keys
    return found


def is_moot(message: Message, history: History, read_at: datetime) -> bool:
    """Whether nothing of it is still true when it is read."""
    return bool(message.claims) and not any(holds(claim, history, read_at) for claim in message.claims)
