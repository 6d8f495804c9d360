"""What one order's message tells of the shopper's other orders: found in their ledgers, and merged as it is claimed."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from porchlight.domain.digests import is_kept, waits_for_others
from porchlight.domain.journeys import Journey
from porchlight.domain.ledger import Decision, LedgerRow, MessageState, Outcome, Verdict
from porchlight.domain.messages import Intent
from porchlight.domain.state import OrderState

MOST_SECTIONS = 4
"""Of other orders in one mail: it stays short enough to be read."""


class Host(NamedTuple):
    """The message that takes news of other orders along.

    Attributes:
        order: Number of its own order, for people.
    """

    intent: Intent
    channel: str
    order: str

    @property
    def name(self) -> str:
        """How the ledgers of other orders name it."""
        return _named(self.intent.order_id, self.intent.message_id)


class Merge(NamedTuple):
    """A row of another order's ledger that a message takes along.

    Attributes:
        row: As it was read.
        merged: What it becomes.
    """

    order_id: str
    row: LedgerRow
    merged: Decision

    @property
    def name(self) -> str:
        """As `Message.also` names it."""
        return _named(self.order_id, self.row.decision.decision_id)


class Section(NamedTuple):
    """News of another order that a message tells too.

    Attributes:
        told: Its decisions, the leading one first.
        merges: Rows that the write which claims the message is to take; none when it has them already.
    """

    state: OrderState
    told: tuple[Decision, ...]
    merges: tuple[Merge, ...] = ()


def orders_of(names: Iterable[str]) -> list[str]:
    """The orders that `Message.also` names, each once."""
    return list(dict.fromkeys(name.partition(" ")[0] for name in names))


def free_sections(
    state: OrderState, ledger: Mapping[str, LedgerRow], journey: Journey, host: Host
) -> Iterator[Section]:
    """What waits in another order and may travel with this message, by what would have been one message."""
    kept = {one.id: one for one in journey.switched_on if is_kept(one)}
    bundles: dict[str, list[Merge]] = {}
    for touchpoint in kept.values():
        rows = (row for row in ledger.values() if row.decision.touchpoint == touchpoint.id)
        free = [row for row in rows if row.decision.channel == host.channel and _is_free(row.decision, row)]
        merges = [Merge(state.order_id, row, _merged(row.decision, host)) for row in free]
        bundles.setdefault(touchpoint.bundle or touchpoint.id, []).extend(merges)
    for merges in bundles.values():
        if merges:
            yield Section(state, _told((one.row.decision for one in merges), ledger), tuple(merges))


def taken_sections(
    state: OrderState, ledger: Mapping[str, LedgerRow], journey: Journey, names: Iterable[str]
) -> Iterator[Section]:
    """What a message took along from another order before, in the same sections; `names` as in `Message.also`."""
    named = {one.id: one.bundle or one.id for one in journey.touchpoints}
    bundles: dict[str, list[Decision]] = {}
    for name in names:
        order_id, _, decision_id = name.partition(" ")
        if order_id == state.order_id and decision_id in ledger:
            decision = ledger[decision_id].decision
            bundles.setdefault(named.get(decision.touchpoint, decision.touchpoint), []).append(decision)
    for leads in bundles.values():
        yield Section(state, _told(leads, ledger))


def _is_free(decision: Decision, row: LedgerRow) -> bool:
    """It waits for others and for nothing else, or is about to leave and nobody has tried to send it yet."""
    if decision.outcome is Outcome.SEND:
        return row.message is not None and row.message.state is MessageState.PENDING and not row.message.attempts
    return waits_for_others(decision)


def _told(leads: Iterable[Decision], ledger: Mapping[str, LedgerRow]) -> tuple[Decision, ...]:
    """A message that was about to leave tells the rows that were merged into it within its order, too."""
    found = {one.decision_id: one for one in leads}
    along = [name for lead in found.values() for name in lead.tells]
    return tuple((found | {name: ledger[name].decision for name in along if name in ledger}).values())


def _merged(decision: Decision, host: Host) -> Decision:
    sentence = f"goes with the mail about order {host.order} of the same shopper"
    verdict = Verdict(guard="one_message", outcome=Outcome.MERGE, sentence=sentence)
    verdicts = (*decision.verdicts, verdict)
    changes = {"outcome": Outcome.MERGE, "into": host.name, "until": None, "verdicts": verdicts}
    return decision.model_copy(update=changes)


def _named(order_id: str, decision_id: str) -> str:
    return f"{order_id} {decision_id}"
