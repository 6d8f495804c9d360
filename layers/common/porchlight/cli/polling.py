"""`polling plan`: how fresh a carrier account's answers will be for so many open parcels, before it is connected.

The limit is the carrier's documented default unless `--calls` and `--seconds` tell the account's own. Nothing is asked
of anybody: made-up parcels are asked about by the real planner (docs/polling.md). Takes some seconds.
"""

import argparse
import json

from pydantic import ValidationError

from porchlight.cli import CommandError, Subparsers
from porchlight.domain.exchange import Budget
from porchlight.domain.release_order import Supply
from porchlight.forecast.plan import Freshness, Plan, limit_for, plan
from porchlight.plugins import CARRIERS, Carrier

MOST_PARCELS = 10_000_000


def add_parser(subparsers: Subparsers) -> None:
    """`polling plan --carrier <code> --open <n> [--calls --seconds] [--eager] [--json]`."""
    parser = subparsers.add_parser("polling", help="what to expect of a carrier account's call limit")
    parser.add_argument("what", choices=["plan"])
    parser.add_argument("--carrier", required=True, metavar="CODE", help="ups, dhl_unified, easypost …")
    parser.add_argument("--open", required=True, type=int, metavar="N", help="parcels under way at any time")
    parser.add_argument("--calls", type=int, help="calls your account allows, when not the vendor's default …")
    parser.add_argument("--seconds", type=float, help="… in this many seconds")
    parser.add_argument("--eager", action="store_true", help="as if connected with --eager")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")


def run(args: argparse.Namespace) -> int:
    """Print what to expect."""
    carrier = CARRIERS.get(args.carrier)
    if not carrier.credential_fields:
        message = f"{carrier.name} is not polled: it tells by itself"
        raise CommandError(message)
    if not 1 <= args.open <= MOST_PARCELS:
        message = f"--open takes a number from 1 to {MOST_PARCELS}"
        raise CommandError(message)
    budget = _budget(carrier, args)
    made = plan(args.open, budget, eager=args.eager)
    advice = advice_on(made, carrier, budget)
    if args.json:
        print(json.dumps({"carrier": carrier.code} | made.model_dump(mode="json") | {"advice": advice}))
    else:
        print("\n".join([*_lines(made, carrier, budget), advice]))
    return 0


def advice_on(made: Plan, carrier: Carrier, budget: Budget) -> str:
    """One sentence or two: what follows."""
    push = f"switch on the push of {carrier.name}" if carrier.trust else "connect an aggregator that pushes"
    enough = f"ask for {limit_for(made.calls_wanted, budget):,} calls in {budget.seconds:g} s"
    match made.supply:
        case Supply.AMPLE if 2 * made.calls_used < made.calls_allowed:
            return "The limit is ample. Connect with --eager to know sooner, for more polls."
        case Supply.AMPLE | Supply.PLENTY:
            return "The limit suffices."
        case Supply.SHORT:
            return f"Calls are short: parcels near the door go first, the others wait. To have all in time, {enough}."
    most = f"Far too few calls: {made.calls_allowed / made.open_parcels:.2f} a day for each parcel."
    return f"{most} Most news will come late or never. Either {enough}, or {push}."


def _budget(carrier: Carrier, args: argparse.Namespace) -> Budget:
    default = carrier.budget
    calls = default.calls if args.calls is None else args.calls
    seconds = default.seconds if args.seconds is None else args.seconds
    try:
        return Budget(calls=calls, seconds=seconds)
    except ValidationError as error:
        message = "a budget is at least two calls in a positive number of seconds"
        raise CommandError(message) from error


def _lines(made: Plan, carrier: Carrier, budget: Budget) -> list[str]:
    head = f"{carrier.name}: {budget.calls} calls in {budget.seconds:g} s, {made.open_parcels:,} open parcels"
    calls = f"calls a day: {made.calls_used:,} used, {made.calls_wanted:,} wanted, {made.calls_allowed:,} allowed"
    fixed = f"equal turns would come every {made.fixed_interval_hours:,.1f} h"
    table = [f"{moment.replace('_', ' '):<17}{_row(one)}" for moment, one in made.freshness.items()]
    named = f"{'known after':<17}{'median':>9}{'P95':>9}{'within 2 h':>12}{'in 4 days':>11}"
    return [head, calls, fixed, "", named, *table, "", f"AWS, list price: {made.usd_a_month:,.2f} USD a month", ""]


def _row(one: Freshness) -> str:
    return f"{_hours(one.median_hours):>9}{_hours(one.p95_hours):>9}{one.in_time:>12.0%}{one.known:>11.0%}"


def _hours(hours: float | None) -> str:
    return "> 96 h" if hours is None else f"{hours:.1f} h"
