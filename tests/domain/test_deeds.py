"""What is known of what a shopper did: a set of deeds, whatever comes twice, late or out of order."""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.deeds import CLICKS, HARMS, LATELY, MOST_DEEDS, NOTHING_DONE, Deed, Engagement, deed_at
from porchlight.domain.engagement import NO_HABIT, Act, part_of_week, weight_of
from porchlight.domain.groups import SHARDS, Week, counted, groups_of, habit_of, week_of
from porchlight.domain.purposes import Purpose
from porchlight.domain.shopper import History, Response, Sent, Shopper, with_engagement

from tests.domain.stories import START

BERLIN, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
NOW = START + 20 * DAY

moments = st.integers(0, 60 * 24 * 25).map(lambda minutes: NOW - timedelta(minutes=minutes))
deeds = st.lists(
    st.builds(deed_at, st.sampled_from(Act), moments, st.just(BERLIN), st.just("o"), st.sampled_from(["", "m1", "m2"])),
    max_size=15,
)


def learned(seen: list[Deed], before: Engagement = NOTHING_DONE) -> Engagement:
    for deed in seen:
        before = before.with_deed(deed, NOW, BERLIN) if before.is_news(deed, NOW) else before
    return before


def opened(at: datetime, message_id: str = "m1", act: Act = Act.OPEN) -> Deed:
    return deed_at(act, at, BERLIN, "o", message_id)


def got(message_id: str, channel: str = "email") -> Sent:
    at = NOW - DAY
    return Sent(at=at, order_id="o", message_id=message_id, touchpoint="t", purpose=Purpose.SERVICE, channel=channel)


@given(deeds, st.randoms(use_true_random=False))
def test_order_in_which_deeds_are_heard_of_does_not_matter(seen: list[Deed], chance: random.Random) -> None:
    first, second = learned(seen), learned(chance.sample(seen, len(seen)))
    assert (first.deeds, first.opens_known, first.version) == (second.deeds, second.opens_known, second.version)
    assert first.habit.at == second.habit.at
    assert first.habit.weights == pytest.approx(second.habit.weights)


@given(deeds, deeds)
def test_repeats_change_nothing(seen: list[Deed], more: list[Deed]) -> None:
    known = learned([*seen, *more])
    assert learned([*more, *seen], known) == known


@given(deeds)
def test_record_grows_with_each_deed_it_learns_and_keeps_the_newest_first(seen: list[Deed]) -> None:
    known = learned(seen)
    assert known.version == len(known.deeds) == len(set(seen))
    assert list(known.deeds) == sorted(known.deeds, key=lambda one: one.at, reverse=True)


def test_an_hour_counts_once_and_begins_where_the_readers_clock_says() -> None:
    first, again = opened(NOW.replace(minute=5)), opened(NOW.replace(minute=55))
    in_india = deed_at(Act.PAGE_VIEW, NOW.replace(hour=14, minute=45), KOLKATA, "o")
    assert first == again
    assert in_india.at == NOW.replace(hour=14, minute=30)
    assert part_of_week(in_india.at, KOLKATA) % 7 == 6  # eight in the evening there, not half past seven


def test_what_is_heard_of_too_late_or_too_early_is_not_learned() -> None:
    assert not NOTHING_DONE.is_news(opened(NOW - LATELY - HOUR), NOW)
    assert not NOTHING_DONE.is_news(opened(NOW + 2 * HOUR), NOW)
    assert NOTHING_DONE.is_news(opened(NOW - LATELY + 2 * HOUR), NOW)


def test_old_deeds_are_forgotten_and_what_they_taught_stays() -> None:
    known = learned([opened(NOW)])
    later = known.as_of(NOW + LATELY + HOUR)
    assert (later.deeds, later.version, later.opens_known) == ((), 1, True)
    assert later.habit == known.habit


def test_record_stays_small_keeps_the_newest_and_never_learns_again_what_it_let_go() -> None:
    hours = [opened(NOW - HOUR * ago) for ago in range(MOST_DEEDS + 50)]
    known = learned(list(reversed(hours)))
    assert len(known.deeds) == MOST_DEEDS
    assert known.deeds == tuple(hours[:MOST_DEEDS])
    assert not any(known.is_news(one, NOW) for one in hours)


def test_a_complaint_or_an_unknown_clock_tells_nothing_of_when_somebody_reads() -> None:
    assert learned([opened(NOW, act=Act.COMPLAINT)]).habit == NO_HABIT
    assert NOTHING_DONE.with_deed(opened(NOW), NOW, None).habit == NO_HABIT
    assert learned([opened(NOW)]).habit != NO_HABIT


def test_a_message_is_known_by_what_was_done_with_it() -> None:
    known = learned([opened(NOW, "m1", Act.CLICK), opened(NOW, "m2", Act.OPEN)])
    assert known.has_any(CLICKS, "o", "m1")
    assert not known.has_any(CLICKS, "o", "m2")
    assert not known.has_any(CLICKS, "other", "m1")
    assert not known.has_any(HARMS, "o", "m1")


def test_shopper_looks_reads_and_answers_each_message_once() -> None:
    done = [
        opened(NOW - DAY, "m1"),
        opened(NOW - HOUR, "m1"),
        opened(NOW, "m1", Act.CLICK),
        opened(NOW, "m2", Act.OFFER_CLICK),
        deed_at(Act.PAGE_VIEW, NOW, BERLIN, "o"),
    ]
    history = History(sent=(got("m3", "sms"), got("m2"), got("m1")))
    shopper = with_engagement(Shopper(history=history), learned(done), NOW)
    assert (shopper.page_views, shopper.opens, shopper.clicks, shopper.offer_clicks) == (1, 1, 2, 1)
    assert shopper.opens_known
    assert shopper.responses == {"email": Response(sent=2, answered=2), "sms": Response(sent=1, answered=0)}


def test_no_opens_are_none_only_where_they_were_once_heard_of() -> None:
    clicked = with_engagement(Shopper(), learned([opened(NOW, act=Act.CLICK)]), NOW)
    assert (clicked.opens, clicked.opens_known) == (0, False)


@given(deeds)
def test_weeks_of_a_group_tell_the_same_habit_as_its_deeds(seen: list[Deed]) -> None:
    reading = [one for one in dict.fromkeys(seen) if weight_of(one.act)]
    rows: dict[tuple[str, int], list[float]] = {}
    for deed in reading:
        added = counted(deed, BERLIN, "a" * 32)
        rows.setdefault((added.week, added.shard), [0.0] * 14)[added.part] += added.weight
    habit = habit_of(Week(week, weights) for (week, _), weights in rows.items())
    exact = learned(reading).habit
    # Within a week nothing fades, which is at most four in a hundred.
    assert sum(habit.faded(NOW)) == pytest.approx(sum(exact.faded(NOW)), rel=0.05)


def test_week_begins_on_monday_and_a_person_keeps_their_shard() -> None:
    sunday = opened(START.replace(year=2026, month=6, day=7, hour=12))
    shards = {counted(sunday, BERLIN, f"{name:032x}").shard for name in range(40)}
    assert week_of(sunday.at) == "2026-06-01"
    assert shards == set(range(SHARDS))
    assert groups_of(("large", "gift")) == ("all", "segment.large", "segment.gift")
