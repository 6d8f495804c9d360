"""How well held-out carriers are read: the figures of docs/classifier.json.

Every figure is leave-one-carrier-out, its calibration included. `accuracy` is of a forced choice among the statuses;
`precision` and `coverage` are at the thresholds: how often a given status is right, and how many phrases get one.
`new_wordings` are phrases that no other carrier in the collection prints word for word; the others are looked up.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from porchlight.domain.status import Status, SubStatus

from tools.classifier.calibration import LEAST_SUB, Fitted, confidences, fitted, trusted
from tools.classifier.corpus import Labelled, phrases_digest
from tools.classifier.held_out import Answer
from tools.classifier.wordings import NOTHING, known_elsewhere

_BINS = 10
type Figures = dict[str, object]


class _Case(NamedTuple):
    phrase: Labelled
    answer: Answer
    sure: float
    is_trusted: bool
    is_new: bool

    @property
    def is_right(self) -> bool:
        return self.phrase.status is self.answer.status

    @property
    def sub_status(self) -> SubStatus:
        return self.answer.sub_status if self.answer.sub_chance >= LEAST_SUB else SubStatus.NONE

    @property
    def is_wholly_right(self) -> bool:
        return self.is_right and self.phrase.sub_status is self.sub_status


def report(phrases: Sequence[Labelled], answers: Sequence[Answer]) -> Figures:
    """All figures."""
    trust = fitted(phrases, answers)
    cases = _cases(phrases, answers, trust)
    known = [case for case in cases if case.phrase.status is not Status.UNKNOWN]
    silent = [case for case in cases if case.phrase.status is Status.UNKNOWN]
    return {
        "phrases": len(cases),
        "carriers": len({case.phrase.carrier for case in cases}),
        "languages": len({case.phrase.language for case in cases}),
        "digest": phrases_digest(),
        "thresholds": trust.thresholds._asdict(),
        "all": _figures(cases),
        "new_wordings": _figures([case for case in cases if case.is_new]),
        "delivered": _of_status(cases, Status.DELIVERED),
        "without_a_status_kept_unknown": _share(silent, lambda case: not case.is_trusted),
        "calibration_error": _calibration_error(cases),
        "by_language": _grouped(known, lambda case: case.phrase.language),
        "by_status": {status.value: _of_status(cases, status) for status in Status if status is not Status.UNKNOWN},
        "by_carrier": _grouped(known, lambda case: case.phrase.carrier),
    }


def _cases(phrases: Sequence[Labelled], answers: Sequence[Answer], trust: Fitted) -> list[_Case]:
    elsewhere = known_elsewhere(phrases)
    new = [at for at, reading in enumerate(elsewhere) if not reading]
    own, read = [phrases[at] for at in new], [answers[at] for at in new]
    sure = confidences(own, read)
    acted = trusted(read, sure, trust.thresholds)
    parts = zip(own, read, sure.tolist(), acted.tolist(), strict=True)
    guessed = [_Case(*part, is_new=True) for part in parts]
    known = [(phrases[at], reading) for at, reading in enumerate(elsewhere) if reading]
    return guessed + [_looked_up(one, reading, trust.agreement) for one, reading in known]


def _looked_up(one: Labelled, reading: str, sure: float) -> _Case:
    status, sub_status = reading.split("/")
    answer = Answer(Status(status), SubStatus(sub_status), 1.0, 1.0, 1.0, 1)
    says_nothing = reading == NOTHING
    return _Case(one, answer, 1 - sure if says_nothing else sure, not says_nothing, is_new=False)


def _figures(cases: Sequence[_Case]) -> Figures:
    known = [case for case in cases if case.phrase.status is not Status.UNKNOWN]
    acted = [case for case in cases if case.is_trusted]
    return {
        "phrases": len(cases),
        "accuracy_status": _share(known, lambda case: case.is_right),
        "accuracy_status_and_sub_status": _share(known, lambda case: case.is_wholly_right),
        "precision": _share(acted, lambda case: case.is_right),
        "precision_status_and_sub_status": _share(acted, lambda case: case.is_wholly_right),
        "coverage": _share(known, lambda case: case.is_trusted),
    }


def _grouped(cases: Sequence[_Case], key: Callable[[_Case], str]) -> Figures:
    groups = defaultdict(list)
    for case in cases:
        groups[key(case)].append(case)
    return {name: _figures(groups[name]) for name in sorted(groups, key=lambda name: (-len(groups[name]), name))}


def _of_status(cases: Sequence[_Case], status: Status) -> Figures:
    own = [case for case in cases if case.phrase.status is status]
    said = [case for case in cases if case.is_trusted and case.answer.status is status]
    return {
        "phrases": len(own),
        "said": len(said),
        "precision": _share(said, lambda case: case.is_right),
        "recall": _share(own, lambda case: case.is_trusted and case.is_right),
    }


def _calibration_error(cases: Sequence[_Case]) -> float:
    """Mean distance of confidence and truth over ten bands of confidence, weighed by their phrases."""
    bands = defaultdict(list)
    for case in cases:
        bands[min(int(case.sure * _BINS), _BINS - 1)].append(case)
    gaps = (abs(sum(case.sure - case.is_right for case in band)) for band in bands.values())
    return round(sum(gaps) / len(cases), 4)


def _share(cases: Sequence[_Case], holds: Callable[[_Case], bool]) -> float | None:
    return round(sum(map(holds, cases)) / len(cases), 4) if cases else None
