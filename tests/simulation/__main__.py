"""Histories at length: `python -m tests.simulation --runs 100000 --seed 1`.

First every scenario with one fault at every port call (kills before and after the effect, errors, a second worker), then
so many histories from consecutive seeds. Progress on standard error; the last line of standard output is one JSON
object; exit status 0 only when every invariant held in all of them.

    --only SEED     one seed, with what broke
    --no-crashes    leave the exhaustive part out
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "layers" / "common"))

from tests.simulation.histories import History, crash_histories, seeded_history
from tests.simulation.quick import quick
from tests.simulation.scenarios import SCENARIOS

SHOWN = 20


def main() -> int:
    options = _options()
    seeds = range(options.seed, options.seed + options.runs) if options.only is None else (options.only,)
    crashes = () if options.no_crashes or options.only is not None else SCENARIOS
    total = Counter[str]()
    failed: list[str] = []
    started = time.monotonic()
    with quick():
        exhaustive = chain.from_iterable(crash_histories(scenario) for scenario in crashes)
        for kind, history in _labelled(exhaustive, (seeded_history(seed) for seed in seeds)):
            total[kind] += 1
            total["calls"] += history.calls
            if history.broken:
                failed.append(history.name)
                _tell(history)
            if sum(total[one] for one in ("crash", "seeded")) % 1000 == 0:
                print(f"{dict(total)} {len(failed)} failed", file=sys.stderr, flush=True)
    summary = {
        "crash_histories": total["crash"],
        "seeded_histories": total["seeded"],
        "port_calls": total["calls"],
        "failed": len(failed),
        "failures": failed[:SHOWN],
        "seconds": round(time.monotonic() - started, 1),
    }
    print(json.dumps(summary))
    return 1 if failed else 0


def _labelled(crashes: Iterator[History], seeded: Iterator[History]) -> Iterator[tuple[str, History]]:
    yield from (("crash", history) for history in crashes)
    yield from (("seeded", history) for history in seeded)


def _tell(history: History) -> None:
    print(f"BROKEN {history.name}", file=sys.stderr)
    for sentence in history.broken:
        print(f"  {sentence[:2000]}", file=sys.stderr)
    seed = history.name.partition(" seed ")[2]
    again = f"--only {seed}" if seed else "--runs 0"
    print(f"  again: python -m tests.simulation {again}", file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int)
    parser.add_argument("--no-crashes", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
