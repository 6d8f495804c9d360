"""`python -m tools.polling`: how fresh answers are under two accounts' limits, against equal turns for every parcel.

Made-up parcels in a steady flow (docs/polling.md) are asked about by the planner that the product runs, and by fixed
intervals, both within the account's token bucket. Prints a table and one JSON line; `--write` renews docs/polling.md.
Exit status 1: a median of the planner, where it is known, is more than half of that of fixed intervals beside it.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from porchlight.domain.exchange import Budget
from porchlight.forecast.lives import Moment
from porchlight.forecast.plan import freshness
from porchlight.forecast.trial import DAY, Days, Outcome, tried
from porchlight.forecast.ways import FixedInterval, Planned, Way

PAGE = Path(__file__).parents[2] / "docs" / "polling.md"
BEGIN, END = "<!-- measured: written by `make simulate-polling` -->", "<!-- end of measured -->"
ALL = (None, *Moment)
PER_HOUR, PER_MINUTE = Budget(calls=60, seconds=3600), Budget(calls=60, seconds=60)
PER_SECOND = Budget(calls=10, seconds=1)
PATIENT = Days(before=14, measured=4, after=14)
WEEK = Days(inherited=30, before=5, measured=1, after=3)
BRISK = Days(inherited=30, before=3, measured=1, after=1)
TARGET = 0.5


@dataclass(frozen=True)
class Row:
    """One trial."""

    account: str
    way: str
    outcome: Outcome

    def told(self) -> dict[str, object]:
        """For the JSON line; hours."""
        fresh = {name(one): freshness(self.outcome, *([one] if one else [])).model_dump() for one in ALL}
        open_parcels = round(self.outcome.open_parcels)
        head = {"account": self.account, "way": self.way, "open": open_parcels, "calls_a_day": self.calls_a_day}
        return {**head, **fresh}

    @property
    def calls_a_day(self) -> int:
        """In the measured days."""
        return round(self.outcome.calls / self.outcome.days.measured)

    def median(self, moment: Moment | None) -> float | None:
        """Hours."""
        return freshness(self.outcome, *([moment] if moment else [])).median_hours


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.polling", description=__doc__.partition("\n")[0])
    parser.add_argument("--open", type=int, default=50_000, help="parcels under way at any time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="renew docs/polling.md")
    arguments = parser.parse_args()
    begun = time.perf_counter()
    rows = list(trials(arguments.open, arguments.seed))
    table = "\n".join(lines(rows))
    print(table)
    if arguments.write:
        write(table)
    halves = ratios(rows)
    told = {"open": arguments.open, "seed": arguments.seed, "seconds": round(time.perf_counter() - begun)}
    print(json.dumps(told | {"ratios": halves, "trials": [row.told() for row in rows]}))
    medians = (one[name(None)] for one in halves.values())
    return 1 if any(ratio and ratio > TARGET for ratio in medians) else 0


def trials(open_parcels: int, seed: int) -> Iterator[Row]:
    """Every pair is made of the same parcels."""
    share = open_parcels / 50_000

    def scaled(budget: Budget) -> Budget:
        return Budget(calls=budget.calls, seconds=budget.seconds / share)

    def row(account: str, way: str, chooser: Way, budget: Budget, days: Days) -> Row:
        print(f"{account}: {way}", file=sys.stderr)
        return Row(account, way, tried(chooser, open_parcels, budget, seed, days))

    yield row("60 an hour", "planner", Planned(), scaled(PER_HOUR), PATIENT)
    yield row("60 an hour", "fixed interval", FixedInterval(), scaled(PER_HOUR), PATIENT)
    yield row("60 a minute", "planner", Planned(), scaled(PER_MINUTE), WEEK)
    yield row("60 a minute", "fixed interval", FixedInterval(), scaled(PER_MINUTE), WEEK)
    usual = row("10 a second", "planner", Planned(), scaled(PER_SECOND), BRISK)
    yield usual
    yield row("10 a second", "fixed interval, as many calls", FixedInterval(), as_many(usual), BRISK)
    yield row("10 a second", "planner, eager", Planned(eager=True), scaled(PER_SECOND), BRISK)
    yield row("10 a second", "fixed interval, all calls", FixedInterval(), scaled(PER_SECOND), BRISK)


def as_many(row: Row) -> Budget:
    """A limit that lets through as many calls as a trial made: nine tenths of what it says."""
    return Budget(calls=100, seconds=90 * DAY / row.calls_a_day)


def ratios(rows: list[Row]) -> dict[str, dict[str, float | None]]:
    """The planner's medians over those of fixed intervals that follow it; `None` where a median is not known."""
    pairs = {f"{one.account}, {one.way}": (one, other) for one, other in zip(rows[::2], rows[1::2], strict=True)}
    return {pair: {name(moment): _ratio(*both, moment) for moment in ALL} for pair, both in pairs.items()}


def _ratio(planned: Row, fixed: Row, moment: Moment | None) -> float | None:
    ours, theirs = planned.median(moment), fixed.median(moment)
    return round(ours / theirs, 2) if ours is not None and theirs else None


def name(moment: Moment | None) -> str:
    """As the table says it."""
    return moment.replace("_", " ") if moment else "all three"


def lines(rows: list[Row]) -> Iterator[str]:
    """The table."""
    yield "| account | way | calls a day | moment | median | P95 | in 2 h | in 24 h | at the end | median of known |"
    yield "| --- | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for row in rows:
        for moment in ALL:
            yield _line(row, moment)


def _line(row: Row, moment: Moment | None) -> str:
    wanted = [moment] if moment else []
    fresh = freshness(row.outcome, *wanted)
    longest = row.outcome.days.after
    median, most = _hours(fresh.median_hours, longest), _hours(fresh.p95_hours, longest)
    head = f"| {row.account} | {row.way} | {row.calls_a_day:,} | {name(moment)} | {median} | {most} "
    shares = (fresh.in_time, row.outcome.known_within(DAY, *wanted), row.outcome.known_within(longest * DAY, *wanted))
    known = sorted(delay for one in wanted or Moment for delay in row.outcome.delays[one])
    middle = _hours(known[len(known) // 2] / 3600, longest) if known else "–"
    return head + "".join(f"| {share:.1%} " for share in shares) + f"| {middle} |"


def _hours(hours: float | None, longest: int) -> str:
    if hours is None:
        return f"> {longest} days"
    return f"{60 * hours:.0f} min" if hours < 2 else f"{hours:.1f} h"  # noqa: PLR2004 two hours read well either way


def write(table: str) -> None:
    """Replace the measured part of the page."""
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
