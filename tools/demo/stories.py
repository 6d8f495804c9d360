"""What happens to a parcel, told in no carrier's language: scans with their hour, and the estimate as it changes.

Hours count from the demo's Monday, midnight UTC. Asked with the hour now, a story tells what has happened by then.
"""

from dataclasses import dataclass
from enum import StrEnum

from tools.demo.shop_clock import at


class Word(StrEnum):
    """What a scan says."""

    LABEL = "label"
    ACCEPTED = "accepted"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    DEPOT = "depot"
    OUT = "out"
    DELIVERED = "delivered"
    ATTEMPTED = "attempted"
    READY = "ready"
    COLLECTED = "collected"
    ADDRESS = "address"
    REFUSED = "refused"
    LOST = "lost"
    RETURNING = "returning"
    RETURNED = "returned"
    STRANGE = "strange"
    """A code that no table knows."""


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan.

    Attributes:
        stop: 0 is where the parcel starts, 1 the hub, 2 the place of delivery.
        seen_from: When the carrier begins to show it; later than `hour` for a scan that comes late.
    """

    hour: float
    word: Word
    stop: int = 0
    seen_from: float = 0


@dataclass(frozen=True, slots=True)
class Story:
    """One parcel's life.

    Attributes:
        estimates: Hour from which the carrier says so, and the weekday it names (0 is the first Monday).
    """

    scans: tuple[Scan, ...]
    estimates: tuple[tuple[float, int], ...] = ()

    def seen(self, hour: float) -> list[Scan]:
        """What the carrier shows by then, newest first."""
        shown = [scan for scan in self.scans if max(scan.hour, scan.seen_from) <= hour]
        return sorted(shown, key=lambda scan: scan.hour, reverse=True)

    def estimate(self, hour: float) -> int | None:
        """The day that the carrier names by then."""
        return next((day for since, day in reversed(self.estimates) if since <= hour), None)


def scans(*lines: str) -> tuple[Scan, ...]:
    """Scans from lines such as `Tue 13:20 out 2`; a fifth and sixth word tell when a late one is seen."""
    return tuple(_scan(line.split()) for line in lines)


def _scan(words: list[str]) -> Scan:
    late = at(words[4], words[5]) if len(words) > 4 else 0  # noqa: PLR2004 day, clock, word, stop
    return Scan(at(words[0], words[1]), Word(words[2]), int(words[3]), late)


_ON_ITS_WAY = ("Mon 12:05 label 0", "Mon 15:20 accepted 0", "Mon 22:10 departed 0", "Tue 09:15 arrived 1")
_LAST_LEG = ("Tue 15:40 departed 1", "Wed 09:50 depot 2", "Wed 13:10 out 2")
_TWO_DAYS = (*_ON_ITS_WAY, *_LAST_LEG)
_WEDNESDAY = ((at("Mon", "12:05"), 2),)

GROUND = Story(scans(*_TWO_DAYS, "Wed 18:25 delivered 2"), _WEDNESDAY)
GROUND_LATER = Story(scans(*_TWO_DAYS[:-1], "Thu 13:10 out 2", "Thu 18:25 delivered 2"), _WEDNESDAY)
NEXT_DAY = Story(
    scans("Mon 12:05 label 0", "Mon 14:20 accepted 0", "Mon 21:30 departed 0", "Tue 05:10 depot 2")
    + scans("Tue 08:40 out 2", "Tue 12:55 delivered 2"),
    ((at("Mon", "12:05"), 1),),
)
LATE_SCAN = Story((*NEXT_DAY.scans, *scans("Tue 01:30 arrived 1 Tue 12:30")), NEXT_DAY.estimates)
UNMAPPED = Story((*GROUND.scans, *scans("Tue 12:30 strange 1")), _WEDNESDAY)
TUESDAY_START = Story(
    scans("Tue 10:05 label 0", "Tue 15:20 accepted 0", "Tue 22:10 departed 0", "Wed 09:15 arrived 1")
    + scans("Thu 09:50 depot 2", "Thu 13:10 out 2", "Thu 18:25 delivered 2"),
    ((at("Tue", "10:05"), 3),),
)
ADDRESS = Story(
    scans(*_ON_ITS_WAY, "Tue 15:40 departed 1", "Wed 09:50 depot 2", "Wed 12:40 address 2", "Thu 09:30 depot 2")
    + scans("Thu 13:10 out 2", "Thu 18:25 delivered 2"),
    _WEDNESDAY,
)
STALL = Story(
    scans(*_ON_ITS_WAY[:3], "Tue 05:10 depot 2", "Tue 13:10 out 2")
    + scans("Sat 03:15 depot 2", "Sat 13:10 out 2", "Sat 18:25 delivered 2"),
    ((at("Fri", "15:00"), 5),),
)
LOST = Story(scans(*_ON_ITS_WAY, "Tue 15:40 departed 1", "Thu 12:30 lost 1"), _WEDNESDAY)
PICKUP = Story(scans(*_TWO_DAYS, "Wed 18:25 ready 2", "Fri 12:30 collected 2"), _WEDNESDAY)
ATTEMPTED = Story(scans(*_TWO_DAYS, "Wed 18:25 attempted 2", "Thu 13:10 out 2", "Thu 18:25 delivered 2"), _WEDNESDAY)
NEW_DATE = Story(
    scans(*_ON_ITS_WAY, "Wed 15:40 departed 1", "Fri 09:50 depot 2", "Fri 13:10 out 2", "Fri 18:25 delivered 2"),
    (*_WEDNESDAY, (at("Tue", "12:40"), 4)),
)
RETURN = Story(scans(*_TWO_DAYS, "Wed 18:25 refused 2", "Thu 12:30 returning 2", "Sat 12:15 returned 0"), _WEDNESDAY)
EVENING = Story(scans(*_TWO_DAYS[:-1], "Wed 15:10 out 2", "Thu 01:40 delivered 2"))
"""Told by a carrier that names no day, so it is asked seldom; the van is under way until late."""
RECYCLED = Story((Scan(-2990, Word.ACCEPTED), Scan(-2950, Word.DELIVERED, 2), *GROUND.scans), _WEDNESDAY)
"""The carrier shows another parcel of the same number first, delivered four months ago."""
FALSE_DELIVERY = Story(scans("Mon 12:05 label 0", "Mon 15:20 accepted 0", "Mon 20:30 delivered 2 Tue 16:30"))
"""What an aggregator makes of `GROUND` by mistake."""
NEVER_USED = Story(scans("Mon 12:05 label 0"))
