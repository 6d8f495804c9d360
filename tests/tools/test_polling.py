"""`python -m tools.polling`: a small flow keeps the promises of the large one."""

import json
import sys
from pathlib import Path

import pytest
from porchlight.forecast.lives import DAY, LifeMaker, Moment
from porchlight.forecast.trial import START, Days, Outcome, parcels_a_day, tried
from porchlight.forecast.ways import FixedInterval, Planned

from tools.polling import __main__ as polling
from tools.polling.__main__ import PER_MINUTE, PER_SECOND, Budget

SHORT = Days(before=5, measured=1, after=2)
PARCELS = 400


def scaled(budget: Budget) -> Budget:
    return Budget(calls=budget.calls, seconds=budget.seconds * 50_000 / PARCELS)


def median(way: Planned | FixedInterval, budget: Budget, seed: int = 7) -> float:
    delay = tried(way, PARCELS, scaled(budget), seed, SHORT).delay(0.5)
    assert delay is not None
    return delay


def test_short_calls_are_worth_twice_as_much_as_in_equal_turns() -> None:
    assert median(Planned(), PER_MINUTE) <= 0.5 * median(FixedInterval(), PER_MINUTE)


def test_an_eager_account_beats_equal_turns_of_all_its_calls() -> None:
    assert median(Planned(eager=True), PER_SECOND) <= 0.5 * median(FixedInterval(), PER_SECOND)


def test_a_trial_is_the_same_twice_and_another_with_another_seed() -> None:
    first, second = (tried(Planned(), 100, scaled(PER_MINUTE), 3, SHORT) for _ in range(2))
    other = tried(Planned(), 100, scaled(PER_MINUTE), 4, SHORT)
    assert first == second
    assert first.delays != other.delays


def test_no_more_calls_are_made_than_flow_back() -> None:
    outcome = tried(FixedInterval(), PARCELS, scaled(PER_MINUTE), 1, SHORT)
    allowed = 0.9 * 60 * 24 * 60 * PARCELS / 50_000
    assert 0.97 * allowed <= outcome.calls <= allowed + 7


def test_what_is_never_known_is_later_than_everything_known() -> None:
    outcome = Outcome(SHORT)
    outcome.happened[Moment.DELIVERED] = 4
    outcome.delays[Moment.DELIVERED] = [30.0, 10.0]
    assert outcome.delay(0.25) == 10
    assert outcome.delay(0.5) == 30
    assert outcome.delay(0.75) is None
    assert outcome.known_within(20) == 0.25
    assert outcome.delay(0.5, Moment.EXCEPTION) is None


def test_a_parcel_tells_each_moment_once_and_not_before_it_happened() -> None:
    for life in LifeMaker(1).packed_on(START.timestamp(), 200):
        moments = list(life.moments())
        assert moments == sorted(moments, key=lambda one: one[1])
        told = [one for hour in range(24 * 40) for one in life.learn(START.timestamp() + hour * 3600)]
        assert told == moments
        assert life.is_known_delivered == (life.delivered_at is not None)
        assert list(life.learn(START.timestamp() + 50 * DAY)) == []


def test_the_flow_keeps_so_many_open() -> None:
    outcome = tried(FixedInterval(), 1000, Budget(calls=600, seconds=3600), 1, Days(before=9, measured=2, after=0))
    assert outcome.open_parcels == pytest.approx(1000, rel=0.1)
    assert 200 <= parcels_a_day(1000) <= 300


def test_the_tool_prints_a_table_and_one_line_and_renews_the_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = tmp_path / "polling.md"
    page.write_text(f"before\n{polling.BEGIN}\nold\n{polling.END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr(polling, "PAGE", page)
    brief = Days(before=4, measured=1, after=1)
    for name in ("PATIENT", "WEEK", "BRISK"):
        monkeypatch.setattr(polling, name, brief)
    monkeypatch.setattr(sys, "argv", ["polling", "--open", "150", "--write"])

    assert polling.main() == 0

    *table, last = capsys.readouterr().out.strip().splitlines()
    told = json.loads(last)
    assert page.read_text(encoding="utf-8") == "\n".join(
        ["before", polling.BEGIN, "", *table, "", polling.END, "after", ""]
    )
    assert len(told["trials"]) == 8
    assert told["ratios"]["60 a minute, planner"]["all three"] < 0.5
    assert told["ratios"]["60 an hour, planner"]["all three"] is None
