"""What can speak against asking the survey's question: it is answered."""

from porchlight.domain.guards import Case
from porchlight.domain.ledger import Outcome, Verdict
from porchlight.domain.survey import TEMPLATE, answer_about

_ASKS_NOTHING = Verdict(guard="not_answered", sentence="it asks no survey")
_UNANSWERED = Verdict(guard="not_answered", sentence="they have not answered about this order")


def not_answered(case: Case) -> Verdict:
    """The shopper has not answered the survey about this order."""
    if (case.touchpoint.template or case.touchpoint.id) != TEMPLATE:
        return _ASKS_NOTHING
    answer = answer_about(case.state.order_id, case.shopper.answers)
    if answer is None:
        return _UNANSWERED
    sentence = f"they answered about this order on {answer.at:%Y-%m-%d}"
    return Verdict(guard="not_answered", outcome=Outcome.DROP, sentence=sentence)
