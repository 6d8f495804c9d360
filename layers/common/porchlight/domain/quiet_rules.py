"""When somebody may be disturbed, by place, and how often: data with its sources, versioned, and no legal advice.

Times are local to the recipient. Laws name telephone solicitations; that they cover texts is settled in some states and
argued in others, so the narrower reading is taken for every text message. A state that is not listed has the federal
hours, a country that is not listed the usual ones.

Sources, read 2026-11-22: 47 CFR 64.1200(c)(1) (8 to 21, federal); Conn. Gen. Stat. 42-288a; Fla. Stat. 501.059 and
501.616; Md. Com. Law 14-4501; Okla. Stat. 15-775C; Tex. Bus. & Com. Code 301.051 and 302; KRS 367.46955; La. R.S.
45:844.31; Mass. 201 CMR 12.00; Conn., Miss., Nev., R.I., Utah and Wash. as listed by Drop Cowboy's guide to state
calling restrictions (2025-11-01) and Stello's table of statutes (2026-04-08); France: no texts on Sundays and public
holidays, 8 to 20 on other days.

How often: Florida forbids more than three telephone solicitations to one person over 24 hours on the same subject
matter or issue, from whatever number (Fla. Stat. 501.616(6)(b), read as the Senate's bill 1120 of 2021, in force since
2021-07-01). Oklahoma (Telephone Solicitation Act of 2022, since 2022-11-01) and Maryland (Stop the Spam Calls Act of
2023, since 2024-01-01) have the same number, known here by summaries: The National Law Review (2022-05) and Klaviyo's
help pages (2024-12-17) for Oklahoma, WMAR (2024-01-01), which names texts, for Maryland. Taken for every text
everywhere, like the narrower reading above.
"""

from datetime import time, timedelta
from typing import NamedTuple

VERSION = "2026-11-22"


class Hours(NamedTuple):
    """From when until when; nothing at all when both are the same."""

    start: time
    end: time


class DayRules(NamedTuple):
    """The hours of each kind of day."""

    weekdays: Hours
    saturday: Hours
    sunday: Hours
    holiday: Hours


def _hours(start: int, end: int) -> Hours:
    return Hours(time(start), time(end))


_NEVER = _hours(0, 0)


def _every_day(start: int, end: int) -> DayRules:
    return DayRules(*[_hours(start, end)] * 4)


def _no_sundays(start: int, end: int) -> DayRules:
    return DayRules(_hours(start, end), _hours(start, end), _NEVER, _NEVER)


USUAL = _every_day(8, 20)
FEDERAL_US = _every_day(8, 21)
TEXTS: dict[str, DayRules] = {
    "US": FEDERAL_US,
    "US-AL": _no_sundays(8, 20),
    "US-CA": _every_day(9, 21),
    "US-CT": _every_day(9, 20),
    "US-FL": _every_day(8, 20),
    "US-IL": _every_day(9, 21),
    "US-KY": _every_day(10, 21),
    "US-LA": _no_sundays(8, 20),
    "US-MA": _every_day(8, 20),
    "US-MD": _every_day(8, 20),
    "US-MI": _every_day(9, 21),
    "US-MN": _every_day(9, 21),
    "US-MS": _no_sundays(8, 20),
    "US-NJ": _every_day(8, 20),
    "US-NM": _every_day(9, 21),
    "US-NV": _every_day(9, 20),
    "US-OK": _every_day(8, 20),
    "US-PA": DayRules(_hours(8, 21), _hours(8, 12), _hours(8, 21), _NEVER),
    "US-RI": DayRules(_hours(9, 18), _hours(10, 17), _hours(10, 17), _NEVER),
    "US-TX": DayRules(_hours(9, 21), _hours(9, 21), _hours(12, 21), _hours(9, 21)),
    "US-UT": _no_sundays(8, 21),
    "US-WA": _every_day(8, 20),
    "CA": _every_day(9, 20),
    "FR": _no_sundays(8, 20),
    "IN": _every_day(10, 21),
}
TEXTS_ON_ONE_SUBJECT = 3
"""At most, to one person in any `TEXTS_COUNT_FOR`."""
TEXTS_COUNT_FOR = timedelta(hours=24)
MARKETING_MAIL = _every_day(8, 21)
"""No law we know of; a decent hour."""


def text_rules(country: str, region: str) -> DayRules:
    """The hours for text messages to a place; `region` is a state's code."""
    state = TEXTS.get(f"{country}-{region.upper()}")
    return state or TEXTS.get(country) or USUAL
