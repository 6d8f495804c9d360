"""`python -m tools.simulate [FILE]`: a simulated shop, three strategies on the same orders with the same shoppers.

FILE is a csv or csv.gz of real delivery histories (columns as in docs/review-hold.md); without one, a small invented
history of our own is used. Tables and assumptions go to standard output, progress to standard error; the last line is
one JSON object. Exit status 0 only when ours has fewer contacts than nothing sent, fewer messages and fewer messages
told again or moot than one per status change, and asks nobody for a review while a problem is open, limit dates aside.
"""

import argparse
import gc
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from porchlight.config import read_journey

from tools.bench.machine import machine
from tools.review_hold.orders import read_orders
from tools.simulate.assumptions import FEED, VARIANTS, ShopperModel
from tools.simulate.histories import History, histories
from tools.simulate.messages import Message
from tools.simulate.page import assumption_lines, kind_lines, result_lines, variant_lines, write
from tools.simulate.report import NOTHING, OURS, STATUS, Estimated, Played, Shares, figures, holds, shares
from tools.simulate.shopper import lived
from tools.simulate.strategies import Strategy, for_shoppers, nothing, ours, per_status

INVENTED = Path(__file__).parent / "orders.csv"
JOURNEY = Path(__file__).parents[2] / "config" / "journeys.yaml"
FOR_VARIANTS = 5_000
type Sent = dict[str, list[list[Message]]]


@dataclass(frozen=True, slots=True)
class Shop:
    """Orders, and what each strategy sends for each of them."""

    orders: list[History]
    sent: Sent
    seeds: range

    def first(self, number: int) -> "Shop":
        """The same with so many of its orders."""
        return Shop(self.orders[:number], {name: sent[:number] for name, sent in self.sent.items()}, self.seeds)

    def played(self, model: ShopperModel) -> Played:
        """Every shopper with every strategy and seed."""
        return {
            name: [
                [lived(history, messages, model, seed) for seed in self.seeds]
                for history, messages in zip(self.orders, sent, strict=True)
            ]
            for name, sent in self.sent.items()
        }


def main() -> int:
    """Command line."""
    arguments = _arguments()
    begun = time.perf_counter()
    try:
        rows = [replace(one, country=arguments.country.upper()) for one in read_orders(arguments.file)]
    except (OSError, KeyError, ValueError) as error:
        print(f"{arguments.file}: not a file of orders: {type(error).__name__} {error}", file=sys.stderr)
        return 2
    if not rows:
        print(f"{arguments.file}: no orders", file=sys.stderr)
        return 2
    shop = _opened(histories(rows, arguments.orders, FEED, arguments.seed), range(1, arguments.seeds + 1))
    told = _told(shop, begun)
    result = {"source_orders": len(rows), "invented": arguments.file == INVENTED, **told.summary}
    lines = [_headline(result, arguments.file), "", *told.lines]
    print("\n".join(lines))
    if arguments.write:
        write(arguments.write, lines)
    print(json.dumps(result))
    return 0 if result["holds"] else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.simulate", description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path, nargs="?", default=INVENTED, help="csv or csv.gz of orders")
    parser.add_argument("--country", default="", help="where they go, two letters: its holidays; else weekends only")
    parser.add_argument("--orders", type=int, default=20_000, help="how many to draw, with replacement")
    parser.add_argument("--seed", type=int, default=1, help="of the drawing of orders and their scans")
    parser.add_argument("--seeds", type=int, default=3, help="how many shoppers live each order")
    parser.add_argument("--write", type=Path, help="a page to put the tables into: docs/simulation.md")
    return parser.parse_args()


def _opened(orders: list[History], seeds: range) -> Shop:
    journey = for_shoppers(read_journey(JOURNEY))
    strategies: dict[str, Strategy] = {
        NOTHING: nothing,
        STATUS: per_status,
        OURS: lambda history: ours(history, journey),
    }
    gc.freeze()  # the orders stay: looking through them for garbage again and again takes a fifth of the time
    return Shop(orders, {name: _each(name, strategy, orders) for name, strategy in strategies.items()}, seeds)


def _each(name: str, strategy: Callable[[History], list[Message]], orders: list[History]) -> list[list[Message]]:
    begun = time.perf_counter()
    sent = [strategy(history) for history in orders]
    print(f"{name}: {len(orders)} orders in {time.perf_counter() - begun:.1f} s", file=sys.stderr)
    return sent


@dataclass(frozen=True, slots=True)
class _Told:
    lines: list[str]
    summary: dict[str, object]


def _told(shop: Shop, begun: float) -> _Told:
    variants: dict[str, dict[str, dict[str, Estimated]]] = {}
    found: dict[str, Shares] = {}
    for name, model in VARIANTS.items():
        part = shop.first(FOR_VARIANTS) if found else shop  # enough to see which way a variant points
        played = part.played(model)
        variants[name] = figures(played, part.orders)
        found = found or shares(played, part.orders)
        print(f"{name}: {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    results = next(iter(variants.values()))
    kinds = {name: Counter(one.kind for messages in sent for one in messages) for name, sent in shop.sent.items()}
    demands = holds(results)
    summary = {
        "orders": len(shop.orders),
        "late_orders": sum(history.late for history in shop.orders),
        "seeds": len(shop.seeds),
        "figures": {name: {key: one.as_json() for key, one in row.items()} for name, row in results.items()},
        "shares": {name: one._asdict() for name, one in found.items()},
        "contacts_by_variant": {
            name: {k: v.as_json() for k, v in one["contacts"].items()} for name, one in variants.items()
        },
        "seconds": round(time.perf_counter() - begun, 1),
        "processor_seconds": round(time.process_time(), 1),
        "machine": machine(),
        "demands": demands,
        "holds": all(demands.values()),
    }
    tables = [
        result_lines(results, found),
        kind_lines(kinds, len(shop.orders)),
        variant_lines(variants),
        assumption_lines(),
    ]
    titles = ("Result", "What was sent", "With other shoppers", "Assumptions")
    lines = [line for title, one in zip(titles, tables, strict=True) for line in (f"### {title}", "", *one, "")]
    return _Told(lines[:-1], summary)


def _headline(result: dict[str, object], file: Path) -> str:
    here = machine()
    return (
        f"This is a simulation. {result['orders']:,} orders drawn from {result['source_orders']:,} of `{file.name}`, "
        f"{result['late_orders']:,} of them late, {result['seeds']} shoppers each. It took "
        f"{result['processor_seconds']} s of one of {here['cores']} cores of {here['cpu']}, {here['memory_gb']} GB, "
        f"Python {here['python']}, {here['date']}."
    )


if __name__ == "__main__":
    sys.exit(main())
