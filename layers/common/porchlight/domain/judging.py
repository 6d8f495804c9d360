"""Every guard's word on one case, and what follows from them.

Guards that drop stand before those that delay, so that nothing waits only to be dropped.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from porchlight.domain import shopper_guards
from porchlight.domain.channel_guards import channel_health
from porchlight.domain.digests import digest
from porchlight.domain.fallback import Try
from porchlight.domain.guards import STATE_GUARDS, Case, Guard, merge_window
from porchlight.domain.ledger import Decision, Outcome, Verdict
from porchlight.domain.storm_guards import storm
from porchlight.domain.supply_guards import not_bought_again, runs_low
from porchlight.domain.survey_guards import not_answered

GUARDS: tuple[Guard, ...] = (
    *STATE_GUARDS,
    *shopper_guards.DROPPING,
    not_bought_again,
    not_answered,
    runs_low,
    storm,
    channel_health,
    *shopper_guards.DELAYING,
    merge_window,
    digest,
)
FOR_MERCHANT: tuple[Guard, ...] = (*STATE_GUARDS, storm, channel_health, merge_window)


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


def decision_on(case: Case, version: str, variants: Mapping[str, str], attempt: Try) -> Decision:
    """The ledger's row for this case; `variants` are those of the order, by touchpoint."""
    judgement, occurrence = judge(case), case.occurrence
    return Decision(
        decision_id=attempt.decision_id,
        touchpoint=case.touchpoint.id,
        occurrence=occurrence.key,
        trigger=case.touchpoint.trigger.value,
        rule_version=version,
        outcome=judgement.outcome,
        decided_at=case.now,
        happened_at=occurrence.at,
        channel=case.channel,
        tracking_number=occurrence.shipment.tracking_number if occurrence.shipment else "",
        facts=occurrence.facts,
        verdicts=(attempt.verdict, *judgement.verdicts) if attempt.verdict else judgement.verdicts,
        audience=case.touchpoint.audience,
        purpose=case.touchpoint.purpose,
        urgent=case.touchpoint.is_urgent,
        due_at=case.due_at if case.due_at != occurrence.at else None,
        until=judgement.until,
        variant=variants.get(case.touchpoint.id, ""),
        template=case.touchpoint.template,
        instead_of=attempt.instead_of,
    )
