"""What a vendor's words mean where its own table and the merchant's mapping say nothing: a guess that says so.

Every scan that nobody could read is also laid on the mapping desk with an example, whether or not it could be guessed.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from porchlight.classifier import classify
from porchlight.domain.mappings import Mappings, UnmappedCode
from porchlight.domain.status import Status
from porchlight.domain.tracking import Labeller, TrackingEvent, TrackingUpdate

NOTE_EVERY = timedelta(minutes=1)
"""One process writes one code to the desk no more often than this."""
REMEMBERED = 1000


@dataclass(slots=True)
class Understanding:
    """Guesses, and remembers what it has reported lately: by name, when and how often since.

    Attributes:
        reported: Kept for the life of a process.
    """

    reported: dict[tuple[str, str], tuple[datetime, int]] = field(default_factory=dict)

    def of(
        self, update: TrackingUpdate, mappings: Mappings, order_id: str, now: datetime
    ) -> tuple[TrackingUpdate, list[UnmappedCode]]:
        """The update with every scan read as well as it can be, and what belongs on the desk.

        What the merchant has mapped is left as it came: that is read anew each time (domain/mappings.py).
        """
        unread = {id(event) for event in update.unmapped() if not mappings.names(event)}
        if not unread:
            return update, []
        events, unmapped = [], []
        for event in update.events:
            if id(event) not in unread:
                events.append(event)
                continue
            found = _looked_at(event, order_id, now)
            events.append(_guessed(event, found))
            unmapped += self._worth_reporting(found, now)
        return update.model_copy(update={"events": tuple(events)}), unmapped

    def _worth_reporting(self, unmapped: UnmappedCode, now: datetime) -> list[UnmappedCode]:
        key = unmapped.source, unmapped.name
        reported_at, waiting = self.reported.get(key, (None, 0))
        if reported_at and now - reported_at < NOTE_EVERY:
            self.reported[key] = reported_at, waiting + 1
            return []
        if len(self.reported) >= REMEMBERED:
            self.reported.clear()
        self.reported[key] = now, 0
        return [unmapped.model_copy(update={"count": waiting + 1})]


def _looked_at(event: TrackingEvent, order_id: str, now: datetime) -> UnmappedCode:
    guess = classify(event.description, event.source)
    return UnmappedCode(
        source=event.source,
        code=event.code,
        text=event.description,
        first_seen=now,
        last_seen=now,
        order_id=order_id,
        guess=guess.status,
        guessed_reason=guess.sub_status,
        confidence=guess.confidence,
    )


def _guessed(event: TrackingEvent, found: UnmappedCode) -> TrackingEvent:
    if found.guess is Status.UNKNOWN:
        return event
    reading = {"status": found.guess, "sub_status": found.guessed_reason, "confidence": found.confidence}
    return event.model_copy(update=reading | {"labelled_by": Labeller.MODEL})
