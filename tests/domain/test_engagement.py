"""When somebody tends to read, and that waiting for it has an end."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.decide import decide
from porchlight.domain.engagement import (
    FADES_BY_HALF_IN,
    MARGIN,
    MOST_DELAY,
    NO_HABIT,
    PARTS,
    USUAL,
    Act,
    Habit,
    best_moment,
    learned,
    part_of_week,
    speaks_for_itself,
    tendency,
)
from porchlight.domain.journeys import Journey, Touchpoint
from porchlight.domain.ledger import Decision
from porchlight.domain.localities import NOWHERE, Locality
from porchlight.domain.purposes import Audience
from porchlight.domain.shopper import NOBODY, Shopper
from porchlight.domain.situation import Situation
from porchlight.domain.status import Status

from tests.builders import store_says
from tests.domain.stories import ONE, START, Story, fulfilment, hours, order, says, scan

BERLIN = ZoneInfo("Europe/Berlin")
BERLINER = Locality(country="DE", zone=BERLIN, known=True)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

moments = st.integers(0, 60 * 24 * 40).map(lambda minutes: START + timedelta(minutes=minutes))
acts = st.lists(st.tuples(moments, st.sampled_from(Act)), max_size=12)


def habit_of(seen: list[tuple[datetime, Act]]) -> Habit:
    habit = NO_HABIT
    for at, act in seen:
        habit = learned(habit, at, BERLIN, act)
    return habit


def evenings(times: int = 12) -> Habit:
    """Clicks at 18:30 in Berlin on each of the days before `START`."""
    return habit_of([(START - DAY * day + timedelta(hours=8.5), Act.CLICK) for day in range(1, times + 1)])


habits = acts.map(habit_of)


@given(st.lists(habits, max_size=3), moments)
def test_reading_is_spread_over_one_week(levels: list[Habit], now: datetime) -> None:
    spread = tendency(levels, now)
    assert len(spread) == PARTS
    assert sum(spread) == pytest.approx(1)
    assert min(spread) > 0


@given(acts, st.randoms(use_true_random=False))
def test_order_in_which_opens_are_learned_does_not_matter(
    seen: list[tuple[datetime, Act]], chance: random.Random
) -> None:
    shuffled = chance.sample(seen, len(seen))
    first, second = habit_of(seen), habit_of(shuffled)
    assert first.at == second.at
    assert first.weights == pytest.approx(second.weights)


def test_what_was_seen_fades_and_a_click_counts_more_than_an_open() -> None:
    opened, clicked = learned(NO_HABIT, START), learned(NO_HABIT, START, act=Act.CLICK)
    assert sum(clicked.faded(START)) > sum(opened.faded(START)) > 0
    assert sum(clicked.faded(START + FADES_BY_HALF_IN)) == pytest.approx(0.5)
    assert tendency([evenings()], START + 40 * FADES_BY_HALF_IN) == pytest.approx(USUAL)


def test_week_has_its_parts_on_the_readers_clock() -> None:
    monday_evening = datetime.fromisoformat("2026-06-01T16:00:00+00:00")
    assert part_of_week(monday_evening, BERLIN) == 5
    assert part_of_week(monday_evening, ZoneInfo("Asia/Tokyo")) == 0  # Tuesday, one in the morning
    assert part_of_week(monday_evening + 5 * DAY, BERLIN) == 5 + PARTS // 2


def test_this_shopper_counts_before_their_segment_and_that_before_all() -> None:
    mornings = habit_of([(START - DAY * day, Act.CLICK) for day in range(1, 30)])
    part = part_of_week(START, BERLIN)
    assert tendency([mornings], START)[part] > tendency([mornings, evenings()], START)[part] > USUAL[part]


@given(habits, moments, st.integers(-5, 60))
def test_no_moment_is_before_now_or_after_the_last(habit: Habit, now: datetime, ahead: int) -> None:
    latest = now + ahead * HOUR
    at = best_moment(tendency([habit], now), now, latest, BERLIN)
    assert now <= at <= max(now, latest)


@given(habits, moments, st.integers(1, 60))
def test_looking_again_at_the_best_moment_waits_no_longer(habit: Habit, now: datetime, ahead: int) -> None:
    latest, spread = now + ahead * HOUR, tendency([habit], now)
    at = best_moment(spread, now, latest, BERLIN)
    assert best_moment(spread, at, latest, BERLIN) == at


def test_by_day_nothing_waits_where_nothing_was_learned_and_by_night_it_waits_for_the_morning() -> None:
    assert best_moment(USUAL, hours(0), hours(24), BERLIN) == hours(0)
    night = datetime.fromisoformat("2026-06-02T00:30:00+00:00")
    morning = best_moment(USUAL, night, night + DAY, BERLIN).astimezone(BERLIN)
    assert (morning.day, morning.hour) == (2, 9)


def test_few_opens_are_no_habit() -> None:
    assert not speaks_for_itself(evenings(2), START)
    assert speaks_for_itself(evenings(5), START)


@dataclass
class Trial:
    """One parcel delivered one hour ago, and a touchpoint that would wait for a better hour."""

    shopper: Shopper = NOBODY
    place: Locality = BERLINER
    urgent: bool | None = None
    fresh_for: timedelta = 2 * DAY
    best_hour: bool = True
    review_hold: bool = False

    def decided(self, at: float = 6) -> Decision:
        point = Touchpoint(
            id="delivered",
            trigger="delivered",
            urgent=self.urgent,
            fresh_for=self.fresh_for,
            best_hour=self.best_hour,
            review_hold=self.review_hold,
        )
        story = Story().hears(store_says(order=order(), packed=[fulfilment(ONE)]), says(ONE, scan(5, Status.DELIVERED)))
        situation = Situation({Audience.SHOPPER: ("email",)}, lambda: self.shopper, self.place)
        [decision] = decide(story.state, {}, Journey(touchpoints=(point,)), situation, hours(at)).decisions
        return decision


def test_message_waits_for_the_evening_of_who_reads_in_the_evening() -> None:
    waiting = Trial(Shopper(habit=evenings())).decided()
    assert (waiting.outcome, waiting.until) == ("delay", hours(7))  # 17:00 in Berlin
    assert waiting.reason == "this shopper tends to read from Monday 17:00"
    assert Trial(Shopper(habit=evenings())).decided(at=7).outcome == "send"


def test_nobody_waits_unless_the_touchpoint_says_so_and_the_clock_there_is_known() -> None:
    reader = Shopper(habit=evenings())
    assert Trial(reader, best_hour=False).decided().outcome == "send"
    assert Trial(reader, place=NOWHERE).decided().outcome == "send"


@given(habits, st.integers(5, 60))
def test_urgent_news_never_waits_for_a_better_hour(habit: Habit, at: int) -> None:
    decided = Trial(Shopper(habit=habit), urgent=True, fresh_for=4 * DAY).decided(at)
    assert decided.outcome == "send"


@given(habits, st.integers(5, 60), st.integers(1, 60))
def test_message_waits_within_its_limit_and_its_freshness(habit: Habit, at: int, fresh: int) -> None:
    decided = Trial(Shopper(habit=habit), fresh_for=fresh * HOUR).decided(at)
    if decided.until:
        assert hours(at) < decided.until <= hours(5) + min(MOST_DELAY, fresh * HOUR - MARGIN)


def test_review_waits_for_its_hour_after_the_hold_and_not_longer_than_a_day() -> None:
    reader = Trial(Shopper(habit=evenings()), review_hold=True, fresh_for=60 * DAY)
    held = reader.decided()
    assert held.until is not None
    assert held.until > hours(24)
    free = (held.until - START) / HOUR
    asked = reader.decided(at=free)
    assert asked.until is None or asked.until <= held.until + MOST_DELAY
    assert reader.decided(at=free + 24).outcome == "send"
