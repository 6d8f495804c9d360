"""A standard queue: at least once, in no order, with visibility time-outs and a dead-letter queue."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Protocol

from porchlight.aws.batches import run_batch

from tests.simulation.faults import Killed, Points

BATCH = 10


class Timeline(Protocol):
    """When it is, and doing things later."""

    now: datetime

    def later(self, delay: timedelta, action: Callable[[], None]) -> None:
        """Do it after this long."""


@dataclass
class Waiting:
    """One message in the queue."""

    message_id: str
    body: str
    visible_at: datetime
    receives: int = 0
    struck: int = 0
    """Receives that an injected fault spoiled."""


class SimulatedQueue:
    """Keeps messages and has them handled in batches, as a function with partial batch responses would.

    Attributes:
        accepted: Every body ever accepted, in order.
        dead: Bodies in the dead-letter queue that no injected fault brought there.
        unlucky: Bodies there because every one of their receives was struck; an operator sends them again.
    """

    def __init__(
        self,
        timeline: Timeline,
        rng: Random,
        points: Points,
        handle: Callable[[str], None],
        limits: tuple[int, int],
    ) -> None:
        self.accepted: list[str] = []
        self.dead: list[str] = []
        self.unlucky: list[str] = []
        self.waiting: dict[str, Waiting] = {}
        self._timeline = timeline
        self._rng = rng
        self._points = points
        self._handle = handle
        self._visibility, self._max_receives = timedelta(seconds=limits[0]), limits[1]

    def accept(self, body: str, later: timedelta = timedelta()) -> None:
        """Keep a message; nobody receives it before `later`."""
        message_id = f"{len(self.accepted)}"
        self.accepted.append(body)
        delay = timedelta(milliseconds=self._rng.randrange(50, 900))
        if self._points.plan.chance(0.1):
            delay = timedelta(seconds=self._rng.choice((5, 60, 900, 4000)))
        delay += later
        self.waiting[message_id] = Waiting(message_id, body, self._timeline.now + delay)
        self._timeline.later(delay, self.work)

    def work(self) -> None:
        """Receive a batch and handle it; who dies on the way reports nothing."""
        batch = self._receive()
        if not batch:
            return
        event = {"Records": [{"messageId": one.message_id, "body": one.body} for one in batch]}
        strikes = self._points.strikes
        self._points.again = lambda: self._run(event) and None
        try:
            failed = self._run(event)
        except Killed:
            failed = {one.message_id for one in batch}
        finally:
            self._points.again = None
        for one in batch:
            lost_delete = self._points.plan.chance(0.03)
            one.struck += lost_delete or self._points.strikes > strikes
            if one.message_id not in failed and not lost_delete:
                self.waiting.pop(one.message_id, None)

    def redrive(self) -> bool:
        """Send again what only had bad luck. False when there is nothing."""
        unlucky, self.unlucky = self.unlucky, []
        for body in unlucky:
            self.accept(body)
        return bool(unlucky)

    def _run(self, event: dict[str, object]) -> set[str]:
        answer = run_batch(event, self._handle)
        return {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}

    def _receive(self) -> list[Waiting]:
        now = self._timeline.now
        visible = [one for one in self.waiting.values() if one.visible_at <= now]
        self._rng.shuffle(visible)
        batch = []
        for one in visible[:BATCH]:
            if one.receives >= self._max_receives:
                (self.unlucky if one.struck >= one.receives else self.dead).append(one.body)
                del self.waiting[one.message_id]
                continue
            one.receives += 1
            hidden = timedelta(seconds=1) if self._points.plan.chance(0.04) else self._visibility
            one.visible_at = now + hidden
            self._timeline.later(hidden, self.work)
            batch.append(one)
        if len(visible) > BATCH:
            self._timeline.later(timedelta(0), self.work)
        elif self.waiting and not visible:  # woken too early
            self._timeline.later(min(one.visible_at for one in self.waiting.values()) - now, self.work)
        return batch
