"""`journeys replay`: who would have got what under a changed file, and what changes against the one in force."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from porchlight.domain.facts import OrderFacts
from porchlight.domain.journeys import Journey
from porchlight.domain.ledger import Decision, Outcome
from porchlight.domain.replay import NOT_KNOWN, Difference, Told, difference, replayed, told
from porchlight.plugins import CHANNELS

_MINUTE = "%Y-%m-%d %H:%M"


class Comparison:
    """Two journeys over the same orders."""

    def __init__(self, changed: Journey, current: Journey, until: datetime) -> None:
        self._changed, self._current, self._until = changed, current, until
        self._same = changed.version == current.version
        self._channels = frozenset(CHANNELS.codes())
        self.orders = 0
        self.messages: Counter[str] = Counter()
        self.messages_now: Counter[str] = Counter()
        self.objections: Counter[str] = Counter()
        self.segments: Counter[str] = Counter()

    def over(self, orders: Iterable[OrderFacts]) -> Iterator[tuple[str, tuple[Told, ...], Difference]]:
        """For each order: its number, what it would get, and what that changes."""
        for facts in orders:
            ledger = replayed(facts, self._changed, self._channels, self._until)
            then = told(ledger)
            now = then if self._same else told(replayed(facts, self._current, self._channels, self._until))
            self._count(ledger, then, now)
            name = facts.order.number if facts.order else facts.order_id
            yield name, then, difference(facts.order_id, now, then)

    def _count(self, ledger: dict[str, Decision], then: tuple[Told, ...], now: tuple[Told, ...]) -> None:
        self.orders += 1
        self.messages.update(one.touchpoint for one in then)
        self.messages_now.update(one.touchpoint for one in now)
        self.segments.update(name for one in ledger.values() for name in one.segments)
        for decision in ledger.values():
            objecting = next((one for one in decision.verdicts if one.outcome is decision.outcome), None)
            if objecting and decision.outcome is not Outcome.SHADOW:
                self.objections[f"{objecting.guard}: {decision.outcome}"] += 1

    def summary(self) -> dict[str, object]:
        """Counts per touchpoint, segment and guard, and what they were made without."""
        names = sorted(self.messages.keys() | self.messages_now.keys())
        return {
            "orders": self.orders,
            "messages": sum(self.messages.values()),
            "messages_now": sum(self.messages_now.values()),
            "touchpoints": {name: {"then": self.messages[name], "now": self.messages_now[name]} for name in names},
            "segments": {name: self.segments[name] for name in sorted(self._changed.segments)},
            "guards": dict(sorted(self.objections.items())),
            "not_known": NOT_KNOWN,
        }


def as_json(name: str, messages: tuple[Told, ...], change: Difference) -> str:
    """One order in one line."""
    return json.dumps(
        {
            "order": name,
            "messages": [_message(one) for one in messages],
            "more": [one.decision_id for one in change.more],
            "fewer": [one.decision_id for one in change.fewer],
            "moved": [{"id": will.decision_id, "from": was.at.isoformat()} for was, will in change.moved],
        }
    )


def as_text(name: str, messages: tuple[Told, ...], change: Difference) -> str:
    """One order for people: `+` only in the changed file, `-` only in the one in force, `~` at another time."""
    more, moved = set(change.more), {will: was for was, will in change.moved}
    marked = [("+" if one in more else "~" if one in moved else " ", one) for one in messages]
    marked += [("-", one) for one in change.fewer]
    return "\n".join([name, *(_line(mark, one, moved.get(one)) for mark, one in sorted(marked, key=lambda it: it[1]))])


def _line(mark: str, one: Told, was: Told | None) -> str:
    before = f", was {was.at:{_MINUTE}}" if was else ""
    return f"  {mark} {one.at:{_MINUTE}}  {one.touchpoint}{before}"


def _message(one: Told) -> dict[str, str]:
    return {"at": one.at.isoformat(), "touchpoint": one.touchpoint, "channel": one.channel, "id": one.decision_id}
