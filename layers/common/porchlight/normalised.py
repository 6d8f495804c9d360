"""The documented JSON form of a tracking update, as `python -m porchlight normalise` prints it.

One object per parcel. `time` is UTC in ISO 8601 with milliseconds, best effort; `local_time` is what the carrier
printed and `time_quality` says how far to trust the first. Keys and their order are stable: other tools read them.
"""

from porchlight.domain.times import to_text
from porchlight.domain.tracking import TrackingEvent, TrackingUpdate

NormalisedEvent = dict[str, str]
NormalisedUpdate = dict[str, str | bool | list[NormalisedEvent] | None]


def normalised(update: TrackingUpdate) -> NormalisedUpdate:
    """One parcel as plain JSON values; events stay in the vendor's order."""
    return {
        "tracking_number": update.tracking_number,
        "carrier": update.carrier,
        "status": update.status.value,
        "sub_status": update.sub_status.value,
        "delivered": update.delivered,
        "estimated_delivery": str(update.estimate) if update.estimate else None,
        "events": [_event(event) for event in update.events],
    }


def _event(event: TrackingEvent) -> NormalisedEvent:
    return {
        "time": to_text(event.occurred_at),
        "local_time": event.local_time,
        "time_quality": event.time_quality.value,
        "code": event.code,
        "description": event.description,
        "location": str(event.place),
        "status": event.status.value,
        "sub_status": event.sub_status.value,
    }
