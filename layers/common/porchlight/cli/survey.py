"""`survey`: what shoppers answered, with the range in which the truth lies, as a whole and by week.

Each order counts once, with its last answer, in the week it was given. The last line is one JSON object with all of it
and the orders whose answer is low, the newest first: `explain` knows them by their key. It names nobody. Reading the
answers is a scan of the customers table: half a read unit for each 4 KB.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from porchlight.aws.deployment import deployment
from porchlight.cli import Subparsers
from porchlight.domain.effects import Interval
from porchlight.domain.survey import Answer
from porchlight.domain.survey_report import Summary, by_week, summary
from porchlight.domain.times import to_text


def add_parser(subparsers: Subparsers) -> None:
    """`survey [--since 2026-01-31] [--stack]`."""
    parser = subparsers.add_parser("survey", help="what shoppers answered about their orders")
    parser.add_argument("--since", type=date.fromisoformat, default=date.min, help="only answers from this day on, UTC")
    parser.add_argument("--stack", default="porchlight")


def run(args: argparse.Namespace) -> int:
    """Read, count, print."""
    stack = deployment(args.stack)
    answers = sorted((one for one in stack.all_answers() if one.at.date() >= args.since), key=lambda one: one.at)
    whole, weeks = summary(answers), by_week(answers)
    for line in _told(whole, weeks):
        print(line)
    low_score = stack.config().journey().review_hold.low_score
    print(json.dumps(_as_json(whole) | {"weeks": _weeks_json(weeks), "low": _low(answers, low_score)}))
    return 0


def _told(whole: Summary, weeks: Mapping[date, Summary]) -> Iterator[str]:
    yield f"All answers: {_in_words(whole)}"
    yield from (f"  {score} of 5 {count:>8}" for score, count in reversed(whole.counts.items()))
    yield from (f"Week of {monday}: {_in_words(one)}" for monday, one in weeks.items())


def _in_words(one: Summary) -> str:
    if not one.answers:
        return "none"
    average, satisfied = one.average, one.satisfied
    return (
        f"{one.answers}, on average {average.value:.2f} ({average.low:.2f} to {average.high:.2f}), "
        f"{satisfied.value:.1%} ({satisfied.low:.1%} to {satisfied.high:.1%}) answered 4 or 5"
    )


def _as_json(one: Summary) -> dict[str, object]:
    return {
        "answers": one.answers,
        "scores": one.counts,
        "average": _rounded(one.average),
        "satisfied": _rounded(one.satisfied),
    }


def _weeks_json(weeks: Mapping[date, Summary]) -> list[dict[str, object]]:
    return [{"week": monday.isoformat()} | _as_json(one) for monday, one in weeks.items()]


def _low(answers: Sequence[Answer], low_score: int) -> list[dict[str, object]]:
    found = [one for one in reversed(answers) if one.score <= low_score]
    return [{"order_id": one.order_id, "score": one.score, "at": to_text(one.at)} for one in found]


def _rounded(interval: Interval) -> list[float]:
    return [round(value, 4) for value in interval]
