"""When to ask for a review: after everything has arrived and rested, not while a problem is open, never not at all.

The hold moves the request in time and does nothing else. It never says "do not ask", it does not know who the shopper
is, and whatever is open, the limit date asks. So asking everybody is a property of this function and not of its use.
"""

from datetime import datetime

from porchlight.domain.arrivals import arrivals_of
from porchlight.domain.hold_rules import HoldRules
from porchlight.domain.model import Value
from porchlight.domain.problems import Outside, Problem, ProblemKind, end_of, open_problems
from porchlight.domain.state import OrderState
from porchlight.domain.status import Status


class Timing(Value):
    """Whether to ask now.

    Attributes:
        ask: Now; otherwise look again at `until`, or when anything new is known.
        until: When the request is asked if nothing new is heard; never after `limit`. `None` when the order itself is
            not known yet, so that nobody could be asked.
        limit: Everybody is asked by then.
        since: From when on nothing held it; `None` while something does.
        problems: What is open; not empty together with `ask` only at the limit.
        reasons: Why, in sentences for the ledger.
    """

    ask: bool
    until: datetime | None
    limit: datetime | None
    since: datetime | None = None
    problems: tuple[Problem, ...] = ()
    reasons: tuple[str, ...]


def when_to_ask(state: OrderState, outside: Outside, rules: HoldRules, now: datetime) -> Timing:
    """Ask now, or wait until when.

    For one state, time only moves it on: who is asked at one moment is asked at every later one, and a look at `until`
    asks.
    """
    limit = limit_of(state, rules)
    if limit is None:
        return Timing(ask=False, until=None, limit=None, reasons=("the order is not known yet",))
    problems = open_problems(state, outside, rules, now)
    complete = arrivals_of(state, rules.together_within).complete_at
    rested = complete + rules.rest if complete else None
    ends = [rested, *(one.until for one in problems)]
    until = min(limit, max(end or limit for end in ends))
    reasons = (*_arrival(state, rested, now), *(_sentence(one) for one in problems))
    if now >= limit:
        last = f"asked at the limit {limit:%Y-%m-%d}, whatever is open: everybody is asked"
        return Timing(ask=True, until=now, limit=limit, since=limit, problems=problems, reasons=(*reasons, last))
    if now >= until:
        rests = ("everything has arrived and rested, nothing is open",)
        return Timing(ask=True, until=now, limit=limit, since=until, reasons=rests)
    return Timing(ask=False, until=until, limit=limit, problems=problems, reasons=reasons)


def limit_of(state: OrderState, rules: HoldRules) -> datetime | None:
    """The day by which the shopper is asked in any case; it moves only when a part arrives or the promise changes."""
    order = state.order
    if order is None:
        return None
    arrivals = arrivals_of(state, rules.together_within)
    due = end_of(order.promised.day, order) if order.promised else order.placed_at + rules.expected_within
    last = arrivals.complete_at or max(due, arrivals.last_at or due)
    return min(last + rules.limit, order.placed_at + rules.never_after)


def _arrival(state: OrderState, rested: datetime | None, now: datetime) -> tuple[str, ...]:
    if rested is None:
        arrived = state.count(Status.DELIVERED)
        return (f"{arrived} of {len(state.parcels)} parcels have arrived, or more are to come",)
    return (f"arrived, and rests until {rested:%Y-%m-%d}",) if now < rested else ()


_WORDS: dict[ProblemKind, str] = {
    ProblemKind.LATE: "late against the promised day",
    ProblemKind.LONG_WAIT: "a long wait since the order",
    ProblemKind.INCOMPLETE: "a part has arrived, and the rest is not known to be there",
    ProblemKind.EXCEPTION: "the carrier reports a problem",
    ProblemKind.STALLED: "no scan for too long",
    ProblemKind.DAMAGED: "damaged or lost",
    ProblemKind.RETURN: "a return",
    ProblemKind.REFUND: "money was paid back",
    ProblemKind.COMPLAINT: "a complaint",
    ProblemKind.LOW_SURVEY_SCORE: "a low survey score",
}


def _sentence(problem: Problem) -> str:
    end = f"counts until {problem.until:%Y-%m-%d}" if problem.until else "open"
    return f"{_WORDS[problem.kind]}: since {problem.since:%Y-%m-%d}, {end}"
