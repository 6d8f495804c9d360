"""Scans that can not be this parcel's: carriers use their numbers again, and people mistype them.

They are kept and shown to the merchant with the reason, and count for nothing.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from porchlight.domain.shipment_facts import Report
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.times import TimeQuality
from porchlight.domain.tracking import TrackingEvent

OLDER_THAN_LABEL = timedelta(hours=36)
"""A number is given out again months later; a wall clock read in the wrong zone is wrong by a day."""

_GOES_BACK = frozenset({Status.RETURN_TO_SENDER, Status.RETURNED})
_ONE_POSTAL_AREA = (
    frozenset({"US", "PR", "VI", "GU", "AS", "MP"}),
    frozenset({"GB", "GG", "JE", "IM"}),
    frozenset({"FR", "MC", "RE", "GP", "MQ", "GF", "YT", "PM", "BL", "MF", "NC", "PF", "WF", "TF"}),
    frozenset({"IT", "SM", "VA"}),
    frozenset({"CH", "LI"}),
    frozenset({"CN", "HK", "MO", "TW"}),
    frozenset({"NL", "BQ", "AW", "CW", "SX"}),
    frozenset({"DK", "FO", "GL"}),
    frozenset({"NO", "SJ"}),
    frozenset({"FI", "AX"}),
    frozenset({"ES", "IC", "AD"}),
    frozenset({"AU", "NF", "CX", "CC"}),
)
"""Countries that carriers write for one another."""


class Label(NamedTuple):
    """What the store knows of a parcel before it leaves; empty where it does not say.

    Attributes:
        known_since: Earliest moment this number can have meant this parcel.
        country: Destination, ISO 3166-1 alpha-2.
        postal_code: Destination.
        city: Destination.
    """

    known_since: datetime | None = None
    country: str = ""
    postal_code: str = ""
    city: str = ""


class SetAside(NamedTuple):
    """A scan that is kept and does not count."""

    event: TrackingEvent
    reason: str


def strays(events: Sequence[TrackingEvent], label: Label) -> Iterator[SetAside]:
    """Those of `events` that do not count, each with the reason."""
    misplaced = _misplaced(events, label)
    for event in events:
        last = misplaced.get(event.source)
        if _is_older(event, label):
            yield SetAside(event, "older than the order: the number was used before")
        elif last and event.occurred_at <= last:
            yield SetAside(event, "another parcel of this number: it was delivered elsewhere")


def _is_older(event: TrackingEvent, label: Label) -> bool:
    if label.known_since is None or event.time_quality is TimeQuality.CLAMPED:
        return False
    return event.occurred_at < label.known_since - OLDER_THAN_LABEL


def _misplaced(events: Sequence[TrackingEvent], label: Label) -> dict[str, datetime]:
    """Until when each source tells of a parcel that was delivered where this one does not go."""
    if any(event.status in _GOES_BACK or event.sub_status is SubStatus.FORWARDED for event in events):
        return {}
    found: dict[str, datetime] = {}
    for event in events:
        if event.status is Status.DELIVERED and _is_elsewhere(event, label):
            found[event.source] = max(event.occurred_at, found.get(event.source, event.occurred_at))
    return found


def _is_elsewhere(event: TrackingEvent, label: Label) -> bool:
    here, there = event.place.country.upper(), label.country.upper()
    if here and there and here != there:
        return not any({here, there} <= area for area in _ONE_POSTAL_AREA)
    region, expected = _region(event.place.postal_code), _region(label.postal_code)
    same_city = event.place.city.casefold() == label.city.casefold()
    return bool(region and expected and region != expected and not same_city)


def _region(postal_code: str) -> str:
    """First digit of a numeric postcode: a part of the country. Finer would mistake the depot for the door."""
    digits = postal_code.strip()[:5]
    return digits[0] if len(digits) == len("00000") and digits.isascii() and digits.isdecimal() else ""


def still_backed(report: Report, kept: Sequence[TrackingEvent], set_aside: Sequence[SetAside]) -> bool:
    """Whether a source's summary counts: one of scans that were set aside goes with them."""
    gone = [one.event for one in set_aside if one.event.source == report.source]
    mine = [event for event in kept if event.source == report.source]
    if not gone:
        return True
    statuses = {event.status for event in mine}
    return bool(mine) and not any(event.status is report.status and event.status not in statuses for event in gone)
