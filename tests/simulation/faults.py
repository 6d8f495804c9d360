"""Where and how things fail: every port call is a place where a process can die, a call can fail or work can be doubled.

`KILL` ends the process, before the effect or after it with the reply lost; `FAIL` raises what a caller can catch;
`TWICE` lets a second worker do the whole of the current work at that very moment, `MEANWHILE` lets everything else that
is due within seconds happen then: that is how races are tried.
"""

from collections.abc import Callable
from enum import StrEnum
from random import Random
from typing import Protocol, cast

from porchlight.domain.errors import ChannelSuspendedError, OutcomeUnknownError, RateLimitedError, TransientError


class Killed(BaseException):
    """The process is gone. Not an `Exception`: nothing in the product may catch it."""


class Fault(StrEnum):
    """What happens at one call."""

    NONE = "none"
    KILL_BEFORE = "kill_before"
    KILL_AFTER = "kill_after"
    FAIL_BEFORE = "fail_before"
    FAIL_AFTER = "fail_after"
    TWICE = "twice"
    MEANWHILE = "meanwhile"


KILLS = (Fault.KILL_BEFORE, Fault.KILL_AFTER)
RACES = (Fault.TWICE, Fault.MEANWHILE)
TROUBLES = (*KILLS, Fault.FAIL_BEFORE, Fault.FAIL_AFTER)
FAULTS = tuple(fault for fault in Fault if fault is not Fault.NONE)


class Plan(Protocol):
    """Decides about each call, and about what the world does by itself."""

    def at(self, call: int) -> Fault:
        """What happens at this call."""

    def chance(self, probability: float) -> bool:
        """Whether something of this probability happens now."""


class Calm:
    """Nothing happens."""

    def at(self, call: int) -> Fault:
        return Fault.NONE

    def chance(self, probability: float) -> bool:
        return False


class OneFault(Calm):
    """One fault, at one call."""

    def __init__(self, call: int, fault: Fault) -> None:
        self._planned = (call, fault)

    def at(self, call: int) -> Fault:
        return self._planned[1] if call == self._planned[0] else Fault.NONE


class Chaos:
    """Faults of every kind, as often as the history's own temper says; calls beyond `until` are calm."""

    def __init__(self, rng: Random, until: int = 400) -> None:
        self._rng = rng
        self._trouble = rng.choice((0.0, 0.01, 0.03, 0.08))
        self._race = rng.choice((0.0, 0.02, 0.2))
        self._world = rng.choice((0.0, 0.3, 1.0, 2.0))
        self._until = until

    def at(self, call: int) -> Fault:
        if call > self._until:
            return Fault.NONE
        drawn = self._rng.random()
        if drawn < self._trouble:
            return self._rng.choice(TROUBLES)
        return self._rng.choice(RACES) if drawn < self._trouble + self._race else Fault.NONE

    def chance(self, probability: float) -> bool:
        return self._rng.random() < probability * self._world


class Points:
    """Counts the calls through all ports and lets the plan strike."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.calls = 0
        self.strikes = 0
        self._is_elsewhere = False
        self.labels: list[str] = []
        self.again: Callable[[], None] | None = None
        """The current work as a whole, for a second worker to do."""
        self.meanwhile: Callable[[], None] = lambda: None
        """Whatever else is due about now."""

    def guarded[T](self, port: T, name: str) -> T:
        """The same port, with a place to fail around every method."""
        return cast("T", _Guarded(port, name, self))

    def through(self, label: str, effect: Callable[[], object], half: Callable[[], object] | None = None) -> object:
        """Make the call, or what is left of it; `half` is what a batch that was cut short still does."""
        call, self.calls = self.calls, self.calls + 1
        self.labels.append(label)
        fault = self.plan.at(call)
        self.strikes += fault in TROUBLES
        if fault is Fault.KILL_BEFORE:
            raise Killed
        if fault is Fault.FAIL_BEFORE:
            raise _refusal(label, call)
        if fault is Fault.TWICE and self.again:
            self._elsewhere(self.again)
        if fault is Fault.MEANWHILE and not self._is_elsewhere:
            self._elsewhere(self.meanwhile)
        result = half() if half and fault is Fault.FAIL_AFTER else effect()
        if fault is Fault.KILL_AFTER:
            raise Killed
        if fault is Fault.FAIL_AFTER:
            raise _lost_reply(label)
        return result

    def _elsewhere(self, work: Callable[[], None]) -> None:
        """Done by another process: its death or failure is not ours."""
        held, self.again = self.again, None
        nested, self._is_elsewhere = self._is_elsewhere, True
        try:
            work()
        except (Killed, TransientError):
            self.strikes += 1
        self.again, self._is_elsewhere = held, nested


class _Guarded:
    def __init__(self, port: object, name: str, points: Points) -> None:
        self._port = port
        self._name = name
        self._points = points

    def __getattr__(self, method: str) -> Callable[..., object]:
        effect = getattr(self._port, method)
        label = f"{self._name}.{method}"

        def call(*args: object, **named: object) -> object:
            first = args[0] if args else None
            several = method == "send" and isinstance(first, list) and len(first) > 1
            half = (lambda: effect(first[: len(first) // 2], **named)) if several and isinstance(first, list) else None
            return self._points.through(label, lambda: effect(*args, **named), half)

        return call


def _refusal(label: str, call: int) -> TransientError:
    """Known to have had no effect."""
    if label == "transports.send_email":
        return RateLimitedError("14 a second") if call % 2 else ChannelSuspendedError("paused")
    return RateLimitedError("slow down", retry_after=90) if label == "http.call" else TransientError("away")


def _lost_reply(label: str) -> TransientError:
    """The effect happened, the answer never came."""
    return OutcomeUnknownError("no answer") if label == "transports.send_email" else TransientError("no answer")
