"""One sample held against its expectation, field by field."""

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from porchlight.domain.errors import PorchlightError
from porchlight.domain.tracking import TrackingEvent, TrackingUpdate, normal_number

from tools.conformance.exceptions import Exceptions
from tools.conformance.fields import same_day, same_number, same_place, same_time, same_words
from tools.conformance.reading import Outcome
from tools.conformance.samples import Sample, Scan, Shipment
from tools.conformance.words import Words


class Verdict(StrEnum):
    """What a comparison came to."""

    RIGHT = "right"
    DOCUMENTED = "documented"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One field of one sample."""

    sample: str
    field: str
    verdict: Verdict
    theirs: str = ""
    ours: str = ""
    why: str = ""


class Comparison:
    """Compares samples with what the source says of them, by its words and our exceptions."""

    def __init__(self, words: Words, exceptions: Exceptions) -> None:
        self._words = words
        self._exceptions = exceptions

    def findings(self, sample: Sample, outcome: Outcome, known: Collection[str]) -> Iterator[Finding]:
        """Every field that can be compared; `known` are the codes of the plug-in's tables, for lists of codes."""
        if sample.expectation.kind == "reference":
            for code in listed_codes(sample.body):
                yield self._finding(sample, "listed code", (code, ""), is_right=code in known)
        elif sample.expectation.kind == "error":
            is_refused = isinstance(outcome, PorchlightError) or not outcome
            yield self._finding(sample, "refused", ("an error", "" if is_refused else "a parcel"), is_right=is_refused)
        elif isinstance(outcome, PorchlightError):
            yield from self._refused(sample, outcome)
        else:
            for theirs, ours in _paired(sample.expectation.shipments, outcome):
                yield from self._shipment(sample, theirs, ours)

    def signature(self, sample: Sample, *, is_right: bool) -> Finding:
        """Whether a delivery is proved by its signature."""
        return self._finding(sample, "signature", ("signed", "" if is_right else "not proved"), is_right=is_right)

    def _refused(self, sample: Sample, error: PorchlightError) -> Iterator[Finding]:
        said = f"{type(error).__name__}: {error}"
        for theirs in sample.expectation.shipments:
            is_empty = not (theirs.status or theirs.delivered or theirs.events)
            for field in _told(theirs):
                pair = ("an empty answer" if is_empty else "an answer"), said
                yield self._finding(sample, field, pair, is_right=False)

    def _shipment(self, sample: Sample, theirs: Shipment, ours: TrackingUpdate | None) -> Iterator[Finding]:
        if ours is None:
            yield self._finding(sample, "number", (theirs.tracking_number or "a parcel", "no parcel"), is_right=False)
            return
        if theirs.tracking_number:
            pair = theirs.tracking_number, ours.tracking_number
            yield self._finding(sample, "number", pair, is_right=same_number(*pair, sample.body))
        if theirs.delivered is not None:
            told = str(theirs.delivered).lower(), f"{str(ours.delivered).lower()} ({ours.status})"
            yield self._finding(sample, "delivered", told, is_right=theirs.delivered is ours.delivered)
        if theirs.estimated_delivery:
            pair = theirs.estimated_delivery, str(ours.estimate or "")
            yield self._finding(sample, "estimate", pair, is_right=same_day(*pair))
        if theirs.status:
            yield from self._status(sample, "status", theirs.status, ours)
        if theirs.events is not None:
            counts = str(len(theirs.events)), str(len(ours.events))
            yield self._finding(sample, "events", counts, is_right=counts[0] == counts[1])
            for scan, event in _aligned(theirs.events, ours.events):
                yield from self._scan(sample, scan, event)

    def _scan(self, sample: Sample, theirs: Scan, ours: TrackingEvent) -> Iterator[Finding]:
        if theirs.status:
            yield from self._status(sample, "event status", theirs.status, ours)
        for field, said, told, agrees in _facts(theirs, ours):
            yield self._finding(sample, field, (said, told), is_right=agrees())

    def _status(self, sample: Sample, field: str, word: str, ours: TrackingUpdate | TrackingEvent) -> Iterator[Finding]:
        """A word that no table knows says nothing, so it is not compared."""
        readings = self._words.readings(sample.expectation.source, sample.folder, word)
        if readings is not None:
            reading = f"{ours.status}/{ours.sub_status}"
            is_right = bool(readings & {ours.status.value, reading})
            code = f" [{ours.code}]" if isinstance(ours, TrackingEvent) else ""
            yield self._finding(sample, field, (word, f"{reading}{code}"), is_right=is_right)

    def _finding(self, sample: Sample, field: str, pair: tuple[str, str], *, is_right: bool) -> Finding:
        if is_right:
            return Finding(sample.name, field, Verdict.RIGHT, *pair)
        why = self._exceptions.excuse(sample.name, field, *pair)
        return Finding(sample.name, field, Verdict.DOCUMENTED if why else Verdict.WRONG, *pair, why)


def listed_codes(body: bytes) -> Iterator[str]:
    """The codes of a vendor's published list: `[{"id": …}, …]`, or `code` in place of `id`."""
    for entry in json.loads(body):
        yield str(entry.get("id", entry.get("code")))


def unknown_words(words: Words, sample: Sample) -> Iterator[str]:
    """Status words of a sample that no table knows."""
    for shipment in sample.expectation.shipments:
        for word in (shipment.status, *(scan.status for scan in shipment.events or ())):
            if word and words.readings(sample.expectation.source, sample.folder, word) is None:
                yield word


def _told(theirs: Shipment) -> Iterator[str]:
    told = {"number": theirs.tracking_number, "delivered": theirs.delivered, "events": theirs.events}
    return (field for field, value in (told | {"status": theirs.status}).items() if value is not None)


def _facts(theirs: Scan, ours: TrackingEvent) -> Iterator[tuple[str, str, str, Callable[[], bool]]]:
    """Field, theirs, ours and whether they agree, of what the source tells."""
    if theirs.time:
        yield "time", theirs.time, ours.local_time, lambda: same_time(theirs.time or "", ours)
    if theirs.code:
        yield "code", theirs.code, ours.code, lambda: theirs.code == ours.code
    if theirs.description:
        told = ours.description
        yield "description", theirs.description, told, lambda: same_words(theirs.description or "", told)
    if theirs.location:
        yield "place", theirs.location, str(ours.place), lambda: same_place(theirs.location or "", ours)


def _paired(
    theirs: tuple[Shipment, ...], ours: tuple[TrackingUpdate, ...]
) -> Iterator[tuple[Shipment, TrackingUpdate | None]]:
    """Each of theirs with the next of ours of the same number, else with what is left, in order."""
    left = list(ours)
    for shipment in theirs:
        number = normal_number(shipment.tracking_number or "")
        update = next((one for one in left if one.tracking_number == number), left[0] if left else None)
        if update:
            left.remove(update)
        yield shipment, update


def _aligned(theirs: tuple[Scan, ...], ours: tuple[TrackingEvent, ...]) -> Iterator[tuple[Scan, TrackingEvent]]:
    """Each of theirs with the most similar of ours not taken yet; sources sort and turn their lists."""
    left = list(ours)
    for scan in theirs:
        if left:
            best = max(left, key=lambda event: sum(agrees() for *_, agrees in _facts(scan, event)))
            left.remove(best)
            yield scan, best
