"""Tables of vendor codes, written by meaning and looked up by code, and what a vendor's summary adds to its scans."""

from collections.abc import Mapping
from datetime import datetime

from porchlight.domain.errors import MalformedPayloadError
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Estimate, TrackingEvent, TrackingUpdate, newest, normal_number

Reading = tuple[Status, SubStatus]
"""What a vendor code means to us."""
UNKNOWN: Reading = (Status.UNKNOWN, SubStatus.NONE)


def by_code[T](groups: Mapping[T, str]) -> dict[str, T]:
    """Turn `{meaning: "CODE CODE"}` into `{code: meaning}`. Raises `ValueError` when a code has two meanings."""
    pairs = [(code, meaning) for meaning, codes in groups.items() for code in codes.split()]
    table = dict(pairs)
    if len(table) != len(pairs):
        message = "a code is listed twice"
        raise ValueError(message)
    return table


def stated(summary: Reading, events: tuple[TrackingEvent, ...]) -> Reading:
    """The vendor's own summary of a parcel; where it says nothing of use, the newest scan whose meaning is known.

    A summary is coarser than a scan, so the newest scan gives the reason when both agree on the status. One that still
    says "label created" beside a scan that moved was made before the scan.
    """
    latest = newest(events)
    if latest is None:
        return summary
    if summary[0] in {Status.UNKNOWN, Status.PRE_TRANSIT, latest.status}:
        return latest.status, latest.sub_status if latest.sub_status is not SubStatus.NONE else _reason(summary, latest)
    return summary


def _reason(summary: Reading, latest: TrackingEvent) -> SubStatus:
    return summary[1] if summary[0] is latest.status else SubStatus.NONE


def carrier_update(  # noqa: PLR0913 what an update is made of
    carrier: str,
    number: str,
    summary: Reading,
    events: tuple[TrackingEvent, ...],
    estimate: Estimate | None,
    *,
    received_at: datetime,
    numbered: bool = True,
) -> TrackingUpdate:
    """What a carrier says about a parcel of its own. Raises `MalformedPayloadError` when it says nothing.

    Args:
        carrier: The plug-in's code.
        number: As printed.
        summary: The carrier's reading of the whole parcel, else `UNKNOWN`.
        events: In the carrier's order.
        estimate: When it should arrive, if the carrier says.
        received_at: When this was said.
        numbered: Whether the answers of this carrier repeat the number they were asked for.
    """
    if (numbered and not normal_number(number)) or (not events and summary == UNKNOWN):
        raise MalformedPayloadError(carrier, "trackingNumber", "no number, or neither a status nor a scan with it")
    status, sub_status = stated(summary, events)
    return TrackingUpdate(
        tracking_number=normal_number(number),
        carrier=carrier,
        source=carrier,
        status=status,
        sub_status=sub_status,
        estimate=estimate,
        reported_at=received_at,
        events=events,
    )
