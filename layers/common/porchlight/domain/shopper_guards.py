"""What can speak against a message because of who would get it: consent, too much of it, the wrong hour.

None of these applies to messages for the merchant.
"""

from datetime import datetime

from porchlight.domain.channel_choice import agreed_at_checkout
from porchlight.domain.engagement import MARGIN, MOST_DELAY, best_moment, speaks_for_itself, tendency
from porchlight.domain.guards import Case, Guard, current_from
from porchlight.domain.journeys import Trigger
from porchlight.domain.ledger import Outcome, Verdict
from porchlight.domain.limits import cap_reached
from porchlight.domain.orders import OrderSnapshot
from porchlight.domain.problems import Outside
from porchlight.domain.purposes import Purpose
from porchlight.domain.quiet_hours import next_allowed, quiet_until, rules_for
from porchlight.domain.relevance import THRESHOLD, relevance
from porchlight.domain.review_hold import when_to_ask
from porchlight.domain.shopper import Shopper
from porchlight.domain.survey import answer_about
from porchlight.domain.text_limits import text_limit

_FOR_EVERYBODY = Verdict(guard="worth_telling", sentence="everybody gets it, and caps say when")
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
    """The message is worth more than the disturbance. Where everybody is asked, nobody is left out for a busy day."""
    if case.touchpoint.review_hold:
        return _FOR_EVERYBODY
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
    timing = when_to_ask(case.state, _outside(case), case.hold_rules, case.now)
    sentence = "; ".join(timing.reasons)
    if timing.ask:
        return Verdict(guard="review_hold", sentence=sentence)
    return Verdict(guard="review_hold", outcome=Outcome.DELAY, sentence=sentence, until=timing.until)


def _outside(case: Case) -> Outside:
    """A complaint is the person's and may be about anything; an answer is about one order."""
    answer = answer_about(case.state.order_id, case.shopper.answers)
    return Outside(
        complaint_since=case.shopper.complaint_since,
        survey_score=answer.score if answer else None,
        surveyed_at=answer.at if answer else None,
    )


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
    return order is not None and agreed_at_checkout(order, channel)


def hold_out(case: Case) -> Verdict:
    """This shopper is not among those who get no such messages, so that their effect can be measured."""
    group = case.hold_out
    if group is None or case.touchpoint.purpose not in group.purposes:
        return _NOT_HELD_OUT
    if case.touchpoint.is_urgent:
        return Verdict(guard="hold_out", sentence="urgent news is told to everybody")
    sentence = f"one of the {group.percent} in 100 who get no such messages, so that their effect can be measured"
    return Verdict(guard="hold_out", outcome=Outcome.DROP, sentence=sentence)


def best_hour(case: Case) -> Verdict:
    """It is an hour at which this shopper tends to read, or the wait for one is over."""
    if not case.touchpoint.best_hour or case.touchpoint.is_urgent or not case.place.known:
        return _ANY_HOUR
    rules = rules_for(case.channel, case.touchpoint.purpose, case.place)
    spread = tendency((*case.habits(), case.shopper.habit), case.now)
    at = best_moment(
        spread,
        case.now,
        _latest(case),
        case.place.zone,
        lambda moment: next_allowed(moment, rules, case.place) if rules else moment,
    )
    if at <= case.now:
        return Verdict(guard="best_hour", sentence="no better hour is near")
    who = "this shopper tends" if speaks_for_itself(case.shopper.habit, case.now) else "shoppers tend"
    sentence = f"{who} to read from {at.astimezone(case.place.zone):%A %H:%M}"
    return Verdict(guard="best_hour", outcome=Outcome.DELAY, sentence=sentence, until=at)


_NOT_HELD_OUT = Verdict(guard="hold_out", sentence="not held out of this")
_ANY_HOUR = Verdict(guard="best_hour", sentence="not kept for a better hour")


def _latest(case: Case) -> datetime:
    """The end of the wait counts from when it could have been sent, so that looking again never prolongs it."""
    since = case.due_at
    if case.touchpoint.review_hold:
        timing = when_to_ask(case.state, _outside(case), case.hold_rules, case.now)
        since = max(since, timing.since or since)
    return min(since + MOST_DELAY, current_from(case) + case.touchpoint.fresh_for - MARGIN)


DROPPING: tuple[Guard, ...] = (consent, suppressed, quiet_band, worth_telling, hold_out)
DELAYING: tuple[Guard, ...] = (held_by_hand, review_hold, frequency_cap, text_limit, quiet_hours, best_hour)
