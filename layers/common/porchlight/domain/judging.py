"""Every guard's word on one case, and what follows from them.

Guards that drop stand before those that delay, so that nothing waits only to be dropped.
"""

from datetime import datetime
from typing import NamedTuple

from porchlight.domain import shopper_guards
from porchlight.domain.guards import STATE_GUARDS, Case, Guard, merge_window
from porchlight.domain.ledger import Decision, Outcome, Verdict

GUARDS: tuple[Guard, ...] = (*STATE_GUARDS, *shopper_guards.DROPPING, *shopper_guards.DELAYING, merge_window)
FOR_MERCHANT: tuple[Guard, ...] = (*STATE_GUARDS, merge_window)


class Judgement(NamedTuple):
    """What follows.

    Attributes:
        until: For a delay: when to judge again.
    """

    outcome: Outcome
    verdicts: tuple[Verdict, ...]
    until: datetime | None = None


def judge(case: Case) -> Judgement:
    """Every guard's verdict, and what follows."""
    verdicts = tuple(guard(case) for guard in (FOR_MERCHANT if case.for_merchant else GUARDS))
    settling = next((verdict for verdict in verdicts if verdict.outcome), None)
    if settling is None or settling.outcome is None:
        return Judgement(Outcome.SEND, verdicts)
    return Judgement(settling.outcome, verdicts, settling.until)


def waited_for_review(held: Decision | None) -> bool:
    """The review hold has let it wait before."""
    verdicts = held.verdicts if held else ()
    return any(one.guard == shopper_guards.review_hold.__name__ and one.outcome for one in verdicts)
