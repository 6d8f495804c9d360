"""`journeys`: check a journeys file, replay it over what has happened, or print its JSON schema or its reference.

Exit 2 with one line per thing that is wrong: `file:line: field: reason`. What works and is odd is told in the same way,
after `perhaps not meant:`, and keeps nothing from being published.
"""

import argparse
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from porchlight.aws.deployment import deployment
from porchlight.cli import Subparsers, tell_all
from porchlight.cli._history import of_path, of_stack
from porchlight.cli._reference import reference
from porchlight.cli._replay import Comparison, as_json, as_text
from porchlight.config import doubtful, journeys_schema, read_journey
from porchlight.domain.journeys import Journey, Touchpoint
from porchlight.domain.purposes import Audience, Purpose
from porchlight.domain.waits import Wait

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_PAGES = {"schema": journeys_schema, "reference": reference}
_DAYS_READ_BETTER = timedelta(days=5)


def add_parser(subparsers: Subparsers) -> None:
    """Add `journeys check`, `replay`, `history`, `schema` and `reference`."""
    parser = subparsers.add_parser("journeys", help="check the touchpoints a merchant has written")
    actions = parser.add_subparsers(dest="action", required=True, metavar="check|replay|history|schema|reference")
    check = actions.add_parser("check", help="check a file and print a summary")
    check.add_argument("file", type=Path, help="usually config/journeys.yaml")
    replay = actions.add_parser("replay", help="who would have got what under this file")
    replay.add_argument("file", type=Path, help="the changed file")
    replay.add_argument("--against", type=Path, default=Path("config/journeys.yaml"), help="the file in force")
    replay.add_argument("--history", type=Path, help="orders of `journeys history`, or a folder of carriers' bodies")
    replay.add_argument("--stack", default="porchlight", help="where the orders are read without --history")
    replay.add_argument("--most", type=int, default=1000, help="orders to read from the stack")
    replay.add_argument("--json", action="store_true", help="one JSON object an order, a summary at the end")
    replay.add_argument("--changes", action="store_true", help="only orders for which something changes")
    history = actions.add_parser("history", help="print a stack's orders, without personal data, for replay")
    history.add_argument("--stack", default="porchlight")
    history.add_argument("--most", type=int, default=1000)
    actions.add_parser("schema", help="print the JSON schema of the file, for editors")
    actions.add_parser("reference", help="print what conditions may look at, and what can speak against a message")


def run(args: argparse.Namespace) -> int:
    """Check or print; 2 when the file is wrong."""
    if args.action in _PAGES:
        print(_PAGES[args.action](), end="")
        return 0
    if args.action == "history":
        for facts in of_stack(deployment(args.stack), args.most):
            print(facts.model_dump_json(exclude_defaults=True))
        return 0
    try:
        journey = read_journey(args.file)
        current = read_journey(args.against) if args.action == "replay" else journey
    except ExceptionGroup as wrong:
        return tell_all(wrong)
    if args.action == "replay":
        _replay(args, journey, current)
    else:
        print("\n".join(_summary(journey)))
        for doubt in doubtful(args.file, journey):
            print(f"perhaps not meant: {doubt}", file=sys.stderr)
    return 0


def _replay(args: argparse.Namespace, changed: Journey, current: Journey) -> None:
    comparison = Comparison(changed, current, datetime.now(UTC))
    orders = of_path(args.history) if args.history else of_stack(deployment(args.stack), args.most)
    show = as_json if args.json else as_text
    for name, messages, change in comparison.over(orders):
        if change or not args.changes:
            print(show(name, messages, change))
    print(json.dumps(comparison.summary(), indent=None if args.json else 2))


def _summary(journey: Journey) -> list[str]:
    active = sum(touchpoint.enabled for touchpoint in journey.touchpoints)
    head = f"{len(journey.touchpoints)} touchpoints, {active} on, version {journey.version}"
    return [head, *(_line(touchpoint) for touchpoint in journey.touchpoints)]


def _line(touchpoint: Touchpoint) -> str:
    notes = [
        "on" if touchpoint.enabled else "off",
        *(["for you"] if touchpoint.audience is Audience.MERCHANT else []),
        *(["marketing"] if touchpoint.purpose is Purpose.MARKETING else []),
        ", ".join(touchpoint.channels),
        *([f"due after {_wait(touchpoint.wait)}"] if touchpoint.wait else []),
        *([f"only when {touchpoint.when}"] if touchpoint.when else []),
        f"told for {_text(touchpoint.fresh_for)}",
        _waiting(touchpoint),
    ]
    return f"  {touchpoint.id}: {'; '.join(notes)}"


def _waiting(touchpoint: Touchpoint) -> str:
    windows = (touchpoint.merge_window, "parcels"), (touchpoint.digest_window, "orders")
    waits = [f"{_text(window)} for other {things}" for window, things in windows if window]
    return f"waits {' and '.join(waits)}" if waits else "does not wait"


def _wait(wait: Wait) -> str:
    """As it is written."""
    days = f"{wait.span // _DAY}d" if wait.span and wait.span % _DAY == timedelta(0) else _text(wait.span)
    length = f"{wait.business_days}bd" if wait.business_days else days
    return f"{length} {wait.clock}".rstrip()


def _text(length: timedelta) -> str:
    if length >= _DAYS_READ_BETTER and length % _DAY == timedelta(0):
        return f"{length // _DAY}d"
    return f"{length // _HOUR}h" if length % _HOUR == timedelta(0) else f"{length // timedelta(minutes=1)}m"
