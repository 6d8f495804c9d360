"""What can speak against a message because of who would get it: consent, too much of it, the wrong hour.

None of these applies to messages for the merchant.
"""

from porchlight.domain.guards import Case, Guard
from porchlight.domain.journeys import Trigger
from porchlight.domain.ledger import Outcome, Verdict
from porchlight.domain.limits import cap_reached
from porchlight.domain.orders import OrderSnapshot
from porchlight.domain.problems import Outside
from porchlight.domain.purposes import Purpose
from porchlight.domain.quiet_hours import SMS, quiet_until, rules_for
from porchlight.domain.relevance import THRESHOLD, relevance
from porchlight.domain.review_hold import when_to_ask
from porchlight.domain.shopper import Shopper

_NO_REVIEW = Verdict(guard="review_hold", sentence="no review is asked for")


def consent(case: Case) -> Verdict:
    """Marketing needs a yes, and nothing is sent where somebody said no."""
    purpose, channel = case.touchpoint.purpose, case.channel
    refused = refusal(purpose, channel, case.shopper, case.state.order)
    if refused:
        return Verdict(guard="consent", outcome=Outcome.DROP, sentence=refused)
    if purpose is Purpose.SERVICE:
        return Verdict(guard="consent", sentence="a message about their own order needs no further consent")
    return Verdict(guard="consent", sentence=f"the shopper agreed to marketing by {channel}")


def refusal(purpose: Purpose, channel: str, shopper: Shopper, order: OrderSnapshot | None) -> str:
    """Why they do not want it, empty when they do; asked when deciding, and once more when sending."""
    if shopper.has_stopped(purpose, channel):
        return f"the shopper no longer wants {purpose} messages by {channel}"
    if purpose is Purpose.SERVICE or channel in shopper.consented or _agreed_at_checkout(channel, order):
        return ""
    return f"no consent to marketing by {channel}"


def suppressed(case: Case) -> Verdict:
    """The address takes mail."""
    reason = case.shopper.suppressed.get(case.channel)
    if reason:
        return Verdict(guard="suppressed", outcome=Outcome.DROP, sentence=f"nothing is sent to this address: {reason}")
    return Verdict(guard="suppressed", sentence="the address takes messages")


def worth_telling(case: Case) -> Verdict:
    """The message is worth more than the disturbance."""
    worth = relevance(case.touchpoint, case.shopper, case.now)
    if worth.score < THRESHOLD:
        sentence = f"not worth it now: {worth}, {THRESHOLD:.2f} needed"
        return Verdict(guard="worth_telling", outcome=Outcome.DROP, sentence=sentence)
    return Verdict(guard="worth_telling", sentence=f"worth {worth}")


def quiet_band(case: Case) -> Verdict:
    """A day that moves within what the shop promised is no news."""
    parcel, order = case.occurrence.shipment, case.state.order
    if case.touchpoint.trigger not in _MOVED_DAYS or not parcel or not parcel.estimate or not order:
        return _NO_DAY
    promised = order.promised
    if promised and parcel.estimate.day <= promised.day and case.touchpoint.trigger is Trigger.LATER_ESTIMATE:
        sentence = f"{parcel.estimate.day} is still within the promised {promised.day}"
        return Verdict(guard="quiet_band", outcome=Outcome.DROP, sentence=sentence)
    return Verdict(guard="quiet_band", sentence="the promised day is left")


_MOVED_DAYS = frozenset({Trigger.LATER_ESTIMATE, Trigger.EARLIER_ESTIMATE})
_NO_DAY = Verdict(guard="quiet_band", sentence="no day has moved")


def held_by_hand(case: Case) -> Verdict:
    """Nobody asked for silence."""
    until = case.shopper.held_until
    if until and until > case.now:
        return Verdict(guard="held_by_hand", outcome=Outcome.DELAY, sentence="held by hand", until=until)
    return Verdict(guard="held_by_hand", sentence="nobody holds it")


def review_hold(case: Case) -> Verdict:
    """A review is asked for when everything has arrived and rested and nothing is open; by the limit in any case."""
    if not case.touchpoint.review_hold:
        return _NO_REVIEW
    timing = when_to_ask(case.state, _outside(case.shopper), case.hold_rules, case.now)
    sentence = "; ".join(timing.reasons)
    if timing.ask:
        return Verdict(guard="review_hold", sentence=sentence)
    return Verdict(guard="review_hold", outcome=Outcome.DELAY, sentence=sentence, until=timing.until)


def _outside(shopper: Shopper) -> Outside:
    return Outside(complaint_since=shopper.complaint_since, survey_score=shopper.survey_score)


def frequency_cap(case: Case) -> Verdict:
    """This person has not had too many messages lately, over all their orders."""
    if case.touchpoint.is_urgent:
        return Verdict(guard="frequency_cap", sentence="urgent news is told in any case")
    reached = cap_reached(case.shopper.history, case.touchpoint.purpose, case.limits.caps, case.now)
    if reached is None:
        return Verdict(guard="frequency_cap", sentence="fewer messages lately than the cap")
    return Verdict(guard="frequency_cap", outcome=Outcome.DELAY, sentence=reached.sentence, until=reached.until)


def quiet_hours(case: Case) -> Verdict:
    """It is an hour at which this person may be disturbed."""
    purpose = case.touchpoint.purpose
    if case.touchpoint.is_urgent or rules_for(case.channel, purpose, case.place) is None:
        return Verdict(guard="quiet_hours", sentence="told at any hour")
    allowed_at = quiet_until(case.now, case.channel, purpose, case.place)
    if allowed_at is None:
        return Verdict(guard="quiet_hours", sentence="an hour at which one may write")
    sentence = f"quiet hours there until {allowed_at.astimezone(case.place.zone):%A %H:%M}"
    return Verdict(guard="quiet_hours", outcome=Outcome.DELAY, sentence=sentence, until=allowed_at)


def _agreed_at_checkout(channel: str, order: OrderSnapshot | None) -> bool:
    if order is None:
        return False
    return order.sms_consent if channel == SMS else order.marketing_consent


DROPPING: tuple[Guard, ...] = (consent, suppressed, quiet_band, worth_telling)
DELAYING: tuple[Guard, ...] = (held_by_hand, review_hold, frequency_cap, quiet_hours)
