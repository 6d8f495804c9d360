"""One shopper and the messages of one strategy: what they read, ask, put up with and write.

Dice belong to the order and to the question, not to the strategy: the same shopper is as impatient under all three, so
the strategies differ by what they send and by little else.

Who stops the mails gets none after it. That is what the product's consent guard does, and a test holds the two
together; here it is done by cutting the list, so that orders are decided once and shoppers drawn many times.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import log
from random import Random

from tools.simulate.assumptions import ShopperModel
from tools.simulate.histories import History
from tools.simulate.lives import DAY, HOUR
from tools.simulate.messages import Message, is_moot, told_again

SIGMA = 1.2
AFTER_TROUBLE = timedelta(days=14)
"""How long a late arrival is taken to hurt."""
LAST_DAYS = timedelta(days=7)
_FIRST = timedelta(hours=12)


@dataclass(slots=True)
class Outcome:
    """What came of one order.

    Attributes:
        worthless: Messages told again or moot or both.
        asked_early: Of the requests into an open problem, those that did not come because of the hold's limit.
        warned: A warning left before the promised day was over; `warned_lately` in its last seven days.
    """

    messages: int = 0
    requests: int = 0
    again: int = 0
    moot: int = 0
    worthless: int = 0
    contacts: int = 0
    unsubscribed: bool = False
    complained: bool = False
    asked_in_trouble: int = 0
    asked_early: int = 0
    warned: bool = False
    warned_lately: bool = False
    warnings: int = 0
    reviewed: bool = False
    bad_review: bool = False


def lived(history: History, messages: list[Message], model: ShopperModel, seed: int) -> Outcome:
    """What this shopper does."""
    shopper = _Shopper(history, model, seed)
    shopper.get(messages)
    shopper.wait()
    shopper.review()
    return shopper.outcome


@dataclass(slots=True)
class _Shopper:
    """One person with one order; the lists hold when they read what calmed or warned them."""

    history: History
    model: ShopperModel
    seed: int
    outcome: Outcome = field(default_factory=Outcome)
    informed: list[datetime] = field(default_factory=list)
    warned: list[datetime] = field(default_factory=list)
    request_read: datetime | None = None

    def dice(self, question: str) -> Random:
        return Random(f"{self.seed}.{self.history.index}.{question}")  # noqa: S311 a simulation

    def get(self, messages: list[Message]) -> None:
        """Message after message, until they want no more."""
        dice, before = self.dice("messages"), None
        for message, again in zip(messages, told_again(messages), strict=True):
            crowded = before is not None and message.at - before < DAY
            before = message.at
            read_at = message.at + dice.lognormvariate(log(self.model.reads_after), SIGMA) * HOUR
            moot = is_moot(message, self.history, read_at)
            worthless = again or moot
            self.outcome.again += again
            self.outcome.moot += moot
            self.outcome.worthless += worthless
            reads, confused = dice.random() < self.model.reads, dice.random() < self.model.confused
            if reads:
                self.outcome.contacts += worthless and confused
                self.take_in(message, read_at, worthless=worthless)
            if self.stops(self.count(message) or worthless, crowded, dice):
                return

    def count(self, message: Message) -> bool:
        """Count it; whether it asks too early."""
        outcome, promised = self.outcome, self.history.promised
        too_early = message.asks and self.history.trouble_at(message.at, AFTER_TROUBLE)
        outcome.messages += 1
        outcome.requests += message.asks
        outcome.asked_in_trouble += too_early
        outcome.asked_early += too_early and not message.at_limit
        if message.warns:
            outcome.warnings += 1
            outcome.warned |= promised is not None and message.at < promised
            outcome.warned_lately |= promised is not None and promised - LAST_DAYS <= message.at < promised
        return too_early

    def take_in(self, message: Message, read_at: datetime, *, worthless: bool) -> None:
        """What says nothing new or nothing true calms nobody."""
        if message.asks:
            self.request_read = read_at
        elif not worthless:
            self.informed.append(read_at)
            if message.warns:
                self.warned.append(read_at)

    def stops(self, annoys: bool, crowded: bool, dice: Random) -> bool:  # noqa: FBT001 facts of the message
        """Whether this message was the last one they wanted."""
        model, outcome = self.model, self.outcome
        times = (model.annoyed if annoys else 1.0) * (model.crowded if crowded else 1.0)
        outcome.unsubscribed = dice.random() < times * model.unsubscribes
        outcome.complained = dice.random() < times * model.complains
        return outcome.unsubscribed or outcome.complained

    def wait(self) -> None:
        """Each day at the hour of the order, until everything is there."""
        history, model, dice = self.history, self.model, self.dice("patience")
        moment = history.order.purchased + _FIRST
        end = history.arrived_at or (history.promised or moment + 30 * DAY) + model.waits_at_most * DAY
        asked_at: datetime | None = None
        while moment < end:
            chance = self.impatience(moment)
            if asked_at and moment - asked_at < LAST_DAYS:
                chance *= model.answered
            if dice.random() < chance:
                self.outcome.contacts, asked_at = self.outcome.contacts + 1, moment
            moment += DAY

    def impatience(self, moment: datetime) -> float:
        """The chance to ask on this day, if they have not asked lately."""
        model, promised = self.model, self.history.promised
        overdue = promised is not None and moment >= promised
        if not overdue:
            return model.asks_waiting * (model.informed if _lately(self.informed, moment, model.news_lasts) else 1.0)
        if _lately(self.warned, moment, model.warning_lasts):
            return model.asks_overdue * model.warned
        calm = model.informed_overdue if _lately(self.informed, moment, model.news_lasts) else 1.0
        return model.asks_overdue * calm

    def review(self) -> None:
        """By themselves or when asked; what they think depends on what they have when they write."""
        model, history, dice = self.model, self.history, self.dice("review")
        unasked, asked, bad = dice.random(), dice.random(), dice.random()
        by_itself = unasked < (model.reviews_unasked_late if history.late else model.reviews_unasked)
        on_request = self.request_read is not None and asked < model.reviews_asked
        self.outcome.reviewed = by_itself or on_request
        if self.outcome.reviewed:
            written = self.request_read if on_request and not by_itself else None
            self.outcome.bad_review = bad < self.chance_of_bad(written)

    def chance_of_bad(self, written: datetime | None) -> float:
        """`written` is `None` for who waits until all is there."""
        model, history = self.model, self.history
        if history.arrived_at is None or (written and written < history.arrived_at):
            chance = model.bad_absent
        else:
            chance = model.bad_late if history.late else model.bad_on_time
        warned = any(history.promised and one < history.promised for one in self.warned)
        return chance * model.bad_warned if history.late and warned else chance


def _lately(read: list[datetime], moment: datetime, days: float) -> bool:
    return any(one <= moment < one + days * DAY for one in read)
