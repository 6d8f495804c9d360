"""What one person chose, and what the merchant noted about them: kept until somebody changes it.

A refusal outlives everything else, also the erasure of the person: it is stored under a digest, tells nothing but the
refusal itself, and without it the next order of that address would be written to again (GDPR, articles 17(3)(b) and
21(3): the right to object is what it is kept for).
"""

from collections.abc import Iterable
from datetime import datetime

from porchlight.domain.model import Value
from porchlight.domain.purposes import Purpose
from porchlight.domain.shopper import Shopper
from porchlight.domain.survey import Answer, with_answer

EVERYWHERE = "*"
"""Stands for every channel."""


class Choices(Value):
    """Choices of one person, as stored: read, changed, and written on condition that nobody else did.

    Attributes:
        version: Grows with each change; 0 before the first.
        stopped: What they no longer want, as `<purpose>.<channel>`; `marketing.*` for every channel.
        consented: Channels by which they agreed to marketing, beside what the store says of an order.
        channel: The channel they chose; empty without a choice.
        held_until: Nothing is sent before, but what no hold keeps back.
        complaint_since: A complaint that is not settled.
        answers: To surveys, one an order, the newest first.
        lost: Refusals that were counted against what their messages were; each counts once, however often somebody
            takes it back and refuses again.
    """

    version: int = 0
    stopped: frozenset[str] = frozenset()
    consented: frozenset[str] = frozenset()
    channel: str = ""
    held_until: datetime | None = None
    complaint_since: datetime | None = None
    answers: tuple[Answer, ...] = ()
    lost: frozenset[str] = frozenset()

    def lost_to(self, purpose: Purpose, channel: str) -> "Choices":
        """As `stopping`, by the link of a message that drove them away."""
        refused = {f"{purpose}.{channel}"}
        return self.changed(stopped=self.stopped | refused, lost=self.lost | refused)

    def stopping(self, purpose: Purpose, channel: str) -> "Choices":
        """No such messages there any more; `EVERYWHERE` for no channel."""
        return self.changed(stopped=self.stopped | {f"{purpose}.{channel}"})

    def taken_back(self, purpose: Purpose, channel: str) -> "Choices":
        """Without this one refusal: what else was refused stays refused."""
        return self.changed(stopped=self.stopped - {f"{purpose}.{channel}"})

    def allowing(self, purpose: Purpose, channel: str, channels: Iterable[str]) -> "Choices":
        """They said yes to such messages there. A refusal of all channels stays one of all the others of `channels`."""
        kept = set(self.stopped)
        if f"{purpose}.{EVERYWHERE}" in kept:
            kept |= {f"{purpose}.{one}" for one in channels}
        kept -= {f"{purpose}.{EVERYWHERE}", f"{purpose}.{channel}"}
        agreed = {channel} if purpose is Purpose.MARKETING else set[str]()
        return self.changed(stopped=frozenset(kept), consented=self.consented | agreed)

    def answering(self, answer: Answer) -> "Choices":
        """They answered about an order, or changed their answer."""
        return self.changed(answers=with_answer(self.answers, answer))

    def changed(self, **changes: object) -> "Choices":
        """With these changes, as the next version; the same one when they change nothing."""
        after = self.model_copy(update=changes)
        return self if after == self else after.model_copy(update={"version": self.version + 1})

    def refusals(self) -> "Choices":
        """What is left when the person is forgotten: what they refused, and nothing else."""
        nothing = Choices().model_dump(exclude={"version", "stopped"})
        return self.changed(**nothing)

    def known_of(self, shopper: Shopper) -> Shopper:
        """The shopper with these choices."""
        return shopper.model_copy(update={name: getattr(self, name) for name in _OF_THE_SHOPPER})


UNDECIDED = Choices()
"""Who has not chosen anything."""
_OF_THE_SHOPPER = tuple(name for name in Choices.model_fields if name in Shopper.model_fields)
