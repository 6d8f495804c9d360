"""`journeys`: check a journeys file, or print its JSON schema.

Exit 2 with one line per thing that is wrong: `file:line: field: reason`.
"""

import argparse
import sys
from datetime import timedelta
from pathlib import Path

from porchlight.cli import BAD_INPUT, Subparsers
from porchlight.config import journeys_schema, read_journey
from porchlight.domain.journeys import Journey, Touchpoint

_HOUR = timedelta(hours=1)


def add_parser(subparsers: Subparsers) -> None:
    """Add `journeys check` and `journeys schema`."""
    parser = subparsers.add_parser("journeys", help="check the touchpoints a merchant has written")
    actions = parser.add_subparsers(dest="action", required=True, metavar="check|schema")
    check = actions.add_parser("check", help="check a file and print a summary")
    check.add_argument("file", type=Path, help="usually config/journeys.yaml")
    actions.add_parser("schema", help="print the JSON schema of the file, for editors")


def run(args: argparse.Namespace) -> int:
    """Check or print; 2 when the file is wrong."""
    if args.action == "schema":
        print(journeys_schema(), end="")
        return 0
    try:
        journey = read_journey(args.file)
    except ExceptionGroup as group:
        for error in group.exceptions:
            print(error, file=sys.stderr)
        return BAD_INPUT
    print("\n".join(_summary(journey)))
    return 0


def _summary(journey: Journey) -> list[str]:
    active = sum(touchpoint.enabled for touchpoint in journey.touchpoints)
    head = f"{len(journey.touchpoints)} touchpoints, {active} on, version {journey.version}"
    return [head, *(_line(touchpoint) for touchpoint in journey.touchpoints)]


def _line(touchpoint: Touchpoint) -> str:
    notes = [
        "on" if touchpoint.enabled else "off",
        ", ".join(touchpoint.channels),
        f"told for {_text(touchpoint.fresh_for)}",
        f"waits {_text(touchpoint.merge_window)} for other parcels" if touchpoint.merge_window else "does not wait",
    ]
    return f"  {touchpoint.id}: {'; '.join(notes)}"


def _text(length: timedelta) -> str:
    return f"{length // _HOUR}h" if length % _HOUR == timedelta(0) else f"{length // timedelta(minutes=1)}m"
