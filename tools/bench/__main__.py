"""`python -m tools.bench [imports] [throughput] [calls]`: measure, write docs/benchmarks.json and docs/benchmarks.md.

Without a name everything is measured; `calls` includes the tracking page. Progress goes to standard error. A busy
machine makes worse figures, never better ones: `throughput` alone is then only printed. Nothing here is a test:
figures are looked at, not asserted.
"""

import argparse
import json
import os
import sys

from tools.bench import calls, decisions, imports, throughput
from tools.bench.machine import machine
from tools.bench.report import write
from tools.emulator import LocalStackError, end_on_signals

BUSY = 1.5
PARTS = ("imports", "throughput", "calls")


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description="Measure what Porchlight costs.")
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all when left out")
    parser.add_argument("--parcels", type=int, default=calls.PARCELS, help="lives that are played for `calls`")
    arguments = parser.parse_args()
    chosen = arguments.parts or list(PARTS)
    if unknown := set(chosen) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    end_on_signals()
    results: dict[str, object] = {"machine": machine()}
    try:
        if "imports" in chosen:
            _say("imports of the built functions")
            results["imports"] = imports.measure()
        if "throughput" in chosen:
            _say("throughput in process")
            results["throughput"] = throughput.measure()
            results["decisions"] = decisions.measure()
            print(json.dumps({name: results[name] for name in ("throughput", "decisions")}, indent=2))
        if "calls" in chosen:
            _say("lives of shipments on the deployed local stack; this takes some minutes")
            results["calls"], results["page"] = calls.measure(arguments.parcels)
    except LocalStackError as error:
        _say(str(error))
        return 1
    if chosen == ["throughput"] and _is_busy():
        _say("others are busy on this machine: nothing is written")
        return 0
    write(results)
    _say("written to docs/benchmarks.md and docs/benchmarks.json")
    return 0


def _is_busy() -> bool:
    """More than this program alone has run in the last minute."""
    return os.getloadavg()[0] > BUSY


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
