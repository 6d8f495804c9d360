"""What can speak against a reminder to buy again: the supply lasts, or there is a new one already."""

from porchlight.domain.guards import Case, runs_low_at
from porchlight.domain.ledger import Outcome, Verdict
from porchlight.domain.supply import bought_since, line_of, product_of

_NO_SUPPLY = "it is not about a supply"
_NOT_AGAIN = Verdict(guard="not_bought_again", sentence=_NO_SUPPLY)
_NOT_LOW = Verdict(guard="runs_low", sentence=_NO_SUPPLY)


def not_bought_again(case: Case) -> Verdict:
    """The shopper has not bought the product again since."""
    order = case.state.order
    item = line_of(order, case.occurrence.key) if order else None
    if order is None or item is None:
        return _NOT_AGAIN
    if bought_since(product_of(item), order.placed_at, case.shopper.bought):
        return Verdict(guard="not_bought_again", outcome=Outcome.DROP, sentence="they have bought it again since")
    return Verdict(guard="not_bought_again", sentence="they have not bought it again since")


def runs_low(case: Case) -> Verdict:
    """The supply runs low, at the pace of the shopper's own purchases where there were several."""
    at = runs_low_at(case)
    if at is None:
        return _NOT_LOW
    day = f"{at:%B} {at.day}"
    if case.now < at:
        return Verdict(guard="runs_low", outcome=Outcome.DELAY, sentence=f"it lasts until about {day}", until=at)
    return Verdict(guard="runs_low", sentence=f"it lasted until about {day}")
