"""`storms`: lanes that stand still, what was found on them and since when; the same items the functions read.

A lane is looked at when one of its parcels stands still, so a quiet one is not listed. `--all` lists storms that
are over and lanes where none was found as well.
"""

import argparse
import json
from datetime import UTC, datetime

from porchlight.aws.deployment import deployment
from porchlight.cli import Subparsers
from porchlight.domain.storm_guards import in_words
from porchlight.domain.storms import Weather
from porchlight.domain.times import to_text


def add_parser(subparsers: Subparsers) -> None:
    """`storms [--all] [--json] [--stack]`."""
    parser = subparsers.add_parser("storms", help="lanes that stand still")
    parser.add_argument("--all", action="store_true", help="storms that are over, and lanes without one, as well")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--stack", default="porchlight")


def run(args: argparse.Namespace) -> int:
    """Print the lanes, those with an open storm first."""
    now = datetime.now(UTC)
    found = sorted(
        deployment(args.stack).lanes().all_weather(), key=lambda one: (not is_stormy(one, now), one.lane.name)
    )
    shown = [one for one in found if args.all or is_stormy(one, now)]
    for one in shown:
        print(json.dumps(as_values(one, now)) if args.json else as_line(one, now))
    if not shown and not args.json:
        print("no storm is known")
    return 0


def is_stormy(one: Weather, now: datetime) -> bool:
    """Whether an incident goes on there."""
    return one.incident is not None and one.incident.is_open(now)


def as_values(one: Weather, now: datetime) -> dict[str, object]:
    """A lane as plain values; `incident` is empty where there was none, times are ISO 8601 in UTC."""
    last = one.incident
    return {
        "lane": one.lane.name,
        "open": is_stormy(one, now),
        "looked_at": to_text(one.looked_at),
        "parcels": one.parcels,
        "still": one.still,
        "incident": last.incident_id if last else "",
        "since": to_text(last.since) if last else None,
        "over_since": to_text(last.over_since) if last and not last.is_open(now) else None,
        "opened_by": last.opened_by if last else "",
    }


def as_line(one: Weather, now: datetime) -> str:
    """A lane for people."""
    seen = f"looked at {one.looked_at:%Y-%m-%d %H:%M} UTC"
    if one.incident is None:
        return f"{one.lane.name}: {one.still} of {one.parcels} parcels stand still, no storm; {seen}"
    if is_stormy(one, now):
        return f"{one.incident.incident_id}: {in_words(one.incident)}; {seen}, first by order {one.incident.opened_by}"
    return f"{one.incident.incident_id}: over since {one.incident.over_since:%Y-%m-%d %H:%M} UTC; {seen}"
