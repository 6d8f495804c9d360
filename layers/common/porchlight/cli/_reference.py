"""`journeys reference`: docs/journeys-reference.md, from the facts and the guards themselves."""

from collections.abc import Iterable, Iterator

from porchlight.domain.channel_guards import channel_health
from porchlight.domain.digests import digest
from porchlight.domain.guards import Guard, merge_window
from porchlight.domain.judging import FOR_MERCHANT, GUARDS
from porchlight.domain.rule_facts import DOCUMENTED
from porchlight.domain.shopper_guards import DELAYING
from porchlight.domain.storm_guards import storm
from porchlight.domain.supply_guards import runs_low

_FACTS = """\
# Journeys: facts and guards

Written by `python -m porchlight journeys reference > docs/journeys-reference.md`.

## What a condition may look at

In `when` of a touchpoint or a segment; docs/journeys.md shows how. A fact that is not known has the value that its line
names, so that every condition has an answer for every order.
"""
_GUARDS = """
## What can speak against a message

Every guard is asked, in this order, and the ledger keeps every answer; the first that objects settles the outcome. A
drop is final. A delay is decided again when its time comes. Messages for yourself are asked only where the last column
says so.
"""


def reference() -> str:
    """The page."""
    facts = ((f"`{name}`", f"`{fact.kind}`", fact.meaning) for name, fact in DOCUMENTED.items())
    guards = (
        (f"`{_name(one)}`", _sentence(one), _outcome(one), "yes" if one in FOR_MERCHANT else "") for one in GUARDS
    )
    return "\n".join(
        [
            _FACTS,
            *_table(("fact", "type", "what it is"), facts),
            _GUARDS,
            *_table(("guard", "lets a message pass when", "else", "for yourself too"), guards),
            "",
        ]
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for cells in (head, ("---",) * len(head), *rows):
        yield f"| {' | '.join(cells)} |"


def _name(guard: Guard) -> str:
    return getattr(guard, "__name__", "")


def _sentence(guard: Guard) -> str:
    """The first line of the guard's own documentation."""
    return (guard.__doc__ or "").strip().splitlines()[0].rstrip(".")


def _outcome(guard: Guard) -> str:
    if guard is storm:
        return "delay; drop where the shopper was told already"
    return "delay" if guard in {*DELAYING, merge_window, digest, runs_low, channel_health} else "drop"
