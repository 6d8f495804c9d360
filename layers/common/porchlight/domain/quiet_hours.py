"""Whether now is an hour to disturb somebody, and when the next one begins, on the recipient's own clock.

Text messages wait for the hours of quiet_rules.py whatever they are for; mails only when they are marketing. Urgent
news waits for nothing: who has a courier at the door wants to know.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from porchlight.domain.localities import Locality
from porchlight.domain.purposes import Purpose
from porchlight.domain.quiet_rules import MARKETING_MAIL, DayRules, Hours, text_rules

SMS = "sms"
_SATURDAY, _SUNDAY = 6, 7
_LOOK_AHEAD = 15
"""Days; no place has so many without an allowed hour."""


def rules_for(channel: str, purpose: Purpose, place: Locality) -> DayRules | None:
    """The hours that apply; `None` when any hour will do."""
    if channel == SMS:
        return text_rules(place.country, place.region)
    return MARKETING_MAIL if purpose is Purpose.MARKETING else None


def quiet_until(now: datetime, channel: str, purpose: Purpose, place: Locality) -> datetime | None:
    """When the next allowed hour begins; `None` when this is one."""
    rules = rules_for(channel, purpose, place)
    allowed_at = next_allowed(now, rules, place) if rules else now
    return allowed_at if allowed_at > now else None


def next_allowed(now: datetime, rules: DayRules, place: Locality) -> datetime:
    """`now` when it is an allowed hour, else the beginning of the next one; aware, in UTC as `now` is."""
    local = now.astimezone(place.zone)
    for ahead in range(_LOOK_AHEAD):
        day = local.date() + timedelta(days=ahead)
        start, end = _bounds(day, rules, place.rests, place.zone)
        if start < end and now < end:
            return max(now, start.astimezone(now.tzinfo))
    return now + timedelta(days=_LOOK_AHEAD)


def _bounds(day: date, rules: DayRules, rests: Callable[[date], bool], zone: ZoneInfo) -> tuple[datetime, datetime]:
    hours = _hours_of(day, rules, rests)
    return datetime.combine(day, hours.start, zone), datetime.combine(day, hours.end, zone)


def _hours_of(day: date, rules: DayRules, rests: Callable[[date], bool]) -> Hours:
    weekday = day.isoweekday()
    if weekday == _SUNDAY:
        return rules.sunday
    if weekday == _SATURDAY:
        return rules.saturday
    return rules.holiday if rests(day) else rules.weekdays
