"""At most three texts in 24 hours on one subject: the rule of quiet_rules.py, over what a person got.

News of one order is one subject, and everything for marketing together is another: the narrowest reading of the law.
It holds for urgent texts too, unlike caps and quiet hours; who has another channel is told by that one at once.
"""

from datetime import datetime, timedelta

from porchlight.domain.guards import Case
from porchlight.domain.ledger import Outcome, Verdict
from porchlight.domain.limits import Reached
from porchlight.domain.purposes import Purpose
from porchlight.domain.quiet_hours import SMS
from porchlight.domain.quiet_rules import TEXTS_COUNT_FOR, TEXTS_ON_ONE_SUBJECT
from porchlight.domain.shopper import History

_LEAST = timedelta(minutes=1)
_LEAVES_WITHIN = timedelta(minutes=5)
"""A text is counted a moment before it leaves, so its 24 hours begin a moment later than they are counted from."""
_WINDOW = TEXTS_COUNT_FOR + _LEAVES_WITHIN
_NO_TEXT = Verdict(guard="text_limit", sentence="not a text message")
_ROOM = Verdict(guard="text_limit", sentence=f"fewer than {TEXTS_ON_ONE_SUBJECT} texts in 24 hours about this")


def text_limit(case: Case) -> Verdict:
    """A text is not one too many in 24 hours about the same; urgent ones are counted and held as well."""
    if case.channel != SMS:
        return _NO_TEXT
    reached = text_limit_reached(
        case.shopper.history, case.channel, case.state.order_id, case.touchpoint.purpose, case.now
    )
    if reached is None:
        return _ROOM
    return Verdict(guard="text_limit", outcome=Outcome.DELAY, sentence=reached.sentence, until=reached.until)


def text_limit_reached(
    history: History, channel: str, order_id: str, purpose: Purpose, now: datetime
) -> Reached | None:
    """The limit that a further message would break; `None` for anything but a text.

    Asked when deciding, and once more when sending. A text that is said to have failed counts: it may have arrived.
    """
    if channel != SMS:
        return None
    since, subject = now - _WINDOW, _subject(order_id, purpose)
    texts = (one for one in (*history.sent, *history.failed) if one.channel == SMS and one.at >= since)
    alike = sorted((one.at for one in texts if _subject(one.order_id, one.purpose) == subject), reverse=True)
    if len(alike) < TEXTS_ON_ONE_SUBJECT:
        return None
    until = alike[TEXTS_ON_ONE_SUBJECT - 1] + _WINDOW
    about = "for marketing" if purpose is Purpose.MARKETING else "about this order"
    sentence = f"{len(alike)} texts {about} in 24 hours, {TEXTS_ON_ONE_SUBJECT} at most"
    return Reached(sentence, max(until, now + _LEAST))


def _subject(order_id: str, purpose: Purpose) -> str:
    return purpose.value if purpose is Purpose.MARKETING else order_id
