"""The documented JSON form of a tracking or store update, as `python -m porchlight normalise` prints it.

One object per parcel, or per order of a store's delivery. `time` is UTC in ISO 8601 with milliseconds, best effort;
`local_time` is what the carrier printed and `time_quality` says how far to trust the first. Keys and their order are
stable: other tools read them.
"""

from datetime import datetime

from pydantic import BaseModel

from porchlight.domain.store_news import StoreNews
from porchlight.domain.times import to_text
from porchlight.domain.tracking import Estimate, TrackingEvent, TrackingUpdate

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


def normalised_store(update: StoreNews) -> dict[str, object]:
    """What a store said about one order, or asks for, as plain JSON values, under the names of `domain/orders.py`."""
    return _fields(update)


def _fields(value: BaseModel) -> dict[str, object]:
    return {name: _plain(getattr(value, name)) for name in type(value).model_fields}


def _plain(value: object) -> object:
    match value:
        case datetime():
            return to_text(value)
        case TrackingEvent():
            return _event(value)
        case Estimate():
            return str(value)
        case BaseModel():
            return _fields(value)
        case tuple():
            return [_plain(part) for part in value]
        case _:
            return value


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
