"""What a storm says against a message: told once, the single alerts wait. storm_looks.py finds what it is about."""

from datetime import datetime

from porchlight.domain.carrier_names import shown_name
from porchlight.domain.guards import Case
from porchlight.domain.journeys import Trigger
from porchlight.domain.ledger import Decision, Outcome, Verdict
from porchlight.domain.purposes import Audience
from porchlight.domain.shopper import History
from porchlight.domain.storms import Incident

_ELSEWHERE = "the shopper was told of this storm with another order"
_NO_STORM = Verdict(guard="storm", sentence="no storm holds it")


def storm(case: Case) -> Verdict:
    """No storm holds up its parcel, or it has waited for the end of one for long enough."""
    if case.touchpoint.trigger is Trigger.STORM:
        return _told_once(case)
    if case.storm is None:
        return _NO_STORM
    if case.now >= case.storm.latest:
        return Verdict(guard="storm", sentence="waited long enough: no lost parcel hides behind a storm")
    until = min(case.storm.ask_again_at, case.storm.latest)
    whom = "you were" if case.for_merchant else "the shopper was"
    sentence = f"held: {in_words(case.storm.incident)}; {whom} told of it once"
    return Verdict(guard="storm", outcome=Outcome.DELAY, sentence=sentence, until=until)


def _told_once(case: Case) -> Verdict:
    first = f"{case.touchpoint.id}#{case.occurrence.key}"
    if not case.for_merchant and _has_heard(case.shopper.history, first, case.state.order_id):
        return Verdict(guard="storm", outcome=Outcome.DROP, sentence=_ELSEWHERE)
    return Verdict(guard="storm", sentence="nobody was told of this storm yet")


def told_elsewhere(told: Decision, history: History, order_id: str) -> str:
    """Why it is not told again, empty when it is news; asked when sending, for orders that were decided together."""
    first = f"{told.touchpoint}#{told.occurrence}"
    storm_news = told.trigger == Trigger.STORM and told.audience is Audience.SHOPPER
    return _ELSEWHERE if storm_news and _has_heard(history, first, order_id) else ""


def _has_heard(history: History, first: str, order_id: str) -> bool:
    """Whether another order of theirs has told them, by whatever channel: an incident has the same id in each."""
    others = (one.message_id for one in history.sent if one.order_id != order_id)
    return any(one == first or one.startswith(f"{first}#") for one in others)


def in_words(incident: Incident) -> str:
    """It in one sentence."""
    by = shown_name(incident.lane.carrier, "")
    since = f"{incident.since:%A %d %B}"
    return (
        f"{incident.still} of {incident.parcels} parcels by {by} to {incident.lane.country} stand still since {since}"
    )


def due_anew(due_at: datetime, held: Decision | None) -> datetime:
    """What waited for the end of a storm is as old as that end, and is not dropped for its age."""
    if held is None:
        return due_at
    ends = [one.until for one in held.verdicts if one.guard == storm.__name__ and one.until]
    return max(due_at, held.due_at or due_at, *ends)
