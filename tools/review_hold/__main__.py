"""`python -m tools.review_hold FILE`: play the review hold on real orders with review scores (csv or csv.gz).

Progress goes to standard error; the last line of standard output is one JSON object. Exit status 0 only when at least
half of the 1 and 2 star reviewers were held, at most a tenth of the 4 and 5 star reviewers were delayed, and every
order was asked by its limit, once. `--from` and `--before` choose a window by day of purchase,
`--rules '{"long_wait": "40d"}'` tries other numbers.
"""

import argparse
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from porchlight.domain.hold_rules import HoldRules

from tools.review_hold.orders import Order, read_orders
from tools.review_hold.playing import RULES, Played, play
from tools.review_hold.report import report


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.review_hold", description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path, help="csv or csv.gz; docs/review-hold.md lists the columns")
    parser.add_argument("--from", dest="since", default="0001-01-01", help="first day of purchase, YYYY-MM-DD")
    parser.add_argument("--before", default="9999-12-31", help="day after the last one")
    parser.add_argument("--rules", type=json.loads, default={}, help="JSON object of other numbers than the defaults")
    arguments = parser.parse_args()
    since, before = (datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (arguments.since, arguments.before))
    try:
        orders = [one for one in read_orders(arguments.file) if since <= one.purchased < before]
    except (OSError, KeyError, ValueError) as error:
        print(f"{arguments.file}: not a file of orders: {type(error).__name__} {error}", file=sys.stderr)
        return 2
    if not orders:
        print(f"{arguments.file}: no orders", file=sys.stderr)
        return 2
    rules = HoldRules.model_validate({**RULES.model_dump(), **arguments.rules})
    told = report(_played(orders, rules))
    print(json.dumps(told))
    return 0 if told["holds"] else 1


def _played(orders: list[Order], rules: HoldRules) -> list[Played]:
    begun = time.perf_counter()
    played: list[Played] = []
    for order in orders:
        played.append(play(order, rules))
        if len(played) % 2000 == 0:
            print(f"{len(played)} of {len(orders)} orders, {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    print(f"{len(played)} orders in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    return played


if __name__ == "__main__":
    sys.exit(main())
