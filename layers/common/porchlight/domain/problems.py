"""What is wrong with an order right now, as far as anybody can know by now.

A problem has a moment it began and, where that is known, one at which it stops mattering; without an end it lasts until
a new fact ends it. Nothing here looks at who the shopper is, and nothing at what happens later than `now`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from porchlight.domain.arrivals import Arrivals, arrivals_of, day_of
from porchlight.domain.fulfilments import ReturnState
from porchlight.domain.hold_rules import HoldRules
from porchlight.domain.model import Value
from porchlight.domain.orders import OrderSnapshot
from porchlight.domain.state import OrderState
from porchlight.domain.status import Status, SubStatus
from porchlight.domain.tracking import Place
from porchlight.domain.zones import zone_of


class ProblemKind(StrEnum):
    """What can be open."""

    LATE = "late"
    LONG_WAIT = "long_wait"
    INCOMPLETE = "incomplete"
    EXCEPTION = "exception"
    STALLED = "stalled"
    DAMAGED = "damaged"
    RETURN = "return"
    REFUND = "refund"
    COMPLAINT = "complaint"
    LOW_SURVEY_SCORE = "low_survey_score"


class Problem(Value):
    """One thing that is open.

    Attributes:
        until: When it stops mattering without any further fact; `None` when only a fact can end it.
        parcel: The tracking number it is about; empty for the order.
    """

    kind: ProblemKind
    since: datetime
    until: datetime | None = None
    parcel: str = ""


class Outside(Value):
    """What others know about the order: helpdesk and survey.

    Attributes:
        complaint_since: A complaint was opened; `complaint_solved` is `None` while it is open.
        survey_score: What the shopper answered about this order, 1 (worst) to 5, at `surveyed_at`.
    """

    complaint_since: datetime | None = None
    complaint_solved: datetime | None = None
    survey_score: int | None = None
    surveyed_at: datetime | None = None


def open_problems(state: OrderState, outside: Outside, rules: HoldRules, now: datetime) -> tuple[Problem, ...]:
    """Everything that is open at `now`, the longest-standing first."""
    if state.order is None:
        return ()
    look = _Look(state, state.order, outside, rules, now, arrivals_of(state, rules.together_within))
    found = [problem for find in _FINDERS for problem in find(look)]
    current = [one for one in found if one.until is None or one.until > now]
    return tuple(sorted(current, key=lambda one: (one.since, one.kind, one.parcel)))


def end_of(day: date, order: OrderSnapshot) -> datetime:
    """When this day is over where the order goes; by UTC where its zone would be a guess."""
    to = order.destination
    zone = zone_of(Place(region=to.region, country=to.country))
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(zone) if zone else UTC)
    return midnight.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Look:
    state: OrderState
    order: OrderSnapshot
    outside: Outside
    rules: HoldRules
    now: datetime
    arrivals: Arrivals


def _late(look: _Look) -> Iterator[Problem]:
    """Not here after the promised day, or here only after it: that stays in mind for a while."""
    promised = look.order.promised
    for parcel in look.state.parcels:
        promise = promised or parcel.first_estimate
        if promise is None:
            continue
        due = end_of(promise.day, look.order)
        arrived = look.arrivals.seen.get(parcel.tracking_number)
        if arrived is None and due <= look.now:
            yield Problem(kind=ProblemKind.LATE, since=due, parcel=parcel.tracking_number)
        elif arrived and day_of(parcel, arrived) > promise.day:
            until = arrived + look.rules.after_trouble
            yield Problem(kind=ProblemKind.LATE, since=due, until=until, parcel=parcel.tracking_number)
    if promised and not look.state.parcels and look.arrivals.complete_at is None:
        due = end_of(promised.day, look.order)
        if due <= look.now:
            yield Problem(kind=ProblemKind.LATE, since=due)


def _long_wait(look: _Look) -> Iterator[Problem]:
    """Patience ends some day, whatever was promised."""
    since = look.order.placed_at + look.rules.long_wait
    arrived = look.arrivals.last_at
    if look.arrivals.complete_at is None and since <= look.now:
        yield Problem(kind=ProblemKind.LONG_WAIT, since=since)
    elif look.arrivals.complete_at and arrived and arrived > since:
        yield Problem(kind=ProblemKind.LONG_WAIT, since=since, until=arrived + look.rules.after_trouble)


def _incomplete(look: _Look) -> Iterator[Problem]:
    """A part is here and another is not known to be."""
    first, last = look.arrivals.first_at, look.arrivals.last_at
    if first is None or last is None:
        return
    if look.arrivals.complete_at is None or look.arrivals.complete_at > last:
        yield Problem(kind=ProblemKind.INCOMPLETE, since=first, until=look.arrivals.complete_at)
    elif look.arrivals.may_lack_parts:
        yield Problem(kind=ProblemKind.INCOMPLETE, since=last, until=last + look.rules.parts_within)


_GONE_WRONG = frozenset({SubStatus.DAMAGED, SubStatus.DELIVERED_DAMAGED, SubStatus.LOST, SubStatus.DISPOSED})
_COMES_BACK = frozenset({Status.RETURN_TO_SENDER, Status.RETURNED})
_FAILED = frozenset({Status.EXCEPTION, Status.EXPIRED})


def _parcel_trouble(look: _Look) -> Iterator[Problem]:
    for parcel in look.state.parcels:
        kind = None
        if parcel.sub_status in _GONE_WRONG:
            kind = ProblemKind.DAMAGED
        elif parcel.status in _COMES_BACK:
            kind = ProblemKind.RETURN
        elif parcel.status in _FAILED:
            kind = ProblemKind.EXCEPTION
        if kind:
            since = parcel.since or parcel.last_scan_at or look.order.placed_at
            yield Problem(kind=kind, since=since, parcel=parcel.tracking_number)


def _stalled(look: _Look) -> Iterator[Problem]:
    for parcel in look.state.parcels:
        stage = Status.PRE_TRANSIT if parcel.status is Status.UNKNOWN else parcel.status
        silence = look.rules.no_scan_for.get(stage)
        if silence and parcel.is_open and parcel.last_scan_at:
            since = parcel.last_scan_at + silence
            if since <= look.now:
                yield Problem(kind=ProblemKind.STALLED, since=since, parcel=parcel.tracking_number)


_RETURN_OPEN = frozenset({ReturnState.REQUESTED, ReturnState.APPROVED, ReturnState.SHIPPED, ReturnState.RECEIVED})
_RETURN_OVER = frozenset({ReturnState.CLOSED, ReturnState.DECLINED})


def _given_back(look: _Look) -> Iterator[Problem]:
    after = look.rules.after_trouble
    for one in look.state.returns:
        if one.state in _RETURN_OPEN:
            yield Problem(kind=ProblemKind.RETURN, since=one.updated_at)
        elif one.state in _RETURN_OVER:
            yield Problem(kind=ProblemKind.RETURN, since=one.updated_at, until=one.updated_at + after)
    for refund in look.state.refunds:
        yield Problem(kind=ProblemKind.REFUND, since=refund.refunded_at, until=refund.refunded_at + after)


def _told_us(look: _Look) -> Iterator[Problem]:
    outside, after = look.outside, look.rules.after_trouble
    if outside.complaint_since:
        solved = outside.complaint_solved
        until = solved + after if solved else None
        yield Problem(kind=ProblemKind.COMPLAINT, since=outside.complaint_since, until=until)
    if outside.survey_score is not None and outside.surveyed_at and outside.survey_score <= look.rules.low_score:
        since = outside.surveyed_at
        yield Problem(kind=ProblemKind.LOW_SURVEY_SCORE, since=since, until=since + after)


_FINDERS: tuple[Callable[[_Look], Iterator[Problem]], ...] = (
    _late,
    _long_wait,
    _incomplete,
    _parcel_trouble,
    _stalled,
    _given_back,
    _told_us,
)
